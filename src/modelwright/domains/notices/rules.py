"""Decisions of notices: which events a receiver wants, what a message says and how it is signed, when to try again."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid

LONGEST_NAME = 250
LONGEST_SECRET = 1_000
_MOST_EVENTS = 100
_EVENT = re.compile(r"\*|[a-z][a-z0-9_]*(\.(\*|[a-z][a-z0-9_]*))?")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")

DAY_MS = 86_400_000
KEEP_MS = 7 * DAY_MS
_FIRST_MS = 1_000
_LONGEST_MS = 10 * 60 * 1_000
_AGAIN = frozenset({408, 421, 425, 429})
GONE = 410

PEER = {
    "registered_model_alias.set": "model_version_alias.created",
    "prompt_alias.set": "prompt_alias.created",
    "registered_model_alias.deleted": "model_version_alias.deleted",
}
"""Kinds of events that receivers know by MLflow's word for them."""

_NOISY = frozenset({"run.points", "run.logs", "run.artifacts"})

OURS = {theirs: ours for ours, theirs in PEER.items()}


def check_name(name: str) -> str:
    """The name of a receiver. Raises `Invalid`."""
    if not name.strip() or len(name) > LONGEST_NAME or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise Invalid(f"a name has 1 to {LONGEST_NAME} printable characters", where="name")
    return name


def check_events(events: Sequence[str]) -> list[str]:
    """Kinds of events, whole things, or `*`; in our words. Raises `Invalid`."""
    if len(events) > _MOST_EVENTS:
        raise Invalid(f"at most {_MOST_EVENTS} kinds of events", where="events")
    for event in events:
        if len(event) > 100 or not _EVENT.fullmatch(event):
            raise Invalid(
                f"{event[:100]!r} is no kind of event",
                where="events",
                hint="for example registered_model.created, or *",
            )
    return list(dict.fromkeys(OURS.get(event, event).removesuffix(".*") for event in events))


def check_addresses(url: str) -> list[str]:
    """The addresses of a `mailto:` URL. Raises `Invalid`."""
    scheme, _, rest = url.partition(":")
    addresses = rest.split(",")
    if scheme.lower() != "mailto" or len(addresses) > 20 or not all(_ADDRESS.fullmatch(item) for item in addresses):
        raise Invalid("not addresses of e-mail", where="url", hint="mailto:somebody@example.org,other@example.org")
    return addresses


def wants(events: Sequence[str], kind: str) -> bool:
    """Whether a receiver of these events is told of one of this kind; `*` leaves out jobs and each point of a run."""
    thing = kind.partition(".")[0]
    return kind in events or thing in events or ("*" in events and thing != "job" and kind not in _NOISY)


def content(kind: str, at_ms: int, workspace: str, data: Mapping[str, Any]) -> bytes:
    """The body of a webhook: entity, action, timestamp and data as MLflow has them, and our workspace."""
    entity, _, action = PEER.get(kind, kind).partition(".")
    return to_json(
        {"entity": entity, "action": action, "timestamp": iso(at_ms), "data": dict(data), "workspace": workspace}
    )


def iso(at_ms: int) -> str:
    """A time as ISO 8601 in UTC."""
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds")


def signature(secret: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks, as MLflow has it)."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def sentence(kind: str, subject: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """A title and a text for people."""
    if kind == "notice.sent":
        text = "\n".join(part for part in (str(data.get("text", "")), str(data.get("link", ""))) if part)
        return str(data.get("title", "")), text
    thing, _, verb = kind.partition(".")
    facts = ", ".join(f"{key}: {value}" for key, value in data.items() if value not in (None, "", {}, []))
    return f"{thing.replace('_', ' ')} {verb}: {subject}", facts


def again(status: int) -> bool:
    """Whether an answer that is no success may become one."""
    return status >= 500 or status in _AGAIN


def wait_ms(failures: int, told_s: int = 0) -> int:
    """How long a receiver is left alone after so many failures in a row; at least as long as it asked for (≤ 1 h)."""
    own = min(_FIRST_MS * 4 ** min(max(failures - 1, 0), 8), _LONGEST_MS)
    return max(own, min(told_s, 3_600) * 1_000)


def gives_up(failures: int, failing_since_ms: int | None, now_ms: int) -> bool:
    """Whether the server switches a receiver off: nothing but failures for a day, and at least five of them."""
    return failing_since_ms is not None and failures >= 5 and now_ms - failing_since_ms >= DAY_MS


EXAMPLES: dict[str, dict[str, Any]] = {
    "registered_model.created": {
        "name": "example_model",
        "tags": {"example_key": "example_value"},
        "description": "An example registered model",
    },
    "model_version.created": {
        "name": "example_model",
        "version": "1",
        "source": "models:/123",
        "run_id": "abcd1234abcd5678",
        "tags": {"example_key": "example_value"},
        "description": "An example model version",
    },
    "prompt.created": {
        "name": "example_prompt",
        "tags": {"example_key": "example_value"},
        "description": "An example prompt",
    },
    "prompt_version.created": {
        "name": "example_prompt",
        "version": "1",
        "template": "Hello {{name}}!",
        "tags": {"example_key": "example_value"},
        "description": "An example prompt version",
    },
}


def example(kind: str) -> dict[str, Any]:
    """What a test tells, as MLflow's own examples have it."""
    known = EXAMPLES.get(kind)
    if known is not None:
        return known
    thing, _, verb = kind.partition(".")
    data: dict[str, Any] = {"name": "example_prompt" if thing.startswith("prompt") else "example_model"}
    if thing.endswith("_alias"):
        data["alias"] = "example_alias"
    if thing.endswith("version_tag") or (thing.endswith("_alias") and verb != "deleted"):
        data["version"] = "1"
    if thing.endswith("_tag"):
        data["key"] = "example_key"
        if verb == "set":
            data["value"] = "example_value"
    return data
