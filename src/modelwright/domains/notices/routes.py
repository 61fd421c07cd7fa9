"""Native operations of notices: webhooks, Slack and e-mail channels of a workspace."""

from __future__ import annotations

import msgspec

from modelwright.domains.notices import service
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.notices import Delivery, Webhook, WebhookCreate, WebhookTest, WebhookUpdate
from modelwright.types.page import Page, Search

routes = Routes(prefix="/api/v1", tag="webhooks")
ROUTES = [routes]


class TestRequest(msgspec.Struct, frozen=True):
    """Which event to tell of; the first one that the receiver wants, when none is named."""

    event: str = ""


@routes.get("/webhooks", permission=Permission.ADMIN, summary="The webhooks and channels of the workspace")
def list_webhooks(ctx: Ctx) -> list[Webhook]:
    """Oldest first; secrets are never shown."""
    return service.listed(ctx)


@routes.post("/webhooks", permission=Permission.ADMIN, status=201, summary="Add a webhook or channel")
def create_webhook(ctx: Ctx, body: WebhookCreate) -> Webhook:
    """The URL must lead to a public place, or to one that the operator has allowed."""
    return service.create(ctx, body)


@routes.get("/webhooks/{webhook_id}", permission=Permission.ADMIN, summary="One webhook")
def get_webhook(ctx: Ctx, webhook_id: str) -> Webhook:
    """With its failures since the last success."""
    return service.get(ctx, webhook_id)


@routes.patch("/webhooks/{webhook_id}", permission=Permission.ADMIN, summary="Change a webhook")
def update_webhook(ctx: Ctx, webhook_id: str, body: WebhookUpdate) -> Webhook:
    """Absent fields stay; switching it on sends what waits."""
    return service.change(ctx, webhook_id, body)


@routes.delete("/webhooks/{webhook_id}", permission=Permission.ADMIN, summary="Remove a webhook")
def delete_webhook(ctx: Ctx, webhook_id: str) -> None:
    """What waits for it is dropped."""
    service.delete(ctx, webhook_id)


@routes.post("/webhooks/{webhook_id}:test", permission=Permission.ADMIN, summary="Send an example to a webhook now")
def test_webhook(ctx: Ctx, webhook_id: str, body: TestRequest) -> WebhookTest:
    """Tells what the receiver answered."""
    return service.test(ctx, webhook_id, body.event)


@routes.post("/webhooks/{webhook_id}/deliveries:search", permission=Permission.ADMIN, summary="What was sent")
def search_deliveries(ctx: Ctx, webhook_id: str, body: Search) -> Page[Delivery]:
    """Fields: id, kind, subject, state, attempts, status, created, error. Newest first."""
    return service.deliveries(ctx, webhook_id, body)
