"""One reader of events for all listeners of a process. It keeps the newest in memory.

Whoever falls behind reads the table.

No listener has a queue of its own, so a slow one costs nothing: it holds a position, like a page that reconnects.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from modelwright.domains.events import service
from modelwright.domains.events.follow import waiters
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.types.errors import Unavailable
from modelwright.types.events import Event

LISTENERS = 512
_KEY = "events.hub"
_KEPT = 10_000  # events in memory
_PAGE = 1_000
_POLL_S = 0.5  # other processes' events are noticed within this time
_CALM_S = 0.04  # between two looks at the table
_LOG = logs.get(__name__)


class Hub:
    """Follows the table while anyone listens."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self.loop = asyncio.get_running_loop()
        self.ended = False
        self.last = 0
        self._listeners = 0
        self._kept: list[Event] = []
        self._ids: list[int] = []
        self._floor = 0  # every event after this id, up to `last`, is in memory
        self._news = asyncio.Event()
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[None] | None = None
        self._threads = ThreadPoolExecutor(4, "events")

    async def __aenter__(self) -> Self:
        if self._listeners >= LISTENERS or self.ended:
            raise Unavailable("too many listeners, or the server is stopping; try again in a moment")
        self._listeners += 1
        try:
            if self._task is None:
                self._ready = self.loop.create_future()
                self._task = asyncio.create_task(self._follow(self._ready))
            assert self._ready is not None
            await asyncio.shield(self._ready)
        except BaseException:
            self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._listeners -= 1
        if self._listeners == 0 and self._task is not None:
            self._task.cancel()
            self._task = None
            waiters(self.ctx).discard(self._poke)

    def end(self) -> None:
        """The server stops: all listeners are told at once."""
        self.ended = True
        self._news.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _poke(self) -> None:
        if not self._look.is_set():
            self.loop.call_soon_threadsafe(self._look.set)

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run blocking work in the hub's threads."""
        return await self.loop.run_in_executor(self._threads, work, *arguments)

    async def _follow(self, ready: asyncio.Future[None]) -> None:
        waiters(self.ctx).add(self._poke)
        try:
            self.last = self._floor = await self.run(service.position, self.ctx)
            self._kept, self._ids = [], []
            ready.set_result(None)
        except Exception as error:
            self._task = None
            ready.set_exception(error)
            return
        while not self.ended:
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()
            try:
                await self._read()
            except Exception as error:
                if self.ended:
                    return
                _LOG.warning("events cannot be read right now: %s", error)
                await asyncio.sleep(_POLL_S)
            await asyncio.sleep(_CALM_S)

    async def _read(self) -> None:
        while True:
            found, lost = await self.run(service.after, self.ctx, self.last, _PAGE)
            if lost:  # another database behind the same address: nothing in memory is true any more
                self._kept, self._ids = [], []
                self.last = self._floor = found[0].id - 1 if found else await self.run(service.position, self.ctx)
            if not found:
                return
            self._kept += found
            self._ids += [event.id for event in found]
            self.last = found[-1].id
            if len(self._kept) > 2 * _KEPT:
                self._floor = self._ids[-_KEPT - 1]
                del self._kept[:-_KEPT], self._ids[:-_KEPT]
            self._news.set()
            self._news = asyncio.Event()
            if len(found) < _PAGE:
                return

    async def after(self, last: int) -> tuple[list[Event], bool]:
        """At most 1,000 events after `last`, and whether some before them are gone."""
        if self._floor <= last <= self.last:
            start = bisect_right(self._ids, last)
            return self._kept[start : start + _PAGE], False
        return await self.run(service.after, self.ctx, last, _PAGE)

    async def news(self, last: int, seconds: float) -> bool:
        """Wait until there is something after `last`, for so long at most; False when there is not."""
        if last < self.last or self.ended:
            return True
        waiting = self._news
        try:
            async with asyncio.timeout(seconds):
                await waiting.wait()
        except TimeoutError:
            return False
        return True


def hub(ctx: Ctx) -> Hub:
    """The hub of this process."""
    found: Hub | None = ctx.local.get(_KEY)
    if found is None or found.loop is not asyncio.get_running_loop():
        found = ctx.local[_KEY] = Hub(ctx)
        ctx.hooks.setdefault("drain", []).append(found.end)
    return found
