"""What jobs do later: ended ones are forgotten after a week."""

from __future__ import annotations

from modelwright.domains.jobs import service
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty

_KEEP_MS = 7 * 24 * 60 * 60 * 1000


def _expire(ctx: Ctx) -> None:
    service.expire(ctx, ctx.clock.now_ms() - _KEEP_MS)


DUTIES = [Duty("job-retention", 3_600.0, _expire)]
