"""Awaiting what a lane commits, for the few asynchronous operations."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def committed(future: Future[T]) -> T:
    """The result of a write, without a turn of the loop when it is there already."""
    return future.result() if future.done() else await asyncio.wrap_future(future)
