"""The tables of tracking. Inside, runs are named by `runs.seq`, a small integer; outside by `runs.id`.

A value column that is NULL stands for NaN, which SQLite cannot store; ±Inf are stored as they are.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FLAG = sa.SmallInteger()
_BIG = sa.BigInteger()
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # both engines order by code point
_CHILD = sa.text("parent_id IS NOT NULL")
_PURGED = sa.text("lifecycle = 'purged'")   # being removed for good; no longer seen by anyone
_ALIVE = sa.text("state = 'running' AND heartbeat_ms IS NOT NULL")

experiments = sa.Table(
    "experiments", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("artifact_location", _TEXT, nullable=False, server_default=""),
    sa.Column("lifecycle", _TEXT, nullable=False, server_default="active"),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("deleted_ms", _BIG),
    sa.UniqueConstraint("workspace", "name"),
    sqlite_autoincrement=True,                  # an id is never given twice
)

experiment_tags = sa.Table(
    "experiment_tags", metadata,
    sa.Column("experiment", _BIG, sa.ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
    sqlite_with_rowid=False,
)

runs = sa.Table(
    "runs", metadata,
    sa.Column("seq", _SERIAL, primary_key=True),
    sa.Column("id", _TEXT, nullable=False, unique=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("experiment", _BIG, sa.ForeignKey("experiments.id"), nullable=False),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("kind", _TEXT, nullable=False),
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("lifecycle", _TEXT, nullable=False, server_default="active"),
    sa.Column("user_name", _TEXT, nullable=False, server_default=""),
    sa.Column("parent_id", _TEXT),
    sa.Column("group_name", _TEXT, nullable=False, server_default=""),
    sa.Column("notes", _TEXT, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("start_ms", _BIG),
    sa.Column("end_ms", _BIG),
    sa.Column("heartbeat_ms", _BIG),            # NULL: the client never promised heartbeats
    sa.Column("deleted_ms", _BIG),
    sa.Column("deleted_with", _FLAG, nullable=False, server_default="0"),  # 1: with its experiment, restored with it
    sa.Column("stop_requested", _FLAG, nullable=False, server_default="0"),
    sa.Column("forked_from", _TEXT),
    sa.Column("fork_step", _BIG),
    sa.Column("artifact_uri", _TEXT, nullable=False, server_default=""),
    sa.Column("dropped", _BIG, nullable=False, server_default="0"),
    sa.Index("runs_by_start", "experiment", "lifecycle", sa.text("start_ms DESC"), "id"),
    sa.Index("runs_by_workspace", "workspace", "lifecycle", sa.text("start_ms DESC"), "id"),
    sa.Index("runs_by_parent", "parent_id", sqlite_where=_CHILD, postgresql_where=_CHILD),
    sa.Index("runs_by_heartbeat", "heartbeat_ms", sqlite_where=_ALIVE, postgresql_where=_ALIVE),
    sa.Index("runs_purged", "seq", sqlite_where=_PURGED, postgresql_where=_PURGED),
    sqlite_autoincrement=True,
)


def _of_run(*, primary_key: bool = True) -> sa.Column[int]:
    owner = sa.ForeignKey("runs.seq", ondelete="CASCADE")
    return sa.Column("run", _BIG, owner, primary_key=primary_key, nullable=False)


params = sa.Table(
    "params", metadata,
    _of_run(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),   # JSON: typed and nested
    sa.Column("text", _TEXT, nullable=False),    # as MLflow shows it, and as filters compare it
    sa.Column("number", sa.Double),                # when the value is a number, for filters and order
    sqlite_with_rowid=False,
)

tags = sa.Table(
    "tags", metadata,
    _of_run(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
    sqlite_with_rowid=False,
)

summaries = sa.Table(  # what the user put into `run.summary`, beside what is computed from points
    "summaries", metadata,
    _of_run(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),   # JSON
    sa.Column("number", sa.Double),
    sqlite_with_rowid=False,
)

metrics = sa.Table(  # one row a series: all its points in a few numbers
    "metrics", metadata,
    _of_run(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("experiment", _BIG, nullable=False),  # repeated for the index that finds the best runs
    sa.Column("last", sa.Double),                   # at the greatest (step, time, value)
    sa.Column("last_step", _BIG, nullable=False),
    sa.Column("last_ms", _BIG, nullable=False),
    sa.Column("count", _BIG, nullable=False),
    sa.Column("nans", _BIG, nullable=False, server_default="0"),
    sa.Column("min", sa.Double),
    sa.Column("max", sa.Double),
    sa.Column("sum", sa.Double),
    sa.Column("min_step", _BIG),                    # first step of the series
    sa.Column("fresh", sa.Integer, nullable=False, server_default="0"),  # weight of stored chunks not merged yet
    sa.Index("metrics_by_value", "experiment", "key", "last", "run"),
    sa.Index(
        "metrics_to_merge", "run", "key",
        sqlite_where=sa.text("fresh >= 2"), postgresql_where=sa.text("fresh >= 2"),
    ),
    sqlite_with_rowid=False,
)

definitions = sa.Table(
    "definitions", metadata,
    _of_run(),
    sa.Column("key", _TEXT, primary_key=True),    # may end in `*`
    sa.Column("goal", _TEXT),
    sa.Column("step_metric", _TEXT),
    sa.Column("policy", _TEXT, nullable=False, server_default="all"),
    sa.Column("hidden", _FLAG, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

chunks = sa.Table(  # points of one series as columns, sorted by (step, time, value), never changed; see points/chunk.py
    "chunks", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    _of_run(primary_key=False),
    sa.Column("key", _TEXT, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False, server_default="0"),  # 0 as it arrived, 1 merged
    sa.Column("above", sa.SmallInteger, nullable=False, server_default="99"),  # shift of the pyramid over it, 99: none
    sa.Column("parent", _BIG),                            # id of that pyramid
    sa.Column("first_step", _BIG, nullable=False),
    sa.Column("last_step", _BIG, nullable=False),
    sa.Column("first_ms", _BIG, nullable=False),
    sa.Column("last_ms", _BIG, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    # Time stands first: the question at every write that does not rise is "which chunks reach into these milliseconds".
    sa.Index("chunks_of_series", "run", "key", "last_ms", "first_ms", "first_step", "last_step", "above"),
    sqlite_autoincrement=True,                  # an id is never given twice: merging names what it read by id
)

pyramids = sa.Table(  # merged chunks from afar: min, max, mean, last per power-of-two bucket; see points/pyramid.py
    "pyramids", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    _of_run(primary_key=False),
    sa.Column("key", _TEXT, nullable=False),
    sa.Column("tier", sa.SmallInteger, nullable=False),   # 0 over one chunk, each further one over several below it
    sa.Column("shift", sa.SmallInteger, nullable=False),  # its buckets are 2^shift steps wide
    sa.Column("above", sa.SmallInteger, nullable=False, server_default="99"),  # shift of the pyramid over it, 99: none
    sa.Column("parent", _BIG),                            # id of that pyramid
    sa.Column("first_step", _BIG, nullable=False),
    sa.Column("last_step", _BIG, nullable=False),
    sa.Column("first_ms", _BIG, nullable=False),
    sa.Column("last_ms", _BIG, nullable=False),
    sa.Column("count", _BIG, nullable=False),             # points
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Index("pyramids_of_series", "run", "key", "shift", "above", "first_step", "last_step"),
    sqlite_autoincrement=True,
)

writers = sa.Table(  # the last batch of each writer that was applied
    "writers", metadata,
    _of_run(),
    sa.Column("writer", _TEXT, primary_key=True),
    sa.Column("seq", _BIG, nullable=False),
    sqlite_with_rowid=False,
)

console = sa.Table(  # console lines in packed blocks
    "console", metadata,
    _of_run(),
    sa.Column("first", _BIG, primary_key=True),     # number of the first line
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("first_ms", _BIG, nullable=False),
    sa.Column("last_ms", _BIG, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

origins = sa.Table(
    "origins", metadata,
    _of_run(),
    sa.Column("data", _TEXT, nullable=False),     # JSON of types.tracking.Origin
)

datasets = sa.Table(
    "datasets", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("experiment", _BIG, sa.ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("digest", _TEXT, nullable=False),
    sa.Column("source_type", _TEXT, nullable=False, server_default=""),
    sa.Column("source", _TEXT, nullable=False, server_default=""),
    sa.Column("schema", _TEXT),
    sa.Column("profile", _TEXT),
    sa.UniqueConstraint("experiment", "name", "digest"),
)

dataset_inputs = sa.Table(
    "dataset_inputs", metadata,
    _of_run(),
    sa.Column("dataset", _BIG, sa.ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("context", _TEXT, nullable=False, server_default=""),  # the tag mlflow.data.context
    sa.Column("tags", _TEXT, nullable=False, server_default="{}"),   # JSON
    sa.Index("dataset_inputs_by_dataset", "dataset"),
)

model_links = sa.Table(
    "model_links", metadata,
    _of_run(),
    sa.Column("direction", _TEXT, primary_key=True),  # "in" or "out"
    sa.Column("model_id", _TEXT, primary_key=True),
    sa.Column("step", _BIG, nullable=False, server_default="0"),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
)

artifacts = sa.Table(
    "artifacts", metadata,
    sa.Column("workspace", _TEXT, primary_key=True),
    sa.Column("owner", _TEXT, primary_key=True),   # `runs/<id>`, `models/<id>`, or another clean path
    sa.Column("path", _TEXT, primary_key=True),
    sa.Column("digest", _TEXT, nullable=False, info={"cas": True}),
    sa.Column("size", _BIG, nullable=False),
    sa.Column("media_type", _TEXT, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Index("artifacts_by_digest", "digest"),
)

uploads = sa.Table(  # multipart uploads in progress
    "uploads", metadata,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("owner", _TEXT, nullable=False),
    sa.Column("path", _TEXT, nullable=False),
    sa.Column("created_ms", _BIG, nullable=False),
)

upload_parts = sa.Table(
    "upload_parts", metadata,
    sa.Column("upload", _TEXT, sa.ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", _TEXT, nullable=False, info={"cas": True}),
    sa.Column("size", _BIG, nullable=False),
    sa.Index("upload_parts_by_digest", "digest"),
)

condemned = sa.Table(  # contents that nothing refers to, about to be deleted; nobody may refer to them any more
    "condemned", metadata,
    sa.Column("digest", _TEXT, primary_key=True),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Column("done_ms", _BIG),                  # when it was deleted
)

views = sa.Table(  # what people keep of how they look at the runs of an experiment
    "views", metadata,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("experiment", _BIG, sa.ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("owner", _TEXT, nullable=False),
    sa.Column("shared", _FLAG, nullable=False, server_default="0"),  # 1: all members of the workspace see it
    sa.Column("state", _TEXT, nullable=False),    # JSON, of the page's own making
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Index("views_of_experiment", "experiment", "created_ms", "id"),
)

models = sa.Table(  # logged models
    "models", metadata,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("experiment", _BIG, sa.ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", _TEXT, nullable=False, server_default=""),
    sa.Column("kind", _TEXT, nullable=False, server_default=""),
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("state_message", _TEXT, nullable=False, server_default=""),
    sa.Column("lifecycle", _TEXT, nullable=False, server_default="active"),
    sa.Column("source_run_id", _TEXT),
    sa.Column("user_name", _TEXT, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("deleted_ms", _BIG),
    sa.Column("artifact_uri", _TEXT, nullable=False, server_default=""),
    sa.Index("models_by_creation", "experiment", "lifecycle", sa.text("created_ms DESC"), "id"),
    sa.Index("models_by_run", "source_run_id"),
)


def _of_model() -> sa.Column[str]:
    return sa.Column("model", _TEXT, sa.ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)


model_params = sa.Table(
    "model_params", metadata, _of_model(),
    sa.Column("key", _TEXT, primary_key=True), sa.Column("value", _TEXT, nullable=False),
)

model_tags = sa.Table(
    "model_tags", metadata, _of_model(),
    sa.Column("key", _TEXT, primary_key=True), sa.Column("value", _TEXT, nullable=False),
)

model_metrics = sa.Table(
    "model_metrics", metadata, _of_model(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("dataset_name", _TEXT, primary_key=True, server_default=""),
    sa.Column("dataset_digest", _TEXT, primary_key=True, server_default=""),
    sa.Column("run_id", _TEXT, primary_key=True, server_default=""),
    sa.Column("step", _BIG, primary_key=True),
    sa.Column("time_ms", _BIG, primary_key=True),
    sa.Column("value", sa.Double),
)
