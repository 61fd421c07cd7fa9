"""What filters and orders of runs, experiments and logged models may name, in our words and MLflow's.

Knows the tables `runs r`, `experiments x` and `models l` by these aliases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelwright.kit.filters import Field, Fields, Keyed, Kind, Term, choice, duration, text, time
from modelwright.types.tracking import LoggedModelState, RunKind, RunState

EARLIEST = "-9223372036854775807"
"""Stands for a missing start where runs are ordered by start: after all others, newest first."""

_STATUS = {
    "queued": "SCHEDULED",
    "running": "RUNNING",
    "finished": "FINISHED",
    "failed": "FAILED",
    "killed": "KILLED",
    "crashed": "FAILED",
}
"""Our state → MLflow's status."""

_DATASET = "dataset_inputs di JOIN datasets ds ON ds.id = di.dataset WHERE di.run = r.seq"
_METRIC = "metrics m WHERE m.run = r.seq AND m.key = ?"
_GOAL = (
    "(SELECT g.goal FROM definitions g WHERE g.run = m.run AND g.goal IS NOT NULL AND (g.key = m.key OR "
    "(substr(g.key, length(g.key), 1) = '*' AND substr(m.key, 1, length(g.key) - 1) || '*' = g.key)) "
    # Names before patterns. SQLite takes no column of an outer query here.
    "ORDER BY CASE WHEN substr(g.key, length(g.key), 1) = '*' THEN 1 ELSE 0 END, length(g.key) DESC LIMIT 1)"
)

LATEST = Field(Kind.NUMBER, "m.last", source=_METRIC)
"""The latest value of a metric; the planner knows an index for it."""

_metrics = Keyed(
    LATEST,
    {
        "last": LATEST,
        "min": replace(LATEST, expr="m.min"),
        "max": replace(LATEST, expr="m.max"),
        "mean": replace(LATEST, expr="m.sum / NULLIF(m.count - m.nans, 0)"),
        "best": replace(
            LATEST,
            expr=f"CASE {_GOAL} WHEN 'max' THEN m.max ELSE m.min END",
            source=f"{_METRIC} AND {_GOAL} IS NOT NULL",
        ),
        "count": replace(LATEST, expr="m.count", kind=Kind.INTEGER),
        "step": replace(LATEST, expr="m.last_step", kind=Kind.INTEGER),
    },
)
_params = Keyed(Field(Kind.MIXED, "p.text", number="p.number", source="params p WHERE p.run = r.seq AND p.key = ?"))
_tags = Keyed(Field(Kind.TEXT, "t.value", source="tags t WHERE t.run = r.seq AND t.key = ?"))
_summary = Keyed(
    Field(
        Kind.MIXED,
        # Texts are compared without their JSON quotes.
        "CASE WHEN substr(s.value, 1, 1) = '\"' THEN substr(s.value, 2, length(s.value) - 2) ELSE s.value END",
        number="s.number",
        source="summaries s WHERE s.run = r.seq AND s.key = ?",
    )
)

START = time("r.start_ms", nullable=True)

RUNS = Fields(
    "run",
    {
        "run_id": text("r.id"),
        "run_name": text("r.name"),
        "status": choice("r.state", _STATUS, strict=False),
        "state": choice("r.state", {state.value: state.value for state in RunState}),
        "kind": choice("r.kind", {kind.value: kind.value for kind in RunKind}),
        "user_id": text("r.user_name"),
        "start_time": START,
        "end_time": time("r.end_ms", nullable=True),
        "created_time": time("r.created_ms"),
        # As floats, because the difference of two 64-bit times may not fit 64 bits.
        "duration": duration("(CAST(r.end_ms AS DOUBLE PRECISION) - r.start_ms)", nullable=True),
        "group": text("NULLIF(r.group_name, '')", nullable=True),
        "notes": text("NULLIF(r.notes, '')", nullable=True),
        "parent_id": text("r.parent_id", nullable=True),
        "forked_from": text("r.forked_from", nullable=True),
        "experiment_id": Field(Kind.ID, "r.experiment"),
        "artifact_uri": text("r.artifact_uri"),
        "datasets.name": Field(
            Kind.TEXT, "ds.name", source=_DATASET, unique=False, latest="ORDER BY ds.name, ds.digest"
        ),
        "datasets.digest": Field(
            Kind.TEXT, "ds.digest", source=_DATASET, unique=False, latest="ORDER BY ds.name, ds.digest"
        ),
        "datasets.context": Field(
            Kind.TEXT, "di.context", source=_DATASET, unique=False, latest="ORDER BY ds.name, ds.digest"
        ),
    },
    ends=(Term(f"COALESCE(r.start_ms, {EARLIEST})", Kind.INTEGER, descending=True), Term("r.id", Kind.TEXT)),
    maps={
        "metrics": _metrics,
        "params": _params,
        "tags": _tags,
        "summary": _summary,
        "metric": _metrics,
        "param": _params,
        "parameter": _params,
        "parameters": _params,
        "tag": _tags,
    },
    aliases={
        "id": "run_id",
        "run id": "run_id",
        "name": "run_name",
        "run name": "run_name",
        "user": "user_id",
        "created": "start_time",
        "start time": "start_time",
        "end time": "end_time",
        "experiment": "experiment_id",
        "parent": "parent_id",
        "dataset.name": "datasets.name",
        "dataset.digest": "datasets.digest",
        "dataset.context": "datasets.context",
    },
    prefixes=("attributes", "attribute", "attr", "run", "runs"),
)

_experiment_tags = Keyed(
    Field(Kind.TEXT, "t.value", source="experiment_tags t WHERE t.experiment = x.id AND t.key = ?")
)

EXPERIMENTS = Fields(
    "experiment",
    {
        "name": text("x.name"),
        "experiment_id": Field(Kind.ID, "x.id"),
        "creation_time": time("x.created_ms"),
        "last_update_time": time("x.updated_ms"),
        "artifact_location": text("x.artifact_location"),
    },
    ends=(Term("x.created_ms", Kind.INTEGER, descending=True), Term("x.id", Kind.INTEGER)),
    maps={"tags": _experiment_tags, "tag": _experiment_tags},
    aliases={
        "id": "experiment_id",
        "created": "creation_time",
        "created_time": "creation_time",
        "updated": "last_update_time",
        "updated_time": "last_update_time",
    },
)

_MODEL_STATUS = {state.value: state.value.upper() for state in LoggedModelState}
_MODEL_METRIC = "model_metrics m WHERE m.model = l.id AND m.key = ?"


def models(datasets: Sequence[tuple[str, str]] = ()) -> Fields:
    """What filters of logged models may name.

    With `datasets`, each (name, digest; "" for any digest), only the metrics on these count.
    """
    source, arguments = _MODEL_METRIC, ()
    if datasets:
        choices = [f"(m.dataset_name = ?{' AND m.dataset_digest = ?' if digest else ''})" for _, digest in datasets]
        source = f"{source} AND ({' OR '.join(choices)})"
        arguments = tuple(part for name, digest in datasets for part in ((name, digest) if digest else (name,)))
    metrics = Keyed(
        Field(
            Kind.NUMBER,
            "m.value",
            source=source,
            arguments=arguments,
            unique=False,
            latest="ORDER BY m.step DESC, m.time_ms DESC",
        )
    )
    params = Keyed(Field(Kind.TEXT, "p.value", source="model_params p WHERE p.model = l.id AND p.key = ?"))
    tags = Keyed(Field(Kind.TEXT, "t.value", source="model_tags t WHERE t.model = l.id AND t.key = ?"))
    return replace(
        _MODELS,
        maps={"metrics": metrics, "params": params, "tags": tags, "metric": metrics, "param": params, "tag": tags},
    )


_MODELS = Fields(
    "logged model",
    {
        "model_id": text("l.id"),
        "name": text("l.name"),
        "model_type": text("l.kind"),
        "status": choice("l.state", _MODEL_STATUS, strict=False),
        "state": choice("l.state", {state.value: state.value for state in LoggedModelState}),
        "status_message": text("l.state_message"),
        "source_run_id": text("l.source_run_id", nullable=True),
        "experiment_id": Field(Kind.ID, "l.experiment"),
        "user": text("l.user_name"),
        "creation_timestamp": time("l.created_ms"),
        "last_updated_timestamp": time("l.updated_ms"),
        "artifact_uri": text("l.artifact_uri"),
    },
    ends=(Term("l.created_ms", Kind.INTEGER, descending=True), Term("l.id", Kind.TEXT)),
    aliases={
        "id": "model_id",
        "kind": "model_type",
        "run_id": "source_run_id",
        "creation_time": "creation_timestamp",
        "creation_timestamp_ms": "creation_timestamp",
        "created": "creation_timestamp",
        "last_updated_timestamp_ms": "last_updated_timestamp",
        "updated": "last_updated_timestamp",
    },
)
