"""From OpenLineage events to what the graph takes in. Knows names of fields and facets.

Lenient where producers differ (unknown fields and facets are kept as they are), strict where an event cannot be
understood: then the refusal says what and where.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from modelwright.protocols.openlineage import facets as read
from modelwright.protocols.openlineage.facets import JSON
from modelwright.types.codec import reader
from modelwright.types.errors import Invalid, TooLarge
from modelwright.types.lineage import EdgeOrigin, Thing, Told, ToldRun, ToldSource, ToldTable

MOST_TABLES = 2_000
_json = reader(Any)
_STATES = {
    "START": "RUNNING",
    "RUNNING": "RUNNING",
    "COMPLETE": "COMPLETED",
    "ABORT": "ABORTED",
    "FAIL": "FAILED",
    "OTHER": "",
}
_FINAL = frozenset({"COMPLETE", "ABORT", "FAIL"})
_NAME_CHARS = 900
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def event(content: bytes, where: str = "") -> Told:
    """One event of any of the three kinds.

    Raises:
        Invalid: not JSON, a field that is missing or of the wrong type. TooLarge: over 2,000 datasets.
    """
    return decoded(_json(content), where)


def decoded(value: Any, where: str = "") -> Told:
    """As `event`, from JSON values."""
    body = _object(value, where or "event")
    at_ms = when(_text(body, "eventTime", where), _at(where, "eventTime"))
    if "dataset" in body and "job" not in body:
        return Told(
            at_ms=at_ms, others=[_table(body["dataset"], _at(where, "dataset"))], origin=EdgeOrigin.DECLARED
        )
    if "job" not in body:
        raise Invalid("an event has a run and a job, a job, or a dataset", where=_at(where, "job"))
    job = _thing(body["job"], _at(where, "job"), job=True)
    run = _run(body, where) if body.get("run") is not None else None
    inputs = _tables(body, "inputs", where)
    outputs = _tables(body, "outputs", where)
    if len(inputs) + len(outputs) > MOST_TABLES:
        raise TooLarge(f"over {MOST_TABLES:,} datasets in one event", where=_at(where, "inputs"))
    origin = EdgeOrigin.OBSERVED if run is not None else EdgeOrigin.DECLARED
    outputs, others = _explicit(body, inputs, outputs)
    return Told(at_ms=at_ms, run=run, job=job, inputs=inputs, outputs=outputs, others=others, origin=origin)


def when(text: str, where: str) -> int:
    """Unix ms of a time in ISO 8601; without a zone it is UTC. Raises `Invalid`."""
    try:
        moment = datetime.fromisoformat(_nanoseconds_off(text))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(int(moment.timestamp() * 1000), 0)
    except (ValueError, OverflowError):
        raise Invalid(f"{text[:60]!r} is not a time", where=where, hint="write 2026-01-31T12:00:00Z") from None


def run_id(text: str, where: str) -> str:
    """A run's id as text: a UUID in its usual form. Raises `Invalid`."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Invalid(f"{text[:60]!r} is not a UUID", where=where) from None


def _nanoseconds_off(text: str) -> str:
    # Java clients write nine digits of a second, Python reads six.
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def _run(body: JSON, where: str) -> ToldRun:
    run = _object(body["run"], _at(where, "run"))
    kind = str(body.get("eventType") or "OTHER").upper()
    if kind not in _STATES:
        raise Invalid(
            f"{kind[:40]!r} is not an event type", where=_at(where, "eventType"), hint=f"one of {', '.join(_STATES)}"
        )
    facets = _facets(run, "facets", _at(where, "run"))
    place = _at(where, "run.facets.parent")
    parent, parent_job = "", None
    if isinstance(facets.get("parent"), dict):
        above = cast("JSON", facets["parent"])
        parent = run_id(_text(_object(above.get("run"), f"{place}.run"), "runId", f"{place}.run"), f"{place}.run.runId")
        parent_job = _thing(above.get("job"), f"{place}.job", job=True)
    nominal = facets.get("nominalTime")
    times = cast("JSON", nominal) if isinstance(nominal, dict) else {}
    return ToldRun(
        id=run_id(_text(run, "runId", _at(where, "run")), _at(where, "run.runId")),
        state=_STATES[kind],
        final=kind in _FINAL,
        began=kind == "START",
        facets=facets,
        parent=parent,
        parent_job=parent_job,
        nominal_start_ms=_time_or_none(times, "nominalStartTime", where),
        nominal_end_ms=_time_or_none(times, "nominalEndTime", where),
    )


def _time_or_none(times: JSON, key: str, where: str) -> int | None:
    value = times.get(key)
    return when(value, _at(where, f"run.facets.nominalTime.{key}")) if isinstance(value, str) and value else None


def _tables(body: JSON, key: str, where: str) -> list[ToldTable]:
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid("a list is expected", where=_at(where, key))
    items = cast("list[Any]", value)
    if len(items) > MOST_TABLES:
        raise TooLarge(f"over {MOST_TABLES:,} datasets in one event", where=_at(where, key))
    own = "inputFacets" if key == "inputs" else "outputFacets"
    return [_table(item, _at(where, f"{key}[{place}]"), own) for place, item in enumerate(items)]


def _table(value: Any, where: str, own: str = "") -> ToldTable:
    body = _object(value, where)
    thing = _thing(body, where)
    private = _facets(body, own, where) if own else {}
    facets = thing.facets
    return ToldTable(
        thing=thing,
        names=[
            Thing(namespace=_name(each, "namespace", where), name=_name(each, "name", where))
            for each in read.symlinks(facets, where)
        ],
        fields=read.fields(facets, where),
        version=read.version(facets),
        own=private,
        checks=[*read.checks(facets), *read.checks(private)],
        sources=read.sources(facets, where),
        removed=read.removed(facets),
    )


def _explicit(
    body: JSON, inputs: Sequence[ToldTable], outputs: list[ToldTable]
) -> tuple[list[ToldTable], list[ToldTable]]:
    """Add what the facet `lineage` of a run or job says about tables."""
    said: list[tuple[Thing, list[ToldSource]]] = []
    for holder in ("run", "job"):
        inner = body.get(holder)
        if isinstance(inner, dict):
            facets = cast("JSON", inner).get("facets")
            if isinstance(facets, dict):
                said += read.explicit(cast("JSON", facets), f"{holder}.facets.lineage")
    others: list[ToldTable] = []
    for thing, sources in said:
        place = next((at for at, each in enumerate(outputs) if _same(each.thing, thing)), None)
        if place is not None:
            outputs[place] = _with(outputs[place], sources)
        else:
            others.append(ToldTable(thing=thing, sources=sources))
    return outputs, others


def _same(one: Thing, other: Thing) -> bool:
    return (one.namespace, one.name) == (other.namespace, other.name)


def _with(table: ToldTable, sources: Sequence[ToldSource]) -> ToldTable:
    return msgspec.structs.replace(table, sources=[*table.sources, *sources])


def _thing(value: Any, where: str, *, job: bool = False) -> Thing:
    body = _object(value, where)
    facets = _facets(body, "facets", where)
    return Thing(
        namespace=_name(body, "namespace", where),
        name=_name(body, "name", where),
        facets=facets,
        facts=read.facts(facets, job=job),
    )


def _name(body: Mapping[str, Any], key: str, where: str) -> str:
    text = _text(body, key, where)
    if len(text) > _NAME_CHARS:
        raise Invalid(f"over {_NAME_CHARS} characters", where=_at(where, key))
    if _CONTROL.search(text):
        raise Invalid("a name has no control characters", where=_at(where, key))
    return text


def _facets(body: JSON, key: str, where: str) -> JSON:
    value = body.get(key)
    if value is None:
        return {}
    facets = _object(value, _at(where, key))
    for name in facets:
        if not 0 < len(name) <= _NAME_CHARS or _CONTROL.search(name) or name.startswith("~"):
            raise Invalid(f"{name[:40]!r} cannot be the name of a facet", where=_at(where, key))
    # A facet that is null, or says so, is taken back by its producer: there is nothing to keep of it.
    return {
        name: each
        for name, each in facets.items()
        if each is not None and not (isinstance(each, dict) and cast("JSON", each).get("_deleted") is True)
    }


def _object(value: Any, where: str) -> JSON:
    if not isinstance(value, dict):
        raise Invalid("an object is expected", where=where)
    return cast("JSON", value)


def _text(body: Mapping[str, Any], key: str, where: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Invalid(f"{key} is missing, or not a text", where=_at(where, key))
    return value


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
