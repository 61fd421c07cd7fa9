"""The native operations of the registry, a file a noun; `ROUTES` lists them."""

from __future__ import annotations

from modelwright.domains.registry.routes import models, prompts, versions
from modelwright.kit.http import Routes

ROUTES: list[Routes] = [models.routes, versions.routes, prompts.routes]
