"""The suite that a blob store must pass: promises of `modelwright.kit.blobs.BlobStore`, each as one test.

    class TestMyStore(BlobStoreSuite):
        @pytest.fixture
        def store(self):
            return MyStore(…)      # empty

Knows nothing of what the blobs are for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from modelwright.kit.blobs import BlobStore
from modelwright.types.errors import Conflict, Invalid, NotFound

MIB = 1 << 20


def pattern(size: int, salt: int = 0) -> bytes:
    """`size` bytes that differ from place to place."""
    return (bytes((index * 7 + salt) % 251 for index in range(10_007)) * (size // 10_007 + 1))[:size]


def names(store: BlobStore, prefix: str = "", after: str = "") -> list[str]:
    """Keys as the store lists them."""
    return [info.key for info in store.list(prefix, after)]


class BlobStoreSuite:
    """Subclass it and define the fixture `store`: an empty store."""

    def test_a_blob_comes_back_as_it_was_put(self, store: BlobStore) -> None:
        """From bytes or chunks, nothing at all included."""
        for number, content in enumerate((b"", b"x", pattern(3 * MIB + 17))):
            assert store.put(f"a/{number}", content) == len(content)
            assert b"".join(store.get(f"a/{number}")) == content
        assert store.put("a/b/chunks", iter([b"one", b"", b"two"])) == 6
        assert b"".join(store.get("a/b/chunks")) == b"onetwo"

    def test_a_large_blob_goes_in_and_out_in_chunks(self, store: BlobStore) -> None:
        """More than one part of a multipart upload."""
        chunk = pattern(MIB)
        assert store.put("large", (chunk for _ in range(21))) == 21 * MIB
        sizes = [len(part) for part in store.get("large")]
        assert sum(sizes) == 21 * MIB
        assert len(sizes) > 1
        assert store.get_range("large", 20 * MIB - 5, 10) == chunk[-5:] + chunk[:5]

    def test_a_put_replaces_what_was_there(self, store: BlobStore) -> None:
        """The new content whole, its new size."""
        store.put("k", b"old and long")
        store.put("k", b"new")
        assert b"".join(store.get("k")) == b"new"
        assert store.head("k").size == 3

    def test_the_key_may_be_told_when_the_chunks_were_read(self, store: BlobStore) -> None:
        """Content addressing needs that."""
        seen: list[bytes] = []

        def chunks() -> Iterator[bytes]:
            for chunk in (b"a", b"b"):
                seen.append(chunk)
                yield chunk

        assert store.put(lambda: "late/" + b"".join(seen).decode(), chunks()) == 2
        assert names(store) == ["late/ab"]

    @pytest.mark.parametrize("before", [b"", b"what was there"])
    def test_a_put_whose_source_fails_leaves_what_was_there(self, store: BlobStore, before: bytes) -> None:
        """Its error passes through; nothing of the new content shows."""
        if before:
            store.put("k", before)

        def chunks() -> Iterator[bytes]:
            yield pattern(9 * MIB)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            store.put("k", chunks())
        assert names(store) == (["k"] if before else [])
        if before:
            assert b"".join(store.get("k")) == before

    def test_a_blob_in_the_making_is_not_visible(self, store: BlobStore) -> None:
        """Not by name, not in the list."""
        started, go = threading.Event(), threading.Event()

        def chunks() -> Iterator[bytes]:
            yield pattern(MIB)
            started.set()
            assert go.wait(20)
            yield b"end"

        thread = threading.Thread(target=lambda: store.put("k", chunks()))
        thread.start()
        assert started.wait(20)
        assert names(store) == []
        with pytest.raises(NotFound):
            store.head("k")
        go.set()
        thread.join()
        assert store.head("k").size == MIB + 3

    def test_puts_of_one_key_at_once_end_with_one_of_them_whole(self, store: BlobStore) -> None:
        """Never a mixture."""
        contents = [pattern(2 * MIB, salt) for salt in range(4)]
        threads = [threading.Thread(target=store.put, args=("k", content)) for content in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert b"".join(store.get("k")) in contents

    def test_what_is_not_there_is_not_found(self, store: BlobStore) -> None:
        """At once, not when the first chunk is asked for. A prefix of a key is no key."""
        store.put("a/b", b"x")
        for key in ("nothing", "a", "a/b/c", "a/bb"):
            with pytest.raises(NotFound):
                store.get(key)
            with pytest.raises(NotFound):
                store.head(key)
            with pytest.raises(NotFound):
                store.get_range(key, 0, 1)

    def test_a_range_is_cut_at_the_end(self, store: BlobStore) -> None:
        """Fewer bytes at the end, none beyond it, negative ones refused."""
        store.put("k", b"0123456789")
        assert store.get_range("k", 0, 4) == b"0123"
        assert store.get_range("k", 7, 100) == b"789"
        assert store.get_range("k", 10, 5) == store.get_range("k", 99, 5) == store.get_range("k", 3, 0) == b""
        for start, length in ((-1, 2), (0, -1)):
            with pytest.raises(Invalid):
                store.get_range("k", start, length)

    def test_a_delete_may_be_repeated(self, store: BlobStore) -> None:
        """What is gone is gone; a prefix of keys is not a key."""
        store.put("a/b", b"x")
        store.delete("a")
        store.delete("a/b")
        store.delete("a/b")
        store.delete("never/there")
        assert names(store) == []

    def test_the_list_is_in_the_order_of_keys(self, store: BlobStore) -> None:
        """By code point, folders and files alike."""
        keys = ["a-b", "a.b", "a/c", "a/c.d", "a/c/e", "a0", "B", "b/1", "b/10", "b/2", "z"]
        keys.remove("a/c")  # a key cannot be a folder of other keys as well
        for key in reversed(keys):
            store.put(key, key.encode())
        assert names(store) == sorted(keys)
        assert [info.size for info in store.list()] == [len(key) for key in sorted(keys)]

    def test_the_list_takes_a_prefix_and_a_place_to_start(self, store: BlobStore) -> None:
        """A prefix is text, not a folder; `after` itself is left out, and need not exist."""
        for key in ("a/1", "a/2", "a/20", "a/3/x", "ab", "b"):
            store.put(key, b"x")
        assert names(store, "a/2") == ["a/2", "a/20"]
        assert names(store, "a") == ["a/1", "a/2", "a/20", "a/3/x", "ab"]
        assert names(store, "a/", "a/2") == ["a/20", "a/3/x"]
        assert names(store, "", "a/3") == ["a/3/x", "ab", "b"]
        assert names(store, "", "a/3/x") == ["ab", "b"]
        assert names(store, "nothing") == []

    def test_a_put_has_its_time(self, store: BlobStore) -> None:
        """The machine's clock, give or take; a later put is not older."""
        store.put("k", b"x")
        first = store.head("k").modified_ms
        assert abs(first - time.time() * 1000) < 10_000
        assert next(iter(store.list())).modified_ms == first
        store.put("k", b"x")
        assert store.head("k").modified_ms >= first

    @pytest.mark.parametrize("key", [
        "", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", ".", "./a", "a/./b", ".hidden", "a/.hidden",
        "a\0b", "a\nb", "a\n", "a\\b", "C:\\a", "a b", "é", "a%2e%2e", "~", "a" * 300, "/".join(["a" * 100] * 12),
    ])
    def test_a_key_that_is_not_clean_is_refused_by_every_verb(self, store: BlobStore, key: str) -> None:
        """Nothing leads out of the store."""
        for verb in (lambda: store.put(key, b"x"), lambda: store.put(lambda: key, b"x"), lambda: store.get(key),
                     lambda: store.get_range(key, 0, 1), lambda: store.head(key), lambda: store.delete(key)):
            with pytest.raises(Invalid):
                verb()
        assert names(store) == []

    def test_a_strange_prefix_finds_nothing_and_leads_nowhere(self, store: BlobStore) -> None:
        """Or it is refused."""
        store.put("a", b"x")
        for prefix in ("..", "../", "/", "a/../", "\0", ".."):
            try:
                assert names(store, prefix) == []
            except Invalid:
                continue

    def test_a_key_below_a_blob_is_a_conflict_or_a_blob(self, store: BlobStore) -> None:
        """A disk cannot hold both, and must say so without harm."""
        store.put("a/b", b"x")
        for key in ("a/b/c", "a"):
            try:
                store.put(key, b"y")
            except Conflict:
                continue
            assert b"".join(store.get(key)) == b"y"
        assert b"".join(store.get("a/b")) == b"x"

    def test_a_signed_url_is_none_or_a_url(self, store: BlobStore) -> None:
        """A disk has none."""
        store.put("k", b"x")
        url = store.sign_url("k", 60)
        assert url is None or url.startswith("http")
