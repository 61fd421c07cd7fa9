"""Refusals as HTTP answers: the one table from error kinds to statuses of our own dialect."""

from __future__ import annotations

from starlette.responses import Response

from modelwright.types.codec import to_json
from modelwright.types.errors import ModelwrightError

STATUS = {
    "invalid": 400,
    "unauthenticated": 401,
    "denied": 403,
    "not_found": 404,
    "already_exists": 409,
    "conflict": 409,
    "too_large": 413,
    "unavailable": 503,
    "storage_full": 507,
    "internal": 500,
}


def status(error: ModelwrightError) -> int:
    """The HTTP status of a refusal."""
    return STATUS.get(error.kind, 500)


def extra_headers(error: ModelwrightError) -> list[tuple[bytes, bytes]]:
    """Headers that the status calls for (RFC 9110: `Retry-After`, `WWW-Authenticate`)."""
    if error.kind == "unavailable":
        return [(b"retry-after", str(getattr(error, "retry_after_s", 1)).encode())]
    if error.kind == "unauthenticated":
        return [(b"www-authenticate", b'Bearer realm="Modelwright"')]
    return []


def clean(text: str) -> str:
    """Text that every JSON encoder takes: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode()


def render(error: ModelwrightError, request_id: str) -> Response:
    """A refusal in our own dialect: `{"error": {"kind", "message", "where", "hint", "request_id"}}`."""
    content = {
        "error": {
            "kind": error.kind,
            "message": clean(error.message),
            "where": clean(error.where),
            "hint": clean(error.hint),
            "request_id": request_id,
        }
    }
    return Response(to_json(content), status(error), media_type="application/json")
