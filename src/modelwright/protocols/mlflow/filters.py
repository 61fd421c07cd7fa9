"""MLflow's filter and order texts in our language: its tags that are fields of a run here are named as fields.

MLflow's grammar is a subset of ours, so texts pass as they are but for names. Values in quotes are never touched.
"""

from __future__ import annotations

import re

from modelwright.protocols.mlflow import rules
from modelwright.protocols.mlflow.shapes import SearchModelsOrder

_FIELDS = {
    rules.RUN_NAME: "run_name",
    rules.USER: "user_id",
    rules.PARENT: "parent_id",
    rules.NOTE: "notes",
    rules.KIND: "kind",
}
_NAMES = "|".join(re.escape(name) for name in _FIELDS)
_TAG = re.compile(
    rf"\btags?\s*\.\s*(?:`(?P<a>{_NAMES})`|\"(?P<b>{_NAMES})\"|(?P<c>{_NAMES})(?![\w.\-/]))", re.IGNORECASE
)


def runs(text: str) -> str:
    """A filter of runs."""
    if not text or len(text) > 100_000:
        return text
    return "".join(part if quoted else _TAG.sub(_field, part) for part, quoted in _parts(text))


def order(items: list[str]) -> list[str]:
    """Order items of runs."""
    return [_TAG.sub(_field, item) if len(item) < 2_000 else item for item in items]


def _field(match: re.Match[str]) -> str:
    name = match["a"] or match["b"] or match["c"]
    return f"attributes.{_FIELDS[name]}" if name in _FIELDS else match[0]


def _parts(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each is a value in quotes. A quote after a dot is a quoted key."""
    parts: list[tuple[str, bool]] = []
    start = position = 0
    while position < len(text):
        mark = text[position]
        if mark in "'\"`":
            end = text.find(mark, position + 1)
            if end < 0:
                break
            is_key = mark == "`" or (mark == '"' and text[:position].rstrip()[-1:] == ".")
            if not is_key:
                parts.append((text[start:position], False))
                parts.append((text[position : end + 1], True))
                start = end + 1
            position = end
        position += 1
    parts.append((text[start:], False))
    return parts


def model_order(items: list[SearchModelsOrder]) -> list[str]:
    """Order objects of logged models as order items."""
    return [f"{item.field_name} {'ASC' if item.ascending else 'DESC'}" for item in items]
