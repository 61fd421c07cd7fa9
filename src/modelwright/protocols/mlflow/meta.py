"""What clients ask before they speak: the version, what the server offers; and the answer to routes that are not here.

A route of MLflow that is not served answers ENDPOINT_NOT_FOUND, on which clients fall back; a served one never does.
"""

from __future__ import annotations

import functools
import re

from starlette.requests import Request
from starlette.responses import Response

from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow import encode, errors
from modelwright.protocols.mlflow.wire import ROUTES, direct
from modelwright.types.access import Permission

COMPATIBILITY = "3.17.2"
"""The MLflow server that this wire follows. Clients parse it: from 3.4 on they send spans over OTLP."""

_UNSERVED = (
    "/api/2.0/mlflow",
    "/api/3.0/mlflow",
    "/ajax-api/2.0/mlflow",
    "/ajax-api/3.0/mlflow",
    "/api/2.0/mlflow-artifacts",
    "/ajax-api/2.0/mlflow-artifacts",
)
_REST = "{path:path}"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@direct("GET", "/version", Permission.OPEN, prefixes=("",))
async def version(ctx: Ctx, request: Request) -> Response:
    """The MLflow version that this server speaks, as text."""
    return Response(COMPATIBILITY, media_type="text/plain")


@direct("GET", "/mlflow/server-info", Permission.OPEN, prefixes=("/api/3.0", "/ajax-api/3.0"))
async def server_info(ctx: Ctx, request: Request) -> Response:
    """What the server offers to clients of 3.x."""
    return encode.reply(
        {
            "store_type": "SqlStore",
            "workspaces_enabled": False,
            "trace_archival_enabled": False,
            "multipart_uploads_enabled": False,
            "multipart_downloads_enabled": False,
            "presigned_upload_run_id_supported": False,
            "presigned_upload_model_id_supported": False,
            "features_enabled": {"gateway": False},
        }
    )


@functools.cache
def _served() -> list[tuple[str, re.Pattern[str]]]:
    """Methods and paths that are served, without the ones that only say what is not."""
    found: list[tuple[str, re.Pattern[str]]] = []
    for operation in ROUTES.operations:
        if not operation.path.endswith(_REST):
            path = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.path))
            found.append((operation.method, re.compile(path)))
    return found


async def unserved(ctx: Ctx, request: Request, path: str) -> Response:
    """A route that is not served here, or not with this method."""
    asked = request.scope["path"]
    methods = {method for method, pattern in _served() if pattern.fullmatch(asked)}
    if methods:
        response = errors.answer(
            "BAD_REQUEST", 405, f"{asked} takes {', '.join(sorted(methods))}, not {request.method}"
        )
        response.headers["Allow"] = ", ".join(sorted(methods))
        return response
    return errors.answer("ENDPOINT_NOT_FOUND", 404, f"There is no {request.method} {asked[:300]} on this server.")


for _method in _METHODS:
    direct(_method, "/{path:path}", Permission.READ, prefixes=_UNSERVED)(unserved)
