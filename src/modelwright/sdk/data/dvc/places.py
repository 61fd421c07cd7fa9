"""Where DVC keeps contents: caches and remotes, in the layout of DVC 3 and the one before. Reads `.dir` objects."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

from modelwright.sdk.data.cutting import part
from modelwright.sdk.data.dvc.read import Config, Out
from modelwright.sdk.options import clean_url
from modelwright.types.codec import from_json
from modelwright.types.errors import Invalid, ModelwrightError, NotFound
from modelwright.types.paths import clean

_LARGEST = 1 << 30


class Member(NamedTuple):
    """A file of a tracked folder."""

    path: str
    md5: str


class Places:
    """The cache of a repository and its remotes."""

    def __init__(self, root: Path, config: Config) -> None:
        self._cache = root / ".dvc" / "cache"
        self._root = root
        self._config = config

    def members(self, out: Out) -> list[Member]:
        """Files of a tracked folder.

        Raises:
            NotFound: its list is neither in the cache nor in a remote that can be read. Invalid: it is damaged.
        """
        data = self._read(out, f"{out.md5}.dir")
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != out.md5:
            raise Invalid("the list of the folder is not what its digest says", where=out.path)
        return sorted(
            Member(clean(str(item["relpath"])), str(item["md5"])) for item in from_json(data, list[dict[str, Any]])
        )

    def size(self, out: Out, md5: str) -> int:
        """Bytes of a content, where the cache has it; else -1."""
        for key in _keys(out, md5):
            place = self._cache / key
            if place.is_file():
                return place.stat().st_size
        return -1

    def uri(self, out: Out, md5: str) -> str:
        """Where a content is: in the remote of the output or the default one, else in the cache."""
        remote = self._config.remotes.get(out.remote or self._config.core, "")
        key = _keys(out, md5)[0]
        if "://" in remote:
            return f"{clean_url(remote).rstrip('/')}/{key}"
        if remote:
            return Path(os.path.normpath(self._root / ".dvc" / remote), key).as_uri()
        return (self._cache.resolve() / key).as_uri()

    def _read(self, out: Out, md5: str) -> bytes:
        remote = self._config.remotes.get(out.remote or self._config.core, "")
        folders = [self._cache]
        if remote and "://" not in remote:
            folders.append(Path(os.path.normpath(self._root / ".dvc" / remote)))
        for folder in folders:
            for key in _keys(out, md5):
                place = folder / key
                if place.is_file() and place.stat().st_size < _LARGEST:
                    return place.read_bytes()
        if "://" in remote:
            for key in _keys(out, md5):
                found = _from_bucket(remote, key)
                if found is not None:
                    return found
        raise NotFound(
            f"the list of the folder {out.path!r} is in no place that can be read", where=clean_url(remote),
            hint="fetch it with dvc first, or install modelwright[cloud] for buckets",
        )


def _keys(out: Out, md5: str) -> list[str]:
    new, old = f"files/md5/{md5[:2]}/{md5[2:]}", f"{md5[:2]}/{md5[2:]}"
    return [new, old] if out.hash_name == "md5" else [old, new]


def _from_bucket(remote: str, key: str) -> bytes | None:
    scheme, _, rest = remote.partition("://")
    bucket, _, prefix = rest.partition("/")
    try:
        store = part("obstore.store").from_url(f"{scheme}://{bucket}")
        return bytes(part("obstore").get(store, f"{prefix}/{key}" if prefix else key).bytes())
    except ModelwrightError:
        return None
    except Exception:
        return None  # not there, or not to be read; the caller says so
