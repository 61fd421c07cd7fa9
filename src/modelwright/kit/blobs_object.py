"""Blobs in an object store (S3, Google Cloud Storage, Azure) through obstore. Credentials come from the environment.

`s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1`: what follows `?` are settings of obstore's store, for
S3-speaking servers other than Amazon's; `retry_s` is for how many seconds a request is tried again (30),
`silence_s` after how many seconds of silence it counts as lost (30).
"""

from __future__ import annotations

import importlib
import itertools
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any
from urllib.parse import parse_qsl

from modelwright.kit.blobs import CHUNK, BlobInfo, Key, checked, checked_range, pieces
from modelwright.types.errors import Invalid, ModelwrightError, NotFound, StorageFull, Unavailable

_PART = 8 * CHUNK    # a multipart upload's part, and what is kept in memory before the disk is used
_LIST_PAGE = 1000


class ObjectBlobs:
    """A prefix of a bucket."""

    def __init__(self, url: str) -> None:
        try:
            self._obstore: Any = importlib.import_module("obstore")
            stores: Any = importlib.import_module("obstore.store")
        except ImportError:
            raise Invalid("object stores need their driver", where="--blobs",
                          hint="pip install 'modelwright[cloud]'") from None
        address, _, query = url.partition("?")
        config = dict(parse_qsl(query, strict_parsing=False))
        patience = timedelta(seconds=float(config.pop("retry_s", "30")))
        # No limit on a whole transfer, which may be large and its reader slow, but on every silence within it.
        silence = timedelta(seconds=float(config.pop("silence_s", "30")))
        options: dict[str, Any] = {"timeout": timedelta(days=7), "connect_timeout": "5s", "read_timeout": silence}
        if config.get("endpoint", "").startswith("http://"):
            options["allow_http"] = True
        try:
            self._store: Any = stores.from_url(
                address, config=config or None, client_options=options,
                retry_config={"max_retries": 4, "retry_timeout": patience},
            )
        except Exception as error:
            raise Invalid(f"the blob store cannot be opened: {_first_line(error)}", where="--blobs") from error

    def put(self, key: Key, chunks: bytes | Iterable[bytes]) -> int:
        """One request when it is small, a multipart upload otherwise; both appear whole or not at all."""
        if isinstance(key, str):
            checked(key)
        with tempfile.SpooledTemporaryFile(max_size=_PART) as spool:
            # The whole content is at hand before the upload starts: a source that fails must not leave half an upload.
            size = 0
            for piece in pieces(chunks):
                _spooled(spool, piece)
                size += len(piece)
            name = key if isinstance(key, str) else checked(key())
            spool.seek(0)
            with self._translating(name):
                if size <= _PART:
                    self._obstore.put(self._store, name, spool.read(), use_multipart=False)
                else:
                    self._obstore.put(
                        self._store, name, _parts(spool), use_multipart=True, chunk_size=_PART, max_concurrency=4,
                    )
        return size

    def get(self, key: str) -> Iterator[bytes]:
        """One streamed request."""
        with self._translating(key):
            stream = iter(self._obstore.get(self._store, checked(key)).stream(min_chunk_size=CHUNK))
        return self._streamed(stream, key)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """One range request; a second one when the range leads over the end."""
        checked_range(start, length)
        size = self.head(key).size
        end = min(size, start + length)
        if start >= end:
            return b""
        with self._translating(key):
            return bytes(self._obstore.get_range(self._store, checked(key), start=start, end=end))

    def head(self, key: str) -> BlobInfo:
        """One HEAD request."""
        with self._translating(key):
            return self._info(self._obstore.head(self._store, checked(key)))

    def delete(self, key: str) -> None:
        """One request."""
        try:
            with self._translating(key):
                self._obstore.delete(self._store, checked(key))
        except NotFound:
            return

    def list(self, prefix: str = "", after: str = "") -> Iterator[BlobInfo]:
        """Pages of a thousand."""
        # Object stores list below a folder; the rest of the prefix is compared here.
        folder = prefix.rpartition("/")[0]
        if folder:
            checked(folder)
        with self._translating(prefix):
            pages = iter(self._obstore.list(
                self._store, prefix=folder or None, offset=after or None, chunk_size=_LIST_PAGE,
            ))
        while True:
            with self._translating(prefix):
                page = next(pages, None)
            if page is None:
                return
            for info in sorted(map(self._info, page), key=lambda info: info.key):
                if info.key.startswith(prefix) and info.key > after:
                    yield info

    def sign_url(self, key: str, seconds: int) -> str | None:
        """A presigned GET."""
        try:
            with self._translating(key):
                return self._obstore.sign(self._store, "GET", checked(key), timedelta(seconds=seconds))
        except (TypeError, Unavailable):  # a store or a credential that cannot sign
            return None

    def _streamed(self, stream: Iterator[Any], key: str) -> Iterator[bytes]:
        while True:
            with self._translating(key):
                chunk = next(stream, None)
            if chunk is None:
                return
            yield bytes(chunk)

    def _info(self, meta: Any) -> BlobInfo:
        return BlobInfo(meta["path"], meta["size"], int(meta["last_modified"].timestamp() * 1000))

    @contextmanager
    def _translating(self, key: str) -> Generator[None]:
        try:
            yield
        except (ModelwrightError, TypeError):
            raise
        except FileNotFoundError:
            raise NotFound(f"there is no blob {key!r}", where="key") from None
        except Exception as error:
            raise Unavailable(
                f"the blob store cannot be reached: {_first_line(error)}", hint="try again in a moment",
            ) from error


def _spooled(spool: IO[bytes], piece: bytes) -> None:
    try:
        spool.write(piece)
    except OSError as error:
        raise StorageFull("no space is left for temporary files on the server") from error


def _parts(spool: IO[bytes]) -> Iterator[bytes]:
    return itertools.takewhile(bool, iter(lambda: spool.read(CHUNK), None))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
