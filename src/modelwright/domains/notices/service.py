"""The verbs of notices: receivers of a workspace, what was sent to them, and a word to a channel by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.jobs import service as jobs
from modelwright.domains.notices import queries, rules, sending
from modelwright.domains.notices.queries import Receiver
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.kit.egress import egress
from modelwright.kit.sealed import sealer
from modelwright.types.access import Permission
from modelwright.types.codec import finite, to_json
from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.ids import new_id
from modelwright.types.notices import Delivery, Format, Notice, Webhook, WebhookCreate, WebhookTest, WebhookUpdate
from modelwright.types.page import Page, Search

DELIVER = "notices.deliver"
_MOST = 200  # receivers of a workspace
_ALL = (1 << 62) - 1


def create(ctx: Ctx, body: WebhookCreate) -> Webhook:
    """A new receiver of the workspace.

    Raises:
        Invalid: a name, URL, secret or event that cannot be, or a URL that the server may not call.
        Conflict: there are too many.
    """
    ctx.require(Permission.ADMIN)
    now = ctx.clock.now_ms()
    made = Webhook(
        id=new_id(),
        name=rules.check_name(body.name),
        url=_check_url(ctx, body.url, body.format),
        events=rules.check_events(body.events),
        description=_check_text(body.description),
        format=body.format,
        active=body.active,
        has_secret=bool(body.secret) and body.format is Format.WEBHOOK,
        created_ms=now,
        updated_ms=now,
        created_by=ctx.who,
    )
    secret = _sealed(ctx, made, body.url, body.secret)
    start = events.position(ctx)
    with ctx.db.write() as tx:
        if len(queries.of_workspace(tx, ctx.workspace)) >= _MOST:
            raise Conflict(f"a workspace has at most {_MOST} webhooks")
        queries.begin_cursor(tx, start)
        queries.add(tx, ctx.workspace, made, secret)
        _record(ctx, tx, "created", made, {"events": made.events, "format": made.format.value, "to": _place(made)})
    return made


def change(ctx: Ctx, webhook_id: str, body: WebhookUpdate) -> Webhook:
    """Change a receiver. Switching it on again forgets its failures, and what waits for it is sent.

    Raises:
        NotFound: no such receiver here. Invalid: as in `create`; or a new URL for a stored secret, which would carry
        the secret's signatures to somebody else: give the secret again, or an empty one.
    """
    ctx.require(Permission.ADMIN)
    if body.url is not None:
        _check_url(ctx, body.url, _find(ctx, webhook_id).webhook.format)
    with ctx.db.write() as tx:
        found = _locate(ctx, tx, webhook_id, lock=True)
        old = found.webhook
        url = old.url if body.url is None else _shown(body.url, old.format)
        if body.url is not None and url != old.url and old.has_secret and body.secret is None:
            raise Invalid("a new URL needs the secret again", where="secret", hint="an empty one sends unsigned")
        active = old.active if body.active is None else body.active
        woken = active and not old.active
        made = msgspec.structs.replace(
            old,
            name=old.name if body.name is None else rules.check_name(body.name),
            url=url,
            events=old.events if body.events is None else rules.check_events(body.events),
            description=old.description if body.description is None else _check_text(body.description),
            active=active,
            updated_ms=ctx.clock.now_ms(),
            failures=0 if woken else old.failures,
            failing_since_ms=None if woken else old.failing_since_ms,
            disabled_reason="" if active else old.disabled_reason,
        )
        secret = found.secret
        if old.format is Format.SLACK and body.url is not None:
            secret = _sealed(ctx, made, body.url, "")
        elif old.format is Format.WEBHOOK and body.secret is not None:
            made = msgspec.structs.replace(made, has_secret=bool(body.secret))
            secret = _sealed(ctx, made, "", body.secret)
        queries.change(tx, made, secret)
        changed = [
            name
            for name in ("name", "url", "events", "description", "active")
            if getattr(made, name) != getattr(old, name)
        ]
        _record(ctx, tx, "updated", made, {"changed": changed + (["secret"] if secret != found.secret else [])})
        if active and (woken or body.url is not None):  # without a key: the one that is queued may be for much later
            jobs.enqueue(ctx, tx, DELIVER, {"webhook": made.id})
        return made


def delete(ctx: Ctx, webhook_id: str) -> None:
    """Remove a receiver and what waits for it. Raises `NotFound`."""
    ctx.require(Permission.ADMIN)
    with ctx.db.write() as tx:
        found = _locate(ctx, tx, webhook_id, lock=True)
        queries.remove(tx, webhook_id)
        if not queries.any_left(tx):
            queries.end_cursor(tx)
        _record(ctx, tx, "deleted", found.webhook, {})


def get(ctx: Ctx, webhook_id: str) -> Webhook:
    """One receiver. Raises `NotFound`."""
    ctx.require(Permission.ADMIN)
    return _find(ctx, webhook_id).webhook


def listed(ctx: Ctx) -> list[Webhook]:
    """The receivers of the workspace, oldest first."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        return [found.webhook for found in queries.of_workspace(tx, ctx.workspace)]


def deliveries(ctx: Ctx, webhook_id: str, request: Search) -> Page[Delivery]:
    """What was and is to be sent to a receiver, newest first. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        _locate(ctx, tx, webhook_id)
        return queries.search(tx, webhook_id, request)


def test(ctx: Ctx, webhook_id: str, event: str = "") -> WebhookTest:
    """Send an example now and tell what came of it; nothing is kept of it. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.ADMIN)
    found = _find(ctx, webhook_id)
    kind = rules.check_events([event or next(iter(found.webhook.events), "") or "notice.sent"])[0]
    if kind == "*" or "." not in kind:
        kind = "registered_model.created"
    data = {"title": "A test", "text": "This is a test."} if kind == "notice.sent" else rules.example(kind)
    message = sending.Message(new_id(), kind, "example", data, ctx.clock.now_ms())
    with ctx.db.write() as tx:
        _record(ctx, tx, "tested", found.webhook, {"event": kind})
    outcome = sending.send(ctx.acting(ctx.actor, found.workspace, ctx.request_id), found, message)
    return WebhookTest(success=outcome.ok, status=outcome.status, body=outcome.body, error=outcome.error)


def send(ctx: Ctx, tx: Tx, notice: Notice) -> int:
    """Queue a message for the active channels of a name in the workspace; returns how many there are.

    It leaves after `tx` has committed, and is tried again until it arrives. For other rooms; asks for no permission.
    """
    payload = {"title": notice.title, "text": notice.text, "link": notice.link}
    chosen = [
        found.webhook.id
        for found in queries.of_workspace(tx, ctx.workspace)
        if found.webhook.name == notice.channel and found.webhook.active
    ]
    queue(ctx, tx, [(webhook, "notice.sent", notice.title, payload, ctx.clock.now_ms()) for webhook in chosen])
    return len(chosen)


def queue(ctx: Ctx, tx: Tx, messages: Sequence[tuple[str, str, str, dict[str, Any], int]]) -> None:
    """Queue (webhook, kind, subject, payload, at_ms) for receivers of the context's workspace."""
    now = ctx.clock.now_ms()
    base = new_id()  # its first 12 digits are the time
    rows = [
        (f"{base[:12]}{number:06x}{base[18:]}", webhook, kind, subject, to_json(finite(payload)).decode(), at_ms, now)
        for number, (webhook, kind, subject, payload, at_ms) in enumerate(messages)
    ]
    queries.add_deliveries(tx, rows)
    for webhook in dict.fromkeys(message[0] for message in messages):
        jobs.enqueue(ctx, tx, DELIVER, {"webhook": webhook}, key=webhook)


def seen(_ctx: Ctx, tx: Tx) -> int:
    """The id of the last event that receivers need no more; a hook of events."""
    last = queries.cursor(tx)
    return _ALL if last is None else last


def _find(ctx: Ctx, webhook_id: str) -> Receiver:
    with ctx.db.read() as tx:
        return _locate(ctx, tx, webhook_id)


def _locate(ctx: Ctx, tx: Tx, webhook_id: str, *, lock: bool = False) -> Receiver:
    found = queries.get(tx, webhook_id, lock=lock)
    if found is None or found.workspace != ctx.workspace:
        raise NotFound(f"there is no webhook {webhook_id[:100]!r}", where="webhook_id")
    return found


def _record(ctx: Ctx, tx: Tx, verb: str, made: Webhook, detail: dict[str, Any]) -> None:
    audit.append(ctx, tx, f"webhook.{verb}", f"webhooks/{made.id}", {"name": made.name, **detail})
    events.publish(ctx, tx, f"webhook.{verb}", made.id)


def _check_url(ctx: Ctx, url: str, form: Format) -> str:
    if form is Format.EMAIL:
        rules.check_addresses(url)
        if not ctx.settings.smtp_url:
            raise Invalid("this server sends no e-mail", where="format", hint="an operator sets smtp_url")
    else:
        egress(ctx).check(url)
    return _shown(url, form)


def _shown(url: str, form: Format) -> str:
    """A Slack URL is itself a secret: its host is enough to know it by."""
    if form is not Format.SLACK:
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}/…"


def _sealed(ctx: Ctx, made: Webhook, url: str, secret: str) -> str:
    kept = url if made.format is Format.SLACK else secret if made.format is Format.WEBHOOK else ""
    if len(kept) > 5_000 or len(secret) > rules.LONGEST_SECRET:
        raise Invalid(f"a secret has at most {rules.LONGEST_SECRET} characters", where="secret")
    return sealer(ctx).seal(kept, sending.place(made.id)) if kept else ""


def _check_text(text: str) -> str:
    if len(text) > 5_000:
        raise Invalid("at most 5,000 characters", where="description")
    return text


def _place(made: Webhook) -> str:
    return made.url.partition("://")[2].partition("/")[0] or made.url
