"""Searches of experiments and logged models: lists that are sorted as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from modelwright.domains.tracking.queries.experiments import COLUMNS, ExperimentRow
from modelwright.domains.tracking.queries.models import COLUMNS as MODEL_COLUMNS
from modelwright.domains.tracking.queries.models import ModelRow
from modelwright.domains.tracking.queries.search.fields import EXPERIMENTS, models
from modelwright.kit import filters
from modelwright.kit.db import Tx
from modelwright.kit.filters import Sql
from modelwright.types.page import Search
from modelwright.types.tracking import Lifecycle

Dataset = tuple[str, str]
"""Name and digest."""


def experiments(
    tx: Tx, workspace: str, request: Search, lifecycle: Lifecycle | None
) -> tuple[list[ExperimentRow], str]:
    """One page of experiments, newest first unless the request says otherwise, and the token of the next.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid.
    """
    scope = Sql("x.workspace = ?", (workspace,)) & _lifecycle("x", lifecycle)
    columns = ", ".join(f"x.{column.strip()}" for column in COLUMNS.split(","))
    rows, token = filters.search(tx, columns, "experiments x", scope, EXPERIMENTS, request)
    return [ExperimentRow._make(row) for row in rows], token


def logged_models(
    tx: Tx,
    workspace: str,
    request: Search,
    *,
    experiments: Sequence[str] = (),
    lifecycle: Lifecycle | None = Lifecycle.ACTIVE,
    datasets: Sequence[Dataset] = (),
    order_datasets: Sequence[Dataset | None] = (),
) -> tuple[list[ModelRow], str]:
    """One page of logged models, newest first unless the request says otherwise, and the token of the next.

    Args:
        experiments: only of these; ids that are no numbers are nobody's. Empty means all.
        datasets: (name, digest) of the datasets whose metrics a filter is about; an empty digest means any.
        order_datasets: the same for each item of the order.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid.
    """
    scope = Sql("l.workspace = ?", (workspace,)) & _lifecycle("l", lifecycle)
    if experiments:
        numbers = [int(text) for text in experiments if text.isascii() and text.isdigit() and len(text) < 19]
        scope = scope & Sql(f"l.experiment IN ({','.join(map(str, numbers))})" if numbers else "1=0")
    fields = models(datasets)
    order: list[filters.Item] = []
    for text, dataset in zip_longest(request.order_by, order_datasets[: len(request.order_by)]):
        order += filters.items([text], models([dataset]) if dataset else fields)
    columns = ", ".join(f"l.{column.strip()}" for column in MODEL_COLUMNS.split(","))
    rows, token = filters.search(tx, columns, "models l", scope, fields, request, order=order)
    return [ModelRow._make(row) for row in rows], token


def _lifecycle(table: str, lifecycle: Lifecycle | None) -> Sql:
    if lifecycle is None:
        return Sql(f"{table}.lifecycle IN ('active', 'deleted')")
    return Sql(f"{table}.lifecycle = ?", (lifecycle.value,))
