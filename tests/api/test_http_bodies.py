"""Do hostile bodies stay cheap? Against a real server process, with its memory watched."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3
import zstandard

LIMIT = 16 * 1024 * 1024
SCRIPT = """
import sys
from modelwright.kit.settings import Settings
from modelwright.server.serve import serve
serve(Settings(dir=sys.argv[1], port=0, max_body=int(sys.argv[2])), lambda url: print(url, flush=True))
"""


class Served:
    def __init__(self, folder: Path) -> None:
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder), str(LIMIT)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.started_s = time.perf_counter() - started
        self.host, self.port = self.url.removeprefix("http://").split(":")
        self.pool = urllib3.PoolManager(retries=False, timeout=60)

    def post(self, content: Any, **headers: str) -> urllib3.BaseHTTPResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.pool.request(
            "POST",
            f"{self.url}/api/v1/audit:search",
            body=content,
            headers={"content-type": "application/json", **named},
        )

    def rss(self) -> int:
        return psutil.Process(self.process.pid).memory_info().rss

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, int(self.port)), timeout=30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.process.terminate()
    assert made.process.wait(15) == 0


def padded(size: int) -> bytes:
    return b'{"filter": ""' + b" " * (size - 14) + b"}"


def zstd_bomb(size: int) -> bytes:
    engine = zstandard.ZstdCompressor().compressobj()
    return b"".join([engine.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)]) + engine.flush()


def gzip_bomb(size: int, window: int) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join([engine.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)]) + engine.flush()


CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "x-gzip": gzip.compress,
    "identity": lambda content: content,
}


@pytest.mark.parametrize("coding", CODERS)
def test_compressed_bodies_are_read(served: Served, coding: str) -> None:
    for size in (100, 200_000, 12_000_000):
        assert served.post(CODERS[coding](padded(size)), content_encoding=coding).status == 200, size


def test_raw_deflate_is_read_as_some_clients_send_it(served: Served) -> None:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    assert served.post(engine.compress(padded(500)) + engine.flush(), content_encoding="deflate").status == 200


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_decompression_bomb_costs_no_memory(served: Served, coding: str) -> None:
    size = 1_000_000_000
    bomb = zstd_bomb(size) if coding == "zstd" else gzip_bomb(size, 31 if coding == "gzip" else 15)
    served.post(padded(100))
    before = served.rss()
    answer = served.post(bomb, content_encoding=coding)
    assert answer.status == 413, answer.data
    assert served.rss() - before < 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(padded(5_000))[:-9]),
        ("gzip", gzip.compress(padded(50)) + b"more"),
        ("gzip", gzip.compress(gzip.compress(padded(50)))),
        ("deflate", b"\xff\xff"),
        ("zstd", b"zstd"),
        ("zstd", zstandard.ZstdCompressor().compress(os.urandom(1_000))[:-3]),
        ("zstd", zstandard.ZstdCompressor().compress(padded(50)) + b"x"),
        ("br", b"x"),
        ("gzip, gzip", b"x"),
        ("zip" * 100, b"x"),
    ],
)
def test_a_broken_or_unknown_encoding_is_refused(served: Served, coding: str, content: bytes) -> None:
    answer = served.post(content, content_encoding=coding)
    assert answer.status == 400, answer.data
    assert json.loads(answer.data)["error"]["kind"] == "invalid"


def test_a_body_over_the_limit_is_refused_with_and_without_its_length(served: Served) -> None:
    before = served.rss()
    assert served.post(padded(LIMIT + 1)).status == 413
    assert served.post(iter([b" " * 1_000_000] * 40)).status == 413
    assert served.rss() - before < 64 * 1024 * 1024


def test_a_declared_length_over_the_limit_is_refused_before_the_body(served: Served) -> None:
    for length in (LIMIT + 1, 10**17):
        with served.connect() as wire:
            wire.sendall(
                b"POST /api/v1/audit:search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % length
            )
            assert wire.recv(12) == b"HTTP/1.1 413"


def test_three_million_chunks_of_one_byte_are_refused_in_constant_memory(served: Served) -> None:
    before = served.rss()
    with served.connect() as wire:
        wire.sendall(
            b"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        block = b"1\r\n \r\n" * 30_000
        for _ in range(100):
            try:
                wire.sendall(block)
            except OSError:
                break
        assert wire.recv(12) == b"HTTP/1.1 413"
    assert served.rss() - before < 64 * 1024 * 1024


@pytest.mark.parametrize(
    "head",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /api/v1/logout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /api/v1/logout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
        b"GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"x: y\r\n" * 30_000 + b"\r\n",
    ],
)
def test_a_request_that_cannot_be_right_is_refused(served: Served, head: bytes) -> None:
    with served.connect() as wire:
        try:
            wire.sendall(head)
            answer = wire.recv(12)
        except ConnectionResetError:
            answer = b""
        assert answer in (b"HTTP/1.1 400", b""), answer
    assert served.post(padded(100)).status == 200


def test_the_server_starts_within_two_seconds(served: Served) -> None:
    # Two for the server, and some for the interpreter on a busy machine.
    assert served.started_s < 4.0
