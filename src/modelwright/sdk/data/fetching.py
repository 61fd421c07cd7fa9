"""Bringing a version, or some files of it, to this machine: what is here already stays, every byte is checked."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

from modelwright.sdk.data import manifests, scan
from modelwright.sdk.data.cutting import hasher
from modelwright.sdk.data.datasets import Datasets
from modelwright.sdk.data.store import Store
from modelwright.sdk.transport import segment
from modelwright.types.codec import from_msgpack
from modelwright.types.data import DataVersion, Entry
from modelwright.types.errors import Conflict, Invalid, Unavailable
from modelwright.types.paths import clean

_TOGETHER = 1 << 24
_ITEMS = 4_096
_WORKERS = 4
_WORTH = 1 << 16  # files from this size on are kept in the cache

Report = Callable[[str, int], None]
"""Told (`fetched` or `kept`, bytes since the last call)."""
_Group = list[tuple[Entry, "list[tuple[bytes, int]]"]]


class Fetch:
    """One download."""

    def __init__(self, datasets: Datasets, version: DataVersion, store: Store, report: Report | None = None) -> None:
        self._http = datasets.transport
        self._store = store
        self._told = report or _silent
        self._reference = f"{version.dataset}:{version.number}"
        self._root = f"/api/v1/datasets/{segment(version.dataset)}/versions/{version.number}/contents"
        self._datasets = datasets
        self._ahead = ThreadPoolExecutor(_WORKERS, "ahead")

    def entries(self, prefix: str = "", glob: str = "") -> Iterator[Entry]:
        """Entries of the version below a folder (or that file), those that match a pattern."""
        prefix = prefix.strip("/")
        listed = manifests.read_root(self._datasets.segments(self._reference))
        wanted = [
            item for item in listed
            if not prefix or (item.last >= prefix and item.first < f"{prefix}0")
        ]
        for start in range(0, len(wanted), 16):
            for data in self._contents([(item.digest, -1) for item in wanted[start:start + 16]]):
                for entry in manifests.read(bytes(data)):
                    below = not prefix or entry.path == prefix or entry.path.startswith(f"{prefix}/")
                    if below and (not glob or _matches(entry.path, glob)):
                        yield entry

    def to_folder(self, target: Path, prefix: str = "", glob: str = "") -> list[Entry]:
        """Write files below a folder, in the place of older ones; returns their entries, and those kept elsewhere too.

        Raises:
            Invalid: a stored path would leave the folder, or goes through a link. Conflict: names that this file system
                may take for one. Unavailable: a content is damaged; nothing wrong was written.
        """
        entries = list(self.entries(prefix, glob))
        for entry in entries:
            if clean(entry.path) != entry.path:
                raise Invalid(f"the version holds an unsafe path: {entry.path[:80]!r}", where="path")
        folded = scan.fold(entry.path for entry in entries)
        if folded and not _tells_case(target):
            raise Conflict(f"this file system cannot keep both {folded[0]!r} and {folded[1]!r}", where=str(target))
        target.mkdir(parents=True, exist_ok=True)
        root = Path(os.path.realpath(target))
        local = [entry for entry in entries if not entry.uri]
        self._make_folders(root, local)
        missing = [entry for entry in local if not self._placed(root, entry)]
        with ThreadPoolExecutor(_WORKERS, "fetch") as pool:
            for future in [pool.submit(self._fetch, root, group) for group in self._groups(missing)]:
                future.result()
        self._store.kept((entry.digest, entry.size) for entry in local if entry.size >= _WORTH)
        return entries

    def close(self) -> None:
        """End its threads."""
        self._ahead.shutdown(cancel_futures=True)

    def _make_folders(self, root: Path, entries: Sequence[Entry]) -> None:
        made: set[str] = set()
        for entry in entries:
            folder = os.path.dirname(entry.path)  # noqa: PTH120
            if folder in made:
                continue
            place = root
            for name in folder.split("/"):
                place /= name
                place.mkdir(exist_ok=True)  # never through a link: each part is looked at before the next is made
                if place.is_symlink():
                    raise Invalid(f"{folder!r} leads through a link", where=str(place), hint="fetch elsewhere")
            made.add(folder)

    def _placed(self, root: Path, entry: Entry) -> bool:
        """Put a file in place from what is on this machine."""
        place = root / entry.path
        same = place.is_file() and not place.is_symlink() and place.stat().st_size == entry.size
        if same and _digest(place) == entry.digest:
            self._told("kept", entry.size)
            return True
        kept = self._store.has(entry.digest, entry.size)
        if kept is None:
            return False
        if _digest(kept) != entry.digest:  # the cache is no better than the disk under it
            kept.unlink(missing_ok=True)
            return False
        _place(kept, place)
        self._told("kept", entry.size)
        return True

    def _groups(self, entries: Sequence[Entry]) -> Iterator[_Group]:
        """Files that are fetched by one question."""
        recipes = self._recipes([entry for entry in entries if entry.recipe])
        group: _Group = []
        size = count = 0
        for entry in entries:
            items = recipes[entry.recipe] if entry.recipe else [(entry.digest, entry.size)] if entry.size else []
            if group and (size + entry.size > _TOGETHER or count + len(items) > _ITEMS):
                yield group
                group, size, count = [], 0, 0
            group.append((entry, items))
            size, count = size + entry.size, count + len(items)
        if group:
            yield group

    def _recipes(self, entries: Sequence[Entry]) -> dict[bytes, list[tuple[bytes, int]]]:
        wanted = list(dict.fromkeys(entry.recipe for entry in entries))
        found: dict[bytes, list[tuple[bytes, int]]] = {}
        for start in range(0, len(wanted), 64):
            part = wanted[start:start + 64]
            for recipe, data in zip(part, self._contents([(digest, -1) for digest in part]), strict=True):
                found[recipe] = from_msgpack(bytes(data), list[tuple[bytes, int]])
        return found

    def _fetch(self, root: Path, group: _Group) -> None:
        contents = self._in_parts([item for _, items in group for item in items])
        new = hasher()
        for entry, items in group:
            # Small files come many to a question: keeping them twice would cost more than asking again.
            kept = entry.size >= _WORTH
            place = self._store.path(entry.digest) if kept else root / entry.path
            if kept:
                place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f".{place.name[:100]}.{uuid.uuid4().hex[:8]}.part")
            whole = new()
            try:
                with part.open("wb") as file:
                    for _ in items:
                        data = next(contents)
                        if len(items) > 1:
                            whole.update(data)
                        file.write(data)
                        self._told("fetched", len(data))
                if len(items) > 1 and whole.digest() != entry.digest:
                    raise Unavailable(f"the file {entry.path!r} is not what the version says", where="digest")
                part.replace(place)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            if kept:
                _place(place, root / entry.path)

    def _in_parts(self, items: Sequence[tuple[bytes, int]]) -> Iterator[memoryview]:
        """Contents of any number in order; the next parts are fetched while one is used."""
        waiting: deque[Future[list[memoryview]]] = deque()
        for part in _parts(items):
            waiting.append(self._ahead.submit(self._contents, part))
            if len(waiting) >= _WORKERS:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _contents(self, items: Sequence[tuple[bytes, int]]) -> list[memoryview]:
        """Contents in order, each compared with its digest; those that came well are not asked for again."""
        new = hasher()
        found: list[memoryview] = []
        for left in range(4, -1, -1):
            try:
                for data in _framed(self._ask([digest for digest, _ in items[len(found):]])):
                    digest, size = items[len(found)]
                    if size not in (-1, len(data)) or new(data).digest() != digest:
                        raise Unavailable(f"a content came damaged: {digest.hex()}", where="digest")
                    found.append(data)
                if len(found) == len(items):
                    return found
                raise Unavailable("the answer broke off", where=self._reference)
            except Unavailable:
                if not left:
                    raise
        return found

    def _ask(self, digests: Sequence[bytes]) -> bytes:
        """The answer as far as it came."""
        response = self._http.open(
            "POST", self._root, body=b"".join(digests), headers={"Content-Type": "application/octet-stream"},
            timeout_s=600, tries=3,
        )
        gathered: list[bytes] = []
        with contextlib.suppress(Unavailable):
            gathered.extend(self._http.chunks(response, 1 << 20))
        return b"".join(gathered)


def _parts(items: Sequence[tuple[bytes, int]]) -> Iterator[Sequence[tuple[bytes, int]]]:
    start = size = 0
    for place, item in enumerate(items):
        if place > start and (size + item[1] > _TOGETHER or place - start >= _ITEMS):
            yield items[start:place]
            start, size = place, 0
        size += item[1]
    if start < len(items):
        yield items[start:]


def _framed(data: bytes) -> Iterator[memoryview]:
    view = memoryview(data)
    at = 0
    while len(view) - at >= 4:
        end = at + 4 + int.from_bytes(view[at:at + 4], "little")
        if end > len(view):
            return
        yield view[at + 4:end]
        at = end


def _place(source: Path, target: Path) -> None:
    """A copy that shares its blocks where the file system can, and appears whole."""
    part = target.with_name(f".{target.name[:100]}.{uuid.uuid4().hex[:8]}.part")
    try:
        if not _reflink(source, part):
            shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _reflink(source: Path, target: Path) -> bool:
    try:
        import fcntl

        with source.open("rb") as old, target.open("wb") as new:
            fcntl.ioctl(new.fileno(), 0x40049409, old.fileno())  # FICLONE
    except (ImportError, OSError):
        return False
    return True


def _digest(place: Path) -> bytes:
    hashing = hasher()()
    with place.open("rb") as file:
        while block := file.read(1 << 22):
            hashing.update(block)
    found: bytes = hashing.digest()
    return found


def _matches(path: str, glob: str) -> bool:
    return fnmatchcase(path if "/" in glob else path.rsplit("/", 1)[-1], glob)


def _tells_case(target: Path) -> bool:
    """Whether the file system of a folder tells `a` from `A`."""
    place = next((folder for folder in (target, *target.resolve().parents) if folder.is_dir()), Path())
    probe = place / f".mw-Case-{uuid.uuid4().hex[:8]}"
    with contextlib.suppress(OSError):
        probe.touch()
        other = probe.with_name(probe.name.lower())
        told = not other.exists()
        probe.unlink()
        return told
    return False


def _silent(_what: str, _size: int) -> None:
    """Nobody asked."""
