"""Does a search that begins with a rare metric value still find what the filter says, in order and in pages?"""

from __future__ import annotations

import pytest

from modelwright.domains.tracking.service import experiments, search
from modelwright.kit.context import Ctx
from modelwright.types.ids import new_id
from modelwright.types.tracking import ExperimentCreate, RunSearch

_RUNS = 1_200


@pytest.fixture
def home(ctx: Ctx) -> str:
    """An experiment in which metric `m` is the run's number, `n` its remainder by 7, and every third run is deleted."""
    number = experiments.create(ctx, ExperimentCreate(name="many")).id
    with ctx.db.write() as tx:
        tx.many(
            "INSERT INTO runs (id, workspace, experiment, name, kind, state, lifecycle, created_ms, start_ms) "
            "VALUES (?,?,?,?,?,?,?,?,?)",
            [
                (
                    new_id(),
                    "default",
                    int(number),
                    str(n),
                    "training",
                    "running",
                    "active" if n % 3 else "deleted",
                    1,
                    n % 50,
                )
                for n in range(_RUNS)
            ],
        )
        seqs = tx.rows("SELECT seq, name FROM runs WHERE experiment = ?", (int(number),))
        tx.many(
            'INSERT INTO metrics (run, key, experiment, "last", last_step, last_ms, "count") VALUES (?,?,?,?,0,0,1)',
            [
                row
                for seq, name in seqs
                for row in ((seq, "m", int(number), float(name)), (seq, "n", int(number), float(name) % 7))
            ],
        )
    return number


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("metrics.m > 1150", range(1151, _RUNS)),
        ("metrics.m BETWEEN 10 AND 20 AND metrics.n != 3", [n for n in range(10, 21) if n % 7 != 3]),
        ("metrics.m IN (1, 2, 5000)", [1, 2]),
        ("metrics.m = 4 AND run_name = '5'", []),
        ("metrics.m > 5000", []),
        ("metrics.n >= 0 AND metrics.m < 8", range(8)),
        ("metrics.m >= 0", range(_RUNS)),
        ("metrics.m > 1150 OR metrics.m < 2", [0, 1, *range(1151, _RUNS)]),
        ("NOT metrics.m > 1", [0, 1]),
    ],
)
def test_a_rare_value_is_found_in_every_order_and_page(
    ctx: Ctx, home: str, text: str, wanted: range | list[int]
) -> None:
    alive = {n for n in wanted if n % 3}
    for experiments_, orders in (
        ([home], ([], ["metrics.n DESC"], ["metrics.m"], ["run_name"])),
        ([], ([], ["metrics.n DESC"])),
    ):
        for order in orders:
            names: list[int] = []
            page = ""
            while True:
                answer = search.runs(
                    ctx,
                    RunSearch(
                        experiments=experiments_,
                        filter=text,
                        order_by=order,
                        max_results=301,
                        page=page,
                        with_data=False,
                    ),
                )
                names += [int(run.name) for run in answer.items]
                page = answer.next_page
                if not page:
                    break
            assert len(names) == len(set(names)) and set(names) == alive
            if order == ["metrics.n DESC"]:
                assert [n % 7 for n in names] == sorted((n % 7 for n in names), reverse=True)
            elif order == ["metrics.m"]:
                assert names == sorted(names)
    assert search.count(ctx, RunSearch(filter=text)) == len(alive)
