"""Declaring operations. Knows signatures and permissions; refuses to know how requests arrive."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.responses import Response

from modelwright.kit.http.bind import Binding, bind
from modelwright.types.access import Permission
from modelwright.types.errors import ModelwrightError

Handler = TypeVar("Handler", bound=Callable[..., Any])
ErrorEncoder = Callable[[ModelwrightError], Response]


class Operation:
    """One method on one path: who may call it, and the function that answers."""

    __slots__ = (
        "binding",
        "error",
        "handler",
        "hidden",
        "is_async",
        "limit",
        "method",
        "name",
        "path",
        "permission",
        "query",
        "raw",
        "request",
        "resource",
        "response",
        "status",
        "stream",
        "summary",
        "tag",
    )

    def __init__(self, method: str, path: str, handler: Callable[..., Any], permission: Permission) -> None:
        self.method = method
        self.path = path
        self.handler = handler
        self.permission = permission
        self.resource = ""
        self.name = ""
        self.tag = ""
        self.summary = ""
        self.status = 200
        self.raw = False
        self.stream = False
        self.hidden = False
        self.limit: int | None = None
        self.request = ""
        self.response = ""
        self.query: dict[str, str] = {}
        self.error: ErrorEncoder | None = None
        self.is_async = inspect.iscoroutinefunction(handler)
        self.binding: Binding | None = None

    def __repr__(self) -> str:
        return f"{self.method} {self.path} ({self.permission.value})"


class Routes:
    """The operations of a room or of a foreign wire, under one prefix.

    `error` renders refusals in the dialect of a wire; without it they are our own JSON.
    """

    def __init__(self, *, prefix: str = "", tag: str = "", error: ErrorEncoder | None = None) -> None:
        self.prefix = prefix
        self.tag = tag
        self.error = error
        self.operations: list[Operation] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        permission: Permission,
        resource: str = "",
        name: str = "",
        summary: str = "",
        status: int = 200,
        raw: bool = False,
        stream: bool = False,
        hidden: bool = False,
        limit: int | None = None,
        request: str = "",
        response: str = "",
        query: dict[str, str] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare an operation; use `get`, `post`, `put`, `patch` or `delete`.

        A plain `def` runs in the thread pool, an `async def` on the loop. The first parameter is the `Ctx`; names in
        the path are path parameters; a parameter annotated with a Struct (or named `body`) is the body; `request` is
        the Starlette request; the others are query parameters. None is answered as 204, a Starlette response as it is.

        Args:
            resource: the kind of resource (`models`) for which the room checks the permission by itself, in every case:
                the edge then lets in whoever may do this to any resource of the kind.
            raw: `handler(ctx, request, **path) -> Response`; nothing is bound or encoded.
            stream: a plain `def` that reads the body as it arrives, with `chunks(request)`; it runs in a pool
                for slow clients.
            limit: largest body in bytes, when the server's `max_body` is not right.
            request, response: media types for the documentation, where they are not JSON.
            query: query parameters of a raw operation with their descriptions, for the documentation.
            hidden: leave it out of the OpenAPI description.
        """

        def declare(handler: Handler) -> Handler:
            operation = Operation(method, self.prefix + path, handler, permission)
            operation.resource = resource
            operation.name = name or f"{self.tag}_{handler.__name__}"
            operation.tag = self.tag
            operation.summary = summary or (handler.__doc__ or "").strip().split("\n")[0]
            operation.status, operation.raw, operation.stream, operation.hidden = status, raw, stream, hidden
            operation.limit, operation.request, operation.response = limit, request, response
            operation.query = query or {}
            operation.error = self.error
            if not raw:
                operation.binding = bind(handler, operation.path)
            self.operations.append(operation)
            return handler

        return declare

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a GET (and HEAD); options as in `add`."""
        return self.add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a POST; options as in `add`."""
        return self.add("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a PUT; options as in `add`."""
        return self.add("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a PATCH; options as in `add`."""
        return self.add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a DELETE; options as in `add`."""
        return self.add("DELETE", path, **options)
