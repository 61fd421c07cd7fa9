"""An HTTP server on loopback that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Got(msgspec.Struct):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Receiver:
    """`answer` is the status of every answer, or a function of how many requests there were that gives it."""

    def __init__(self, answer: int | Callable[[int], int] = 200) -> None:
        self.got: list[Got] = []
        self.answer = answer
        self.headers: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(self.path, headers, body))
                answer = receiver.answer
                status = answer if isinstance(answer, int) else answer(len(receiver.got))
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"noted " + b"x" * 1000)

            def do_GET(self) -> None:
                """How many requests came so far."""
                self.send_response(200)
                self.end_headers()
                self.wfile.write(str(len(receiver.got)).encode())

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def wait(self, count: int, seconds: float = 20) -> list[Got]:
        """What came, once it is so many."""
        until = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.got) >= count, self.got
        return self.got

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
