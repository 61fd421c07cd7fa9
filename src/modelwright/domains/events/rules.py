"""Decisions of events: which ones a listener wants."""

from __future__ import annotations

import msgspec

from modelwright.types.errors import Invalid
from modelwright.types.events import Event

_MANY = 100


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a listener follows; empty sets mean everything.

    A kind may be whole (`run.points`) or a thing (`run` for all of `run.…`).
    """

    workspace: str
    kinds: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()

    def __call__(self, event: Event) -> bool:
        """Whether the listener wants this event."""
        if event.workspace != self.workspace:
            return False
        if (
            (self.kinds or self.things)
            and event.kind not in self.kinds
            and event.kind.partition(".")[0] not in self.things
        ):
            return False
        if self.subjects and event.subject not in self.subjects:
            return False
        return not self.parents or event.parent in self.parents


_RESOURCES = {"registered_model": "models", "model_version": "models", "prompt": "prompts", "dataset": "datasets"}


def resource(event: Event) -> str:
    """The resource that grants may hide and whose name the event tells (`models/fraud`); empty when there is none."""
    thing = event.kind.partition(".")[0]
    for start, kind in _RESOURCES.items():
        if thing == start or thing.startswith(f"{start}_"):
            return f"{kind}/{event.parent or event.subject}"
    return ""


def wanted(workspace: str, kinds: str, subject: str, parent: str) -> Wanted:
    """From comma-separated texts. Raises `Invalid` for more than 100 items in one."""
    named = _split(kinds, "kinds")
    return Wanted(
        workspace=workspace,
        kinds=frozenset(kind for kind in named if "." in kind and not kind.endswith(".*")),
        things=frozenset(kind.removesuffix(".*") for kind in named if "." not in kind or kind.endswith(".*")),
        subjects=_split(subject, "subject"),
        parents=_split(parent, "parent"),
    )


def _split(text: str, where: str) -> frozenset[str]:
    parts = frozenset(part.strip() for part in text.split(",") if part.strip())
    if len(parts) > _MANY:
        raise Invalid(f"at most {_MANY} items", where=where)
    return parts
