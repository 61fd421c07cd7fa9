"""Do patterns of callers mean one thing, and take linear time?"""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.kit import regexp
from modelwright.types.errors import Invalid


def test_a_catastrophic_pattern_takes_no_time() -> None:
    start = time.thread_time()
    for pattern in ("(a+)+$", "(a|aa)+$", "(.*a){20}"):
        regexp.check(pattern)
        regexp.matches(pattern, "a" * 20_000 + "!")
    assert time.thread_time() - start < 2


@pytest.mark.parametrize(
    "pattern", ["(a", "(?=a)", r"(a)\1", "a{2000}", "x" * 1_001, "\ud800", "*", "[z-a]", "(" * 900, r"\p{Nope}"]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid) as refusal:
        regexp.check(pattern)
    assert refusal.value.where == "filter"


def test_case_is_overlooked_in_every_script() -> None:
    for pattern, text in (
        ("äÖ%", "Äö und so"),
        ("%σ", "ΠΣ"),
        ("я_", "Яз"),
        ("a.b", "A.B"),
        ("[x]", "[X]"),
        ("%", "a\nb"),
        ("", ""),
    ):
        assert regexp.matches(regexp.blind(pattern), text)
    for pattern, text in (("a.b", "AxB"), ("a", "b"), ("_", ""), ("a", "a\n"), ("ß", "SS")):
        assert not regexp.matches(regexp.blind(pattern), text)


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"^\d+[\w-]$", "^[0-9]+[0-9A-Za-z_-]$"),
        (r"(?i)abc", "(?i)abc"),
        (r"(?s)a.b", "a.b"),
        (r"(?P<n>a)|b", "(?:a)|b"),
        (r"\z", r"\Z"),
        (r"[]a]\z", r"[\]a]\Z"),
        (r"\x41\x{1F600}", r"\U00000041\U0001F600"),
        (r"[[.a.]]", r"[\[.a.]]"),
        (r"[^[:alpha:]_]", "[^A-Za-z_]"),
        (r"\.\S", r"\.[^\t\n\f\r ]"),
    ],
)
def test_postgresql_gets_its_own_spelling(pattern: str, written: str) -> None:
    assert regexp.postgres(pattern) == written


@pytest.mark.parametrize("pattern", [r"\pL", r"a(?i)b", r"a{300}", r"[\D]", r"\Qa\E", r"[[:^digit:]]"])
def test_what_postgresql_cannot_match_is_refused_with_a_reason(pattern: str) -> None:
    regexp.check(pattern)
    with pytest.raises(Invalid, match="PostgreSQL"):
        regexp.postgres(pattern)


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(st.sampled_from(r"ab\[](){}?*+.^$|-:P<x41>dwWsSQEpL,0"), max_size=12))
def test_any_text_is_rewritten_or_refused(pattern: str) -> None:
    with contextlib.suppress(Invalid):
        regexp.postgres(pattern)
