"""The child process that takes the text out of one untrusted document.

`python -I -m infra.extraction` reads a line of JSON (`name`, `limits`) and the document from standard input
and answers one JSON object: `{"text", "mime_type", "pages"}` or `{"reason", "message"}`. Nothing else of ours
is imported here, so that a child starts quickly and holds no secret.
"""
