"""Do disk and object store keep the promises of `kit.blobs` and `kit.cas`? The shipped suites on both."""

from __future__ import annotations

from pathlib import Path

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
