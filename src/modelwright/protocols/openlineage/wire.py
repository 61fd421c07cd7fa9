"""The routes of this wire, and its refusals: what was wrong and where, also in Marquez's field `message`."""

from __future__ import annotations

from starlette.responses import Response

from modelwright.kit.http import Routes
from modelwright.kit.http.errors import clean, extra_headers, status
from modelwright.types.codec import to_json
from modelwright.types.errors import ModelwrightError


def _refusal(error: ModelwrightError) -> Response:
    where = f" (in {error.where})" if error.where else ""
    content = {
        "code": status(error),
        "message": clean(f"{error.message}{where}"),
        "error": {
            "kind": error.kind, "message": clean(error.message), "where": clean(error.where), "hint": clean(error.hint)
        },
    }
    headers = {key.decode(): value.decode() for key, value in extra_headers(error)}
    return Response(to_json(content), status(error), headers, "application/json")


ROUTES = Routes(prefix="/api/v1", tag="openlineage", error=_refusal)


def answer(value: object, code: int = 200) -> Response:
    """JSON."""
    return Response(to_json(value), code, media_type="application/json")
