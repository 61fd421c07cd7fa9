"""Typed functions as HTTP operations, and the edge that serves them. Knows HTTP.

Refuses to know what an operation does.

    routes = Routes(prefix="/api/v1", tag="runs")

    @routes.get("/runs/{run_id}", permission=Permission.READ, summary="One run")
    def get_run(ctx: Ctx, run_id: str) -> Run: ...

Files: `routes` (declaring), `bind` (arguments from a request), `body` (bounded reading), `router` (finding), `errors`
(refusals as answers), `edge` (the ASGI application that joins them).
"""

from __future__ import annotations

from modelwright.kit.http.body import body, chunks
from modelwright.kit.http.routes import Operation, Routes

__all__ = ["Operation", "Routes", "body", "chunks"]
