"""An OpenID Connect provider of our own for tests, which misbehaves as it is told. Real ones are in tests/compat."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "modelwright", "the client's secret: with a colon"


class Provider:
    """Signs whoever asks in as `person`, after `twist` has changed the claims and `header` the header."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "s-1", "preferred_username": "ann", "groups": ["risk"]}
        self.userinfo: dict[str, Any] = {}
        self.twist: Callable[[dict[str, Any]], None] = lambda claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.described: dict[str, Any] = {}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.rotate()
        provider = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                path = self.path.partition("?")[0]
                known = {
                    "/.well-known/openid-configuration": provider.description,
                    "/keys": lambda: {"keys": [provider.key.as_dict(private=False, kid=provider.kid, use="sig")]},
                    "/userinfo": lambda: provider.userinfo,
                }
                self.give(200 if path in known else 404, known.get(path, dict)())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = dict(urllib.parse.parse_qsl(body))
                self.give(*provider.exchange(form, self.headers.get("authorization", "")))

            def give(self, status: int, answer: Any) -> None:
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.key = RSAKey.generate_key(2048, private=True)
        self.kid = hashlib.sha256(self.key.as_pem(private=False)).hexdigest()[:8]

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.described,
        }

    def authorize(self, url: str) -> str:
        """What a browser does at the authorization endpoint: where it is sent back to."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": asked["state"]})

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """The token endpoint, as strict as a real one."""
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        pair = ":".join(urllib.parse.quote(part, safe="") for part in (CLIENT, SECRET))
        if (
            asked is None
            or challenge.rstrip("=") != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
            or authorization != "Basic " + base64.b64encode(pair.encode()).decode()
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "auth_time": now, **self.person,
        }
        self.twist(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.kid}, claims, self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """`alg: none`."""
        return self._joined("none", claims) + "."

    def confused(self, claims: dict[str, Any]) -> str:
        """Signed with the public key as if it were a shared secret."""
        text = self._joined("HS256", claims)
        digest = hmac.digest(self.key.as_pem(private=False), text.encode(), hashlib.sha256)
        return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    def _joined(self, algorithm: str, claims: dict[str, Any]) -> str:
        parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "kid": self.kid}, claims)]
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

    def foreign(self, claims: dict[str, Any]) -> str:
        """Signed with somebody else's key under our key's name."""
        return jwt.encode({"alg": "RS256", "kid": self.kid}, claims, RSAKey.generate_key(2048, private=True))


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """A provider on a free port."""
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(5)
