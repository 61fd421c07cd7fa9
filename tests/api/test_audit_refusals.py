"""Is every attempt that was denied in the log, and can a flood of them not fill it?"""

from __future__ import annotations

import time
from pathlib import Path

from modelwright.domains.audit import service
from modelwright.domains.audit.refusals import MOST_KINDS, OTHERS, Refusals
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.testing.clients import client as make
from modelwright.types.access import Actor
from modelwright.types.audit import AuditEvent
from modelwright.types.page import Search

from .conftest import ADMIN_TOKEN, People


def rows(ctx: Ctx, workspace: str) -> list[AuditEvent]:
    ctx.db.submit(lambda tx: None).result()
    found = service.search(ctx.acting(SYSTEM, workspace), Search(filter="action LIKE 'refused.%'", order_by=["id"]))
    return found.items


def wait_for(ctx: Ctx, workspace: str, count: int) -> list[AuditEvent]:
    until = time.monotonic() + 5
    while len(found := rows(ctx, workspace)) < count and time.monotonic() < until:
        time.sleep(0.01)
    return found


def test_denied_and_hidden_attempts_are_recorded_with_who_where_and_from_where(people: People) -> None:
    ctx: Ctx = people.client.ctx  # type: ignore[attr-defined]
    people.ask("POST", "/api/v1/experiments", "viewer", json={"name": "x"}, expect=403)
    people.ask("GET", "/api/v1/runs/whatever", "stranger", expect=404)
    people.ask("DELETE", "/api/v1/runs/whatever", "stranger", expect=404)
    people.ask("POST", "/api/v1/experiments", token="mw_wrong_wrong", json={}, expect=401)
    people.ask("POST", "/api/2.0/mlflow/experiments/create", "viewer", json={"name": "x"}, expect=403)
    found = wait_for(ctx, "team", 4)
    told = {(row.actor, row.action, row.detail["reason"]) for row in found}
    assert told >= {
        ("viewer", "refused.POST /api/v1/experiments", "denied"),
        ("stranger", "refused.GET /api/v1/runs/{run_id}", "not_found"),
        ("stranger", "refused.DELETE /api/v1/runs/{run_id}", "not_found"),
        ("viewer", "refused.POST /api/2.0/mlflow/experiments/create", "denied"),
    }
    assert {row.detail["address"] for row in found} == {"127.0.0.1"}
    paths = {row.detail["path"] for row in found if row.action == "refused.GET /api/v1/runs/{run_id}"}
    assert paths == {"/api/v1/runs/whatever"}  # rows of refusals may come in any order


def test_what_is_merely_absent_or_wrong_is_no_denied_attempt(people: People) -> None:
    ctx: Ctx = people.client.ctx  # type: ignore[attr-defined]
    people.ask("GET", "/api/v1/runs/whatever", "viewer", expect=404)
    people.ask("POST", "/api/v1/experiments:search", "viewer", content=b"{", expect=400)
    people.ask("GET", "/api/v1/runs/whatever", expect=401)  # a page that finds that it has to log in
    assert rows(ctx, "team") == []


def test_a_flood_of_attempts_becomes_a_few_rows_with_their_number(tmp_path: Path) -> None:
    with make(tmp_path, auth=True, admin_token=ADMIN_TOKEN) as client:
        ctx: Ctx = client.ctx  # type: ignore[attr-defined]
        for number in range(200):
            assert client.post("/api/v1/experiments", json={"name": f"x{number}"}).status_code == 401
        for number in range(100):
            path = f"/api/v1/runs?workspace=w{number}"
            assert client.post(path, json={}).status_code == 401
        service.refusals_end(ctx)
        ctx.db.submit(lambda tx: None).result()
        found: list[AuditEvent] = []
        for workspace in ("default", *(f"w{number}" for number in range(100))):
            found += service.search(ctx.acting(SYSTEM, workspace), Search(filter="action LIKE 'refus%'")).items
    assert len(found) <= MOST_KINDS + 2
    assert sum(row.detail.get("times", 1) for row in found) == 300
    assert [row.detail["times"] for row in found if row.action == OTHERS] == [300 - 200 - (MOST_KINDS - 1)]


def test_counts_are_written_when_the_minute_is_over_without_another_attempt(ctx: Ctx) -> None:
    written: list[tuple[str, int]] = []
    counts = Refusals(
        lambda _ctx, action, _subject, detail: written.append((action, detail.get("times", 1))), window_s=0.2
    )
    someone = ctx.acting(Actor("eve"), "default")
    for _ in range(5):
        counts.add(someone, "a", "s", {})
    assert written == [("a", 1)]
    until = time.monotonic() + 5
    while len(written) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert written == [("a", 1), ("a", 4)]
    counts.add(someone, "a", "s", {})
    assert written[-1] == ("a", 1)
