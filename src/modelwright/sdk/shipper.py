"""Two threads of a living process: one sends batches in order, one uploads files.

Knows patience: it tries for days, with waits that grow to half a minute, and never tells training about it beyond one
line. What has not been sent lies on disk. Refuses to hold the process open: both threads are daemons.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable

from modelwright.sdk.carrier import Carrier
from modelwright.sdk.recorder import Recorder
from modelwright.types import errors

HEARTBEAT_S = 5.0
_PATIENT = (errors.Unavailable, errors.StorageFull)


class Shipper:
    """Sends what a recorder records.

    Args:
        carrier: the way to the server.
        recorder: where batches come from.
        tell: prints a sentence to the person, once.
        on_stop: called once when somebody asked the run to stop.
    """

    def __init__(
        self, carrier: Carrier, recorder: Recorder, tell: Callable[[str], None], on_stop: Callable[[], None]
    ) -> None:
        self.carrier = carrier
        self.recorder = recorder
        self.tell = tell
        self.on_stop = on_stop
        self.problem = ""
        self.files_ready = threading.Event()
        self._stop = threading.Event()
        self._idle = threading.Event()
        self._told_away = False
        self._told_stop = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start both threads."""
        for name, work in (("ship", self._ship), ("upload", self._upload)):
            thread = threading.Thread(target=work, name=f"modelwright-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def finish(self, timeout_s: float) -> bool:
        """Wait until all recorded is acknowledged, at most this long; then end the threads. Tells whether it is."""
        deadline = time.monotonic() + timeout_s
        self.recorder.batch_ready.set()
        self.files_ready.set()
        while not self.caught_up() and time.monotonic() < deadline:
            time.sleep(0.01)
        done = self.caught_up()
        self._stop.set()
        self.recorder.batch_ready.set()
        self.files_ready.set()
        for thread in self._threads:
            thread.join(0.2 if not done else 2.0)
        return done

    def caught_up(self) -> bool:
        """Whether everything recorded has been acknowledged and every file is stored."""
        return (
            self.carrier.begun
            and self.carrier.reader.mark.number >= self.recorder.closed
            and not self.recorder.overflow
            and self._idle.is_set()
            and self.carrier.files.empty()
        )

    def _ship(self) -> None:
        failures = 0
        beat = time.monotonic()
        while not self._stop.is_set():
            try:
                if not self.carrier.begun:
                    self.carrier.begin()
                    self._back()
                sent = self._send()
                now = time.monotonic()
                if sent:
                    beat = now
                    self._back()
                elif now - beat >= HEARTBEAT_S:
                    self.carrier.beat()
                    beat = now
                    self._back()
                failures = 0
                if self.carrier.stop and not self._told_stop:
                    self._told_stop = True
                    self.on_stop()
                if not sent:
                    self._idle.set()
                    self.recorder.batch_ready.wait(1.0)
                    self.recorder.batch_ready.clear()
            except Exception as error:
                self._away(error)
                wait = min(0.25 * 2**failures, 30.0) if isinstance(error, _PATIENT) else min(2.0 * 2**failures, 60.0)
                failures = min(failures + 1, 10)
                self._stop.wait(wait * random.uniform(0.7, 1.3))  # noqa: S311 - jitter, so that a thousand jobs do not return at once

    def _send(self) -> bool:
        self._idle.clear()
        if self.carrier.ship():
            return True
        frames = self.recorder.from_memory()
        if not frames:
            return False
        if self.carrier.reader.batch():  # the disk took it in the meantime
            return self.carrier.ship()
        # A batch that the full disk refused in its middle: its first frames lie on disk, the rest in memory.
        self.carrier.deliver([*self.carrier.reader.pending(), *frames])
        self.carrier.reader.skip_to(frames[-1].number)
        self.recorder.forget(frames)
        return True

    def _upload(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self.files_ready.wait(5.0)
            self.files_ready.clear()
            if not self.carrier.begun:
                self.files_ready.set()
                self._stop.wait(0.1)
                continue
            try:
                self.carrier.upload()
                failures = 0
            except Exception as error:
                self._away(error)
                self.files_ready.set()
                self._stop.wait(min(0.5 * 2**failures, 60.0))
                failures = min(failures + 1, 10)

    def _away(self, error: Exception) -> None:
        self.problem = str(error) or type(error).__name__
        if not self._told_away:
            self._told_away = True
            with contextlib.suppress(Exception):
                self.tell(
                    f"{self.problem}; logging goes on to {self.recorder.folder} and is sent when the server takes it"
                )

    def _back(self) -> None:
        self.problem = ""
        if self._told_away:
            self._told_away = False
            with contextlib.suppress(Exception):
                self.tell(f"the server at {self.carrier.transport.url} takes data again")
