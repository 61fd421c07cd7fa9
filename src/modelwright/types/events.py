"""News: what changed, for live pages and reactions."""

from __future__ import annotations

from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something changed: `kind` is `<thing>.<verb>`, `subject` the id of the thing, `parent` its container.

    Kinds are `run.points`, `run.updated` and the like; the container of a run is its experiment.
    """

    id: int
    at_ms: int
    workspace: str
    kind: str
    subject: str
    parent: str = ""


class Fact(msgspec.Struct, frozen=True):
    """An event with what it tells those who act on it; pages are told the event alone."""

    event: Event
    payload: dict[str, Any]


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events after an id. Ask next for those after `last`. With `reset` some were missed (too old): load afresh."""

    items: list[Event]
    last: int
    reset: bool = False
