"""The whole server as one ASGI application: state opened, routes joined, background started and stopped with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from modelwright.domains.access import service as access
from modelwright.kit.blobs import open_blobs
from modelwright.kit.cas import Cas
from modelwright.kit.clock import SystemClock
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.kit.db import Database
from modelwright.kit.dialect import open_dialect
from modelwright.kit.http.edge import Edge
from modelwright.kit.settings import Settings, folder
from modelwright.server import migrations, wiring
from modelwright.server.maintenance import Maintenance
from modelwright.server.pages import Pages, page_routes
from modelwright.server.routes import server_routes
from modelwright.server.security import Guard
from modelwright.types.errors import Invalid


class App(Starlette):
    """A Starlette application whose requests go straight to our edge; its router serves the lifespan protocol alone."""

    def __init__(self, edge: Edge, **options: Any) -> None:
        super().__init__(**options)
        self.edge = edge
        self.state.operations = edge.operations

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One ASGI connection."""
        scope["app"] = self
        if scope["type"] == "lifespan":
            await self.router.lifespan(scope, receive, send)
        else:
            await self.edge(scope, receive, send)


def open_state(settings: Settings) -> Ctx:
    """Open (and migrate) the database and the blob store that the settings name, acting as the system.

    Raises:
        Invalid: a folder or an address that cannot be. Unavailable: the database cannot be reached.
    """
    place = folder(settings)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Invalid(f"the data folder cannot be made: {error}", where="--dir") from None
    dialect = open_dialect(settings.db, place)
    migrations.upgrade(dialect)
    state = Ctx(
        db=Database(dialect, query_timeout_s=settings.query_timeout_s),
        cas=Cas(open_blobs(settings.blobs, place)),
        clock=SystemClock(),
        settings=settings,
        actor=SYSTEM,
        hooks={},
    )
    wiring.plug(state)
    return state


def build(settings: Settings, ctx: Ctx | None = None) -> tuple[Starlette, Ctx]:
    """The application and its state. The database is closed when the application's lifespan ends."""
    state = ctx or open_state(settings)
    state.hooks.setdefault("still_welcome", []).append(access.still_welcome)
    state.hooks.setdefault("welcome_now", []).append(access.welcome_now)
    guard = Guard(state)
    edge = Edge(wiring.routes(), state, guard)
    edge.add(server_routes(edge, login=guard.asks_for_login))
    pages = Pages()
    edge.add(page_routes(pages))
    edge.lost = pages.lost

    maintenance = Maintenance(state, wiring.duties(), wiring.jobs(), wiring.jobs_apart())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        maintenance.start()
        yield
        await asyncio.get_running_loop().run_in_executor(None, maintenance.stop)
        await asyncio.get_running_loop().run_in_executor(None, edge.close)
        await asyncio.get_running_loop().run_in_executor(None, state.db.close)

    return App(edge, lifespan=lifespan), state
