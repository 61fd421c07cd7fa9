"""Patterns of paths: `*` within a part, `**` across parts, `?` one character. Linear in the length of the path."""

from __future__ import annotations

from collections.abc import Callable

import re2

from modelwright.types.errors import Invalid

_LONGEST = 300


def matcher(glob: str) -> Callable[[str], bool] | None:
    """A test of paths; None for an empty pattern. One without a slash is about the last part of a path, as `*.csv`.

    Raises:
        Invalid: too long.
    """
    if not glob:
        return None
    if len(glob) > _LONGEST:
        raise Invalid(f"a pattern has at most {_LONGEST} characters", where="glob")
    parts: list[str] = []
    at = 0
    while at < len(glob):
        if glob.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif glob.startswith("**", at):
            parts.append(".*")
            at += 2
        else:
            sign = glob[at]
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(sign) or re2.escape(sign))
            at += 1
    expression = re2.compile(("" if "/" in glob else "(?:.*/)?") + "".join(parts))
    return lambda path: expression.fullmatch(path) is not None
