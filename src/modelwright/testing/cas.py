"""The suite of content addressing over a blob store: `modelwright.kit.cas.Cas` on a third party's store.

    class TestMyContents(CasSuite):
        @pytest.fixture
        def store(self):
            return MyStore(…)      # empty
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

import pytest

from modelwright.kit.blobs import BlobStore
from modelwright.kit.cas import Cas
from modelwright.testing.blobs import MIB, pattern
from modelwright.types.errors import Invalid, NotFound, TooLarge, Unavailable

_NOWHERE = "sha256:" + "0" * 64


def flipped(store: BlobStore, key: str, place: int) -> None:
    """Turn over one bit of a stored blob."""
    data = bytearray(b"".join(store.get(key)))
    data[place // 8] ^= 1 << place % 8
    store.put(key, bytes(data))


class CasSuite:
    """Subclass it and define the fixture `store`: an empty blob store."""

    @pytest.fixture
    def cas(self, store: BlobStore) -> Cas:
        """Contents over the store."""
        return Cas(store)

    def test_a_content_is_named_by_its_digest(self, cas: Cas) -> None:
        """SHA-256, however it is cut into chunks."""
        content = pattern(3 * MIB + 5)
        stored = cas.put(content[at:at + 70_001] for at in range(0, len(content), 70_001))
        assert stored.digest == "sha256:" + hashlib.sha256(content).hexdigest()
        assert stored.size == cas.size(stored.digest) == len(content)
        assert cas.put(content) == stored
        assert cas.read(stored.digest) == content
        assert cas.put(b"").size == 0
        assert cas.read(cas.put(b"").digest) == b""

    @pytest.mark.parametrize("size", [0, 10, MIB, MIB + 1, 17 * MIB + 3])
    def test_ranges_are_parts_of_the_whole(self, cas: Cas, size: int) -> None:
        """At and around every seam."""
        content = pattern(size)
        digest = cas.put(content).digest
        seams = {0, 1, 9, MIB - 1, MIB, MIB + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, size - 1, size, size + 7}
        for start in sorted(seam for seam in seams if seam >= 0):
            for length in (0, 1, MIB, 9 * MIB, None):
                end = None if length is None else start + length
                assert b"".join(cas.open(digest, start, length)) == content[start:end], (start, length)

    def test_a_range_needs_no_sums(self, cas: Cas, store: BlobStore) -> None:
        """Contents without them (copied by hand, say) are read whole to be sure."""
        content = pattern(3 * MIB)
        digest = cas.put(content).digest
        for info in list(store.list("sums/")):
            store.delete(info.key)
        assert b"".join(cas.open(digest, MIB - 3, MIB)) == content[MIB - 3:2 * MIB - 3]

    def test_more_than_the_limit_is_too_large(self, cas: Cas, store: BlobStore) -> None:
        """Noticed while it streams, not after; nothing stays."""
        def endless() -> Iterator[bytes]:
            while True:
                yield bytes(100_000)

        with pytest.raises(TooLarge):
            cas.put(endless(), limit=MIB)
        assert list(store.list()) == []
        assert cas.put(bytes(MIB), limit=MIB).size == MIB

    def test_what_is_not_stored_is_not_found(self, cas: Cas) -> None:
        """At once."""
        for verb in (lambda: cas.open(_NOWHERE), lambda: cas.size(_NOWHERE), lambda: cas.open(_NOWHERE, 1, 2)):
            with pytest.raises(NotFound):
                verb()
        cas.delete(_NOWHERE)

    @pytest.mark.parametrize("digest", [
        "", "sha256:", "sha256:xyz", "0" * 64, "sha256:" + "A" * 64, "sha256:../../etc/passwd",
        "sha256:" + "0" * 64 + "\n", "md5:" + "0" * 32,
    ])
    def test_what_is_no_digest_is_invalid(self, cas: Cas, digest: str) -> None:
        """By every verb."""
        for verb in (cas.open, cas.size, cas.delete, cas.read):
            with pytest.raises(Invalid):
                verb(digest)

    def test_a_deleted_content_is_gone_with_its_sums(self, cas: Cas, store: BlobStore) -> None:
        """Nothing is left behind."""
        digest = cas.put(pattern(3 * MIB)).digest
        cas.delete(digest)
        cas.delete(digest)
        assert list(store.list()) == []

    def test_all_contents_are_listed_by_digest(self, cas: Cas) -> None:
        """With size and time."""
        stored = sorted((cas.put(pattern(size)) for size in (1, 2, 3, 2 * MIB)), key=lambda one: one.digest)
        listed = list(cas.list())
        assert [(digest, size) for digest, size, _ in listed] == [(one.digest, one.size) for one in stored]
        assert all(modified > 1_600_000_000_000 for _, _, modified in listed)

    def test_a_second_put_renews_the_time_and_heals(self, cas: Cas, store: BlobStore) -> None:
        """So that collecting garbage never races an upload."""
        digest = cas.put(b"content").digest
        key = next(iter(store.list("cas/"))).key
        flipped(store, key, 3)
        before = store.head(key).modified_ms
        assert cas.put(b"content").digest == digest
        assert store.head(key).modified_ms >= before
        assert cas.read(digest) == b"content"

    @pytest.mark.parametrize("size", [1, 1000, 3 * MIB + 99])
    def test_one_flipped_bit_is_never_served_as_good(self, cas: Cas, store: BlobStore, size: int) -> None:
        """Neither by a full read nor by a range that touches it; a range elsewhere is served right."""
        chance = random.Random(size)  # noqa: S311  repeatable on purpose
        content = pattern(size)
        for _ in range(6):
            digest = cas.put(content).digest
            place = chance.randrange(size * 8)
            flipped(store, next(iter(store.list("cas/"))).key, place)
            with pytest.raises(Unavailable, match="damaged"):
                cas.read(digest)
            given = bytearray()
            with pytest.raises(Unavailable, match="damaged"):
                for chunk in cas.open(digest):
                    given += chunk
            assert len(given) < size
            with pytest.raises(Unavailable, match="damaged"):
                cas.verify(digest)
            start = max(place // 8 - 5, 0)
            with pytest.raises(Unavailable, match="damaged"):
                assert b"".join(cas.open(digest, start, 10)) != b""
            for start in range(0, size, MIB):
                try:
                    assert b"".join(cas.open(digest, start + 1, 50)) == content[start + 1:start + 51]
                except Unavailable:
                    assert start // MIB == place // 8 // MIB

    def test_a_cut_content_is_never_served_as_good(self, cas: Cas, store: BlobStore) -> None:
        """Bytes missing at the end."""
        content = pattern(2 * MIB + 10)
        digest = cas.put(content).digest
        store.put(next(iter(store.list("cas/"))).key, content[:-1])
        with pytest.raises(Unavailable, match="damaged"):
            cas.read(digest)
        with pytest.raises(Unavailable, match="damaged"):
            list(cas.open(digest, 2 * MIB, 5))
