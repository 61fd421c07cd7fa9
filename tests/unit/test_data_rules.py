"""What a manifest, a reference, a rule of retention and a comparison of statistics may be: without any server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from modelwright.domains.data.rules import compare, globs, manifest, names, retention
from modelwright.kit.blobs_disk import DiskBlobs
from modelwright.kit.cas import Cas
from modelwright.sdk.data import cutting, manifests, scan
from modelwright.sdk.data.refs import split
from modelwright.types.codec import from_msgpack, to_msgpack
from modelwright.types.data import Column, Entry, Profile, Retention, Segment, TableProfile, TopValue
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, TooLarge, Unavailable
from modelwright.types.packs import Item, head

DIGEST = b"\1" * 32


def pack(*contents: bytes) -> bytes:
    return head([Item(blake3(each).digest(), len(each)) for each in contents]) + b"".join(contents)


def test_a_pack_gives_back_each_content_and_is_named_by_its_head(tmp_path: Path) -> None:
    cas = Cas(DiskBlobs(tmp_path))
    contents = [b"a", os.urandom(70_000), b"b" * 3_000_000]
    body = pack(*contents)
    stored = cas.packs.put(body[at:at + 9_999] for at in range(0, len(body), 9_999))
    assert cas.packs.put(body).name == stored.name
    for place, content in enumerate(contents):
        assert cas.packs.read(stored.name, stored.starts[place], stored.items[place]) == content
    assert b"".join(cas.open(stored.name)) == body
    assert [item[:2] for item in cas.list()] == [(stored.name, len(body))]


@pytest.mark.parametrize("change", ["cut", "longer", "flipped", "empty", "no head", "too many"])
def test_a_pack_that_is_not_what_its_head_says_leaves_nothing(tmp_path: Path, change: str) -> None:
    body = pack(b"hello", b"world" * 100)
    wrong = {
        "cut": body[:-1], "longer": body + b"x", "flipped": body[:-1] + b"!", "empty": b"", "no head": body[8:],
        "too many": body[:16] + (1 << 30).to_bytes(4, "little") + body[20:],
    }[change]
    cas = Cas(DiskBlobs(tmp_path))
    with pytest.raises((Invalid, TooLarge)):
        cas.packs.put(wrong)
    assert list(cas.list()) == []


@pytest.mark.parametrize("harm", ["flip", "truncate", "delete"])
def test_a_damaged_pack_is_noticed_by_every_read(tmp_path: Path, harm: str) -> None:
    cas = Cas(DiskBlobs(tmp_path))
    stored = cas.packs.put(pack(b"x" * 1000, b"y" * 1000))
    place = next(path for path in (tmp_path / "packs").rglob("*") if path.is_file())
    data = bytearray(place.read_bytes())
    if harm == "flip":
        data[-1] ^= 1
        place.write_bytes(data)
    elif harm == "truncate":
        place.write_bytes(data[:-1])
    else:
        place.unlink()
    with pytest.raises(Unavailable):
        cas.packs.read(stored.name, stored.starts[1], stored.items[1])
    with pytest.raises(ModelwrightError):
        cas.verify(stored.name)


def check(entries: list[Entry]) -> bytes:
    reading = manifest.Reading()
    size = sum(max(entry.size, 0) for entry in entries)
    reading.segment(Segment(DIGEST, entries[0].path, entries[-1].path, len(entries), size), entries)
    return reading.digest()


@pytest.mark.parametrize("path", [
    "../x", "/etc/passwd", "a/../b", "a//b", "a\nb", "a\x00b", "C:/x", "a\\b", "%2e%2e/x", "", ".", "a/", "x" * 2000,
    "\u2028", "a/.. /b",
])  # fmt: skip
def test_no_manifest_holds_a_path_that_leads_elsewhere(path: str) -> None:
    with pytest.raises(Invalid):
        check([Entry(path, 1, DIGEST)])


@pytest.mark.parametrize("entries", [
    [Entry("b", 1, DIGEST), Entry("a", 1, DIGEST)],
    [Entry("a", 1, DIGEST), Entry("a", 1, DIGEST)],
    [Entry("a", 1, DIGEST), Entry("a-b", 1, DIGEST), Entry("a/b", 1, DIGEST)],
    [Entry("a", -1, DIGEST)],
    [Entry("a", 1, b"short")],
    [Entry("a", 1 << 60, DIGEST, DIGEST)],
    [Entry("a", 1 << 30, DIGEST)],
    [Entry("a", 1, uri="file:///etc/passwd x", check="md5:1")],
    [Entry("a", 1, uri="s3://b/k")],
    [Entry("a", 1, uri="s3://b/k", check="nothing")],
    [Entry("a", 1, DIGEST, check="md5:1")],
])  # fmt: skip
def test_a_manifest_out_of_order_or_with_impossible_entries_is_refused(entries: list[Entry]) -> None:
    with pytest.raises(Invalid):
        check(entries)


def test_the_digest_of_a_version_is_the_same_for_client_and_server_however_it_is_cut() -> None:
    entries = [Entry(f"d/{number:06}", number, blake3(str(number).encode()).digest()) for number in range(10_000)]
    kept: dict[bytes, bytes] = {}
    written = manifests.write(entries, lambda digest, data: kept.update({digest: bytes(data)}))
    listed = from_msgpack(kept[written.root], list[Segment])
    reading = manifest.Reading()
    for segment in listed:
        reading.segment(segment, manifest.entries(kept[segment.digest]))
    assert reading.digest() == written.digest == manifests.digest(entries)
    assert (reading.files, reading.size) == (written.files, written.size) == (10_000, sum(range(10_000)))
    # One more file touches one segment and the root.
    more = sorted([*entries, Entry("d/000500x", 1, DIGEST)], key=lambda entry: entry.path)
    again: dict[bytes, bytes] = {}
    manifests.write(more, lambda digest, data: again.update({digest: bytes(data)}))
    assert len(again.keys() - kept.keys()) == 2


def test_a_row_that_is_inserted_changes_the_chunks_around_it_alone(tmp_path: Path) -> None:
    import random

    rows = [f"{number},{random.Random(number).random()},some text here\n" for number in range(400_000)]
    kept: dict[bytes, int] = {}

    def give(digest: bytes, data: bytes | memoryview) -> None:
        kept[digest] = len(data)

    place = tmp_path / "a.csv"
    place.write_text("".join(rows))
    first = cutting.read(scan.scan(place)[0], give)
    assert first.recipe
    before = dict(kept)
    rows.insert(1_000, "inserted,1,row\n")
    place.write_text("".join(rows))
    second = cutting.read(scan.scan(place)[0], give)
    assert second.digest == blake3(place.read_bytes()).digest() != first.digest
    assert sum(size for digest, size in kept.items() if digest not in before) < 2_000_000 < place.stat().st_size / 6


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "a.bin"
    place.write_bytes(os.urandom(20_000_000))
    item = scan.scan(place)[0]
    given = 0

    def give(_digest: bytes, data: bytes | memoryview) -> None:
        nonlocal given
        if not given:
            with place.open("r+b") as file:
                file.truncate(100_000)
        given += len(data)

    with pytest.raises(Conflict, match="changed while"):
        cutting.read(item, give)


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "nowhere", "folder"])
def test_a_link_that_leads_out_of_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "in" / "folder").mkdir(parents=True)
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "in" / "link").symlink_to(target)
    with pytest.raises(Invalid, match="link"):
        scan.scan(tmp_path / "in")


def test_a_link_to_a_file_inside_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").symlink_to("a")
    assert [(item.path, item.size) for item in scan.scan(tmp_path)] == [("a", 3), ("b", 3)]


def test_names_that_many_file_systems_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    for name in ("Data.csv", "data.csv"):
        (tmp_path / name).write_text(name)
    with pytest.raises(Conflict, match="differ only in case"):
        scan.scan(tmp_path)
    assert scan.fold(["\u00e9", "e\u0301"]) is not None
    assert scan.fold(["a", "b"]) is None


@pytest.mark.parametrize("name", [b"a\nb", b"a\x1b[31m", b"\xff\xfe", b"a\\b"])
def test_names_that_cannot_be_kept_are_refused(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_text("x")
    with pytest.raises(Invalid):
        scan.scan(tmp_path)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Invalid, match="no file"):
        scan.scan(tmp_path)


@pytest.mark.parametrize(("glob", "path", "wanted"), [
    ("*.csv", "a/b/c.csv", True), ("*.csv", "c.txt", False), ("a/*.csv", "a/b/c.csv", False),
    ("a/**/*.csv", "a/b/c.csv", True), ("a/**/*.csv", "a/c.csv", True), ("a?.x", "ab.x", True), ("a.c", "abc", False),
])  # fmt: skip
def test_patterns_of_paths(glob: str, path: str, wanted: bool) -> None:
    matches = globs.matcher(glob)
    assert matches is not None
    assert matches(path) is wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("flights", ("flights", "latest")), ("flights@prod", ("flights", "prod")), ("flights:3", ("flights", "3")),
    ("datasets:/flights@v2", ("flights", "v2")),
])  # fmt: skip
def test_references_as_people_write_them(text: str, wanted: tuple[str, str]) -> None:
    assert split(text) == wanted


@pytest.mark.parametrize("text", ["", "@prod", "a/b", "a@", "../x", "a b"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        split(text)


@pytest.mark.parametrize("text", ["latest", "LATEST", "3", "v3", "a/b", "", "a\n", "-x"])
def test_aliases_that_would_be_taken_for_something_else_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        names.alias(text)


def test_retention_keeps_the_newest_the_young_and_the_tagged() -> None:
    day = 86_400_000
    versions = [(number, number * day, number == 2) for number in range(1, 11)]
    assert retention.due(Retention(), versions, 11 * day) == []
    assert retention.due(Retention(keep_last=3), versions, 11 * day) == [1, 3, 4, 5, 6, 7]
    assert retention.due(Retention(keep_last=3, keep_days=6), versions, 11 * day) == [1, 3, 4, 5]
    assert retention.due(Retention(keep_days=1), versions, 100 * day) == [1, 3, 4, 5, 6, 7, 8, 9]
    assert retention.due(Retention(keep_last=9, keep_tagged=False), versions, 11 * day) == [1]


def profile(*columns: Column, rows: int = 100) -> Profile:
    return Profile(tables=[TableProfile(name="t", format="csv", files=1, rows=rows, columns=list(columns))])


def numbers(name: str, low: float, high: float, **more: Any) -> Column:
    return Column(
        name=name, type="DOUBLE", count=100, quantiles=[low + (high - low) * step / 20 for step in range(21)], **more
    )


def test_a_comparison_tells_shifts_types_and_columns_apart() -> None:
    before = profile(numbers("same", 0, 1), numbers("moved", 0, 1), numbers("gone", 0, 1), numbers("kind", 0, 1))
    now = profile(
        numbers("same", 0, 1), numbers("moved", 0.5, 1.5), Column(name="kind", type="VARCHAR", count=100),
        numbers("new", 0, 1), rows=120,
    )
    (table,) = compare.tables(before, now)
    assert (table.previous_rows, table.rows) == (100, 120)
    found = {column.name: (column.change, column.distance) for column in table.columns}
    assert found["same"] == ("same", 0.0)
    assert found["moved"][0] == "shifted"
    assert found["moved"][1] == pytest.approx(0.5)
    assert [found[name][0] for name in ("gone", "kind", "new")] == ["removed", "retyped", "added"]


def test_frequent_values_are_compared_by_their_shares() -> None:
    def texts(**counts: int) -> Column:
        return Column(name="c", type="VARCHAR", count=100, top=[TopValue(value=k, count=n) for k, n in counts.items()])

    assert compare.distance(texts(a=50, b=50), texts(a=50, b=50)) == 0
    assert compare.distance(texts(a=50, b=50), texts(a=50, c=50)) == pytest.approx(0.5)
    assert compare.distance(texts(a=100), texts(b=100)) == 1


def test_recipes_that_do_not_add_up_are_refused() -> None:
    recipe = to_msgpack([(DIGEST, 10), (DIGEST, 20)])
    assert len(manifest.chunks(recipe, 30)) == 2
    for size in (29, 31, 0):
        with pytest.raises(Invalid):
            manifest.chunks(recipe, size)
