"""The verbs of lineage: `writing` keeps edges, `walks` follows them, `columns` follows columns, `declared` is people's."""

from modelwright.domains.lineage.service.columns import columns
from modelwright.domains.lineage.service.declared import declare, history, origins, retract, retract_one
from modelwright.domains.lineage.service.impact import impact
from modelwright.domains.lineage.service.names import resolve
from modelwright.domains.lineage.service.walks import downstream, graph, path, upstream
from modelwright.domains.lineage.service.writing import describe, link, same, unlink

__all__ = [
    "columns",
    "declare",
    "describe",
    "downstream",
    "graph",
    "history",
    "impact",
    "link",
    "origins",
    "path",
    "resolve",
    "retract",
    "retract_one",
    "same",
    "unlink",
    "upstream",
]
