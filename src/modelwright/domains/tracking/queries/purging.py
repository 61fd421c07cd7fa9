"""Permanent deletion, in batches that leave other writers their turn.

What a stop interrupts is found and finished later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelwright.kit.db import Database, Tx

Gone = Callable[[Tx, str, str, str], None]
"""Is told (workspace, kind, id) of what is removed."""

_BATCH = 2_000
_TABLES = (  # (table, column that with `run` names a row)
    ("pyramids", "id"),
    ("chunks", "id"),
    ("console", "first"),
    ("metrics", "key"),
    ("params", "key"),
    ("tags", "key"),
    ("summaries", "key"),
    ("definitions", "key"),
)


def condemn(tx: Tx, seq: int, now_ms: int) -> None:
    """From now on nobody sees the run."""
    tx.execute("UPDATE runs SET lifecycle = 'purged', deleted_ms = ? WHERE seq = ?", (now_ms, seq))


def condemn_experiment(tx: Tx, number: int) -> None:
    """From now on nobody sees the experiment nor its runs and models."""
    tx.execute(
        "UPDATE experiments SET lifecycle = 'purged', workspace = '~' || workspace, "
        "name = name || '~' || id WHERE id = ?",
        (number,),
    )
    tx.execute("UPDATE runs SET lifecycle = 'purged' WHERE experiment = ?", (number,))
    tx.execute("UPDATE models SET lifecycle = 'purged' WHERE experiment = ?", (number,))


def pending(database: Database, experiment: int | None = None) -> list[tuple[int, str, str]]:
    """(seq, workspace, id) of condemned runs, of one experiment or of all."""
    with database.read() as tx:
        rows = tx.rows("SELECT seq, workspace, id, experiment FROM runs WHERE lifecycle = 'purged' ORDER BY seq")
    return [(row[0], row[1], row[2]) for row in rows if experiment is None or row[3] == experiment]


def pending_experiments(database: Database) -> list[tuple[int, str]]:
    """(number, workspace) of condemned experiments."""
    with database.read() as tx:
        rows = tx.rows("SELECT id, workspace FROM experiments WHERE lifecycle = 'purged' ORDER BY id")
    return [(row[0], row[1].removeprefix("~")) for row in rows]


def finish(database: Database, runs: Sequence[tuple[int, str, str]], gone: Gone) -> None:
    """Remove all that condemned runs have, (seq, workspace, id), then the runs; some thousand rows a transaction.

    `gone` is told of each, in the transaction that removes it.
    """
    left = list(runs)
    while left:
        with database.write() as tx:
            budget = _BATCH
            while left and budget > 0:
                seq, workspace, run_id = left[-1]
                budget -= _some(tx, seq, workspace, f"runs/{run_id}", budget)
                if budget > 0:  # it has nothing any more
                    gone(tx, workspace, "run", run_id)
                    tx.execute("DELETE FROM runs WHERE seq = ? AND lifecycle = 'purged'", (seq,))
                    left.pop()
                    budget -= 1


def _some(tx: Tx, seq: int, workspace: str, owner: str, most: int) -> int:
    """Remove at most so many rows of a run; returns how many there were."""
    gone = _files(tx, workspace, owner, most)
    for table, column in _TABLES:
        if gone >= most:
            break
        some = f"SELECT {column} FROM {table} WHERE run = ? LIMIT {most - gone}"
        gone += tx.execute(f"DELETE FROM {table} WHERE run = ? AND {column} IN ({some})", (seq, seq))
    return gone


def finish_experiment(database: Database, number: int, workspace: str, gone: Gone) -> None:
    """Remove a condemned experiment that has no runs any more, and its models."""
    with database.read() as tx:
        models = [row[0] for row in tx.rows("SELECT id FROM models WHERE experiment = ?", (number,))]
    for model_id in models:
        files(database, workspace, f"models/{model_id}")
    with database.write() as tx:
        for model_id in models:
            gone(tx, workspace, "model", model_id)
        tx.execute("DELETE FROM experiments WHERE id = ? AND lifecycle = 'purged'", (number,))


def files(database: Database, workspace: str, owner: str) -> None:
    """Remove an owner's artifacts and unfinished uploads. Contents go later, when nobody refers to them."""
    while True:
        with database.write() as tx:
            if _files(tx, workspace, owner, _BATCH) < _BATCH:
                return


def _files(tx: Tx, workspace: str, owner: str, most: int) -> int:
    count = tx.execute(
        "DELETE FROM artifacts WHERE workspace = ? AND owner = ? AND path IN "
        f"(SELECT path FROM artifacts WHERE workspace = ? AND owner = ? LIMIT {most})",
        (workspace, owner, workspace, owner),
    )
    if count < most:
        tx.execute("DELETE FROM uploads WHERE workspace = ? AND owner = ?", (workspace, owner))
    return count
