"""What notices do later: follow the events, send what waits, forget what is old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelwright.domains.notices import delivering, service
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty
from modelwright.types.jobs import Job


def _follow(ctx: Ctx) -> None:
    delivering.follow(ctx)


def _sweep(ctx: Ctx) -> None:
    delivering.sweep(ctx)


def _expire(ctx: Ctx) -> None:
    delivering.expire(ctx)


DUTIES = [
    Duty("notices", 0.25, _follow),
    Duty("notice-sweep", 60.0, _sweep),
    Duty("notice-retention", 3_600.0, _expire),
]
JOBS: dict[str, Callable[[Ctx, Job], dict[str, Any]]] = {service.DELIVER: delivering.deliver}
APART: dict[str, int] = {service.DELIVER: 8}
"""Kinds of jobs that wait for strangers, with the number of threads of their own: they keep nobody else waiting."""
