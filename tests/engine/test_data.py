"""Versions of data on both engines: the same once, aliases with history, retention, pins, garbage, damage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from blake3 import blake3

from modelwright import testing
from modelwright.domains.data.service import (
    aliases,
    compare,
    contents,
    datasets,
    files,
    retention,
    uses,
    versions,
)
from modelwright.domains.tracking.service import garbage
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import Ctx
from modelwright.sdk.data import manifests
from modelwright.types.access import Actor, Role
from modelwright.types.data import (
    DatasetCreate,
    DatasetUpdate,
    DataVersion,
    Entry,
    Retention,
    UseCreate,
    VersionCreate,
    VersionUpdate,
)
from modelwright.types.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound, Unavailable
from modelwright.types.packs import Item, head
from modelwright.types.page import Search

DAY = 86_400_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time_ns() // 1_000_000 + 10_000)


@pytest.fixture
def ctx(engine: str, tmp_path: Path, clock: ManualClock) -> Iterator[Ctx]:
    context = testing.context(tmp_path, db_url=engine, clock=clock)
    yield context
    context.db.close()


def send(ctx: Ctx, name: str, given: Sequence[bytes], salt: bytes = b"") -> int:
    """Store contents in one pack; returns how many bytes were new."""
    items = [Item(blake3(each).digest(), len(each)) for each in given]
    return contents.store(ctx, name, head(items, salt) + b"".join(given)).bytes


def commit(ctx: Ctx, name: str, given: dict[str, bytes], **about: object) -> DataVersion:
    """A version of these files, as a client makes it."""
    needed = {blake3(data).digest(): data for data in given.values() if data}
    entries = [Entry(path, len(given[path]), blake3(given[path]).digest()) for path in sorted(given)]
    manifest = manifests.write(entries, lambda digest, data: needed.update({digest: bytes(data)}))
    missing = contents.missing(ctx, name, list(needed))
    if missing:
        send(ctx, name, [needed[digest] for digest in missing])
    body = VersionCreate(root=f"blake3:{manifest.root.hex()}", **about)  # type: ignore[arg-type]
    answer = versions.commit(ctx, name, body)
    assert answer.version is not None, answer.missing
    return answer.version


def read(ctx: Ctx, name: str, reference: str, path: str) -> bytes:
    row = versions.located(ctx, name, reference)
    entry = files.find(ctx, row, path)
    return b"".join(contents.stream(ctx, row, contents.chunks_of(ctx, row, entry), 0, None))


def collect(ctx: Ctx, clock: ManualClock, days: float = 3) -> dict[str, int]:
    clock.advance(int(days * DAY))
    first = garbage.collect(ctx)
    clock.advance(300_000)
    second = garbage.collect(ctx)
    return {key: first[key] + second[key] for key in first}


def test_the_same_contents_again_are_the_same_version(ctx: Ctx) -> None:
    one = commit(ctx, "flights", {"a.csv": b"1", "b/c.csv": b"2", "empty": b""})
    assert (one.number, one.files, one.bytes) == (1, 3, 2)
    assert commit(ctx, "flights", {"a.csv": b"1", "b/c.csv": b"2", "empty": b""}) == one
    two = commit(ctx, "flights", {"a.csv": b"1", "b/c.csv": b"3", "empty": b""})
    assert two.number == 2
    assert commit(ctx, "other", {"a.csv": b"1", "b/c.csv": b"3", "empty": b""}).digest == two.digest
    assert [item.number for item in versions.page(ctx, "flights", None, 10).items] == [2, 1]
    assert versions.get(ctx, "flights", one.digest).number == 1
    assert read(ctx, "flights", "1", "b/c.csv") == b"2"
    assert read(ctx, "flights", "latest", "b/c.csv") == b"3"
    assert read(ctx, "flights", "1", "empty") == b""


def test_only_what_is_new_is_stored(ctx: Ctx) -> None:
    assert send(ctx, "a", [b"x" * 100, b"y" * 50]) == 150
    assert send(ctx, "b", [b"x" * 100, b"z" * 10]) == 10
    known = [blake3(b"x" * 100).digest(), blake3(b"?").digest()]
    assert contents.missing(ctx, "a", known) == known[1:]


def test_a_version_of_what_was_not_sent_says_what_is_missing(ctx: Ctx) -> None:
    kept: dict[bytes, bytes] = {}
    entries = [Entry("a", 1, blake3(b"1").digest()), Entry("b", 1, blake3(b"2").digest())]
    manifest = manifests.write(entries, lambda digest, data: kept.update({digest: bytes(data)}))
    body = VersionCreate(root=f"blake3:{manifest.root.hex()}")
    assert versions.commit(ctx, "d", body).missing == [body.root]
    send(ctx, "d", list(kept.values()))
    send(ctx, "d", [b"1"])
    assert versions.commit(ctx, "d", body).missing == [f"blake3:{blake3(b'2').hexdigest()}"]
    with pytest.raises(NotFound):
        datasets.get(ctx, "d")
    send(ctx, "d", [b"2"])
    assert versions.commit(ctx, "d", body).created


def test_sizes_that_differ_from_what_is_stored_are_refused(ctx: Ctx) -> None:
    kept: dict[bytes, bytes] = {}
    manifest = manifests.write([Entry("a", 7, blake3(b"1").digest())], lambda d, data: kept.update({d: bytes(data)}))
    send(ctx, "d", [*kept.values(), b"1"])
    with pytest.raises(Invalid, match="bytes"):
        versions.commit(ctx, "d", VersionCreate(root=f"blake3:{manifest.root.hex()}"))


def test_aliases_move_and_remember(ctx: Ctx) -> None:
    commit(ctx, "d", {"a": b"1"}, aliases=["prod"])
    commit(ctx, "d", {"a": b"2"})
    assert versions.get(ctx, "d", "prod").number == 1
    aliases.put(ctx, "d", "prod", "2")
    aliases.put(ctx, "d", "prod", "2")
    assert versions.get(ctx, "d", "@prod").aliases == ["prod"]
    assert [(move.previous, move.version) for move in aliases.history(ctx, "d", "prod")] == [(1, 2), (None, 1)]
    with pytest.raises(Conflict, match="@prod"):
        versions.delete(ctx, "d", "2")
    aliases.drop(ctx, "d", "prod")
    with pytest.raises(NotFound):
        versions.get(ctx, "d", "prod")
    with pytest.raises(NotFound):
        aliases.put(ctx, "d", "prod", "9")


def test_listing_a_version_goes_folder_by_folder_and_page_by_page(ctx: Ctx) -> None:
    given = {f"f{folder}/x{number:03}": b"1" for folder in range(3) for number in range(50)} | {"top": b"22", "a": b"3"}
    commit(ctx, "d", given)
    top = files.listing(ctx, "d", "1").items
    assert [(item.path, item.is_dir, item.files, item.size) for item in top] == [
        ("a", False, 1, 1), ("f0", True, 50, 50), ("f1", True, 50, 50), ("f2", True, 50, 50), ("top", False, 1, 2),
    ]
    seen: list[str] = []
    after = ""
    while True:
        page = files.listing(ctx, "d", "1", after=after, limit=2)
        seen += [item.path for item in page.items]
        after = page.next_page
        if not after:
            break
    assert seen == [item.path for item in top]
    assert len(files.listing(ctx, "d", "1", "f1").items) == 50
    matching = files.listing(ctx, "d", "1", glob="f?/x007").items
    assert [item.path for item in matching] == [f"f{number}/x007" for number in range(3)]
    assert len(files.listing(ctx, "d", "1", deep=True).items) == 152


def test_a_diff_counts_and_names_what_changed(ctx: Ctx) -> None:
    commit(ctx, "d", {f"{number:05}": str(number).encode() for number in range(5_000)})
    given = {f"{number:05}": str(number).encode() for number in range(5_000)}
    del given["00003"]
    given |= {"00004": b"new", "zz": b"z"}
    commit(ctx, "d", given)
    found = compare.diff(ctx, "d", "1", "2")
    assert (found.added, found.removed, found.changed, found.unchanged) == (1, 1, 1, 4_998)
    assert [(item.path, item.change) for item in found.changes] == [
        ("00003", "removed"), ("00004", "changed"), ("zz", "added")]
    assert compare.diff(ctx, "d", "1", "1").same


def test_retention_never_takes_what_is_named_used_or_held(ctx: Ctx, clock: ManualClock) -> None:
    for number in range(1, 8):
        commit(ctx, "d", {"a": str(number).encode()})
    aliases.put(ctx, "d", "prod", "2")
    uses.put(ctx, "d", "3", UseCreate(run_id="r1", context="training"))
    versions.update(ctx, "d", "4", VersionUpdate(tags={"keep": "yes"}))
    ctx.hooks["data.pins"] = [lambda ctx, tx, name, numbers: {5: "model m/1"} if 5 in numbers else {}]
    datasets.update(ctx, "d", DatasetUpdate(retention=Retention(keep_last=1)))
    planned = retention.retain(ctx, "d", dry_run=True)
    assert (planned.removed, planned.kept) == ([1, 6], {"2": "@prod", "3": "1 run", "5": "model m/1"})
    assert retention.retain_all(ctx) == 2
    assert [item.number for item in versions.page(ctx, "d", None, 10).items] == [7, 5, 4, 3, 2]
    for number in ("3", "5"):
        with pytest.raises(Conflict):
            versions.delete(ctx, "d", number)
    with pytest.raises(Conflict):
        datasets.delete(ctx, "d")
    collect(ctx, clock)
    assert read(ctx, "d", "3", "a") == b"3"
    assert commit(ctx, "d", {"a": b"new"}).number == 8  # a number is never given twice


def test_garbage_collection_takes_what_no_version_needs_and_nothing_else(ctx: Ctx, clock: ManualClock) -> None:
    commit(ctx, "d", {"a": b"old" * 1000})
    commit(ctx, "d", {"a": b"new" * 1000})
    send(ctx, "d", [b"an upload that nobody finished"])
    assert collect(ctx, clock)["blobs"] == 1
    versions.delete(ctx, "d", "1")
    assert collect(ctx, clock)["blobs"] == 1
    assert read(ctx, "d", "2", "a") == b"new" * 1000
    assert versions.get(ctx, "d", "2").number == 2
    datasets.delete(ctx, "d")
    collect(ctx, clock)
    assert list(ctx.cas.list()) == []


def test_garbage_collection_leaves_an_upload_that_is_under_way(ctx: Ctx, clock: ManualClock) -> None:
    send(ctx, "d", [b"begun"])
    clock.advance(13 * 3_600_000)
    assert garbage.collect(ctx)["blobs"] == 0
    assert contents.missing(ctx, "d", [blake3(b"begun").digest()]) == []  # which holds it for another day
    clock.advance(20 * 3_600_000)
    assert garbage.collect(ctx)["blobs"] == 0
    assert commit(ctx, "d", {"a": b"begun"}).number == 1
    assert collect(ctx, clock)["blobs"] == 0
    assert read(ctx, "d", "1", "a") == b"begun"


def test_contents_that_were_collected_before_the_version_came_are_asked_for_again(
    ctx: Ctx, clock: ManualClock
) -> None:
    send(ctx, "d", [b"slow"])
    collect(ctx, clock)
    assert contents.missing(ctx, "d", [blake3(b"slow").digest()]) == [blake3(b"slow").digest()]
    assert commit(ctx, "d", {"a": b"slow"}).number == 1
    assert read(ctx, "d", "1", "a") == b"slow"


def test_a_pack_without_rows_is_collected(ctx: Ctx, clock: ManualClock) -> None:
    # What a SIGKILL between the blob and the row leaves.
    item = Item(blake3(b"orphan").digest(), 6)
    ctx.cas.packs.put(head([item]) + b"orphan")
    assert collect(ctx, clock)["blobs"] == 1


def test_two_uploads_of_the_same_content_at_once_both_count(ctx: Ctx) -> None:
    assert send(ctx, "d", [b"twin"]) == 4
    assert send(ctx, "d", [b"twin"]) == 0
    assert send(ctx, "d", [b"twin"], salt=b"2") == 0
    assert commit(ctx, "d", {"a": b"twin"}).number == 1


def test_damage_is_told_and_healed_by_adding_again(ctx: Ctx, tmp_path: Path) -> None:
    commit(ctx, "d", {"a": b"precious" * 1000, "b": b"other"})
    assert contents.verify(ctx, "d", versions.located(ctx, "d", "1")).damaged == []
    wanted = blake3(b"precious" * 1000).digest()
    for place in (tmp_path / "blobs" / "packs").rglob("*"):
        if place.is_file() and (data := place.read_bytes()).find(b"precious") > 0:
            place.write_bytes(data.replace(b"precious", b"pRecious", 1))
    with pytest.raises(Unavailable, match="damaged"):
        read(ctx, "d", "1", "a")
    found = contents.verify(ctx, "d", versions.located(ctx, "d", "1"))
    assert found.damaged == [f"blake3:{wanted.hex()}"]
    assert commit(ctx, "d", {"a": b"precious" * 1000, "b": b"other"}).number == 1
    assert read(ctx, "d", "1", "a") == b"precious" * 1000
    assert contents.verify(ctx, "d", versions.located(ctx, "d", "1")).damaged == []


def test_another_workspace_sees_neither_datasets_nor_contents(ctx: Ctx) -> None:
    made = commit(ctx, "d", {"a": b"secret"})
    other = ctx.acting(ctx.actor, "other")
    for look in (
        lambda: datasets.get(other, "d"), lambda: versions.get(other, "d", "1"),
        lambda: versions.get(other, "d", made.digest), lambda: files.listing(other, "d", "1"),
        lambda: compare.diff(other, "d", "1", "1"), lambda: aliases.listed(other, "d"),
        lambda: uses.put(other, "d", "1", UseCreate(run_id="r")), lambda: versions.delete(other, "d", "1"),
    ):
        with pytest.raises(NotFound):
            look()
    assert datasets.search(other, Search()).items == []
    digest = blake3(b"secret").digest()
    assert contents.missing(other, "d", [digest]) == [digest]  # nor learns it that the content exists


def test_contents_are_given_out_for_versions_that_hold_them_alone(ctx: Ctx) -> None:
    commit(ctx, "open", {"a": b"public"})
    commit(ctx, "hidden", {"a": b"secret"})
    row = versions.located(ctx, "open", "1")
    assert b"".join(contents.fetch(ctx, row, [blake3(b"public").digest()]))[4:] == b"public"
    with pytest.raises(NotFound):
        contents.fetch(ctx, row, [blake3(b"secret").digest()])


def test_a_viewer_changes_nothing(ctx: Ctx) -> None:
    commit(ctx, "d", {"a": b"1"})
    viewer = ctx.acting(Actor("v", roles={"default": Role.VIEWER}), "default")
    assert versions.get(viewer, "d", "1").number == 1
    for change in (
        lambda: datasets.create(viewer, DatasetCreate(name="x")), lambda: versions.delete(viewer, "d", "1"),
        lambda: contents.missing(viewer, "d", []), lambda: contents.store(viewer, "d", b""),
        lambda: aliases.put(viewer, "d", "prod", "1"), lambda: retention.retain(viewer, "d"),
        lambda: contents.verify(viewer, "d", versions.located(viewer, "d", "1")),
    ):
        with pytest.raises(Denied):
            change()


def test_names_are_taken_once_and_searched(ctx: Ctx) -> None:
    datasets.create(ctx, DatasetCreate(name="flights", description="June", tags={"team": "ops"}))
    with pytest.raises(AlreadyExists):
        datasets.create(ctx, DatasetCreate(name="flights"))
    datasets.create(ctx, DatasetCreate(name="weather"))
    assert [item.name for item in datasets.search(ctx, Search(filter="tags.team = 'ops'")).items] == ["flights"]
    assert len(datasets.search(ctx, Search()).items) == 2
    for name in ("", "../x", "a/b", "a b", "x" * 129, "a\x00"):
        with pytest.raises(Invalid):
            datasets.create(ctx, DatasetCreate(name=name))


def test_uses_and_sources_are_edges_of_lineage(ctx: Ctx) -> None:
    from modelwright.domains.lineage import service as lineage
    from modelwright.types.lineage import Node

    commit(ctx, "raw", {"a": b"1"})
    commit(ctx, "clean", {"a": b"2"}, run_id="r1", inputs=["dataset:raw/1"])
    uses.put(ctx, "clean", "1", UseCreate(run_id="r2"))
    found = lineage.downstream(ctx, Node("dataset_version", "raw/1"), depth=5)
    assert {f"{node.kind}:{node.id}" for node in found.nodes} >= {"dataset_version:clean/1", "run:r2"}
    assert sorted((use.run_id, use.direction) for use in uses.of_version(ctx, "clean", "1")) == [
        ("r1", "output"), ("r2", "input")]
    assert [use.dataset for use in datasets.uses_of_run(ctx, "r2")] == ["clean"]
