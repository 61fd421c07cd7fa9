"""Charts against a plain computation over all points, on every axis, over fresh and merged chunks alike."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from modelwright.domains.tracking.points import merge, pyramid
from modelwright.domains.tracking.service import log, runs, series
from modelwright.kit import frames
from modelwright.kit.context import Ctx
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.tracking import LogBatch, Points, RunCreate, SeriesGrid, SeriesQuery

Point = tuple[int, int, float]


def order(point: Point) -> tuple[int, int, bool, float]:
    step, time_ms, value = point
    return step, time_ms, value != value, 0.0 if value != value else value


def log_points(ctx: Ctx, run: str, key: str, points: list[Point]) -> None:
    steps, times, values = (list(column) for column in zip(*points, strict=True))
    log.log(ctx, run, LogBatch(points=[Points(key=key, steps=steps, times_ms=times, values=values)]))


def number(value: Any) -> float:
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value, value)


def located(points: list[Point], x: str, origin: int, axis: list[Point]) -> list[tuple[float, Point]]:
    """(x, point) in the order that makes the last point of a bucket its last."""
    ordered = sorted(points, key=order)
    if x == "step":
        return [(point[0], point) for point in ordered]
    if x in ("time", "relative"):
        return sorted(
            ((point[1] - (origin if x == "relative" else 0), point) for point in ordered), key=lambda item: item[0]
        )
    found = []
    for point in ordered:
        before = [other for other in sorted(axis, key=order) if other[0] <= point[0]]
        if before and math.isfinite(before[-1][2]):
            found.append((before[-1][2], point))
    return sorted(found, key=lambda item: item[0])


def check(grid: SeriesGrid, line: Any, members: list[list[tuple[float, Point]]], band: str) -> None:
    """One line of an answer is what all points of its runs say."""

    def bucket(place: float) -> int:
        return (
            math.floor((place - grid.start) / grid.width)
            if isinstance(place, float)
            else (place - int(grid.start)) // int(grid.width)
        )

    inside = [
        [(bucket(place), point[2]) for place, point in member if 0 <= bucket(place) < grid.buckets]
        for member in members
    ]
    assert line.points == sum(len(member) for member in inside)
    per_bucket: list[list[float]] = [[] for _ in range(grid.buckets)]
    lasts: list[list[float]] = [[] for _ in range(grid.buckets)]
    for member in inside:
        last: dict[int, float] = {}
        for place, value in member:
            per_bucket[place].append(value)
            last[place] = value
        for place, value in last.items():
            lasts[place].append(value)
    assert line.exact == all(len(values) <= 1 for values in per_bucket)
    for place, values in enumerate(per_bucket):
        finite = [value for value in values if math.isfinite(value)]
        assert (place in line.nan) == any(value != value for value in values)
        assert (place in line.posinf) == (math.inf in values)
        assert (place in line.neginf) == (-math.inf in values)
        if not finite:
            assert line.min[place] is None and line.max[place] is None and line.mean[place] is None
        else:
            mean = math.fsum(finite) / len(finite)
            assert line.min[place] == min(finite) and line.max[place] == max(finite)
            assert line.mean[place] == pytest.approx(mean, rel=1e-9, abs=1e-12)
            if line.low:
                reach = np.std(finite, ddof=1) if len(finite) > 1 else 0.0
                if band == "ci95":
                    reach = 1.96 * reach / math.sqrt(len(finite))
                low, high = (min(finite), max(finite)) if band == "minmax" else (mean - reach, mean + reach)
                assert line.low[place] == pytest.approx(low, rel=1e-5, abs=1e-6)
                assert line.high[place] == pytest.approx(high, rel=1e-5, abs=1e-6)
        if not lasts[place]:
            assert line.last[place] is None
        elif len(members) == 1:
            assert repr(float(number(line.last[place]))) == repr(float(lasts[place][0]))
        else:
            assert number(line.last[place]) == pytest.approx(sum(lasts[place]) / len(lasts[place]), nan_ok=True)


SHAPES = ("rising", "sparse", "zero", "random", "negative", "huge", "bursts")


def shaped(rng: random.Random, shape: str, count: int, odd: float) -> list[Point]:
    """Points of many kinds: gaps, repeated steps, disorder, 64-bit steps, NaN and ±Inf."""
    points: list[Point] = []
    step, time_ms = {"huge": 10**15, "negative": -5_000}.get(shape, 0), 1_700_000_000_000
    for _ in range(count):
        time_ms += rng.randrange(0, 40)
        if shape == "rising":
            step += 1
        elif shape in ("sparse", "negative", "huge"):
            step += rng.choice((1, 3, 90))
        elif shape == "random":
            step = rng.randrange(count)
        elif shape == "bursts":
            step += 1 if rng.random() < 0.98 else 4_000
        value = rng.choice((math.nan, math.inf, -math.inf)) if rng.random() < odd else rng.gauss(3.0, 50.0)
        points.append((step, time_ms + (rng.randrange(-200, 200) if shape == "random" else 0), value))
    return points


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small chunks and fine pyramids, so that few points make many tiers."""
    monkeypatch.setattr(merge, "SIZE", 32)
    monkeypatch.setattr(pyramid, "EACH", 2)
    monkeypatch.setattr(pyramid, "FAN", 3)
    return


@pytest.mark.parametrize("seed", range(4))
def test_every_bucket_says_what_a_plain_computation_over_all_points_says(ctx: Ctx, small: None, seed: int) -> None:
    rng = random.Random(seed)
    truth: dict[tuple[str, str], list[Point]] = {}
    origins: dict[str, int] = {}
    groups: dict[str, str] = {}
    for place in range(4):
        origin = 1_700_000_000_000 - rng.randrange(10_000)
        lr = rng.choice(("0.1", "0.2"))
        run = runs.create(ctx, RunCreate(start_ms=origin, params={"lr": lr})).id
        origins[run], groups[run] = origin, lr
        for key in ("loss", "epoch"):
            points = shaped(rng, rng.choice(SHAPES), rng.choice((1, 40, 700)), rng.choice((0.0, 0.02)))
            if place == 0 and key == "loss":
                points = shaped(rng, "rising", 900, 0.01)
            truth[run, key] = list(dict.fromkeys(points))
            at = 0
            while at < len(points):
                size = rng.choice((1, 7, 60))
                log_points(ctx, run, key, points[at : at + size])
                at += size
                if rng.random() < 0.1:
                    merge.run(ctx)
    merge.run(ctx)
    with ctx.db.read() as tx:
        tiers = tx.row("SELECT max(tier) FROM pyramids")
        assert tiers is not None and tiers[0] >= 2
    names = list(origins)
    for x in ("step", "time", "relative", "metric:epoch"):
        whole = [
            place for run in names for place, _ in located(truth[run, "loss"], x, origins[run], truth[run, "epoch"])
        ]
        ranges: list[list[float] | None] = [None]
        if whole:
            ranges += [sorted((float(rng.choice(whole)), float(rng.choice(whole)))) for _ in range(4)]
        for within in ranges:
            for group_by, band in (
                (None, "minmax"),
                (None, "std"),
                ("params.lr", rng.choice(("minmax", "std", "ci95"))),
            ):
                query = SeriesQuery(
                    runs=names,
                    metrics=["loss", "missing"],
                    x=x,
                    range=within,
                    buckets=rng.choice((1, 7, 50, 400)),
                    group_by=group_by,
                    band=band,
                )
                grid = series.query(ctx, query)
                assert grid.buckets <= max(2, query.buckets)
                assert math.frexp(grid.width)[0] == 0.5
                if within is not None:
                    assert grid.start <= within[0] and grid.start + grid.width * grid.buckets > within[1]
                assert len(grid.lines) == (len(names) if group_by is None else len(set(groups.values())))
                for line in grid.lines:
                    members = [
                        run for run in names if (run == line.run if group_by is None else groups[run] == line.group)
                    ]
                    check(
                        grid,
                        line,
                        [located(truth[run, "loss"], x, origins[run], truth[run, "epoch"]) for run in members],
                        band,
                    )


def test_a_frame_says_what_json_says(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_points(
        ctx,
        run,
        "m",
        [(step, step, math.nan if step == 5 else math.inf if step == 900 else step / 3) for step in range(1_000)],
    )
    query = SeriesQuery(runs=[run], metrics=["m"], buckets=100, band="ci95")
    grid = series.query(ctx, query)
    header, columns = frames.decode(series.query_frame(ctx, query))
    assert (
        (header["start"], header["width"], header["buckets"]) == (grid.start, grid.width, grid.buckets) == (0, 16, 63)
    )
    assert header["lines"][0]["nan"] == grid.lines[0].nan == [0] and header["lines"][0]["posinf"] == [56]
    for name in ("min", "max", "mean", "last", "low", "high"):
        spelled = [math.nan if value is None else number(value) for value in getattr(grid.lines[0], name)]
        np.testing.assert_array_equal(columns[name], spelled)


def test_a_spike_is_never_lost_at_any_zoom(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    values = np.zeros(200_000)
    values[123_457] = 1e9
    for start in range(0, len(values), 10_000):
        part = np.arange(start, start + 10_000)
        log.log(
            ctx,
            run,
            LogBatch(points=[Points(key="m", steps=part, times_ms=part, values=values[start : start + 10_000])]),
        )
    merge.run(ctx)
    for width in (1, 2, 8, 16, 64, 256, 1024):
        half = 400 * width
        grid = series.query(ctx, SeriesQuery(runs=[run], metrics=["m"], range=[123_457 - half, 123_457 + half]))
        place = int((123_457 - grid.start) // grid.width)
        assert grid.lines[0].max[place] == 1e9
        assert sum(value == 1e9 for value in grid.lines[0].max) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": "epoch"},
        {"x": "metric:"},
        {"band": "iqr"},
        {"buckets": 0},
        {"buckets": 10**9},
        {"range": [1.0]},
        {"range": [2.0, 1.0]},
        {"range": ["NaN", 1.0]},
        {"range": [0.0, "Infinity"]},
        {"group_by": "lr"},
        {"group_by": "params."},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(ctx: Ctx, wrong: dict[str, Any]) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_points(ctx, run, "m", [(0, 0, 0.0)])
    with pytest.raises(Invalid):
        series.query(ctx, SeriesQuery(**{"runs": [run], "metrics": ["m"], **wrong}))


def test_unknown_runs_are_not_found_and_missing_metrics_have_no_line(ctx: Ctx) -> None:
    with pytest.raises(NotFound):
        series.query(ctx, SeriesQuery(runs=["0" * 32], metrics=["m"]))
    run = runs.create(ctx, RunCreate()).id
    for x in ("step", "time", "relative", "metric:e"):
        assert series.query(ctx, SeriesQuery(runs=[run], metrics=["m"], x=x)).lines == []


def test_extreme_ranges_are_answered(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_points(ctx, run, "m", [(-(2**63), 0, 1.0), (2**63 - 1, 5, 2.0)])
    log_points(ctx, run, "e", [(-(2**63), 0, -1e308), (0, 5, 1e308), (1, 5, 5e-324)])
    for x in ("step", "time", "relative", "metric:e"):
        for within in (None, [-1e300, 1e300], [0.0, 0.0], [1e18, 1e18]):
            for buckets in (1, 3, 1000):
                grid = series.query(ctx, SeriesQuery(runs=[run], metrics=["m"], x=x, range=within, buckets=buckets))
                assert 1 <= grid.buckets <= max(2, buckets)
                if within is None:
                    assert grid.lines[0].points == 2
