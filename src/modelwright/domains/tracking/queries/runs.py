"""Every statement about runs themselves: rows, params, tags, summaries, definitions, origin. Points live elsewhere.

Writers of a run take its row first (`locate(…, writable=True)`), so that they take turns on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from modelwright.domains.tracking.rules.params import Stored
from modelwright.domains.tracking.rules.states import Course
from modelwright.kit.db import Tx
from modelwright.types.codec import reader, to_json
from modelwright.types.errors import Conflict, NotFound
from modelwright.types.tracking import Lifecycle, MetricDefinition, Origin, RunState

COLUMNS = (
    "seq, id, workspace, experiment, name, kind, state, lifecycle, user_name, parent_id, group_name, notes, "
    "created_ms, start_ms, end_ms, heartbeat_ms, deleted_ms, stop_requested, forked_from, fork_step, artifact_uri"
)
"""Of `runs`, in the order of `RunRow`."""

_INSERT_PARAMS = "INSERT INTO params (run, key, value, text, number)"
_BEAT_MS = 1_000  # a heartbeat is written at most this often
_origin = reader(Origin)


class RunRow(NamedTuple):
    """A row of `runs`."""

    seq: int
    id: str
    workspace: str
    experiment: int
    name: str
    kind: str
    state: str
    lifecycle: str
    user: str
    parent_id: str | None
    group: str
    notes: str
    created_ms: int
    start_ms: int | None
    end_ms: int | None
    heartbeat_ms: int | None
    deleted_ms: int | None
    stop_requested: int
    forked_from: str | None
    fork_step: int | None
    artifact_uri: str

    @property
    def experiment_id(self) -> str:
        """The id of its experiment, as it is known outside."""
        return str(self.experiment)

    @property
    def active(self) -> bool:
        """Whether it is not deleted."""
        return self.lifecycle == "active"

    @property
    def course(self) -> Course:
        """What the rules of states look at."""
        return Course(RunState(self.state), self.start_ms, self.end_ms, bool(self.stop_requested))


def locate(tx: Tx, workspace: str, run_id: str, *, writable: bool = False) -> RunRow:
    """The run of an id in a workspace. `writable` takes it for this transaction and refuses deleted ones.

    Raises:
        NotFound: no such run here, or it is being purged. Conflict: it is deleted.
    """
    row = find(tx, run_id, lock=writable)
    if row is None or row.workspace != workspace or row.lifecycle == "purged":
        raise missing(run_id)
    if writable and row.lifecycle != "active":
        raise Conflict(
            f"The run {run_id} must be in the 'active' state. Current state is {row.lifecycle}.",
            where="run_id",
            hint="restore it first",
        )
    return row


def find(tx: Tx, run_id: str, *, lock: bool = False) -> RunRow | None:
    """The run of an id, in any workspace and in any stage of its life."""
    if not run_id.isascii() or not run_id.isprintable():
        return None
    row = tx.row(f"SELECT {COLUMNS} FROM runs WHERE id = ?{tx.dialect.row_lock if lock else ''}", (run_id,))
    return RunRow._make(row) if row else None


def before(tx: Tx, seq: int | None, most: int) -> list[RunRow]:
    """The newest runs that are older than one (None: the newest of all), newest first, of all workspaces."""
    rows = tx.rows(
        f"SELECT {COLUMNS} FROM runs WHERE seq < ? AND lifecycle <> 'purged' ORDER BY seq DESC LIMIT ?",
        (1 << 62 if seq is None else seq, most),
    )
    return [RunRow._make(row) for row in rows]


def missing(run_id: str) -> NotFound:
    """The refusal for an unknown run, in words that MLflow's users know."""
    return NotFound(f"Run with id={run_id[:100]} not found", where="run_id")


def insert(tx: Tx, row: RunRow) -> int | None:
    """A new run (its `seq` is ignored); returns its `seq`, or None when the id is taken."""
    found = tx.row(
        "INSERT INTO runs (id, workspace, experiment, name, kind, state, lifecycle, user_name, parent_id, "
        "group_name, notes, created_ms, start_ms, end_ms, heartbeat_ms, deleted_ms, "
        "stop_requested, forked_from, fork_step, artifact_uri) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING RETURNING seq",
        row[1:],
    )
    return found[0] if found else None


def change(tx: Tx, seq: int, columns: Mapping[str, Any]) -> None:
    """Set columns of a run; names are ours."""
    if columns:
        assignments = ", ".join(f"{column} = ?" for column in columns)
        tx.execute(f"UPDATE runs SET {assignments} WHERE seq = ?", (*columns.values(), seq))


def alive(tx: Tx, row: RunRow, now_ms: int, *, promise: bool = False) -> bool:
    """A sign of life from the client: keeps the heartbeat, revives a crashed run. Returns whether it was revived.

    Without `promise` a run that never promised heartbeats still does not.
    """
    revived = row.state == "crashed"
    promised = promise or row.heartbeat_ms is not None
    if revived:
        tx.execute(
            "UPDATE runs SET state = 'running', end_ms = NULL, heartbeat_ms = ? WHERE seq = ?",
            (now_ms if promised else None, row.seq),
        )
    elif promised and (row.heartbeat_ms is None or now_ms - row.heartbeat_ms >= _BEAT_MS):
        tx.execute("UPDATE runs SET heartbeat_ms = ? WHERE seq = ?", (now_ms, row.seq))
    return revived


def crash(tx: Tx, silent_since_ms: int) -> list[tuple[str, str, int, int]]:
    """Running runs that promised heartbeats and gave none since then crashed; they ended at their last sign of life.

    Returns their (workspace, id, experiment, end in ms).
    """
    return [
        (row[0], row[1], row[2], row[3])
        for row in tx.rows(
            "UPDATE runs SET state = 'crashed', end_ms = heartbeat_ms "
            "WHERE state = 'running' AND heartbeat_ms IS NOT NULL AND heartbeat_ms < ? "
            "AND lifecycle = 'active' RETURNING workspace, id, experiment, end_ms",
            (silent_since_ms,),
        )
    ]


def silent(tx: Tx, silent_since_ms: int) -> bool:
    """Whether `crash` would find any."""
    return (
        tx.row(
            "SELECT 1 FROM runs WHERE state = 'running' AND heartbeat_ms IS NOT NULL AND heartbeat_ms < ? "
            "AND lifecycle = 'active' LIMIT 1",
            (silent_since_ms,),
        )
        is not None
    )


def put_params(tx: Tx, seq: int, params: Mapping[str, Stored]) -> None:
    """Set params; the last word counts."""
    tx.insert(
        _INSERT_PARAMS,
        [(seq, key, *stored) for key, stored in params.items()],
        " ON CONFLICT (run, key) DO UPDATE SET "
        "value = excluded.value, text = excluded.text, number = excluded.number",
    )


def add_params(tx: Tx, seq: int, params: Mapping[str, Stored]) -> int:
    """Set params that have no value yet, the others keep theirs; returns how many were set."""
    rows = [(seq, key, *stored) for key, stored in params.items()]
    return tx.insert(_INSERT_PARAMS, rows, " ON CONFLICT (run, key) DO NOTHING")


def params_of(tx: Tx, seq: int, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """(JSON, text) of those of the params that exist."""
    return {row[0]: (row[1], row[2]) for row in _keyed(tx, "key, value, text", "params", seq, keys)}


def drop_params(tx: Tx, seq: int, keys: Sequence[str]) -> None:
    """Remove params; fine where there are none."""
    tx.many("DELETE FROM params WHERE run = ? AND key = ?", [(seq, key) for key in keys])


def put_tags(tx: Tx, seq: int, tags: Mapping[str, str]) -> None:
    """Set tags; the last word counts."""
    tx.many(
        "INSERT INTO tags (run, key, value) VALUES (?,?,?) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
        [(seq, key, value) for key, value in tags.items()],
    )


def tags_of(tx: Tx, seq: int, keys: Sequence[str]) -> dict[str, str]:
    """Those of the tags that exist."""
    return {row[0]: row[1] for row in _keyed(tx, "key, value", "tags", seq, keys)}


def drop_tags(tx: Tx, seq: int, keys: Sequence[str]) -> None:
    """Remove tags; fine where there are none."""
    tx.many("DELETE FROM tags WHERE run = ? AND key = ?", [(seq, key) for key in keys])


def put_summary(tx: Tx, seq: int, values: Mapping[str, Stored]) -> None:
    """Set what the user wrote into the summary; the last word counts."""
    tx.many(
        "INSERT INTO summaries (run, key, value, number) VALUES (?,?,?,?) ON CONFLICT (run, key) DO UPDATE SET "
        "value = excluded.value, number = excluded.number",
        [(seq, key, stored[0], stored[2]) for key, stored in values.items()],
    )


def put_definitions(tx: Tx, seq: int, definitions: Iterable[MetricDefinition]) -> None:
    """Say how metrics are to be read; the last word counts."""
    tx.many(
        "INSERT INTO definitions (run, key, goal, step_metric, policy, hidden) VALUES (?,?,?,?,?,?) "
        "ON CONFLICT (run, key) DO UPDATE SET goal = excluded.goal, step_metric = excluded.step_metric, "
        "policy = excluded.policy, hidden = excluded.hidden",
        [
            (
                seq,
                each.key,
                each.goal.value if each.goal else None,
                each.step_metric,
                each.policy.value,
                int(each.hidden),
            )
            for each in definitions
        ],
    )


def put_origin(tx: Tx, seq: int, origin: Origin) -> None:
    """How the run was started; the last word counts (a resumed run has a new one)."""
    tx.execute(
        "INSERT INTO origins (run, data) VALUES (?,?) ON CONFLICT (run) DO UPDATE SET data = excluded.data",
        (seq, to_json(origin).decode()),
    )


def origin_of(tx: Tx, seq: int) -> Origin | None:
    """How the run was started."""
    row = tx.row("SELECT data FROM origins WHERE run = ?", (seq,))
    return _origin(row[0].encode()) if row else None


def ancestors(tx: Tx, run_id: str, most: int) -> list[str]:
    """Ids on the way up from a run, itself first; known or not, about `most` at most."""
    rows = tx.rows(
        "WITH RECURSIVE up (id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM runs WHERE id = ? UNION ALL "
        "SELECT runs.id, runs.parent_id, up.depth + 1 FROM up JOIN runs ON runs.id = up.parent_id WHERE up.depth < ?) "
        "SELECT parent_id FROM up WHERE parent_id IS NOT NULL ORDER BY depth",
        (run_id, most),
    )
    return [run_id, *(row[0] for row in rows)]


def children(tx: Tx, workspace: str, run_id: str, *, deep: bool, most: int) -> list[RunRow]:
    """Active runs below a run, oldest first: its children, or with `deep` all descendants; at most `most`."""
    if not deep:
        rows = tx.rows(
            f"SELECT {COLUMNS} FROM runs WHERE parent_id = ? AND workspace = ? AND lifecycle = 'active' "
            "ORDER BY created_ms, seq LIMIT ?",
            (run_id, workspace, most),
        )
        return [RunRow._make(row) for row in rows]
    rows = tx.rows(
        "WITH RECURSIVE down (seq, id) AS (SELECT seq, id FROM runs WHERE parent_id = ? AND workspace = ? UNION "
        "SELECT runs.seq, runs.id FROM down JOIN runs ON runs.parent_id = down.id WHERE runs.workspace = ?) "
        f"SELECT {COLUMNS} FROM runs WHERE seq IN (SELECT seq FROM down) AND lifecycle = 'active' "
        "ORDER BY created_ms, seq LIMIT ?",
        (run_id, workspace, workspace, most),
    )
    return [RunRow._make(row) for row in rows]


def move(tx: Tx, seq: int, experiment: int) -> None:
    """Put a run into another experiment."""
    tx.execute("UPDATE runs SET experiment = ? WHERE seq = ?", (experiment, seq))
    tx.execute("UPDATE metrics SET experiment = ? WHERE run = ?", (experiment, seq))


def set_lifecycle(tx: Tx, seq: int, lifecycle: Lifecycle, now_ms: int) -> None:
    """Delete or restore one run by itself."""
    deleted = now_ms if lifecycle is Lifecycle.DELETED else None
    tx.execute(
        "UPDATE runs SET lifecycle = ?, deleted_ms = ?, deleted_with = 0 WHERE seq = ?",
        (lifecycle.value, deleted, seq),
    )


def copy_data(tx: Tx, source: int, target: int) -> None:
    """Copy params, tags, summary, definitions, origin and dataset inputs of a run to another."""
    for table, columns in (
        ("params", "key, value, text, number"),
        ("tags", "key, value"),
        ("summaries", "key, value, number"),
        ("definitions", "key, goal, step_metric, policy, hidden"),
        ("origins", "data"),
        ("dataset_inputs", "dataset, context, tags"),
    ):
        tx.execute(
            f"INSERT INTO {table} (run, {columns}) SELECT ?, {columns} FROM {table} WHERE run = ?", (target, source)
        )


def _keyed(tx: Tx, columns: str, table: str, seq: int, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ",".join("?" * len(part))
        found += tx.rows(f"SELECT {columns} FROM {table} WHERE run = ? AND key IN ({marks})", (seq, *part))
    return found


def seqs(tx: Tx, workspace: str, run_ids: Sequence[str]) -> dict[str, int]:
    """`seq` by id, of those of the runs that are there (at most 500)."""
    marks = ",".join("?" * len(run_ids))
    return dict(tx.rows(f"SELECT id, seq FROM runs WHERE id IN ({marks}) AND workspace = ?", (*run_ids, workspace)))
