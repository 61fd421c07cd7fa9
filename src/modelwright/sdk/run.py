"""A run in this process: the handle that users log to.

Knows what each verb records. `log` costs about a microsecond: it takes the values apart and appends them to a list
that another thread seals. Refuses to raise into training: what cannot be recorded is told once and counted in
`dropped`.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from modelwright.sdk import values as convert
from modelwright.sdk.files import FileQueue
from modelwright.sdk.maps import Config, Summary
from modelwright.sdk.options import Options, as_tags, clean_url
from modelwright.sdk.recorder import CROWDED_CALLS, Recorder
from modelwright.types.codec import finite, to_json
from modelwright.types.errors import Invalid
from modelwright.types.tracking import DatasetInput, Goal, MetricDefinition, RunState, RunUpdate, StepPolicy

if TYPE_CHECKING:
    from modelwright.sdk.media import Media
    from modelwright.types.data import DataVersion

FAST = convert.FAST
ALERT_LEVELS = {"info": 20.0, "warning": 30.0, "error": 40.0}


class Run:
    """One run. Made by `modelwright.init`; a context manager.

    Attributes:
        id: 32 hex characters.
        name: what people see.
        config: the params, by item or attribute.
        summary: results that are no series, by item or attribute.
        stop_requested: whether somebody asked the run to stop.
    """

    def __init__(self, options: Options, recorder: Recorder | None, closer: Callable[[Run, RunState], None]) -> None:
        self.id = options.run_id
        self.name = options.name
        self.experiment = options.experiment or "Default"
        self.options = options
        self.stop_requested = False
        self.state = RunState.RUNNING
        self.entered = False
        self.config = Config(lambda changed: self._add(params=changed))
        self.summary = Summary(lambda changed: self._add(summary=changed))
        self.recorder = recorder
        self.revive: Callable[[], None] | None = None
        self._closer = closer
        self._files = FileQueue(recorder.folder, recorder.meta.writer) if recorder else None
        self._on_file: Callable[[], None] = lambda: None
        self._rows: list[Any] = recorder.rows if recorder else []
        self._high = CROWDED_CALLS if recorder else -1
        self._next = 0
        self._pending: dict[str, Any] = {}
        self._pending_step: Any = None
        self._warned: set[str] = set()
        self._globs: list[MetricDefinition] = []
        self._defined: set[str] = set()
        self._counter = itertools.count(1)

    # The hot path.

    def log(self, data: Mapping[str, Any], step: int | None = None, commit: bool = True) -> None:
        """Record values at a step.

        Args:
            data: name → number. Nested dicts are joined by `/`. Media and tables become files under `media/`, texts go
                to the summary.
            step: any 64-bit integer, in any order, repeated or not; None counts on from the last one.
            commit: False keeps the values until the next call, which records them all at one step.
        """
        try:
            values = tuple(data.values()) if type(data) is dict else ()
            if (
                values
                and commit
                and not self._pending
                and FAST.issuperset(map(type, values))
                and (step is None or type(step) is int)
            ):
                if step is None:
                    step = self._next
                    self._next = step + 1
                elif step >= self._next:
                    self._next = step + 1
                rows = self._rows
                rows.append((tuple(data), values, step, time.time_ns()))
                if len(rows) > self._high:
                    self._over()
            else:
                self._log_slowly(data, step, commit)
        except Exception as error:
            self._swallow("log", error)

    def _over(self) -> None:
        if self.revive is not None:  # the first call in the child of a fork
            self.revive()
        elif self.recorder is None or self.state is not RunState.RUNNING:
            if self.recorder is not None:
                self.recorder.dropped += len(self._rows)
                self.warn("finished", f"the run {self.name} is finished; what is logged to it now is dropped")
            self._rows.clear()
        else:
            self.recorder.crowded()

    def _log_slowly(self, data: Any, step: Any, commit: bool) -> None:
        if not isinstance(data, Mapping):
            data = data.to_dict() if hasattr(data, "to_dict") else None
            if not isinstance(data, Mapping):
                raise Invalid("log takes a dict of name → value")
        stamp = time.time_ns()
        self._pending.update(convert.flatten(cast("Mapping[Any, Any]", data)))
        if not commit:
            self._pending_step = step if step is not None else self._pending_step
            return
        pending, self._pending = self._pending, {}
        waited, self._pending_step = self._pending_step, None
        at = self._step(waited if step is None else step)
        keys: list[str] = []
        numbers: list[Any] = []
        texts: dict[str, Any] = {}
        for key, value in pending.items():
            number = value if type(value) in FAST else convert.on_device(value)
            number = convert.number(value) if number is None else number
            if number is not None:
                keys.append(key)
                numbers.append(number)
                continue
            if value is None or isinstance(value, str):
                texts[key] = convert.plain(value)
                continue
            from modelwright.sdk.media import as_media

            media = as_media(value)
            if media is not None:
                self._log_media(key, media, at, stamp)
            else:
                texts[key] = convert.plain(value)
        if texts:
            self.summary.update(texts)
        if keys:
            self._rows.append((tuple(keys), tuple(numbers), at, stamp))
            if len(self._rows) > self._high:
                self._over()

    def _step(self, step: Any) -> int:
        if step is None:
            at = self._next
            self._next = at + 1
            return at
        at = convert.whole(step)
        if at is None:
            self.warn("step", f"the step {convert.shown(step)!r} is no 64-bit integer; the next one is used")
            at = self._next
        self._next = max(self._next, at + 1)
        return at

    @property
    def step(self) -> int:
        """The step that the next `log` without a step takes."""
        return self._next

    @property
    def dropped(self) -> int:
        """How many values and lines could not be kept."""
        return self.recorder.dropped if self.recorder else 0

    # Everything else.

    def _add(self, **side: Any) -> None:
        if self.revive is not None:
            self.revive()
        if self.recorder is not None:
            self.recorder.add(**side)

    def _swallow(self, verb: str, error: Exception) -> None:
        try:
            if self.recorder is not None:
                self.recorder.dropped += 1
            self.warn(verb, f"{verb} could not record something: {type(error).__name__}: {error}")
        except Exception:
            return

    def warn(self, key: str, sentence: str) -> None:
        """Tell the person, once for each key."""
        if key in self._warned or self.options.silent:
            return
        self._warned.add(key)
        import warnings

        # As an error a warning would reach into training; it never does.
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(f"modelwright: {sentence}", RuntimeWarning, stacklevel=4)

    def _log_media(self, key: str, media: list[Media], step: int, stamp: int) -> None:
        ms = stamp // 1_000_000
        paths: list[str] = []
        for index, item in enumerate(media):
            path = f"media/{clean_path(key)}/{step}-{ms}-{index}.{item.extension}"
            self._put(path, item.content())
            paths.append(path)
        self._rows.append(((f"media/{key}",), (float(len(media)),), step, stamp))
        about = [{"path": path, **item.about()} for path, item in zip(paths, media, strict=True)]
        self._add(summary={key: {"media": media[0].kind, "step": step, "time_ms": ms, "items": about[:50]}})

    def _put(self, path: str, source: bytes | Path, *, copy: bool = True) -> None:
        if self._files is None:
            return
        if isinstance(source, bytes):
            self._files.put_bytes(path, source)
        else:
            self._files.put(path, source, copy=copy)
        self._on_file()

    def put_bytes(self, name: str, data: bytes) -> None:
        """Keep bytes as an artifact."""
        try:
            self._put(clean_path(name), bytes(data))
        except Exception as error:
            self._swallow("put_bytes", error)

    def log_artifact(self, source: str | Path, name: str = "", *, copy: bool = True) -> None:
        """Keep a file, or a folder with everything in it, with the run.

        Args:
            source: a file or folder.
            name: path in the run's artifacts; the file's own name when empty.
            copy: keep the content as it is now. False uploads from where it lies, which must not change until then.
        """
        try:
            path = Path(source)
            if path.is_dir():
                root = name.strip("/") or path.resolve().name
                for file in sorted(path.rglob("*")):
                    if file.is_file():
                        self._put(clean_path(f"{root}/{file.relative_to(path).as_posix()}"), file, copy=copy)
            else:
                target = f"{name}{path.name}" if name.endswith("/") else name or path.name
                self._put(clean_path(target), path, copy=copy)
        except Exception as error:
            self._swallow("log_artifact", error)

    def log_table(
        self,
        key: str,
        data: Any,
        *,
        columns: list[str] | None = None,
        step: int | None = None,
        format: str = "json",  # noqa: A002
    ) -> None:
        """Keep a table (DataFrame, list of dicts, dict of columns, rows) at a step.

        Args:
            key: its name.
            data: the rows.
            columns: names, when `data` is plain rows.
            step: as in `log`.
            format: `json` (shown in the UI), or `csv` or `parquet` beside it.
        """
        try:
            from modelwright.sdk.media import Table

            table = data if isinstance(data, Table) else Table(data, columns)
            at, stamp = self._step(step), time.time_ns()
            self._log_media(key, [table], at, stamp)
            if format != "json":
                content = table.parquet() if format == "parquet" else table.csv()
                self._put(f"media/{clean_path(key)}/{at}-{stamp // 1_000_000}-0.{format}", content)
        except Exception as error:
            self._swallow("log_table", error)

    def define_metric(
        self,
        key: str,
        *,
        goal: str | None = None,
        step_metric: str | None = None,
        policy: str = "all",
        hidden: bool = False,
    ) -> None:
        """Tell how a metric is to be read.

        Args:
            key: its name, or a pattern (`val/*`).
            goal: `min` or `max`; the summary then has the best value.
            step_metric: the metric that is its x axis.
            policy: what a repeated step means: `all` keeps both, `last` the later, `error` refuses.
            hidden: keep it out of the charts.

        Raises:
            Invalid: an unknown goal or policy.
        """
        try:
            wanted = {"min": Goal.MIN, "minimize": Goal.MIN, "max": Goal.MAX, "maximize": Goal.MAX, None: None}[goal]
            definition = MetricDefinition(
                key=key, goal=wanted, step_metric=step_metric, policy=StepPolicy(policy), hidden=hidden
            )
        except (KeyError, ValueError):
            raise Invalid(
                f"goal is min or max and policy all, last or error; got {goal!r}, {policy!r}", where="define_metric"
            ) from None
        if self.recorder is None:
            return
        if any(sign in key for sign in "*?["):
            from fnmatch import fnmatchcase

            self.recorder.define_pattern(definition, lambda name: fnmatchcase(name, key))
        else:
            self._add(definitions=[definition])

    def log_input(
        self, name: str, *, digest: str = "", source: str = "", source_type: str = "", schema: Any = None,
        profile: Any = None, context: str = "",
    ) -> None:  # fmt: skip
        """Tell which data the run read.

        Args:
            name: name of the dataset.
            digest: what tells its versions apart, at most 36 characters; made from the source when empty.
            source: where it came from: a path, URL or query. Passwords in it are cut.
            source_type: `local`, `s3`, `sql`, …
            schema: its columns, as JSON values.
            profile: its statistics, as JSON values.
            context: what it was used for: `training`, `validation`, …
        """
        try:
            where = clean_url(str(source))
            if not digest:
                import hashlib

                digest = hashlib.sha256(f"{name} {where}".encode("utf-8", "replace")).hexdigest()[:16]
            self._add(inputs=[DatasetInput(
                name=convert.shown(name), digest=str(digest)[:36], source_type=source_type, source=where,
                schema=_document(schema), profile=_document(profile), tags={"context": context} if context else {},
            )])  # fmt: skip
        except Exception as error:
            self._swallow("log_input", error)

    def use_data(self, reference: str, *, context: str = "") -> DataVersion:
        """Tell that the run reads a version of a dataset (`flights@prod`); returns that version.

        It becomes an input of the run and an edge of lineage, and stays as long as the run says so.

        Raises:
            NotFound, Unavailable: the version cannot be told.
        """
        from modelwright.sdk.data.runs import use

        return use(self, reference, context)

    def log_data(self, name: str, source: Any, **how: Any) -> DataVersion:
        """Make a version of a dataset that the run wrote: a file, a folder, a table. Arguments as of `data.add`."""
        from modelwright.sdk.data.runs import log

        return log(self, name, source, how)

    def set_tags(self, *words: str, **tags: str) -> None:
        """Set tags: words, or name=value."""
        self._add(tags={**as_tags(list(words)), **as_tags(tags)})

    def set_notes(self, notes: str) -> None:
        """Replace the notes."""
        self._add(update=RunUpdate(notes=str(notes)))

    def set_name(self, name: str) -> None:
        """Rename the run."""
        self.name = str(name)
        self._add(update=RunUpdate(name=self.name))

    def alert(self, title: str, text: str = "", level: str = "info") -> None:
        """Raise an alert: it becomes the summary entry `alert.<ms>-<n>`, and a point of the series `alerts` (20 info,
        30 warning, 40 error), so that live pages hear of it."""
        try:
            weight = ALERT_LEVELS.get(str(level).lower(), 20.0)
            stamp = time.time_ns()
            entry = {
                "title": str(title),
                "text": str(text),
                "level": str(level).lower(),
                "step": max(self._next - 1, 0),
            }
            self._add(
                summary={f"alert.{stamp // 1_000_000}-{next(self._counter)}": {**entry, "time_ms": stamp // 1_000_000}}
            )
            self._rows.append((("alerts",), (weight,), max(self._next - 1, 0), stamp))
        except Exception as error:
            self._swallow("alert", error)

    def flush(self) -> None:
        """Put everything logged so far on disk now, and let it be sent at once."""
        if self.recorder is not None and self.state is RunState.RUNNING:
            self.recorder.seal(close=True)

    def finish(self, state: RunState | str = RunState.FINISHED) -> None:
        """End the run. Waits a bounded time for the server; what is left lies in the spool, and the path is told."""
        if self.state is not RunState.RUNNING:
            return
        try:
            if self._pending:
                self.log({})
            self._closer(self, RunState(state))
        except Exception as error:
            self._swallow("finish", error)

    def close_with(self, state: RunState) -> None:
        """Mark this handle as ended (called by whoever finishes it)."""
        self.state = state
        self._high = -1

    def on_file(self, told: Callable[[], None]) -> None:
        """Whom to tell that a file waits."""
        self._on_file = told

    def count_from(self, step: int) -> None:
        """Go on at this step (a resumed or forked run)."""
        self._next = step

    def forked(self, writer: str, revive: Callable[[], None]) -> None:
        """In the child of a fork: be a writer of one's own; `revive` starts its threads at the first use."""
        if self.recorder is not None:
            self.recorder.after_fork(writer)
            self._files = FileQueue(self.recorder.folder, writer)
            self._on_file = lambda: None
            if self.state is RunState.RUNNING:
                self._high = -1
                self.revive = revive

    def revived(self) -> None:
        """The threads run again."""
        self.revive = None
        self._high = CROWDED_CALLS

    def __enter__(self) -> Self:
        self.entered = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self.finish(state_of(error))

    def __repr__(self) -> str:
        return f"Run({self.name!r}, id={self.id!r}, {self.state.value})"


def _document(value: Any) -> str | None:
    """Values as JSON text; None stays None."""
    return None if value is None else to_json(finite(convert.plain(value))).decode()


def state_of(error: BaseException | None) -> RunState:
    """How a run ended that was left by this exception."""
    if error is None or isinstance(error, GeneratorExit):
        return RunState.FINISHED
    if isinstance(error, KeyboardInterrupt):
        return RunState.KILLED
    if isinstance(error, SystemExit):
        if error.code in {None, 0}:
            return RunState.FINISHED
        return RunState.KILLED if error.code in {130, 143} else RunState.FAILED
    return RunState.FAILED


def clean_path(text: str) -> str:
    """A path that every server takes: no empty, `.` or `..` parts, no control characters or backslashes."""
    kept = "".join(letter if letter.isprintable() and letter not in "\\:%?#" else "_" for letter in str(text))
    parts = [part for part in kept.split("/") if part not in {"", ".", ".."}]
    return "/".join(parts)[:900] or f"file-{os.getpid()}"
