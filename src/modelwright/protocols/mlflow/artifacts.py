"""Artifacts over the MLflow wire: the list of a run, the proxy that `mlflow-artifacts:` URIs name, multipart uploads.

Proxy paths are `<experiment>/<run>/artifacts/…` and `<experiment>/models/<model>/artifacts/…`; both are read as the run
or the model that owns the file. Every verb passes its path through the one rule of the room before anything else.
"""

from __future__ import annotations

import mimetypes
import re
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from modelwright.domains.registry.service import files
from modelwright.domains.tracking.service import artifacts, models, runs
from modelwright.kit.context import Ctx
from modelwright.kit.http import body, chunks
from modelwright.protocols.mlflow import encode, errors
from modelwright.protocols.mlflow.decode import Reader, bad_value, missing
from modelwright.protocols.mlflow.shapes import (
    Empty,
    ListArtifacts,
    PresignedDownload,
    PresignedUpload,
    ProxyList,
    UploadAbort,
    UploadComplete,
    UploadCreate,
)
from modelwright.protocols.mlflow.wire import AJAX, ARTIFACTS, direct, endpoint, in_pool
from modelwright.types.access import Permission
from modelwright.types.errors import Denied, Invalid, NotFound, TooLarge
from modelwright.types.tracking import Artifact

_OWNED = re.compile(
    r"(?:[^/]+/)*?(?:models/(?P<model>m-[0-9a-f]{32})|(?P<run>[0-9a-f]{32}))/artifacts(?:/(?P<rest>.*))?"
)
_PINNED = re.compile(r"registry/(\d{1,18})/(\d{1,18})(?:/.*)?", re.DOTALL)
_PROXY = "proxy"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_UI_LIMIT = 10 * 1024 * 1024
_PARTS = 10_000
_CREATE = Reader(UploadCreate)
_NOTHING: dict[str, Any] = {}


def place(path: str) -> tuple[str, str]:
    """The owner and the path below it that a proxy path names. An unknown layout belongs to `proxy`.

    Raises:
        Denied: a file of a version of a registered model; see `readable`.
    """
    if _PINNED.fullmatch(path):
        raise Denied("files of a version of a registered model never change", where="path")
    found = _OWNED.fullmatch(path)
    if found is None:
        return _PROXY, path
    owner = f"models/{found['model']}" if found["model"] else f"runs/{found['run']}"
    return owner, found["rest"] or ""


def readable(ctx: Ctx, path: str) -> tuple[str, str]:
    """As `place`, for reading: also files of versions that the actor may read. Raises `NotFound`."""
    found = _PINNED.fullmatch(path)
    if found is None:
        return place(path)
    row = files.authorized(ctx, int(found[1]), int(found[2]))
    root, _, rest = path.partition("/artifacts")
    if root != files.owner(row.model, row.version) or (rest and not rest.startswith("/")):
        raise NotFound(f"No such artifact: '{path}'", where="path")
    return root, rest.strip("/")


@endpoint("GET", "/artifacts/list", ListArtifacts, Permission.READ)
def list_of_run(ctx: Ctx, request: ListArtifacts) -> Any:
    """A folder of a run, with paths from the run's root; of a file or of nothing, an empty list."""
    run = runs.get(ctx, request.run_id)
    found = artifacts.list(ctx, f"runs/{run.id}", request.path)
    answer: dict[str, Any] = {"root_uri": run.artifact_uri}
    if found:
        answer["files"] = [encode.file(item) for item in found]
    return answer


@endpoint("GET", "/artifacts", ProxyList, Permission.READ, prefixes=ARTIFACTS)
def list_of_proxy(ctx: Ctx, request: ProxyList) -> Any:
    """A folder of the proxy, with base names."""
    try:
        owner, path = readable(ctx, request.path.strip("/") if request.path != "/" else "")
        found = artifacts.list(ctx, owner, path)
    except NotFound:
        found = []
    return {"files": [encode.basename(item) for item in found]} if found else _NOTHING


@direct("GET", "/artifacts/{path:path}", Permission.READ, prefixes=ARTIFACTS)
def download(ctx: Ctx, request: Request, path: str) -> Response:
    """A file of the proxy."""
    owner, rest = readable(ctx, path)
    return send(ctx, request, owner, rest, path)


@direct("PUT", "/artifacts/{path:path}", Permission.WRITE, prefixes=ARTIFACTS, stream=True)
def upload(ctx: Ctx, request: Request, path: str) -> Response:
    """Store a file of the proxy, whole or not at all."""
    owner, rest = place(path)
    _is_file(rest, path)
    artifacts.put(ctx, owner, rest, chunks(request, ctx.settings.max_artifact))
    return Response(b"")


@endpoint("DELETE", "/artifacts/{path:path}", Empty, Permission.WRITE, prefixes=ARTIFACTS)
def remove(ctx: Ctx, request: Empty, path: str) -> Any:
    """Remove a file or a folder of the proxy."""
    owner, rest = place(path)
    artifacts.delete(ctx, owner, rest)
    return _NOTHING


@direct("GET", "/get-artifact", Permission.READ, prefixes=("", "/ajax-api/2.0/mlflow"))
def get_artifact(ctx: Ctx, request: Request) -> Response:
    """A file of a run, for a browser to save."""
    run_id, path = _one(request, "run_id") or _one(request, "run_uuid"), _one(request, "path")
    if not run_id:
        raise missing("run_id")
    if not path:
        raise missing("path")
    return send(ctx, request, f"runs/{runs.get(ctx, run_id).id}", path, path)


@direct("POST", "/upload-artifact", Permission.WRITE, prefixes=AJAX, stream=True)
def upload_artifact(ctx: Ctx, request: Request) -> Response:
    """A small file of a run from a browser."""
    run_id, path = _one(request, "run_uuid"), _one(request, "path")
    if not run_id:
        raise Invalid("Request must specify run_uuid.", where="run_uuid")
    if not path:
        raise Invalid("Request must specify path.", where="path")
    try:
        data = b"".join(chunks(request, _UI_LIMIT))
    except TooLarge:
        raise Invalid("Artifact size is too large. Max size is 10MB.", where="body") from None
    if not data:
        raise Invalid("Request must specify data.", where="body")
    artifacts.put(ctx, f"runs/{runs.get(ctx, run_id).id}", path, data)
    return encode.raw(b"{}")


@endpoint("POST", "/artifacts/presigned-upload-url", PresignedUpload, Permission.WRITE)
def presigned_upload(ctx: Ctx, request: PresignedUpload) -> Any:
    """Refused: artifacts go through the proxy."""
    if bool(request.run_id) == bool(request.model_id):
        raise Invalid("Exactly one of run_id and model_id must be provided.", where="run_id")
    _ = runs.get(ctx, request.run_id) if request.run_id else models.get(ctx, request.model_id)
    raise Invalid(
        "Presigned upload is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). "
        "This endpoint requires a direct cloud storage artifact URI.",
        where="path",
    )


@endpoint("POST", "/artifacts/presigned-download-url", PresignedDownload, Permission.READ)
def presigned_download(ctx: Ctx, request: PresignedDownload) -> Any:
    """Refused: artifacts go through the proxy."""
    if request.expiration is not None and not 1 <= request.expiration <= 604_800:
        raise Invalid(
            f"expiration must be between 1 and 604800 seconds (got {request.expiration}).", where="expiration"
        )
    runs.get(ctx, request.run_id)
    raise Invalid(
        "Presigned download is not supported for runs with proxied artifact storage "
        "(artifact URI scheme: mlflow-artifacts). "
        "This endpoint requires a run with a direct cloud storage artifact URI.",
        where="path",
    )


@endpoint("GET", "/presigned/{path:path}", Empty, Permission.READ, prefixes=ARTIFACTS)
def presigned(ctx: Ctx, request: Empty, path: str) -> Response:
    """Not offered; clients then download through the proxy."""
    return errors.answer(
        "NOT_IMPLEMENTED", 501, "Multipart download is not supported for the current artifact repository"
    )


@direct("POST", "/mpu/create/{path:path}", Permission.WRITE, prefixes=ARTIFACTS)
async def create_upload(ctx: Ctx, request: Request, path: str) -> Response:
    """Start a multipart upload into a folder; the parts are sent to this server, with the caller's own credentials."""
    asked = _CREATE.body(await body(request))
    if not 1 <= asked.num_parts <= _PARTS:
        raise bad_value("num_parts", asked.num_parts, f"It must be between 1 and {_PARTS}.")
    name = asked.path.replace("\\", "/").rstrip("/").rpartition("/")[2]  # clients send the path that they read from
    owner, rest = place(f"{path.rstrip('/')}/{name}")
    _is_file(rest, path)
    upload = await in_pool(request, lambda: artifacts.start_upload(ctx, owner, rest))
    base = f"{request.url.scheme}://{request.headers.get('host', '')}/api/2.0/mlflow-artifacts/mpu/part/{upload.id}"
    given = {
        name: request.headers[name] for name in ("authorization", "x-modelwright-workspace") if name in request.headers
    }
    return encode.reply(
        {
            "upload_id": upload.id,
            "credentials": [
                {"url": f"{base}/{number}", "part_number": number, "headers": given}
                for number in range(1, asked.num_parts + 1)
            ],
        }
    )


@direct("PUT", "/mpu/part/{upload_id}/{number}", Permission.WRITE, prefixes=ARTIFACTS[:1], stream=True)
def put_part(ctx: Ctx, request: Request, upload_id: str, number: str) -> Response:
    """One part of a multipart upload; answered with its ETag."""
    if not number.isdigit() or len(number) > 5:
        raise bad_value("part_number", number)
    part = artifacts.put_part(ctx, upload_id, int(number), chunks(request, ctx.settings.max_artifact))
    return Response(b"", headers={"ETag": f'"{part.digest}"'})


@endpoint("POST", "/mpu/complete/{path:path}", UploadComplete, Permission.WRITE, prefixes=ARTIFACTS)
def complete_upload(ctx: Ctx, request: UploadComplete, path: str) -> Any:
    """Join the parts."""
    artifacts.complete_upload(ctx, request.upload_id, [part.part_number for part in request.parts])
    return _NOTHING


@endpoint("POST", "/mpu/abort/{path:path}", UploadAbort, Permission.WRITE, prefixes=ARTIFACTS)
def abort_upload(ctx: Ctx, request: UploadAbort, path: str) -> Any:
    """Give the parts up."""
    artifacts.abort_upload(ctx, request.upload_id)
    return _NOTHING


def send(ctx: Ctx, request: Request, owner: str, path: str, shown: str) -> Response:
    """A file as an attachment that no browser will run, whole or one range of it."""
    _is_file(path, shown)
    try:
        item = artifacts.head(ctx, owner, path)
    except NotFound:
        raise NotFound(f"No such artifact: '{shown}'", where="path") from None
    if item.is_dir:
        raise Invalid(f"Artifact path refers to a directory, not a file: '{shown}'", where="path")
    size = item.size or 0
    start, length = _range(request.headers.get("range", ""), size)
    headers = {
        "Content-Disposition": _disposition(item),
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
    }
    if length != size:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    _, pieces = artifacts.open(ctx, owner, path, start, length if length != size else None)
    kind = mimetypes.guess_type(item.path)[0] or "application/octet-stream"
    return StreamingResponse(pieces, 200 if length == size else 206, headers=headers, media_type=_safe(kind))


def _safe(kind: str) -> str:
    return "text/plain" if kind in ("text/html", "application/xhtml+xml", "image/svg+xml") else kind


def _disposition(item: Artifact) -> str:
    name = item.path.rpartition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name.encode("ascii", "ignore").decode()) or "download"
    return f"attachment; filename={plain}; filename*=UTF-8''{quote(name, safe='')}"


def _range(text: str, size: int) -> tuple[int, int]:
    """(start, length) of what a Range header asks for; all of it when the header says nothing that can be served."""
    found = _RANGE.fullmatch(text.strip())
    if found is None or not (found[1] or found[2]) or len(text) > 60 or size == 0:
        return 0, size
    if not found[1]:
        length = min(int(found[2]), size)
        return size - length, length
    start = int(found[1])
    end = min(int(found[2]), size - 1) if found[2] else size - 1
    return (start, end - start + 1) if start <= end else (0, size)


def _is_file(path: str, shown: str) -> None:
    if not path:
        raise Invalid(f"Invalid path: '{shown[:200]}' names no file", where="path")


def _one(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if "\0" in value:
        raise Invalid("Invalid path: it holds a NUL character", where=name)
    return value
