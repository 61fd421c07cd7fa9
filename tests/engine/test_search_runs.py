"""Do filters and orders of runs mean on both engines what docs/reference/search.md says? A bit of Python judges."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.domains.tracking.service import search
from modelwright.kit.context import Ctx
from modelwright.kit.filters import All, Clause, Literal, Name, Node, Not, Operator, Some
from modelwright.types.ids import new_id
from modelwright.types.tracking import Lifecycle, RunKind, RunSearch

NAN = math.nan
WORDS = ["", "a", "A", "ab", "aB", "ä", "Ä", "ÄB", "a_b", "50%", "x'y", 'q"', "b`", "日本", "a\nb", "back\\slash"]
NUMBERS = [-1.5, 0.0, 0.5, 1.0, 1.0, 2.0, 1e300, math.inf, -math.inf, NAN]
STATUS = {
    "queued": "SCHEDULED",
    "running": "RUNNING",
    "finished": "FINISHED",
    "failed": "FAILED",
    "killed": "KILLED",
    "crashed": "FAILED",
}


@dataclass
class Known:
    """A run as the judge sees it. A metric is (last, least, most, count)."""

    id: str
    name: str
    state: str
    experiment: int
    start: int | None
    end: int | None
    group: str
    metrics: dict[str, tuple[float, float | None, float | None, int]] = field(default_factory=dict)
    params: dict[str, tuple[str, float | None]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    datasets: list[str] = field(default_factory=list)


def experiment(ctx: Ctx, name: str) -> int:
    with ctx.db.write() as tx:
        row = tx.row(
            "INSERT INTO experiments (workspace, name, created_ms, updated_ms) VALUES (?, ?, 1, 1) RETURNING id",
            (ctx.workspace, name),
        )
        assert row is not None
        return row[0]


def store(ctx: Ctx, run: Known) -> None:
    with ctx.db.write() as tx:
        row = tx.row(
            "INSERT INTO runs (id, workspace, experiment, name, kind, state, group_name, created_ms, start_ms, end_ms) "
            "VALUES (?,?,?,?,?,?,?,?,?,?) RETURNING seq",
            (
                run.id,
                ctx.workspace,
                run.experiment,
                run.name,
                "training",
                run.state,
                run.group,
                5,
                run.start,
                run.end,
            ),
        )
        assert row is not None
        seq = row[0]
        for key, (last, least, most, count) in run.metrics.items():
            tx.execute(
                'INSERT INTO metrics (run, key, experiment, "last", last_step, last_ms, "count", nans, "min", "max", '
                '"sum") VALUES (?,?,?,?,3,4,?,?,?,?,?)',
                (
                    seq,
                    key,
                    run.experiment,
                    None if last != last else last,
                    count,
                    count if least is None else 0,
                    least,
                    most,
                    least,
                ),
            )
        tx.many(
            "INSERT INTO params (run, key, value, text, number) VALUES (?,?,?,?,?)",
            [(seq, key, '""', text, number) for key, (text, number) in run.params.items()],
        )
        tx.many("INSERT INTO tags (run, key, value) VALUES (?,?,?)", [(seq, *item) for item in run.tags.items()])
        for name in run.datasets:
            tx.execute(
                "INSERT INTO datasets (experiment, name, digest) VALUES (?,?,'d') ON CONFLICT DO NOTHING",
                (run.experiment, name),
            )
            tx.execute(
                "INSERT INTO dataset_inputs (run, dataset) SELECT ?, id FROM datasets WHERE experiment = ? "
                "AND name = ?",
                (seq, run.experiment, name),
            )


def population(ctx: Ctx, count: int = 60) -> list[Known]:
    """Runs of two experiments, with ties, NaN, infinities and things missing; the same on every call."""
    import random

    rnd = random.Random(11)
    homes = [experiment(ctx, "one"), experiment(ctx, "two")]
    runs: list[Known] = []
    for _ in range(count):
        start = rnd.choice([None, 1_000, 2_000, 3_000])
        run = Known(
            new_id(),
            rnd.choice(WORDS),
            rnd.choice(list(STATUS)),
            rnd.choice(homes),
            start,
            rnd.choice([None, 2_000, 62_000]),
            rnd.choice(WORDS),
        )
        for key in ("m", "a b", "x.y"):
            if rnd.random() < 0.7:
                last = rnd.choice(NUMBERS)
                least = None if last != last else min(last, 0.5)
                run.metrics[key] = (last, least, None if least is None else max(last, 0.75), rnd.randint(1, 3))
        for key in ("p", "q.r"):
            if rnd.random() < 0.7:
                number = rnd.choice([None, 0.5, 1.0, 2.0])
                run.params[key] = (rnd.choice(WORDS) if number is None else str(number), number)
        for key in ("t", "mlflow.user"):
            if rnd.random() < 0.7:
                run.tags[key] = rnd.choice(WORDS)
        run.datasets = rnd.sample(["d1", "d2", "ä"], rnd.randint(0, 2))
        store(ctx, run)
        runs.append(run)
    return runs


# The judge


def looked_up(run: Known, name: Name) -> list[Any]:
    """The values of a field; none when it is missing. A param is its number too."""
    if name.prefix == "metrics":
        found = run.metrics.get(name.key)
        if found is None:
            return []
        place = {"": 0, "last": 0, "min": 1, "max": 2, "count": 3}[name.function]
        return [NAN if found[place] is None else found[place]]
    if name.prefix == "params":
        return [run.params[name.key]] if name.key in run.params else []
    if name.prefix == "tags":
        return [run.tags[name.key]] if name.key in run.tags else []
    if name.prefix == "datasets":
        return run.datasets
    value = {
        "run_name": run.name,
        "status": STATUS[run.state],
        "state": run.state,
        "start_time": run.start,
        "run_id": run.id,
        "group": run.group or None,
        "experiment_id": str(run.experiment),
        "duration": None if run.start is None or run.end is None else run.end - run.start,
    }[name.key]
    return [] if value is None else [value]


def like(text: str, pattern: str, *, blind: bool) -> bool:
    parts = [".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL | (re.IGNORECASE if blind else 0)) is not None


def holds(value: Any, operator: Operator, wanted: list[Any]) -> bool:
    if isinstance(value, tuple):  # a param
        text, number = value
        if isinstance(wanted[0], str):
            return holds(text, operator, wanted)
        return operator in (Operator.NE, Operator.NOT_IN) if number is None else holds(number, operator, wanted)
    if isinstance(value, float) and value != value:
        return operator in (Operator.NE, Operator.NOT_IN)
    first = wanted[0]
    tests: dict[Operator, Callable[[], bool]] = {
        Operator.EQ: lambda: value == first,
        Operator.NE: lambda: value != first,
        Operator.LT: lambda: value < first,
        Operator.LE: lambda: value <= first,
        Operator.GT: lambda: value > first,
        Operator.GE: lambda: value >= first,
        Operator.IN: lambda: value in wanted,
        Operator.NOT_IN: lambda: value not in wanted,
        Operator.BETWEEN: lambda: wanted[0] <= value <= wanted[1],
        Operator.NOT_BETWEEN: lambda: not wanted[0] <= value <= wanted[1],
        Operator.LIKE: lambda: like(value, first, blind=False),
        Operator.NOT_LIKE: lambda: not like(value, first, blind=False),
        Operator.ILIKE: lambda: like(value, first, blind=True),
        Operator.NOT_ILIKE: lambda: not like(value, first, blind=True),
        Operator.RLIKE: lambda: re.search(first, value, re.DOTALL | re.ASCII) is not None,
        Operator.NOT_RLIKE: lambda: re.search(first, value, re.DOTALL | re.ASCII) is None,
    }
    return tests[operator]()


def judged(run: Known, node: Node) -> bool:
    if isinstance(node, Not):
        return not judged(run, node.item)
    if isinstance(node, (All, Some)):
        return (all if isinstance(node, All) else any)(judged(run, item) for item in node.items)
    values = looked_up(run, node.name)
    if node.operator is Operator.IS_NULL:
        return not values
    if node.operator is Operator.IS_NOT_NULL:
        return bool(values)
    wanted = [literal.value for literal in node.values]
    return any(holds(value, node.operator, wanted) for value in values)


# Filters

EXACT = [Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN]
NUMERIC = [*EXACT, Operator.LT, Operator.LE, Operator.GT, Operator.GE, Operator.BETWEEN, Operator.NOT_BETWEEN]
LIKES = [Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE]
NULLS = [Operator.IS_NULL, Operator.IS_NOT_NULL]
numbers = st.sampled_from([-2, -1.5, 0, 0.5, 1, 1.0, 2, 3.5, math.inf, -math.inf])
words = st.sampled_from(WORDS)
patterns = st.lists(
    st.sampled_from(["%", "_", "a", "A", "b", "ä", "Ä", "\\", "日", "'", ".", "*", "["]), max_size=5
).map("".join)
expressions = st.sampled_from(
    ["^a", "b$", "(?i)AB", "[aä].", "^$", r"\d+", "a|ä", "本", r"^\w+$", "(a+)+$", "a.b", r"\\"]
)
number_names = st.builds(
    Name,
    st.sampled_from(["m", "a b", "x.y", "none"]),
    st.just("metrics"),
    st.sampled_from(["", "last", "min", "max", "count"]),
)
text_names = st.sampled_from(
    [
        Name("run_name"),
        Name("group"),
        Name("t", "tags"),
        Name("mlflow.user", "tags"),
        Name("p", "params"),
        Name("q.r", "params"),
        Name("name", "datasets"),
        Name("none", "tags"),
    ]
)


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    def of(name: Name, operators: list[Operator], values: st.SearchStrategy[Any]) -> Clause:
        operator = draw(st.sampled_from([*operators, *NULLS]))
        count = 2 if operator in (Operator.BETWEEN, Operator.NOT_BETWEEN) else 1
        if operator in (Operator.IN, Operator.NOT_IN):
            count = draw(st.integers(1, 3))
        if operator in NULLS:
            count = 0
        return Clause(name, operator, tuple(Literal(draw(values)) for _ in range(count)))

    sort = draw(
        st.sampled_from(["number", "param", "text", "pattern", "regexp", "status", "state", "time", "duration", "id"])
    )
    if sort == "number":
        return of(draw(number_names), NUMERIC, numbers)
    if sort == "param":
        return of(Name(draw(st.sampled_from(["p", "q.r", "none"])), "params"), NUMERIC, numbers)
    if sort == "text":
        return of(draw(text_names), EXACT, words)
    if sort == "pattern":
        return of(draw(text_names), LIKES, patterns)
    if sort == "regexp":
        return of(draw(text_names), [Operator.RLIKE, Operator.NOT_RLIKE], expressions)
    if sort == "status":
        return of(
            Name("status"), [*EXACT, Operator.LIKE], st.sampled_from(["RUNNING", "FAILED", "SCHEDULED", "NONE"])
        )
    if sort == "state":
        return of(Name("state"), EXACT, st.sampled_from(list(STATUS)))
    if sort == "time":
        return of(Name("start_time"), NUMERIC, st.sampled_from([999, 1_000, 2_000, 2_500, 3_000]))
    if sort == "duration":
        return of(Name("duration"), NUMERIC, st.sampled_from([-1_000, 0, 59_000, 60_000, 61_000]))
    return of(Name("experiment_id"), EXACT, st.sampled_from(["1", "2", "3", "x"]))


trees = st.recursive(
    clauses(),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda items: All(tuple(items)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda items: Some(tuple(items)), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)


def found(ctx: Ctx, **request: Any) -> list[str]:
    return [run.id for run in search.runs(ctx, RunSearch(with_data=False, **{"max_results": 1_000, **request})).items]


def test_a_filter_finds_exactly_the_runs_that_it_describes(ctx: Ctx) -> None:
    runs = population(ctx)

    @settings(max_examples=150, deadline=None, database=None)
    @given(trees)
    def check(node: Node) -> None:
        text = str(node)
        expected = {run.id for run in runs if judged(run, node)}
        assert set(found(ctx, filter=text)) == expected, text
        assert search.count(ctx, RunSearch(filter=text)) == len(expected)

    check()


# Orders


def sortable(run: Known, name: Name, *, down: bool) -> tuple[Any, ...]:
    """Python's key of one order item: rank, then the value."""
    values = looked_up(run, name)
    if not values:
        return (2, 0, Text("", down=down))
    value = values[0]
    sign = -1 if down else 1
    if isinstance(value, tuple):
        text, number = value
        return (1, 0, Text(text, down=down)) if number is None else (0, sign * number, Text(text, down=down))
    if isinstance(value, str):
        return (0, 0, Text(value, down=down))
    return (1, 0, Text("", down=down)) if value != value else (0, sign * value, Text("", down=down))


class Text:
    """A text that sorts by code point, backwards when `down`."""

    def __init__(self, text: str, *, down: bool) -> None:
        self.text, self.down = text, down

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.text == other.text

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: Text) -> bool:
        return other.text < self.text if self.down else self.text < other.text


ORDERS = [
    [],
    ["metrics.m DESC"],
    ["metrics.m ASC"],
    ["metrics.`a b`"],
    ["params.p"],
    ["params.p DESC"],
    ["tags.t DESC", "metrics.m"],
    ["start_time ASC"],
    ["start_time"],
    ["attributes.start_time DESC", "metrics.m DESC"],
    ["run_name", "metrics.x.y DESC"],
    ["duration DESC"],
    ["group ASC"],
    ["status", "start_time"],
    ["metrics.m DESC", "metrics.`a b` DESC", "params.p"],
    ["max(metrics.m) DESC"],
    ["count(metrics.m)", "metrics.none"],
    ["experiment_id DESC"],
    ["metrics.none"],
]


def expected_order(runs: list[Known], order: list[str]) -> list[str]:
    from modelwright.kit.filters.parser import parse_name

    def key(run: Known) -> tuple[Any, ...]:
        parts: list[Any] = []
        for item in order:
            name, direction = parse_name(item, where="order_by")
            name = Name(name.key) if name.prefix == "attributes" else name
            if name.key == "experiment_id":
                parts.append(-run.experiment)
            else:
                parts.append(sortable(run, name, down=direction == "desc"))
        start = -math.inf if run.start is None else run.start
        return (*parts, -start, run.id)

    return [run.id for run in sorted(runs, key=key)]


def test_every_order_is_the_documented_one_and_pages_concatenate_to_it(ctx: Ctx) -> None:
    runs = population(ctx)
    for order in ORDERS:
        expected = expected_order(runs, order)
        assert found(ctx, order_by=order) == expected, order
        for size in (1, 7, 59):
            assert paged(ctx, size, order_by=order) == expected, (order, size)


def test_a_filter_and_an_order_together_page_through_what_both_say(ctx: Ctx) -> None:
    runs = population(ctx)
    text = "tags.t IS NOT NULL AND NOT metrics.m > 1"
    for order in ORDERS:
        expected = [
            run_id
            for run_id in expected_order(runs, order)
            for run in runs
            if run.id == run_id and "t" in run.tags and not run.metrics.get("m", (NAN,))[0] > 1
        ]
        assert paged(ctx, 4, order_by=order, filter=text) == expected, order


def paged(ctx: Ctx, size: int, between: Callable[[], None] | None = None, **request: Any) -> list[str]:
    ids: list[str] = []
    page = ""
    while True:
        answer = search.runs(ctx, RunSearch(with_data=False, max_results=size, page=page, **request))
        assert len(answer.items) <= size
        ids += [run.id for run in answer.items]
        page = answer.next_page
        if not page:
            return ids
        if between:
            between()


def test_runs_that_arrive_while_paging_neither_repeat_nor_hide_the_others(ctx: Ctx) -> None:
    runs = population(ctx, 30)
    for order in ([], ["metrics.m DESC"], ["params.p"]):
        added: list[Known] = []

        def arrive(added: list[Known] = added, home: int = runs[0].experiment) -> None:
            run = Known(new_id(), "late", "running", home, 2_000, None, "", {"m": (1.0, 1.0, 1.0, 1)})
            store(ctx, run)
            added.append(run)

        ids = paged(ctx, 5, between=arrive, order_by=order)
        assert len(ids) == len(set(ids))
        assert [run_id for run_id in ids if run_id not in {run.id for run in added}] == expected_order(runs, order)
        runs += added


def test_a_full_last_page_has_no_token(ctx: Ctx) -> None:
    runs = population(ctx, 10)
    answer = search.runs(ctx, RunSearch(max_results=len(runs)))
    assert len(answer.items) == len(runs) and answer.next_page == ""


def test_scope_is_the_workspace_its_experiments_and_the_lifecycle(ctx: Ctx) -> None:
    runs = population(ctx, 20)
    one = runs[0].experiment
    with ctx.db.write() as tx:
        tx.execute("UPDATE runs SET lifecycle = 'deleted' WHERE id = ?", (runs[0].id,))
        tx.execute("UPDATE runs SET lifecycle = 'purged' WHERE id = ?", (runs[1].id,))
    alive = {run.id for run in runs[2:]}
    assert set(found(ctx)) == alive
    assert found(ctx, lifecycle=Lifecycle.DELETED) == [runs[0].id]
    assert set(found(ctx, lifecycle=None)) == alive | {runs[0].id}
    assert set(paged(ctx, 3, lifecycle=None, order_by=["metrics.m"])) == alive | {runs[0].id}
    assert set(found(ctx, experiments=[str(one)])) == {run.id for run in runs[2:] if run.experiment == one}
    assert found(ctx, experiments=["999", "-1", "x", "9" * 30]) == []
    assert found(ctx, kinds=[RunKind.TRIAL]) == []
    assert set(found(ctx, kinds=[RunKind.TRAINING, RunKind.TRIAL])) == alive
    elsewhere = ctx.acting(ctx.actor, "elsewhere")
    assert found(elsewhere) == [] and found(elsewhere, experiments=[str(one)]) == []
    assert search.count(elsewhere, RunSearch()) == 0


def test_many_experiments_are_searched_as_one(ctx: Ctx) -> None:
    homes = [experiment(ctx, f"e{n}") for n in range(50)]
    runs = [
        Known(new_id(), "r", "running", home, n % 3, None, "", {"m": (float(n % 5), 0.0, 1.0, 1)})
        for n, home in enumerate(homes)
    ]
    for run in runs:
        store(ctx, run)
    for order in ([], ["metrics.m DESC"]):
        assert paged(ctx, 9, order_by=order) == expected_order(runs, order)
        some = [str(home) for home in homes[:45]]
        assert paged(ctx, 9, order_by=order, experiments=some) == expected_order(runs[:45], order)
