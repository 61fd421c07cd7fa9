"""The only way out of the server: HTTP to places that are public, or that the operator has allowed.

    answer = egress(ctx).request("POST", url, headers={"Content-Type": "application/json"}, body=content)
    with egress(ctx).stream("GET", url) as download: …

A name is resolved once, every address it has is checked, and the connection goes to a checked address, so a name that
changes its mind in between gains nothing. Redirects are not followed, proxies of the environment are not asked, what
comes back is bounded in time and size. No error and no log line of this module holds more of a URL than host and port,
because the rest may be a secret. Knows no caller's purpose.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from modelwright.kit.addresses import Address, Allowed, is_public, literal
from modelwright.kit.context import Ctx
from modelwright.types.errors import Invalid, ModelwrightError, TooLarge, Unavailable

MIB = 1 << 20
_HEADERS = 64 * 1024  # bytes of status line and headers that an answer may have
_LONGEST_URL = 4_096
_CHUNK = 64 * 1024
_KEY = "egress"
_URL = re.compile(r"(https?)://(\[[0-9a-fA-F:.]+\]|[^/?#@:\[\]\\]+)(?::([0-9]{1,5}))?(/[^#\\]*|\?[^#\\]*)?")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "upgrade", "expect", "trailer"})

Resolve = Callable[[str, int], Sequence[str]]


class Answer(msgspec.Struct, frozen=True):
    """A whole answer. Names of headers are lower-case; of repeated ones the last is kept."""

    status: int
    headers: dict[str, str]
    body: bytes


class Download(msgspec.Struct, frozen=True):
    """An answer whose body is read as it arrives."""

    status: int
    headers: dict[str, str]
    chunks: Iterator[bytes]


class Target(msgspec.Struct, frozen=True):
    """A URL in its parts. `host` is lower-case, IPv6 in brackets."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        """What may be told and logged."""
        return f"{self.host}:{self.port}"


def parse(url: str) -> Target:
    """An http or https URL in its parts.

    Raises:
        Invalid: another scheme, credentials or a fragment in it, or text that other readers may read differently.
    """
    if len(url) > _LONGEST_URL:
        raise Invalid(f"the URL is longer than {_LONGEST_URL} characters", where="url")
    if not url.isascii() or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise Invalid("the URL holds a character that must be percent-encoded", where="url")
    found = _URL.fullmatch(url)
    if found is None:
        raise Invalid(
            "not a URL that can be called", where="url", hint="http:// or https://, a host, no user name, no fragment"
        )
    scheme, host, port, path = found.groups()
    host = host.lower()
    literal(host)
    number = int(port) if port else (443 if scheme == "https" else 80)
    if not 0 < number < 65_536:
        raise Invalid("the port does not exist", where="url")
    path = path or "/"
    return Target(scheme == "https", host.removesuffix("."), number, path if path.startswith("/") else "/" + path)


class Egress:
    """Calls out of the server.

    Args:
        allow: places beside the public internet, as in the setting `egress_allow`.
        resolve: another resolver than the system's: (host, port) → addresses as text.
        tls: another TLS context than the system's trusted roots.
    """

    def __init__(
        self, allow: Sequence[str] = (), *, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._allowed = Allowed(allow)
        self._resolve = resolve or _system
        self._tls = tls

    def check(self, url: str) -> Target:
        """Whether the URL could be called as things are now, without a call. For validation when it is saved.

        A name that cannot be resolved right now passes: every call checks again.

        Raises:
            Invalid: not a URL, or it leads to a place that is not allowed.
        """
        target = parse(url)
        with suppress(Unavailable):
            self._addresses(target, 5.0)
        return target

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_s: float = 10.0,
        limit: int = MIB,
    ) -> Answer:
        """One request and its whole answer, whatever its status. A redirect is an answer like any other.

        Args:
            timeout_s: for everything: name, connection, sending, headers, body.
            limit: bytes of the body.

        Raises:
            Invalid: as in `check`. Unavailable: nobody answers, or not in time. TooLarge: a body over the limit.
        """
        with self._open(method, url, headers or {}, body, timeout_s) as (response, line):
            received = bytearray()
            while chunk := _read(response, line, min(_CHUNK, limit + 1 - len(received))):
                received += chunk
                if len(received) > limit:
                    raise TooLarge(f"{line.place} answers with more than {limit:,} bytes")
            return Answer(response.status, _headers(response), bytes(received))

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_s: float = 10.0,
        total_s: float = 3_600.0,
        limit: int = 0,
    ) -> Generator[Download]:
        """One request whose answer is read piece by piece while the block lasts.

        Args:
            timeout_s: until the headers are there, and then for each piece.
            total_s: for everything.
            limit: bytes of the body; 0 means as many as the time allows.

        Raises:
            As `request`; the chunks too raise `Unavailable` and `TooLarge`.
        """
        ends = time.monotonic() + total_s
        with self._open(method, url, headers or {}, body, timeout_s) as (response, line):

            def chunks() -> Iterator[bytes]:
                size = 0
                while True:
                    line.until = min(time.monotonic() + timeout_s, ends)
                    chunk = _read(response, line, _CHUNK)
                    if not chunk:
                        return
                    size += len(chunk)
                    if limit and size > limit:
                        raise TooLarge(f"{line.place} answers with more than {limit:,} bytes")
                    yield chunk

            yield Download(response.status, _headers(response), chunks())

    @contextmanager
    def _open(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> Generator[tuple[http.client.HTTPResponse, _Line]]:
        target = parse(url)
        sent = _outgoing(target, headers, body)
        if not _TOKEN.fullmatch(method):
            raise Invalid("not a method", where="method")
        until = time.monotonic() + timeout_s
        line = _Line(self._connect(target, until), target.place, until)
        response: http.client.HTTPResponse | None = None
        try:
            lines = [f"{method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
            line.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            response = http.client.HTTPResponse(line, method=method)  # pyright: ignore[reportArgumentType]
            line.budget = _HEADERS
            try:
                response.begin()
            except http.client.HTTPException:
                raise Unavailable(f"{target.place} does not answer with HTTP") from None
            line.budget = None
            yield response, line
        finally:
            if response is not None:
                response.close()
            line.close()

    def _addresses(self, target: Target, seconds: float) -> list[str]:
        """Checked addresses of a target, in the order in which to try them."""
        own = literal(target.host)
        found = [str(own)] if own is not None else list(_within(seconds, self._resolve, target.host, target.port))
        if not found:
            raise Unavailable(f"{target.host} has no address")
        if not self._allowed.host(target.host, target.port):
            for text in found:
                self._check(target, text)
        return found

    def _check(self, target: Target, text: str) -> None:
        address: Address = ipaddress.ip_address(text)
        if not is_public(address) and not self._allowed.address(address):
            raise Invalid(
                f"{target.place} is not in the public internet, so the server does not call it",
                where="url",
                hint="an operator may allow it: MODELWRIGHT_SERVER_EGRESS_ALLOW",
            )

    def _connect(self, target: Target, until: float) -> socket.socket:
        failure: Exception = Unavailable(f"{target.place} cannot be reached")
        for address in self._addresses(target, _left(until, target.place)):
            try:
                plain = socket.create_connection((address, target.port), timeout=_left(until, target.place))
            except OSError as error:
                failure = Unavailable(f"{target.place}: {_reason(error)}")
                continue
            try:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if not target.secure:
                    return plain
                plain.settimeout(_left(until, target.place))
                context = self._tls or ssl.create_default_context()
                return context.wrap_socket(plain, server_hostname=target.host.strip("[]"))
            except OSError as error:
                plain.close()
                failure = Unavailable(f"{target.place}: {_reason(error)}")
            except BaseException:
                plain.close()
                raise
        raise failure


def egress(ctx: Ctx) -> Egress:
    """The way out of this server, with what its settings allow."""
    found: Egress | None = ctx.local.get(_KEY)
    if found is None:
        found = ctx.local[_KEY] = Egress(ctx.settings.egress_allow)
    return found


class _Line(io.RawIOBase):
    """A connection whose every wait ends at one moment, and whose headers are counted."""

    def __init__(self, connection: socket.socket, place: str, until: float) -> None:
        super().__init__()
        self.place = place
        self.until = until
        self.budget: int | None = None
        self._socket = connection

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `http.client` reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """At least one byte, or none at the end."""
        self._socket.settimeout(_left(self.until, self.place))
        try:
            count = self._socket.recv_into(buffer)
        except OSError as error:
            raise Unavailable(f"{self.place}: {_reason(error)}") from None
        if self.budget is not None:
            self.budget -= count
            if self.budget < 0:
                raise Unavailable(f"{self.place} answers with too many headers")
        return count

    def send(self, content: bytes) -> None:
        """All of it."""
        self._socket.settimeout(_left(self.until, self.place))
        try:
            self._socket.sendall(content)
        except OSError as error:
            raise Unavailable(f"{self.place}: {_reason(error)}") from None

    def close(self) -> None:
        """Hang up."""
        if not self.closed:
            super().close()
            self._socket.close()


def _read(response: http.client.HTTPResponse, line: _Line, size: int) -> bytes:
    try:
        content = response.read1(size)
    except http.client.HTTPException:
        raise Unavailable(f"{line.place} broke off its answer") from None
    except ValueError:  # a length of a chunk that is none
        raise Unavailable(f"{line.place} does not answer with HTTP") from None
    if not content and response.length:
        raise Unavailable(f"{line.place} broke off its answer")
    return content


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _outgoing(target: Target, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    usual = 443 if target.secure else 80
    sent = {
        "Host": target.host if target.port == usual else target.place,
        "User-Agent": "Modelwright",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Content-Length": str(len(body)),
    }
    given = {name.lower(): name for name in sent}
    for name, value in headers.items():
        if name.lower() in _OURS or not _TOKEN.fullmatch(name):
            raise Invalid(f"the header {name[:100]!r} may not be set", where="headers")
        if any((ord(letter) < 32 and letter != "\t") or ord(letter) > 126 for letter in value):
            raise Invalid(f"the value of the header {name} holds characters that it may not", where="headers")
        sent.pop(given.get(name.lower(), ""), None)
        sent[name] = value
    return sent


def _system(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def _within(seconds: float, resolve: Resolve, host: str, port: int) -> Sequence[str]:
    """The system's resolver knows no time limit, so it is asked in a thread that may be left behind."""
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise Unavailable(f"the name {host} was not resolved in time") from None
    if isinstance(answer, ModelwrightError):
        raise answer
    if isinstance(answer, Exception):
        raise Unavailable(f"the name {host} cannot be resolved")
    return answer


def _left(until: float, place: str) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Unavailable(f"{place} does not answer in time")
    return left


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "TLS failed"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return (error.strerror or "cannot be reached") if isinstance(error, OSError) else "failed"
