"""The native operation of garbage collection."""

from __future__ import annotations

from modelwright.domains.tracking.service import garbage
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission

routes = Routes(prefix="/api/v1", tag="server")


@routes.post("/server:gc", permission=Permission.SERVER, summary="Collect garbage")
def collect(ctx: Ctx) -> dict[str, int]:
    """Finish permanent deletions and delete contents that nothing refers to; answers how many went.

    Contents stored within the last hour are left alone. 503 while it is under way already.
    """
    return garbage.collect(ctx)
