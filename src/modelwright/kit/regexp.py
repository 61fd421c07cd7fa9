"""Regular expressions and case-blind patterns of callers, in linear time and with one meaning on both engines.

The syntax is RE2's (https://github.com/google/re2/wiki/Syntax): no back-references, no look-around, so matching takes
time linear in the text. A dot matches line breaks too, `^` and `$` are the ends of the text, `\\d \\w \\s` are ASCII.
SQLite calls RE2 itself; PostgreSQL runs the same pattern rewritten for its own engine, under the statement timeout.
Knows nothing of filters, columns or rows.
"""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import re2

from modelwright.types.errors import Invalid

MAX_PATTERN = 1_000
"""Longest pattern, in characters."""
_MAX_MEMORY = 1 << 20
_SPECIAL = set(".^$*+?()[]{}|\\")

_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_NAMED = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\u0001-\u007F", "blank": r"\t ",
    "cntrl": r"\u0001-\u001F\u007F", "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_SAME = set("Atnrfva")
_WORD = f"[{_CLASSES['w']}]"
# PostgreSQL's own \y and \Y take letters of all scripts for words.
_BOUNDARIES = {
    "b": f"(?:(?<!{_WORD})(?={_WORD})|(?<={_WORD})(?!{_WORD}))",
    "B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}


def install(connection: sqlite3.Connection) -> None:
    """Give a SQLite session the operator `text REGEXP pattern`. Patterns must have passed `check` before."""
    connection.create_function("regexp", 2, _regexp, deterministic=True)


def check(pattern: str) -> None:
    """Refuse what is not a pattern.

    Raises:
        Invalid: too long, too large when compiled, or not in RE2's syntax.
    """
    if len(pattern) > MAX_PATTERN:
        raise Invalid(f"the regular expression is longer than {MAX_PATTERN:,} characters", where="filter")
    _compiled(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern that passed `check`, or that `blind` made, occurs in the text."""
    return _compiled(pattern)(text.encode("utf-8", "replace")) is not None


def blind(pattern: str) -> str:
    """The regular expression of a case-blind LIKE pattern (`%` any text, `_` any character), for both engines.

    Two characters are alike when one is the lower or upper case of the other, in any script.
    """
    out: list[str] = []
    for character in pattern:
        if character == "%":
            if out[-1:] != [".*"]:
                out.append(".*")
        elif character == "_":
            out.append(".")
        else:
            out.append(_alike(character))
    return f"^{''.join(out)}$"


def postgres(pattern: str) -> str:
    """The same pattern for PostgreSQL's `~` operator.

    Raises:
        Invalid: as `check` does, and for the few things of RE2 that PostgreSQL cannot express.
    """
    check(pattern)
    return _Rewriter(pattern).text()


def _regexp(pattern: Any, text: Any) -> bool | None:
    if text is None or pattern is None:
        return None
    return _compiled(pattern)(str(text).encode("utf-8", "replace")) is not None


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> Callable[[bytes], Any]:
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    options.never_capture = True
    options.max_mem = _MAX_MEMORY
    try:
        return re2.compile(pattern.encode(), options).search
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0] if isinstance(error, re2.error) and error.args else "not valid Unicode"
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Invalid(
            f"the regular expression {pattern[:60]!r} is not valid: {reason}",
            where="filter",
            hint="the syntax is RE2's: no back-references, no look-around",
        ) from None


@functools.lru_cache(maxsize=4096)
def _alike(character: str) -> str:
    """A character with its other cases, as a regular expression."""
    forms = {character}
    for _ in range(2):
        forms |= {other for form in forms for other in (form.lower(), form.upper(), form.title()) if len(other) == 1}
    if len(forms) > 1:
        return f"[{''.join(sorted(forms))}]"
    if character in _SPECIAL:
        return "\\" + character
    return character


class _Rewriter:
    """Walks a valid RE2 pattern and writes PostgreSQL's spelling of it (PostgreSQL manual, 9.7.3)."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._out: list[str] = []

    def text(self) -> str:
        pattern = self._pattern
        flags = re.match(r"\(\?([is]+)\)", pattern)
        if flags:
            self._at = flags.end()
            if "i" in flags[1]:
                self._out.append("(?i)")
        while self._at < len(pattern):
            character = pattern[self._at]
            if character == "\\":
                self._out.append(self._escape(bracket=False))
            elif character == "[":
                self._bracket()
            elif character == "(" and pattern.startswith("(?", self._at):
                self._group()
            else:
                if character == "{":
                    self._bounds()
                self._out.append(character)
                self._at += 1
        return "".join(self._out)

    def _refuse(self, what: str) -> Invalid:
        return Invalid(f"the regular expression uses {what}, which PostgreSQL cannot match", where="filter")

    def _bounds(self) -> None:
        bounds = re.compile(r"\{(\d+)(?:,(\d*))?\}").match(self._pattern, self._at)
        if bounds and any(int(part) > 255 for part in bounds.groups() if part):
            raise self._refuse("a repetition of more than 255")

    def _group(self) -> None:
        named = re.compile(r"\(\?(?:P?<\w+>|:)").match(self._pattern, self._at)
        if not named:
            raise self._refuse(f"{self._pattern[self._at : self._at + 4]!r} after its start")
        self._out.append("(?:")
        self._at = named.end()

    def _escape(self, *, bracket: bool) -> str:
        letter = self._pattern[self._at + 1]
        self._at += 2
        if letter in _CLASSES:
            return _CLASSES[letter] if bracket else f"[{_CLASSES[letter]}]"
        if letter in "DWS" and not bracket:
            return f"[^{_CLASSES[letter.lower()]}]"
        if letter in "bB" and not bracket:
            return _BOUNDARIES[letter]
        if letter == "z" and not bracket:
            return "\\Z"
        if letter == "x":
            code = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})").match(self._pattern, self._at)
            assert code is not None
            self._at = code.end()
            return f"\\U{int(code[1] or code[2], 16):08X}"
        if letter in _SAME and not (bracket and letter == "A"):
            return "\\" + letter
        if letter.isalnum():
            raise self._refuse(f"'\\{letter}'")
        return "\\" + letter

    def _bracket(self) -> None:
        pattern = self._pattern
        self._out.append("[")
        self._at += 1
        if pattern[self._at] == "^":
            self._out.append("^")
            self._at += 1
        first = True
        while first or pattern[self._at] != "]":
            first = False
            character = pattern[self._at]
            named = re.compile(r"\[:(\^?\w+):\]").match(pattern, self._at)
            if named:
                if named[1] not in _NAMED:
                    raise self._refuse(named[0])
                self._out.append(_NAMED[named[1]])
                self._at = named.end()
            elif character == "\\":
                self._out.append(self._escape(bracket=True))
            else:
                self._out.append("\\" + character if character in "[]" else character)
                self._at += 1
        self._out.append("]")
        self._at += 1
