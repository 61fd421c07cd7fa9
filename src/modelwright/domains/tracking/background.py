"""What tracking does again and again: find crashed runs, merge points, collect garbage."""

from __future__ import annotations

from modelwright.domains.tracking.service import crashes, flows, garbage, series
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty
from modelwright.types.errors import Unavailable

_LOG = logs.get(__name__)


def _crashed(ctx: Ctx) -> None:
    crashes.sweep(ctx)


def _merge(ctx: Ctx) -> None:
    series.merge(ctx)


def _garbage(ctx: Ctx) -> None:
    try:
        counts = garbage.collect(ctx)
    except Unavailable:  # somebody else is at it
        return
    if any(counts.values()):
        _LOG.info("garbage: %s", counts)


def _catch_up(ctx: Ctx) -> None:
    flows.catch_up(ctx)


DUTIES = [
    Duty("crashed-runs", 5.0, _crashed),
    Duty("merge-points", 5.0, _merge),
    Duty("garbage", 3_600.0, _garbage),
    Duty("lineage-of-earlier-runs", 2.0, _catch_up),
]
