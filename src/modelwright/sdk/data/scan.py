"""What lies in a folder: its files with clean relative paths. Knows names and links; refuses to read contents."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.paths import clean


class Found(NamedTuple):
    """A file: its path in the version, where it is, and what its status says."""

    path: str
    place: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def scan(source: Path, exclude: Sequence[str] = ()) -> list[Found]:
    """All files of a folder (or one file), in the order of their paths.

    Links to files inside the folder are followed; any other link is refused, and so are devices and sockets.

    Args:
        exclude: names or patterns (`*.tmp`, `.git`) of files and folders that are left out.

    Raises:
        NotFound: nothing is there. Invalid: a name that cannot be kept, or a link that leads out. Conflict: two names
            that many file systems cannot tell apart.
    """
    if not source.exists():
        raise NotFound("there is no such file or folder", where=str(source))
    if source.is_file():
        status = source.stat()
        return [_found(clean(source.name), str(source), status)]
    root = os.path.realpath(source)
    found = sorted(_walk(root, root, "", exclude))
    folded = fold(item.path for item in found)
    if folded:
        raise Conflict(
            f"names differ only in case or form: {folded[0]!r} and {folded[1]!r}", where=str(source),
            hint="rename one: many file systems cannot keep both",
        )
    return found


def fold(paths: Iterable[str]) -> tuple[str, str] | None:
    """Two paths that a file system without regard to case (or to Unicode forms) takes for one."""
    seen: dict[str, str] = {}
    for path in paths:
        key = path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
        other = seen.setdefault(key, path)
        if other != path:
            return other, path
    return None


def _walk(folder: str, root: str, above: str, exclude: Sequence[str]) -> Iterator[Found]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if exclude and _left_out(entry.name, exclude):
                continue
            path = above + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, root, f"{path}/", exclude)
                continue
            place = entry.path
            if entry.is_symlink():
                place = os.path.realpath(place)
                if not place.startswith(root + os.sep) or not os.path.isfile(place):  # noqa: PTH113
                    raise Invalid(
                        f"the link {path!r} leads out of the folder, to a folder or nowhere", where=entry.path,
                        hint="put the file itself there, or leave it out with --exclude",
                    )
                status = os.stat(place)  # noqa: PTH116
            else:
                status = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                raise Invalid(f"{path!r} is no file (a device, pipe or socket)", where=entry.path)
            yield _found(clean(path), place, status)


def _found(path: str, place: str, status: os.stat_result) -> Found:
    return Found(path, place, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _left_out(name: str, exclude: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for pattern in exclude)
