"""Reads in Marquez's shape, so that its web UI and scripts written for it read us.

Names of namespaces, jobs and datasets may hold slashes, which clients send as `%2F`: paths below `/namespaces` are
therefore read from the request as it came.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.lineage import service
from modelwright.domains.lineage.service import catalog
from modelwright.kit.context import Ctx
from modelwright.protocols.openlineage import decode, shapes
from modelwright.protocols.openlineage.graphs import column_graph, columns_of, graph
from modelwright.protocols.openlineage.wire import ROUTES, answer
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.lineage import Node

READ = Permission.READ


@ROUTES.get("/namespaces", permission=READ, raw=True, summary="Namespaces that were heard of")
def namespaces(ctx: Ctx, request: Request) -> Response:
    """By name."""
    return answer({"namespaces": [shapes.namespace(each) for each in catalog.namespaces(ctx, *_page(request))]})


@ROUTES.get("/namespaces/{path:path}", permission=READ, raw=True, summary="Jobs and datasets of a namespace")
def below_namespace(ctx: Ctx, request: Request, path: str) -> Response:
    """`{ns}`, `{ns}/jobs`, `{ns}/jobs/{job}`, `…/runs`, `…/versions`, and the same of datasets."""
    match _segments(request):
        case [namespace]:
            return _namespace(ctx, namespace)
        case [namespace, "jobs"]:
            found, total = catalog.things(ctx, "job", namespace, *_page(request))
            return answer({"jobs": [shapes.job(each) for each in found], "totalCount": total})
        case [namespace, "jobs", name]:
            runs, _ = catalog.runs(ctx, namespace, name, 10)
            return answer(shapes.job(catalog.thing(ctx, "job", namespace, name), runs))
        case [namespace, "jobs", name, "runs"]:
            runs, total = catalog.runs(ctx, namespace, name, *_page(request))
            return answer({"runs": [shapes.run(each) for each in runs], "totalCount": total})
        case [namespace, "jobs", name, "versions", *rest] if len(rest) <= 1:
            return _versions(ctx, request, "job", namespace, name, rest)
        case [namespace, "datasets"]:
            found, total = catalog.things(ctx, "table", namespace, *_page(request))
            return answer({"datasets": [shapes.dataset(each) for each in found], "totalCount": total})
        case [namespace, "datasets", name]:
            thing = catalog.thing(ctx, "table", namespace, name)
            return answer(shapes.dataset(thing, columns_of(ctx, namespace, name)))
        case [namespace, "datasets", name, "versions", *rest] if len(rest) <= 1:
            return _versions(ctx, request, "table", namespace, name, rest)
        case _:
            raise NotFound("there is no such path below /namespaces", where="path")


@ROUTES.get("/jobs", permission=READ, raw=True, summary="Jobs of all namespaces")
def jobs(ctx: Ctx, request: Request) -> Response:
    """By name."""
    found, total = catalog.things(ctx, "job", "", *_page(request))
    return answer({"jobs": [shapes.job(each) for each in found], "totalCount": total})


@ROUTES.get("/jobs/runs/{run_id}", permission=READ, raw=True, summary="A run of a job elsewhere")
def run(ctx: Ctx, request: Request, run_id: str) -> Response:
    """With what it read and wrote."""
    return answer(shapes.run(catalog.run(ctx, decode.run_id(run_id, "run_id"))))


@ROUTES.get("/jobs/runs/{run_id}/facets", permission=READ, raw=True, summary="Facets of a run, or of its job")
def run_facets(ctx: Ctx, request: Request, run_id: str) -> Response:
    """`type` is run or job."""
    found = catalog.run(ctx, decode.run_id(run_id, "run_id"))
    kind = request.query_params.get("type", "run").lower()
    if kind not in ("run", "job"):
        raise Invalid("type is run or job", where="type")
    facets = found.facets
    if kind == "job":
        facets = catalog.thing(ctx, "job", found.job.namespace, found.job.name).facets
    return answer({"runId": found.id, "facets": facets})


@ROUTES.get("/runlineage/upstream", permission=READ, raw=True, summary="The runs that made what a run read")
def run_lineage(ctx: Ctx, request: Request) -> Response:
    """`runId` and `depth` (at most 20)."""
    start = decode.run_id(request.query_params.get("runId", ""), "runId")
    depth = _number(request, "depth", 10, 20)
    seen: dict[str, dict[str, Any]] = {}
    border = [start]
    for _ in range(depth):
        following: list[str] = []
        for each in border:
            found = catalog.run(ctx, each)
            seen[each] = shapes.run(found)
            for data in found.inputs:
                for version in catalog.versions(ctx, "table", data.table.namespace, data.table.name, 100):
                    if version.version == data.version and version.run and version.run not in (*seen, *following):
                        following.append(version.run)
        border = following[: max(0, 500 - len(seen))]
    return answer({"runs": list(seen.values())})


@ROUTES.get("/lineage", permission=READ, raw=True, summary="The graph of jobs and datasets around one of them")
def lineage(ctx: Ctx, request: Request) -> Response:
    """`nodeId` (`dataset:ns:name`, `job:ns:name`) and `depth`."""
    node = _node(ctx, _plain(request.query_params.get("nodeId", ""), "nodeId"))
    return answer(graph(ctx, node, _number(request, "depth", 20, 100)))


@ROUTES.get("/column-lineage", permission=READ, raw=True, summary="The graph of columns around a dataset or a column")
def column_lineage(ctx: Ctx, request: Request) -> Response:
    """`nodeId` (`dataset:ns:name`, `datasetField:ns:name:field`, `job:ns:name`), `depth`, `withDownstream`."""
    text = _plain(request.query_params.get("nodeId", ""), "nodeId")
    down = request.query_params.get("withDownstream", "false").lower() == "true"
    depth = _number(request, "depth", 20, 100)
    if not text.startswith("datasetField:"):
        return answer(column_graph(ctx, _node(ctx, text), "", depth, down=down))
    inner, _, column = text.removeprefix("datasetField:").rpartition(":")
    return answer(column_graph(ctx, _node(ctx, f"dataset:{inner}"), column, depth, down=down))


@ROUTES.get("/events/lineage", permission=READ, raw=True, summary="OpenLineage events as they came")
def events(ctx: Ctx, request: Request) -> Response:
    """`after`, `before`, `limit`, `offset`, `sortDirection`. Kept for 30 days."""
    query = request.query_params
    after = decode.when(query["after"], "after") if query.get("after") else 0
    before = decode.when(query["before"], "before") if query.get("before") else 1 << 60
    limit, offset = _page(request)
    found = catalog.events(ctx, after, before, limit, offset, up=query.get("sortDirection", "desc").lower() == "asc")
    return answer({"events": found, "totalCount": offset + len(found)})


@ROUTES.get("/search", permission=READ, raw=True, summary="Jobs and datasets elsewhere whose names hold a text")
def search(ctx: Ctx, request: Request) -> Response:
    """`q`, `filter` (JOB, DATASET), `sort` (NAME, UPDATE_AT), `limit`."""
    query = request.query_params
    kinds = {"JOB": ["job"], "DATASET": ["table"]}.get(query.get("filter", "").upper(), list(catalog.KINDS))
    text = _plain(query.get("q", ""), "q")[:500]
    found = catalog.named(ctx, text, kinds, _number(request, "limit", 10, catalog.MOST))
    if query.get("sort", "NAME").upper() == "NAME":
        found = sorted(found, key=lambda each: each.name.name)
    return answer({"totalCount": len(found), "results": [shapes.found(each) for each in found]})


@ROUTES.get("/tags", permission=READ, raw=True, summary="Tags of jobs and datasets elsewhere")
def tags(ctx: Ctx, request: Request) -> Response:
    """By name."""
    return answer({"tags": [{"name": each, "description": ""} for each in catalog.tags(ctx)]})


@ROUTES.get("/sources", permission=READ, raw=True, summary="Where datasets elsewhere come from")
def sources(ctx: Ctx, request: Request) -> Response:
    """A source for each namespace."""
    found = [
        {"type": each.name.partition(":")[0].upper(), "name": each.name, "createdAt": shapes.moment(each.created_ms),
         "updatedAt": shapes.moment(each.updated_ms), "connectionUrl": None, "description": None}
        for each in catalog.namespaces(ctx, *_page(request))
    ]
    return answer({"sources": found})


for _path, _handler in (("/lineage/", lineage), ("/search/", search)):  # as the web UI asks
    ROUTES.get(_path, permission=READ, raw=True, hidden=True, name=f"openlineage_{_handler.__name__}_slash")(_handler)


def _namespace(ctx: Ctx, name: str) -> Response:
    for each in catalog.namespaces(ctx, catalog.MOST):
        if each.name == name:
            return answer(shapes.namespace(each))
    raise NotFound(f"there is no namespace {name[:200]!r}", where="namespace")


def _versions(ctx: Ctx, request: Request, kind: str, namespace: str, name: str, rest: list[str]) -> Response:
    limit, offset = (catalog.MOST, 0) if rest else _page(request)
    thing = catalog.thing(ctx, kind, namespace, name)
    made: list[dict[str, Any]] = []
    for each in catalog.versions(ctx, kind, namespace, name, limit, offset):
        if rest and each.version != rest[0]:
            continue
        if kind == "job":
            made.append(shapes.job_version(thing, each))
        else:
            made.append(shapes.dataset_version(thing, each, catalog.run(ctx, each.run) if each.run else None))
    if not rest:
        return answer({"versions": made, "totalCount": offset + len(made)})
    if not made:
        raise NotFound("there is no such version", where="version")
    return answer(made[0])


def _segments(request: Request) -> list[str]:
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    rest = raw.split(b"?", 1)[0].decode("ascii", "replace").partition("/namespaces/")[2]
    return [_plain(unquote(each), "path") for each in rest.split("/") if each]


def _plain(text: str, where: str) -> str:
    if "\0" in text:
        raise Invalid("the text holds a NUL character", where=where)
    return text


def _node(ctx: Ctx, text: str) -> Node:
    """A node by Marquez's id. Namespaces hold colons, so the split that names something known is the one."""
    kind, _, rest = text.partition(":")
    kinds = {"dataset": "table", "job": "job"}
    if kind not in kinds or ":" not in rest:
        raise Invalid(
            f"{text[:80]!r} is not the id of a node", where="nodeId", hint="dataset:<namespace>:<name> or job:…"
        )
    colons = [place for place, char in enumerate(rest) if char == ":"][-20:]
    wanted = [(kinds[kind], service.external_id(rest[:place], rest[place + 1 :])) for place in reversed(colons)]
    found = catalog.some(ctx, wanted)
    if not found:
        raise NotFound(f"there is no node {text[:200]!r}", where="nodeId")
    return Node(found[0].kind, service.external_id(found[0].name.namespace, found[0].name.name))


def _page(request: Request) -> tuple[int, int]:
    return _number(request, "limit", 100, catalog.MOST), _number(request, "offset", 0, 1 << 30)


def _number(request: Request, key: str, default: int, most: int) -> int:
    text = request.query_params.get(key, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise Invalid(f"{key} is a number", where=key)
    return min(int(text), most)
