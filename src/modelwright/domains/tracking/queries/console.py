"""Every statement about console lines. They lie in blocks: MessagePack columns below zstd and its checksum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import zstandard

from modelwright.domains.tracking.rules import blocks, limits
from modelwright.kit.db import Tx
from modelwright.types.codec import reader, to_msgpack
from modelwright.types.errors import Invalid, Unavailable
from modelwright.types.tracking import LogLine

Columns = tuple[list[int], list[str], list[str]]
"""Times in ms, streams and texts of the lines of a block."""

_unpack = reader(Columns, msgpack=True)
_MOST = 1 << 20  # characters of text in a block, unless one line has more
_STREAM = 20
_AT_ONCE = 8  # blocks read at a time
_RAW = 1 << 30  # bytes that a block may unpack to


def append_lines(tx: Tx, seq: int, lines: Sequence[LogLine]) -> None:
    """Add lines to the end of a run's console. The caller holds the run.

    Raises:
        Invalid: a time outside 64 bits, a stream name over 20 characters, a text over a million or that is not Unicode.
    """
    for place, line in enumerate(lines):
        limits.int64(line.time_ms, f"lines[{place}].time_ms")
        if len(line.stream) > _STREAM or len(line.text) > limits.LINE:
            raise Invalid("the stream's name or the text of the line is too long", where=f"lines[{place}]")
    tail = tx.rows(
        'SELECT "first", "count", length(data) FROM console WHERE run = ? ORDER BY "first" DESC LIMIT ?',
        (seq, blocks.TAIL),
    )
    first: int = tail[0][0] + tail[0][1] if tail else 0
    taken = blocks.to_merge([(row[1], row[2]) for row in tail], len(lines))
    columns: Columns = ([], [], [])
    if taken:
        merged = tail[taken - 1][0]
        rows = tx.rows('SELECT data FROM console WHERE run = ? AND "first" >= ? ORDER BY "first"', (seq, merged))
        try:
            parts = [unpacked(row[0]) for row in rows]
        except Unavailable:  # a damaged block stays where it is, and reading it says so; the run goes on
            parts = []
        for part in parts:
            for mine, theirs in zip(columns, part, strict=True):
                mine.extend(theirs)  # pyright: ignore[reportArgumentType]
        if parts:
            first = merged
            tx.execute('DELETE FROM console WHERE run = ? AND "first" >= ?', (seq, first))
    columns[0].extend(line.time_ms for line in lines)
    columns[1].extend(line.stream for line in lines)
    columns[2].extend(line.text for line in lines)
    made: list[tuple[int, int, int, int, int, bytes]] = []
    for start, end in _cuts(columns[2]):
        times, streams, texts = (column[start:end] for column in columns)
        made.append((seq, first + start, end - start, min(times), max(times), _packed((times, streams, texts))))  # pyright: ignore[reportArgumentType]
    tx.many('INSERT INTO console (run, "first", "count", first_ms, last_ms, data) VALUES (?,?,?,?,?,?)', made)


def damages(tx: Tx) -> Iterator[tuple[str, int]]:
    """Run and first line of each block, of all runs, that is damaged."""
    every = 'SELECT r.id, c."first", c."count", c.data FROM console c JOIN runs r ON r.seq = c.run'
    for rows in tx.stream(every, rows=_AT_ONCE):
        for run, first, count, data in rows:
            try:
                whole = {len(column) for column in unpacked(data)} == {count}
            except Unavailable:
                whole = False
            if not whole:
                yield run, first


def total(tx: Tx, seq: int) -> int:
    """The number of lines of a run."""
    row = tx.row('SELECT "first" + "count" FROM console WHERE run = ? ORDER BY "first" DESC LIMIT 1', (seq,))
    return row[0] if row else 0


def stored(tx: Tx, seq: int, first: int) -> Iterator[tuple[int, int, bytes]]:
    """Blocks from the one that holds line `first` on, as (number of the first line, lines, packed lines)."""
    row = tx.row('SELECT max("first") FROM console WHERE run = ? AND "first" <= ?', (seq, first))
    at = row[0] if row and row[0] is not None else 0
    size = 1
    while True:
        rows = tx.rows(
            f'SELECT "first", "count", data FROM console WHERE run = ? AND "first" >= ? ORDER BY "first" LIMIT {size}',
            (seq, at),
        )
        yield from ((found[0], found[1], found[2]) for found in rows)
        if len(rows) < size:
            return
        at, size = rows[-1][0] + 1, _AT_ONCE


def unpacked(data: bytes) -> Columns:
    """The columns of a block.

    Raises:
        Unavailable: it is damaged.
    """
    try:
        return _unpack(zstandard.ZstdDecompressor().decompress(data, max_output_size=_RAW))
    except (zstandard.ZstdError, Invalid):
        raise Unavailable("a block of console lines is damaged", hint="restore a backup") from None


def _packed(columns: Columns) -> bytes:
    try:
        raw = to_msgpack(columns)
    except UnicodeEncodeError:
        raise Invalid("a console line holds a lone surrogate", where="lines") from None
    return zstandard.ZstdCompressor(level=3 if len(raw) > 4_096 else 1, write_checksum=True).compress(raw)


def _cuts(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where to cut lines into blocks that are not too large."""
    start = size = 0
    for place, text in enumerate(texts):
        if place > start and (place - start >= blocks.FULL or size + len(text) > _MOST):
            yield start, place
            start, size = place, 0
        size += len(text)
    if start < len(texts):
        yield start, len(texts)
