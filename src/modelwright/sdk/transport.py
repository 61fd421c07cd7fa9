"""HTTP to a Modelwright server: a connection pool, the login header, timeouts, and refusals as `types.errors`.

Knows bytes and statuses. Refuses to know any resource: paths and bodies come from the caller. urllib3 is imported
at the first request, because a training script that only writes to its spool never needs it.
"""

from __future__ import annotations

import base64
import gzip
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from modelwright.types import errors
from modelwright.types.codec import from_json, to_json, to_msgpack
from modelwright.types.errors import Invalid, ModelwrightError, Unavailable

T = TypeVar("T")

KINDS: dict[str, type[ModelwrightError]] = {
    kind.kind: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ModelwrightError) and kind is not ModelwrightError
}
_BY_STATUS = {
    400: errors.Invalid,
    401: errors.Unauthenticated,
    403: errors.Denied,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    415: errors.Invalid,
    422: errors.Invalid,
    429: errors.Unavailable,
    507: errors.StorageFull,
}
_SAFE = frozenset({"GET", "HEAD", "DELETE", "PUT"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Refusal(msgspec.Struct):
    kind: str = ""
    message: str = ""
    where: str = ""
    hint: str = ""


class _Envelope(msgspec.Struct):
    error: _Refusal


class Answer(msgspec.Struct, frozen=True):
    """A whole response in memory."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def segment(text: str) -> str:
    """One part of a path, quoted."""
    return quote(text, safe="")


def path(text: str) -> str:
    """A slash-separated path, each part quoted."""
    return quote(text, safe="/")


def check_url(url: str) -> str:
    """A server address without trailing slash.

    Raises:
        Invalid: not an http(s) URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Invalid(f"{url!r} is not a server address", where="url", hint="write it as http://host:7117")
    return url.strip().rstrip("/")


class Transport:
    """Requests to one server. Safe to use from several threads.

    Args:
        url: address such as `http://127.0.0.1:7117`; a user and password in it become Basic credentials.
        token: API token (`mw_…`), sent as `Authorization: Bearer`.
        workspace: workspace of every request; empty means the server's default.
        timeout_s: bound of connecting and of each wait for bytes.
        connections: connections kept open.
    """

    def __init__(
        self, url: str, token: str = "", *, workspace: str = "", timeout_s: float = 30.0, connections: int = 4
    ) -> None:
        parts = urlsplit(check_url(url))
        self.headers: dict[str, str] = {"User-Agent": "modelwright-sdk", "Accept": "application/json"}
        host = parts.netloc.rpartition("@")[2]
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        elif parts.username:
            pair = f"{parts.username}:{parts.password or ''}".encode()
            self.headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        if workspace:
            self.headers["X-Modelwright-Workspace"] = workspace
        self.url = f"{parts.scheme}://{host}{parts.path}".rstrip("/")
        self.timeout_s = timeout_s
        self.compress = parts.hostname not in _LOOPBACK
        self._connections = connections
        self._lock = threading.Lock()
        self._pool: Any = None

    def _http(self) -> Any:
        with self._lock:
            if self._pool is None:
                import urllib3

                options: dict[str, Any] = {
                    "maxsize": self._connections,
                    "retries": False,
                    "timeout": urllib3.Timeout(connect=min(self.timeout_s, 10.0), read=self.timeout_s),
                }
                proxy = _proxy(self.url)
                self._pool = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
            return self._pool

    def close(self) -> None:
        """Close the idle connections; a later request opens new ones."""
        with self._lock:
            if self._pool is not None:
                self._pool.clear()
                self._pool = None

    def forget(self) -> None:
        """Drop the pool without touching its sockets (they belong to the parent of a fork)."""
        self._pool = None
        self._lock = threading.Lock()

    def open(
        self,
        method: str,
        target: str,
        *,
        query: Mapping[str, object] | None = None,
        body: bytes | IO[bytes] | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        tries: int | None = None,
    ) -> Any:
        """Send one request and return the open urllib3 response; the caller reads and releases it.

        Safe methods are tried three times when the connection fails; a POST is sent once, because only the caller knows
        whether it may be repeated.

        Raises:
            ModelwrightError: the server refused (the kind tells how), or `Unavailable` when it cannot be reached.
        """
        import urllib3

        url = f"{self.url}{target}{query_text(query)}"
        sent = dict(self.headers)
        sent.update(headers or {})
        repeatable = body is None or isinstance(body, bytes)
        left = tries if tries is not None else 3 if method in _SAFE and repeatable else 1
        wait = 0.05
        options: dict[str, Any] = {}
        if timeout_s is not None:
            options["timeout"] = urllib3.Timeout(connect=min(timeout_s, 10.0), read=timeout_s)
        while True:
            left -= 1
            try:
                response = self._http().request(
                    method,
                    url,
                    body=body,
                    headers=sent,
                    preload_content=False,
                    redirect=False,
                    decode_content=True,
                    **options,
                )
            except (urllib3.exceptions.HTTPError, OSError) as error:
                if left <= 0:
                    raise self._unreachable(error) from None
                time.sleep(wait)
                wait *= 4
                continue
            if response.status < 400:
                return response
            refusal = _refusal(response)
            if left <= 0 or not isinstance(refusal, Unavailable):
                raise refusal
            time.sleep(wait)
            wait *= 4

    def _unreachable(self, error: Exception) -> Unavailable:
        reason = getattr(error, "reason", None) or error
        return Unavailable(
            f"cannot reach the server at {self.url} ({type(reason).__name__})",
            where=self.url,
            hint="start one with `mw up`, or check the address",
        )

    def request(
        self,
        method: str,
        target: str,
        *,
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        tries: int | None = None,
    ) -> Answer:
        """Send one request and read the whole answer; raises as `open` does."""
        response = self.open(method, target, query=query, body=body, headers=headers, timeout_s=timeout_s, tries=tries)
        try:
            data: bytes = response.read()
        except Exception as error:
            response.close()
            raise self._unreachable(error) from None
        response.release_conn()
        return Answer(response.status, {key.lower(): value for key, value in response.headers.items()}, data)

    def call(
        self,
        kind: type[T],
        method: str,
        target: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        timeout_s: float | None = None,
        tries: int | None = None,
    ) -> T:
        """Send a struct as JSON and read the answer as `kind` (`type(None)` for no answer)."""
        headers = {"Content-Type": "application/json"} if body is not None else None
        answer = self.request(
            method,
            target,
            query=query,
            body=None if body is None else to_json(body),
            headers=headers,
            timeout_s=timeout_s,
            tries=tries,
        )
        return _decode(answer, kind)

    def ask(
        self,
        method: str,
        target: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        tries: int | None = None,
    ) -> Any:
        """Like `call`, with the answer as plain JSON values."""
        return self.call(object, method, target, body, query=query, tries=tries)

    def post_packed(self, kind: type[T], target: str, body: object, *, timeout_s: float | None = None) -> T:
        """POST a struct as MessagePack (NaN and ±Inf survive), compressed when it is large and travels a network."""
        data = to_msgpack(body)
        headers = {"Content-Type": "application/msgpack"}
        if self.compress and len(data) > 2048:
            data = gzip.compress(data, 1)
            headers["Content-Encoding"] = "gzip"
        return _decode(self.request("POST", target, body=data, headers=headers, timeout_s=timeout_s), kind)

    def chunks(self, response: Any, size: int = 1 << 20) -> Iterator[bytes]:
        """The body of an open response in pieces; the connection goes back to the pool at the end.

        Raises:
            Unavailable: the connection broke in the middle.
        """
        try:
            yield from response.stream(size)
        except GeneratorExit:
            response.close()
            raise
        except Exception as error:
            response.close()
            raise self._unreachable(error) from None
        else:
            response.release_conn()


def _proxy(url: str) -> str:
    """The proxy that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` ask for; none on loopback."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if parts.hostname in _LOOPBACK or proxy_bypass(parts.hostname or ""):
        return ""
    return getproxies().get(parts.scheme, "")


def query_text(query: Mapping[str, object] | None) -> str:
    """`?a=1&b=2`; None is left out, lists repeat the name, booleans are `true` and `false`."""
    pairs: list[tuple[str, str]] = []
    for name, value in (query or {}).items():
        if value is None:
            continue
        items: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]
        pairs.extend((name, str(item).lower() if isinstance(item, bool) else str(item)) for item in items)
    return f"?{urlencode(pairs)}" if pairs else ""


def _decode(answer: Answer, kind: type[T]) -> T:
    if kind is type(None):
        return None  # pyright: ignore[reportReturnType]
    try:
        return from_json(answer.data, kind)
    except Invalid as error:
        raise Unavailable(
            f"the answer of the server is not understood: {error.message}",
            where=error.where,
            hint="is this a Modelwright server of this version?",
        ) from None


def _refusal(response: Any) -> ModelwrightError:
    try:
        data: bytes = response.read(65_536)
    except Exception:
        data = b""
    response.release_conn()
    status: int = response.status
    try:
        told = from_json(data, _Envelope).error
    except Invalid:
        told = _Refusal(message=f"the server answered {status}: {data[:200].decode(errors='replace').strip()}")
    kind = KINDS.get(told.kind) or _BY_STATUS.get(status) or (Invalid if status < 500 else Unavailable)
    return kind(told.message, where=told.where, hint=told.hint)
