"""Which versions a rule of retention lets go. Pure: numbers and times in, numbers out."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.types.data import Retention

_DAY_MS = 86_400_000


def due(rule: Retention, versions: Sequence[tuple[int, int, bool]], now_ms: int) -> list[int]:
    """Numbers of the versions that may go, of (number, made at, whether it has a tag). The newest one always stays.

    With both bounds a version goes when it is beyond both.
    """
    if rule.keep_last is None and rule.keep_days is None:
        return []
    newest_first = sorted(versions, reverse=True)
    found: list[int] = []
    for place, (number, made_ms, tagged) in enumerate(newest_first):
        if place < max(rule.keep_last or 1, 1) or (tagged and rule.keep_tagged):
            continue
        if rule.keep_days is not None and made_ms > now_ms - rule.keep_days * _DAY_MS:
            continue
        found.append(number)
    return sorted(found)
