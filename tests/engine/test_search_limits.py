"""Is what nobody should ask refused, and the largest that may be asked answered, on both engines?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.domains.tracking.service import log, runs, search
from modelwright.kit.context import Ctx
from modelwright.types.errors import Invalid
from modelwright.types.ids import new_id
from modelwright.types.tracking import LogBatch, Points, RunCreate, RunSearch


def population(ctx: Ctx, count: int) -> None:
    for number in range(count):
        run = runs.create(ctx, RunCreate(name=f"run {number}", params={"p": number}, tags={"t": "y"}))
        points = [Points(key="m", steps=[0], times_ms=[0], values=[number])]
        log.log(ctx, run.id, LogBatch(points=points))


def found(ctx: Ctx, **request: Any) -> list[str]:
    return [run.id for run in search.runs(ctx, RunSearch(with_data=False, **request)).items]


def test_a_page_token_is_refused_where_it_does_not_belong(ctx: Ctx) -> None:
    population(ctx, 10)
    first = search.runs(ctx, RunSearch(max_results=3, order_by=["metrics.m"]))
    good = first.next_page
    for token, request in [
        (good, {}),
        (good, {"order_by": ["metrics.m DESC"]}),
        (good, {"order_by": ["metrics.m"], "filter": "metrics.m > 0"}),
        (good[:-3], {"order_by": ["metrics.m"]}),
        ("x" + good, {"order_by": ["metrics.m"]}),
        ("🙂", {}),
        ("e30", {}),
        ("eyJvZmZzZXQiOiAzfQ", {}),
        ("A" * 100_000, {}),
        ("gA", {}),
    ]:
        with pytest.raises(Invalid) as refusal:
            search.runs(ctx, RunSearch(max_results=3, page=token, **request))
        assert refusal.value.where == "page"


def test_the_largest_legal_filters_run_on_both_engines(ctx: Ctx) -> None:
    population(ctx, 5)
    assert found(ctx, filter=" AND ".join(f"metrics.m{n} > 0.5" for n in range(1_000))) == []
    assert len(found(ctx, filter=" OR ".join(["run_name IS NOT NULL"] * 1_000))) == 5
    assert len(found(ctx, filter="NOT (" * 25 + "metrics.m > 1" + ")" * 25)) in range(6)
    assert len(found(ctx, filter="(" * 49 + "run_name IS NOT NULL" + ")" * 49)) == 5
    assert found(ctx, filter=f"run_id IN ({','.join(repr(new_id()) for _ in range(2_500))})") == []
    assert found(ctx, filter=f"run_name LIKE '{'%a' * 400}'") == []
    assert found(ctx, filter=f"run_name ILIKE '{'%ä' * 400}'") == []


@pytest.mark.parametrize(
    "order",
    [
        "metrics.m; DROP TABLE runs",
        "(SELECT 1)",
        "metrics.m SIDEWAYS",
        "metric.m DESC NULLS",
        "nothing",
        "1",
        "",
        "json_extract(x)",
        "metrics.m DESC, start_time",
        "'a'",
    ],
)
def test_an_order_that_is_none_is_refused(ctx: Ctx, order: str) -> None:
    with pytest.raises(Invalid) as refusal:
        found(ctx, order_by=[order])
    assert refusal.value.where == "order_by"


def test_injected_text_is_only_a_value(ctx: Ctx) -> None:
    population(ctx, 5)
    for text in ("' OR 1=1--", "'; DROP TABLE runs; --", "%' OR '1'='1", "`", "?", "%s", ":x", "$1"):
        quoted = text.replace("'", "''")
        assert found(ctx, filter=f"tags.t = '{quoted}'") == []
        assert found(ctx, filter=f"tags.`{text.replace('`', '``')}` = 'x'") == []
        assert len(found(ctx, order_by=[f"metrics.`{text.replace('`', '``')}` DESC"])) == 5


def test_whatever_is_typed_is_found_or_refused(ctx: Ctx) -> None:
    population(ctx, 5)
    pieces = st.sampled_from(
        [
            "metrics.m",
            "tags.`a b`",
            "params.p",
            "status",
            "start_time",
            "duration",
            "datasets.name",
            "=",
            "!=",
            "<",
            ">=",
            "=~",
            "LIKE",
            "ILIKE",
            "RLIKE",
            "IN",
            "NOT",
            "AND",
            "OR",
            "BETWEEN",
            "IS",
            "NULL",
            "(",
            ")",
            ",",
            "'x'",
            "'(a'",
            '"y"',
            "1",
            "-2.5e3",
            "5m",
            "1e999",
            "9" * 30,
            "'2026-01-01'",
            "'0001-01-01T00:00+23:59'",
            ";",
            "==",
            "'",
            "min",
            "best(metrics.m)",
            "step(metrics.m)",
            "mean(metrics.m)",
            "summary.s",
            "inf",
            "experiment_id",
            "'\U0001f642'",
            "kind",
            "notes",
        ]
    )

    @settings(max_examples=150, deadline=None, database=None)
    @given(
        st.one_of(st.lists(pieces, max_size=9).map(" ".join), st.text(max_size=40)),
        st.text(max_size=10),
        st.text(max_size=10),
    )
    def check(text: str, order: str, page: str) -> None:
        for request in (RunSearch(filter=text), RunSearch(order_by=[order]), RunSearch(page=page)):
            try:
                search.runs(ctx, request)
            except Invalid as refusal:
                assert refusal.message and refusal.where in ("filter", "order_by", "page")

    check()


def test_filters_nested_to_the_limit_run_on_both_engines(ctx: Ctx) -> None:
    population(ctx, 5)
    left = right = "metrics.m > 1"
    for level in range(49):
        word = "AND" if level % 2 else "OR"
        left = f"(params.p = 'x' {word} {left})"
        right = f"({right} {word} tags.t LIKE 'y')"
    wide = "run_name IS NOT NULL"
    for level in range(9):
        wide = f"({wide} {'AND' if level % 2 else 'OR'} {wide})"
    for text in (left, right, "NOT " * 40 + "tags.t = 'z'", f"NOT ({wide})", f"NOT {left[1:-1]}"):
        assert len(found(ctx, filter=text)) in range(6)
