"""What lineage does again and again: forget old events, and proofs beyond the newest of each edge."""

from __future__ import annotations

from modelwright.domains.lineage.service import external
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty


def _expire(ctx: Ctx) -> None:
    external.expire(ctx)


DUTIES = [Duty("lineage-retention", 3_600.0, _expire)]
