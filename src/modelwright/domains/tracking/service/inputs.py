"""The verbs of what runs read and made: datasets by name and digest, logged models by id."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import inputs as queries
from modelwright.domains.tracking.queries import models
from modelwright.domains.tracking.queries import runs as run_queries
from modelwright.domains.tracking.rules import limits
from modelwright.domains.tracking.service import experiments, flows
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.tracking import DatasetInput, ModelInput, ModelOutput, Run

_IN = 500


def log_inputs(ctx: Ctx, run_id: str, datasets: Sequence[DatasetInput] = (), used: Sequence[ModelInput] = ()) -> None:
    """Say what a run read. An experiment keeps a dataset once, by name and digest.

    Raises:
        NotFound: no such run or model. Conflict: the run is deleted. Invalid: over the limits.
    """
    ctx.require(Permission.WRITE)
    if len(datasets) > limits.INPUTS or len(used) > limits.INPUTS:
        raise Invalid(f"at most {limits.INPUTS:,} inputs are allowed in one call", where="datasets")
    for place, dataset in enumerate(datasets):
        _check(dataset, f"datasets[{place}]")

    def work(tx: Tx) -> None:
        row = run_queries.locate(tx, ctx.workspace, run_id, writable=True)
        queries.put_datasets(tx, row.seq, row.experiment, datasets)
        for model in used:
            models.locate(tx, ctx.workspace, model.model_id)
        queries.put_models(tx, row.seq, "in", [(model.model_id, 0) for model in used])
        flows.read(ctx, tx, row, datasets, [model.model_id for model in used])
        events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)

    ctx.db.submit(work, key=run_id).result()


def log_outputs(ctx: Ctx, run_id: str, made: Sequence[ModelOutput]) -> None:
    """Say which logged models a run made, and at which steps. Raises as `log_inputs`."""
    ctx.require(Permission.WRITE)
    if len(made) > limits.INPUTS:
        raise Invalid(f"at most {limits.INPUTS:,} outputs are allowed in one call", where="models")
    for place, model in enumerate(made):
        limits.int64(model.step, f"models[{place}].step")

    def work(tx: Tx) -> None:
        row = run_queries.locate(tx, ctx.workspace, run_id, writable=True)
        found = [models.locate(tx, ctx.workspace, model.model_id) for model in made]
        queries.put_models(tx, row.seq, "out", [(model.model_id, model.step) for model in made])
        flows.made(ctx, tx, row, [flows.model(each.id, each.name) for each in found])
        events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)

    ctx.db.submit(work, key=run_id).result()


def attach(ctx: Ctx, runs: Sequence[Run]) -> list[Run]:
    """Runs of a list with their dataset inputs, model inputs and model outputs."""
    ctx.require(Permission.READ)
    found: list[Run] = []
    with ctx.db.read() as tx:
        for start in range(0, len(runs), _IN):
            part = runs[start : start + _IN]
            seqs = run_queries.seqs(tx, ctx.workspace, [run.id for run in part])
            datasets = queries.datasets_of(tx, list(seqs.values()))
            links = queries.models_of(tx, list(seqs.values()))
            for run in part:
                seq = seqs.get(run.id, 0)
                ins, outs = links.get(seq, ([], []))
                if ins or outs or seq in datasets:
                    run = msgspec.structs.replace(
                        run, dataset_inputs=datasets.get(seq, []), model_inputs=ins, model_outputs=outs
                    )
                found.append(run)
    return found


def datasets(ctx: Ctx, experiment_ids: Sequence[str], most: int = 1_000) -> list[tuple[str, str, str, str]]:
    """(experiment id, name, digest, context) of the datasets that active runs of experiments read, each once.

    Raises:
        NotFound: no such experiment.
    """
    ctx.require(Permission.READ)
    if not experiment_ids:
        return []
    with ctx.db.read() as tx:
        numbers = [experiments.locate(tx, ctx, experiment_id).number for experiment_id in experiment_ids]
        return queries.datasets_of_experiments(tx, numbers, most)


def _check(dataset: DatasetInput, where: str) -> None:
    limits.name(dataset.name, f"{where}.name", limits.DATASET_NAME)
    limits.name(dataset.digest, f"{where}.digest", limits.NAME)
    limits.text(dataset.source_type, f"{where}.source_type", limits.NAME)
    limits.text(dataset.source, f"{where}.source", limits.DATASET_SOURCE)
    limits.text(dataset.schema or "", f"{where}.schema", limits.DATASET_SCHEMA)
    limits.text(dataset.profile or "", f"{where}.profile", limits.DATASET_PROFILE)
    limits.tags(dataset.tags, f"{where}.tags")
