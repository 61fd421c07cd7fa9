"""Declaring the routes of this wire: one table-driven registration under /api and /ajax-api.

    @endpoint("POST", "/runs/delete", RunId, Permission.WRITE)
    def delete_run(ctx: Ctx, request: RunId) -> Any: ...          # a thread of the pool; JSON of what it returns

    @hot("POST", "/runs/log-batch", LogBatch)
    async def log_batch(ctx: Ctx, request: LogBatch) -> Any: ...  # on the loop

Every request comes in through one decoder, so that what is authorized is what is done.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes, body
from modelwright.kit.http.body import POOL, headers
from modelwright.kit.http.near import near
from modelwright.protocols.mlflow import encode, errors
from modelwright.protocols.mlflow.decode import Reader
from modelwright.protocols.mlflow.shapes import Message
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid

M = TypeVar("M", bound=Message)
Handler = TypeVar("Handler", bound=Callable[..., Any])

ROUTES = Routes(prefix="", tag="mlflow", error=errors.render)

BOTH = ("/api/2.0/mlflow", "/ajax-api/2.0/mlflow")
AJAX = ("/ajax-api/2.0/mlflow",)
ARTIFACTS = ("/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts")

SHAPES: dict[tuple[str, str], type[Message]] = {}
"""The request of every operation, by method and path; those that read their own request are not here."""

EMPTY = b"{}"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_JSON_ONLY = frozenset({"POST", "PUT"})


def endpoint(
    method: str,
    path: str,
    kind: type[M],
    permission: Permission,
    *,
    prefixes: tuple[str, ...] = BOTH,
    resource: str = "",
    brief: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an operation that works in the thread pool: `function(ctx, request, **path) -> JSON value | Response`.

    `resource`: the kind of resource for which the room checks the permission by itself. `brief`: a few indexed reads,
    which may be done on the loop.
    """
    reader = Reader(kind)

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        async def answer(ctx: Ctx, request: Request, **values: str) -> Response:
            content = await _content(request, method)

            def work() -> Response:
                message = reader.query(request) if content is None else reader.body(content)
                result = function(ctx, message, **values)
                return result if isinstance(result, Response) else encode.reply(result)

            return await (near(ctx, request, work) if brief else in_pool(request, work))

        _register(method, path, permission, prefixes, kind, function, answer, resource)
        return function

    return declare


def hot(method: str, path: str, kind: type[M]) -> Callable[[Callable[[Ctx, M], Awaitable[bytes]]], Callable[..., Any]]:
    """Declare a write that answers on the loop: `async function(ctx, request) -> JSON bytes`."""
    reader = Reader(kind)

    def declare(function: Callable[[Ctx, M], Awaitable[bytes]]) -> Callable[..., Any]:
        async def answer(ctx: Ctx, request: Request) -> Response:
            content = await _content(request, method)
            return encode.raw(await function(ctx, reader.body(content or b"")))

        _register(method, path, Permission.WRITE, BOTH, kind, function, answer)
        return function

    return declare


def direct(
    method: str,
    path: str,
    permission: Permission,
    *,
    prefixes: tuple[str, ...],
    stream: bool = False,
    limit: int | None = None,
    resource: str = "",
) -> Callable[[Handler], Handler]:
    """Declare an operation that reads its own request: `function(ctx, request, **path) -> Response`."""

    def declare(function: Handler) -> Handler:
        guarded = function if permission is Permission.OPEN else _guarded(function)
        for prefix in prefixes:
            ROUTES.add(
                method,
                prefix + path,
                permission=permission,
                raw=True,
                stream=stream,
                limit=limit,
                resource=resource,
                hidden=True,
                name=_name(method, prefix, path),
                summary=(function.__doc__ or "").split("\n")[0],
            )(guarded)
        return function

    return declare


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse the header that would choose a workspace of MLflow's before anything is done."""
    if inspect.iscoroutinefunction(function):

        async def later(ctx: Ctx, request: Request, **values: str) -> Response:
            _refuse_workspaces(request)
            return await function(ctx, request, **values)

        return later

    def now(ctx: Ctx, request: Request, **values: str) -> Response:
        _refuse_workspaces(request)
        return function(ctx, request, **values)

    return now


def _refuse_workspaces(request: Request) -> None:
    if headers(request.scope).get(b"x-mlflow-workspace", b"").strip():
        raise errors.WorkspacesOff


async def in_pool(request: Request, work: Callable[[], Any]) -> Any:
    """Run blocking work in the edge's bounded pool."""
    pool: Callable[[Callable[[], Any]], Awaitable[Any]] = request.scope[POOL]
    return await pool(work)


def _register(
    method: str,
    path: str,
    permission: Permission,
    prefixes: tuple[str, ...],
    kind: type[Message],
    function: Callable[..., Any],
    answer: Callable[..., Any],
    resource: str = "",
) -> None:
    for prefix in prefixes:
        SHAPES[method, prefix + path] = kind
        ROUTES.add(
            method,
            prefix + path,
            permission=permission,
            resource=resource,
            raw=True,
            hidden=True,
            name=_name(method, prefix, path),
            summary=(function.__doc__ or "").split("\n")[0],
        )(answer)


def _name(method: str, prefix: str, path: str) -> str:
    words = (prefix + path).replace("{", "").replace("}", "").replace(":path", "").strip("/")
    return f"mlflow_{method.lower()}_{words.replace('/', '_').replace('-', '_').replace('.', '_')}"


async def _content(request: Request, method: str) -> bytes | None:
    """The body, or None for a request that speaks through its query string."""
    _refuse_workspaces(request)
    if method not in _WITH_BODY:
        return None
    if method in _JSON_ONLY:
        kind = headers(request.scope).get(b"content-type")
        if kind is None:
            raise Invalid("Bad Request. Content-Type header is missing.", where="Content-Type")
        if kind != b"application/json" and kind.partition(b";")[0].strip().lower() != b"application/json":
            raise Invalid("Bad Request. Content-Type must be one of ['application/json'].", where="Content-Type")
    return await body(request)
