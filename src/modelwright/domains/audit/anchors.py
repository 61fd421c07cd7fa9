"""Places outside the database that keep checkpoints, so that a state set back or written anew is noticed.

One is always there: the file `audit-anchor.jsonl` in the data folder. Others are files or URLs of the setting
`audit_anchors`; a URL gets each note in a POST. Knows how to bring notes there and to read them back from files.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from modelwright.kit.context import Ctx
from modelwright.kit.egress import egress
from modelwright.kit.settings import folder
from modelwright.types.audit import AuditCheckpoint
from modelwright.types.codec import from_json, to_json
from modelwright.types.errors import Invalid, Unavailable

FILE = "audit-anchor.jsonl"
_MOST = 4_000  # lines of a file; then the older half is thinned to one of each day
_DAY_MS = 86_400_000


class Line(msgspec.Struct, frozen=True):
    """One line of an anchor file."""

    at_ms: int
    note: str


def places(ctx: Ctx) -> list[str]:
    """Where checkpoints go: our own file first."""
    return [str(folder(ctx.settings) / FILE), *ctx.settings.audit_anchors]


def keep(ctx: Ctx, place: str, made: AuditCheckpoint) -> None:
    """Bring a checkpoint to a place.

    Raises:
        Unavailable, Invalid: it could not be brought there.
    """
    if not place.startswith(("http://", "https://")):
        try:
            _append(Path(place), Line(made.at_ms, made.note))
        except OSError as error:
            raise Unavailable(f"the file cannot be written: {error.strerror}") from None
        return
    answer = egress(ctx).request(
        "POST", place, headers={"Content-Type": "text/plain; charset=utf-8"}, body=made.note.encode(), limit=65_536
    )
    if not 200 <= answer.status < 300:
        raise Unavailable(f"it answers {answer.status}")


def read(path: Path) -> list[str]:
    """The notes of an anchor file: lines of JSON, or one bare note.

    Raises:
        Invalid: neither. Unavailable: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid("not a file of checkpoints", where=str(path)) from None
    except OSError as error:
        raise Unavailable(f"the anchor cannot be read: {error.strerror}", where=str(path)) from None
    if not text.startswith("{"):
        return [text] if text.strip() else []
    lines = text.split("\n")
    found: list[str] = []
    for number, line in enumerate(lines):
        try:
            if line:
                found.append(from_json(line, Line).note)
        except Invalid:
            if number < len(lines) - 1:  # the last one may have been cut off by a crash
                raise Invalid("a line is not a checkpoint", where=f"{path}:{number + 1}") from None
    return found


def _append(path: Path, line: Line) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0, os.SEEK_END)
        torn = b""
        if file.tell():
            file.seek(-1, os.SEEK_END)
            torn = b"" if file.read(1) == b"\n" else b"\n"
        if torn:
            _drop_torn(path)
            file.seek(0, os.SEEK_END)
        file.write(to_json(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    if size > _MOST * 400:
        _thin(path)


def _drop_torn(path: Path) -> None:
    content = path.read_bytes()
    os.truncate(path, content.rfind(b"\n") + 1)


def _thin(path: Path) -> None:
    lines = [from_json(text, Line) for text in path.read_text(encoding="utf-8").splitlines() if text]
    old, young = lines[: -_MOST // 2], lines[-_MOST // 2 :]
    daily = {line.at_ms // _DAY_MS: line for line in old}
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.writelines(to_json(line) + b"\n" for line in (*daily.values(), *young))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
