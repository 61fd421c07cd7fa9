"""Every statement about what runs read and made: datasets, and links to logged models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelwright.kit.db import Tx
from modelwright.types.codec import reader, to_json
from modelwright.types.tracking import DatasetInput, ModelInput, ModelOutput

_tags = reader(dict[str, str])
_CONTEXT = ("mlflow.data.context", "context")


def put_datasets(tx: Tx, seq: int, experiment: int, datasets: Sequence[DatasetInput]) -> None:
    """Link datasets to a run. An experiment keeps a dataset once, by name and digest; the last tags of a link count."""
    tx.many(
        'INSERT INTO datasets (experiment, name, digest, source_type, source, "schema", profile) '
        "VALUES (?,?,?,?,?,?,?) "
        "ON CONFLICT (experiment, name, digest) DO NOTHING",
        [
            (experiment, each.name, each.digest, each.source_type, each.source, each.schema, each.profile)
            for each in datasets
        ],
    )
    tx.many(
        "INSERT INTO dataset_inputs (run, dataset, context, tags) SELECT ?, id, ?, ? FROM datasets "
        "WHERE experiment = ? AND name = ? AND digest = ? "
        "ON CONFLICT (run, dataset) DO UPDATE SET context = excluded.context, tags = excluded.tags",
        [
            (seq, _context(each.tags), to_json(each.tags).decode(), experiment, each.name, each.digest)
            for each in datasets
        ],
    )


def put_models(tx: Tx, seq: int, direction: str, models: Sequence[tuple[str, int]]) -> None:
    """Link logged models, as (id, step), to a run that used ("in") or made ("out") them."""
    row = tx.row("SELECT count(*) FROM model_links WHERE run = ? AND direction = ?", (seq, direction))
    first = row[0] if row else 0
    tx.many(
        "INSERT INTO model_links (run, direction, model_id, step, position) VALUES (?,?,?,?,?) "
        "ON CONFLICT (run, direction, model_id) DO UPDATE SET step = excluded.step",
        [(seq, direction, model_id, step, first + place) for place, (model_id, step) in enumerate(models)],
    )


def datasets_of(tx: Tx, seqs: Sequence[int]) -> dict[int, list[DatasetInput]]:
    """Dataset inputs by run, by name."""
    found: dict[int, list[DatasetInput]] = {}
    for row in tx.rows(
        'SELECT i.run, d.name, d.digest, d.source_type, d.source, d."schema", d.profile, i.tags FROM dataset_inputs i '
        f"JOIN datasets d ON d.id = i.dataset WHERE i.run {tx.dialect.among} ORDER BY i.run, d.name, d.digest",
        (tx.dialect.members(seqs),),
    ):
        found.setdefault(row[0], []).append(_dataset(row[1:]))
    return found


def models_of(tx: Tx, seqs: Sequence[int]) -> dict[int, tuple[list[ModelInput], list[ModelOutput]]]:
    """Model inputs and outputs by run, in the order of their links."""
    found: dict[int, tuple[list[ModelInput], list[ModelOutput]]] = {}
    for seq, direction, model_id, step in tx.rows(
        f"SELECT run, direction, model_id, step FROM model_links WHERE run {tx.dialect.among} "
        "ORDER BY run, direction, position, model_id",
        (tx.dialect.members(seqs),),
    ):
        ins, outs = found.setdefault(seq, ([], []))
        if direction == "in":
            ins.append(ModelInput(model_id=model_id))
        else:
            outs.append(ModelOutput(model_id=model_id, step=step))
    return found


def datasets_of_experiments(tx: Tx, experiments: Sequence[int], most: int) -> list[tuple[str, str, str, str]]:
    """(experiment id, name, digest, context) of the datasets that active runs of experiments read, each once."""
    marks = ",".join("?" * len(experiments))
    return [
        (str(row[0]), row[1], row[2], row[3])
        for row in tx.rows(
            "SELECT DISTINCT d.experiment, d.name, d.digest, i.context FROM datasets d "
            "JOIN dataset_inputs i ON i.dataset = d.id JOIN runs r ON r.seq = i.run AND r.lifecycle = 'active' "
            f"WHERE d.experiment IN ({marks}) ORDER BY 1, 2, 3, 4 LIMIT ?",
            (*experiments, most),
        )
    ]


def _context(tags: dict[str, str]) -> str:
    for name in _CONTEXT:
        if name in tags:
            return tags[name]
    return ""


def _dataset(row: tuple[Any, ...]) -> DatasetInput:
    return DatasetInput(
        name=row[0],
        digest=row[1],
        source_type=row[2],
        source=row[3],
        schema=row[4],
        profile=row[5],
        tags=_tags(row[6].encode()),
    )
