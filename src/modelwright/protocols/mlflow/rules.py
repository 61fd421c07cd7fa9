"""What MLflow allows in keys, values and batches, and which of its tags are fields here. Pure decisions."""

from __future__ import annotations

import posixpath
import re

from modelwright.protocols.mlflow.decode import missing, shown
from modelwright.types.errors import Invalid
from modelwright.types.tracking import RunKind, RunState

RUN_NAME, USER, PARENT, NOTE = "mlflow.runName", "mlflow.user", "mlflow.parentRunId", "mlflow.note.content"
KIND = "modelwright.kind"
FIELD_TAGS = frozenset({RUN_NAME, USER, PARENT, NOTE, KIND})
"""Tags that are fields of a run here; they are shown back as tags."""

KEY, PARAM, TAG, EXPERIMENT_NAME, EXPERIMENT_TAG = 250, 6_000, 8_000, 500, 20_000
METRICS, PARAMS_TAGS, ENTITIES = 1_000, 100, 1_000
_KEY = re.compile(r"[/\w.\- :]*")
_EXPERIMENT_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,63}")
_MODEL_NAME = re.compile(r"[/:.%\"']")
_CHARACTERS = (
    "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.),"
    " spaces ( ), colon(:) and slashes (/)."
)
_good: set[str] = set()
_KEPT = 20_000


def key(name: str, where: str, label: str = "") -> str:
    """A key of a metric, param or tag.

    Raises:
        Invalid: empty, over 250 characters, of other characters than `[/\\w.\\- :]`, or no normalized relative path.
    """
    if name in _good:
        return name
    if not name:
        raise missing(where)
    if not _KEY.fullmatch(name):
        raise Invalid(f"Invalid value {shown(name)} for parameter '{where}' supplied: {_CHARACTERS}", where=where)
    norm = posixpath.normpath(name)
    if norm != name or norm == "." or norm.startswith(("..", "/")):
        raise Invalid(
            f"Invalid value {shown(name)} for parameter '{where}' supplied: "
            "Names may be treated as files in certain cases, and must not"
            f" resolve to other names when treated as such. This name would resolve to {norm!r}",
            where=where,
        )
    limit(name, KEY, label or where)
    if len(_good) < _KEPT:
        _good.add(name)
    return name


def limit(text: str, most: int, label: str) -> str:
    """A text of at most `most` characters. Raises `Invalid`."""
    if len(text) > most:
        raise Invalid(f"'{label}' exceeds the maximum length of {most} characters", where=label)
    return text


def timestamp(value: int, where: str, name: str) -> int:
    """A time in ms since 1970. Raises `Invalid` when negative."""
    if value < 0:
        raise Invalid(
            f"Invalid value {value} for parameter '{where}' supplied: metric '{shown(name)[1:-1]}'. "
            "Timestamp must be a nonnegative long (64-bit integer) ",
            where=where,
        )
    return value


def batch(metrics: int, params: int, tags: int) -> None:
    """Refuse batches over MLflow's limits; its clients split them. Raises `Invalid`."""
    for label, most, count in (
        ("metrics", METRICS, metrics),
        ("params", PARAMS_TAGS, params),
        ("tags", PARAMS_TAGS, tags),
        ("metrics, params, and tags", ENTITIES, metrics + params + tags),
    ):
        if count > most:
            raise Invalid(
                f"A batch logging request can contain at most {most} {label}. Got {count} {label}. "
                f"Please split up {label} across multiple requests and try again.",
                where=label,
            )


def experiment_name(name: str) -> str:
    """A name of an experiment. Raises `Invalid`."""
    if not name.strip():
        raise Invalid(f"Invalid experiment name: '{name[:80]}'", where="name")
    return limit(name, EXPERIMENT_NAME, "name")


def experiment_id(text: str) -> str:
    """The text of an experiment id. Raises `Invalid` when no experiment of any server could have it."""
    if not _EXPERIMENT_ID.fullmatch(text) or not text.isascii() or not text.isdigit():
        raise Invalid(
            f"Invalid experiment ID '{text[:80]}'. Experiment ID must be a valid integer.", where="experiment_id"
        )
    return text


def run_name(text: str) -> str:
    """A name of a run as it can be kept: MLflow takes any text, so what is not printable becomes a space."""
    if text.isprintable() and len(text) <= EXPERIMENT_NAME:
        return text
    return "".join(mark if mark.isprintable() else " " for mark in text)[:EXPERIMENT_NAME].strip()


def experiment_tag(name: str, value: str) -> None:
    """Check a tag of an experiment. Raises `Invalid`."""
    key(name, "key")
    limit(value, EXPERIMENT_TAG, "value")


def model_name(name: str) -> None:
    """Check the name of a logged model. Raises `Invalid`."""
    if _MODEL_NAME.search(name):
        raise Invalid(
            f"Invalid model name ({name[:200]!r}) provided. "
            "Model name must be a non-empty string and cannot contain the following characters: "
            "('/', ':', '.', '%', '\"', \"'\")",
            where="name",
        )
    limit(name, EXPERIMENT_NAME, "name")


STATES = {
    "RUNNING": RunState.RUNNING,
    "SCHEDULED": RunState.QUEUED,
    "FINISHED": RunState.FINISHED,
    "FAILED": RunState.FAILED,
    "KILLED": RunState.KILLED,
}
STATUSES = {
    RunState.RUNNING: "RUNNING",
    RunState.QUEUED: "SCHEDULED",
    RunState.FINISHED: "FINISHED",
    RunState.FAILED: "FAILED",
    RunState.KILLED: "KILLED",
    RunState.CRASHED: "FAILED",
}


def kind(text: str) -> RunKind:
    """The run kind that the tag `modelwright.kind` names. Raises `Invalid`."""
    try:
        return RunKind(text)
    except ValueError:
        raise Invalid(f"{KIND} must be one of {', '.join(RunKind)}; got {text[:40]!r}", where="tags") from None
