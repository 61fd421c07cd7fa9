"""Do disk and object store keep the promises of `kit.blobs` and `kit.cas`? The shipped suites on both."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelwright.kit.blobs import BlobStore, open_blobs
from modelwright.testing.blobs import BlobStoreSuite
from modelwright.testing.cas import CasSuite
from modelwright.types.errors import Invalid, Unavailable


@pytest.fixture
def store(blob_url: str, tmp_path: Path) -> BlobStore:
    return open_blobs(blob_url, tmp_path)


class TestBlobs(BlobStoreSuite):
    pass


class TestContents(CasSuite):
    pass


def test_an_unknown_store_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="unknown blob store 'ftp'"):
        open_blobs("ftp://host/x", tmp_path)


def test_an_object_store_that_is_away_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    store = open_blobs("s3://nowhere/x?endpoint=http://127.0.0.1:9&region=us-east-1&retry_s=1", tmp_path)
    for verb in (
        lambda: store.put("k", b"x"),
        lambda: store.get("k"),
        lambda: list(store.list()),
        lambda: store.head("k"),
    ):
        with pytest.raises(Unavailable):
            verb()


class Stalling(http.server.BaseHTTPRequestHandler):
    """An object of 3 MB in a store that falls silent in the middle of every answer, or only of the first."""

    protocol_version = "HTTP/1.1"
    size = 3_000_000
    always = False
    asked = 0
    go = threading.Event()

    def log_message(self, *_: Any) -> None:
        """Quietly."""

    def do_GET(self) -> None:
        kind = type(self)
        kind.asked += 1
        first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(kind.size - first))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Wed, 25 Nov 2026 00:00:00 GMT")
        if first:
            self.send_header("Content-Range", f"bytes {first}-{kind.size - 1}/{kind.size}")
        self.end_headers()
        half = (kind.size - first) // 2
        self.wfile.write(bytes(half))
        self.wfile.flush()
        if kind.always or kind.asked == 1:
            kind.go.wait(30)
            self.close_connection = True
            return
        self.wfile.write(bytes(kind.size - first - half))


@pytest.fixture(params=[False, True])
def stalling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, bool]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    handler = type("Handler", (Stalling,), {"always": request.param, "asked": 0, "go": threading.Event()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield (
        f"s3://b?endpoint=http://127.0.0.1:{server.server_port}&region=us-east-1&silence_s=0.5&retry_s=3",
        request.param,
    )
    handler.go.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_object_store_that_falls_silent_is_asked_again_and_then_given_up(
    stalling: tuple[str, bool], tmp_path: Path
) -> None:
    url, always = stalling
    store = open_blobs(url, tmp_path)
    begun = time.monotonic()
    if always:
        with pytest.raises(Unavailable):
            b"".join(store.get("k"))
        assert time.monotonic() - begun < 15
    else:
        assert b"".join(store.get("k")) == bytes(3_000_000)
