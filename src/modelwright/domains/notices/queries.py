"""Every statement of notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.kit.filters import Fields, Kind, Sql, Term, choice, integer, text, time
from modelwright.kit.filters import search as listing
from modelwright.types.codec import from_json, to_json
from modelwright.types.notices import Delivery, DeliveryState, Format, Webhook
from modelwright.types.page import Page, Search

_WEBHOOK = (
    "id, name, url, events, description, format, active, secret, created_ms, updated_ms, created_by, failures, "
    "failing_since_ms, last_success_ms, disabled_reason, workspace, paused_until_ms"
)
_DELIVERY = "id, webhook_id, kind, subject, state, attempts, status, error, created_ms, next_ms, finished_ms"


class Receiver:
    """A webhook with what is not shown of it."""

    __slots__ = ("paused_until_ms", "secret", "webhook", "workspace")

    def __init__(self, row: Row) -> None:
        self.webhook = Webhook(
            id=row[0],
            name=row[1],
            url=row[2],
            events=from_json(row[3], list[str]),
            description=row[4],
            format=Format(row[5]),
            active=bool(row[6]),
            has_secret=bool(row[7]) and row[5] == Format.WEBHOOK,
            created_ms=row[8],
            updated_ms=row[9],
            created_by=row[10],
            failures=row[11],
            failing_since_ms=row[12],
            last_success_ms=row[13],
            disabled_reason=row[14],
        )
        self.secret: str = row[7]
        self.workspace: str = row[15]
        self.paused_until_ms: int = row[16]


def add(tx: Tx, workspace: str, made: Webhook, secret: str) -> None:
    """A new receiver."""
    tx.execute(
        "INSERT INTO webhooks (id, workspace, name, url, events, description, format, active, secret, created_ms, "
        "updated_ms, created_by) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            made.id, workspace, made.name, made.url, to_json(made.events).decode(), made.description,
            made.format.value, int(made.active), secret, made.created_ms, made.updated_ms, made.created_by,
        ),
    )  # fmt: skip


def change(tx: Tx, made: Webhook, secret: str) -> None:
    """What may change of a receiver."""
    tx.execute(
        "UPDATE webhooks SET name = ?, url = ?, events = ?, description = ?, active = ?, secret = ?, updated_ms = ?, "
        "failures = ?, failing_since_ms = ?, disabled_reason = ?, paused_until_ms = 0 WHERE id = ?",
        (
            made.name, made.url, to_json(made.events).decode(), made.description, int(made.active), secret,
            made.updated_ms, made.failures, made.failing_since_ms, made.disabled_reason, made.id,
        ),
    )  # fmt: skip


def get(tx: Tx, webhook_id: str, *, lock: bool = False) -> Receiver | None:
    """A receiver of any workspace."""
    row = tx.row(f"SELECT {_WEBHOOK} FROM webhooks WHERE id = ?{tx.dialect.row_lock if lock else ''}", (webhook_id,))
    return Receiver(row) if row else None


def of_workspace(tx: Tx, workspace: str) -> list[Receiver]:
    """The receivers of a workspace, oldest first."""
    rows = tx.rows(f"SELECT {_WEBHOOK} FROM webhooks WHERE workspace = ? ORDER BY created_ms, id", (workspace,))
    return [Receiver(row) for row in rows]


def active(tx: Tx) -> list[Receiver]:
    """The receivers of all workspaces that follow events."""
    rows = tx.rows(f"SELECT {_WEBHOOK} FROM webhooks WHERE active = 1 AND events <> '[]'")
    return [Receiver(row) for row in rows]


def remove(tx: Tx, webhook_id: str) -> None:
    """A receiver and all that was sent to it."""
    tx.execute("DELETE FROM webhook_deliveries WHERE webhook_id = ?", (webhook_id,))
    tx.execute("DELETE FROM webhooks WHERE id = ?", (webhook_id,))


def any_left(tx: Tx) -> bool:
    """Whether there are receivers at all."""
    return tx.row("SELECT 1 FROM webhooks LIMIT 1") is not None


def succeeded(tx: Tx, webhook_id: str, at_ms: int) -> None:
    """A receiver took a message."""
    tx.execute(
        "UPDATE webhooks SET failures = 0, failing_since_ms = NULL, last_success_ms = ?, paused_until_ms = 0 "
        "WHERE id = ?",
        (at_ms, webhook_id),
    )


def stumbled(tx: Tx, webhook_id: str, at_ms: int, until_ms: int) -> None:
    """A receiver failed, and is left alone for a while."""
    tx.execute(
        "UPDATE webhooks SET failures = failures + 1, failing_since_ms = COALESCE(failing_since_ms, ?), "
        "paused_until_ms = ? WHERE id = ?",
        (at_ms, until_ms, webhook_id),
    )


def switch_off(tx: Tx, webhook_id: str, reason: str, at_ms: int) -> None:
    """A receiver gets nothing more until somebody switches it on."""
    tx.execute(
        "UPDATE webhooks SET active = 0, disabled_reason = ?, updated_ms = ? WHERE id = ?", (reason, at_ms, webhook_id)
    )


def add_deliveries(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> None:
    """(id, webhook_id, kind, subject, payload, at_ms, created_ms) rows, due at once."""
    tx.many(
        "INSERT INTO webhook_deliveries (id, webhook_id, kind, subject, payload, at_ms, created_ms, next_ms, state) "
        "VALUES (?,?,?,?,?,?,?,0,'queued')",
        list(rows),
    )


def due(tx: Tx, webhook_id: str, now_ms: int) -> tuple[str, str, str, str, int] | None:
    """The first delivery that waits: (id, kind, subject, payload, at_ms), locked for this transaction."""
    row = tx.row(
        "SELECT id, kind, subject, payload, at_ms FROM webhook_deliveries WHERE webhook_id = ? AND state = 'queued' "
        f"AND next_ms <= ? ORDER BY id LIMIT 1{tx.dialect.skip_locked}",
        (webhook_id, now_ms),
    )
    return (row[0], row[1], row[2], row[3], row[4]) if row else None


def claim(tx: Tx, delivery_id: str, until_ms: int) -> None:
    """One attempt more; others leave the delivery alone until then."""
    tx.execute(
        "UPDATE webhook_deliveries SET attempts = attempts + 1, next_ms = ? WHERE id = ?", (until_ms, delivery_id)
    )


def settle(
    tx: Tx, delivery_id: str, state: DeliveryState, status: int, error: str, next_ms: int, finished_ms: int | None
) -> None:
    """What came of an attempt."""
    tx.execute(
        "UPDATE webhook_deliveries SET state = ?, status = ?, error = ?, next_ms = ?, finished_ms = ? WHERE id = ?",
        (state.value, status, error, next_ms, finished_ms, delivery_id),
    )


def next_ms(tx: Tx, webhook_id: str) -> int | None:
    """When the next delivery of a receiver is due; None when none waits."""
    row = tx.row("SELECT min(next_ms) FROM webhook_deliveries WHERE webhook_id = ? AND state = 'queued'", (webhook_id,))
    return row[0] if row else None


def waiting(tx: Tx) -> list[str]:
    """Active receivers for which something waits."""
    rows = tx.rows(
        "SELECT id FROM webhooks WHERE active = 1 AND EXISTS (SELECT 1 FROM webhook_deliveries d "
        "WHERE d.webhook_id = webhooks.id AND d.state = 'queued')"
    )
    return [row[0] for row in rows]


def expire(tx: Tx, before_ms: int) -> int:
    """Forget deliveries that are older, sent or not."""
    return tx.execute("DELETE FROM webhook_deliveries WHERE created_ms < ?", (before_ms,))


def cursor(tx: Tx, *, lock: bool = False) -> int | None:
    """The id of the last event that was looked at; None while nobody follows."""
    row = tx.row(f"SELECT last FROM notice_cursor WHERE id = 1{tx.dialect.row_lock if lock else ''}")
    return row[0] if row else None


def begin_cursor(tx: Tx, last: int) -> None:
    """Follow from here, unless events are followed already."""
    tx.execute("INSERT INTO notice_cursor (id, last) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", (last,))


def move_cursor(tx: Tx, last: int) -> None:
    """All up to here was looked at."""
    tx.execute("UPDATE notice_cursor SET last = ? WHERE id = 1", (last,))


def end_cursor(tx: Tx) -> None:
    """Nobody follows any more."""
    tx.execute("DELETE FROM notice_cursor")


FIELDS = Fields(
    "delivery",
    {
        "id": text("id"),
        "kind": text("kind"),
        "subject": text("subject"),
        "state": choice("state", {state.value: state.value for state in DeliveryState}),
        "attempts": integer("attempts"),
        "status": integer("status"),
        "created": time("created_ms"),
        "error": text("error"),
    },
    ends=(Term("id", Kind.TEXT),),
)


def search(tx: Tx, webhook_id: str, request: Search) -> Page[Delivery]:
    """A page of a receiver's deliveries, newest first unless the request orders them."""
    rows, following = listing(
        tx, _DELIVERY, "webhook_deliveries", Sql("webhook_id = ?", (webhook_id,)), FIELDS, request, default=["id DESC"]
    )
    return Page(
        [
            Delivery(
                id=row[0], webhook_id=row[1], kind=row[2], subject=row[3], state=DeliveryState(row[4]),
                attempts=row[5], status=row[6], error=row[7], created_ms=row[8], next_ms=row[9], finished_ms=row[10],
            )
            for row in rows
        ],
        following,
    )  # fmt: skip
