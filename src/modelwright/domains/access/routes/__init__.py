"""The native operations of access; `ROUTES` lists them."""

from __future__ import annotations

from modelwright.domains.access.routes import login, resources

ROUTES = [login.routes, resources.routes]
