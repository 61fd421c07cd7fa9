"""Carries one writer's spool to a server: begins the run, sends batch after batch, uploads files, ends the run.

The same carrier serves a living process (from the shipper's thread), `mw sync` and `mw up`. Every call may be repeated
after any failure: batches are numbered, runs have ids of their own, files are replaced by themselves.

Knows the order of things. Refuses to know threads and to decide when to try again.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modelwright.sdk.artifacts import Artifacts
from modelwright.sdk.files import FileQueue
from modelwright.sdk.spool import Frame, Meta, SpoolReader
from modelwright.sdk.transport import Transport, segment
from modelwright.types import errors
from modelwright.types.tracking import Fork, Inputs, Lifecycle, LogAck, LogBatch, Points, Run, RunState, RunUpdate

ENDED = frozenset({RunState.FINISHED, RunState.FAILED, RunState.KILLED, RunState.CRASHED})
_REFUSED = (errors.Invalid, errors.TooLarge)


def to_batch(frames: list[Frame], writer: str) -> LogBatch:
    """Frames of one batch as what the server reads: each metric once, its columns joined."""
    columns: dict[str, tuple[array[int], array[int], array[float]]] = {}
    joined: dict[str, Any] = {"params": {}, "tags": {}, "summary": {}}
    lines: list[Any] = []
    definitions: list[Any] = []
    origin = None
    for frame in frames:
        for group in frame.groups:
            steps, times, values = _column("q", group.steps), _column("q", group.times_ms), _column("d", group.values)
            width = len(group.keys)
            for index, key in enumerate(group.keys):
                known = columns.get(key)
                if known is None:
                    columns[key] = known = (array("q"), array("q"), array("d"))
                known[0].extend(steps)
                known[1].extend(times)
                known[2].extend(values[index::width])
        for name, total in joined.items():
            total.update(getattr(frame, name))
        lines += frame.lines
        definitions += frame.definitions
        origin = frame.origin or origin
    points = [
        Points(key=key, steps=steps.tolist(), times_ms=times.tolist(), values=list[Any](values))
        for key, (steps, times, values) in columns.items()
    ]
    return LogBatch(
        writer=writer,
        seq=frames[-1].number,
        points=points,
        lines=lines,
        definitions=definitions,
        origin=origin,
        dropped=sum(frame.dropped for frame in frames),
        **joined,
    )


def _column(code: str, data: bytes) -> array[Any]:
    column = array(code)
    column.frombytes(data)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def parts(batch: LogBatch) -> list[LogBatch]:
    """A refused batch in parts, so that one bad item takes no good one with it. Each part has a stable name."""
    pieces: list[dict[str, Any]] = [{"points": [points]} for points in batch.points]
    pieces += [{"definitions": [item]} for item in batch.definitions]
    for name in ("params", "tags", "summary"):
        pieces += [{name: {key: value}} for key, value in getattr(batch, name).items()]
    pieces += [{"lines": batch.lines}] if batch.lines else []
    pieces += [{"origin": batch.origin}] if batch.origin else []
    return [LogBatch(writer=f"{batch.writer}.{index}", seq=batch.seq, **piece) for index, piece in enumerate(pieces)]


class Carrier:
    """One writer's way to one server.

    Args:
        transport: where to.
        folder: the run's folder in the spool.
        meta: the writer's Meta.
        tell: called with a sentence when something was refused for good.
    """

    def __init__(self, transport: Transport, folder: Path, meta: Meta, tell: Callable[[str], None]) -> None:
        self.transport = transport
        self.meta = meta
        self.reader = SpoolReader(folder, meta.writer)
        self.files = FileQueue(folder, meta.writer)
        self.artifacts = Artifacts(transport)
        self.tell = tell
        self.begun = False
        self.ended = False
        self.stop = False
        self.shipped_points = 0
        self.shipped_files = 0
        self.refused = 0
        self.run: Run | None = None
        self._uploading = threading.Lock()
        self._beat = time.monotonic()

    def _path(self, tail: str = "") -> str:
        return f"/api/v1/runs/{segment(self.meta.run_id)}{tail}"

    def begin(self) -> None:
        """Make the run, or take up the existing one.

        Raises:
            ModelwrightError: `Unavailable` when the server is away, `Conflict` when the id is taken and must not be
                resumed.
        """
        if self.begun:
            return
        meta = self.meta
        fresh = self.reader.mark.number == 0
        if not fresh:
            self.begun = True
            return
        if meta.attached or meta.resume == "must":
            try:
                self.run = self._resume()
            except errors.NotFound:
                if meta.resume == "must":
                    raise
                self.run = self._create()
        elif meta.resume == "allow":
            try:
                self.run = self._resume()
            except errors.NotFound:
                self.run = self._create()
        else:
            self.run = self._create()
            # The server answers a repeated call with the same run. Whether it is a call of ours shows in its start.
            if meta.resume == "never" and not meta.fork_run and self.run.start_ms != meta.create.start_ms:
                raise errors.Conflict(
                    f"there is a run {meta.run_id} already",
                    where="id",
                    hint="go on with it: resume='allow'; or choose another id",
                )
        self.begun = True

    def _create(self) -> Run:
        meta = self.meta
        if not meta.fork_run:
            return self.transport.call(Run, "POST", "/api/v1/runs", meta.create)
        target = f"/api/v1/runs/{segment(meta.fork_run)}:fork"
        try:
            body = Fork(step=meta.fork_step, name=meta.create.name, id=meta.run_id)
            made = self.transport.call(Run, "POST", target, body, timeout_s=300)
        except errors.AlreadyExists:  # an earlier try arrived
            made = self.transport.call(Run, "GET", self._path())
        create = meta.create
        body = RunUpdate(
            state=RunState.RUNNING,
            tags=dict(create.tags),
            params=create.params,
            notes=create.notes or None,
            group=create.group or None,
        )
        self.transport.call(Run, "PATCH", self._path(), body)
        return made

    def _resume(self) -> Run:
        run = self.transport.call(Run, "GET", self._path())
        create = self.meta.create
        changes: dict[str, Any] = {"params": create.params, "tags": dict(create.tags)}
        if run.state in ENDED and not self.meta.attached:
            changes["state"] = RunState.RUNNING
        for name in ("name", "notes", "group"):
            if getattr(create, name) and not (name == "name" and self.meta.attached):
                changes[name] = getattr(create, name)
        if self.meta.attached:
            changes = {"params": create.params} if create.params else {}
        if any(changes.values()):
            run = self.transport.call(Run, "PATCH", self._path(), RunUpdate(**changes))
        return run

    def ship(self, *, dead: bool = False) -> bool:
        """Send the next batch; False when there is none. With `dead` the unended tail counts as one.

        Raises:
            ModelwrightError: try again later (`Unavailable`, `StorageFull`), or not at all until something changes.
        """
        frames = self.reader.batch(dead=dead)
        if not frames:
            return False
        self.deliver(frames)
        self.reader.accept()
        return True

    def deliver(self, frames: list[Frame]) -> None:
        """Send frames, then what they say about the run itself; nothing is remembered here."""
        batch = to_batch(frames, self.meta.writer)
        try:
            self._post(batch)
        except _REFUSED as error:
            self._salvage(batch, error)
        except errors.Conflict as error:
            if self.transport.call(Run, "GET", self._path()).lifecycle is Lifecycle.DELETED:
                raise  # restoring the run makes it go on
            self._salvage(batch, error)  # a repeated step of a metric that allows none
        datasets = [item for frame in frames for item in frame.inputs]
        if datasets:
            try:
                self.transport.call(type(None), "POST", self._path("/inputs"), Inputs(datasets=datasets))
            except _REFUSED as error:
                self._refuse(f"the server refused the inputs of the run: {error.message}")
        updates = [frame.update for frame in frames if frame.update is not None]
        for update in updates:
            if update.state in ENDED:
                self.upload()
            try:
                self.transport.call(Run, "PATCH", self._path(), update)
            except _REFUSED as error:
                self._refuse(f"the server refused a change of the run: {error.message}")
            if update.state in ENDED:
                self.ended = True

    def _post(self, batch: LogBatch) -> None:
        ack = self.transport.post_packed(LogAck, self._path("/log"), batch)
        self.stop = self.stop or ack.stop
        self.shipped_points += sum(len(points.steps) for points in batch.points)

    def _salvage(self, batch: LogBatch, error: errors.ModelwrightError) -> None:
        pieces = parts(batch)
        if len(pieces) <= 1:
            self._refuse(
                f"the server refused what was logged: {error.message}{f' (at {error.where})' if error.where else ''}"
            )
            return
        for piece in pieces:
            try:
                self._post(piece)
            except (*_REFUSED, errors.Conflict) as refusal:
                name = (
                    piece.points[0].key
                    if piece.points
                    else next(iter(piece.params or piece.tags or piece.summary), "an entry")
                )
                self._refuse(f"the server refused {name!r}: {refusal.message}")

    def _refuse(self, sentence: str) -> None:
        self.refused += 1
        self.tell(sentence)

    def upload(self) -> None:
        """Upload the queued files. Raises as `ship` does."""
        with self._uploading:
            for note, item in self.files.waiting():
                try:
                    self.artifacts.upload(self.meta.run_id, item.name, self.files.path(item), report=self._moved)
                    self.shipped_files += 1
                except _REFUSED as error:
                    self._refuse(f"the server refused the file {item.name!r}: {error.message}")
                except FileNotFoundError:
                    self._refuse(f"the file {item.name!r} is gone from {self.files.path(item)}")
                self.files.done(note, item)

    def _moved(self, _: str, __: int) -> None:
        # A large file takes longer than the server waits for a sign of life.
        if time.monotonic() - self._beat > 5.0 and not self.ended:
            with contextlib.suppress(errors.ModelwrightError):
                self.beat()

    def beat(self) -> None:
        """Tell the server that the run is alive."""
        self._beat = time.monotonic()
        ack = self.transport.call(LogAck, "POST", self._path(":heartbeat"), {})
        self.stop = self.stop or ack.stop

    def left(self) -> bool:
        """Whether anything on disk has not reached the server."""
        return self.reader.waiting() > 0 or not self.files.empty()


def metric_step(run: Run) -> int:
    """The greatest step of a run's metrics, -1 without points; system metrics do not count."""
    steps = [summary.step for key, summary in run.metrics.items() if not key.startswith(("system/", "media/"))]
    return max(steps, default=-1)
