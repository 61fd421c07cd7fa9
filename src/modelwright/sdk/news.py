"""The stream of what changed on the server (SSE), reconnecting where it broke off.

Knows the wire of server-sent events. Refuses to know what anyone does with an event.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from modelwright.sdk.transport import Transport
from modelwright.types.codec import from_json
from modelwright.types.errors import Unavailable
from modelwright.types.events import Event


class News:
    """Events of a workspace."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def follow(
        self,
        *,
        kinds: Sequence[str] = (),
        subject: str = "",
        parent: str = "",
        after: int | None = None,
        give_up_s: float | None = None,
    ) -> Iterator[Event]:
        """Events as they are committed, for ever; after a broken connection it goes on behind the last one seen.

        Args:
            kinds: only these (`run.points`, …); empty means all.
            subject: only of this thing.
            parent: only of things in this container.
            after: start behind this event id; None starts now.
            give_up_s: raise `Unavailable` when the server stays away this long; None waits for ever.
        """
        last = after
        away_since: float | None = None
        query = {"kinds": ",".join(kinds) or None, "subject": subject or None, "parent": parent or None}
        while True:
            try:
                headers = {"Accept": "text/event-stream"}
                if last is not None:
                    headers["Last-Event-ID"] = str(last)
                response = self._http.open("GET", "/api/v1/events", query=query, headers=headers, timeout_s=60, tries=1)
                away_since = None
                for event in _events(self._http.chunks(response, 4096)):
                    last = event.id
                    yield event
            except Unavailable:
                now = time.monotonic()
                away_since = away_since or now
                if give_up_s is not None and now - away_since >= give_up_s:
                    raise
                time.sleep(0.5)


def _events(chunks: Iterator[bytes]) -> Iterator[Event]:
    pending = b""
    data: list[bytes] = []
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        for raw in lines:
            line = raw.rstrip(b"\r")
            if line.startswith(b"data:"):
                data.append(line[5:].strip())
            elif not line and data:
                text = b"\n".join(data)
                data = []
                if text.startswith(b"{"):
                    yield from_json(text, Event)
