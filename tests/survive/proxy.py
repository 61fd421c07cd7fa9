"""A way to a server that breaks, or falls silent, in the middle of whatever it carries."""

from __future__ import annotations

import contextlib
import random
import socket
import threading


class Proxy:
    """Carries bytes between loopback and a server, at a socket's path or at (host, port)."""

    def __init__(self, target: str | tuple[str, int], chance: random.Random, *, most: int = 30_000) -> None:
        self._target = target
        self._chance = chance
        self._most = most
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cutting = False
        """Whether connections end after a random number of bytes, up to `most`, in one of the two directions."""
        self.cuts = 0
        self._flowing = threading.Event()
        self._flowing.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Carry nothing, and keep all connections."""
        self._flowing.clear()

    def flow(self) -> None:
        """Carry on."""
        self._flowing.set()

    def close(self) -> None:
        self._listener.close()
        self._flowing.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET)
                server.connect(self._target)
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        left = self._chance.randrange(1, self._most)
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                self._flowing.wait()
                if self.cutting and len(data) >= left:
                    self.cuts += 1
                    sink.sendall(data[:left])
                    break
                left -= len(data)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
