"""Which rooms and wires this server has: their routes, jobs, duties and hooks, in explicit lists."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from modelwright.domains.access.routes import ROUTES as ACCESS
from modelwright.kit.duty import Duty
from modelwright.kit.http import Routes


def _optional(module: str, name: str) -> list[Any]:
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return []
    if found is None:
        return []
    return list(getattr(importlib.import_module(module), name, []))


def routes() -> list[Routes]:
    """The operations of all rooms and wires."""
    return [
        *ACCESS,
        *_optional("modelwright.domains.audit.routes", "ROUTES"),
        *_optional("modelwright.domains.events.routes", "ROUTES"),
        *_optional("modelwright.domains.jobs.routes", "ROUTES"),
        *_optional("modelwright.domains.tracking.routes", "ROUTES"),
        *_optional("modelwright.protocols.mlflow", "ROUTES"),
        *_optional("modelwright.protocols.mlflow.routes", "ROUTES"),
    ]


def duties() -> list[Duty]:
    """The recurring tasks of all rooms."""
    return [
        *_optional("modelwright.domains.events.background", "DUTIES"),
        *_optional("modelwright.domains.jobs.background", "DUTIES"),
        *_optional("modelwright.domains.tracking.background", "DUTIES"),
    ]


def jobs() -> dict[str, Any]:
    """The job handlers of all rooms, by kind."""
    return {}
