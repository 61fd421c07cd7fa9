"""The ASGI application: admits a request, finds its operation and its actor, runs it, and answers, refusals included.

Knows HTTP and `Ctx`; refuses to know who may log in (a `Gate` says so) and what operations do. Whatever can be worked
out before the first request is, because every training step passes through here.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.kit.http.bind import pairs
from modelwright.kit.http.body import EXCHANGE, HEADERS, LIMIT, LOOP, POOL, Exchange, body
from modelwright.kit.http.errors import extra_headers, render
from modelwright.kit.http.router import Router
from modelwright.kit.http.routes import Operation, Routes
from modelwright.kit.metrics import Metrics
from modelwright.types.access import DEFAULT_WORKSPACE, Actor, Permission
from modelwright.types.codec import to_json, to_msgpack
from modelwright.types.errors import Invalid, ModelwrightError, NotFound, Unavailable

Scope = MutableMapping[str, Any]
Headers = dict[bytes, bytes]
Send = Callable[[Any], Awaitable[None]]

_LOG = logs.get("modelwright.http")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ONCE = (
    b"host",
    b"authorization",
    b"origin",
    b"content-length",
    b"content-type",
    b"content-encoding",
    b"x-modelwright-workspace",
)
_IN_WORKSPACE = frozenset(
    {Permission.READ, Permission.WRITE, Permission.APPROVE, Permission.AUDIT, Permission.ADMIN}
)
_PLAIN = frozenset({b"content-type", b"content-length"})
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
CTX = "modelwright.ctx"  # where a request's scope keeps who asks, once that is known
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_QUEUE_PER_THREAD = 16  # requests that may wait for each thread before the server says it is busy
_LONGEST_WAIT_S = 0.25  # nor does anyone join a queue that takes longer than this
_UPLOADS = 64  # clients that may stream bodies at one time
_LANE = 8_192  # writes that may wait for the database before the server says it is busy


class Unknown:
    """What a gate answers when it must look at the database to know the actor."""


UNKNOWN = Unknown()


class Gate(Protocol):
    """Who may come in. Made by the server's assembly."""

    headers: Sequence[tuple[bytes, bytes]]
    """Added to every answer, unless it has the header already."""

    def admit(self, method: str, headers: Headers) -> Sequence[tuple[bytes, bytes]]:
        """Refuse requests for other hosts or from other origins' pages (raises); headers to add to the answer."""
        ...

    def known(self, scope: Scope, headers: Headers) -> Actor | Unknown | None:
        """The actor, when memory is enough to tell. Never blocks."""
        ...

    def look_up(self, scope: Scope, headers: Headers) -> Actor | None:
        """The actor; may block."""
        ...

    def enter(self, workspace: str) -> bool | None:
        """Whether a workspace exists; None when only a look at the database can tell. Never blocks."""
        ...

    def look_for(self, workspace: str) -> bool:
        """Whether a workspace exists; may block."""
        ...


class Edge:
    """Serves operations over ASGI. `lifespan` handles that protocol's start and stop messages."""

    def __init__(
        self,
        routes: Sequence[Routes],
        ctx: Ctx,
        gate: Gate,
        *,
        metrics: Metrics | None = None,
        lifespan: Callable[[Any, Any, Any], Awaitable[None]] | None = None,
    ) -> None:
        self.operations: list[Operation] = []
        self.metrics = metrics or Metrics()
        self.in_flight = 0
        self.streaming = 0  # of these, answers that are sent piece by piece
        self.draining = False
        self.lost: Callable[[], Response] | None = None  # what a browser is shown where there is nothing
        self._ctx = ctx
        self._gate = gate
        self._lifespan = lifespan
        self._router: Router[Operation] = Router()
        for group in routes:
            self.add(group)
        self._pool = ThreadPoolExecutor(ctx.settings.threads, "request")
        self._uploads = ThreadPoolExecutor(_UPLOADS, "upload")
        self._waiting = 0
        self._threads = ctx.settings.threads
        self._delay_s = 0.0
        self._uploading = 0
        self._most_waiting = ctx.settings.threads * (_QUEUE_PER_THREAD + 1)
        self._prefix = os.urandom(5).hex()
        self._number = 0
        self.metrics.gauge("requests_in_flight", "Requests being answered.", lambda: self.in_flight)
        self.metrics.gauge("requests_waiting", "Requests in the thread pool or waiting for it.", lambda: self._waiting)
        self.metrics.gauge("write_queue_depth", "Writes waiting for a group commit.", lambda: ctx.db.queued)

    def add(self, group: Routes) -> None:
        """Serve the operations of `group` too. Raises `ValueError` for a method and path that is served already."""
        for operation in group.operations:
            self._router.add(operation.method, operation.path, operation)
            self.operations.append(operation)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """One ASGI connection."""
        kind = scope["type"]
        if kind == "http":
            self.in_flight += 1
            try:
                await self._http(scope, receive, send)
            finally:
                self.in_flight -= 1
        elif kind == "lifespan" and self._lifespan is not None:
            await self._lifespan(scope, receive, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    def drain(self) -> None:
        """Begin to stop: every answer asks its connection to close, and endless answers end (hooks `drain`)."""
        self.draining = True
        for end in self._ctx.hooks.get("drain", []):
            end()

    def close(self) -> None:
        """End the threads, after the requests that they run."""
        self._pool.shutdown(cancel_futures=True)
        self._uploads.shutdown(cancel_futures=True)

    async def _http(self, scope: Scope, receive: Any, send: Send) -> None:
        started = time.perf_counter()
        method: str = scope["method"]
        headers: Headers = dict(scope["headers"])
        given = headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            request_id = given.decode()
        else:
            self._number += 1
            request_id = f"{self._prefix}{self._number:08x}"
        answer = _Answer(self, send, method, (*self._gate.headers, (b"x-request-id", request_id.encode())))
        answer.exchange = scope.get(EXCHANGE)
        scope[HEADERS] = headers
        if self.draining:
            answer.common = (*answer.common, (b"connection", b"close"))
        operation: Operation | None = None
        try:
            if len(headers) != len(scope["headers"]):
                _refuse_twins(scope["headers"])
            extra = self._gate.admit(method, headers)
            if extra:
                answer.common = (*answer.common, *extra)
            path: str = scope["path"]
            found = self._router.find(method, path)
            if isinstance(found, set):
                await self._unmatched(method, path, found, headers, answer, request_id)
            else:
                operation, values = found
                if values and _CONTROL.search(path):
                    raise Invalid("the path holds a control character", where="path")
                await self._operate(operation, values, scope, receive, headers, answer, request_id)
        except ClientDisconnect:
            answer.status = answer.status or 499
        except Exception as error:
            if operation is not None and isinstance(error, ModelwrightError):
                self._refused(error, operation, scope, request_id)
            await self._failed(error, operation, answer, request_id)
        seconds = time.perf_counter() - started
        self.metrics.count(
            method if method in _METHODS else "OTHER", operation.path if operation else "(none)", answer.status, seconds
        )
        if _LOG.isEnabledFor(10):
            _LOG.debug(
                "%s %s %d %.1f ms %s", method, ascii(scope["path"])[1:-1], answer.status, seconds * 1000, request_id
            )

    async def _operate(
        self,
        operation: Operation,
        values: dict[str, str],
        scope: Scope,
        receive: Any,
        headers: Headers,
        answer: _Answer,
        request_id: str,
    ) -> None:
        workspace = _workspace(scope["query_string"], headers)
        if operation.permission is Permission.OPEN:
            ctx = scope[CTX] = self._ctx.acting(None, workspace, request_id)
        else:
            actor = self._gate.known(scope, headers)
            if isinstance(actor, Unknown):
                actor = await self._in_pool(self._gate.look_up, scope, headers)
            ctx = scope[CTX] = self._ctx.acting(actor, workspace, request_id)
            if operation.resource:
                ctx.require_some(operation.permission, operation.resource)
            else:
                ctx.require(operation.permission)
            if workspace != DEFAULT_WORKSPACE and operation.permission in _IN_WORKSPACE:
                exists = self._gate.enter(workspace)
                if exists is None:
                    exists = await self._in_pool(self._gate.look_for, workspace)
                if not exists:
                    raise NotFound(f"there is no workspace {workspace!r}", where="workspace")
        if operation.method != "GET" and self._ctx.db.queued > _LANE:
            raise Unavailable("the server is busy; try again in a moment")
        scope[LIMIT] = self._ctx.settings.max_body if operation.limit is None else operation.limit
        scope[POOL] = self._in_pool
        request = Request(scope, receive)
        if operation.raw:
            if operation.is_async:
                response = await operation.handler(ctx, request, **values)
            else:
                response = await self._run(operation, scope, operation.handler, ctx, request, **values)
        else:
            response = await self._typed(operation, ctx, request, values, headers)
        await answer.give(response, scope, receive)

    async def _typed(
        self, operation: Operation, ctx: Ctx, request: Request, values: dict[str, str], headers: Headers
    ) -> Response:
        binding = operation.binding
        assert binding is not None
        content = await body(request) if binding.body_name else b""
        as_msgpack = b"msgpack" in headers.get(b"accept", b"")
        if operation.is_async:
            result = await operation.handler(ctx, **binding.arguments(request, values, content))
            return _encoded(result, operation.status, as_msgpack)

        def work() -> Response:
            return _encoded(
                operation.handler(ctx, **binding.arguments(request, values, content)), operation.status, as_msgpack
            )

        return await self._run(operation, request.scope, work)

    async def _run(
        self, operation: Operation, scope: Scope, work: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        call = (lambda: work(*arguments, **named)) if arguments or named else work
        if not operation.stream:
            return await self._in_pool(call)
        if self._uploading >= _UPLOADS:
            raise Unavailable("too many uploads are under way; try again in a moment")
        self._uploading += 1
        try:
            loop = scope[LOOP] = asyncio.get_running_loop()
            return await loop.run_in_executor(self._uploads, call)
        finally:
            self._uploading -= 1

    async def _in_pool(self, work: Callable[..., Any], *arguments: Any) -> Any:
        late = self._waiting > self._threads and self._delay_s > _LONGEST_WAIT_S
        if late or self._waiting >= self._most_waiting:
            raise Unavailable("the server is busy; try again in a moment")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._begun, time.perf_counter(), work, arguments)
        finally:
            self._waiting -= 1

    def _begun(self, queued: float, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        self._delay_s = time.perf_counter() - queued
        return work(*arguments)

    def _refused(self, error: ModelwrightError, operation: Operation, scope: Scope, request_id: str) -> None:
        """Tell the hooks `refused`: (ctx, method, pattern of the path, path, address, error). None of them may wait."""
        ctx: Ctx = scope.get(CTX) or self._ctx.acting(None, DEFAULT_WORKSPACE, request_id)
        address = (scope.get("client") or ("", 0))[0]
        for hook in self._ctx.hooks.get("refused", ()):
            try:
                hook(ctx, scope["method"], operation.path, scope["path"], address, error)
            except Exception as second:
                _LOG.error("a refusal of request %s could not be told", request_id, exc_info=second)

    async def _unmatched(
        self, method: str, path: str, allowed: set[str], headers: Headers, answer: _Answer, request_id: str
    ) -> None:
        if not allowed:
            browser = method in ("GET", "HEAD") and b"text/html" in headers.get(b"accept", b"")
            if self.lost and browser and not path.startswith(("/api/", "/ajax-api/")):
                await answer.plain(self.lost())
                return
            shown = ascii(path[:200])[1:-1]
            raise NotFound(f"there is nothing at {shown}", where="path")
        if "GET" in allowed:
            allowed.add("HEAD")
        allow = (b"allow", ", ".join(sorted(allowed)).encode())
        if method == "OPTIONS":
            response = Response(status_code=204)
        else:
            response = render(Invalid(f"{path[:200]} does not take {method[:20]}", where="method"), request_id)
            response.status_code = 405
        response.raw_headers.append(allow)
        await answer.plain(response)

    async def _failed(self, error: Exception, operation: Operation | None, answer: _Answer, request_id: str) -> None:
        if not isinstance(error, ModelwrightError):
            translated = self._ctx.db.translated(error)
            if not isinstance(translated, ModelwrightError):
                _LOG.error("request %s failed", request_id, exc_info=error)
                translated = ModelwrightError(
                    "something went wrong inside the server", hint=f"look for {request_id} in its log"
                )
            error = translated
        if answer.started:
            _LOG.warning(
                "request %s was cut off: %s", request_id, error.message.encode("ascii", "backslashreplace").decode()
            )
            return
        response: Response | None = None
        if operation is not None and operation.error is not None:
            try:
                response = operation.error(error)
            except Exception as second:
                _LOG.error("the refusal of request %s could not be rendered", request_id, exc_info=second)
        if response is None:
            response = render(error, request_id)
        response.raw_headers.extend(extra_headers(error))
        await answer.plain(response)


class _Answer:
    """The one answer of a request, with the headers that all answers carry."""

    __slots__ = ("common", "edge", "exchange", "head", "send", "started", "status")

    def __init__(self, edge: Edge, send: Send, method: str, common: tuple[tuple[bytes, bytes], ...]) -> None:
        self.edge = edge
        self.send = send
        self.head = method == "HEAD"
        self.common = common
        self.exchange: Exchange | None = None
        self.started = False
        self.status = 0

    async def plain(self, response: Response) -> None:
        """A response whose body is in memory."""
        self.started = True
        self.status = response.status_code
        if not self._at_once(response):
            await self.send(
                {"type": "http.response.start", "status": self.status, "headers": self._headers(response.raw_headers)}
            )
            await self.send({"type": "http.response.body", "body": b"" if self.head else response.body})
        if response.background is not None:
            await response.background()

    def _at_once(self, response: Response) -> bool:
        """Send what is plain in one piece, where the server can."""
        own = response.raw_headers
        if self.exchange is None or self.head or self.edge.draining or len(own) != len(_PLAIN):
            return False
        parts: list[bytes] = []
        for name, value in (*own, *self.common):
            parts += (name, b": ", value, b"\r\n")
        if not (own[0][0] in _PLAIN and own[1][0] in _PLAIN and own[0][0] != own[1][0]):
            return False
        head = b"".join(parts)
        if head.count(b"\n") != len(parts) // 4 or head.count(b"\r") != len(parts) // 4 or b"\0" in head:
            return False  # a line break in a value: the usual way refuses it
        return self.exchange.answer(self.status, head, bytes(response.body))

    async def give(self, response: Response, scope: Scope, receive: Any) -> None:
        """Any Starlette response. HEAD gets the headers alone."""
        if not isinstance(response, StreamingResponse) and hasattr(response, "body"):
            await self.plain(response)
        elif self.head:
            self.started = True
            self.status = response.status_code
            await self.send(
                {"type": "http.response.start", "status": self.status, "headers": self._headers(response.raw_headers)}
            )
            await self.send({"type": "http.response.body", "body": b""})
        else:
            self.status = response.status_code
            self.edge.streaming += 1
            try:
                await response(scope, receive, self._sending)
            finally:
                self.edge.streaming -= 1

    async def _sending(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = self._headers(message["headers"])
        await self.send(message)

    def _headers(self, own: Any) -> list[tuple[bytes, bytes]]:
        headers = list(own)
        if all(name in _PLAIN for name, _ in headers):  # nothing that a common header repeats
            headers.extend(self.common)
            return headers
        names = {name for name, _ in headers}
        headers.extend(item for item in self.common if item[0] not in names)
        return headers


def _encoded(result: Any, status: int, as_msgpack: bool) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    if as_msgpack:
        return Response(to_msgpack(result), status, media_type="application/msgpack")
    return Response(to_json(result), status, media_type="application/json")


def _workspace(query: bytes, headers: Headers) -> str:
    named = headers.get(b"x-modelwright-workspace")
    chosen = named.decode("latin-1") if named is not None else None
    if b"workspace" in query:
        values = {value for name, value in pairs(query) if name == "workspace"}
        if chosen is not None:
            values.add(chosen)
        if len(values) > 1:
            raise Invalid("the request names several workspaces", where="workspace")
        chosen = values.pop() if values else None
    if chosen is None:
        return DEFAULT_WORKSPACE
    if not _WORKSPACE.fullmatch(chosen):
        raise Invalid(
            "not the name of a workspace", where="workspace", hint="letters, digits, '.', '_' and '-', at most 64"
        )
    return chosen


def _refuse_twins(headers: Sequence[tuple[bytes, bytes]]) -> None:
    names = [name for name, _ in headers]
    for name in _ONCE:
        if names.count(name) > 1:
            raise Invalid("the header is given twice", where=name.decode())
