"""Native operations of artifacts: the same for runs and for logged models. Bodies are streamed in both directions."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.tracking.service import artifacts
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes, chunks
from modelwright.kit.http.download import download
from modelwright.types.access import Permission
from modelwright.types.page import Page
from modelwright.types.tracking import Artifact, Upload, UploadComplete, UploadPart

routes = Routes(prefix="/api/v1", tag="artifacts")
_BYTES = "application/octet-stream"


def send(ctx: Ctx, request: Request, owner: str, path: str) -> Response:
    """A file as an attachment: whole, or one range of it."""
    found = artifacts.find(ctx, owner, path)
    return download(
        request,
        lambda start, length: ctx.cas.open(found.digest, start, length),
        name=found.path.rsplit("/", 1)[-1],
        size=found.size or 0,
        digest=found.digest,
        media_type=found.media_type,
    )


@routes.get("/runs/{run_id}/artifacts", permission=Permission.READ, summary="List files of a run")
def list_of_run(ctx: Ctx, run_id: str, path: str = "") -> Page[Artifact]:
    """Files and directories right below a directory."""
    return Page(artifacts.list(ctx, f"runs/{run_id}", path))


@routes.get(
    "/runs/{run_id}/artifacts/{path:path}",
    permission=Permission.READ,
    response=_BYTES,
    summary="Download a file of a run",
)
def get_of_run(ctx: Ctx, run_id: str, path: str, request: Request) -> Any:
    """Takes `Range` and `If-None-Match`."""
    return send(ctx, request, f"runs/{run_id}", path)


@routes.put(
    "/runs/{run_id}/artifacts/{path:path}",
    permission=Permission.WRITE,
    stream=True,
    request=_BYTES,
    summary="Upload a file of a run",
)
def put_of_run(ctx: Ctx, run_id: str, path: str, request: Request) -> Artifact:
    """The body is the file. It appears when all of it has arrived, in the place of one of the same path."""
    return artifacts.put(ctx, f"runs/{run_id}", path, chunks(request, ctx.settings.max_artifact))


@routes.delete("/runs/{run_id}/artifacts/{path:path}", permission=Permission.WRITE, summary="Delete files of a run")
def delete_of_run(ctx: Ctx, run_id: str, path: str) -> None:
    """A file, or a directory with all below it."""
    artifacts.delete(ctx, f"runs/{run_id}", path)


@routes.post(
    "/runs/{run_id}/uploads", permission=Permission.WRITE, summary="Begin to upload a file of a run in parts"
)
def start_of_run(ctx: Ctx, run_id: str, path: str) -> Upload:
    """Then send the parts, and complete it."""
    return artifacts.start_upload(ctx, f"runs/{run_id}", path)


@routes.get("/models/{model_id}/artifacts", permission=Permission.READ, summary="List files of a logged model")
def list_of_model(ctx: Ctx, model_id: str, path: str = "") -> Page[Artifact]:
    """Files and directories right below a directory."""
    return Page(artifacts.list(ctx, f"models/{model_id}", path))


@routes.get(
    "/models/{model_id}/artifacts/{path:path}",
    permission=Permission.READ,
    response=_BYTES,
    summary="Download a file of a logged model",
)
def get_of_model(ctx: Ctx, model_id: str, path: str, request: Request) -> Any:
    """Takes `Range` and `If-None-Match`."""
    return send(ctx, request, f"models/{model_id}", path)


@routes.put(
    "/models/{model_id}/artifacts/{path:path}",
    permission=Permission.WRITE,
    stream=True,
    request=_BYTES,
    summary="Upload a file of a logged model",
)
def put_of_model(ctx: Ctx, model_id: str, path: str, request: Request) -> Artifact:
    """The body is the file. It appears when all of it has arrived, in the place of one of the same path."""
    return artifacts.put(ctx, f"models/{model_id}", path, chunks(request, ctx.settings.max_artifact))


@routes.delete(
    "/models/{model_id}/artifacts/{path:path}", permission=Permission.WRITE, summary="Delete files of a logged model"
)
def delete_of_model(ctx: Ctx, model_id: str, path: str) -> None:
    """A file, or a directory with all below it."""
    artifacts.delete(ctx, f"models/{model_id}", path)


@routes.post(
    "/models/{model_id}/uploads",
    permission=Permission.WRITE,
    summary="Begin to upload a file of a logged model in parts",
)
def start_of_model(ctx: Ctx, model_id: str, path: str) -> Upload:
    """Then send the parts, and complete it."""
    return artifacts.start_upload(ctx, f"models/{model_id}", path)


@routes.get("/uploads/{upload_id}", permission=Permission.READ, summary="An upload with the parts that arrived")
def get_upload(ctx: Ctx, upload_id: str) -> Upload:
    """To go on after a break."""
    return artifacts.get_upload(ctx, upload_id)


@routes.put(
    "/uploads/{upload_id}/parts/{number}",
    permission=Permission.WRITE,
    stream=True,
    request=_BYTES,
    summary="Upload a part",
)
def put_part(ctx: Ctx, upload_id: str, number: int, request: Request) -> UploadPart:
    """Parts are numbered from 1 to 10,000 and may come in any order, and again."""
    return artifacts.put_part(ctx, upload_id, number, chunks(request, ctx.settings.max_artifact))


@routes.post("/uploads/{upload_id}:complete", permission=Permission.WRITE, summary="Make the file of its parts")
def complete(ctx: Ctx, upload_id: str, body: UploadComplete) -> Artifact:
    """Without `parts`, of all that arrived, by number."""
    return artifacts.complete_upload(ctx, upload_id, body.parts)


@routes.delete("/uploads/{upload_id}", permission=Permission.WRITE, summary="Abort an upload")
def abort(ctx: Ctx, upload_id: str) -> None:
    """Its parts are forgotten."""
    artifacts.abort_upload(ctx, upload_id)
