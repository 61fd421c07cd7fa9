"""Logging points: what is stored once, what replaces what, what is refused, and what is the last value."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

from modelwright.domains.tracking.points import merge
from modelwright.domains.tracking.queries import points as stored
from modelwright.domains.tracking.service import log, runs, series
from modelwright.kit.context import Ctx
from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.tracking import (
    LogAck,
    LogBatch,
    MetricDefinition,
    Points,
    RunCreate,
    RunState,
    RunUpdate,
    StepPolicy,
)


def batch(key: str, points: list[tuple[int, int, float]], **more) -> LogBatch:
    steps, times, values = (list(column) for column in zip(*points, strict=True))
    return LogBatch(points=[Points(key=key, steps=steps, times_ms=times, values=values)], **more)


def stored_points(ctx: Ctx, run: str, key: str, **more) -> list[tuple[int, int, float]]:
    block = series.history(ctx, run, key, **more)
    return list(zip(block.steps.tolist(), block.times.tolist(), block.values.tolist(), strict=True))


def order(point: tuple[int, int, float]) -> tuple[int, int, bool, float]:
    step, time_ms, value = point
    return step, time_ms, value != value, 0.0 if value != value else value


def same(left, right) -> bool:
    return len(left) == len(right) and all(
        one[:2] == other[:2] and (one[2] == other[2] or (one[2] != one[2] and other[2] != other[2]))
        for one, other in zip(left, right, strict=True)
    )


def test_points_of_any_order_and_kind_come_back_in_order_and_whole(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    points = [
        (10**15, 5, 1.0),
        (-(2**63), 1, math.nan),
        (2**63 - 1, -(2**63), math.inf),
        (-7, 2**63 - 1, -math.inf),
        (0, 0, -0.0),
        (3, 1, 1e-320),
    ]
    log.log(ctx, run, batch("m", points))
    log.log(ctx, run, batch("m", [(5, 5, 5e-324)]))
    expected = sorted([*points, (5, 5, 5e-324)], key=order)
    assert same(stored_points(ctx, run, "m"), expected)
    assert same(stored_points(ctx, run, "m", by_time=True), sorted(expected, key=lambda point: (point[1], point[0])))


def test_identical_points_are_stored_once_however_they_arrive(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    rng = random.Random(3)
    truth: set[tuple[int, int, str]] = set()
    for round_ in range(60):
        size = rng.choice((1, 1, 2, 5, 40))
        points = [
            (rng.randrange(12), rng.randrange(6), rng.choice((0.0, 1.0, 2.5, math.nan, math.inf))) for _ in range(size)
        ]
        log.log(ctx, run, batch("m", points))
        truth |= {(step, time_ms, repr(value)) for step, time_ms, value in points}
        if round_ % 13 == 0:
            merge.run(ctx)
    found = stored_points(ctx, run, "m")
    assert sorted((step, time_ms, repr(value)) for step, time_ms, value in found) == sorted(truth)
    summary = runs.get(ctx, run).metrics["m"]
    numbers = [value for _, _, value in found if value == value]
    assert (summary.count, summary.nans) == (len(found), len(found) - len(numbers))
    assert (summary.min, summary.max) == (min(numbers), "Infinity")


def test_many_points_at_step_zero_within_one_millisecond_are_all_kept(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    futures = [log.submit(ctx, run, batch("m", [(0, 1_000 + number // 7, float(number))])) for number in range(400)]
    futures += [
        log.submit(ctx, run, batch("m", [(0, 1_000 + number // 7, float(number))])) for number in range(390, 400)
    ]
    for future in futures:
        future.result()
    assert runs.get(ctx, run).metrics["m"].count == 400
    merge.run(ctx)
    log.log(ctx, run, batch("m", [(0, 1_057, 399.0), (0, 1_057, 400.0)]))
    assert [point[2] for point in stored_points(ctx, run, "m")] == [float(number) for number in range(401)]


def test_the_last_value_is_at_the_greatest_step_time_and_value(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    for points, last in (
        ([(5, 1, 1.0)], 1.0),
        ([(4, 9, 2.0)], 1.0),
        ([(5, 0, 3.0)], 1.0),
        ([(5, 1, 0.5)], 1.0),
        ([(5, 1, 7.0)], 7.0),
        ([(5, 1, math.nan)], "NaN"),
        ([(5, 1, math.inf)], "NaN"),
        ([(5, 2, -math.inf), (1, 1, 1.0)], "-Infinity"),
    ):
        log.log(ctx, run, batch("m", points))
        assert runs.get(ctx, run).metrics["m"].last == last


def test_a_batch_that_a_writer_repeats_changes_nothing(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    body = batch("m", [(0, 0, 1.0)], writer="w", seq=7, params={"a": 1})
    assert log.log(ctx, run, body) == LogAck(seq=7)
    assert log.log(ctx, run, batch("m", [(9, 9, 9.0)], writer="w", seq=7)) == LogAck(seq=7, duplicate=True)
    assert log.log(ctx, run, batch("m", [(8, 8, 8.0)], writer="w", seq=6)).duplicate
    assert not log.log(ctx, run, batch("m", [(1, 1, 2.0)], writer="other", seq=1)).duplicate
    assert stored_points(ctx, run, "m") == [(0, 0, 1.0), (1, 1, 2.0)]


def test_policy_last_keeps_the_later_arrival_at_a_step(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log.log(ctx, run, LogBatch(definitions=[MetricDefinition(key="val/*", policy=StepPolicy.LAST)]))
    rng = random.Random(5)
    truth: dict[int, tuple[int, float]] = {}
    for round_ in range(80):
        points = [(rng.randrange(40), rng.randrange(9), rng.random()) for _ in range(rng.choice((1, 3, 12)))]
        log.log(ctx, run, batch("val/loss", points))
        truth |= {step: (time_ms, value) for step, time_ms, value in points}
        if round_ % 17 == 0:
            merge.run(ctx)
    assert stored_points(ctx, run, "val/loss") == [(step, *truth[step]) for step in sorted(truth)]
    summary = runs.get(ctx, run).metrics["val/loss"]
    values = [value for _, value in truth.values()]
    assert (summary.count, summary.min, summary.max) == (len(values), min(values), max(values))
    assert summary.mean == pytest.approx(sum(values) / len(values))
    assert summary.last == truth[max(truth)][1]


def test_policy_error_refuses_a_second_point_at_a_step_but_not_the_same_one(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log.log(
        ctx,
        run,
        LogBatch(
            definitions=[
                MetricDefinition(key="*", policy=StepPolicy.ERROR),
                MetricDefinition(key="free", policy=StepPolicy.ALL),
            ]
        ),
    )
    log.log(ctx, run, batch("m", [(1, 1, 1.0), (2, 2, 2.0)]))
    for points in ([(2, 3, 2.0)], [(0, 0, 0.0), (1, 1, 5.0)], [(7, 7, 7.0), (7, 8, 7.0)]):
        with pytest.raises(Conflict, match="step"):
            log.log(ctx, run, batch("m", points, params={"never": 1}))
    log.log(ctx, run, batch("m", [(2, 2, 2.0), (3, 3, 3.0)]))
    log.log(ctx, run, batch("free", [(1, 1, 1.0), (1, 2, 1.0)]))
    assert stored_points(ctx, run, "m") == [(1, 1, 1.0), (2, 2, 2.0), (3, 3, 3.0)]
    assert runs.get(ctx, run).params == {}


def test_steps_that_are_left_out_count_on(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    for _ in range(2):
        log.log(ctx, run, LogBatch(points=[Points(key="m", steps=[], times_ms=[5, 6], values=[1.0, 2.0])]))
    assert [point[0] for point in stored_points(ctx, run, "m")] == [0, 1, 2, 3]


def test_one_key_may_come_several_times_in_a_batch_and_values_may_be_spelled(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log.log(
        ctx,
        run,
        LogBatch(
            points=[
                Points(key="m", steps=[1], times_ms=[1], values=["NaN"]),
                Points(key="m", steps=[0, 2], times_ms=[0, 2], values=["-Infinity", 3]),
            ]
        ),
    )
    assert same(stored_points(ctx, run, "m"), [(0, 0, -math.inf), (1, 1, math.nan), (2, 2, 3.0)])


@pytest.mark.parametrize(
    "bad",
    [
        Points(key="", steps=[0], times_ms=[0], values=[0.0]),
        Points(key="m", steps=[0, 1], times_ms=[0], values=[0.0]),
        Points(key="m", steps=[2**63], times_ms=[0], values=[0.0]),
        Points(key="m", steps=[0, 2**70], times_ms=[0, 0], values=[0.0, 0.0]),
        Points(key="m", steps=[0], times_ms=[-(2**63) - 1], values=[0.0]),
        Points(key="m", steps=[0], times_ms=[0], values=["much"]),
        Points(key="m", steps=[0, 1], times_ms=[0, 0], values=[1.0, "much"]),
        Points(key="m", steps=[0], times_ms=[0], values=[10**400]),
        Points(key="m", steps=[0, 1], times_ms=[0, 0], values=[10**400, 1]),
    ],
)
def test_a_bad_column_refuses_the_whole_batch(ctx: Ctx, bad: Points) -> None:
    run = runs.create(ctx, RunCreate()).id
    with pytest.raises(Invalid):
        log.log(
            ctx, run, LogBatch(points=[Points(key="good", steps=[0], times_ms=[0], values=[0.0]), bad], params={"a": 1})
        )
    assert runs.get(ctx, run).metrics == {} and runs.get(ctx, run).params == {}


def test_write_once_params_refuse_another_value_and_change_nothing(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log.log(ctx, run, LogBatch(params={"lr": "0.1"}), write_once=True)
    log.log(ctx, run, LogBatch(params={"lr": "0.1", "b": "2"}), write_once=True)
    with pytest.raises(Invalid, match="Changing param values is not allowed"):
        log.log(ctx, run, batch("m", [(0, 0, 0.0)], params={"c": "3", "lr": "0.2"}), write_once=True)
    assert runs.get(ctx, run).params == {"lr": "0.1", "b": "2"}
    assert runs.get(ctx, run).metrics == {}
    log.log(ctx, run, LogBatch(params={"lr": "0.3"}))
    assert runs.get(ctx, run).params["lr"] == "0.3"


def test_ended_runs_take_points_deleted_ones_refuse_them_and_crashed_ones_are_revived(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    runs.update(ctx, run, RunUpdate(state=RunState.FINISHED))
    log.log(ctx, run, batch("m", [(0, 0, 0.0)]))
    assert runs.get(ctx, run).state is RunState.FINISHED
    runs.update(ctx, run, RunUpdate(state=RunState.CRASHED))
    log.log(ctx, run, batch("m", [(1, 0, 0.0)]))
    assert runs.get(ctx, run).state is RunState.RUNNING
    with pytest.raises(NotFound):
        log.log(ctx, "0" * 32, batch("m", [(0, 0, 0.0)]))
    with ctx.db.write() as tx:
        tx.execute("UPDATE runs SET lifecycle = 'deleted' WHERE id = ?", (run,))
    with pytest.raises(Conflict):
        log.log(ctx, run, batch("m", [(2, 0, 0.0)]))


def test_pages_of_a_history_join_to_the_whole_in_both_orders(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    rng = random.Random(11)
    for round_ in range(40):
        log.log(
            ctx,
            run,
            batch(
                "m",
                [
                    (rng.randrange(500), rng.randrange(500), rng.choice((1.0, math.nan, rng.random())))
                    for _ in range(25)
                ],
            ),
        )
        if round_ == 30:
            merge.run(ctx)
    for by_time in (False, True):
        whole = stored_points(ctx, run, "m", by_time=by_time)
        pages, after = [], None
        while page := stored_points(ctx, run, "m", by_time=by_time, after=after, limit=37):
            pages += page
            after = page[-1]
        assert same(pages, whole)


def test_merging_keeps_every_point_whatever_came_late(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "SIZE", 64)
    monkeypatch.setattr(merge, "_LATE", 3)
    run = runs.create(ctx, RunCreate()).id
    rng = np.random.default_rng(1)
    truth: set[tuple[int, int, float]] = set()
    at = 0
    for round_ in range(60):
        size = int(rng.choice((1, 20, 200)))
        steps = np.arange(at, at + size) if rng.random() < 0.7 else rng.integers(0, at + 1, size)
        at = max(at, int(steps[-1]) + 1)
        values = rng.normal(size=size)
        log.log(ctx, run, LogBatch(points=[Points(key="m", steps=steps, times_ms=steps * 3, values=values)]))
        truth |= set(zip(steps.tolist(), (steps * 3).tolist(), values.tolist(), strict=True))
        if round_ % 9 == 0:
            merge.run(ctx)
            assert stored_points(ctx, run, "m") == sorted(truth)
    with ctx.db.read() as tx:
        places = stored.places(tx, 1, "m")
        fresh = stored.heads(tx, 1, ["m"])["m"].fresh
    sealed = sorted(
        (place for place in places if place.level == 2), key=lambda place: (place.first_step, place.first_ms)
    )
    assert sealed and all(merge.before(one, other) for one, other in itertools.pairwise(sealed))
    assert fresh == sum(stored.weight(place.points) for place in places if place.level == 0)
