"""Stored files in the data folder, reached by signed paths that live for minutes."""

import asyncio
import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import orjson

from domain.errors import NotFoundError
from infra.tokens import draw_key

LIFETIME = 900


@dataclass(frozen=True, slots=True)
class SignedFile:
    key: str
    name: str
    inline: bool


class LocalFiles:
    """`key` is a relative path of our own making (`resumes/<id>.pdf`), never a name that somebody sent."""

    def __init__(self, folder: Path, secret: str) -> None:
        self._folder = folder.resolve()
        self._key = draw_key(secret, "file address")

    async def put(self, key: str, content: bytes) -> None:
        await asyncio.to_thread(self._put, self._path(key), content)

    async def get(self, key: str) -> bytes:
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError as gone:
            message = "the stored file is gone"
            raise NotFoundError(message) from gone

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def address(self, key: str, name: str, *, inline: bool = False) -> str:
        body = _encode(orjson.dumps([key, name, inline, int(time.time()) + LIFETIME]))
        return f"/files/{body}.{self._mac(body)}"

    def read_address(self, token: str) -> SignedFile:
        """What a signed path names; NotFoundError for one that is not ours or too old."""
        body, _, mac = token.partition(".")
        if token.isascii() and hmac.compare_digest(mac, self._mac(body)):
            key, name, inline, until = orjson.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            if time.time() <= until:
                return SignedFile(key, name, inline)
        message = "this file address is not valid, or no longer: ask for a new one"
        raise NotFoundError(message)

    def _mac(self, body: str) -> str:
        return _encode(hmac.new(self._key, body.encode(), sha256).digest())

    def _path(self, key: str) -> Path:
        path = (self._folder / key).resolve()
        if not path.is_relative_to(self._folder) or path == self._folder:
            message = f"expected a key inside the file folder, found {key!r}"
            raise ValueError(message)
        return path

    @staticmethod
    def _put(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{uuid4().hex}.part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
