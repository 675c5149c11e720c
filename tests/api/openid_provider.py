"""A real OpenID provider (oidc-provider-mock) in a process of its own, that can be told to misbehave.

Two of them listen: the second one's tokens are issued expired. `PUT /meddle` says how to misbehave from now on,
`GET /seen` shows the last form that the token endpoint was sent.
"""

import base64
import io
import json
import os
import sys
import threading
import warnings
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oidc_provider_mock
    import werkzeug.serving
    from werkzeug.wrappers import Request, Response


class Meddler:
    """In front of the provider: rewrites what it is asked and what it answers."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.how: dict[str, Any] = {}
        self.seen: dict[str, str] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        if request.path == "/meddle":
            self.how = json.loads(request.get_data())
            return Response(status=204)(environ, start_response)
        if request.path == "/seen":
            return Response(json.dumps(self.seen))(environ, start_response)
        if request.path == "/oauth2/authorize":
            self._rewrite_question(environ)
        if request.path == "/oauth2/token":
            body = request.get_data()
            environ["wsgi.input"] = io.BytesIO(body)
            self.seen = dict(parse_qsl(body.decode())) | {"authorization": request.headers.get("Authorization", "")}
            return self._token(environ)(environ, start_response)
        if request.path == "/userinfo" and "userinfo" in self.how:
            return Response(json.dumps(self.how["userinfo"]))(environ, start_response)
        response = Response.from_app(self.provider, environ)
        if request.path == "/.well-known/openid-configuration":
            response.set_data(json.dumps({**response.get_json(), **self.how.get("metadata", {})}))
        if request.path == "/jwks" and self.how.get("huge"):
            response.set_data(json.dumps({"keys": [], "filler": "x" * 3_000_000}))
        return response(environ, start_response)

    def _rewrite_question(self, environ: dict[str, Any]) -> None:
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        query |= {name: self.how[name] for name in ("nonce", "client_id") if name in self.how}
        environ["QUERY_STRING"] = urlencode(query)

    def _token(self, environ: dict[str, Any]) -> Any:
        if "client_id" in self.how:
            login = base64.b64encode(f"{self.how['client_id']}:any".encode()).decode()
            environ["HTTP_AUTHORIZATION"] = f"Basic {login}"
        if "host" in self.how:
            environ["HTTP_HOST"] = self.how["host"]
        response = Response.from_app(self.provider, environ)
        body = response.get_json()
        if "id_token" in body and "forge" in self.how:
            body["id_token"] = FORGERIES[self.how["forge"]](body["id_token"])
            response.set_data(json.dumps({name: value for name, value in body.items() if value is not None}))
        return response


def unsigned(token: str) -> str:
    _, payload, _ = token.split(".")
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}."


def changed(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{encoded({**claims, 'sub': 'somebody-else'})}.{signature}"


def signed_with_a_shared_secret(token: str) -> str:
    _, payload, signature = token.split(".")
    return f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{payload}.{signature}"


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


FORGERIES: dict[str, Any] = {
    "none": unsigned,
    "changed": changed,
    "hs256": signed_with_a_shared_secret,
    "garbage": lambda _: "not.a.token",
    "missing": lambda _: None,
}


def main() -> None:
    for max_age in (timedelta(hours=1), timedelta(hours=-1)):
        provider = Meddler(oidc_provider_mock.app(access_token_max_age=max_age))
        server = werkzeug.serving.make_server("127.0.0.1", 0, provider, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.port, flush=True)  # noqa: T201 - told to whoever started it
    sys.stdin.read()


if __name__ == "__main__":
    main()
