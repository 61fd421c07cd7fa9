"""The verbs of console lines: a page from a line number, from the end, or of the lines that match."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator

from modelwright.domains.tracking.queries import console as queries
from modelwright.domains.tracking.queries import runs
from modelwright.domains.tracking.rules import limits, matching
from modelwright.kit import regexp
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.tracking import ConsolePage, LogLine

_LIMIT = range(1, 10_001)
_CHARACTERS = 8 << 20  # of text in a page, unless one line has more
_SEARCH_S = 2.0  # how long a search looks before it answers with what it has
_QUERY = 1_000
_CHECK_S = 86_400.0


def damages(ctx: Ctx) -> Iterator[str]:
    """Read all console lines of the server and tell what is damaged, in sentences that name run and line.

    Raises:
        Denied: the actor does not administer the server.
    """
    ctx.require(Permission.SERVER)
    with ctx.db.read(timeout_s=_CHECK_S) as tx:
        found = list(queries.damages(tx))
    for run, first in found:
        yield f"run {run}: the block of console lines from line {first} on is damaged"


def read(
    ctx: Ctx,
    run_id: str,
    first: int = 0,
    limit: int = 1_000,
    query: str = "",
    *,
    regex: bool = False,
    tail: int | None = None,
) -> ConsolePage:
    """Lines from number `first` on, at most `limit` (1 to 10,000).

    With `query` only those that contain it, whatever their case and colours, or with `regex` (RE2) that match it. A
    search that takes long answers early; `next` says where to go on. `tail` reads the last so many lines instead.

    Raises:
        NotFound: no such run. Invalid: a number out of range, or not a regular expression.
    """
    ctx.require(Permission.READ)
    if limit not in _LIMIT or (tail is not None and tail not in _LIMIT):
        raise Invalid("a page has 1 to 10,000 lines", where="limit" if tail is None else "tail")
    if first < 0:
        raise Invalid("lines are numbered from 0", where="first")
    limits.int64(first, "first")
    limits.text(query, "query", _QUERY)
    if regex and query:
        regexp.check(query)
    with ctx.db.read() as tx:
        seq = runs.locate(tx, ctx.workspace, run_id).seq
        total = queries.total(tx, seq)
        if tail is not None:
            first, limit = max(0, total - tail), tail
        if first >= total:
            return ConsolePage(first=first, total=total, lines=[])
        if not query:
            return _page(tx, seq, first, limit, total)
        return _search(tx, seq, first, limit, total, query, regex)


def _page(tx: Tx, seq: int, first: int, limit: int, total: int) -> ConsolePage:
    lines: list[LogLine] = []
    size = 0
    for start, count, data in queries.stored(tx, seq, first):
        times, streams, texts = queries.unpacked(data)
        for place in range(max(0, first - start), count):
            if len(lines) >= limit or (lines and size >= _CHARACTERS):
                break
            lines.append(LogLine(times[place], streams[place], texts[place]))
            size += len(texts[place])
        else:
            continue
        break
    end = first + len(lines)
    return ConsolePage(first=first, total=total, lines=lines, next=end if end < total else None)


def _search(tx: Tx, seq: int, first: int, limit: int, total: int, query: str, regex: bool) -> ConsolePage:
    until = time.monotonic() + _SEARCH_S
    fits, may = _tests(query, regex)
    lines: list[LogLine] = []
    numbers: list[int] = []
    size = 0
    for start, count, data in queries.stored(tx, seq, first):
        if start > first and time.monotonic() > until:
            return ConsolePage(first=first, total=total, lines=lines, numbers=numbers, next=start)
        times, streams, texts = queries.unpacked(data)
        if not may(matching.plain("\n".join(texts))):
            continue
        for place in range(max(0, first - start), count):
            if not fits(matching.plain(texts[place])):
                continue
            if len(lines) >= limit or (lines and size >= _CHARACTERS):
                return ConsolePage(first=first, total=total, lines=lines, numbers=numbers, next=start + place)
            lines.append(LogLine(times[place], streams[place], texts[place]))
            numbers.append(start + place)
            size += len(texts[place])
    return ConsolePage(first=first, total=total, lines=lines, numbers=numbers)


def _tests(query: str, regex: bool) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """Whether a line matches, and whether any of many joined lines might. The second one is fast over many lines."""
    if not regex:
        fits = matching.containing(query)
        return fits, fits
    joined = matching.anywhere(query)
    return functools.partial(regexp.matches, query), (
        functools.partial(regexp.matches, joined) if joined else lambda _: True
    )
