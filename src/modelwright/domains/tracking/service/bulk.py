"""One change of many runs, in one transaction: those that refuse it are named and leave the others alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelwright.domains.tracking.service import runs
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid, ModelwrightError
from modelwright.types.overview import BulkAction, BulkChange, BulkOutcome, BulkResult

MOST = 1_000

_Verb = Callable[[Ctx, Tx, str], Any]
_ACTIONS: dict[BulkAction, _Verb] = {
    BulkAction.DELETE: runs.put_away,
    BulkAction.RESTORE: runs.bring_back,
    BulkAction.STOP: runs.ask_to_stop,
}


def change(ctx: Ctx, body: BulkChange) -> BulkResult:
    """Change runs; each change is audited as if it had been made alone.

    Raises:
        Invalid: neither an update nor an action or both, too many runs, a bad value. Refusals of single runs (no such
        run, a state that forbids it) are in the answer.
    """
    ctx.require(Permission.WRITE)
    names = list(dict.fromkeys(body.runs))
    if not 1 <= len(names) <= MOST:
        raise Invalid(f"1 to {MOST:,} runs can be changed at once", where="runs")
    verb = _verb(body)

    def work(tx: Tx) -> list[BulkOutcome]:
        # In the order of ids, so that two such changes never wait for each other in a circle.
        made = {name: _one(ctx, tx, name, verb) for name in sorted(names)}
        return [made[name] for name in names]

    found = ctx.db.submit(work).result()
    done = sum(each.done for each in found)
    return BulkResult(done=done, refused=len(found) - done, runs=found)


def _verb(body: BulkChange) -> _Verb:
    if body.action is not None and body.update is None:
        return _ACTIONS[body.action]
    if body.update is None or body.action is not None:
        raise Invalid("give either an update or an action", where="update")
    wanted = runs.checked(body.update)
    return lambda ctx, tx, name: runs.apply(ctx, tx, name, wanted)


def _one(ctx: Ctx, tx: Tx, name: str, verb: _Verb) -> BulkOutcome:
    """Change one run in a savepoint, so that a refusal half way leaves nothing of it."""
    try:
        with tx.part():
            verb(ctx, tx, name)
    except ModelwrightError as error:
        return BulkOutcome(id=name, done=False, kind=error.kind, message=error.message)
    return BulkOutcome(id=name, done=True)
