"""Opening and closing runs in a process, and the module-level verbs that act on the current one.

Knows which run is current in a thread, and what must happen at exit, at a signal and after a fork. Refuses to hold
training up: `init` waits for the server only where the answer is needed (resume and fork), and not for long.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from modelwright.sdk import exits, values
from modelwright.sdk.maps import Config, Summary, as_mapping
from modelwright.sdk.options import Options, clean_url
from modelwright.sdk.options import read as read_options
from modelwright.sdk.recorder import Recorder
from modelwright.sdk.run import Run
from modelwright.sdk.spool import Meta, discard
from modelwright.types.access import DEFAULT_WORKSPACE
from modelwright.types.codec import convert
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, NotFound
from modelwright.types.ids import new_id
from modelwright.types.tracking import LogLine, RunCreate, RunState, RunUpdate

if TYPE_CHECKING:
    from modelwright.sdk.console import Capture
    from modelwright.sdk.shipper import Shipper
    from modelwright.sdk.transport import Transport

OFFLINE_BATCH_S = 2.0
_OPEN: list[Run] = []
_PARTS: dict[str, _Parts] = {}
_LOCAL = threading.local()
_capture: Capture | None = None


class _Parts:
    """What runs beside a run: shipper, sampler, the thread that looks at the machine."""

    def __init__(self, *, primary: bool) -> None:
        self.transport: Transport | None = None
        self.shipper: Shipper | None = None
        self.sampler: Any = None
        self.origin: threading.Thread | None = None
        self.primary = primary


def say(options: Options, sentence: str) -> None:
    """One line for the person, on stderr."""
    if not options.silent and sys.stderr is not None:
        with contextlib.suppress(Exception):
            sys.stderr.write(f"mw: {sentence}\n")


def init(
    experiment: str | None = None, name: str | None = None, config: Any = None, *, tags: Any = None,
    notes: str | None = None, group: str | None = None, kind: str | None = None,
    id: str | None = None, resume: str | bool | None = None,  # noqa: A002
    parent: Run | str | None = None, fork_from: str | tuple[str, int] | None = None, mode: str | None = None,
    dir: str | Path | None = None,  # noqa: A002
    url: str | None = None, token: str | None = None, workspace: str | None = None,
    console: str | None = None, git: bool | None = None, system_metrics: float | bool | None = None,
    silent: bool | None = None,
    stop: str | None = None, primary: bool | None = None, alongside: bool = False, finish_timeout: float | None = None,
) -> Run:  # fmt: skip
    """Open a run and make it the current one of this thread.

    Everything has an environment variable (`MODELWRIGHT_…`, docs/guides/tracking.md); arguments win.

    Args:
        experiment: experiment name, made when missing.
        name: run name; a made-up one when empty.
        config: params: a dict, dataclass or `argparse.Namespace`.
        tags: dict, or list of words.
        notes: free text.
        group: group name.
        kind: training, pipeline, step, trial, evaluation, batch or other.
        id: run id; text that is not an id stands for one that is always the same.
        resume: what an existing id means: `never` (default), `allow`, `must`, or `auto` (id of the cluster job).
        parent: a run or run id this one is nested in; `"current"` is the current run.
        fork_from: `"<run id>@<step>"` or (run id, step): begin as a copy of that run up to the step.
        mode: online, offline or disabled; without a URL it is offline.
        dir: folder of the spool; `./modelwright-data` by default.
        url: server address.
        token: API token.
        workspace: workspace.
        console: wrap, fd (child processes too) or off.
        git: record commit and uncommitted changes.
        system_metrics: seconds between samples; False switches them off.
        silent: print nothing.
        stop: what a stop in the UI does: `flag` sets `run.stop_requested`, `interrupt` also raises KeyboardInterrupt in
            the main thread.
        primary: whether this process ends the run; by default all but ranks above 0 of a distributed job do.
        alongside: keep the current run of this thread open; without it a run that is not in a `with` block is finished.
        finish_timeout: seconds that `finish` waits for the server.

    Raises:
        Invalid: an argument that cannot be meant.
        Conflict: the id is taken and `resume` is never. NotFound: `resume` is must and there is no such run.
    """
    enclosing = current()
    given: dict[str, Any] = {
        "experiment": experiment, "name": name, "tags": tags, "notes": notes, "group": group, "kind": kind,
        "run_id": id, "resume": resume, "mode": mode, "dir": dir, "url": url, "token": token, "workspace": workspace,
        "console": console, "git": git,
        "silent": silent, "stop": stop, "finish_timeout": finish_timeout, "parent_id": _parent(parent, enclosing),
        "system_metrics": (10.0 if system_metrics else 0.0) if isinstance(system_metrics, bool) else system_metrics,
    }  # fmt: skip
    options = read_options(given)
    if not options.name:
        options = msgspec.structs.replace(options, name=made_up_name())
    fork = _fork(fork_from)
    if (
        enclosing is not None
        and not enclosing.entered
        and not alongside
        and parent is None
        and getattr(_LOCAL, "runs", None)
    ):
        enclosing.finish()
    run = _disabled(options) if options.mode == "disabled" else _opened(options, fork, primary)
    if own := as_mapping(config):
        run.config.update(own)
    _OPEN.append(run)
    stack: list[Run] = _LOCAL.__dict__.setdefault("runs", [])
    stack.append(run)
    return run


def _parent(parent: Run | str | None, enclosing: Run | None) -> str | None:
    if isinstance(parent, Run):
        return parent.id
    if parent == "current":
        return enclosing.id if enclosing else None
    return parent


def _fork(given: str | tuple[str, int] | None) -> tuple[str, int | None] | None:
    if given is None:
        return None
    run, step = (given.partition("@")[::2]) if isinstance(given, str) else (given[0], given[1])
    if not run:
        raise Invalid("fork_from is '<run id>@<step>'", where="fork_from")
    if step in {"", None}:
        return str(run), None
    at = values.whole(step)
    if at is None:
        raise Invalid(f"the step of fork_from is an integer, not {step!r}", where="fork_from")
    return str(run), at


def made_up_name() -> str:
    """A name that can be said aloud, such as `quiet-heron-412`."""
    words = [
        "amber", "bold", "brisk", "calm", "clear", "crisp", "deft", "eager", "fair", "fond", "glad", "keen", "kind",
        "light", "lively", "lucid", "mellow", "neat", "noble", "plain", "proud", "quick", "quiet", "rapid", "sharp",
        "sleek", "steady", "still", "sunny", "swift", "true", "vivid", "warm", "wise",
    ]  # fmt: skip
    birds = [
        "avocet", "bittern", "bunting", "crane", "curlew", "dipper", "dove", "dunlin", "eagle", "falcon", "finch",
        "gannet", "goshawk", "grebe", "heron", "hoopoe", "ibis", "jay", "kestrel", "kite", "lapwing", "lark",
        "linnet", "magpie", "merlin", "osprey", "ouzel", "owl", "petrel", "pipit", "plover", "raven", "robin",
        "rook", "shrike", "siskin", "snipe", "stork", "swan", "swift", "tern", "thrush", "wagtail", "warbler",
        "wren",
    ]  # fmt: skip
    chance = int.from_bytes(os.urandom(8), "big")
    return f"{words[chance % len(words)]}-{birds[(chance >> 16) % len(birds)]}-{100 + (chance >> 32) % 900}"


def _disabled(options: Options) -> Run:
    def close(run: Run, state: RunState) -> None:
        _close_handle(run)
        run.close_with(state)

    return Run(options, None, close)


def _opened(options: Options, fork: tuple[str, int | None] | None, primary: bool | None) -> Run:
    rank = next((os.environ[key] for key in ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK") if key in os.environ), "0")
    leads = primary if primary is not None else not (options.given_id and rank.isdigit() and int(rank) > 0)
    resume = options.resume if options.given_id else "own"
    create = RunCreate(
        id=options.run_id, experiment=options.experiment or None, name=options.name, kind=options.kind,
        user=user_name(), parent_id=options.parent_id or None, group=options.group, notes=options.notes,
        start_ms=int(time.time() * 1000), tags=options.tags, heartbeat=True,
    )  # fmt: skip
    meta = Meta(
        run_id=options.run_id, writer=new_writer(), mode=options.mode, url=clean_url(options.url),
        workspace=options.workspace, create=create, resume=resume, fork_run=fork[0] if fork else "",
        fork_step=fork[1] if fork else None, attached=not leads,
        host=os.uname().nodename if hasattr(os, "uname") else "", pid=os.getpid(),
    )  # fmt: skip
    folder = options.dir / "spool" / options.run_id
    earlier = last_step(folder) if options.given_id else -1
    offline = options.mode == "offline"
    recorder = Recorder(folder, meta, batch_s=OFFLINE_BATCH_S if offline else 0.5)
    run = Run(options, recorder, _finish)
    parts = _PARTS[run.id + meta.writer] = _Parts(primary=leads)
    run.count_from(max(earlier, -1 if fork is None or fork[1] is None else fork[1]) + 1)
    if not offline:
        _connect(run, parts, ask=options.given_id or fork is not None)
    if recorder.disk_error:
        run.warn("disk", f"the spool cannot be written: {recorder.disk_error}; logging goes on in memory")
    recorder.start()
    if parts.shipper is not None:
        parts.shipper.start()
    _accompany(run, parts)
    exits.install(on_exit=_finish_all, on_fork=_forked)
    return run


def user_name() -> str:
    """Who runs this."""
    with contextlib.suppress(Exception):
        import getpass

        return getpass.getuser()
    return ""


def new_writer() -> str:
    """A name for one process's stream into a run."""
    return new_id()[4:12] + new_id()[-8:]


def _connect(run: Run, parts: _Parts, *, ask: bool) -> None:
    # Imported here and not by a thread: a fork in the middle of an import leaves the child a lock that nobody opens.
    import urllib.request  # noqa: F401 # pyright: ignore[reportUnusedImport]

    import urllib3  # noqa: F401 # pyright: ignore[reportUnusedImport]

    from modelwright.sdk.carrier import Carrier, metric_step
    from modelwright.sdk.shipper import Shipper
    from modelwright.sdk.transport import Transport

    options, recorder = run.options, run.recorder
    assert recorder is not None
    transport = Transport(options.url, options.token, workspace=options.workspace)
    carrier = Carrier(transport, recorder.folder, recorder.meta, lambda sentence: say(options, sentence))
    if ask:
        transport.timeout_s = 5.0
        try:
            carrier.begin()
        except (Conflict, NotFound, Invalid):
            recorder.release()
            discard(recorder.folder, recorder.meta.writer)
            _PARTS.pop(run.id + recorder.meta.writer, None)
            raise
        except ModelwrightError as error:
            say(options, f"{error.message}; whether the run exists is found out later")
        if carrier.run is not None and (options.resume in {"allow", "must"} or recorder.meta.fork_run):
            run.count_from(max(run.step, metric_step(carrier.run) + 1))
            run.config.load(carrier.run.params)
        transport.timeout_s = 30.0
        transport.close()
    _catch_up(run, transport)
    parts.transport = transport
    parts.shipper = Shipper(carrier, recorder, lambda sentence: say(options, sentence), lambda: _stop(run))
    run.on_file(parts.shipper.files_ready.set)


def _catch_up(run: Run, transport: Transport) -> None:
    """Send, from a thread of its own, what processes that were killed left for this server in the same folder."""
    options, spool = run.options, run.options.dir / "spool"
    if all(path.parent.name == run.id for path in spool.glob("*/*.json")):
        return
    from modelwright.sdk.sync import Courier

    def meant(meta: Meta) -> bool:
        return (
            meta.mode == "online"
            and meta.url == clean_url(options.url)
            and meta.workspace == options.workspace
            and meta.run_id != run.id
        )

    def work() -> None:
        courier = Courier(spool, transport, meant=meant)
        with contextlib.suppress(Exception):
            courier.sweep()
        courier.close()

    threading.Thread(target=work, name="modelwright-catch-up", daemon=True).start()


def _stop(run: Run) -> None:
    run.stop_requested = True
    say(run.options, f"somebody asked the run {run.name} to stop")
    if run.options.stop == "interrupt" and run.state is RunState.RUNNING:
        _thread.interrupt_main()


def _accompany(run: Run, parts: _Parts) -> None:
    """Start what records beside the training: machine and code, system metrics, console."""
    global _capture
    options, recorder = run.options, run.recorder
    assert recorder is not None
    if parts.primary:
        from modelwright.sdk import origin

        origin.prepare()
        parts.origin = threading.Thread(target=_gather, args=(run, parts), name="modelwright-origin", daemon=True)
        parts.origin.start()
    if options.system_metrics > 0:
        from modelwright.sdk.system import Sampler

        started = time.time()
        prefix = "system/" if parts.primary else f"system/{recorder.meta.writer}/"

        def record(sample: dict[str, float]) -> None:
            now = time.time_ns()
            recorder.rows.append((tuple(sample), tuple(sample.values()), int(now / 1e9 - started), now))

        parts.sampler = Sampler(record, interval_s=options.system_metrics, prefix=prefix)
        parts.sampler.start()
    if options.console != "off" and _capture is None:
        from modelwright.sdk.console import Capture

        _capture = Capture(_heard, options.console)
        _capture.start()
    where = clean_url(options.url) or f"{recorder.folder} (serve it with `mw up`, or ship it with `mw sync`)"
    if options.url:
        where += f"/runs/{run.id}"
        if options.workspace not in ("", DEFAULT_WORKSPACE):
            where += f"?workspace={quote(options.workspace, safe='')}"
    say(options, f"run {run.name} ({run.id}) → {where}")


def _gather(run: Run, parts: _Parts) -> None:
    with contextlib.suppress(Exception):
        from modelwright.sdk import origin

        found, patch = origin.gather(with_git=run.options.git)
        assert run.recorder is not None
        run.recorder.add(origin=found)
        if patch.strip():
            from modelwright.sdk.files import FileQueue

            FileQueue(run.recorder.folder, run.recorder.meta.writer).put_bytes(
                "code/diff.patch", patch.encode("utf-8", "replace")
            )
            if parts.shipper is not None:
                parts.shipper.files_ready.set()


def _heard(line: LogLine) -> None:
    run = current()
    if run is not None and run.recorder is not None:
        if run.revive is not None:
            run.revive()
        run.recorder.line(line)


def _finish(run: Run, state: RunState) -> None:
    """End a run: seal, send, tell where the rest lies."""
    global _capture
    recorder = run.recorder
    assert recorder is not None
    parts = _PARTS.pop(run.id + recorder.meta.writer, None) or _Parts(primary=False)
    if parts.sampler is not None:
        parts.sampler.close()
    if parts.origin is not None:
        parts.origin.join(3.0)
    if _capture is not None and len(_OPEN) <= 1:
        _capture.close()
        _capture = None
    _close_handle(run)
    ends = parts.primary and not recorder.meta.attached
    recorder.close(RunUpdate(state=state, end_ms=int(time.time() * 1000)) if ends else None)
    run.close_with(state)
    options = run.options
    if parts.shipper is None:
        recorder.release()
        if parts.primary:
            say(options, f"run {run.name} is {state.value}; it lies in {recorder.folder}")
        return
    done = parts.shipper.finish(options.finish_timeout)
    recorder.release()
    if done and parts.shipper.carrier.begun:
        discard(recorder.folder, recorder.meta.writer)
        if parts.primary:
            _sweep(recorder.folder, parts.shipper.carrier.transport)
            say(options, f"run {run.name} is {state.value}: {clean_url(options.url)}/runs/{run.id}")
    else:
        why = f" ({parts.shipper.problem})" if parts.shipper.problem else ""
        say(
            options,
            f"not everything reached the server{why}. The rest lies in {recorder.folder}; "
            f"send it with `mw sync {options.dir}`",
        )
    if run.dropped:
        say(options, f"{run.dropped} values or lines could not be kept")
    if parts.transport is not None:
        parts.transport.close()


def _sweep(folder: Path, transport: Transport) -> None:
    """Send what forked workers of this run left behind."""
    if any(folder.glob("*.json")):
        from modelwright.sdk.sync import Courier

        courier = Courier(folder.parent, transport)
        with contextlib.suppress(Exception):
            courier.sweep(only=folder)
        courier.close()


def _close_handle(run: Run) -> None:
    with contextlib.suppress(ValueError):
        _OPEN.remove(run)
    stack: list[Run] = _LOCAL.__dict__.get("runs", [])
    with contextlib.suppress(ValueError):
        stack.remove(run)


def _finish_all(state: RunState) -> None:
    for run in reversed(list(_OPEN)):
        run.finish(state)


def _forked() -> None:
    """In the child of a fork: every open run becomes a writer of its own, quietly, until it is used."""
    for run in _OPEN:
        recorder = run.recorder
        if recorder is None:
            continue
        old = _PARTS.pop(run.id + recorder.meta.writer, None)
        if old is not None and old.transport is not None:
            old.transport.forget()
        run.forked(new_writer(), lambda run=run: _revive(run))


def _revive(run: Run) -> None:
    recorder = run.recorder
    assert recorder is not None
    run.revived()
    parts = _PARTS[run.id + recorder.meta.writer] = _Parts(primary=False)
    recorder.start()
    if run.options.mode == "online":
        _connect(run, parts, ask=False)
        assert parts.shipper is not None
        parts.shipper.start()
    if "multiprocessing" in sys.modules:  # its children leave without atexit
        from multiprocessing.util import Finalize

        Finalize(None, run.finish, exitpriority=100)


def last_step(folder: Path) -> int:
    """The greatest step in a run's spool, -1 without one: where an offline run goes on. Gives up after a second."""
    from modelwright.sdk.sync import writers

    best = -1
    deadline = time.monotonic() + 1.0
    with contextlib.suppress(Exception):
        for reader in writers(folder):
            while (frames := reader.batch(dead=True)) and time.monotonic() < deadline:
                for frame in frames:
                    for group in frame.groups:
                        if not group.keys[0].startswith(("system/", "media/")):
                            best = max(best, *memoryview(group.steps).cast("q"))
                reader.peek_past()
    return best


# The verbs on the current run.


def current() -> Run | None:
    """The current run of this thread, else the one opened last in the process."""
    stack: list[Run] | None = _LOCAL.__dict__.get("runs")
    if stack:
        return stack[-1]
    return _OPEN[-1] if _OPEN else None


def current_run() -> Run | None:
    """`modelwright.run`."""
    return current()


def current_config() -> Config:
    """`modelwright.config`: of the current run, or one that nobody records."""
    run = current()
    return run.config if run is not None else _NO_CONFIG


def current_summary() -> Summary:
    """`modelwright.summary`."""
    run = current()
    return run.summary if run is not None else _NO_SUMMARY


_NO_CONFIG = Config()
_NO_SUMMARY = Summary()
_TOLD: set[str] = set()


def _active(verb: str) -> Run | None:
    run = current()
    if run is None and verb not in _TOLD:
        _TOLD.add(verb)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(
                f"modelwright: {verb} without a run does nothing; call init first", RuntimeWarning, stacklevel=3
            )
    return run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool = True) -> None:
    """Record values on the current run; see `Run.log`."""
    stack: list[Run] | None = _LOCAL.__dict__.get("runs")
    run = stack[-1] if stack else _active("log")
    if run is not None:
        run.log(data, step, commit)


def define_metric(key: str, **how: Any) -> None:
    """See `Run.define_metric`."""
    if (run := _active("define_metric")) is not None:
        run.define_metric(key, **how)


def log_artifact(source: str | Path, name: str = "", *, copy: bool = True) -> None:
    """See `Run.log_artifact`."""
    if (run := _active("log_artifact")) is not None:
        run.log_artifact(source, name, copy=copy)


def log_table(key: str, data: Any, **how: Any) -> None:
    """See `Run.log_table`."""
    if (run := _active("log_table")) is not None:
        run.log_table(key, data, **how)


def log_input(name: str, **what: Any) -> None:
    """See `Run.log_input`."""
    if (run := _active("log_input")) is not None:
        run.log_input(name, **what)


def alert(title: str, text: str = "", level: str = "info") -> None:
    """See `Run.alert`."""
    if (run := _active("alert")) is not None:
        run.alert(title, text, level)


def finish(state: RunState | str = RunState.FINISHED) -> None:
    """End the current run."""
    run = current()
    if run is not None:
        run.finish(convert(str(getattr(state, "value", state)), RunState))
