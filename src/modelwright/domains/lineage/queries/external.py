"""Every statement about what other systems told: runs of their jobs, facets, versions, checks, events."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries.graph import NodeRow, nodes
from modelwright.kit.db import Tx
from modelwright.types.lineage import ToldCheck, ToldRun

_RUN = (
    "seq, id, job, parent, state, created_ms, updated_ms, started_ms, ended_ms, nominal_start_ms, nominal_end_ms"
)


_LATER = (
    "(excluded.final > lineage_runs.final OR (excluded.final = lineage_runs.final AND "
    "(excluded.state_ms > lineage_runs.state_ms OR "
    "(excluded.state_ms = lineage_runs.state_ms AND excluded.state > lineage_runs.state))))"
)
_MERGE = (
    "parent = CASE WHEN excluded.parent <> '' THEN excluded.parent ELSE lineage_runs.parent END, "
    f"state = CASE WHEN {_LATER} THEN excluded.state ELSE lineage_runs.state END, "
    f"state_ms = CASE WHEN {_LATER} THEN excluded.state_ms ELSE lineage_runs.state_ms END, "
    "final = CASE WHEN excluded.final > lineage_runs.final THEN excluded.final ELSE lineage_runs.final END, "
    "created_ms = CASE WHEN excluded.created_ms < lineage_runs.created_ms THEN excluded.created_ms "
    "ELSE lineage_runs.created_ms END, "
    "updated_ms = CASE WHEN excluded.updated_ms > lineage_runs.updated_ms THEN excluded.updated_ms "
    "ELSE lineage_runs.updated_ms END, "
    "started_ms = CASE WHEN lineage_runs.started_ms IS NULL OR excluded.started_ms < lineage_runs.started_ms "
    "THEN COALESCE(excluded.started_ms, lineage_runs.started_ms) ELSE lineage_runs.started_ms END, "
    "ended_ms = CASE WHEN lineage_runs.ended_ms IS NULL OR excluded.ended_ms > lineage_runs.ended_ms "
    "THEN COALESCE(excluded.ended_ms, lineage_runs.ended_ms) ELSE lineage_runs.ended_ms END, "
    "nominal_start_ms = COALESCE(excluded.nominal_start_ms, lineage_runs.nominal_start_ms), "
    "nominal_end_ms = COALESCE(excluded.nominal_end_ms, lineage_runs.nominal_end_ms) "
)


class OuterRun(NamedTuple):
    """A run of another system's job."""

    seq: int
    id: str
    job: int
    parent: str
    state: str
    created_ms: int
    updated_ms: int
    started_ms: int | None
    ended_ms: int | None
    nominal_start_ms: int | None
    nominal_end_ms: int | None


class VersionRow(NamedTuple):
    """A version of a table or job."""

    version: str
    first_ms: int
    last_ms: int
    run: str
    facts: str


def put_event(tx: Tx, workspace: str, digest: str, at_ms: int, now_ms: int, run: str, body: bytes) -> bool:
    """Keep an event as it came; False when it came before."""
    return (
        tx.execute(
            "INSERT INTO lineage_events (workspace, digest, at_ms, received_ms, run, body) VALUES (?,?,?,?,?,?) "
            "ON CONFLICT (workspace, digest) DO NOTHING",
            (workspace, digest, at_ms, now_ms, run, zlib.compress(body, 3)),
        )
        > 0
    )


def events(tx: Tx, workspace: str, after_ms: int, before_ms: int, limit: int, offset: int, *, up: bool) -> list[bytes]:
    """Events by their own time."""
    way = "" if up else " DESC"
    rows = tx.rows(
        "SELECT body FROM lineage_events WHERE workspace = ? AND at_ms >= ? AND at_ms < ? "
        f"ORDER BY at_ms{way}, id{way} LIMIT ? OFFSET ?",
        (workspace, after_ms, before_ms, limit, offset),
    )
    return [zlib.decompress(bytes(row[0])) for row in rows]


def expire_events(tx: Tx, before_ms: int) -> int:
    """Forget events that came before this; what was learned from them stays."""
    return tx.execute("DELETE FROM lineage_events WHERE received_ms < ?", (before_ms,))


def put_namespaces(tx: Tx, workspace: str, names: Sequence[str], at_ms: int) -> None:
    """Namespaces that were heard of."""
    tx.many(
        "INSERT INTO lineage_namespaces (workspace, name, created_ms, updated_ms) VALUES (?,?,?,?) "
        "ON CONFLICT (workspace, name) DO NOTHING",
        [(workspace, name, at_ms, at_ms) for name in sorted(set(names))],
    )


def namespaces(tx: Tx, workspace: str, limit: int, offset: int) -> list[tuple[str, int, int]]:
    """(name, created_ms, updated_ms) by name."""
    return [
        (row[0], row[1], row[2])
        for row in tx.rows(
            "SELECT name, created_ms, updated_ms FROM lineage_namespaces WHERE workspace = ? ORDER BY name "
            "LIMIT ? OFFSET ?",
            (workspace, limit, offset),
        )
    ]


def put_run(tx: Tx, workspace: str, run: ToldRun, job: int, at_ms: int) -> int:
    """What an event says of a run, whatever the order of events: an end stands over what is not one, the later wins."""
    began = at_ms if run.began else None
    ended = at_ms if run.final else None
    row = tx.row(
        "INSERT INTO lineage_runs (workspace, id, job, parent, state, final, state_ms, created_ms, updated_ms, "
        "started_ms, ended_ms, nominal_start_ms, nominal_end_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) "
        f"ON CONFLICT (workspace, id) DO UPDATE SET {_MERGE} RETURNING seq",
        (
            workspace, run.id, job, run.parent, run.state or "NEW", int(run.final), at_ms if run.state else 0,
            at_ms, at_ms, began, ended, run.nominal_start_ms, run.nominal_end_ms,
        ),
    )
    assert row is not None
    return row[0]


def put_run_data(tx: Tx, run: int, node: int, *, written: bool, version: str, facets: str, at_ms: int) -> None:
    """A run read or wrote a table; of what is said about that the newest counts."""
    tx.execute(
        "INSERT INTO lineage_run_data (run, node, written, version, version_ms, facets, facets_ms) "
        "VALUES (?,?,?,?,?,?,?) ON CONFLICT (run, node, written) DO UPDATE SET "
        + ", ".join(_newer("lineage_run_data", column) for column in ("version", "facets")),
        (run, node, int(written), version, at_ms if version else 0, facets, at_ms if facets != "{}" else 0),
    )


def _newer(table: str, column: str) -> str:
    """Assignments that keep the newer of two values by its time; of the same time the greater, whatever the order."""
    newer = (
        f"excluded.{column}_ms > {table}.{column}_ms OR "
        f"(excluded.{column}_ms = {table}.{column}_ms AND excluded.{column} > {table}.{column})"
    )
    return ", ".join(f"{each} = CASE WHEN {newer} THEN excluded.{each} ELSE {table}.{each} END"
                     for each in (column, f"{column}_ms"))


def run_data(tx: Tx, run: int) -> list[tuple[int, bool, str, str]]:
    """(node, whether written, version, facets) of what a run read and wrote."""
    rows = tx.rows(
        "SELECT node, written, version, facets FROM lineage_run_data WHERE run = ? ORDER BY written, node LIMIT 2000",
        (run,),
    )
    return [(row[0], bool(row[1]), row[2], row[3]) for row in rows]


def job_version(tx: Tx, data: Sequence[tuple[int, bool, str, str]]) -> str:
    """The version of a job that reads and writes this (as `run_data` gives it)."""
    names = {number: row.name for number, row in nodes(tx, [each[0] for each in data]).items()}
    return rules.job_version(
        [names[each[0]] for each in data if not each[1] and each[0] in names],
        [names[each[0]] for each in data if each[1] and each[0] in names],
    )


def put_facets(tx: Tx, owner: int, facets: Mapping[str, str], at_ms: int, *, of_run: bool) -> None:
    """Facets of a node or run; of each name the newest is kept."""
    tx.many(
        "INSERT INTO lineage_facets (of_run, owner, name, at_ms, value) VALUES (?,?,?,?,?) "
        "ON CONFLICT (of_run, owner, name) DO UPDATE SET at_ms = excluded.at_ms, value = excluded.value "
        "WHERE excluded.at_ms > lineage_facets.at_ms "
        "OR (excluded.at_ms = lineage_facets.at_ms AND excluded.value > lineage_facets.value)",
        [(int(of_run), owner, name, at_ms, value) for name, value in sorted(facets.items())],
    )


def facets(tx: Tx, owners: Sequence[int], *, of_run: bool) -> dict[int, dict[str, str]]:
    """Facets (JSON) by name, by owner."""
    found: dict[int, dict[str, str]] = {}
    for row in tx.rows(
        f"SELECT owner, name, value FROM lineage_facets WHERE of_run = {int(of_run)} "
        f"AND owner {tx.dialect.among} ORDER BY owner, name",
        (tx.dialect.members(owners),),
    ):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


def put_version(tx: Tx, node: int, version: str, at_ms: int, run: str, facts: str) -> None:
    """How a table or job looks."""
    tx.execute(
        "INSERT INTO lineage_versions (node, version, first_ms, last_ms, run, facts) VALUES (?,?,?,?,?,?) "
        "ON CONFLICT (node, version) DO UPDATE SET "
        "first_ms = CASE WHEN excluded.first_ms < lineage_versions.first_ms THEN excluded.first_ms "
        "ELSE lineage_versions.first_ms END, "
        "run = CASE WHEN excluded.last_ms >= lineage_versions.last_ms AND excluded.run <> '' THEN excluded.run "
        "ELSE lineage_versions.run END, "
        "last_ms = CASE WHEN excluded.last_ms > lineage_versions.last_ms THEN excluded.last_ms "
        "ELSE lineage_versions.last_ms END",
        (node, version, at_ms, at_ms, run, facts),
    )


def drop_other_versions(tx: Tx, node: int, run: str, version: str) -> None:
    """A run has one version of its job: what was thought before all of its events had come goes."""
    tx.execute("DELETE FROM lineage_versions WHERE node = ? AND run = ? AND version <> ?", (node, run, version))


def versions(tx: Tx, node: int, limit: int, offset: int = 0) -> list[VersionRow]:
    """Versions of a table or job, newest first."""
    return [
        VersionRow(*row)
        for row in tx.rows(
            "SELECT version, first_ms, last_ms, run, facts FROM lineage_versions WHERE node = ? "
            "ORDER BY last_ms DESC, version LIMIT ? OFFSET ?",
            (node, limit, offset),
        )
    ]


def put_checks(tx: Tx, node: int, checks: Sequence[ToldCheck], via: str, at_ms: int) -> None:
    """Results of checks of a table."""
    tx.many(
        "INSERT INTO lineage_checks (node, column_name, name, via, at_ms, passed, detail) VALUES (?,?,?,?,?,?,?) "
        "ON CONFLICT (node, column_name, name, via) DO UPDATE SET at_ms = excluded.at_ms, "
        "passed = excluded.passed, detail = excluded.detail WHERE excluded.at_ms >= lineage_checks.at_ms",
        [
            (node, each.column, each.name, via, at_ms, None if each.passed is None else int(each.passed), each.detail)
            for each in checks
        ],
    )


def checks(tx: Tx, node: int, limit: int) -> list[tuple[str, str, str, int, bool | None, str]]:
    """(column, name, via, at_ms, passed, detail), newest first."""
    return [
        (row[0], row[1], row[2], row[3], None if row[4] is None else bool(row[4]), row[5])
        for row in tx.rows(
            "SELECT column_name, name, via, at_ms, passed, detail FROM lineage_checks WHERE node = ? "
            "ORDER BY at_ms DESC, column_name, name LIMIT ?",
            (node, limit),
        )
    ]


def things(
    tx: Tx, workspace: str, kind: str, prefix: str, limit: int, offset: int
) -> tuple[list[tuple[NodeRow, int, int]], int]:
    """(node, created_ms, updated_ms) of a kind whose ids begin so, by name; and how many there are."""
    bound = "workspace = ? AND kind = ? AND name >= ? AND name < ? AND deleted_ms IS NULL"
    values = (workspace, kind, prefix, prefix + "\U0010ffff")
    rows = tx.rows(
        "SELECT id, kind, name, label, facts, deleted_ms, created_ms, updated_ms FROM lineage_nodes "
        f"WHERE {bound} ORDER BY name LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    total = tx.row(f"SELECT count(*) FROM lineage_nodes WHERE {bound}", values)
    return [(NodeRow(*row[:6]), row[6], row[7]) for row in rows], total[0] if total else 0


def named(tx: Tx, workspace: str, kinds: Sequence[str], text: str, limit: int) -> list[tuple[NodeRow, int, int]]:
    """(node, created_ms, updated_ms) of kinds whose ids hold a text, whatever its case, newest first."""
    marks = ",".join("?" * len(kinds))
    like = "%" + text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    rows = tx.rows(
        "SELECT id, kind, name, label, facts, deleted_ms, created_ms, updated_ms FROM lineage_nodes "
        f"WHERE workspace = ? AND kind IN ({marks}) AND deleted_ms IS NULL AND lower(name) LIKE ? ESCAPE '!' "
        "ORDER BY updated_ms DESC, id DESC LIMIT ?",
        (workspace, *kinds, like, limit),
    )
    return [(NodeRow(*row[:6]), row[6], row[7]) for row in rows]


def times(tx: Tx, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(created_ms, updated_ms) by node."""
    return {
        row[0]: (row[1], row[2])
        for row in tx.rows(
            f"SELECT id, created_ms, updated_ms FROM lineage_nodes WHERE id {tx.dialect.among}",
            (tx.dialect.members(numbers),),
        )
    }


def runs_of(tx: Tx, job: int, limit: int, offset: int = 0) -> tuple[list[OuterRun], int]:
    """Runs of a job, newest first; and how many there are."""
    rows = tx.rows(
        f"SELECT {_RUN} FROM lineage_runs WHERE job = ? ORDER BY created_ms DESC, seq DESC LIMIT ? OFFSET ?",
        (job, limit, offset),
    )
    total = tx.row("SELECT count(*) FROM lineage_runs WHERE job = ?", (job,))
    return [OuterRun(*row) for row in rows], total[0] if total else 0


def latest_runs(tx: Tx, jobs: Sequence[int]) -> dict[int, OuterRun]:
    """The newest run by job."""
    text = tx.dialect.few(_RUN, "lineage_runs", "job", "created_ms DESC")
    return {row[2]: OuterRun(*row) for row in tx.rows(text, (tx.dialect.members(jobs), 1))}


def run(tx: Tx, workspace: str, run_id: str) -> OuterRun | None:
    """A run by its id."""
    row = tx.row(f"SELECT {_RUN} FROM lineage_runs WHERE workspace = ? AND id = ?", (workspace, run_id))
    return OuterRun(*row) if row else None


def children(tx: Tx, workspace: str, run_id: str, limit: int) -> list[OuterRun]:
    """Runs that name a run as their parent."""
    rows = tx.rows(
        f"SELECT {_RUN} FROM lineage_runs WHERE workspace = ? AND parent = ? ORDER BY created_ms, seq LIMIT ?",
        (workspace, run_id, limit),
    )
    return [OuterRun(*row) for row in rows]


def tags(tx: Tx, workspace: str, name: str, limit: int) -> list[Any]:
    """One facet of a workspace's nodes, as JSON."""
    return [
        row[0]
        for row in tx.rows(
            "SELECT f.value FROM lineage_facets f JOIN lineage_nodes n ON n.id = f.owner AND n.workspace = ? "
            "WHERE f.of_run = 0 AND f.name = ? LIMIT ?",
            (workspace, name, limit),
        )
    ]


def trim_proofs(tx: Tx, most: int, edges: int) -> int:
    """Of edges with far more proofs than `most`, keep the newest; returns how many edges were trimmed."""
    rows = tx.rows(
        "SELECT edge FROM lineage_proofs GROUP BY edge HAVING count(*) > ? LIMIT ?", (most * 2, edges)
    )
    for (edge,) in rows:
        tx.execute(
            "DELETE FROM lineage_proofs WHERE edge = ? AND via NOT IN "
            f"(SELECT via FROM lineage_proofs WHERE edge = ? ORDER BY at_ms DESC, via LIMIT {most})",
            (edge, edge),
        )
    return len(rows)
