"""Who may come in: the `Gate` of the HTTP edge.

Hosts and origins, credentials and their short memory, headers of every answer.

Protects against pages of other sites in the user's browser (DNS rebinding, cross-site requests, framing) as well as
against callers without credentials. Refuses to know what operations do: permissions are checked by the edge.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import time
from collections.abc import Sequence

from modelwright.domains.access import providers
from modelwright.domains.access import service as access
from modelwright.kit.context import Ctx
from modelwright.kit.http.edge import UNKNOWN, Headers, Scope, Unknown
from modelwright.kit.settings import Settings
from modelwright.types.access import Actor
from modelwright.types.errors import Denied, Invalid, Unauthenticated

_NO_NAMES = frozenset({"*", "0.0.0.0", "::"})  # noqa: S104  what to listen on is no name to call

LOCAL = Actor("local", server_admin=True)
"""Whoever sits at the machine of a server that listens on loopback without login."""

COOKIE = "mw_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REMEMBER_S = 1.0  # then expiry is looked at again; changes are noticed at once (`access.stamp`)
_REMEMBER = 10_000
_GIVEN, _COOKIE, _VOUCHED = b"a", b"c", b"p"
_ALLOWED_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_ALLOWED_HEADERS = (
    b"authorization, content-type, content-encoding, accept, x-modelwright-workspace, x-request-id, range, "
    b"last-event-id"
)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def asks_for_login(settings: Settings) -> bool:
    """Whether a server with these settings asks requests for credentials."""
    return settings.auth or bool(settings.oidc_issuer or settings.header_user) or not is_loopback(settings.host)


class Guard:
    """The gate of one server; see `kit.http.edge.Gate`."""

    def __init__(self, ctx: Ctx) -> None:
        settings = ctx.settings
        providers.check(settings)
        self._ctx = ctx
        self._open = not asks_for_login(settings)
        self._loopback = is_loopback(settings.host)
        self._any_host = "*" in settings.allowed_hosts
        self._names = {
            "localhost",
            *(name.lower() for name in settings.allowed_hosts),
            settings.host.lower(),
        } - _NO_NAMES
        self._origins = frozenset(origin.lower().encode() for origin in settings.allowed_origins)
        self._hosts: dict[bytes, bool] = {}
        self._actors: dict[bytes, tuple[Actor, float, access.Stamp]] = {}
        self._workspaces: dict[str, tuple[bool, float, access.Stamp]] = {}
        self._vouches = settings.header_user.lower().encode()
        self._groups = settings.header_groups.lower().encode()
        self.headers: Sequence[tuple[bytes, bytes]] = (
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        )

    @property
    def asks_for_login(self) -> bool:
        """Whether requests need credentials."""
        return not self._open

    def admit(self, method: str, headers: Headers) -> Sequence[tuple[bytes, bytes]]:
        """Refuse requests for other hosts, and from pages of other origins.

        Raises:
            Invalid: the Host header names another host. Denied: the page that sent the request is of another origin.
        """
        host = headers.get(b"host", b"")
        allowed = self._hosts.get(host)
        if allowed is None:
            if len(self._hosts) > 1_000:
                self._hosts.clear()
            allowed = self._hosts[host] = self._may_be_called(host)
        if not allowed:
            raise Invalid(
                "this server does not go by that name", where="Host", hint="add it to the setting allowed_hosts"
            )
        origin = headers.get(b"origin")
        if origin is not None:
            lowered = origin.lower()
            if lowered in self._origins:
                return self._cross_origin(origin)
            if lowered.partition(b"://")[2] != host.lower() or not lowered.startswith((b"http://", b"https://")):
                raise Denied(
                    "pages of other origins may not use this server",
                    where="Origin",
                    hint="see the setting allowed_origins",
                )
            return ()
        site = headers.get(b"sec-fetch-site")
        if site in (b"cross-site", b"same-site") and (
            method not in _SAFE or headers.get(b"sec-fetch-mode") != b"navigate"
        ):
            raise Denied("pages of other sites may not use this server", where="Sec-Fetch-Site")
        return ()

    @staticmethod
    def _cross_origin(origin: bytes) -> Sequence[tuple[bytes, bytes]]:
        return (
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", _ALLOWED_METHODS),
            (b"vary", b"Origin"),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
            (b"access-control-expose-headers", b"x-request-id, content-range"),
        )

    def _may_be_called(self, raw: bytes) -> bool:
        try:
            text = raw.decode("ascii").lower()
        except UnicodeDecodeError:
            return False
        if text.startswith("["):
            name, closed, port = text[1:].partition("]")
            port = port.removeprefix(":") if port else ""
            if not closed:
                return False
        else:
            name, _, port = text.partition(":")
        if port and not (port.isdigit() and len(port) <= 5):
            return False
        if name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return self._any_host and bool(name)
        if "%" in name:
            return False
        # A name can be re-bound to another address by its owner, an address cannot.
        return address.is_loopback or not self._loopback or self._any_host

    def known(self, scope: Scope, headers: Headers) -> Actor | Unknown | None:
        """The actor, from memory."""
        if self._open:
            return LOCAL
        credential = self._credential(scope, headers)
        if credential is None:
            return None
        self._check_cookie(credential, scope, headers)
        now = access.stamp(self._ctx)
        remembered = self._actors.get(credential)
        if now is not None and remembered is not None and remembered[1] > time.monotonic() and remembered[2] == now:
            return remembered[0]
        return UNKNOWN

    def look_up(self, scope: Scope, headers: Headers) -> Actor | None:
        """The actor, from the database.

        Raises:
            Unauthenticated: credentials that are wrong, expired or revoked. Unavailable: too many wrong guesses.
        """
        credential = self._credential(scope, headers)
        if credential is None:
            return None
        now = access.restamp(self._ctx)
        remembered = self._actors.get(credential)
        if remembered is not None and remembered[1] > time.monotonic() and remembered[2] == now:
            return remembered[0]
        address = (scope.get("client") or ("", 0))[0]
        actor = access.authenticate(self._ctx, _parsed(credential, address))
        if len(self._actors) >= _REMEMBER:
            self._actors.clear()
        if actor is not None:
            self._actors[credential] = (actor, time.monotonic() + _REMEMBER_S, now)
        return actor

    def _credential(self, scope: Scope, headers: Headers) -> bytes | None:
        # The first byte says where it came from: what a caller writes into one header is never taken for another.
        authorization = headers.get(b"authorization")
        if authorization is not None:
            return _GIVEN + authorization
        if self._vouches and self._vouches in headers and access.trusted(self._ctx, (scope.get("client") or ("",))[0]):
            for name in (self._vouches, self._groups):
                if name and sum(header == name for header, _ in scope["headers"]) > 1:
                    raise Unauthenticated("the proxy names the user twice", where=name.decode("latin-1"))
            return _VOUCHED + headers[self._vouches] + b"\0" + headers.get(self._groups, b"")
        session = session_of(headers) if b"cookie" in headers else ""
        return _COOKIE + session.encode("latin-1") if session else None

    @staticmethod
    def _check_cookie(credential: bytes, scope: Scope, headers: Headers) -> None:
        # Browsers add the cookie (and what a proxy knows them by) by themselves, and say where the request comes from
        # when they change something.
        if not credential.startswith((_COOKIE, _VOUCHED)) or scope["method"] in _SAFE or b"origin" in headers:
            return
        if headers.get(b"sec-fetch-site") not in (b"same-origin", b"none"):
            raise Denied(
                "a session may change things only from this server's own pages", where="Origin", hint="use an API token"
            )

    def enter(self, workspace: str) -> bool | None:
        """Whether a workspace exists, from memory."""
        now = access.stamp(self._ctx)
        remembered = self._workspaces.get(workspace)
        if now is not None and remembered is not None and remembered[1] > time.monotonic() and remembered[2] == now:
            return remembered[0]
        return None

    def look_for(self, workspace: str) -> bool:
        """Whether a workspace exists, from the database."""
        now = access.restamp(self._ctx)
        exists = access.workspace_exists(self._ctx, workspace)
        if len(self._workspaces) >= _REMEMBER:
            self._workspaces.clear()
        self._workspaces[workspace] = (exists, time.monotonic() + _REMEMBER_S, now)
        return exists


def session_of(headers: Headers) -> str:
    """The session cookie of a request, or nothing."""
    credential = headers.get(b"cookie", b"")
    for part in credential.split(b";"):
        name, _, value = part.strip().partition(b"=")
        if name == COOKIE.encode():
            return value.decode("latin-1")
    return ""


def _parsed(credential: bytes, address: str) -> access.Credentials:
    if len(credential) > 16_384 or (len(credential) > 4_096 and not credential.startswith(_VOUCHED)):
        raise Unauthenticated("the credentials are too long", where="Authorization")
    if credential.startswith(_VOUCHED):
        return _vouched(credential[1:], address)
    if credential.startswith(_COOKIE):
        return access.Credentials(session=credential[1:].decode("latin-1"), address=address)
    scheme, _, value = credential[1:].partition(b" ")
    scheme, value = scheme.lower(), value.strip()
    if scheme == b"bearer":
        return access.Credentials(secret=value.decode("latin-1"), address=address)
    if scheme == b"basic":
        try:
            name, found, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Unauthenticated("the Basic credentials cannot be read", where="Authorization") from None
        if not found or "\0" in name or "\0" in secret:
            raise Unauthenticated("the Basic credentials cannot be read", where="Authorization")
        return access.Credentials(user=name, secret=secret, address=address)
    raise Unauthenticated("send `Authorization: Bearer <token>` or Basic credentials", where="Authorization")


def _vouched(credential: bytes, address: str) -> access.Credentials:
    name, _, groups = credential.partition(b"\0")
    try:
        listed = tuple(part.strip() for part in groups.decode().split(",") if part.strip())
        return access.Credentials(vouched=name.decode().strip(), groups=listed, address=address)
    except UnicodeDecodeError:
        raise Unauthenticated("the proxy's headers cannot be read") from None
