"""What tracking records: experiments, runs, params, metrics as series of points, tags, inputs, outputs, logs.

A *metric* is a name, a *point* is (step, time_ms, value), a *series* is the points of one metric in one run.
Times are Unix milliseconds (UTC), steps 64-bit integers. Floats inside JSON are `Number`: NaN and ±Inf travel as text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from modelwright.types.codec import Number, Verbatim


class RunKind(StrEnum):
    """What sort of work a run is."""

    TRAINING = "training"
    PIPELINE = "pipeline"
    STEP = "step"
    TRIAL = "trial"
    EVALUATION = "evaluation"
    BATCH = "batch"
    OTHER = "other"


class RunState(StrEnum):
    """Where a run is. `crashed` is found by the server when heartbeats stop, and undone by a late one."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    CRASHED = "crashed"


class Lifecycle(StrEnum):
    """Active, or deleted and still restorable."""

    ACTIVE = "active"
    DELETED = "deleted"


class StepPolicy(StrEnum):
    """What a second point at the same step means."""

    ALL = "all"  # both are kept
    LAST = "last"  # the later arrival replaces the earlier
    ERROR = "error"  # refused


class Goal(StrEnum):
    """Which way a metric is better."""

    MIN = "min"
    MAX = "max"


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """A named group of runs."""

    id: str
    name: str
    workspace: str = "default"
    artifact_location: str = ""
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    created_ms: int = 0
    updated_ms: int = 0
    tags: dict[str, str] = {}


class ExperimentCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new experiment. With `exist_ok` an active one of that name is returned instead of a refusal."""

    name: str
    artifact_location: str = ""
    tags: dict[str, str] = {}
    exist_ok: bool = False


class ExperimentUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to an experiment; a tag set to None is removed."""

    name: str | None = None
    tags: dict[str, str | None] = {}


class MetricSummary(msgspec.Struct, frozen=True, kw_only=True):
    """All points of a series in a few numbers.

    `last` is the value at the greatest (step, time, value). min, max and mean are over the numbers, NaN left out;
    `nans` counts those. `best` follows the declared goal and is absent without one.
    """

    last: Number
    step: int
    time_ms: int
    count: int
    min: Number | None = None
    max: Number | None = None
    mean: Number | None = None
    best: Number | None = None
    nans: int = 0


class MetricEntry(MetricSummary, frozen=True, kw_only=True):
    """A metric of a run, in a list."""

    key: str


class DatasetInput(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset that a run read. `source`, `schema` and `profile` are JSON texts."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str | None = None
    profile: str | None = None
    tags: dict[str, str] = {}


class ModelInput(msgspec.Struct, frozen=True, kw_only=True):
    """A logged model that a run used."""

    model_id: str


class ModelOutput(msgspec.Struct, frozen=True, kw_only=True):
    """A logged model that a run made, at a step."""

    model_id: str
    step: int = 0


class GitState(msgspec.Struct, frozen=True, kw_only=True):
    """The code a run came from."""

    commit: str = ""
    branch: str = ""
    remote: str = ""
    dirty: bool = False


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """How a run was started: command line, code, machine, interpreter, packages (name → version)."""

    command: list[str] = []
    directory: str = ""
    host: str = ""
    os: str = ""
    python: str = ""
    pid: int = 0
    cpu_count: int = 0
    memory_bytes: int = 0
    gpus: list[str] = []
    git: GitState | None = None
    packages: dict[str, str] = {}
    environment: dict[str, str] = {}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run. Lists leave out `origin`, inputs and outputs; `GET /runs/{id}` has all of it."""

    id: str
    experiment_id: str
    name: str
    kind: RunKind = RunKind.TRAINING
    state: RunState = RunState.RUNNING
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    user: str = ""
    parent_id: str | None = None
    group: str = ""
    notes: str = ""
    created_ms: int = 0
    start_ms: int | None = None
    end_ms: int | None = None
    heartbeat_ms: int | None = None
    deleted_ms: int | None = None
    stop_requested: bool = False
    forked_from: str | None = None
    fork_step: int | None = None
    artifact_uri: str = ""
    params: dict[str, Any] = {}
    tags: dict[str, str] = {}
    metrics: dict[str, MetricSummary] = {}
    summary: dict[str, Any] = {}
    dataset_inputs: list[DatasetInput] = []
    model_inputs: list[ModelInput] = []
    model_outputs: list[ModelOutput] = []
    origin: Origin | None = None


class RunCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new run. `id` chosen by the client makes the call safe to repeat; `experiment` is a name, made when missing.

    Give `experiment_id` or `experiment` (default: the experiment `Default`).
    """

    id: str | None = None
    experiment_id: str | None = None
    experiment: str | None = None
    name: str = ""
    kind: RunKind = RunKind.TRAINING
    state: RunState = RunState.RUNNING
    user: str = ""
    parent_id: str | None = None
    group: str = ""
    notes: str = ""
    start_ms: int | None = None
    params: dict[str, Any] = {}
    tags: dict[str, str] = {}
    origin: Origin | None = None
    heartbeat: bool = False  # the client will send heartbeats, so silence means a crash


class RunUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a run; absent fields stay; a tag or param set to None is removed. Param edits are audited."""

    name: str | None = None
    state: RunState | None = None
    end_ms: int | None = None
    notes: str | None = None
    group: str | None = None
    user: str | None = None
    parent_id: str | None = None  # "" for none
    experiment_id: str | None = None
    stop_requested: bool | None = None
    tags: dict[str, str | None] = {}
    params: dict[str, Any] = {}


class MetricDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """How a metric of a run is to be read: its goal (`best`), its x axis, its policy for repeated steps."""

    key: str
    goal: Goal | None = None
    step_metric: str | None = None
    policy: StepPolicy = StepPolicy.ALL
    hidden: bool = False


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """Points of one metric as three columns of equal length. Empty `steps` count on from the last step."""

    key: str
    steps: list[int]
    times_ms: list[int]
    values: list[Number | int]


class LogLine(msgspec.Struct, frozen=True):
    """One line of console output; `stream` is `stdout` or `stderr`; ANSI codes are kept."""

    time_ms: int
    stream: str
    text: Verbatim


class LogBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a client logs to a run, in one call that is safe to repeat.

    `(writer, seq)` names the batch: a second arrival of the same pair changes nothing. An empty `writer` switches
    that off (points are then deduplicated only when they are identical).
    """

    writer: str = ""
    seq: int = 0
    points: list[Points] = []
    params: dict[str, Any] = {}
    tags: dict[str, str] = {}
    summary: dict[str, Any] = {}
    definitions: list[MetricDefinition] = []
    lines: list[LogLine] = []
    origin: Origin | None = None
    dropped: int = 0


class LogAck(msgspec.Struct, frozen=True, kw_only=True):
    """The batch is committed. `duplicate` tells that it already was; `stop` that a person asked the run to stop."""

    seq: int
    duplicate: bool = False
    stop: bool = False


class Fork(msgspec.Struct, frozen=True, kw_only=True):
    """Copy a run up to and including `step` into a new run."""

    step: int | None = None
    name: str = ""
    id: str | None = None


class RenameMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A new name for a metric of one run."""

    key: str
    new_key: str


class RunSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search of runs; `experiments` empty means all of the workspace."""

    experiments: list[str] = []
    filter: str = ""
    order_by: list[str] = []
    max_results: int = 100
    page: str = ""
    lifecycle: Lifecycle | None = Lifecycle.ACTIVE
    kinds: list[RunKind] = []
    with_data: bool = True  # params, tags and metrics beside the fixed fields


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a run or logged model, or a directory (`size` then None)."""

    path: str
    is_dir: bool = False
    size: int | None = None
    digest: str = ""
    media_type: str = ""
    created_ms: int = 0


class UploadPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of an upload, as it arrived."""

    number: int
    digest: str
    size: int


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is sent in parts, in any order; it appears when the upload is completed."""

    id: str
    owner: str
    path: str
    created_ms: int = 0
    parts: list[UploadPart] = []


class UploadComplete(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that make the file, in order; empty means all that arrived, by number."""

    parts: list[int] = []


class LoggedModelState(StrEnum):
    """Whether a logged model's files are complete."""

    UNSPECIFIED = "unspecified"
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class ModelMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric value of a logged model, on a dataset when named."""

    key: str
    value: Number
    step: int = 0
    time_ms: int = 0
    run_id: str = ""
    dataset_name: str | None = None
    dataset_digest: str | None = None


class LoggedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model logged by a run (id `m-<32 hex>`), with its own params, tags, metrics and artifacts."""

    id: str
    experiment_id: str
    name: str = ""
    kind: str = ""
    state: LoggedModelState = LoggedModelState.PENDING
    state_message: str = ""
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    source_run_id: str | None = None
    user: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    artifact_uri: str = ""
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: list[ModelMetric] = []


class LoggedModelCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new logged model; without a name it is given one. Its experiment is that of its run when it names none.

    `id` and `created_ms` are for copies of a model that exists elsewhere; the server chooses them otherwise.
    """

    id: str | None = None
    created_ms: int | None = None
    experiment_id: str | None = None
    name: str = ""
    kind: str = ""
    source_run_id: str | None = None
    params: dict[str, str] = {}
    tags: dict[str, str] = {}


class LoggedModelUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a logged model; absent fields stay. A tag set to None is removed; params are written once."""

    state: LoggedModelState | None = None
    state_message: str | None = None
    tags: dict[str, str | None] = {}
    params: dict[str, str] = {}
    metrics: list[ModelMetric] = []


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """What a run read."""

    datasets: list[DatasetInput] = []
    models: list[ModelInput] = []


class Outputs(msgspec.Struct, frozen=True, kw_only=True):
    """What a run made."""

    models: list[ModelOutput] = []


class Count(msgspec.Struct, frozen=True):
    """How many a search finds."""

    count: int


class Shown(StrEnum):
    """Which things a list shows."""

    ACTIVE = "active"
    DELETED = "deleted"
    ALL = "all"


class SeriesPoints(msgspec.Struct, frozen=True, kw_only=True):
    """Points of a metric as columns; `next_page` is the `after` of the page that follows, empty on the last one."""

    key: str
    steps: list[int]
    times_ms: list[int]
    values: list[Number]
    next_page: str = ""


class SeriesKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Which metrics some runs have; `pattern` is an RE2 expression that the keys match, empty for all."""

    runs: list[str]
    pattern: str = ""


class MetricKey(msgspec.Struct, frozen=True, kw_only=True):
    """A metric by name: how many of the runs asked about have it, and how many points they have of it."""

    key: str
    runs: int
    points: int


class XAxis(StrEnum):
    """The x of a chart. `metric:<key>` is also accepted where an x is asked for."""

    STEP = "step"
    TIME = "time"  # wall time, ms
    RELATIVE = "relative"  # ms since the run's start


class SeriesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Many series on one bucket grid.

    `range` is [from, to] in units of x, both ends included, absent for all. At most `buckets` buckets (or two) come
    back; their width is a power of two of the x unit, so zooming and panning land on the same edges. `group_by` (a
    param or tag, `params.lr`) merges the runs of equal value; `band` then is `minmax`, `std` or `ci95` around the
    mean over all points. `smooth` leaves the values alone: smoothing is the client's.
    """

    runs: list[str]
    metrics: list[str]
    x: str = "step"
    range: list[Number] | None = None
    buckets: int = 1000
    group_by: str | None = None
    band: str = "minmax"


class SeriesLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the answer: a run (or a group of runs) and a metric, one number a bucket; empty buckets are null.

    `exact` tells that every bucket holds at most one point, so the line is the points themselves. NaN and ±Inf inside
    a bucket are counted in `nan`, `posinf` and `neginf` (lists of bucket numbers) and are not in min, max and mean.
    """

    metric: str
    run: str = ""
    group: str = ""
    runs: int = 1
    points: int = 0
    exact: bool = False
    min: list[Number | None] = []
    max: list[Number | None] = []
    mean: list[Number | None] = []
    last: list[Number | None] = []
    low: list[Number | None] = []
    high: list[Number | None] = []
    nan: list[int] = []
    posinf: list[int] = []
    neginf: list[int] = []


class SeriesGrid(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: bucket `i` covers [start + i·width, start + (i+1)·width)."""

    x: str
    start: Number
    width: Number
    buckets: int
    lines: list[SeriesLine]
    took_ms: float = 0.0


class ConsolePage(msgspec.Struct, frozen=True, kw_only=True):
    """Console lines from `first` on; `total` is the number of lines of the run.

    `next` is where to go on reading, absent at the end. A search answers with the lines that match and their `numbers`;
    it may stop early, with fewer lines than asked for and a `next`.
    """

    first: int
    total: int
    lines: list[LogLine]
    numbers: list[int] = []
    next: int | None = None
