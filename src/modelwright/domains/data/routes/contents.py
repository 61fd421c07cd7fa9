"""Native operations of contents: what clients use to send and to fetch many of them. Bodies are binary.

A list of digests is 32 bytes each, one after the other.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from modelwright.domains.data.service import contents, files, versions
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes, chunks
from modelwright.types.access import Permission
from modelwright.types.data import Stored
from modelwright.types.errors import Invalid
from modelwright.types.packs import LARGEST_PACK

routes = Routes(prefix="/api/v1", tag="data")
_BYTES = "application/octet-stream"
_READ = {"permission": Permission.READ, "resource": "datasets"}
_WRITE = {"permission": Permission.WRITE, "resource": "datasets"}
_ASKED = contents.MOST_ASKED * 32


@routes.post(
    "/datasets/{name}/contents:missing", **_WRITE, stream=True, request=_BYTES, response=_BYTES,
    summary="Which contents are not stored",
)
def missing(ctx: Ctx, name: str, request: Request) -> Any:
    """Digests in, digests out."""
    return Response(b"".join(contents.missing(ctx, name, _digests(request))), media_type=_BYTES)


@routes.post(
    "/datasets/{name}/packs", **_WRITE, stream=True, request=_BYTES, summary="Store a pack of contents"
)
def store(ctx: Ctx, name: str, request: Request) -> Stored:
    """Checked as it arrives; it counts when all of it is right."""
    return contents.store(ctx, name, chunks(request, LARGEST_PACK * 2))


@routes.get(
    "/datasets/{name}/versions/{version}/segments", **_READ, response=_BYTES, summary="The manifest's list of segments"
)
def segments(ctx: Ctx, name: str, version: str) -> Any:
    """MessagePack: (digest, first path, last path, files, bytes) each."""
    return Response(files.root(ctx, name, version), media_type="application/msgpack")


@routes.post(
    "/datasets/{name}/versions/{version}/contents", **_READ, stream=True, request=_BYTES, response=_BYTES,
    summary="Fetch contents of a version",
)
def fetch(ctx: Ctx, name: str, version: str, request: Request) -> Any:
    """Digests in; out comes each content behind its size (4 bytes, little-endian), in the same order."""
    row = versions.located(ctx, name, version)
    return StreamingResponse(contents.fetch(ctx, row, _digests(request)), media_type=_BYTES)


def _digests(request: Request) -> list[bytes]:
    data = b"".join(chunks(request, _ASKED))
    if len(data) % 32:
        raise Invalid("digests are 32 bytes each", where="body")
    return [data[at:at + 32] for at in range(0, len(data), 32)]
