"""Reads one document under limits; see the package."""

import json
import sys

from infra.extraction.refusal import Limits, Reading, RefusalError
from infra.extraction.sniff import PDF, WORD, sniff
from infra.extraction.tidy import tidy


def confine(limits: Limits) -> None:
    """Limits this process before it touches the document; the parent adds the wall clock."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def isolate() -> None:
    """After the imports no file, socket or pipe can be opened: a reader taken over can reach nothing."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def read(data: bytes, name: str, limits: Limits) -> Reading:
    kind = sniff(data, name)
    if kind == PDF:
        from infra.extraction.pdf import read_pdf as reader
    elif kind == WORD:
        from infra.extraction.docx import read_docx as reader
    else:
        from infra.extraction.plain import read_plain as reader
    isolate()
    reading = reader(data, name, limits)
    text = tidy(reading.text)
    if not text:
        raise RefusalError("empty", f"Expected a document with text, but {name} holds none")
    if len(text) > limits.characters:
        raise RefusalError(
            "too_large", f"Expected at most {limits.characters:,} characters, but {name} holds {len(text):,}"
        )
    return Reading(text, reading.mime_type, reading.pages)


def answer(head: bytes, data: bytes) -> dict[str, object]:
    task = json.loads(head)
    name, limits = task["name"], Limits(**task["limits"])
    confine(limits)
    try:
        reading = read(data, name, limits)
    except RefusalError as refusal:
        return {"reason": refusal.reason, "message": refusal.message}
    except (MemoryError, RecursionError):
        return {
            "reason": "too_complex",
            "message": f"{name} needs more memory than a document of its kind should",
        }
    return {"text": reading.text, "mime_type": reading.mime_type, "pages": reading.pages}


def main() -> None:
    head = sys.stdin.buffer.readline()
    sys.stdout.buffer.write(json.dumps(answer(head, sys.stdin.buffer.read()), ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
