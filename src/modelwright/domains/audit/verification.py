"""Verifying a whole log: the one in the database, or one that was exported. Keeps the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from modelwright.domains.audit import anchors, queries
from modelwright.domains.audit.rules.check import Checker, Evidence
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.types.audit import AuditCheck, AuditKey
from modelwright.types.codec import from_json
from modelwright.types.errors import Invalid, Unavailable

_DAY_S = 86_400.0
_DAILY_MS = 86_400_000
_BREATH_S = 0.004  # after every two thousand rows, so that requests have their turn
_LOG = logs.get(__name__)

Progress = Callable[[int, int], None]
"""Told how many rows of how many were seen."""


def _silent(_done: int, _of: int) -> None:
    """Nobody asked."""


def verify(
    ctx: Ctx, *, files: Sequence[Path] = (), pinned: Sequence[str] = (), progress: Progress = _silent
) -> AuditCheck:
    """Verify the log of the database, against the anchor files given and our own.

    Raises:
        Invalid, Unavailable: an anchor cannot be read.
    """
    began = time.monotonic()
    kept: list[str] = []
    for place in anchors.places(ctx):
        if not place.startswith(("http://", "https://")) and Path(place).exists():
            kept += anchors.read(Path(place))
    for path in files:
        kept += anchors.read(path)
    with ctx.db.read(timeout_s=_DAY_S) as tx:
        head = queries.head(tx)
        evidence = Evidence(
            origin=head.origin if head else "",
            size=head.frontier.size if head else 0,
            frontier=head.frontier.hashes if head else (),
            nodes=queries.nodes(tx),
            notes=[made.note for made in queries.checkpoints(tx)],
            anchors=kept,
            keys=queries.keys(tx),
            pinned=pinned,
        )
        checker = Checker(evidence)
        for rows in queries.stream(tx):
            for row in rows:
                checker.row(row)
            progress(checker.size, evidence.size)
    return checker.result(ctx.clock.now_ms(), time.monotonic() - began)


def check(ctx: Ctx, *, every_ms: int = _DAILY_MS) -> None:
    """Verify when somebody asked for it, or when the last time was a day ago, and keep the result."""
    with ctx.db.read() as tx:
        if queries.head(tx) is None:
            return
        wanted, at_ms, _ = queries.last_check(tx)
    if not wanted and ctx.clock.now_ms() - at_ms < every_ms:
        return
    result = verify(ctx, progress=lambda _done, _of: time.sleep(_BREATH_S))
    if not result.ok:
        _LOG.error("the audit log does not verify: %s", result.problems[0].message)
    with ctx.db.write() as tx:
        queries.set_check(tx, result)


class _Head(msgspec.Struct):
    format: str
    size: int
    checkpoints: list[str] = []
    keys: list[AuditKey] = []


class _Line(msgspec.Struct, gc=False):
    seq: int
    leaf: str
    time: int = 0
    workspace: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    detail: msgspec.Raw = msgspec.Raw(b"")
    request: str = ""


def verify_export(
    lines: Iterable[bytes], *, files: Sequence[Path] = (), pinned: Sequence[str] = (), progress: Progress = _silent
) -> AuditCheck:
    """Verify an exported log, without any server.

    Raises:
        Invalid: not an exported log; `where` names the line. Unavailable: an anchor cannot be read.
    """
    began = time.monotonic()
    given = iter(lines)
    head = from_json(next(given, b""), _Head)
    if head.format != "modelwright-audit/1":
        raise Invalid(f"the format {head.format[:40]!r} is not known", where="line 1")
    kept = [text for path in files for text in anchors.read(path)]
    checker = Checker(
        Evidence(size=head.size, sealed=True, notes=head.checkpoints, anchors=kept, keys=head.keys, pinned=pinned)
    )
    decode: Any = msgspec.json.Decoder(_Line).decode
    for number, text in enumerate(given, 2):
        try:
            line: _Line = decode(text)
            leaf = bytes.fromhex(line.leaf)
        except (msgspec.DecodeError, ValueError):
            raise Invalid("not a row of the log", where=f"line {number}") from None
        if line.action:
            detail = bytes(line.detail).decode()
            checker.row(
                (line.seq, line.time, line.workspace, line.actor, line.action, line.subject, detail, line.request, leaf)
            )
        else:
            checker.leaf(line.seq, leaf)
        if not number % 2_000:
            progress(checker.size, head.size)
    return checker.result(time.time_ns() // 1_000_000, time.monotonic() - began)


def read_lines(path: Path) -> Iterable[bytes]:
    """The lines of a file. Raises `Unavailable`."""
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise Unavailable(f"the file cannot be read: {error.strerror}", where=str(path)) from None
