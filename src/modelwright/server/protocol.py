"""HTTP/1.1 of uvicorn (httptools) with bounds on what arrives before a request is known: time and size of its head.

Most requests arrive whole and are answered in one piece; an `Exchange` spares them the messages of ASGI.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from modelwright.kit.http.body import EXCHANGE

GRACE_S = 0.3  # an idle connection of a stopping server is kept for so long
HEAD_S = 15.0  # a request line and its headers arrive within this time
HEAD_BYTES = 64 * 1024  # and within this size
HEADERS = 256  # with no more headers than this
CONNECTIONS = 4_096  # connections of one process; more are closed at once


class BoundedHttp(HttpToolsProtocol):
    """Closes connections that dribble, or that send heads without end.

    Ends idle ones politely when the server stops.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A client connected."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._head_timer = self.loop.call_later(HEAD_S, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._head_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("The head of the request is too large.")
            elif self._head_timer is None:
                self._head_timer = self.loop.call_later(HEAD_S, self._too_slow)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head of a request is known."""
        self._in_head = False
        self._head_done()
        if len(self.headers) > HEADERS or len(self.url) > HEAD_BYTES:
            raise ValueError("the head of the request is too large")  # uvicorn answers 400 and closes
        super().on_headers_complete()
        cast("dict[str, Any]", self.scope)[EXCHANGE] = Exchange(self.cycle)

    def shutdown(self) -> None:
        """The server stops. A request that is on its way to an idle connection is still taken; its answer closes it."""
        if self._idle():
            self.loop.call_later(GRACE_S, self._close_idle)
        else:
            super().shutdown()

    def _idle(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        return cycle is None or cycle.response_complete

    def _close_idle(self) -> None:
        if self._idle() and not self.transport.is_closing():
            self.transport.close()

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()


class Exchange:
    """One request and its answer, without the messages of ASGI where these can be done without."""

    __slots__ = ("_cycle",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle

    def body(self) -> bytes | None:
        """The body, when all of it is here; it can be taken once."""
        cycle = self._cycle
        if cycle.more_body or cycle.disconnected or cycle.waiting_for_100_continue:
            return None
        content = bytes(cycle.body)
        cycle.body = bytearray()
        cycle.message_event.clear()
        cycle.flow.resume_reading()
        return content

    def answer(self, status: int, head: bytes, body: bytes) -> bool:
        """Send a whole answer: headers as they are written, with the body's length among them.

        False when the client must be waited for, or an answer was begun.
        """
        cycle = self._cycle
        if cycle.response_started or cycle.flow.write_paused:
            return False
        if cycle.disconnected:
            return True
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        parts = [STATUS_LINE[status]]
        for name, value in cycle.default_headers:
            parts += (name, b": ", value, b"\r\n")
        parts += (head, b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n", body)
        cycle.transport.write(b"".join(parts))
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
        return True
