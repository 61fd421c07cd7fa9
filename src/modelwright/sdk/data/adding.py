"""Making a version of local files: what has not changed since the last time is not read, what is known is not sent."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from modelwright.sdk.data import cutting, manifests, scan
from modelwright.sdk.data.datasets import Datasets
from modelwright.sdk.data.scan import Found
from modelwright.sdk.data.sending import Sender
from modelwright.sdk.data.store import Store
from modelwright.types.codec import to_json
from modelwright.types.data import OBJECT, Committed, DataKind, DataVersion, Entry, Profile, VersionCreate
from modelwright.types.errors import NotFound, Unavailable

_ROUNDS = 4

Report = Callable[[str, int], None]
"""Told (`read` or `sent`, bytes since the last call)."""


class About(NamedTuple):
    """What is said of a version."""

    kind: DataKind = DataKind.FILES
    message: str = ""
    source: str = ""
    run_id: str = ""
    tags: Mapping[str, str] = {}
    aliases: Sequence[str] = ()
    inputs: Sequence[str] = ()

    @property
    def silent(self) -> bool:
        """Whether nothing needs to be written when the version exists."""
        return not (self.run_id or self.tags or self.aliases or self.inputs)


class Work:
    """One addition."""

    def __init__(self, datasets: Datasets, name: str, store: Store, report: Report | None = None) -> None:
        self._datasets = datasets
        self._name = name
        self._store = store
        told = report or _silent
        self._sender = Sender(datasets.transport, name, lambda size: told("sent", size))
        self._told = told

    def files(
        self, source: Path, about: About, *, exclude: Sequence[str] = (), profile: Callable[[], Profile] | None = None
    ) -> tuple[DataVersion, bool]:
        """A version of a file or folder, and whether it is new.

        Args:
            profile: computes statistics; called when the contents are not a version yet.
        """
        root = os.path.realpath(source)
        found = scan.scan(Path(root), exclude)
        known = self._store.known(root, found)
        if len(known) == len(found):
            entries = _entries(found, known)
            there = self._there(manifests.digest(entries))
            if there is not None and about.silent:
                return there, False
        cuts = dict(known)
        self._add([item for item in found if item.path not in known], cuts)

        def again() -> list[Entry]:
            # The server lacks what was believed to be there.
            self._store.forget(item.place for item in found)
            self._add(found, cuts)
            return _entries(found, cuts)

        return self.entries(_entries(found, cuts), about, profile=profile, again=again)

    def entries(
        self, entries: list[Entry], about: About, *, profile: Callable[[], Profile] | None = None,
        again: Callable[[], list[Entry]] | None = None,
    ) -> tuple[DataVersion, bool]:
        """A version of these entries, whose contents were given before; and whether it is new."""
        named = b""
        for left in range(_ROUNDS, 0, -1):
            manifest = manifests.write(entries, self._sender.give)
            if profile is not None and not named and self._there(manifest.digest) is None:
                data = to_json(profile())
                named = cutting.hasher()(data).digest()
                self._sender.give(named, data)
            self._sender.finish()
            answer = self._commit(manifest.root, named, about)
            if answer.version is not None:
                return answer.version, answer.created
            if left > 1:
                self._sender.again()
                entries = again() if again else entries
        raise Unavailable("the server keeps losing what is sent to it", where=self._name, hint="look at its disk")

    def give(self, item: Found) -> Entry:
        """Read one file, send it, and have its entry."""
        cut = cutting.read(item, self._sender.give, self._read)
        return Entry(item.path, item.size, cut.digest, cut.recipe)

    def give_bytes(self, path: str, data: bytes) -> Entry:
        """Send bytes as a file."""
        digest = cutting.hasher()(data).digest()
        self._sender.give(digest, data)
        return Entry(path, len(data), digest)

    def close(self) -> None:
        """End its threads."""
        self._sender.close()

    def _add(self, found: Sequence[Found], cuts: dict[str, tuple[bytes, bytes]]) -> None:
        fresh: list[tuple[Found, bytes, bytes]] = []
        for item in found:
            cut = cutting.read(item, self._sender.give, self._read)
            cuts[item.path] = cut
            fresh.append((item, cut.digest, cut.recipe))
        self._store.remember(fresh)

    def _read(self, size: int) -> None:
        self._told("read", size)

    def _there(self, digest: bytes) -> DataVersion | None:
        try:
            return self._datasets.version(f"{self._name}@{OBJECT}{digest.hex()}")
        except NotFound:
            return None

    def _commit(self, root: bytes, profile: bytes, about: About) -> Committed:
        body = VersionCreate(
            root=OBJECT + root.hex(), profile=OBJECT + profile.hex() if profile else "", kind=about.kind,
            message=about.message, source=about.source, run_id=about.run_id, tags=dict(about.tags),
            aliases=list(about.aliases), stored_bytes=self._sender.stored, inputs=list(about.inputs),
        )
        return self._datasets.commit(self._name, body)


def _entries(found: Sequence[Found], cuts: Mapping[str, tuple[bytes, bytes]]) -> list[Entry]:
    return [Entry(item.path, item.size, *cuts[item.path]) for item in found]


def _silent(_what: str, _size: int) -> None:
    """Nobody asked."""


