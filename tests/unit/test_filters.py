"""Is the text of a filter read as docs/reference/search.md says, and refused with a message that helps?"""

from __future__ import annotations

import base64
import math
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.domains.tracking.queries.search.fields import RUNS
from modelwright.kit.dialect import open_dialect
from modelwright.kit.filters import (
    All,
    Clause,
    Kind,
    Literal,
    Name,
    Node,
    Not,
    Operator,
    Some,
    decode,
    encode,
    parse,
    where,
)
from modelwright.kit.filters.nodes import Duration
from modelwright.types.errors import Invalid

SQLITE = open_dialect("", Path())

keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
plain = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
names = st.one_of(
    st.builds(Name, keys),
    st.builds(Name, keys, plain),
    st.builds(Name, keys, plain, st.sampled_from(["min", "best", "count"])),
)
values = st.one_of(
    keys,
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.floats(allow_nan=False),
    st.builds(Duration, st.integers(-(1 << 52), 1 << 52)),
).map(Literal)


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    operator = draw(st.sampled_from(list(Operator)))
    count = {
        Operator.IS_NULL: 0,
        Operator.IS_NOT_NULL: 0,
        Operator.BETWEEN: 2,
        Operator.NOT_BETWEEN: 2,
        Operator.IN: draw(st.integers(1, 4)),
        Operator.NOT_IN: draw(st.integers(1, 4)),
    }.get(operator, 1)
    return Clause(draw(names), operator, tuple(draw(values) for _ in range(count)))


trees = st.recursive(
    clauses(),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=4).map(lambda items: All(tuple(items))),
        st.lists(inner, min_size=2, max_size=4).map(lambda items: Some(tuple(items))),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, database=None)
@given(trees)
def test_a_tree_that_is_written_out_reads_as_itself(node: Node) -> None:
    assert parse(str(node)) == node


def one(text: str) -> Clause:
    node = parse(text)
    assert isinstance(node, Clause)
    return node


@pytest.mark.parametrize(
    "text",
    [
        "metrics.m3 > 0.5 and tags.t1 = '1'",
        "metrics.m3 > 0.5 tags.t1 = '1'",
        "AND metrics.m3 > 0.5 AND tags.t1 = '1' AND",
        "metric.`m3` > 0.5 AND tag.\"t1\"='1'",
        'METRICS.m3 > .5 AnD Tags.t1 = "1"',
        "(metrics.m3 > 5e-1) AND ((tags.t1 = '1'))",
    ],
)
def test_mlflows_spellings_of_one_filter_are_one_filter(text: str) -> None:
    expected = where(parse("metrics.m3 > 0.5 AND tags.t1 = '1'"), RUNS, SQLITE)
    assert where(parse(text), RUNS, SQLITE) == expected


@pytest.mark.parametrize(
    "text",
    [
        "attributes.run_id = 'a'",
        "attribute.run_name LIKE 'a%'",
        "attr.status != 'FAILED'",
        "run.`run name` = 'x'",
        "\"Run name\" = 'x'",
        "`Run Name` ILIKE 'x'",
        "run_id IN ('a', 'b')",
        "attributes.run_id NOT IN ('a')",
        "created > 1664067852747",
        "Created <= 5",
        "start_time >= 1 end_time < 2",
        "user_id = 'me'",
        "artifact_uri = 's3://x'",
        "datasets.name = 'd'",
        "dataset.digest IN ('x')",
        "datasets.context LIKE 'tr%'",
        "params.lr = '0.1'",
        "parameter.lr != ''",
        "parameters.`a b` ILIKE '%x%'",
        "param.x IS NULL",
        "tags.mlflow.source.name = 'x.py'",
        "tags.`mlflow.parentRunId` IS NOT NULL",
        "metrics.val/loss < 1",
        "metrics.`x y` >= -1.5e-3",
        "tag.a-b:c = 'x'",
        "status = 'RUNNING'",
        "status = 'running'",
        "status IN ('FINISHED','FAILED')",
        "metrics.m != inf",
    ],
)
def test_mlflows_clauses_are_accepted(text: str) -> None:
    assert where(parse(text), RUNS, SQLITE).text


@pytest.mark.parametrize(
    "text",
    [
        "NOT (metrics.a > 1 OR params.b = 2)",
        "params.lr BETWEEN 0.001 AND 0.1",
        "duration > 1h30m",
        "duration NOT BETWEEN 5m AND 2d",
        "start_time > '2026-01-31'",
        "start_time < '2026-01-31T12:00:00+02:00'",
        "state = 'crashed'",
        "kind IN ('trial', 'step')",
        "min(metrics.loss) < 0.1",
        "BEST(metrics.acc) > 0.9",
        "count(metrics.`a.b`) = 3",
        "step(metrics.x) > 100",
        "mean(metrics.x) < 0",
        "summary.best_epoch >= 10",
        "summary.note LIKE 'ok%'",
        "run_name RLIKE '^a+$'",
        "run_name =~ 'x'",
        "run_name !~ 'x'",
        "group = 'g'",
        "parent_id IS NULL",
        "notes ILIKE '%todo%'",
        "user NOT LIKE 'a'",
        "experiment_id IN ('1', 2)",
        "metrics.x NOT IN (1, 2)",
        "tags.a = 'it''s' OR tags.b = \"it's\"",
        "params.flag = true",
        "NOT NOT status = 'FAILED'",
    ],
)
def test_our_own_clauses_are_accepted(text: str) -> None:
    assert where(parse(text), RUNS, SQLITE).text


@pytest.mark.parametrize(
    ("text", "says", "at"),
    [
        ("metrics.x == 5", "Invalid comparator '=='", 11),
        ("metrics.x <> 5", "Invalid comparator '<>'", 11),
        ("metrics.x LIKE 'a'", "Invalid comparator 'LIKE'", 11),
        ("params.x > 'a'", "Invalid comparator '>'", 10),
        ("tags.x > 'a'", "Invalid comparator '>'", 8),
        ("run_name BETWEEN 'a' AND 'b'", "Invalid comparator 'BETWEEN'", 10),
        ("status > 'A'", "Invalid comparator '>'", 8),
        ("tags.x = 5", "Expected a quoted string value for tags.x", 10),
        ("run_id = abc", "Expected a quoted string value", 10),
        ("run_id = 3f2a", "Invalid clause(s) in filter string", 10),
        ("metrics.x = '5'", "Expected numeric value type for metrics.x", 13),
        ("start_time > 'soon'", "ISO 8601", 14),
        ("params.x IN (1, 'a')", "mixed", 10),
        ("metrics.x XOR metrics.y", "Invalid clause(s) in filter string", 11),
        ("a = 'x' OR", "OR needs a clause on its right", 11),
        ("OR a = 'x'", "OR needs a clause on its left", 1),
        ("a = 'x';", "unexpected character ';'", 8),
        ("a = 'x', b = 'y'", "',' is unexpected", 8),
        ("a = 'x", "never closed", 5),
        ("`a = 'x'", "never closed", 1),
        ("(a = 'x'", "parenthesis is never closed", 1),
        ("a = 'x')", "without an opening one", 8),
        ("()", "nothing between", 1),
        ("a IN ()", "Expected a quoted string value", 7),
        ("a IN 'x'", "IN needs a list", 6),
        ("a IS 5", "expected NULL", 6),
        ("a BETWEEN 1 OR 2", "BETWEEN needs two values", 13),
        ("tags.'x' = 'y'", "backticks", 6),
        ("metrics. = 1", "a key must follow", 1),
        ("' OR 1=1--", "never closed", 1),
        ("tags.x = ‘a’", "unexpected character '‘'", 10),
        ("metric = 1", "Invalid attribute key 'metric'", 1),
        ("statu = 'x'", "Invalid attribute key 'statu'", 1),
        ("metrik.x = 1", "Invalid entity type 'metrik'", 1),
        ("mim(metrics.x) = 1", "no function 'mim'", 1),
        ("min(run_name) = 1", "min() is for", 1),
        ("state = 'finnished'", "there are queued, running", 9),
        ("run_name RLIKE '(a'", "not valid", None),
        ("run_name RLIKE '(?=a)'", "not valid", None),
        ("run_name = '\0'", "cannot be stored", 12),
        ("run_name = '\ud800'", "cannot be stored", 12),
        ("metrics.x > 5m", "not a duration", 13),
        ("1 = 1", "expected a field", 1),
        ("NOT", "NOT needs a clause", 4),
    ],
)
def test_a_refusal_says_what_and_where(text: str, says: str, at: int | None) -> None:
    with pytest.raises(Invalid) as refusal:
        where(parse(text), RUNS, SQLITE)
    assert says in refusal.value.message
    assert refusal.value.where == "filter"
    if at is not None:
        assert f"at character {at}" in refusal.value.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("statu = 'x'", "status"),
        ("metrik.x = 1", "metrics"),
        ("start_tim > 1", "start_time"),
        ("loss < 1", "metrics.loss"),
        ("mim(metrics.x) = 1", "min"),
        ("a == 1", "write ="),
    ],
)
def test_a_misspelt_name_gets_a_suggestion(text: str, hint: str) -> None:
    with pytest.raises(Invalid) as refusal:
        where(parse(text), RUNS, SQLITE)
    assert hint in refusal.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "metrics.m > 1 AND " * 10_000,
        "a = 1 " * 10_000,
        "(" * 99_999,
        "'" * 99_999,
        "`" * 99_999,
        "not " * 24_000,
        "a IN (" + "1," * 49_000,
        "a = 1 OR " * 11_000,
        "((a=1)" * 16_000,
        "\0" * 100_000,
    ],
)
def test_a_monstrous_filter_is_refused_at_once(text: str) -> None:
    start = time.thread_time()
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert time.thread_time() - start < 0.05 * 3  # 50 ms, with room for a busy machine
    assert len(refusal.value.message) < 500


@settings(max_examples=300, deadline=None, database=None)
@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        where(parse(text), RUNS, SQLITE)
    except Invalid as refusal:
        assert refusal.message and refusal.where == "filter"


def test_precedence_is_not_then_and_then_or() -> None:
    assert str(parse("a = 1 OR NOT b = 2 AND c = 3 d = 4")) == "a = 1 OR (NOT b = 2 AND c = 3 AND d = 4)"


def test_numbers_and_durations_keep_their_size() -> None:
    assert one(f"a = {2**63 - 1}").values[0].value == 2**63 - 1
    assert one(f"a = {2**63}").values[0].value == 2.0**63
    assert one("a = -inf").values[0].value == -math.inf
    assert one("a > 1h30m").values[0].value == Duration(5_400_000)
    assert one("a > 250ms").values[0].value == Duration(250)
    assert one("a > 1.5d").values[0].value == Duration(129_600_000)


KINDS = [Kind.INTEGER, Kind.NUMBER, Kind.TEXT]


def test_a_token_returns_the_position_that_it_was_made_of() -> None:
    for position in ((1, 0.5, "x"), (None, None, "x"), (-(1 << 63), math.inf, "ä"), (5, 3, "")):
        assert decode(encode(b"12345678", 0, position), b"12345678", [KINDS]) == (0, position)
    assert decode("", b"12345678", [KINDS]) is None


@pytest.mark.parametrize(
    "position",
    [
        (1, 0.5),
        (1, 0.5, "x", "y"),
        ("1", 0.5, "x"),
        (1, "0.5", "x"),
        (1, 0.5, 7),
        (1 << 63, 0.5, "x"),
        (1, math.nan, "x"),
        (1, 0.5, None),
        (True, 0.5, "x"),
        (1.0, 0.5, "x"),
        (1, 0.5, "\0"),
        (1, 0.5, b"x"),
        (1, [], "x"),
        (1, 1 << 63, "x"),
    ],
)
def test_a_token_with_values_that_do_not_fit_is_refused(position: tuple[object, ...]) -> None:
    with pytest.raises(Invalid):
        decode(encode(b"12345678", 0, position), b"12345678", [KINDS])


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
)
def test_an_invented_token_is_refused(token: str) -> None:
    if token:
        with pytest.raises(Invalid):
            decode(token, b"12345678", [KINDS])


def test_a_token_of_another_search_or_phase_is_refused() -> None:
    for bound, phase in ((b"87654321", 0), (b"12345678", 1), (b"12345678", -1)):
        with pytest.raises(Invalid):
            decode(encode(bound, phase, (1, 0.5, "x")), b"12345678", [KINDS])
