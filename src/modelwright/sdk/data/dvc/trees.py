"""Files of a repository, from its working folder or a revision in git. Knows paths; refuses to know their meaning."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from modelwright.types.errors import Invalid, NotFound

_LARGEST = 64 << 20
_GIT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


class Tree(Protocol):
    """Where files of a repository are read."""

    def names(self) -> Iterator[str]:
        """Relative paths of all metafiles: `*.dvc`, `dvc.lock`, `dvc.yaml`, `.dvc/config`."""
        ...

    def read(self, name: str) -> bytes:
        """A file. Raises `NotFound`."""
        ...


def is_metafile(path: str) -> bool:
    """Whether DVC keeps something in a file of this path."""
    name = path.rsplit("/", 1)[-1]
    return name in ("dvc.lock", "dvc.yaml") or (name.endswith(".dvc") and name != ".dvc") or path == ".dvc/config"


class Folder:
    """The working folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Iterator[str]:
        """Without following links, and without what git and DVC keep for themselves."""
        for folder, folders, files in os.walk(self._root):
            above = Path(folder).relative_to(self._root)
            folders[:] = [name for name in folders if name not in (".git", ".dvc", "node_modules")]
            yield from (
                path for name in files if is_metafile(path := (above / name).as_posix())
            )
        if (self._root / ".dvc" / "config").is_file():
            yield ".dvc/config"

    def read(self, name: str) -> bytes:
        """A file of the folder."""
        place = self._root / name
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise Invalid("the file leads out of the repository", where=name)
        try:
            if place.stat().st_size > _LARGEST:
                raise Invalid("the file is too large for one of DVC", where=name)
            return place.read_bytes()
        except OSError:
            raise NotFound("there is no such file", where=name) from None


class Revision:
    """A commit, read with `git`."""

    def __init__(self, root: Path, revision: str) -> None:
        if not revision or revision.startswith("-"):
            raise Invalid(f"not a revision: {revision!r}", where="--rev")
        self._root = root
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        self.commit = self._git(*asked).strip()
        self._commit = self.commit.decode()

    def names(self) -> Iterator[str]:
        """All metafiles of the commit."""
        listed = self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", self._commit)
        yield from (name for name in listed.decode(errors="surrogateescape").split("\0") if is_metafile(name))

    def read(self, name: str) -> bytes:
        """A file of the commit."""
        return self._git("cat-file", "blob", f"{self._commit}:{name}")

    def _git(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", str(self._root), *arguments], capture_output=True, check=False, timeout=60,  # noqa: S607
                env={**os.environ, **_GIT},
            )
        except (OSError, subprocess.TimeoutExpired):
            raise NotFound("git does not answer", where=str(self._root), hint="is it installed?") from None
        if done.returncode:
            raise NotFound(f"git has no {arguments[-1]!r}", where=str(self._root))
        return done.stdout
