"""What differs between two versions. Knows facts; refuses to know where they were read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from modelwright.types.registry import Change, Comparison, ModelVersion, Signature, VersionFacts

_PINNED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*(.*)")


def versions(
    a: ModelVersion,
    b: ModelVersion,
    *,
    files: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    patches: tuple[str, str] = ("", ""),
) -> Comparison:
    """Two versions side by side. `files` are path → digest of each, `patches` the uncommitted changes of their runs."""
    left, right = a.facts or VersionFacts(), b.facts or VersionFacts()
    diff = difflib.unified_diff(
        patches[0].splitlines(), patches[1].splitlines(), f"{a.name}/{a.version}", f"{b.name}/{b.version}", lineterm=""
    )
    return Comparison(
        a=a,
        b=b,
        metrics=_all(left.metrics, right.metrics),
        params=_differing(left.params, right.params),
        data=_differing(_data(left), _data(right)),
        code=_differing(_code(left), _code(right)),
        packages=_differing(_packages(left), _packages(right)),
        signature=_differing(_signature(left.signature), _signature(right.signature)),
        flavors=_differing(left.flavors, right.flavors),
        files=_differing(*files),
        size=Change(key="size", a=a.size, b=b.size) if a.size != b.size else None,
        patch="\n".join(diff)[:1_000_000],
    )


def _all(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    return [Change(key=key, a=a.get(key), b=b.get(key)) for key in sorted({*a, *b})]


def _differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    return [change for change in _all(a, b) if change.a != change.b]


def _data(facts: VersionFacts) -> dict[str, str]:
    return {f"{item.context}:{item.name}" if item.context else item.name: item.digest for item in facts.data}


def _code(facts: VersionFacts) -> dict[str, Any]:
    if not facts.commit:
        return {}
    return {"commit": facts.commit, "branch": facts.branch, "dirty": facts.dirty}


def _packages(facts: VersionFacts) -> dict[str, str]:
    found = {name.lower(): version for name, version in facts.packages.items()}
    found |= required(facts.requirements)
    if facts.python:
        found["python"] = facts.python
    return found


def required(lines: Sequence[str]) -> dict[str, str]:
    """Requirement lines as name → what is asked for (`1.2` for `==1.2`)."""
    found: dict[str, str] = {}
    for line in lines:
        match = _PINNED.fullmatch(line)
        if match:
            found[match[1].lower()] = match[3].removeprefix("==").strip() or "any"
    return found


def _signature(signature: Signature | None) -> dict[str, str]:
    if signature is None:
        return {}
    return {
        f"{part}.{column.name}": f"{column.type}{'' if column.required else ' (optional)'}"
        for part in ("inputs", "outputs", "params")
        for column in getattr(signature, part)
    }
