"""The verbs of logged models: models as runs make them, with params, tags, metrics and files of their own.

Params are written once; the state says whether the files are complete. Versions and approvals are not known here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import models as queries
from modelwright.domains.tracking.queries import runs
from modelwright.domains.tracking.queries.models import ModelRow
from modelwright.domains.tracking.rules import limits, names, places
from modelwright.domains.tracking.service import experiments, flows
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import number_in
from modelwright.types.errors import AlreadyExists, Conflict, Invalid, NotFound
from modelwright.types.ids import new_id
from modelwright.types.tracking import LoggedModel, LoggedModelState, LoggedModelUpdate, ModelMetric

_METRICS = 10_000
_NOTHING: Mapping[str, str] = {}


def create(
    ctx: Ctx,
    *,
    experiment_id: str | None = None,
    name: str = "",
    kind: str = "",
    source_run_id: str | None = None,
    params: Mapping[str, str] = _NOTHING,
    tags: Mapping[str, str] = _NOTHING,
    id: str | None = None,  # noqa: A002  the field's name
    created_ms: int | None = None,
) -> LoggedModel:
    """A new logged model, pending until it is finalized. Without a name it is given one.

    Raises:
        Invalid: a bad id, name, key or value, or neither an experiment nor a run. AlreadyExists: the id is taken.
        NotFound: no such experiment or run.
        Conflict: the experiment or the run is deleted.
    """
    ctx.require(Permission.WRITE)
    name = limits.model_name(name) if name else names.generated(int.from_bytes(os.urandom(6), "big"))
    limits.text(kind, "kind", limits.NAME)
    limits.tags(dict(params), "params")
    limits.tags(dict(tags), "tags")
    if id is not None and not limits.is_model_id(id):
        raise Invalid("a model id is m- and 32 hexadecimal digits", where="id")
    model_id = id or f"m-{new_id()}"

    def work(tx: Tx) -> LoggedModel:
        home = experiment_id
        run = None
        if source_run_id is not None:
            run = runs.locate(tx, ctx.workspace, source_run_id, writable=True)
            home = home if home is not None else run.experiment_id
        if home is None:
            raise Invalid("name an experiment or a run", where="experiment_id")
        if id is not None and queries.taken(tx, model_id):
            raise AlreadyExists(f"the model {model_id} exists already", where="id")
        experiment = experiments.locate(tx, ctx, home, writable=True)
        now = ctx.clock.now_ms()
        made = now if created_ms is None else max(created_ms, 0)
        row = ModelRow(
            model_id,
            ctx.workspace,
            experiment.number,
            name,
            kind,
            LoggedModelState.PENDING.value,
            "",
            "active",
            source_run_id,
            ctx.who,
            made,
            now,
            places.within(experiment.artifact_location, f"models/{model_id}/artifacts"),
        )
        queries.insert(tx, row)
        queries.put_params(tx, model_id, params)
        queries.put_tags(tx, model_id, tags)
        if run is not None:
            flows.made(ctx, tx, run, [flows.model(model_id, name)])
        _changed(ctx, tx, "model.created", row, {"name": name, "run": source_run_id})
        return queries.assemble(tx, [row])[0]

    return ctx.db.submit(work).result()


def get(ctx: Ctx, model_id: str) -> LoggedModel:
    """One logged model, also a deleted one. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return queries.assemble(tx, [queries.locate(tx, ctx.workspace, model_id)])[0]


def finalize(ctx: Ctx, model_id: str, state: LoggedModelState, message: str = "") -> LoggedModel:
    """Say whether its files are complete. Raises as `update`."""
    return update(ctx, model_id, LoggedModelUpdate(state=state, state_message=message))


def set_tags(ctx: Ctx, model_id: str, tags: Mapping[str, str | None]) -> LoggedModel:
    """Set tags; None removes one. Raises as `update`."""
    return update(ctx, model_id, LoggedModelUpdate(tags=dict(tags)))


def log_params(ctx: Ctx, model_id: str, params: Mapping[str, str]) -> LoggedModel:
    """Add params; one that is known must have the same value. Raises as `update`."""
    return update(ctx, model_id, LoggedModelUpdate(params=dict(params)))


def record_metrics(ctx: Ctx, model_id: str, metrics: Sequence[ModelMetric]) -> LoggedModel:
    """Record metric values, on datasets where they are named. Raises as `update`."""
    return update(ctx, model_id, LoggedModelUpdate(metrics=list(metrics)))


def update(ctx: Ctx, model_id: str, body: LoggedModelUpdate) -> LoggedModel:
    """Change a logged model, all of it or nothing.

    Raises:
        NotFound. Conflict: it is deleted. Invalid: a bad key or value, or a param that has another value already.
    """
    ctx.require(Permission.WRITE)
    limits.tags(body.tags)
    limits.tags(dict(body.params), "params")
    if body.state_message is not None:
        limits.text(body.state_message, "state_message")
    _check(body.metrics)

    def work(tx: Tx, row: ModelRow) -> dict[str, Any]:
        detail: dict[str, Any] = {}
        columns: dict[str, Any] = {"updated_ms": ctx.clock.now_ms()}
        if body.state is not None and body.state.value != row.state:
            columns["state"] = body.state.value
            detail["state"] = {"old": row.state, "new": body.state.value}
        if body.state_message is not None:
            columns["state_message"] = body.state_message
        queries.change(tx, model_id, columns)
        if body.params:
            _add_params(tx, row, body.params)
            detail["params"] = body.params
        if body.tags:
            old = queries.tags_of(tx, model_id)
            queries.put_tags(tx, model_id, {key: value for key, value in body.tags.items() if value is not None})
            queries.drop_tags(tx, model_id, [key for key, value in body.tags.items() if value is None])
            detail["tags"] = {key: {"old": old.get(key), "new": value} for key, value in body.tags.items()}
        queries.put_metrics(tx, model_id, body.metrics)
        return detail

    return _change(ctx, model_id, "model.updated", work)


def delete_tag(ctx: Ctx, model_id: str, key: str) -> None:
    """Remove one tag. Raises `NotFound` when there is none, `Conflict` when the model is deleted."""
    ctx.require(Permission.WRITE)
    limits.key(key)

    def work(tx: Tx, row: ModelRow) -> dict[str, Any]:
        old = queries.tags_of(tx, row.id)
        if key not in old:
            raise NotFound(f"No tag with key {key!r} found for model with ID {model_id!r}.", where="key")
        queries.drop_tags(tx, row.id, [key])
        queries.change(tx, row.id, {"updated_ms": ctx.clock.now_ms()})
        return {"tags": {key: {"old": old[key], "new": None}}}

    _change(ctx, model_id, "model.updated", work)


def delete(ctx: Ctx, model_id: str) -> None:
    """Delete it, until it is restored. Raises `NotFound`, or `Conflict` when it is deleted already."""
    ctx.require(Permission.WRITE)

    def work(tx: Tx, row: ModelRow) -> dict[str, Any]:
        now = ctx.clock.now_ms()
        queries.change(tx, row.id, {"lifecycle": "deleted", "deleted_ms": now, "updated_ms": now})
        return {"name": row.name}

    _change(ctx, model_id, "model.deleted", work)


def restore(ctx: Ctx, model_id: str) -> LoggedModel:
    """Bring a deleted one back. Raises `NotFound`, or `Conflict` when it is not deleted."""
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> LoggedModel:
        row = queries.locate(tx, ctx.workspace, model_id)
        if row.lifecycle == "active":
            raise Conflict(
                f"The logged model {model_id} must be in the 'deleted' state. Current state is active.",
                where="model_id",
            )
        queries.change(tx, row.id, {"lifecycle": "active", "deleted_ms": None, "updated_ms": ctx.clock.now_ms()})
        _changed(ctx, tx, "model.restored", row, {"name": row.name})
        return queries.assemble(tx, [queries.locate(tx, ctx.workspace, model_id)])[0]

    return ctx.db.submit(work, key=model_id).result()


def _change(ctx: Ctx, model_id: str, kind: str, work: Callable[[Tx, ModelRow], dict[str, Any]]) -> LoggedModel:
    def whole(tx: Tx) -> LoggedModel:
        row = queries.locate(tx, ctx.workspace, model_id, writable=True)
        detail = work(tx, row)
        _changed(ctx, tx, kind, row, detail)
        return queries.assemble(tx, [queries.locate(tx, ctx.workspace, model_id)])[0]

    return ctx.db.submit(whole, key=model_id).result()


def _changed(ctx: Ctx, tx: Tx, kind: str, row: ModelRow, detail: dict[str, Any]) -> None:
    if detail:
        audit.append(ctx, tx, kind, f"models/{row.id}", detail)
    events.publish(ctx, tx, "model.updated" if kind == "model.restored" else kind, row.id, str(row.experiment))


def _add_params(tx: Tx, row: ModelRow, params: Mapping[str, str]) -> None:
    old = queries.params_of(tx, row.id)
    for key, value in params.items():
        if old.get(key, value) != value:
            raise Invalid(
                f"Changing param values is not allowed. Param with key={key!r} was already logged with "
                f"value={old[key]!r} for model ID={row.id!r}. Attempted logging new value {value!r}.",
                where=f"params.{key}",
            )
    queries.put_params(tx, row.id, params)


def _check(metrics: Sequence[ModelMetric]) -> None:
    if len(metrics) > _METRICS:
        raise Invalid(f"{len(metrics):,} metrics in one call; at most {_METRICS:,} are allowed", where="metrics")
    for place, metric in enumerate(metrics):
        where = f"metrics[{place}]"
        limits.key(metric.key, f"{where}.key")
        number_in(metric.value, where=f"{where}.value")
        limits.int64(metric.step, f"{where}.step")
        limits.int64(metric.time_ms, f"{where}.time_ms")
        for name, text, most in (
            ("run_id", metric.run_id, limits.NAME),
            ("dataset_name", metric.dataset_name or "", limits.DATASET_NAME),
            ("dataset_digest", metric.dataset_digest or "", limits.NAME),
        ):
            limits.text(text, f"{where}.{name}", most)
