"""REST v1 as rows of data: the shapes that existing clients send and expect.

How to add routes of a noun, say `notes`:

1. `schema/compat/notes.py`: answer models (children of `Wire`, fields in the documented order), query models
   (children of `Query`), and `ROWS = (Row("GET", "/notes/{note_id}", resolve.note, Note), …)`. Bodies are the
   domain's own inputs; write a model only where the documented body differs from them.
2. `schema/compat/catalog.py`: add the noun's `ROWS` to `ROWS`.

A route with code of its own (a redirect, a health check) is described for the document in `DESCRIBED` instead.

That is all: the route, its validation, its errors and its place in the OpenAPI document follow from the row. How
the request becomes the resolver's arguments is said at `Row`. A row holds no rule; a rule belongs to the domain.
"""
