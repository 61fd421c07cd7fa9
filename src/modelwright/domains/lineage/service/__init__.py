"""The verbs of lineage: `writing` keeps edges, `walks` and `columns` follow them, `declared` is for people."""

from modelwright.domains.lineage.queries.cursors import advance, position
from modelwright.domains.lineage.rules import external as external_id
from modelwright.domains.lineage.rules import parts as external_parts
from modelwright.domains.lineage.service.columns import columns
from modelwright.domains.lineage.service.declared import declare, history, origins, retract, retract_one
from modelwright.domains.lineage.service.impact import impact
from modelwright.domains.lineage.service.names import resolve
from modelwright.domains.lineage.service.walks import downstream, graph, path, upstream
from modelwright.domains.lineage.service.writing import cut, describe, link, relabel, rename, same, unlink

__all__ = [
    "advance",
    "columns",
    "cut",
    "declare",
    "describe",
    "downstream",
    "external_id",
    "external_parts",
    "graph",
    "history",
    "impact",
    "link",
    "origins",
    "path",
    "position",
    "relabel",
    "rename",
    "resolve",
    "retract",
    "retract_one",
    "same",
    "unlink",
    "upstream",
]
