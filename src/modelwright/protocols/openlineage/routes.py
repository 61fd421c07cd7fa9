"""All routes of this wire, for the server's wiring."""

from __future__ import annotations

from modelwright.protocols.openlineage import marquez, take
from modelwright.protocols.openlineage.wire import ROUTES as WIRE

ROUTES = [WIRE]

__all__ = ["ROUTES", "marquez", "take"]
