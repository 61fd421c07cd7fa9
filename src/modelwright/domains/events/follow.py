"""Waking those who wait for events in this process. The database holds the truth; this only says "look now"."""

from __future__ import annotations

from collections.abc import Callable

from modelwright.kit.context import Ctx

_KEY = "events.waiters"


def waiters(ctx: Ctx) -> set[Callable[[], None]]:
    """The callbacks to run after a commit that published events; each must be quick and thread-safe."""
    return ctx.local.setdefault(_KEY, set())


def wake(ctx: Ctx) -> None:
    """Tell those who wait that events were committed."""
    for call in tuple(waiters(ctx)):
        call()
