"""Many runs at once: tables, keys, values of a key and importances, against what single runs say, on both engines."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from modelwright.domains.tracking.queries import table as queries
from modelwright.domains.tracking.service import experiments, importance, log, runs, search, tables
from modelwright.kit import frames
from modelwright.kit.context import Ctx
from modelwright.types.errors import Invalid
from modelwright.types.overview import ColumnKind, FacetQuery, ImportanceQuery, RunTable, Selection
from modelwright.types.tracking import (
    ExperimentCreate,
    Goal,
    LogBatch,
    MetricDefinition,
    Points,
    RunCreate,
    RunSearch,
    RunState,
    RunUpdate,
)

COLUMNS = [
    "params.lr",
    "params.model",
    "params.mixed",
    "params.never",
    "tags.stage",
    "summary.note",
    "summary.score",
    "metrics.loss",
    "metrics.loss.min",
    "metrics.loss.max",
    "metrics.loss.mean",
    "metrics.loss.best",
    "metrics.loss.count",
    "metrics.loss.step",
    "metrics.a.min.last",
]


def filled(ctx: Ctx, count: int = 40) -> str:
    """Runs of every sort in an experiment, some of them deleted."""
    rng = random.Random(3)
    home = experiments.create(ctx, ExperimentCreate(name="many")).id
    for place in range(count):
        params: dict[str, Any] = {"model": rng.choice(("a", "b ü", "<b>")), "mixed": rng.choice((1, "x", 2.5))}
        if place % 3:
            params["lr"] = rng.random()
        run = runs.create(
            ctx,
            RunCreate(
                experiment_id=home,
                name=f"run {place % 7}",
                user="ada" if place % 2 else "",
                group="g" if place % 4 == 0 else "",
                start_ms=1_000_000 + rng.randrange(50),
                params=params,
                tags={"stage": "dev"} if place % 2 else {},
            ),
        ).id
        values = [rng.choice((math.nan, math.inf, rng.random())) for _ in range(3)]
        batch = LogBatch(
            points=[Points(key=key, steps=[0, 1, 2], times_ms=[1, 2, 3], values=values) for key in ("loss", "a.min")],
            summary={"note": f'"{place}\n', "score": place} if place % 5 == 0 else {},
            definitions=[MetricDefinition(key="loss", goal=Goal.MAX)] if place % 2 else [],
        )
        if place % 6:
            log.log(ctx, run, batch)
        if place % 10 == 9:
            runs.update(ctx, run, RunUpdate(state=RunState.FINISHED, end_ms=2_000_000))
        if place % 11 == 10:
            runs.delete(ctx, run)
    return home


def expected(run: Any, name: str) -> Any:
    kind, _, key = name.partition(".")
    if kind != "metrics":
        return getattr(run, kind).get(key)
    key, _, what = key.rpartition(".") if "." in key else (key, "", "last")
    entry = run.metrics.get(key)
    return None if entry is None else getattr(entry, what)


@pytest.mark.parametrize("scan", [1, 1_000_000])
def test_a_table_says_what_the_runs_say(ctx: Ctx, scan: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_SCAN", scan)
    monkeypatch.setattr(queries, "_JOINS", 5)
    home = filled(ctx)
    for options in (
        {},
        {"filter": "params.lr > 0.3 and tags.stage = 'dev'"},
        {"order_by": ["metrics.loss DESC"]},
        {"order_by": ["params.model ASC", "name DESC"]},
        {"lifecycle": None},
    ):
        found = search.runs(ctx, RunSearch(experiments=[home], max_results=1_000, **options)).items
        table = tables.table(ctx, RunTable(experiments=[home], columns=COLUMNS, **options))
        assert table.ids == [run.id for run in found] and table.total == len(found) > 3
        columns = {column.name: column.values for column in table.columns}
        assert list(columns)[-len(COLUMNS) :] == COLUMNS
        for name in COLUMNS:
            for run, value in zip(found, columns[name], strict=True):
                wanted = expected(run, name)
                if name == "params.mixed":
                    wanted = str(wanted)
                if isinstance(wanted, float):
                    assert value == pytest.approx(wanted), name
                elif wanted == "NaN" and not name.endswith("loss"):
                    assert value in (None, "NaN")
                else:
                    assert value == wanted, name
        assert columns["state"] == [run.state for run in found]
        assert columns["user"] == [run.user or None for run in found]
        assert columns["group"] == [run.group or None for run in found]
        assert columns["start_ms"] == [run.start_ms for run in found]
        assert columns["duration"] == [None if run.end_ms is None else run.end_ms - run.start_ms for run in found]


def test_a_frame_of_a_table_says_what_its_json_says(ctx: Ctx) -> None:
    home = filled(ctx)
    body = RunTable(experiments=[home], columns=COLUMNS)
    table = tables.table(ctx, body)
    data = tables.table_frame(ctx, body)
    header, columns = frames.decode(data)
    assert header["ids"] == table.ids and header["total"] == table.total
    described = {each["name"]: each for each in frames.header(data)["columns"]}
    for column in table.columns:
        about, numbers = described[column.name], columns[column.name]
        assert about["kind"] == column.kind
        if column.kind in (ColumnKind.TEXT, ColumnKind.ENUM):
            assert numbers.dtype == np.int32
            assert [None if code < 0 else about["dictionary"][code] for code in numbers] == column.values
        else:
            assert numbers.dtype == np.float64
            assert about.get("nan", []) == [place for place, value in enumerate(column.values) if value == "NaN"]
            assert [value is None or value == "NaN" for value in column.values] == np.isnan(numbers).tolist()


def test_a_table_is_cut_at_its_limit_and_counts_the_rest(ctx: Ctx) -> None:
    home = filled(ctx, 12)
    table = tables.table(ctx, RunTable(experiments=[home], limit=5))
    assert (len(table.ids), table.total) == (5, 11)
    assert tables.table(ctx, RunTable(experiments=["77"])).ids == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": ["lr"]},
        {"columns": ["params."]},
        {"columns": ["points.x"]},
        {"columns": ["params.\0"]},
        {"columns": [f"params.p{n}" for n in range(301)]},
        {"limit": 0},
        {"limit": 200_001},
        {"filter": "params.lr >"},
        {"order_by": ["nothing"]},
    ],
)
def test_a_table_that_makes_no_sense_is_refused(ctx: Ctx, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        tables.table(ctx, RunTable(**wrong))


def test_keys_are_counted_over_the_runs_that_were_asked_for(ctx: Ctx) -> None:
    home = filled(ctx)
    for selection in (
        Selection(experiments=[home]),
        Selection(experiments=[home], lifecycle=None),
        Selection(experiments=[home], filter="params.model = 'a'"),
    ):
        found = search.runs(
            ctx,
            RunSearch(experiments=[home], filter=selection.filter, lifecycle=selection.lifecycle, max_results=1_000),
        ).items
        said = tables.keys(ctx, selection)
        assert said.runs == len(found)
        for kind in ("params", "tags", "metrics", "summary"):
            counts = {
                key: sum(key in getattr(run, kind) for run in found) for run in found for key in getattr(run, kind)
            }
            assert {info.key: info.runs for info in getattr(said, kind)} == counts
        kinds = {info.key: info.kind for info in said.params}
        assert kinds["lr"] == ColumnKind.NUMBER and kinds["model"] == ColumnKind.TEXT == kinds["mixed"]


def test_a_new_key_is_seen_at_once_where_looking_is_quick(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate(params={"a": 1})).id
    assert [info.key for info in tables.keys(ctx, Selection()).params] == ["a"]
    ctx.local["tracking.keys"] = {name: (0.0, *each[1:]) for name, each in ctx.local["tracking.keys"].items()}
    log.log(ctx, run, LogBatch(params={"b": 1}))
    assert [info.key for info in tables.keys(ctx, Selection()).params] == ["a", "b"]


def test_the_values_of_a_key_come_with_their_counts(ctx: Ctx) -> None:
    home = filled(ctx)
    found = search.runs(ctx, RunSearch(experiments=[home], max_results=1_000)).items
    said = tables.facets(ctx, FacetQuery(experiments=[home], key="params.model"))
    models = [run.params["model"] for run in found]
    assert {each.value: each.runs for each in said.values} == {name: models.count(name) for name in models}
    assert [each.runs for each in said.values] == sorted((each.runs for each in said.values), reverse=True)
    assert (said.distinct, said.missing, said.runs) == (3, 0, len(found))
    lr = tables.facets(ctx, FacetQuery(experiments=[home], key="params.lr", limit=2))
    assert lr.kind == ColumnKind.NUMBER and len(lr.values) == 2
    assert lr.missing == sum("lr" not in run.params for run in found)
    assert tables.facets(ctx, FacetQuery(experiments=[home], key="user")).values[0].value == "ada"
    for wrong in ({"key": "lr"}, {"key": "params.lr", "limit": 0}):
        with pytest.raises(Invalid):
            tables.facets(ctx, FacetQuery(**wrong))


def test_the_param_that_matters_is_found(ctx: Ctx) -> None:
    rng = random.Random(1)
    for place in range(60):
        lr, model = rng.random(), rng.choice("abc")
        run = runs.create(ctx, RunCreate(params={"lr": lr, "model": model, "noise": rng.random(), "same": 1})).id
        value = lr + (0.0 if model == "a" else 2.0)
        if place == 7:
            value = math.nan
        log.log(ctx, run, LogBatch(points=[Points(key="loss", steps=[0], times_ms=[0], values=[value])]))
    said = importance.of_params(ctx, ImportanceQuery(metric="loss", goal=Goal.MIN))
    assert (said.runs, said.total) == (59, 60) and said.explained is not None and said.explained > 0.5
    assert [each.param for each in said.params[:2]] == ["model", "lr"]
    by = {each.param: each for each in said.params}
    assert by["model"].correlation is None and by["model"].kind == ColumnKind.TEXT
    assert by["lr"].helps == "down" and by["noise"].helps is None and by["same"].importance is None
    assert by["noise"].importance_low <= 0.02
    assert said.params == importance.of_params(ctx, ImportanceQuery(metric="metrics.loss.last", goal=Goal.MIN)).params
    few = importance.of_params(ctx, ImportanceQuery(metric="loss", filter="params.lr < 0.1"))
    assert few.runs < 10 and few.explained is None and "too few" in few.note
    assert importance.of_params(ctx, ImportanceQuery(metric="never")).note
    with pytest.raises(Invalid):
        importance.of_params(ctx, ImportanceQuery(metric="params.model"))


def test_runs_are_found_and_ordered_by_the_best_value_of_a_metric(ctx: Ctx) -> None:
    home = filled(ctx)
    found = search.runs(ctx, RunSearch(experiments=[home], filter="best(metrics.loss) > 0.5", max_results=1_000)).items
    every = search.runs(ctx, RunSearch(experiments=[home], max_results=1_000)).items
    best = {run.id: run.metrics["loss"].best for run in every if "loss" in run.metrics}
    numbers = {name: math.inf if value == "Infinity" else value for name, value in best.items() if value is not None}
    assert {run.id for run in found} == {name for name, value in numbers.items() if value > 0.5}
    ordered = search.runs(ctx, RunSearch(experiments=[home], order_by=["best(metrics.loss) DESC"])).items
    values = [numbers[run.id] for run in ordered if run.id in numbers]
    assert values == sorted(values, reverse=True) and len(values) > 3
