"""Graphs in Marquez's shape: jobs and datasets with their edges in and out, and the same of columns."""

from __future__ import annotations

from typing import Any

from modelwright.domains.lineage import service
from modelwright.domains.lineage.service import catalog
from modelwright.kit.context import Ctx
from modelwright.protocols.openlineage import shapes
from modelwright.types.elsewhere import OuterName
from modelwright.types.errors import NotFound
from modelwright.types.lineage import ColumnNode, GraphNode, Node

JSON = dict[str, Any]
_NODES = 2_000
_WHOLE = "*"


def graph(ctx: Ctx, node: Node, depth: int) -> JSON:
    """Jobs and datasets around one, both ways. Edges between datasets alone (of columns) are not in it."""
    found = service.graph(ctx, node, depth=depth, kinds=["job", "table"], limit=_NODES)
    ids = [_id(each) for each in found.nodes]
    into: dict[int, list[JSON]] = {}
    out: dict[int, list[JSON]] = {}
    for edge in found.edges:
        if found.nodes[edge.source].kind != found.nodes[edge.target].kind:
            one = {"origin": ids[edge.source], "destination": ids[edge.target]}
            out.setdefault(edge.source, []).append(one)
            into.setdefault(edge.target, []).append(one)
    things = {
        (each.kind, service.external_id(each.name.namespace, each.name.name)): each
        for each in catalog.some(ctx, [(each.kind, each.id) for each in found.nodes])
    }
    nodes: list[JSON] = []
    for place, each in enumerate(found.nodes):
        thing = things.get((each.kind, each.id))
        if thing is not None:
            data = shapes.job(thing) if each.kind == "job" else shapes.dataset(thing)
            kind = "JOB" if each.kind == "job" else "DATASET"
            edges = {"inEdges": into.get(place, []), "outEdges": out.get(place, [])}
            nodes.append({"id": ids[place], "type": kind, "data": data, **edges})
    return {"graph": nodes}


def column_graph(ctx: Ctx, node: Node, column: str, depth: int, *, down: bool) -> JSON:
    """Columns that a dataset's columns came from and, if wanted, went to."""
    starts = [node]
    if node.kind == "job":
        starts = [Node("table", each.id) for each in service.graph(ctx, node, "down", depth=1).nodes[1:]]
    merged: dict[str, JSON] = {}
    for start in starts:
        found = service.columns(ctx, start, column, "both" if down else "up", depth=depth, limit=_NODES)
        nodes = [_column(each) for each in found.nodes]
        for edge in found.edges:
            source, target = nodes[edge.source], nodes[edge.target]
            one = {"origin": source["id"], "destination": target["id"]}
            source["outEdges"].append(one)
            target["inEdges"].append(one)
            inner = source["data"]
            target["data"]["inputFields"].append(
                {
                    "namespace": inner["namespace"], "dataset": inner["dataset"], "datasetVersion": None,
                    "field": inner["field"], "transformationDescription": None, "transformationType": edge.how or None,
                }
            )
        for each in nodes:
            merged.setdefault(each["id"], each)
    return {"graph": list(merged.values())}


def columns_of(ctx: Ctx, namespace: str, name: str) -> list[JSON]:
    """What each column of a dataset came from."""
    try:
        found = service.columns(ctx, Node("table", service.external_id(namespace, name)), direction="up", depth=1)
    except NotFound:
        return []
    fields: dict[str, JSON] = {}
    for edge in found.edges:
        source, target = found.nodes[edge.source], found.nodes[edge.target]
        where = service.external_parts(source.id)
        entry = fields.setdefault(target.column, {"name": target.column, "inputFields": []})
        entry["inputFields"].append(
            {
                "namespace": where[0], "dataset": where[1], "field": source.column,
                "transformationDescription": None, "transformationType": edge.how or None,
            }
        )
    return list(fields.values())


def _id(node: GraphNode) -> str:
    return shapes.node_id(node.kind, OuterName(*service.external_parts(node.id)))


def _column(node: ColumnNode) -> JSON:
    namespace, dataset = service.external_parts(node.id)
    return {
        "id": f"datasetField:{namespace}:{dataset}:{node.column}", "type": "DATASET_FIELD",
        "data": {
            "namespace": namespace, "dataset": dataset, "datasetVersion": None, "field": node.column,
            "fieldType": None, "transformationDescription": None, "transformationType": None, "inputFields": [],
        },
        "inEdges": [], "outEdges": [],
    }
