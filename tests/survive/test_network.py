"""An object store behind a network that cuts connections and falls silent: whole or not at all, and never for ever."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.survive.proxy import Proxy

from modelwright.kit.blobs import BlobStore, open_blobs
from modelwright.kit.cas import Cas
from modelwright.types.errors import Unavailable

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
RETRY_S, SILENCE_S = 3.0, 2.0
BOUND_S = 5 * (RETRY_S + SILENCE_S)  # what one call takes at the worst: each of its requests is tried again for a while


class Stores:
    """The same prefix of a bucket, reached straight and through the proxy."""

    def __init__(self, address: str, prefix: str, folder: Path) -> None:
        host, port = address.removeprefix("http://").split(":")
        self.proxy = Proxy((host, int(port)), random.Random(5), most=200_000)
        base = f"s3://test/{prefix}?region=us-east-1&retry_s={RETRY_S}&silence_s={SILENCE_S}&endpoint="
        self.straight: BlobStore = open_blobs(base + address, folder)
        self.through = Cas(open_blobs(f"{base}http://127.0.0.1:{self.proxy.port}", folder))


@pytest.fixture
def stores(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = Stores(s3_server, tmp_path.name, tmp_path)
    yield made
    made.proxy.close()


@pytest.mark.slow
def test_connections_to_s3_cut_at_any_byte_leave_contents_whole_or_absent(stores: Stores) -> None:
    chance = random.Random(6)
    kept: dict[str, bytes] = {}
    straight = Cas(stores.straight)
    refused = slowest = 0.0
    stores.proxy.cutting = True
    for _ in range(300 if FULL else 12):
        data = chance.randbytes(chance.choice((1, 1000, 60_000, 400_000)))
        began = time.monotonic()
        try:
            digest = stores.through.put(data).digest
            kept[digest] = data
        except Unavailable:
            refused += 1
        slowest = max(slowest, time.monotonic() - began)
        wanted = chance.choice([*kept]) if kept else ""
        got = b""
        try:
            for chunk in stores.through.open(wanted) if wanted else ():
                got += chunk
            assert not wanted or got == kept[wanted]
        except Unavailable:
            assert kept[wanted].startswith(got)
    stores.proxy.cutting = False
    for digest, data in kept.items():
        assert straight.read(digest) == data, "acknowledged and not there"
    for digest, _, _ in straight.list():
        straight.verify(digest)  # what was refused may be there, but whole
    print(f"\n{stores.proxy.cuts} cuts, {len(kept)} contents stored, {refused:.0f} refused, slowest {slowest:.1f} s")
    assert stores.proxy.cuts > 3
    assert slowest <= BOUND_S


@pytest.mark.slow
def test_a_silent_s3_is_given_up_and_is_used_again_when_it_speaks(stores: Stores) -> None:
    for seconds in (4.0, 30.0) if FULL else (4.0,):
        before = stores.through.put(b"before " * 1000).digest
        stores.proxy.stall()
        began = time.monotonic()
        tried = 0
        while time.monotonic() - began < seconds:
            asked = time.monotonic()
            with pytest.raises(Unavailable) as error:
                stores.through.put(b"during " * 1000)
            assert error.value.message
            assert time.monotonic() - asked <= BOUND_S
            tried += 1
        stores.proxy.flow()
        assert tried
        assert stores.through.read(before) == b"before " * 1000
        assert stores.through.read(stores.through.put(b"after " * 1000).digest) == b"after " * 1000
