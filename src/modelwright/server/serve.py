"""Running the server: listen, serve, stop. Prints nothing; whoever starts it learns the address through `on_ready`.

Stopping is gentle: health turns 503 and connections are asked to close while new requests are still taken, then the
listener closes, requests in flight finish, and the state is closed.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from modelwright.domains.access import service as access
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.kit.db import Database
from modelwright.kit.settings import Settings
from modelwright.server.app import App, build
from modelwright.server.protocol import BoundedHttp
from modelwright.server.security import asks_for_login
from modelwright.types.errors import Invalid

NOTICE_S = 0.6  # between telling that the server stops and closing its listener
_HANDSHAKE_S = 0.05  # in which connections that were begun are completed
_SO_ATTACH_FILTER = 26  # asm-generic/socket.h; Python has no name for it
_SHORTEST_TOKEN = 20
_LOG = logs.get(__name__)


def serve(settings: Settings, on_ready: Callable[[str], None] | None = None) -> None:
    """Run a server until SIGTERM or SIGINT; a second signal stops it without waiting.

    Args:
        on_ready: called with the URL once the server answers.

    Raises:
        Invalid: the address is in use or cannot be listened on, or anyone could administer the server from outside.
        Unavailable: the database cannot be opened.
    """
    if not logging.getLogger().handlers:
        logs.configure(settings.log_level)
        for chatty in ("uvicorn.error", "alembic"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
    Service(settings, on_ready).run()


class Service:
    """One server, to run in this thread; `stop` may be called from any other."""

    def __init__(self, settings: Settings, on_ready: Callable[[str], None] | None = None) -> None:
        self.settings = settings
        self.url = ""
        self._on_ready = on_ready
        self._server: _Server | None = None

    def run(self) -> None:
        """Serve until stopped; raises as `serve` does."""
        _check(self.settings)
        listener = _listen(self.settings.host, self.settings.port)
        try:
            host, port = listener.getsockname()[:2]
            app, ctx = build(self.settings)
            assert isinstance(app, App)
            try:
                _refuse_without_admin(self.settings, ctx)
            except Invalid:
                ctx.db.close()
                raise
            self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            self._server = _Server(app, ctx.db, self.settings, lambda: self._on_ready and self._on_ready(self.url))
            self._server.run(sockets=[listener])
        finally:
            listener.close()

    def stop(self) -> None:
        """Stop gently, as SIGTERM does."""
        if self._server is not None:
            self._server.begin_stop()


class _Server(uvicorn.Server):
    def __init__(self, app: App, db: Database, settings: Settings, on_ready: Callable[[], object]) -> None:
        super().__init__(
            uvicorn.Config(
                _Entrance(app),
                interface="asgi3",
                proxy_headers=False,
                http=BoundedHttp,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=max(1, round(settings.drain_s - NOTICE_S - 1)),
                backlog=2048,
                loop="uvloop" if _has_uvloop() else "asyncio",
            )
        )
        self._app = app
        # A request is a task from its first byte on; long answers (events) are not about to write.
        db.alone = lambda: len(self.server_state.tasks) <= app.edge.streaming + 1
        self._drain_s = settings.drain_s
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._watchdog: threading.Timer | None = None
        self._spare: socket.socket | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell that the server answers."""
        self._loop = asyncio.get_running_loop()
        self._spare = sockets[0].dup() if sockets else None
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listener, wait for requests, close the state."""
        await self._take_the_last()
        await super().shutdown(sockets)
        if self._watchdog is not None:
            self._watchdog.cancel()

    async def _take_the_last(self) -> None:
        """Take the connections that were made and not yet accepted: closing the listener would reset them."""
        loop = asyncio.get_running_loop()
        if self._spare is not None and _refuse_new(self._spare):
            await asyncio.sleep(_HANDSHAKE_S)
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)
        waiting: list[socket.socket] = []
        if self._spare is not None:
            try:
                while True:
                    waiting.append(self._spare.accept()[0])
            except OSError:
                self._spare.close()
        for connection in waiting:
            connection.setblocking(False)
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        return BoundedHttp(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal: the first stops gently, the second at once."""
        if self._stopping is not None or self._loop is None:
            self.force_exit = True
            self.should_exit = True
            return
        if sig in (signal.SIGTERM, signal.SIGINT):
            # A request that never ends must not keep the process alive.
            self._watchdog = threading.Timer(self._drain_s, lambda: os._exit(1))
            self._watchdog.daemon = True
            self._watchdog.start()
        self.begin_stop()

    def begin_stop(self) -> None:
        """Stop gently; safe from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        self._app.edge.drain()
        if self.server_state.connections:
            await asyncio.sleep(min(NOTICE_S, self._drain_s / 4))
        self.should_exit = True


class _Entrance:
    """The application, with a look at what proxies say of the client where they say something."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._behind_proxy = ProxyHeadersMiddleware(app, os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """One ASGI connection."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        for name, _ in scope["headers"]:
            if name.startswith(b"x-forwarded-"):
                return self._behind_proxy(scope, receive, send)
        scope["app"] = self._app
        return self._app.edge(scope, receive, send)


def _has_uvloop() -> bool:
    try:
        import uvloop  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


def _refuse_new(listener: socket.socket) -> bool:
    """Drop the first packet (SYN) of new connections while those under way go on; False where the kernel cannot.

    A classic BPF program on the listening socket (Linux): load the flags of the TCP header, drop a SYN without ACK.
    """
    program = struct.pack(
        "HBBI" * 5, 0x30, 0, 0, 13, 0x54, 0, 0, 0x12, 0x15, 0, 1, 0x02, 0x06, 0, 0, 0, 0x06, 0, 0, 0xFFFF_FFFF
    )
    code = ctypes.create_string_buffer(program, len(program))
    try:
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", 5, ctypes.addressof(code)))
    except OSError:
        return False
    return True


def _check(settings: Settings) -> None:
    if settings.admin_token and len(settings.admin_token) < _SHORTEST_TOKEN:
        raise Invalid(f"admin_token has at least {_SHORTEST_TOKEN} characters", where="admin_token")
    if not 0 <= settings.port <= 65_535:
        raise Invalid("a port is 0 to 65535", where="--port")
    if settings.threads < 1:
        raise Invalid("at least one thread", where="threads")


def _refuse_without_admin(settings: Settings, ctx: Ctx) -> None:
    if asks_for_login(settings) and not access.has_admin(ctx):
        raise Invalid(
            f"listening on {settings.host} needs an administrator",
            where="host",
            hint="set MODELWRIGHT_SERVER_ADMIN_TOKEN to a secret of at least 20 characters, "
            "or start on loopback and add a user with server_admin first",
        )


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = next((item for item in found if item[0] == socket.AF_INET), found[0])
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, OverflowError, UnicodeError) as error:
        raise Invalid(
            f"cannot listen on {host}:{port}: {error}", where="--port", hint="choose another port, or 0 for a free one"
        ) from None
    listener.setblocking(False)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
