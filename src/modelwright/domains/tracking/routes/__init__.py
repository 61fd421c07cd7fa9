"""The native operations of tracking, a file a noun; `ROUTES` lists them."""

from __future__ import annotations

from modelwright.domains.tracking.routes import artifacts, experiments, garbage, models, runs, series, tables, views
from modelwright.kit.http import Routes

ROUTES: list[Routes] = [
    experiments.routes,
    runs.routes,
    tables.routes,
    views.routes,
    series.routes,
    artifacts.routes,
    models.routes,
    garbage.routes,
]
