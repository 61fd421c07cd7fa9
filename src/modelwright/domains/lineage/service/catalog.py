"""What other systems told, by namespace and name: their jobs, runs, tables, versions and checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import external as queries
from modelwright.domains.lineage.queries import graph
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import from_json, reader
from modelwright.types.elsewhere import (
    OuterCheck,
    OuterData,
    OuterName,
    OuterNamespace,
    OuterRun,
    OuterThing,
    OuterVersion,
)
from modelwright.types.errors import Invalid, NotFound

MOST = 1_000
KINDS = ("job", "table")
_value = reader(Any)


def namespaces(ctx: Ctx, limit: int = 100, offset: int = 0) -> list[OuterNamespace]:
    """Namespaces by name. Raises `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, offset)
    with ctx.db.read() as tx:
        return [OuterNamespace(*row) for row in queries.namespaces(tx, ctx.workspace, limit, offset)]


def things(ctx: Ctx, kind: str, namespace: str = "", limit: int = 100, offset: int = 0) -> tuple[list[OuterThing], int]:
    """Tables or jobs of a namespace (or of all), by name, and how many there are. Raises `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, offset)
    prefix = rules.external(namespace, "") if namespace else ""
    with ctx.db.read() as tx:
        rows, total = queries.things(tx, ctx.workspace, kind, prefix, limit, offset)
        return _whole(tx, rows), total


def thing(ctx: Ctx, kind: str, namespace: str, name: str) -> OuterThing:
    """A table or job. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        row = _locate(tx, ctx, kind, namespace, name)
        created, updated = queries.times(tx, [row.id])[row.id]
        return _whole(tx, [(row, created, updated)])[0]


def some(ctx: Ctx, names: Sequence[tuple[str, str]]) -> list[OuterThing]:
    """Tables and jobs by (kind, id in the graph), those that there are."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        rows = [row for kind, name in names if (row := graph.find(tx, ctx.workspace, kind, name)) is not None]
        times = queries.times(tx, [row.id for row in rows])
        return _whole(tx, [(row, *times[row.id]) for row in rows])


def versions(
    ctx: Ctx, kind: str, namespace: str, name: str, limit: int = 100, offset: int = 0
) -> list[OuterVersion]:
    """Versions of a table or job, newest first. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, offset)
    with ctx.db.read() as tx:
        number = _locate(tx, ctx, kind, namespace, name).id
        return [_version(row) for row in queries.versions(tx, number, limit, offset)]


def runs(ctx: Ctx, namespace: str, name: str, limit: int = 100, offset: int = 0) -> tuple[list[OuterRun], int]:
    """Runs of a job, newest first, and how many there are. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, offset)
    with ctx.db.read() as tx:
        number = _locate(tx, ctx, "job", namespace, name).id
        rows, total = queries.runs_of(tx, number, limit, offset)
        return [_run(tx, row) for row in rows], total


def run(ctx: Ctx, run_id: str) -> OuterRun:
    """A run by its id. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        row = queries.run(tx, ctx.workspace, run_id)
        if row is None:
            raise NotFound(f"there is no run {run_id[:60]!r}", where="run")
        return _run(tx, row, data=True)


def children(ctx: Ctx, run_id: str) -> list[OuterRun]:
    """Runs that name a run as their parent, at most 1,000."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return [_run(tx, row) for row in queries.children(tx, ctx.workspace, run_id, MOST)]


def checks(ctx: Ctx, namespace: str, name: str, limit: int = 100) -> list[OuterCheck]:
    """Results of checks of a table, newest first. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, 0)
    with ctx.db.read() as tx:
        number = _locate(tx, ctx, "table", namespace, name).id
        return [
            OuterCheck(column=row[0], name=row[1], via=row[2], at_ms=row[3], passed=row[4], detail=row[5])
            for row in queries.checks(tx, number, limit)
        ]


def named(ctx: Ctx, text: str, kinds: Sequence[str] = KINDS, limit: int = 100) -> list[OuterThing]:
    """Tables and jobs whose names hold a text, the newest first. Raises `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, 0)
    with ctx.db.read() as tx:
        return [
            OuterThing(
                kind=row.kind, name=OuterName(*rules.parts(row.name)), label=row.label, created_ms=created,
                updated_ms=updated,
            )
            for row, created, updated in queries.named(tx, ctx.workspace, kinds, text, limit)
        ]


def tags(ctx: Ctx) -> list[str]:
    """Tags that were given to tables and jobs."""
    ctx.require(Permission.READ)
    found: set[str] = set()
    with ctx.db.read() as tx:
        for text in queries.tags(tx, ctx.workspace, rules.FACT + "tags", 10_000):
            found |= {each for each in _value(text.encode()) if isinstance(each, str)}
    return sorted(found)


def events(
    ctx: Ctx, after_ms: int = 0, before_ms: int = 1 << 60, limit: int = 100, offset: int = 0, *, up: bool = False
) -> list[Any]:
    """Events as they came, by their own time. Raises `Invalid`."""
    ctx.require(Permission.READ)
    _page(limit, offset)
    with ctx.db.read() as tx:
        return [
            _value(body)
            for body in queries.events(tx, ctx.workspace, after_ms, before_ms, limit, offset, up=up)
        ]


def _page(limit: int, offset: int) -> None:
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST:,}", where="limit")
    if not 0 <= offset < 1 << 31:
        raise Invalid("offset is 0 or more", where="offset")


def _locate(tx: Tx, ctx: Ctx, kind: str, namespace: str, name: str) -> graph.NodeRow:
    row = graph.find(tx, ctx.workspace, kind, rules.external(namespace, name))
    if row is None:
        raise NotFound(f"there is no {kind} {name[:200]!r} in the namespace {namespace[:200]!r}", where=kind)
    return row


def _whole(tx: Tx, rows: Sequence[tuple[graph.NodeRow, int, int]]) -> list[OuterThing]:
    numbers = [row.id for row, _, _ in rows]
    facets = queries.facets(tx, numbers, of_run=False)
    jobs = [row.id for row, _, _ in rows if row.kind == "job"]
    latest = queries.latest_runs(tx, jobs) if jobs else {}
    ins: dict[int, list[int]] = {}
    outs: dict[int, list[int]] = {}
    if jobs:
        for edge in graph.around(tx, jobs, down=False, most_each=MOST):
            ins.setdefault(edge.target, []).append(edge.source)
        for edge in graph.around(tx, jobs, down=True, most_each=MOST):
            outs.setdefault(edge.source, []).append(edge.target)
    others = graph.nodes(tx, {each for some in (*ins.values(), *outs.values()) for each in some})

    def names(ids: Sequence[int]) -> list[OuterName]:
        found = {OuterName(*rules.parts(others[each].name)) for each in ids if others[each].kind == "table"}
        return sorted(found, key=lambda name: (name.namespace, name.name))

    made: list[OuterThing] = []
    for row, created, updated in rows:
        version = queries.versions(tx, row.id, 1)
        newest = latest.get(row.id)
        made.append(
            OuterThing(
                kind=row.kind, name=OuterName(*rules.parts(row.name)), label=row.label, created_ms=created,
                updated_ms=updated, gone=row.deleted_ms is not None, facts=from_json(row.facts, dict[str, Any]),
                facets=_shown(facets.get(row.id, {})), version=_version(version[0]) if version else None,
                inputs=names(ins.get(row.id, [])), outputs=names(outs.get(row.id, [])),
                latest=_run(tx, newest) if newest else None,
            )
        )
    return made


def _shown(facets: dict[str, str]) -> dict[str, Any]:
    return {name: _value(text.encode()) for name, text in facets.items() if not name.startswith(rules.FACT)}


def _version(row: queries.VersionRow) -> OuterVersion:
    fields = from_json(row.facts, dict[str, Any]).get("fields") or []
    return OuterVersion(
        version=row.version, created_ms=row.first_ms, updated_ms=row.last_ms, run=row.run, fields=fields
    )


def _run(tx: Tx, row: queries.OuterRun, *, data: bool = False) -> OuterRun:
    job = graph.nodes(tx, [row.job]).get(row.job)
    found = queries.run_data(tx, row.seq) if data else []
    tables = graph.nodes(tx, {each[0] for each in found})

    def used(*, written: bool) -> list[OuterData]:
        return [
            OuterData(
                table=OuterName(*rules.parts(tables[node].name)), version=version,
                facets=from_json(facets, dict[str, Any]),
            )
            for node, wrote, version, facets in found
            if wrote == written and node in tables
        ]

    version = queries.job_version(tx, found) if found else ""
    return OuterRun(
        id=row.id, job=OuterName(*rules.parts(job.name)) if job else OuterName("", ""), parent=row.parent,
        state=row.state, created_ms=row.created_ms, updated_ms=row.updated_ms, started_ms=row.started_ms,
        ended_ms=row.ended_ms, nominal_start_ms=row.nominal_start_ms, nominal_end_ms=row.nominal_end_ms,
        facets=_shown(queries.facets(tx, [row.seq], of_run=True).get(row.seq, {})),
        inputs=used(written=False), outputs=used(written=True), job_version=version,
    )
