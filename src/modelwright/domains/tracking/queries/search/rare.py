"""Clauses that few runs can satisfy: looked up first in the index of metric values, so that nothing else is read."""

from __future__ import annotations

from modelwright.domains.tracking.queries.search.fields import LATEST, RUNS
from modelwright.kit.db import Tx
from modelwright.kit.filters import Clause, Node, Operator, Sql, conjuncts

_FEW = 500
_CLAUSES = 3
_RANGES = {Operator.EQ, Operator.LT, Operator.LE, Operator.GT, Operator.GE, Operator.IN, Operator.BETWEEN}


def candidates(tx: Tx, node: Node | None, metrics: Sql) -> list[int] | None:
    """Runs that a clause about the latest value of a metric allows; None when no clause leaves few.

    `metrics` is the scope, as a condition on `metrics o`. The filter must be a valid one.
    """
    for clause in _ranges(node):
        values = [float(literal.value) for literal in clause.values if isinstance(literal.value, (int, float))]
        if clause.operator is Operator.BETWEEN:
            wanted = "BETWEEN ? AND ?"
        elif clause.operator is Operator.IN:
            wanted = f"IN ({','.join('?' * len(values))})"
        else:
            wanted = f"{clause.operator.value} ?"
        allowed = f"SELECT o.run FROM metrics o WHERE {metrics.text} AND o.key = ? AND o.last {wanted}"
        arguments = (*metrics.values, clause.name.key, *values)
        if tx.row(f"{allowed} LIMIT 1 OFFSET {_FEW}", arguments) is None:
            return [row[0] for row in tx.rows(allowed, arguments)]
    return None


def _ranges(node: Node | None) -> list[Clause]:
    found: list[Clause] = []
    for part in conjuncts(node):
        if isinstance(part, Clause) and part.operator in _RANGES and part.name.prefix:
            field = RUNS.resolve(part.name)
            if field.expr == LATEST.expr and field.source == LATEST.source:
                found.append(part)
    return found[:_CLAUSES]
