"""Limits, params, states and blocks of tracking: pure decisions."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelwright.domains.tracking.rules import blocks, limits, names, params, places, states
from modelwright.types.errors import Invalid
from modelwright.types.tracking import RunState

STATES = st.sampled_from(list(RunState))
TIMES = st.integers(0, 10_000)


@pytest.mark.parametrize("key", ["", "x" * 501, "a\x00", "a\nb", "\ud800", "tab\t"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        limits.key(key)


@pytest.mark.parametrize("key", ["loss", "train/loss", "x" * 500, "größe 🙂", "a=b;--", "'; DROP TABLE runs; --"])
def test_any_printable_key_is_kept_natively(key: str) -> None:
    assert limits.key(key) == key


@pytest.mark.parametrize("key", ["", "x" * 251, "a*b", "../a", "a/../b", "/a", "a//b", "a/", ".", "..", "a\nb"])
def test_a_key_outside_the_foreign_alphabet_is_refused_on_the_wire(key: str) -> None:
    with pytest.raises(Invalid):
        limits.wire_key(key)


@pytest.mark.parametrize("key", ["loss", "train/loss", "a b-c_d.e:f", "x" * 250, "größe"])
def test_a_key_of_the_foreign_alphabet_passes_on_the_wire(key: str) -> None:
    assert limits.wire_key(key) == key


@pytest.mark.parametrize("text", ["", "a", "-1", "1.0", "９", "9" * 20, "9223372036854775808", "0x1", " 1"])
def test_what_no_experiment_can_have_as_id_is_none(text: str) -> None:
    assert limits.experiment_number(text) is None


def test_experiment_ids_are_decimal_up_to_64_bits() -> None:
    assert limits.experiment_number("0") == 0
    assert limits.experiment_number(str(2**63 - 1)) == 2**63 - 1


@pytest.mark.parametrize(
    "place",
    [
        "s3://b/../c",
        "s3://b/%2e%2e/c",
        "s3://b/%252e%252e/c",
        "s3://b#x",
        "s3://b/%23x",
        "a\x00b",
        "x" * 2049,
        "file:///a?x=..",
        "dir?x=1",
    ],
)
def test_a_location_that_could_lead_elsewhere_is_refused(place: str) -> None:
    with pytest.raises(Invalid):
        limits.location(place)


@pytest.mark.parametrize(
    "place", ["", "s3://bucket/prefix", "mlflow-artifacts:/1", "file:///tmp/x", "s3://b/p?versionId=3", "C:/tmp"]
)
def test_an_honest_location_is_kept(place: str) -> None:
    assert limits.location(place) == place


def test_a_query_stays_at_the_end_of_a_location() -> None:
    assert places.within("s3://b/p/?x=1", "r/artifacts") == "s3://b/p/r/artifacts?x=1"
    assert places.within("mlflow-artifacts:/1", "r/artifacts") == "mlflow-artifacts:/1/r/artifacts"


@given(st.integers(0, 2**64))
def test_generated_names_are_two_words_and_a_number(number: int) -> None:
    adjective, animal, digits = names.generated(number).split("-")
    assert adjective.isalpha() and animal.isalpha() and digits.isdigit()


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=3)
)
TREES = st.dictionaries(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5),
    st.recursive(
        LEAVES,
        lambda inner: st.dictionaries(
            st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5), inner, max_size=3
        ),
        max_leaves=8,
    ),
    max_size=5,
)


def unflattened(flat: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        *above, last = key.split(".")
        node = tree
        for name in above:
            node = node.setdefault(name, {})
        node[last] = value
    return tree


@given(TREES)
def test_flattening_loses_nothing(tree: dict[str, Any]) -> None:
    assert unflattened(params.flatten(tree)) == tree


def test_two_spellings_of_one_param_are_refused() -> None:
    with pytest.raises(Invalid):
        params.flatten({"a.b": 1, "a": {"b": 2}})


@pytest.mark.parametrize("value", [b"bytes", object(), [object()], {"a": [{1: 2}]}])
def test_a_value_that_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        for key, item in params.flatten({"k": value}).items():
            params.stored(key, item)


def test_nesting_without_end_is_refused() -> None:
    tree: dict[str, Any] = {}
    for _ in range(2_000):
        tree = {"a": tree}
    with pytest.raises(Invalid):
        params.flatten(tree)
    deep: list[Any] = []
    for _ in range(2_000):
        deep = [deep]
    with pytest.raises(Invalid):
        params.stored("k", deep)


@pytest.mark.parametrize(
    ("value", "json", "text", "number"),
    [
        (0.001, "0.001", "0.001", 0.001),
        (3, "3", "3", 3.0),
        (True, "true", "True", None),
        ("0.5", '"0.5"', "0.5", 0.5),
        ("1e3", '"1e3"', "1e3", 1000.0),
        ("adam", '"adam"', "adam", None),
        (None, "null", "None", None),
        ([1, "a"], '[1,"a"]', "[1, 'a']", None),
        (math.nan, '"NaN"', "nan", None),
        ("inf", '"inf"', "inf", None),
        ("", '""', "", None),
        ("1_000", '"1_000"', "1_000", None),
        (2**70, str(2**70), str(2**70), float(2**70)),
    ],
)
def test_a_param_is_kept_typed_and_as_text_and_as_a_number(
    value: Any, json: str, text: str, number: float | None
) -> None:
    assert params.stored("k", value) == (json, text, number)


def test_an_integer_of_ten_thousand_digits_is_refused() -> None:
    with pytest.raises(Invalid):
        params.stored("k", 10**10_000)


@given(st.lists(st.tuples(STATES, st.none() | TIMES), max_size=12), STATES, TIMES)
def test_a_run_has_an_end_exactly_when_it_has_ended(
    moves: list[tuple[RunState, int | None]], first: RunState, now: int
) -> None:
    course = states.begin(first, now)
    for state, end in moves:
        now += 7
        course = states.move(course, state, now, end)
        assert course.state is state
        assert (course.end_ms is not None) == (state in states.ENDED)
        assert state is RunState.QUEUED or course.start_ms is not None


@given(STATES, TIMES, st.booleans())
def test_only_a_crashed_run_is_revived(state: RunState, now: int, stop: bool) -> None:
    course = states.Course(state, 1, 2 if state in states.ENDED else None, stop)
    revived = states.revive(course)
    assert revived == (states.Course(RunState.RUNNING, 1, None, stop) if state is RunState.CRASHED else course)


@given(STATES, st.none() | TIMES, TIMES)
def test_only_a_running_run_that_promised_heartbeats_crashes(
    state: RunState, heartbeat: int | None, since: int
) -> None:
    crashed = states.crashes(states.Course(state), heartbeat, since)
    assert crashed == (state is RunState.RUNNING and heartbeat is not None and heartbeat < since)


def test_resuming_takes_a_request_to_stop_back_but_repeating_running_does_not() -> None:
    ended = states.Course(RunState.FINISHED, 1, 2, stop=True)
    assert not states.move(ended, RunState.RUNNING, 9).stop
    assert states.move(states.Course(RunState.RUNNING, 1, None, stop=True), RunState.RUNNING, 9).stop


def test_ending_twice_keeps_the_first_end_unless_a_new_one_is_named() -> None:
    ended = states.move(states.Course(RunState.RUNNING, 1), RunState.FINISHED, 50)
    assert states.move(ended, RunState.FAILED, 99).end_ms == 50
    assert states.move(ended, RunState.FAILED, 99, 60).end_ms == 60


@given(st.lists(st.integers(1, 700), min_size=1, max_size=120))
def test_console_blocks_stay_few_and_no_line_is_lost(batches: list[int]) -> None:
    tail: list[int] = []  # lines of each block, newest first
    for arriving in batches:
        taken = blocks.to_merge([(count, 0) for count in tail[: blocks.TAIL]], arriving)
        tail[:taken] = [sum(tail[:taken]) + arriving]
    assert sum(tail) == sum(batches)
    assert len(tail) <= blocks.TAIL + sum(batches) // 512
