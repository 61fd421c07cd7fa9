"""News that leaves the server: webhooks, Slack and e-mail channels, and what was sent to them."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Format(StrEnum):
    """How a receiver wants to be told."""

    WEBHOOK = "webhook"  # JSON in a signed POST, as MLflow sends it
    SLACK = "slack"      # {"text": …} to an incoming-webhook URL of Slack, or of anything that takes the same
    EMAIL = "email"      # url is mailto:somebody@example.org,other@example.org


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver of a workspace's events. Its secret is never shown, nor the path of a Slack URL.

    `events` are kinds of events (`registered_model.created`), whole things (`model_version`) or `*`; empty for a
    channel that is only told by name. `failing_since_ms` and `failures` count from the last success;
    `disabled_reason` says why the server itself switched it off.
    """

    id: str
    name: str
    url: str
    events: list[str]
    description: str = ""
    format: Format = Format.WEBHOOK
    active: bool = True
    has_secret: bool = False
    created_ms: int = 0
    updated_ms: int = 0
    created_by: str = ""
    failures: int = 0
    failing_since_ms: int | None = None
    last_success_ms: int | None = None
    disabled_reason: str = ""


class WebhookCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new receiver. `secret` signs what is sent (HMAC-SHA256)."""

    name: str
    url: str
    events: list[str] = []
    description: str = ""
    format: Format = Format.WEBHOOK
    secret: str = ""
    active: bool = True


class WebhookUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a receiver; absent fields stay. A new URL needs the secret again, or an empty one."""

    name: str | None = None
    url: str | None = None
    events: list[str] | None = None
    description: str | None = None
    secret: str | None = None
    active: bool | None = None


class DeliveryState(StrEnum):
    """Where a delivery is."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one receiver. The id is the same at every attempt, so a receiver can tell repeats."""

    id: str
    webhook_id: str
    kind: str
    subject: str
    state: DeliveryState
    attempts: int = 0
    status: int = 0
    error: str = ""
    created_ms: int = 0
    next_ms: int = 0
    finished_ms: int | None = None


class WebhookTest(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a test: the receiver's status and the first 256 characters of its answer, or what went wrong."""

    success: bool
    status: int = 0
    body: str = ""
    error: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A message for people: a title, a text, a link, for the channel of a name."""

    channel: str
    title: str
    text: str = ""
    link: str = ""
