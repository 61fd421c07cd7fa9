"""Do all other lists speak the same language on both engines: experiments, logged models, audit rows, jobs?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.domains.audit import service as audit
from modelwright.domains.tracking.service import experiments, models, runs, search
from modelwright.kit import regexp
from modelwright.kit.context import Ctx
from modelwright.types.errors import Invalid
from modelwright.types.page import Search
from modelwright.types.tracking import ExperimentCreate, Lifecycle, ModelMetric, RunCreate, RunSearch


def names(ctx: Ctx, lifecycle: Lifecycle | None = Lifecycle.ACTIVE, **request: Any) -> list[str]:
    return [item.name for item in search.experiments(ctx, Search(**request), lifecycle).items]


@pytest.fixture
def three(ctx: Ctx) -> list[str]:
    """Ids of three experiments beside the one that is always there."""
    return [
        experiments.create(ctx, ExperimentCreate(name=name, tags=tags)).id
        for name, tags in (("Alpha", {"team": "vision"}), ("beta", {"team": "Text", "a b": "1"}), ("gämma", {}))
    ]


def test_experiments_are_found_by_name_id_time_and_tag(ctx: Ctx, three: list[str]) -> None:
    for text, expected in {
        "name = 'Alpha'": ["Alpha"],
        "name LIKE 'a%'": [],
        "name ILIKE 'a%'": ["Alpha"],
        "name ILIKE '%ÄM%'": ["gämma"],
        "tags.team = 'vision'": ["Alpha"],
        "tag.`a b` = '1'": ["beta"],
        "tags.team IS NULL AND name != 'Default'": ["gämma"],
        f"experiment_id = '{three[1]}'": ["beta"],
        f"id IN ('{three[0]}', {three[2]})": ["Alpha", "gämma"],
        "experiment_id = 'x'": [],
        "experiment_id != 'x' AND attribute.name RLIKE '^[Ab]'": ["Alpha", "beta"],
        "creation_time < 5": [],
        "last_update_time > '2001-01-01' AND NOT name = 'Default'": ["Alpha", "beta", "gämma"],
        "name IN ('Alpha', 'beta') OR tags.team ILIKE 'tex_'": ["Alpha", "beta"],
    }.items():
        assert sorted(names(ctx, filter=text)) == expected, text


def test_experiments_come_newest_first_and_in_any_order_in_pages(ctx: Ctx, three: list[str]) -> None:
    assert names(ctx, order_by=["name"]) == ["Alpha", "Default", "beta", "gämma"]
    assert names(ctx, order_by=["name DESC"]) == ["gämma", "beta", "Default", "Alpha"]
    assert names(ctx, order_by=["tags.team ASC"])[:2] == ["beta", "Alpha"]
    assert names(ctx, order_by=["tags.team DESC"])[:2] == ["Alpha", "beta"]
    for order in ([], ["name"], ["tags.team DESC"], ["experiment_id DESC"], ["last_update_time ASC", "name DESC"]):
        found: list[str] = []
        page = ""
        while True:
            answer = search.experiments(ctx, Search(max_results=1, order_by=order, page=page))
            found += [item.name for item in answer.items]
            page = answer.next_page
            if not page:
                break
        assert found == names(ctx, order_by=order)


def test_deleted_experiments_are_shown_when_asked_for(ctx: Ctx, three: list[str]) -> None:
    experiments.delete(ctx, three[0])
    assert "Alpha" not in names(ctx)
    assert names(ctx, Lifecycle.DELETED) == ["Alpha"]
    assert {"Alpha", "beta"} <= set(names(ctx, None))


@pytest.mark.parametrize(
    "request_",
    [
        Search(filter="metrics.x > 1"),
        Search(filter="name > 'a'"),
        Search(order_by=["start_time"]),
        Search(max_results=0),
        Search(max_results=50_001),
        Search(page="abc"),
        Search(order_by=["name"] * 11),
    ],
)
def test_a_bad_search_of_experiments_is_refused(ctx: Ctx, request_: Search) -> None:
    with pytest.raises(Invalid):
        search.experiments(ctx, request_)


def test_logged_models_are_found_by_attribute_param_tag_and_metric_on_a_dataset(ctx: Ctx, three: list[str]) -> None:
    run = runs.create(ctx, RunCreate(experiment_id=three[0]))
    made = [
        models.create(
            ctx,
            experiment_id=three[0],
            name=name,
            kind="sklearn",
            source_run_id=run.id,
            params={"depth": depth},
            tags={"stage": stage},
        )
        for name, depth, stage in (("one", "3", "x"), ("two", "5", "y"))
    ]
    models.record_metrics(
        ctx, made[0].id, [ModelMetric(key="acc", value=0.5, step=1, time_ms=1, dataset_name="a", dataset_digest="1")]
    )
    models.record_metrics(
        ctx, made[1].id, [ModelMetric(key="acc", value=0.9, step=1, time_ms=1, dataset_name="b", dataset_digest="2")]
    )

    def found(**request: Any) -> list[str]:
        return [item.name for item in search.models(ctx, [three[0]], **request).items]

    for text, expected in {
        "name = 'one'": ["one"],
        "attributes.status = 'PENDING'": ["one", "two"],
        "status = 'READY'": [],
        "params.depth = '5'": ["two"],
        "tags.stage IN ('x')": ["one"],
        "metrics.acc > 0.6": ["two"],
        "model_type LIKE 'sk%' AND NOT metrics.acc > 0.6": ["one"],
        f"source_run_id = '{run.id}'": ["one", "two"],
        f"model_id != '{made[0].id}'": ["two"],
        "creation_timestamp > 5": ["one", "two"],
    }.items():
        assert sorted(found(filter=text)) == expected, text
    assert found(filter="metrics.acc > 0.1", datasets=[("a", "")]) == ["one"]
    assert found(filter="metrics.acc > 0.1", datasets=[("a", "2")]) == []
    assert sorted(found(filter="metrics.acc > 0.1", datasets=[("a", "1"), ("b", "")])) == ["one", "two"]
    assert found(order_by=["metrics.acc DESC"]) == ["two", "one"]
    assert found(order_by=["metrics.acc ASC"]) == ["one", "two"]
    assert found(order_by=["metrics.acc DESC"], order_datasets=[("a", "1")]) == ["one", "two"]
    first = search.models(ctx, [three[0]], order_by=["metrics.acc DESC"], max_results=1)
    second = search.models(ctx, [three[0]], order_by=["metrics.acc DESC"], max_results=1, page=first.next_page)
    assert [item.name for item in first.items + second.items] == ["two", "one"] and not second.next_page
    with pytest.raises(Invalid):
        search.models(
            ctx, [three[0]], order_by=["metrics.acc DESC"], order_datasets=[("a", "1")], page=first.next_page
        )
    assert search.models(ctx, ["nobody"]).items == []
    assert len(search.models(ctx).items) == 2


def test_audit_rows_are_found_in_the_same_language(ctx: Ctx, three: list[str]) -> None:
    found = audit.search(ctx, Search(filter="action = 'experiment.created' AND actor = 'system'", max_results=2))
    assert len(found.items) == 2
    assert found.items[0].id > found.items[1].id
    more = audit.search(
        ctx, Search(filter="action = 'experiment.created' AND actor = 'system'", max_results=2, page=found.next_page)
    )
    assert {item.subject for item in found.items + more.items} >= {f"experiments/{number}" for number in three}


def test_runs_are_found_with_all_their_data_by_the_values_that_were_logged(ctx: Ctx, three: list[str]) -> None:
    run = runs.create(
        ctx,
        RunCreate(experiment_id=three[0], params={"lr": 0.25, "net": {"depth": 3}}, tags={"t": "x"}, notes="look"),
    )
    runs.create(ctx, RunCreate(experiment_id=three[0], params={"lr": "adaptive"}))
    for text in (
        "params.lr = 0.25",
        "params.lr = '0.25'",
        "params.net.depth >= 3",
        "notes LIKE 'lo%'",
        "params.lr BETWEEN 0 AND 1",
        "tags.t = 'x' AND parent_id IS NULL",
        f"run_id = '{run.id}'",
    ):
        [found] = search.runs(ctx, RunSearch(filter=text)).items
        assert found.id == run.id and found.params == {"lr": 0.25, "net.depth": 3} and found.tags["t"] == "x", text


def test_a_regular_expression_means_the_same_on_both_engines(ctx: Ctx) -> None:
    pieces = st.sampled_from(
        [
            "a",
            "b",
            "ä",
            "Z",
            "1",
            " ",
            ".",
            "*",
            "+",
            "?",
            "|",
            "(",
            ")",
            "[ab]",
            "[^a]",
            "[]b]",
            "[[:alpha:]]",
            "^",
            "$",
            r"\d",
            r"\w",
            r"\S",
            r"\b",
            r"\.",
            "{2}",
            "(?:",
            "(?i)",
            r"\x41",
            "\n",
            "-",
            "_",
            "]",
            "}",
        ]
    )
    texts = ["", "a", "ab", "aab", "Ab", "äb", "a b", "1a", "a\nb", "a.b", "Z", "-", "_b", "]", "ba}", "AZ1"]

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.lists(pieces, max_size=6).map("".join))
    def check(pattern: str) -> None:
        try:
            spelled = ctx.db.dialect.pattern(pattern)
            with ctx.db.read() as tx:
                answers = [
                    tx.rows(f"SELECT CAST(? AS TEXT) {ctx.db.dialect.matches} ?", (text, spelled))[0][0]
                    for text in texts
                ]
        except Invalid:
            return
        assert [bool(answer) for answer in answers] == [regexp.matches(pattern, text) for text in texts], (
            pattern,
            spelled,
        )

    check()
