"""Sends contents to a server: asks which it lacks, packs those, sends packs side by side. Knows nothing of files.

What is sent counts at once, so whoever is interrupted sends only the rest the next time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import cast

from modelwright.sdk.transport import Transport, segment
from modelwright.types.codec import from_json
from modelwright.types.data import Stored
from modelwright.types.errors import Unavailable
from modelwright.types.packs import Item, head

PACK = 1 << 24
_ASK = 1 << 23
_ASK_ITEMS = 4_096
_WORKERS = 3  # one waits for the server's disk, one for its answer, one sends
_TRIES = 6
_PIECE = 1 << 20
_ALONE = 1 << 16

Batch = list[tuple[bytes, "bytes | memoryview"]]


class Sender:
    """Takes contents in any number; `finish` waits until the server has all of them."""

    def __init__(self, transport: Transport, name: str, sent: Callable[[int], None] | None = None) -> None:
        self._http = transport
        self._root = f"/api/v1/datasets/{segment(name)}"
        self._pool = ThreadPoolExecutor(_WORKERS, "send")
        self._under_way: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._seen: set[bytes] = set()
        self._batch: Batch = []
        self._batch_bytes = 0
        self._lacking: Batch = []
        self._lacking_bytes = 0
        self._sent = sent
        self.stored = 0
        """Bytes that the server did not have before."""

    def give(self, digest: bytes, data: bytes | memoryview) -> None:
        """A content that the server should have. Waits while much is under way."""
        if digest in self._seen:
            return
        self._seen.add(digest)
        self._batch.append((digest, data))
        self._batch_bytes += len(data)
        if self._batch_bytes >= _ASK or len(self._batch) >= _ASK_ITEMS:
            self._ask_later()

    def finish(self) -> None:
        """Send the rest and wait. Raises what went wrong."""
        if self._batch:
            self._ask_later()
        self._settle(0)
        with self._lock:
            rest, self._lacking, self._lacking_bytes = self._lacking, [], 0
        if rest:
            self._send(rest)

    def again(self) -> None:
        """Forget what was given: the server lost some of it."""
        self._seen.clear()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _ask_later(self) -> None:
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        self._settle(_WORKERS)
        self._under_way.add(self._pool.submit(self._ask, batch))

    def _settle(self, most: int) -> None:
        while len(self._under_way) > most:
            done, self._under_way = wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()

    def _ask(self, batch: Batch) -> None:
        answer = self._http.request(
            "POST", f"{self._root}/contents:missing", body=b"".join(digest for digest, _ in batch), tries=_TRIES,
            headers={"Content-Type": "application/octet-stream"},
        ).data
        missing = {answer[at:at + 32] for at in range(0, len(answer), 32)}
        full: Batch = []
        with self._lock:
            for item in batch:
                if item[0] in missing:
                    self._lacking.append(item)
                    self._lacking_bytes += len(item[1])
            if self._lacking_bytes >= PACK or len(self._lacking) >= _ASK_ITEMS * 4:
                full, self._lacking, self._lacking_bytes = self._lacking, [], 0
        if full:
            self._send(full)

    def _send(self, batch: Batch) -> None:
        items = [Item(digest, len(data)) for digest, data in batch]
        size = sum(item.size for item in items)
        salt = b""
        for left in range(_TRIES - 1, -1, -1):
            start = head(items, salt)
            body = cast("Iterator[bytes]", _pieces(start, batch))
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(start) + size)}
            try:
                response = self._http.open(
                    "POST", f"{self._root}/packs", body=body, headers=headers, timeout_s=600, tries=1
                )
                data: bytes = response.read()
                response.release_conn()
            except Unavailable:
                if not left:
                    raise
                time.sleep(0.05 * 3 ** (_TRIES - 1 - left))
                salt = os.urandom(8)  # the very same pack may be being deleted
            else:
                stored = from_json(data, Stored)
                with self._lock:
                    self.stored += stored.bytes
                if self._sent:
                    self._sent(size)
                return


def _pieces(start: bytes, batch: Batch) -> Iterator[bytes | memoryview]:
    """Small contents are joined, so that each write is worth its while."""
    held: list[bytes | memoryview] = [start]
    size = len(start)
    for _, data in batch:
        if held and (len(data) >= _ALONE or size + len(data) > _PIECE):
            yield b"".join(held)
            held, size = [], 0
        if len(data) >= _ALONE:
            yield data
        else:
            held.append(data)
            size += len(data)
    if held:
        yield b"".join(held)
