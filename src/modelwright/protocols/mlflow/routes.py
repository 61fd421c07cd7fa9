"""All routes of this wire, for the server's wiring."""

from __future__ import annotations

from modelwright.protocols.mlflow import (
    artifacts,
    auth,
    auth_older,
    experiments,
    log,
    meta,
    metrics,
    models,
    registry,
    runs,
    webhooks,
)
from modelwright.protocols.mlflow.wire import ROUTES as WIRE

ROUTES = [WIRE]

__all__ = [
    "ROUTES",
    "artifacts",
    "auth",
    "auth_older",
    "experiments",
    "log",
    "meta",
    "metrics",
    "models",
    "registry",
    "runs",
    "webhooks",
]
