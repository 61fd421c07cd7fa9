"""Cuts the text of a filter into tokens in one pass. Knows words, quotes, numbers and durations, not the grammar."""

from __future__ import annotations

import re
from collections.abc import Generator
from enum import Enum
from typing import NamedTuple

from modelwright.kit.filters.nodes import KEYWORDS, Duration
from modelwright.types.errors import Invalid

MAX_TEXT = 100_000
"""Longest filter, in characters."""

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<duration>-?(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+(?![\w.]))
    |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<infinite>[+-](?:inf|infinity)(?!\w))
    |(?P<name>[^\W\d][\w./\-@$:]*)
    |(?P<text>'[^']*(?:''[^']*)*')
    |(?P<double>"[^"]*(?:""[^"]*)*")
    |(?P<back>`[^`]*(?:``[^`]*)*`)
    |(?P<operator>==|=~|!=|!~|<=|>=|<>|=|<|>)
    |(?P<mark>[(),])""",
    re.VERBOSE | re.IGNORECASE,
)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])", re.IGNORECASE)


class Kind(Enum):
    """What a token is."""

    NAME = "a field"
    QUOTED = "a double-quoted text"
    TEXT = "a quoted text"
    NUMBER = "a number"
    DURATION = "a duration"
    OPERATOR = "a comparator"
    KEYWORD = "a keyword"
    MARK = "a mark"
    END = "the end"


class Token(NamedTuple):
    """A piece of the text.

    `text` is what it means (quotes removed, keywords in lower case), `key` a quoted key after a dot.
    """

    kind: Kind
    text: str
    at: int
    value: int | float | Duration | None = None
    key: str | None = None


def refuse(message: str, text: str, at: int, *, hint: str = "", where: str = "filter") -> Invalid:
    """The refusal of a text, with the place: one-based, and the text around it."""
    before = text[max(0, at - 30) : at]
    after = text[at : at + 30]
    shown = f"{'…' if at > 30 else ''}{before}⟨here⟩{after}{'…' if len(text) > at + 30 else ''}"
    return Invalid(f"{message} (at character {at + 1}: {shown})", where=where, hint=hint)


def tokens(text: str, *, where: str = "filter") -> Generator[Token]:
    """The tokens of a text, one after another, the last of kind END.

    Raises:
        Invalid: too long, an unclosed quote, or a character that begins nothing.
    """
    if len(text) > MAX_TEXT:
        raise Invalid(
            f"the filter has {len(text):,} characters; at most {MAX_TEXT:,} are allowed",
            where=where,
            hint="ask for fewer things at once",
        )
    at = 0
    match_at = _TOKEN.match
    while at < len(text):
        found = match_at(text, at)
        if found is None:
            raise _stray(text, at, where)
        group, piece = found.lastgroup, found.group()
        end = found.end()
        if group == "name":
            token, end = _name(text, piece, at, end, where)
            yield token
        elif group == "text":
            yield Token(Kind.TEXT, _clean(piece[1:-1].replace("''", "'"), text, at, where), at)
        elif group == "double" or group == "back":
            mark = piece[0]
            kind = Kind.QUOTED if mark == '"' else Kind.NAME
            inner = _clean(piece[1:-1].replace(mark * 2, mark), text, at, where)
            yield Token(kind, "", at, key=inner) if kind is Kind.NAME else Token(kind, inner, at)
        elif group == "number":
            yield Token(Kind.NUMBER, piece, at, _number(piece))
        elif group == "infinite":
            yield Token(Kind.NUMBER, piece, at, float(piece))
        elif group == "duration":
            yield Token(Kind.DURATION, piece, at, _duration(piece))
        elif group == "operator":
            yield Token(Kind.OPERATOR, piece, at)
        elif group == "mark":
            yield Token(Kind.MARK, piece, at)
        at = end
    yield Token(Kind.END, "", len(text))


def _name(text: str, piece: str, at: int, end: int, where: str) -> tuple[Token, int]:
    """A word, or a word and a dot and a quoted key."""
    if piece.endswith(".") and text[end : end + 1] in ("`", '"'):
        quoted = _TOKEN.match(text, end)
        if quoted is None:
            raise _stray(text, end, where)
        mark = text[end]
        key = _clean(quoted.group()[1:-1].replace(mark * 2, mark), text, end, where)
        return Token(Kind.NAME, piece[:-1], at, key=key), quoted.end()
    if piece.endswith(".") and text[end : end + 1] == "'":
        raise refuse(
            "Invalid clause(s) in filter string: a key is quoted with backticks",
            text,
            end,
            where=where,
            hint=f"write {piece}`key`",
        )
    lower = piece.lower()
    if lower in KEYWORDS:
        return Token(Kind.KEYWORD, lower, at), end
    return Token(Kind.NAME, piece, at), end


def _clean(value: str, text: str, at: int, where: str) -> str:
    """A quoted value, which no database could hold if it had a NUL or half a surrogate pair."""
    if "\0" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise refuse("the text has a character that cannot be stored", text, at, where=where)
    return value


def _stray(text: str, at: int, where: str) -> Invalid:
    character = text[at]
    if character in "'\"`":
        return refuse(
            f"Invalid clause(s) in filter string: the quote {character} is never closed", text, at, where=where
        )
    if character.isdigit() or character in "+-.":
        return refuse(
            "Invalid clause(s) in filter string: this is neither a number nor a duration",
            text,
            at,
            where=where,
            hint="Expected a quoted string value: put quotes around texts, as in 'my-value'; durations are 90s, 5m, 2h",
        )
    return refuse(
        f"Invalid clause(s) in filter string: unexpected character {character!r}",
        text,
        at,
        where=where,
        hint="quote keys with backticks and values with single quotes",
    )


def _number(piece: str) -> int | float:
    if len(piece) <= 20:
        try:
            whole = int(piece)
        except ValueError:
            return float(piece)
        return whole if -(1 << 63) <= whole < 1 << 63 else float(whole)
    return float(piece)


def _duration(piece: str) -> Duration:
    total = sum(float(size) * _UNITS[unit.lower()] for size, unit in _PART.findall(piece))
    total = min(total, float(1 << 62))
    return Duration(round(-total if piece.startswith("-") else total))
