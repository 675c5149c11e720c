"""GraphiQL, served from this server: the page at the GraphQL path, its files below /dashboard.

Both come from `dashboard/dist`, which Vite builds. Nothing is loaded from anywhere else; the policy forbids it.
"""

from functools import partial
from pathlib import Path

import anyio
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DIST = Path(__file__).resolve().parents[2] / "dashboard" / "dist"
PATH = "/dashboard"
NOT_BUILT = (
    "GraphiQL is not built yet. `make run` builds it beside the server: load this page again in a minute, or run "
    "`make dashboard` in the project's folder to see why it is not there.\n"
)
# The editor writes the styles of its themes into the page, hence 'unsafe-inline' for styles.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def page(dist: Path = DIST) -> ASGIApp:
    """The page, for `GraphQLApp(page=...)`; a sentence where it was not built. Read anew for each visit."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            text = await anyio.to_thread.run_sync(partial((dist / "index.html").read_text, encoding="utf-8"))
        except OSError:
            await PlainTextResponse(NOT_BUILT, 503)(scope, receive, send)
            return
        await HTMLResponse(text, headers=PAGE_HEADERS)(scope, receive, send)

    return serve


def files(dist: Path = DIST) -> Mount:
    """The route of the page's scripts and styles. Their names carry a hash, so they may be kept for ever."""
    static = StaticFiles(directory=dist, check_dir=False)
    static.config_checked = True  # a folder that is not built yet is a 404, not an error
    return Mount(PATH, app=forever(static), name="dashboard")


def forever(app: ASGIApp) -> ASGIApp:
    """Let what was found be cached without asking again."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-content-type-options"] = "nosniff"
                if message["status"] in {200, 304} and "/assets/" in scope["path"]:
                    headers["cache-control"] = "public, max-age=31536000, immutable"
            await send(message)

        await app(scope, receive, send_cached)

    return serve
