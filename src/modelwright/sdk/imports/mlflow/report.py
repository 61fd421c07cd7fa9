"""What an import read, stored and left out, and why.

Knows counting. Refuses to know how anything is copied.
"""

from __future__ import annotations

from collections import Counter

KINDS = (
    "experiments", "runs", "params", "tags", "points", "datasets", "models", "artifacts",
    "registered models", "prompts", "versions", "aliases",
)  # fmt: skip
HERE = "already here"


class Report:
    """Counts by kind. Whatever was read was either stored or skipped for a reason: `read` is their sum."""

    def __init__(self) -> None:
        self.stored: Counter[str] = Counter()
        self.skipped: Counter[tuple[str, str]] = Counter()

    def store(self, kind: str, count: int = 1) -> None:
        """`count` of a kind were read and are new in the target."""
        self.stored[kind] += count

    def skip(self, kind: str, reason: str, count: int = 1) -> None:
        """`count` of a kind were read and left out, for `reason`."""
        if count:
            self.skipped[kind, reason] += count

    def rows(self) -> list[dict[str, int | str | dict[str, int]]]:
        """One row a kind: read, stored, skipped, and the reasons with their counts."""
        kinds = [*KINDS, *sorted({kind for kind, _ in self.skipped if kind not in KINDS})]
        rows: list[dict[str, int | str | dict[str, int]]] = []
        for kind in kinds:
            reasons = {reason: count for (of, reason), count in sorted(self.skipped.items()) if of == kind}
            skipped = sum(reasons.values())
            rows.append(
                {
                    "kind": kind,
                    "read": self.stored[kind] + skipped,
                    "stored": self.stored[kind],
                    "skipped": skipped,
                    "reasons": reasons,
                }
            )
        return rows

    @property
    def lost(self) -> int:
        """How many things were left out for another reason than being here already."""
        return sum(count for (_, reason), count in self.skipped.items() if reason != HERE)
