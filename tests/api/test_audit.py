"""Is every change recorded, and can no record be changed?"""

from __future__ import annotations

import pytest

from modelwright.domains.audit import service
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.types.access import Actor, Role
from modelwright.types.errors import Conflict, Denied, Invalid
from modelwright.types.page import Search

from .conftest import People


def record(ctx: Ctx, number: int) -> None:
    with ctx.db.write() as tx:
        service.append(ctx, tx, "thing.made", f"thing/{number}", {"n": number, "ratio": float("nan")})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_events SET actor = 'eve'",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET id = id + 100",
        "DELETE FROM audit_events WHERE id = 1",
        "INSERT INTO audit_events SELECT * FROM audit_events WHERE true ON CONFLICT (id) DO UPDATE SET actor = 'eve'",
    ],
)
def test_no_row_can_be_changed_or_removed(ctx: Ctx, sql: str) -> None:
    record(ctx, 1)
    with pytest.raises(Conflict), ctx.db.write() as tx:
        tx.execute(sql)
    assert [row.actor for row in service.search(ctx, Search()).items] == ["system"]


def test_a_postgres_table_of_audit_cannot_be_emptied(ctx: Ctx) -> None:
    record(ctx, 1)
    sql = "TRUNCATE audit_events" if ctx.db.dialect.lanes > 1 else "DELETE FROM audit_events"
    with pytest.raises(Conflict), ctx.db.write() as tx:
        tx.execute(sql)


def test_a_record_exists_exactly_if_the_change_does(ctx: Ctx) -> None:
    with pytest.raises(RuntimeError), ctx.db.write() as tx:
        service.append(ctx, tx, "thing.made", "thing/1")
        raise RuntimeError
    assert service.search(ctx, Search()).items == []


def test_rows_are_found_by_the_search_language_and_paged(ctx: Ctx) -> None:
    for number in range(7):
        record(ctx, number)
    found = service.search(ctx, Search(filter="subject LIKE 'thing/%' AND action = 'thing.made'", max_results=3))
    assert [row.subject for row in found.items] == ["thing/6", "thing/5", "thing/4"]
    assert found.items[0].detail == {"n": 6, "ratio": "NaN"}
    second = service.search(
        ctx, Search(filter="subject LIKE 'thing/%' AND action = 'thing.made'", max_results=3, page=found.next_page)
    )
    assert [row.subject for row in second.items] == ["thing/3", "thing/2", "thing/1"]
    with pytest.raises(Invalid):
        service.search(ctx, Search(filter="detail = 'x' OR 1=1--"))


def test_rows_of_another_workspace_are_not_seen(ctx: Ctx) -> None:
    record(ctx, 1)
    elsewhere = ctx.acting(SYSTEM, "other")
    assert service.search(elsewhere, Search()).items == []
    viewer = ctx.acting(Actor("v", {"default": Role.CONTRIBUTOR}), "default")
    with pytest.raises(Denied):
        service.search(viewer, Search())


def test_changes_of_access_are_recorded_with_who_and_which_request(people: People) -> None:
    people.root(
        "PATCH",
        "/api/v1/users/viewer",
        json={"roles": {"team": "contributor"}},
        headers={"x-request-id": "the-request"},
    )
    rows = people.root("POST", "/api/v1/audit:search", json={"filter": "request_id = 'the-request'"})["items"]
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [("admin", "user.updated", "user/viewer")]
    assert rows[0]["detail"] == {"roles": {"team": "contributor"}}
