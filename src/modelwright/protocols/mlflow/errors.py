"""Refusals in MLflow's dialect: the one table from error kinds to error codes and statuses.

Clients retry 408, 429 and 5xx for minutes, so bad input never gets those. Knows codes; refuses to know who refused.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from modelwright.kit.http.errors import clean
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid, ModelwrightError

CODES: dict[str, tuple[str, int]] = {
    "invalid": ("INVALID_PARAMETER_VALUE", 400),
    "unauthenticated": ("UNAUTHENTICATED", 401),
    "denied": ("PERMISSION_DENIED", 403),
    "not_found": ("RESOURCE_DOES_NOT_EXIST", 404),
    "already_exists": ("RESOURCE_ALREADY_EXISTS", 400),
    "conflict": ("INVALID_PARAMETER_VALUE", 400),  # "must be in the 'active' state" is one of these upstream
    "too_large": ("INVALID_PARAMETER_VALUE", 413),  # upstream's own cap never fires
    "unavailable": ("TEMPORARILY_UNAVAILABLE", 503),
    "storage_full": ("RESOURCE_EXHAUSTED", 507),  # 429 would be retried for minutes; a full disk does not pass
    "internal": ("INTERNAL_ERROR", 500),
}
_SAYS = re.compile(r"[^\w]+")


class WorkspacesOff(Invalid):
    """Workspace APIs are not available: X-MLFLOW-WORKSPACE is not served here; send X-Modelwright-Workspace."""

    code = "FEATURE_DISABLED"


def answer(code: str, status: int, message: str) -> Response:
    """An error body of any code."""
    return Response(to_json({"error_code": code, "message": clean(message)}), status, media_type="application/json")


def render(error: ModelwrightError) -> Response:
    """A refusal as MLflow's clients read it: what, where, and how to mend it."""
    code, status = CODES.get(error.kind, CODES["internal"])
    code = getattr(error, "code", code)
    text = error.message
    if error.where and _SAYS.sub("", error.where) not in _SAYS.sub("", text):
        text = f"{text} (in {error.where})"
    if error.hint:
        text = f"{text.rstrip('.')}. Hint: {error.hint}"
    return answer(code, status, text)
