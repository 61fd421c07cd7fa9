"""Operations of the server itself: health, metrics, what it is."""

from __future__ import annotations

import functools
import time
from importlib.metadata import version

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.edge import Edge
from modelwright.kit.openapi import describe
from modelwright.types.access import Permission
from modelwright.types.codec import to_json
from modelwright.types.errors import ModelwrightError, Unavailable


class ServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a server is and how its storage is; `ok` or what is wrong with it."""

    version: str
    database: str
    database_state: str
    blob_state: str
    time_ms: int
    max_body: int
    max_artifact: int
    heartbeat_timeout_s: float
    login: bool
    uptime_s: float


def server_routes(edge: Edge, *, login: bool) -> Routes:
    """The operations, over the edge that they tell about; `login` says whether the server asks for one."""
    routes = Routes(tag="server")
    started = time.monotonic()
    release = version("modelwright")

    @functools.cache
    def description() -> bytes:
        return to_json(describe(edge.operations, title="Modelwright", version=release))

    @routes.get("/health", permission=Permission.OPEN, raw=True, summary="Whether the server takes requests")
    async def health(ctx: Ctx, request: Request) -> Response:
        if edge.draining:
            raise Unavailable("the server is stopping")
        if "json" in request.headers.get("accept", ""):
            return Response(to_json({"status": "ok"}), media_type="application/json")
        return Response(b"OK", media_type="text/plain")

    @routes.get(
        "/metrics",
        permission=Permission.READ,
        raw=True,
        summary="Counters of the server, for Prometheus",
        response="text/plain",
    )
    async def metrics(ctx: Ctx, request: Request) -> Response:
        return Response(edge.metrics.text(), media_type="text/plain; version=0.0.4")

    @routes.get(
        "/api/v1/openapi.json", permission=Permission.OPEN, raw=True, hidden=True, summary="The description of the API"
    )
    def openapi(ctx: Ctx, request: Request) -> Response:
        return Response(description(), media_type="application/json")

    @routes.get(
        "/api/v1/server", permission=Permission.READ, summary="Version, settings that matter, state of the storage"
    )
    def about(ctx: Ctx) -> ServerInfo:
        database, blobs = "ok", "ok"
        try:
            with ctx.db.read(timeout_s=5) as tx:
                tx.row("SELECT 1")
        except ModelwrightError as error:
            database = error.message
        try:
            next(iter(ctx.cas.list()), None)
        except ModelwrightError as error:
            blobs = error.message
        settings = ctx.settings
        return ServerInfo(
            version=release,
            database=ctx.db.dialect.name,
            database_state=database,
            blob_state=blobs,
            time_ms=ctx.clock.now_ms(),
            max_body=settings.max_body,
            max_artifact=settings.max_artifact,
            heartbeat_timeout_s=settings.heartbeat_timeout_s,
            login=login,
            uptime_s=round(time.monotonic() - started, 1),
        )

    return routes
