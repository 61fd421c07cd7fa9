"""The verb diff: what differs between two versions of a dataset. Segments that both share are never read."""

from __future__ import annotations

from collections.abc import Iterator

from modelwright.domains.data.queries.versions import VersionRow
from modelwright.domains.data.rules import compare as rules
from modelwright.domains.data.service import files, versions
from modelwright.kit.context import Ctx
from modelwright.types.data import DataDiff, Entry, FileChange
from modelwright.types.errors import Invalid

_MOST = 10_000


def diff(ctx: Ctx, name: str, before: str, now: str, limit: int = 1_000) -> DataDiff:
    """What changed from `before` to `now`: files, schema, counts, distributions. Raises `NotFound`, `Invalid`."""
    if not 0 <= limit <= _MOST:
        raise Invalid(f"limit is from 0 to {_MOST:,}", where="limit")
    old, new = versions.located(ctx, name, before), versions.located(ctx, name, now)
    counts = {"added": 0, "removed": 0, "changed": 0}
    changes: list[FileChange] = []
    touched = 0  # entries of the new version that were compared and found changed or added
    for one, other in _pairs(*_differing(ctx, old, new)):
        if one is not None and other is not None and _content(one) == _content(other):
            continue
        change = "added" if one is None else "removed" if other is None else "changed"
        counts[change] += 1
        touched += other is not None
        if len(changes) < limit:
            path = (other or one).path  # pyright: ignore[reportOptionalMemberAccess]
            changes.append(FileChange(
                path=path, change=change, size=other.size if other else None, previous_size=one.size if one else None,
            ))
    return DataDiff(
        dataset=name, version=new.number, previous=old.number, same=old.digest == new.digest, **counts,
        unchanged=new.files - touched, bytes=new.size, previous_bytes=old.size, rows=new.row_count,
        previous_rows=old.row_count, changes=changes,
        tables=rules.tables(files.profile_of(ctx, old), files.profile_of(ctx, new)),
    )


def _differing(ctx: Ctx, old: VersionRow, new: VersionRow) -> tuple[Iterator[Entry], Iterator[Entry]]:
    before, now = files.segments(ctx, old), files.segments(ctx, new)
    shared = {item.digest for item in before} & {item.digest for item in now}
    return (
        files.entries(ctx, old, [item for item in before if item.digest not in shared]),
        files.entries(ctx, new, [item for item in now if item.digest not in shared]),
    )


def _pairs(old: Iterator[Entry], new: Iterator[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Both in one order of paths, side by side."""
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.path < other.path):
            yield one, None
            one = next(old, None)
        elif one is None or other.path < one.path:
            yield None, other
            other = next(new, None)
        else:
            yield one, other
            one, other = next(old, None), next(new, None)


def _content(entry: Entry) -> tuple[int, bytes, str, str]:
    return entry.size, entry.digest, entry.uri if not entry.digest else "", entry.check
