"""Which console lines a reader looks for. Colours do not get in the way: ANSI sequences are passed over."""

from __future__ import annotations

import re
from collections.abc import Callable

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def plain(text: str) -> str:
    """A text without its ANSI escape sequences."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def containing(query: str) -> Callable[[str], bool]:
    """Whether a text contains another, whatever their case. Colours must have been taken out."""
    wanted = query.casefold()
    return lambda text: wanted in text.casefold()


def anywhere(pattern: str) -> str | None:
    """A regular expression that occurs in lines joined by line ends if (not only if) `pattern` matches one of them.

    None when there is no such.
    """
    return None if "\\A" in pattern or "\\z" in pattern else f"(?m){pattern}"
