"""Artifacts, uploads in parts, logged models, console lines and garbage, on both engines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from modelwright import testing
from modelwright.domains.tracking.queries import artifacts as artifact_queries
from modelwright.domains.tracking.queries import console as console_queries
from modelwright.domains.tracking.service import artifacts, console, garbage, log, models, runs
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import Ctx
from modelwright.types.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from modelwright.types.tracking import (
    Lifecycle,
    LogBatch,
    LoggedModelState,
    LoggedModelUpdate,
    LogLine,
    ModelMetric,
    RunCreate,
)

DAY = 86_400_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time_ns() // 1_000_000 + DAY)


@pytest.fixture
def ctx(engine: str, tmp_path: Path, clock: ManualClock) -> Iterator[Ctx]:
    context = testing.context(tmp_path, db_url=engine, clock=clock)
    yield context
    context.db.close()


@pytest.fixture
def owner(ctx: Ctx) -> str:
    return f"runs/{runs.create(ctx, RunCreate(id='r')).id}"


def content(ctx: Ctx, owner: str, path: str, *span: Any) -> bytes:
    return b"".join(artifacts.open(ctx, owner, path, *span)[1])


def listed(ctx: Ctx, owner: str, directory: str = "") -> list[tuple[str, bool]]:
    return [(item.path, item.is_dir) for item in artifacts.list(ctx, owner, directory)]


def test_a_file_comes_back_whole_and_in_parts(ctx: Ctx, owner: str) -> None:
    data = bytes(range(256)) * 10_000
    stored = artifacts.put(ctx, owner, "plots/roc.png", iter([data[:1_000_000], data[1_000_000:]]))
    assert (stored.size, stored.media_type, stored.path) == (len(data), "image/png", "plots/roc.png")
    assert content(ctx, owner, "plots/roc.png") == data
    assert content(ctx, owner, "plots/roc.png", 1_500_000, 100) == data[1_500_000:1_500_100]
    assert artifacts.head(ctx, owner, "plots").is_dir
    artifacts.put(ctx, owner, "plots/roc.png", b"new")
    assert content(ctx, owner, "plots/roc.png") == b"new"


def test_names_are_kept_to_the_letter_and_listed_in_their_directories(ctx: Ctx, owner: str) -> None:
    names = [
        "a",
        "a-b",
        "a.txt",
        "a0",
        "b/100%.txt",
        "b/50%25.txt",
        "b/_x",
        "b/%",
        "b_c/d",
        "bXc/d",
        "ü/日本/🙂.txt",
        "ü/日本.txt",
        "x y/z",
    ]
    for name in names:
        artifacts.put(ctx, owner, name, name.encode())
    assert listed(ctx, owner) == [
        ("a", False),
        ("a-b", False),
        ("a.txt", False),
        ("a0", False),
        ("b", True),
        ("bXc", True),
        ("b_c", True),
        ("x y", True),
        ("ü", True),
    ]
    assert listed(ctx, owner, "b") == [("b/%", False), ("b/100%.txt", False), ("b/50%25.txt", False), ("b/_x", False)]
    assert listed(ctx, owner, "b_c") == [("b_c/d", False)]
    assert listed(ctx, owner, "ü") == [("ü/日本", True), ("ü/日本.txt", False)]
    assert listed(ctx, owner, "ü/日本/") == [("ü/日本/🙂.txt", False)]
    assert listed(ctx, owner, "a") == [], "a file has nothing below it"
    assert listed(ctx, owner, "nowhere") == []
    for name in names:
        assert content(ctx, owner, name) == name.encode()


def test_a_file_cannot_be_a_directory_too(ctx: Ctx, owner: str) -> None:
    artifacts.put(ctx, owner, "a/b", b"1")
    with pytest.raises(Conflict, match="directory"):
        artifacts.put(ctx, owner, "a", b"2")
    with pytest.raises(Conflict, match="is a file"):
        artifacts.put(ctx, owner, "a/b/c/d", b"3")
    with pytest.raises(Invalid, match="directory"):
        artifacts.open(ctx, owner, "a")


def test_deleting_takes_a_file_or_all_below_a_directory_and_nothing_beside(ctx: Ctx, owner: str) -> None:
    for name in ("d/a", "d/b/c", "d-e", "d.txt", "d0", "other"):
        artifacts.put(ctx, owner, name, b"x")
    assert artifacts.delete(ctx, owner, "d") == 2
    assert [name for name, _ in listed(ctx, owner)] == ["d-e", "d.txt", "d0", "other"]
    assert artifacts.delete(ctx, owner, "other") == 1
    with pytest.raises(NotFound):
        artifacts.delete(ctx, owner, "other")
    assert artifacts.delete(ctx, owner, "") == 3


def test_hostile_paths_are_refused_by_every_verb(ctx: Ctx, owner: str) -> None:
    verbs = (
        lambda path: artifacts.put(ctx, owner, path, b""),
        lambda path: artifacts.open(ctx, owner, path),
        lambda path: artifacts.list(ctx, owner, path),
        lambda path: artifacts.delete(ctx, owner, path),
        lambda path: artifacts.head(ctx, owner, path),
        lambda path: artifacts.start_upload(ctx, owner, path),
    )
    hostile = ("../x", "/etc", "a/%2e%2e/b", "a\\b", "a\x00", "\ud800", "x" * 1025, "a//b", "C:/x", "%252e%252e/x")
    for path in hostile:
        for verb in verbs:
            with pytest.raises(Invalid):
                verb(path)


def test_an_owner_must_be_there_and_active(ctx: Ctx, owner: str) -> None:
    for nobody in ("runs/nobody", "models/m-" + "0" * 32, "models/x", "runs/r/x"):
        with pytest.raises((NotFound, Invalid)):
            artifacts.put(ctx, nobody, "a", b"")
        with pytest.raises((NotFound, Invalid)):
            artifacts.list(ctx, nobody)
    artifacts.put(ctx, owner, "a", b"1")
    runs.delete(ctx, "r")
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        artifacts.put(ctx, owner, "b", b"2")
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        artifacts.delete(ctx, owner, "a")
    assert content(ctx, owner, "a") == b"1"
    assert artifacts.put(ctx, "traces/t1", "a", b"3").size == 1, "any other prefix is its own owner"


def test_an_upload_that_breaks_off_leaves_nothing(ctx: Ctx, owner: str) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise Unavailable("the client went away")

    with pytest.raises(Unavailable):
        artifacts.put(ctx, owner, "a", broken())
    assert listed(ctx, owner) == []
    assert list(ctx.cas.list()) == []


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(ctx: Ctx, owner: str) -> None:
    tight = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, max_artifact=1_000))
    with pytest.raises(TooLarge):
        artifacts.put(tight, owner, "a", iter([b"x" * 600, b"x" * 600]))
    assert listed(ctx, owner) == []
    upload = artifacts.start_upload(tight, owner, "a")
    artifacts.put_part(tight, upload.id, 1, b"x" * 900)
    with pytest.raises(TooLarge):
        artifacts.put_part(tight, upload.id, 2, b"x" * 101)


def test_parts_arrive_in_any_order_and_again_and_make_one_file(ctx: Ctx, owner: str) -> None:
    upload = artifacts.start_upload(ctx, owner, "big.bin")
    artifacts.put_part(ctx, upload.id, 3, b"third")
    artifacts.put_part(ctx, upload.id, 1, b"wrong")
    artifacts.put_part(ctx, upload.id, 1, b"first")
    assert [part.number for part in artifacts.get_upload(ctx, upload.id).parts] == [1, 3]
    with pytest.raises(Invalid, match="missing"):
        artifacts.complete_upload(ctx, upload.id)
    assert listed(ctx, owner) == [], "nothing is seen before it is complete"
    artifacts.put_part(ctx, upload.id, 2, b"second")
    assert artifacts.complete_upload(ctx, upload.id).size == 16
    assert content(ctx, owner, "big.bin") == b"firstsecondthird"
    for verb in (
        lambda: artifacts.get_upload(ctx, upload.id),
        lambda: artifacts.abort_upload(ctx, upload.id),
        lambda: artifacts.put_part(ctx, "\x00", 1, b""),
    ):
        with pytest.raises(NotFound):
            verb()
    other = artifacts.start_upload(ctx, owner, "other")
    artifacts.abort_upload(ctx, other.id)
    with pytest.raises(NotFound):
        artifacts.get_upload(ctx, other.id)


def test_100_000_files_of_a_run_are_listed_fast(ctx: Ctx, owner: str) -> None:
    rows = [f"deep/{number % 50:02d}/f{number:06d}" for number in range(99_000)] + [
        f"flat{number:04d}" for number in range(1_000)
    ]
    with ctx.db.write() as tx:
        tx.many(
            "INSERT INTO artifacts (workspace, owner, path, digest, size, created_ms) VALUES (?,?,?,?,?,?)",
            [("default", owner, path, "sha256:" + "0" * 64, 1, 1) for path in rows],
        )
    for directory, count, most in (("", 1_001, 0.5), ("deep", 50, 0.5), ("deep/07", 1_980, 1.0)):
        started = time.perf_counter()
        assert len(artifacts.list(ctx, owner, directory)) == count
        assert time.perf_counter() - started < most, directory
    with ctx.db.read() as tx:
        assert artifact_queries.is_directory(tx, "default", owner, "deep")


def test_console_lines_are_read_by_number_from_the_end_and_by_text(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate())
    sent = 0
    for size in [1, 1, 1, 5, 40, 3, 3, 700, 1, 5_000, 2, 2, 2, 2, 2, 2, 2, 2, 90]:
        log.log(
            ctx,
            run.id,
            LogBatch(
                lines=[
                    LogLine(
                        sent + place,
                        "stderr" if (sent + place) % 2 else "stdout",
                        f"step {sent + place}: \x1b[31mLoss\x1b[0m={sent + place}e-3 ünd 🙂",
                    )
                    for place in range(size)
                ]
            ),
        )
        sent += size
    with ctx.db.read() as tx:
        assert tx.rows("SELECT count(*) FROM console")[0][0] < 20
    for first, limit in ((0, 10), (sent - 3, 10), (1_000, 5_000), (sent, 1), (sent + 5, 1), (0, 10_000)):
        page = console.read(ctx, run.id, first, limit)
        assert [line.time_ms for line in page.lines] == list(range(first, min(sent, first + limit)))
        assert page.total == sent
        assert page.next == (first + limit if first + limit < sent else None)
    assert page.lines[1] == LogLine(1, "stderr", "step 1: \x1b[31mLoss\x1b[0m=1e-3 ünd 🙂"), "colours are kept"
    tail = console.read(ctx, run.id, tail=3)
    assert (tail.first, [line.time_ms for line in tail.lines]) == (sent - 3, [sent - 3, sent - 2, sent - 1])
    assert console.read(ctx, run.id, query="STEP 77: loss=77").numbers == [77], "neither case nor colour matters"
    assert console.read(ctx, run.id, query=r"^step \d*99: Loss=\d+e", regex=True, limit=3).numbers == [99, 199, 299]
    assert console.read(ctx, run.id, query=r"step 1\d\d:.*ünd", regex=True).numbers == list(range(100, 200))
    page = console.read(ctx, run.id, query="step 9", limit=5)
    assert page.numbers == [9, 90, 91, 92, 93] and page.next == 94
    assert console.read(ctx, run.id, page.next or 0, query="step 9", limit=2).numbers == [94, 95]
    assert console.read(ctx, run.id, query="no such text").lines == []


def test_odd_questions_about_console_lines_are_refused(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate())
    log.log(ctx, run.id, LogBatch(lines=[LogLine(1, "stdout", "x")]))
    for odd in (
        {"first": -1},
        {"limit": 0},
        {"limit": 10_001},
        {"tail": 0},
        {"first": 2**63},
        {"query": "(", "regex": True},
        {"query": "x" * 2_000},
        {"query": "\x00"},
    ):
        with pytest.raises(Invalid):
            console.read(ctx, run.id, **odd)
    for line in (
        LogLine(2**63, "stdout", "x"),
        LogLine(1, "s" * 50, "x"),
        LogLine(1, "stdout", "\ud800"),
        LogLine(1, "stdout", "x" * 2_000_000),
    ):
        with pytest.raises(Invalid):
            log.log(ctx, run.id, LogBatch(lines=[line]))
    assert console.read(ctx, run.id).total == 1


def test_a_page_of_a_long_console_begins_at_the_block_that_holds_it(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate())
    with ctx.db.write() as tx:
        seq = runs.locate(tx, ctx, run.id).seq
        for block in range(20):
            console_queries.append_lines(
                tx, seq, [LogLine(block, "stdout", f"line {block * 5_000 + place}") for place in range(5_000)]
            )
    with ctx.db.read() as tx:
        first, count, _ = next(console_queries.stored(tx, seq, 77_777))
    assert first <= 77_777 < first + count
    assert console.read(ctx, run.id, 77_777, 2).lines[0].text == "line 77777"


def test_a_logged_model_lives_from_pending_to_deleted(ctx: Ctx, clock: ManualClock) -> None:
    run = runs.create(ctx, RunCreate(experiment="x"))
    made = models.create(
        ctx, source_run_id=run.id, name="clf", kind="sklearn", params={"depth": "3"}, tags={"a": "1"}
    )
    assert made.id.startswith("m-") and len(made.id) == 34
    assert (made.state, made.experiment_id, made.source_run_id) == (
        LoggedModelState.PENDING,
        run.experiment_id,
        run.id,
    )
    assert made.artifact_uri == f"mlflow-artifacts:/{run.experiment_id}/models/{made.id}/artifacts"
    clock.advance(5)
    assert models.finalize(ctx, made.id, LoggedModelState.READY).updated_ms == clock.at_ms
    models.set_tags(ctx, made.id, {"a": "2", "b": "3"})
    models.delete_tag(ctx, made.id, "b")
    with pytest.raises(NotFound):
        models.delete_tag(ctx, made.id, "b")
    models.log_params(ctx, made.id, {"depth": "3", "width": "4"})
    with pytest.raises(Invalid, match="Changing param values is not allowed"):
        models.log_params(ctx, made.id, {"new": "1", "depth": "9"})
    metrics = [
        ModelMetric(key="acc", value=0.5, dataset_name="test", dataset_digest="d1"),
        ModelMetric(key="acc", value="NaN", step=2, run_id=run.id),
        ModelMetric(key="acc", value="-Infinity", step=3),
    ]
    models.record_metrics(ctx, made.id, metrics)
    models.record_metrics(ctx, made.id, metrics)
    found = models.get(ctx, made.id)
    assert (found.state, found.tags, found.params) == (
        LoggedModelState.READY,
        {"a": "2"},
        {"depth": "3", "width": "4"},
    )
    assert found.metrics == [metrics[0], metrics[1], metrics[2]]
    artifacts.put(ctx, f"models/{made.id}", "MLmodel", b"flavors: {}")
    assert artifacts.list(ctx, f"models/{made.id}")[0].media_type == "text/plain"
    models.delete(ctx, made.id)
    assert models.get(ctx, made.id).lifecycle is Lifecycle.DELETED
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        models.set_tags(ctx, made.id, {"a": "3"})
    assert models.restore(ctx, made.id).lifecycle is Lifecycle.ACTIVE
    with pytest.raises(Conflict):
        models.restore(ctx, made.id)


def test_odd_models_are_refused(ctx: Ctx) -> None:
    for name in ("a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "\x00", "x" * 501):
        with pytest.raises(Invalid):
            models.create(ctx, experiment_id="0", name=name)
    with pytest.raises(Invalid):
        models.create(ctx)
    for model_id in ("", "m-", "\x00", "m-" + "0" * 32, "m-" + "G" * 32, "\ud800", "x" * 500):
        with pytest.raises(NotFound):
            models.get(ctx, model_id)
    made = models.create(ctx, experiment_id="0")
    for metric in (
        ModelMetric(key="", value=1),
        ModelMetric(key="a", value="x"),
        ModelMetric(key="a", value=1, step=2**63),
        ModelMetric(key="a", value=1, run_id="\x00"),
    ):
        with pytest.raises(Invalid):
            models.update(ctx, made.id, LoggedModelUpdate(metrics=[metric]))


def collected(ctx: Ctx, clock: ManualClock) -> dict[str, int]:
    counts = garbage.collect(ctx)
    clock.advance(300_000)
    again = garbage.collect(ctx)
    return {name: counts[name] + again[name] for name in counts}


def test_contents_go_when_nothing_refers_to_them_and_not_before(ctx: Ctx, owner: str, clock: ManualClock) -> None:
    artifacts.put(ctx, owner, "kept", b"kept")
    artifacts.put(ctx, owner, "twice", b"shared")
    artifacts.put(ctx, owner, "again", b"shared")
    artifacts.put(ctx, owner, "gone", b"gone")
    upload = artifacts.start_upload(ctx, owner, "big")
    artifacts.put_part(ctx, upload.id, 1, b"part")
    hooked = ctx.cas.put(b"of another room").digest
    ctx.hooks.setdefault("blob_references", []).append(
        lambda tx, digests: [digest for digest in digests if digest == hooked]
    )
    artifacts.delete(ctx, owner, "gone")
    artifacts.delete(ctx, owner, "again")
    counts = collected(ctx, clock)
    assert (counts["blobs"], counts["uploads"]) == (1, 0)
    assert content(ctx, owner, "kept") == b"kept" and content(ctx, owner, "twice") == b"shared"
    clock.advance(8 * DAY)
    counts = collected(ctx, clock)
    assert (counts["blobs"], counts["uploads"]) == (1, 1)
    runs.delete(ctx, "r")
    assert collected(ctx, clock)["blobs"] == 0, "a deleted run can be restored"
    runs.purge(ctx, "r")
    assert collected(ctx, clock)["blobs"] == 2
    assert [digest for digest, _, _ in ctx.cas.list()] == [hooked]


def test_young_contents_are_left_alone(ctx: Ctx, owner: str, clock: ManualClock) -> None:
    clock.at_ms -= DAY
    ctx.cas.put(b"an upload under way")
    assert collected(ctx, clock)["blobs"] == 0


def test_a_content_that_is_being_deleted_is_refused_until_it_is_sent_again(
    ctx: Ctx, owner: str, clock: ManualClock
) -> None:
    from modelwright.domains.tracking.queries import garbage as queries

    digest = ctx.cas.put(b"x").digest
    with ctx.db.write() as tx:
        queries.mark(tx, [digest], clock.at_ms)
    with pytest.raises(Unavailable, match="send it again"):
        artifacts.put(ctx, owner, "a", b"x")
    assert listed(ctx, owner) == []
    collected(ctx, clock)
    artifacts.put(ctx, owner, "a", b"x")
    assert content(ctx, owner, "a") == b"x"
    clock.advance(DAY)
    assert collected(ctx, clock)["blobs"] == 0
    assert content(ctx, owner, "a") == b"x"


def test_a_purge_that_was_interrupted_is_finished_by_garbage_collection(
    ctx: Ctx, owner: str, clock: ManualClock
) -> None:
    from modelwright.domains.tracking.queries import purging

    artifacts.put(ctx, owner, "a", b"x")
    with ctx.db.write() as tx:
        purging.condemn(tx, runs.locate(tx, ctx, "r").seq, clock.at_ms)
    with pytest.raises(NotFound):
        runs.get(ctx, "r")
    assert collected(ctx, clock)["runs"] == 1
    with ctx.db.read() as tx:
        assert tx.rows("SELECT * FROM runs") == [] and tx.rows("SELECT * FROM artifacts") == []


def test_two_collections_do_not_run_side_by_side(ctx: Ctx) -> None:
    from modelwright.domains.jobs import service as jobs

    assert jobs.claim_duty(ctx, "tracking-garbage-collection", 60, "someone")
    with pytest.raises(Unavailable):
        garbage.collect(ctx)
