"""Reads untrusted documents in a child process that has little time, little memory and no way out."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from domain.documents import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_PAGES,
    UNREADABLE,
    CorruptDocumentError,
    DocumentText,
    DocumentTooComplexError,
    DocumentTooLargeError,
    EmptyDocumentError,
    UnreadableDocumentError,
)

CPU_SECONDS = 10
WALL_SECONDS = 15.0
MEMORY_BYTES = 512 * 1024 * 1024
AT_ONCE = 2
MAX_ANSWER = 4 * MAX_CHARACTERS + 4096  # bytes of UTF-8, and what JSON adds
INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # what starting Python may need
NAME_LENGTH = 80


class DocumentReader:
    """Takes the text out of PDF, Word and plain text files, whatever their names say."""

    def __init__(self, wall_seconds: float = WALL_SECONDS, cpu_seconds: int = CPU_SECONDS) -> None:
        self._wall_seconds = wall_seconds
        self._limits = {
            "cpu_seconds": cpu_seconds,
            "memory_bytes": MEMORY_BYTES,
            "pages": MAX_PAGES,
            "characters": MAX_CHARACTERS,
        }
        self._seats = asyncio.Semaphore(AT_ONCE)

    async def read(self, data: bytes, filename: str) -> DocumentText:
        """Raises a child of UnreadableDocumentError that says what was expected and what was found."""
        name = _printable(filename)
        if not data:
            raise EmptyDocumentError(f"Expected a document with text, but {name} has 0 bytes")
        if len(data) > MAX_BYTES:
            raise DocumentTooLargeError(
                f"Expected at most {MAX_BYTES >> 20} MB, but {name} has {len(data) / (1 << 20):.1f} MB"
            )
        task = json.dumps({"name": name, "limits": self._limits}).encode()
        async with self._seats:
            answer = await self._ask(task, data, name)
        if "text" in answer:
            return DocumentText(answer["text"], answer["mime_type"], answer["pages"])
        raise UNREADABLE[answer["reason"]](answer["message"])

    async def _ask(self, task: bytes, data: bytes, name: str) -> dict[str, Any]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "infra.extraction"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={key: os.environ[key] for key in INHERITED if key in os.environ},
        )
        try:
            async with asyncio.timeout(self._wall_seconds):
                answer = await _talk(child, task + b"\n", data)
                status = await child.wait()
        except TimeoutError:
            raise DocumentTooComplexError(
                f"Expected a document that is read in {self._wall_seconds:g} seconds, but {name} takes longer"
            ) from None
        finally:
            await _end(child)
        if status == 0 and len(answer) <= MAX_ANSWER:
            read: dict[str, Any] = json.loads(answer)
            return read
        raise _fallen(status, name)


async def _talk(child: Process, *parts: bytes) -> bytes:
    """Hands the parts over and reads the answer, never more than an answer can be."""
    to_child, from_child = child.stdin, child.stdout
    if to_child is None or from_child is None:
        raise RuntimeError("the child was started without pipes")
    with suppress(ConnectionError):  # a child that died is told apart by its status
        to_child.writelines(parts)
        await to_child.drain()
        to_child.close()
    answer = bytearray()
    while chunk := await from_child.read(65536):
        answer += chunk
        if len(answer) > MAX_ANSWER:
            break
    return bytes(answer)


async def _end(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _fallen(status: int, name: str) -> UnreadableDocumentError:
    if -status in {signal.SIGKILL, getattr(signal, "SIGXCPU", signal.SIGKILL)}:
        return DocumentTooComplexError(f"Expected a document that is read within seconds, but {name} takes longer")
    return CorruptDocumentError(f"Expected a sound document, but {name} cannot be read")


def _printable(filename: str) -> str:
    """The name as a message may show it: one line, no folders, not long."""
    name = "".join(letter if letter.isprintable() else " " for letter in PurePath(filename).name).strip()
    return (name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 13]}…{name[-12:]}") or "the file"
