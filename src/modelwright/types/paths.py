"""Relative paths of stored files: which are clean, whatever their spelling. Knows text; refuses to know what is stored.

A name is kept as it was sent: `100%25.txt` stays that. Only for the checks it is decoded, again and again until nothing
changes, so that no layer of encoding hides a way out (the classes of CVE-2023-6831, CVE-2024-1560, CVE-2025-11201).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from modelwright.types.errors import Invalid

LONGEST = 1_024
_LAYERS = 16
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_DRIVE = re.compile(r"[A-Za-z]:")


def decoded(path: str) -> str | None:
    """`path` with all layers of percent-encoding removed; None when there are more than any honest name has."""
    for _ in range(_LAYERS):
        plain = unquote(path)
        if plain == path:
            return plain
        path = plain
    return None


def clean(path: str, where: str = "path") -> str:
    """A relative path with `/` between its parts, as it will be stored; one slash at the end is dropped.

    Raises:
        Invalid: empty, absolute, too long, with `.` or `..` or an empty part, a drive letter, a backslash or a control
            character, in any encoding.
    """
    if len(path) > LONGEST:
        raise Invalid(f"Invalid path: it has {len(path):,} characters; at most {LONGEST:,} are allowed", where=where)
    path = path.removesuffix("/")
    if not path:
        raise Invalid("Invalid path: it is empty", where=where)
    plain = decoded(path)
    if plain is None:
        raise Invalid("Invalid path: too many layers of encoding", where=where)
    for form in (path, plain):
        problem = _problem(form)
        if problem:
            raise Invalid(f"Invalid path: {problem}", where=where, hint="use a relative path such as plots/roc.png")
    return path


def _problem(path: str) -> str:
    if _CONTROL.search(path):
        return "it holds a control character"
    if "\\" in path:
        return "it holds a backslash"
    if path.startswith("/"):
        return "it is absolute"
    if _DRIVE.match(path):
        return "it starts with a drive letter"
    parts = path.split("/")
    if ".." in parts:
        return "it leads out of its folder ('..')"
    if "." in parts or "" in parts:
        return "it has an empty part"
    if any(part != part.strip(" ") and part.strip(" .") == "" for part in parts):
        return "a part is only dots and spaces"
    return ""


def directory(path: str, where: str = "path") -> str:
    """A directory to list: clean, or empty for the top. Raises `Invalid` as `clean`."""
    return clean(path, where) if path.strip("/") or len(path) > 1 else ""


def parents(path: str) -> list[str]:
    """Every directory above a clean path, outermost first: a/b/c → [a, a/b]."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def inside(directory: str) -> tuple[str, str]:
    """Bounds [from, to) of the paths below a directory in code point order; `0` follows `/`."""
    return f"{directory}/", f"{directory}0"
