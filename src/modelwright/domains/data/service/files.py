"""The verbs that look into a version: its segments, its files by path or pattern, one file, statistics, rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice

from modelwright.domains.data.queries.versions import VersionRow
from modelwright.domains.data.rules import globs, manifest, names
from modelwright.domains.data.service import contents, versions
from modelwright.kit.context import Ctx
from modelwright.types.codec import from_json
from modelwright.types.data import DataFile, Entry, Preview, Profile, Segment
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.page import Page
from modelwright.types.paths import clean, directory

_MOST = 10_000


def root(ctx: Ctx, name: str, reference: str) -> bytes:
    """The list of segments of a version, as MessagePack. Raises `NotFound`."""
    version = versions.located(ctx, name, reference)
    with ctx.db.read() as tx:
        return contents.reader(ctx, tx, version)(version.root)


def segments(ctx: Ctx, version: VersionRow) -> list[Segment]:
    """The segments of a version."""
    with ctx.db.read() as tx:
        return manifest.segments(contents.reader(ctx, tx, version)(version.root))


def entries(ctx: Ctx, version: VersionRow, listed: list[Segment]) -> Iterator[Entry]:
    """Entries of segments, in order, one segment in memory at a time."""
    for segment in listed:
        with ctx.db.read() as tx:
            data = contents.reader(ctx, tx, version)(segment.digest)
        yield from manifest.entries(data)


def listing(
    ctx: Ctx, name: str, reference: str, prefix: str = "", glob: str = "", after: str = "", limit: int = 1_000,
    *, deep: bool = False,
) -> Page[DataFile]:
    """Files below a folder: right below it (folders are flagged), or with `deep` or a pattern all of them.

    `next_page` is the `after` of the next page. Raises `NotFound`, `Invalid`.
    """
    if not 1 <= limit <= _MOST:
        raise Invalid(f"limit is from 1 to {_MOST:,}", where="limit")
    prefix = directory(prefix, "prefix")
    version = versions.located(ctx, name, reference)
    matches = globs.matcher(glob)
    stop = f"{prefix}0" if prefix else "\U0010ffff"
    listed = [
        item for item in segments(ctx, version)
        if item.last > after and item.last >= (f"{prefix}/" if prefix else "") and item.first < stop
    ]
    if deep or matches:
        rows = _deep(ctx, version, listed, prefix, after, matches)
    else:
        rows = _level(ctx, version, listed, prefix, after)
    found = list(islice(rows, limit + 1))
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1]
    return Page(found[:limit], f"{last.path}/\U0010ffff" if last.is_dir else last.path)


def _deep(
    ctx: Ctx, version: VersionRow, listed: list[Segment], prefix: str, after: str,
    matches: Callable[[str], bool] | None,
) -> Iterator[DataFile]:
    cut = len(prefix) + 1 if prefix else 0
    for entry in entries(ctx, version, listed):
        path = entry.path
        if path > after and (not prefix or path.startswith(f"{prefix}/")) and (not matches or matches(path[cut:])):
            yield shown(entry)


def _level(
    ctx: Ctx, version: VersionRow, listed: list[Segment], prefix: str, after: str
) -> Iterator[DataFile]:
    """Files and folders right below one; a segment that lies within one folder is counted without being read."""
    above = f"{prefix}/" if prefix else ""
    folder, files, size = "", 0, 0
    for segment in listed:
        inside = _folder(segment.first, above)
        if inside and inside == _folder(segment.last, above) and segment.first > after:
            parts = [(inside, segment.files, segment.size, None)]
        else:
            parts = (
                (_folder(entry.path, above), 1, max(entry.size, 0), entry)
                for entry in entries(ctx, version, [segment]) if entry.path > after and entry.path.startswith(above)
            )
        for name, count, total, entry in parts:
            if folder and name != folder:
                yield DataFile(path=above + folder, size=size, is_dir=True, files=files)
                folder, files, size = "", 0, 0
            if name:
                folder, files, size = name, files + count, size + total
            elif entry is not None:
                yield shown(entry)
    if folder:
        yield DataFile(path=above + folder, size=size, is_dir=True, files=files)


def _folder(path: str, above: str) -> str:
    """The part below a folder in which a path lies; empty for a file right below it, or one elsewhere."""
    name, slash, _ = path[len(above):].partition("/")
    return name if slash and path.startswith(above) else ""


def find(ctx: Ctx, version: VersionRow, path: str) -> Entry:
    """One file. Raises `NotFound`, `Invalid`."""
    path = clean(path)
    listed = segments(ctx, version)
    place = bisect_left([item.last for item in listed], path)
    for entry in entries(ctx, version, listed[place:place + 1]):
        if entry.path == path:
            return entry
    raise NotFound(f"there is no file {path[:200]!r} in this version", where="path")


def shown(entry: Entry) -> DataFile:
    """As it leaves the room."""
    return DataFile(
        path=entry.path, size=None if entry.size < 0 else entry.size, uri=entry.uri,
        digest=names.shown(entry.digest) if entry.digest else entry.check,
    )


def profile(ctx: Ctx, name: str, reference: str) -> Profile:
    """Statistics of a version. Raises `NotFound` where there are none."""
    version = versions.located(ctx, name, reference)
    found = profile_of(ctx, version)
    if found is None:
        raise NotFound("there are no statistics of this version", where="version")
    return found


def profile_of(ctx: Ctx, version: VersionRow) -> Profile | None:
    """Statistics of a version, where there are any."""
    if version.profile is None:
        return None
    with ctx.db.read() as tx:
        return from_json(contents.reader(ctx, tx, version)(version.profile), Profile)


def preview(ctx: Ctx, name: str, reference: str, table: str = "", limit: int = 100) -> Preview:
    """Sampled rows of a table of a version. Raises `NotFound`."""
    for each in profile(ctx, name, reference).tables:
        if table in ("", each.name):
            return Preview(
                table=each.name, columns=[column.name for column in each.columns], rows=each.sample[:max(limit, 0)],
                total=each.rows,
            )
    raise NotFound(f"there is no table {table[:80]!r} in this version", where="table")
