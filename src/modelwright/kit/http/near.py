"""Brief reads answered on the loop: where the database is a file of this machine, a few look-ups take less time than
handing them to a thread; where it is another server, they go to the pool like everything that waits.

Knows where the database is; refuses to know what is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.requests import Request

from modelwright.kit.context import Ctx
from modelwright.kit.http.body import POOL

T = TypeVar("T")


async def near(ctx: Ctx, request: Request, work: Callable[[], T]) -> T:
    """What `work` gives. It must be a few indexed reads, and nothing that waits for another machine or a writer."""
    if ctx.db.dialect.lanes == 1:  # one writer: a file
        return work()
    pool: Callable[[Callable[[], Any]], Awaitable[Any]] = request.scope[POOL]
    return await pool(work)
