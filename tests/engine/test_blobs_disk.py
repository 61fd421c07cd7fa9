"""What can go wrong with a disk: killed writers, failing calls, no space, links planted in the folder, large files."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelwright.kit.blobs import open_blobs
from modelwright.kit.blobs_disk import DiskBlobs
from modelwright.kit.cas import Cas
from modelwright.testing.blobs import MIB, pattern
from modelwright.types.errors import Invalid, NotFound, StorageFull, Unavailable

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"


def names(store: DiskBlobs) -> list[str]:
    return [info.key for info in store.list()]


def test_links_inside_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    store = DiskBlobs(tmp_path / "blobs")
    store.put("a/b", b"x")
    (store.root / "file").symlink_to(outside / "secret")
    (store.root / "a" / "folder").symlink_to(outside)
    (store.root / "dangling").symlink_to(outside / "not-there")
    for key in ("file", "a/folder/secret", "dangling", "a/folder/new"):
        for verb in (
            lambda key=key: store.put(key, b"y"),
            lambda key=key: store.get(key),
            lambda key=key: store.head(key),
            lambda key=key: store.delete(key),
        ):
            with pytest.raises(Invalid, match="link"):
                verb()
    assert names(store) == ["a/b"]
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]


def test_the_folder_itself_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    store = DiskBlobs(tmp_path / "link" / "blobs")
    store.put("a", b"x")
    assert b"".join(store.get("a")) == b"x"


_WRITER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from modelwright.kit.blobs_disk import DiskBlobs

    def chunks():
        for number in range(64):
            if number == 3:
                print("writing", flush=True)
            yield bytes([number]) * 100_000
            if number > 3:
                time.sleep(0.005)

    DiskBlobs(Path(sys.argv[1])).put("k", chunks())
    print("done", flush=True)
""")


def test_a_writer_killed_in_the_middle_leaves_nothing_visible_and_is_swept(tmp_path: Path) -> None:
    store = DiskBlobs(tmp_path)
    store.put("k", b"before")
    for _ in range(25 if FULL else 2):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        orphans = list((tmp_path / ".incoming").iterdir())
        assert len(orphans) == 1
        os.utime(orphans[0], (1, 1))
        DiskBlobs(tmp_path)  # a second server that starts now must not take the file away from the first
        assert orphans[0].exists()
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        assert names(store) == ["k"]
        assert b"".join(store.get("k")) == b"before"
        os.utime(orphans[0], (1, 1))
        DiskBlobs(tmp_path)
        assert list((tmp_path / ".incoming").iterdir()) == []


class Faults:
    """Lets the n-th of one system call fail, as the kernel would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, call: str, fault: int | str) -> None:
        self.left = 0
        self.hit = False
        real: Callable[..., Any] = getattr(os, call)

        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.hit = True
                if fault == "short":
                    return real(arguments[0], arguments[1][:3])
                assert isinstance(fault, int)
                if call == "close":  # the kernel lets go of the file all the same
                    real(*arguments)
                raise OSError(fault, os.strerror(fault))
            return real(*arguments, **options)

        monkeypatch.setattr(os, call, wrapped)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("write", errno.EIO),
        ("write", errno.ENOSPC),
        ("write", errno.EDQUOT),
        ("write", "short"),
        ("fsync", errno.EIO),
        ("fsync", errno.ENOSPC),
        ("replace", errno.EIO),
        ("replace", errno.ENOSPC),
        ("open", errno.EIO),
        ("open", errno.ENOSPC),
        ("open", errno.EMFILE),
        ("mkdir", errno.EIO),
        ("mkdir", errno.ENOSPC),
        ("close", errno.EIO),
    ],
)
def test_any_call_that_fails_is_an_error_or_a_success_but_never_a_loss(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    fault: int | str,
) -> None:
    faults = Faults(monkeypatch, call, fault)
    for number in range(1, 60):
        store = DiskBlobs(tmp_path / str(number))
        cas = Cas(store)
        contents = [pattern(size, number) for size in (10, MIB + 1)]
        faults.left, faults.hit = number, False
        acknowledged, refused = [], []
        for content in contents:
            try:
                acknowledged.append((cas.put(content).digest, content))
            except (StorageFull, Unavailable) as error:
                refused.append(error)
        faults.left = 0
        for digest, content in acknowledged:
            assert cas.read(digest) == content
        if not faults.hit:
            assert len(acknowledged) == 2
            return
        if fault == "short":
            assert not refused
        else:
            assert len(refused) == 1
            assert isinstance(refused[0], StorageFull) == (fault in (errno.ENOSPC, errno.EDQUOT))
        assert list((store.root / ".incoming").iterdir()) == []
        assert [cas.put(content).size for content in contents] == [10, MIB + 1]  # the next try succeeds
    pytest.fail("the scenario never passed untouched")


@pytest.mark.parametrize("call", ["read", "open"])
def test_a_read_that_fails_is_unavailable_and_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    cas = Cas(DiskBlobs(tmp_path))
    content = pattern(3 * MIB)
    digest = cas.put(content).digest
    faults = Faults(monkeypatch, call, errno.EIO)
    number = 0
    while True:
        number += 1
        faults.left, faults.hit = number, False
        try:
            assert cas.read(digest) == content
            assert b"".join(cas.open(digest, MIB, 5)) == content[MIB : MIB + 5]
        except Unavailable as error:
            assert "refused" in error.message
        if not faults.hit:
            break
    assert number > 2


def test_a_full_disk_says_so_and_recovers_without_a_restart(small_disk: Any) -> None:
    store = DiskBlobs(small_disk.folder / "blobs")
    cas = Cas(store)
    kept = cas.put(pattern(2 * MIB)).digest
    small_disk.fill()
    for _ in range(3):
        with pytest.raises((StorageFull, Unavailable) if small_disk.imitated else StorageFull):
            cas.put(pattern(4 * MIB, 1))
        assert list((store.root / ".incoming").iterdir()) == []
        assert cas.read(kept) == pattern(2 * MIB)
    small_disk.free()
    assert cas.read(cas.put(pattern(4 * MIB, 1)).digest) == pattern(4 * MIB, 1)


def test_flipped_bits_on_the_disk_are_never_served_as_good(tmp_path: Path) -> None:
    store = DiskBlobs(tmp_path)
    cas = Cas(store)
    chance = random.Random(17)
    contents = {cas.put(pattern(size, size)).digest: pattern(size, size) for size in (1, 300, 70_000, MIB + 7)}
    files = {digest: store.root / "cas" / digest[7:9] / digest[9:] for digest in contents}
    for number in range(10_000 if FULL else 200):
        digest = chance.choice(list(contents))
        size = len(contents[digest])
        place = chance.randrange(size * 8)
        with files[digest].open("r+b") as file:
            file.seek(place // 8)
            byte = file.read(1)[0]
            file.seek(place // 8)
            file.write(bytes([byte ^ 1 << place % 8]))
        with pytest.raises(Unavailable, match="damaged"):
            cas.read(digest)
        start = max(0, place // 8 - number % 50)
        with pytest.raises(Unavailable, match="damaged"):
            list(cas.open(digest, start, 50))
        with files[digest].open("r+b") as file:
            file.seek(place // 8)
            file.write(bytes([byte]))
    assert all(cas.read(digest) == content for digest, content in contents.items())


_STREAMER = textwrap.dedent("""
    import resource, sys
    from pathlib import Path
    from modelwright.kit.blobs import open_blobs
    from modelwright.kit.cas import Cas

    store = open_blobs(sys.argv[1], Path(sys.argv[2]))
    cas = Cas(store)
    cas.read(cas.put(bytes(9 << 20)).digest)   # warm: the driver, its threads, its buffers
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stored = cas.put(bytes([number % 256]) * (1 << 20) for number in range(int(sys.argv[3])))
    size = sum(len(chunk) for chunk in cas.open(stored.digest))
    assert size == stored.size == int(sys.argv[3]) << 20
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
""")


@pytest.mark.slow
def test_a_large_content_streams_in_bounded_memory(blob_url: str, tmp_path: Path) -> None:
    size = 200 if not blob_url or FULL else 80
    done = subprocess.run(
        [sys.executable, "-c", _STREAMER, blob_url, str(tmp_path), str(size)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 64, f"memory grew by {done.stdout} MiB"


def test_a_signed_url_serves_the_blob_to_anyone(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import urllib3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    store = open_blobs(f"s3://test/signed?endpoint={s3_server}&region=us-east-1", tmp_path)
    store.put("k", b"content")
    url = store.sign_url("k", 60)
    assert url is not None
    assert urllib3.request("GET", url).data == b"content"
    with pytest.raises(NotFound):
        store.head("never")


def _open_files(folder: Path) -> int:
    """Files of the test's own folder, not what the object store and its client keep for their next request."""
    listed = Path("/proc/self/fd")
    return sum(entry.resolve().is_relative_to(folder) for entry in listed.iterdir()) if listed.exists() else 0


@pytest.fixture(autouse=True)
def _no_leaks(tmp_path: Path) -> Iterator[None]:
    yield
    assert _open_files(tmp_path) == 0, "files stayed open"
