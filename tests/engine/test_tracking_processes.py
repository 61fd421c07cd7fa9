"""Two server processes on one database: whatever arrives where, and at the same time, is kept once and in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelwright import testing
from modelwright.domains.tracking.service import artifacts, console, experiments, log, runs
from modelwright.kit.context import Ctx
from modelwright.types.errors import AlreadyExists, Conflict, ModelwrightError
from modelwright.types.tracking import ExperimentCreate, LogBatch, LogLine, RunCreate, RunUpdate


@pytest.fixture
def servers(engine: str, tmp_path: Path) -> Iterator[list[Ctx]]:
    made = [testing.context(tmp_path, db_url=engine) for _ in range(2)]
    yield made
    for ctx in made:
        ctx.db.close()


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run calls side by side; their answers or refusals, in order."""
    answers: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            answers[place] = call()
        except ModelwrightError as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_console_lines_of_two_servers_are_all_kept_and_numbered_once(servers: list[Ctx]) -> None:
    run = runs.create(servers[0], RunCreate())
    batches = 40

    def send(ctx: Ctx, writer: str) -> None:
        for number in range(batches):
            log.log(
                ctx,
                run.id,
                LogBatch(
                    writer=writer,
                    seq=number + 1,
                    lines=[LogLine(number, "stdout", f"{writer} {number} {line}") for line in range(3)],
                ),
            )

    assert (
        at_once([lambda: send(servers[0], "a"), lambda: send(servers[1], "b"), lambda: send(servers[1], "c")])
        == [None] * 3
    )
    page = console.read(servers[0], run.id, limit=10_000)
    assert page.total == len(page.lines) == 3 * 3 * batches
    for writer in "abc":
        own = [line.text for line in page.lines if line.text.startswith(writer)]
        assert own == [f"{writer} {number} {line}" for number in range(batches) for line in range(3)]


def test_params_tags_and_states_written_side_by_side_end_in_one_of_the_answers(servers: list[Ctx]) -> None:
    run = runs.create(servers[0], RunCreate())
    at_once(
        [
            lambda ctx=ctx, number=number: runs.update(
                ctx, run.id, RunUpdate(tags={f"k{number}": "v", "shared": str(number)}, params={f"p{number}": number})
            )
            for number in range(10)
            for ctx in servers
        ]
    )
    found = runs.get(servers[1], run.id)
    assert set(found.tags) == {f"k{number}" for number in range(10)} | {"shared"}
    assert found.params == {f"p{number}": number for number in range(10)}


def test_one_name_and_one_id_are_given_once(servers: list[Ctx]) -> None:
    answers = at_once([lambda ctx=ctx: experiments.create(ctx, ExperimentCreate(name="x")) for ctx in servers * 4])
    assert sum(isinstance(answer, AlreadyExists) for answer in answers) == 7
    answers = at_once(
        [
            lambda ctx=ctx: runs.create(ctx, RunCreate(id="r", experiment="made at once", name="n"))
            for ctx in servers * 4
        ]
    )
    assert {answer.id for answer in answers} == {"r"}
    with servers[0].db.read() as tx:
        assert tx.row("SELECT count(*) FROM runs") == (1,)


def test_a_path_never_is_a_file_and_a_directory_at_once(servers: list[Ctx]) -> None:
    run = runs.create(servers[0], RunCreate())
    for number in range(5):
        at_once(
            [
                lambda number=number: artifacts.put(servers[0], f"runs/{run.id}", f"a{number}", b"1"),
                lambda number=number: artifacts.put(servers[1], f"runs/{run.id}", f"a{number}/b", b"2"),
            ]
        )
    found = [(item.path, item.is_dir) for item in artifacts.list(servers[0], f"runs/{run.id}")]
    assert [path for path, _ in found] == [f"a{number}" for number in range(5)]
    for path, is_dir in found:
        assert bool(artifacts.list(servers[0], f"runs/{run.id}", path)) == is_dir


def test_deleting_and_writing_side_by_side_leaves_no_write_after_the_deletion(servers: list[Ctx]) -> None:
    run = runs.create(servers[0], RunCreate())
    answers = at_once(
        [
            lambda: runs.delete(servers[0], run.id),
            *(
                lambda number=number: runs.update(servers[1], run.id, RunUpdate(tags={f"t{number}": "x"}))
                for number in range(8)
            ),
        ]
    )
    kept = {f"t{number}" for number, answer in enumerate(answers[1:]) if not isinstance(answer, Conflict)}
    assert set(runs.get(servers[0], run.id).tags) == kept
