"""Webhooks over the MLflow wire: its six operations on our receivers.

MLflow's clients know fifteen events. A receiver of others shows the ones that they know; one of none is not shown here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from modelwright.domains.notices import rules, service
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow.decode import missing
from modelwright.protocols.mlflow.experiments import page_size
from modelwright.protocols.mlflow.shapes import FIRST_NUMBER, Message
from modelwright.protocols.mlflow.wire import endpoint
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.notices import Format, Webhook, WebhookCreate, WebhookUpdate

_LARGEST_PAGE = 1_000
_NOTHING: dict[str, Any] = {}


class Status(StrEnum):
    """Whether a receiver is told."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class Entity(StrEnum):
    """Things that events are about."""

    REGISTERED_MODEL = "REGISTERED_MODEL"
    MODEL_VERSION = "MODEL_VERSION"
    MODEL_VERSION_TAG = "MODEL_VERSION_TAG"
    MODEL_VERSION_ALIAS = "MODEL_VERSION_ALIAS"
    PROMPT = "PROMPT"
    PROMPT_VERSION = "PROMPT_VERSION"
    PROMPT_TAG = "PROMPT_TAG"
    PROMPT_VERSION_TAG = "PROMPT_VERSION_TAG"
    PROMPT_ALIAS = "PROMPT_ALIAS"
    BUDGET_POLICY = "BUDGET_POLICY"


class Action(StrEnum):
    """What happened to them."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    SET = "SET"
    EXCEEDED = "EXCEEDED"


FIRST_NUMBER.update({Status: 1, Entity: 1, Action: 1})

_MADE = frozenset({Action.CREATED})
_TAGGED = frozenset({Action.SET, Action.DELETED})
_ALIASED = frozenset({Action.CREATED, Action.DELETED})
VALID: dict[Entity, frozenset[Action]] = {
    Entity.REGISTERED_MODEL: _MADE,
    Entity.MODEL_VERSION: _MADE,
    Entity.MODEL_VERSION_TAG: _TAGGED,
    Entity.MODEL_VERSION_ALIAS: _ALIASED,
    Entity.PROMPT: _MADE,
    Entity.PROMPT_VERSION: _MADE,
    Entity.PROMPT_TAG: _TAGGED,
    Entity.PROMPT_VERSION_TAG: _TAGGED,
    Entity.PROMPT_ALIAS: _ALIASED,
    Entity.BUDGET_POLICY: frozenset({Action.EXCEEDED}),
}


class Event(Message):
    """What happened to what."""

    REQUIRED = ("entity", "action")
    entity: Entity | None = None
    action: Action | None = None


class CreateWebhook(Message):
    """A new receiver."""

    REQUIRED = ("name", "url", "events")
    name: str = ""
    description: str = ""
    url: str = ""
    events: list[Event] = msgspec.field(default_factory=list[Event])
    secret: str = ""
    status: Status | None = None


class ListWebhooks(Message):
    """A page of receivers."""

    max_results: int | None = None
    page_token: str = ""


class NoFields(Message):
    """The id is in the path; clients may repeat it."""

    webhook_id: str = ""


class UpdateWebhook(Message):
    """Changes; absent fields stay."""

    webhook_id: str = ""
    name: str | None = None
    description: str | None = None
    url: str | None = None
    events: list[Event] = msgspec.field(default_factory=list[Event])
    secret: str | None = None
    status: Status | None = None


class TestWebhook(Message):
    """Which event to tell of."""

    webhook_id: str = ""
    event: Event | None = None


@endpoint("POST", "/webhooks", CreateWebhook, Permission.ADMIN)
def create(ctx: Ctx, request: CreateWebhook) -> Any:
    """A new receiver."""
    if not request.events:
        raise Invalid("Webhook events must be a non-empty list of WebhookEvent objects", where="events")
    made = service.create(
        ctx,
        WebhookCreate(
            name=request.name,
            url=request.url,
            events=[_kind(event) for event in request.events],
            description=request.description,
            secret=request.secret,
            active=request.status is not Status.DISABLED,
        ),
    )
    return {"webhook": _encoded(made)}


@endpoint("GET", "/webhooks", ListWebhooks, Permission.ADMIN)
def find(ctx: Ctx, request: ListWebhooks) -> Any:
    """The receivers, oldest first."""
    size = page_size(request.max_results if request.max_results is not None else 100, _LARGEST_PAGE)
    found = [webhook for webhook in service.listed(ctx) if _events(webhook)]
    start = 0
    if request.page_token:
        ids = [webhook.id for webhook in found]
        if request.page_token not in ids:
            raise Invalid("Invalid page token", where="page_token")
        start = ids.index(request.page_token) + 1
    page = found[start : start + size]
    answer: dict[str, Any] = {}
    if page:
        answer["webhooks"] = [_encoded(webhook) for webhook in page]
    if start + size < len(found):
        answer["next_page_token"] = page[-1].id
    return answer


@endpoint("GET", "/webhooks/{webhook_id}", NoFields, Permission.ADMIN)
def get(ctx: Ctx, request: NoFields, webhook_id: str) -> Any:
    """One receiver."""
    return {"webhook": _encoded(_get(ctx, webhook_id))}


@endpoint("PATCH", "/webhooks/{webhook_id}", UpdateWebhook, Permission.ADMIN)
def update(ctx: Ctx, request: UpdateWebhook, webhook_id: str) -> Any:
    """Change a receiver."""
    _get(ctx, webhook_id)
    changed = service.change(
        ctx,
        webhook_id,
        WebhookUpdate(
            name=request.name or None,
            url=request.url or None,
            events=[_kind(event) for event in request.events] or None,
            description=request.description,
            secret=request.secret,
            active=None if request.status is None else request.status is Status.ACTIVE,
        ),
    )
    return {"webhook": _encoded(changed)}


@endpoint("DELETE", "/webhooks/{webhook_id}", NoFields, Permission.ADMIN)
def delete(ctx: Ctx, request: NoFields, webhook_id: str) -> Any:
    """Remove a receiver."""
    _get(ctx, webhook_id)
    service.delete(ctx, webhook_id)
    return _NOTHING


@endpoint("POST", "/webhooks/{webhook_id}/test", TestWebhook, Permission.ADMIN)
def test(ctx: Ctx, request: TestWebhook, webhook_id: str) -> Any:
    """Send an example."""
    kind = _kind(request.event) if request.event else ""
    _get(ctx, webhook_id)
    outcome = service.test(ctx, webhook_id, kind)
    result: dict[str, Any] = {"success": outcome.success}
    if outcome.status:
        result |= {"response_status": outcome.status, "response_body": outcome.body}
    if outcome.error:
        result["error_message"] = outcome.error
    return {"result": result}


def _get(ctx: Ctx, webhook_id: str) -> Webhook:
    try:
        found = service.get(ctx, webhook_id)
    except NotFound:
        found = None
    if found is None or not _events(found):
        raise NotFound(f"Webhook with ID {webhook_id[:100]} not found.", where="webhook_id")
    return found


def _kind(event: Event) -> str:
    if event.entity is None or event.action is None:
        raise missing("events.entity" if event.entity is None else "events.action")
    if event.action not in VALID[event.entity]:
        valid = sorted(action.value.lower() for action in VALID[event.entity])
        raise Invalid(
            f"Invalid action '{event.action.value.lower()}' for entity '{event.entity.value.lower()}'. "
            f"Valid actions are: {valid}",
            where="events",
        )
    return f"{event.entity.value}.{event.action.value}".lower()


def _events(webhook: Webhook) -> list[dict[str, str]]:
    if webhook.format is not Format.WEBHOOK:
        return []
    return [
        {"entity": entity.value, "action": action.value}
        for entity, actions in VALID.items()
        for action in sorted(actions)
        if _wanted(webhook, f"{entity.value}.{action.value}".lower())
    ]


def _wanted(webhook: Webhook, theirs: str) -> bool:
    return rules.wants(webhook.events, rules.OURS.get(theirs, theirs))


def _encoded(webhook: Webhook) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "webhook_id": webhook.id,
        "name": webhook.name,
        "url": webhook.url,
        "events": _events(webhook),
        "status": (Status.ACTIVE if webhook.active else Status.DISABLED).value,
        "creation_timestamp": webhook.created_ms,
        "last_updated_timestamp": webhook.updated_ms,
    }
    if webhook.description:
        answer["description"] = webhook.description
    return answer
