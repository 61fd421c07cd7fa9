"""Operations of the server itself: health, metrics, what it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.edge import Edge
from modelwright.types.access import Permission
from modelwright.types.codec import to_json
from modelwright.types.errors import Unavailable


def server_routes(edge: Edge) -> Routes:
    """The operations, over the edge that they tell about."""
    routes = Routes(tag="server")

    @routes.get("/health", permission=Permission.OPEN, raw=True, summary="Whether the server takes requests")
    async def health(ctx: Ctx, request: Request) -> Response:
        if edge.draining:
            raise Unavailable("the server is stopping")
        if "json" in request.headers.get("accept", ""):
            return Response(to_json({"status": "ok"}), media_type="application/json")
        return Response(b"OK", media_type="text/plain")

    @routes.get("/metrics", permission=Permission.READ, raw=True, summary="Counters of the server, for Prometheus", response="text/plain")
    async def metrics(ctx: Ctx, request: Request) -> Response:
        return Response(edge.metrics.text(), media_type="text/plain; version=0.0.4")

    return routes
