"""What events do later: old ones are forgotten."""

from __future__ import annotations

from modelwright.domains.events import service
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty


def _expire(ctx: Ctx) -> None:
    service.expire(ctx)


DUTIES = [Duty("event-retention", 20.0, _expire)]
