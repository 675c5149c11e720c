"""Stored files by their signed addresses; whoever holds one may read it for minutes."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from domain.errors import NotFoundError
from infra.runtime import Runtime

TYPES = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8", "png": "image/png"}


async def download(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    try:
        file = runtime.files.read_address(request.path_params["token"])
        content = await runtime.ports.files.get(file.key)
    except (NotFoundError, ValueError) as gone:
        message = gone.message if isinstance(gone, NotFoundError) else "this file address is not valid"
        return PlainTextResponse(message, 404)
    return file_response(content, file.name, file.key, inline=file.inline)


def file_response(content: bytes, name: str, key: str, *, inline: bool) -> Response:
    """A file that cannot script: sandboxed, unsniffed, its name quoted (RFC 6266) in two spellings."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_").replace("?", "_")
    disposition = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    if plain != name:
        disposition += f"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    media_type = TYPES.get(key.rsplit(".", 1)[-1].lower(), "application/octet-stream")
    return Response(content, media_type=media_type, headers=headers)
