"""Taking in what other systems tell: once, whatever the order, all of an event or nothing.

Each event adds. What is said twice counts once; an end of a run stands over a beginning that arrives later; of facets
the newest counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import external as queries
from modelwright.domains.lineage.queries import graph
from modelwright.domains.lineage.service.writing import describe, link, same, unlink
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import reader
from modelwright.types.lineage import Edge, EdgeOrigin, Node, Thing, Told, ToldTable

RETENTION_MS = 30 * 86_400_000
_FACT = rules.FACT
_PROOFS = 100
_value = reader(Any)
_TRIMMED = 500


def submit(ctx: Ctx, told: Told, raw: bytes) -> Future[bool]:
    """Take in an event in the group-commit lane; the future says whether it is new.

    Raises:
        Denied. The future: Invalid, TooLarge.
    """
    ctx.require(Permission.WRITE)
    digest = hashlib.sha256(raw).hexdigest()
    key = told.run.id if told.run else digest
    return ctx.db.submit(lambda tx: take(ctx, tx, told, raw, digest), key=key)


def take(ctx: Ctx, tx: Tx, told: Told, raw: bytes, digest: str) -> bool:
    """As `submit`, in an open transaction."""
    now = ctx.clock.now_ms()
    run_id = told.run.id if told.run else ""
    if not queries.put_event(tx, ctx.workspace, digest, told.at_ms, now, run_id, raw):
        return False
    tables = [*told.inputs, *told.outputs, *told.others]
    things = [*(table.thing for table in tables), *([told.job] if told.job else [])]
    queries.put_namespaces(tx, ctx.workspace, [thing.namespace for thing in things], told.at_ms)
    numbers = graph.put_nodes(tx, ctx.workspace, _nodes(told), now)
    for table in tables:
        if table.names:
            same(ctx, tx, _table(table.thing), [_table(name) for name in table.names])
    if any(table.names for table in tables):
        numbers = graph.put_nodes(tx, ctx.workspace, _nodes(told), now)
    link(ctx, tx, _edges(told, run_id))
    job = told.job
    if job is not None:
        _say(ctx, tx, _job(job), numbers[_key(_job(job))], job, told.at_ms)
    for table in tables:
        _tell_of(ctx, tx, table, numbers[_key(_table(table.thing))], told.at_ms, run_id)
    if told.run is not None and job is not None:
        _run(ctx, tx, told, numbers)
    return True


def expire(ctx: Ctx) -> int:
    """Forget events that came over 30 days ago, and proofs of edges beyond the newest hundred; returns how many."""
    with ctx.db.write() as tx:
        queries.trim_proofs(tx, _PROOFS, _TRIMMED)
        return queries.expire_events(tx, ctx.clock.now_ms() - RETENTION_MS)


def _table(thing: Thing) -> Node:
    return Node("table", rules.external(thing.namespace, thing.name), thing.label)


def _job(thing: Thing) -> Node:
    return Node("job", rules.external(thing.namespace, thing.name), thing.label)


def _key(node: Node) -> tuple[str, str]:
    return node.kind, node.id


def _nodes(told: Told) -> list[Node]:
    found = [_table(table.thing) for table in (*told.inputs, *told.outputs, *told.others)]
    if told.job is not None:
        found.append(_job(told.job))
    for place, node in enumerate(found):
        rules.check(node, f"things[{place}]")
    return found


def _edges(told: Told, via: str) -> list[Edge]:
    found: list[Edge] = []
    if told.job is not None:
        job = _job(told.job)
        found += [Edge(_table(each.thing), job, told.origin, via, at_ms=told.at_ms) for each in told.inputs]
        found += [Edge(job, _table(each.thing), told.origin, via, at_ms=told.at_ms) for each in told.outputs]
    for table in (*told.inputs, *told.outputs, *told.others):
        for source in table.sources:
            thing = Thing(namespace=source.namespace, name=source.name)
            start = _job(thing) if source.job else _table(thing)
            origin = told.origin if told.run is not None else EdgeOrigin.DECLARED
            found.append(Edge(start, _table(table.thing), origin, via, source.columns, told.at_ms))
    return found


def _say(ctx: Ctx, tx: Tx, node: Node, number: int, thing: Thing, at_ms: int) -> None:
    facets = {name: rules.bounded(value) for name, value in thing.facets.items()}
    # Facts are kept beside the facets they were read from, so that the newest counts here too.
    facets |= {_FACT + name: rules.bounded(value) for name, value in thing.facts.items()}
    if not facets and not thing.label:
        return
    queries.put_facets(tx, number, facets, at_ms, of_run=False)
    stored = queries.facets(tx, [number], of_run=False).get(number, {})
    facts = {name.removeprefix(_FACT): _value(text.encode()) for name, text in stored.items() if name[0] == _FACT}
    describe(ctx, tx, node, thing.label, facts)


def _tell_of(ctx: Ctx, tx: Tx, table: ToldTable, number: int, at_ms: int, run_id: str) -> None:
    _say(ctx, tx, _table(table.thing), number, table.thing, at_ms)
    queries.put_checks(tx, number, table.checks, run_id, at_ms)
    version = _version(table)
    if version:
        facts: dict[str, Any] = {"fields": table.fields} if table.fields is not None else {}
        queries.put_version(tx, number, version, at_ms, run_id, rules.bounded(facts))
    if table.removed:
        unlink(ctx, tx, _table(table.thing))


def _version(table: ToldTable) -> str:
    return table.version or (rules.looks(table.fields) if table.fields is not None else "")


def _run(ctx: Ctx, tx: Tx, told: Told, numbers: dict[tuple[str, str], int]) -> None:
    run, thing = told.run, told.job
    assert run is not None
    assert thing is not None
    job = numbers[_key(_job(thing))]
    seq = queries.put_run(tx, ctx.workspace, run, job, told.at_ms)
    queries.put_facets(
        tx, seq, {name: rules.bounded(value) for name, value in run.facets.items()}, told.at_ms, of_run=True
    )
    _put_data(tx, seq, told.inputs, numbers, told.at_ms, written=False)
    _put_data(tx, seq, told.outputs, numbers, told.at_ms, written=True)
    data = queries.run_data(tx, seq)
    if data:
        version = queries.job_version(tx, data)
        queries.drop_other_versions(tx, job, run.id, version)
        queries.put_version(tx, job, version, told.at_ms, run.id, "{}")


def _put_data(
    tx: Tx, seq: int, tables: Iterable[ToldTable], numbers: dict[tuple[str, str], int], at_ms: int, *, written: bool
) -> None:
    for table in tables:
        number = numbers[_key(_table(table.thing))]
        queries.put_run_data(
            tx, seq, number, written=written, version=_version(table), facets=rules.bounded(table.own), at_ms=at_ms
        )
