"""Experiments and runs against a model of them: whatever people do, in whatever order, both agree (a state machine)."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from modelwright import testing
from modelwright.domains.tracking.service import crashes, experiments, garbage, log, runs, search
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import Ctx
from modelwright.types.errors import AlreadyExists, Conflict, Invalid, NotFound
from modelwright.types.tracking import (
    ExperimentCreate,
    ExperimentUpdate,
    Lifecycle,
    LogBatch,
    Points,
    RunCreate,
    RunSearch,
    RunState,
    RunUpdate,
)

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
EXAMPLES = int(os.environ.get("MODELWRIGHT_TEST_EXAMPLES", "1700" if FULL else "15"))  # of 30 steps each
NAMES = st.sampled_from(["a", "b", "c", "d"])
KEYS = st.sampled_from(["x", "y"])
VALUES = st.integers(0, 3) | st.text(max_size=3).filter(lambda text: "\x00" not in text and text.isprintable())


class Lifecycles(RuleBasedStateMachine):
    """What is known of each experiment and run: plain dictionaries."""

    server: Ctx
    clock: ManualClock
    count = itertools.count()

    homes = Bundle("homes")
    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.space = f"w{next(self.count)}"
        there = self.server.acting(self.server.actor, self.space)
        self.ctx = msgspec.structs.replace(there, local={})  # a workspace and a server process of its own
        self.experiments: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.number = 0

    @initialize()
    def listening(self) -> None:
        crashes.sweep(self.ctx)

    def writable(self, run_id: str) -> bool:
        return self.runs.get(run_id, {}).get("lifecycle") == "active"

    def refused(self, run_id: str) -> type[Exception]:
        return Conflict if run_id in self.runs else NotFound

    @rule(target=homes, name=NAMES)
    def create_experiment(self, name: str) -> str:
        taken = next((key for key, known in self.experiments.items() if known["name"] == name), None)
        if taken is not None:
            with pytest.raises(AlreadyExists):
                experiments.create(self.ctx, ExperimentCreate(name=name))
            return taken
        found = experiments.create(self.ctx, ExperimentCreate(name=name))
        self.experiments[found.id] = {"name": name, "lifecycle": "active"}
        return found.id

    @rule(home=homes, name=NAMES)
    def rename_experiment(self, home: str, name: str) -> None:
        known = self.experiments.get(home)
        change = lambda: experiments.update(self.ctx, home, ExperimentUpdate(name=name))  # noqa: E731
        if known is None or known["lifecycle"] != "active":
            with pytest.raises(Conflict if known else NotFound):
                change()
        elif any(other["name"] == name for key, other in self.experiments.items() if key != home):
            with pytest.raises(AlreadyExists):
                change()
        else:
            change()
            known["name"] = name

    @rule(home=homes)
    def delete_experiment(self, home: str) -> None:
        known = self.experiments.get(home)
        if known is None or known["lifecycle"] != "active":
            with pytest.raises(Conflict if known else NotFound):
                experiments.delete(self.ctx, home)
            return
        experiments.delete(self.ctx, home)
        known["lifecycle"] = "deleted"
        for run in self.runs.values():
            if run["home"] == home and run["lifecycle"] == "active":
                run.update(lifecycle="deleted", together=True)

    @rule(home=homes)
    def restore_experiment(self, home: str) -> None:
        known = self.experiments.get(home)
        if known is None or known["lifecycle"] != "deleted":
            with pytest.raises(Conflict if known else NotFound):
                experiments.restore(self.ctx, home)
            return
        experiments.restore(self.ctx, home)
        known["lifecycle"] = "active"
        for run in self.runs.values():
            if run["home"] == home and run["together"]:
                run.update(lifecycle="active", together=False)

    @rule(home=homes)
    def purge_experiment(self, home: str) -> None:
        known = self.experiments.get(home)
        if known is None or known["lifecycle"] != "deleted":
            with pytest.raises(Conflict if known else NotFound):
                experiments.purge(self.ctx, home)
            return
        experiments.purge(self.ctx, home)
        del self.experiments[home]
        for run_id in [key for key, run in self.runs.items() if run["home"] == home]:
            del self.runs[run_id]

    @rule(
        target=made,
        home=homes,
        state=st.sampled_from(RunState),
        promise=st.booleans(),
        params=st.dictionaries(KEYS, VALUES),
    )
    def create_run(self, home: str, state: RunState, promise: bool, params: dict[str, Any]) -> str:
        self.number += 1
        run_id = f"{self.space}-{self.number}"
        body = RunCreate(id=run_id, experiment_id=home, state=state, heartbeat=promise, params=params)
        known = self.experiments.get(home)
        if known is None or known["lifecycle"] != "active":
            with pytest.raises(Conflict if known else NotFound):
                runs.create(self.ctx, body)
            return run_id
        made = runs.create(self.ctx, body)
        again = runs.create(self.ctx, body)
        if promise and state is RunState.CRASHED:
            state = RunState.RUNNING  # who repeats the call with a promise of heartbeats is alive
            made = msgspec.structs.replace(made, state=state, end_ms=None)
        assert again == made
        self.runs[run_id] = {
            "home": home,
            "lifecycle": "active",
            "together": False,
            "state": state,
            "params": dict(params),
            "tags": {},
            "parent": None,
            "beat": self.clock.at_ms if promise else None,
            "stop": False,
        }
        return run_id

    @rule(
        run_id=made,
        state=st.none() | st.sampled_from(RunState),
        params=st.dictionaries(KEYS, st.none() | VALUES),
        tags=st.dictionaries(KEYS, st.none() | st.text(st.characters(categories=["L"]), max_size=3)),
    )
    def update_run(
        self, run_id: str, state: RunState | None, params: dict[str, Any], tags: dict[str, str | None]
    ) -> None:
        change = RunUpdate(state=state, params=params, tags=tags)
        if not self.writable(run_id):
            with pytest.raises(self.refused(run_id)):
                runs.update(self.ctx, run_id, change)
            return
        runs.update(self.ctx, run_id, change)
        known = self.runs[run_id]
        for field, values in (("params", params), ("tags", tags)):
            known[field] = {key: value for key, value in {**known[field], **values}.items() if value is not None}
        if state is not None:
            if state is RunState.RUNNING and known["state"] is not RunState.RUNNING:
                known["stop"] = known["stop"] and known["state"] is RunState.QUEUED
                known["beat"] = self.clock.at_ms if known["beat"] is not None else None
            known["state"] = state

    @rule(run_id=made, parent=made)
    def nest(self, run_id: str, parent: str) -> None:
        change = lambda: runs.update(self.ctx, run_id, RunUpdate(parent_id=parent))  # noqa: E731
        if not self.writable(run_id):
            with pytest.raises(self.refused(run_id)):
                change()
            return
        above, at = [], parent
        while at is not None and at not in above:
            above.append(at)
            at = self.runs.get(at, {}).get("parent")
        if run_id in above and self.runs[run_id]["parent"] != parent:
            with pytest.raises(Invalid):
                change()
        else:
            change()
            self.runs[run_id]["parent"] = parent

    @rule(run_id=made, heartbeat=st.booleans())
    def sign_of_life(self, run_id: str, heartbeat: bool) -> None:
        batch = LogBatch(points=[Points(key="m", steps=[1], times_ms=[1], values=[1.0])])
        give = lambda: runs.heartbeat(self.ctx, run_id) if heartbeat else log.log(self.ctx, run_id, batch)  # noqa: E731
        if not self.writable(run_id):
            with pytest.raises(self.refused(run_id)):
                give()
            return
        known = self.runs[run_id]
        assert give().stop == known["stop"]
        if known["state"] is RunState.CRASHED:
            known["state"] = RunState.RUNNING
        if heartbeat or known["beat"] is not None:
            known["beat"] = self.clock.at_ms

    @rule(run_id=made)
    def ask_to_stop(self, run_id: str) -> None:
        known = self.runs.get(run_id)
        if not self.writable(run_id) or (known and known["state"] not in (RunState.RUNNING, RunState.QUEUED)):
            with pytest.raises(self.refused(run_id)):
                runs.stop(self.ctx, run_id)
            return
        runs.stop(self.ctx, run_id)
        self.runs[run_id]["stop"] = True

    @rule(run_id=made)
    def delete_run(self, run_id: str) -> None:
        if not self.writable(run_id):
            with pytest.raises(self.refused(run_id)):
                runs.delete(self.ctx, run_id)
            return
        runs.delete(self.ctx, run_id)
        self.runs[run_id].update(lifecycle="deleted", together=False)

    @rule(run_id=made)
    def restore_run(self, run_id: str) -> None:
        known = self.runs.get(run_id)
        if (
            known is None
            or known["lifecycle"] == "active"
            or self.experiments[known["home"]]["lifecycle"] != "active"
        ):
            with pytest.raises(self.refused(run_id)):
                runs.restore(self.ctx, run_id)
            return
        runs.restore(self.ctx, run_id)
        known.update(lifecycle="active", together=False)

    @rule(run_id=consumes(made))
    def purge_run(self, run_id: str) -> None:
        known = self.runs.get(run_id)
        if known is None or known["lifecycle"] == "active":
            with pytest.raises(self.refused(run_id)):
                runs.purge(self.ctx, run_id)
            return
        runs.purge(self.ctx, run_id)
        del self.runs[run_id]

    @rule(seconds=st.sampled_from([1, 5, 10]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds * 1000)
        crashes.sweep(self.ctx)
        since = self.clock.at_ms - int(self.ctx.settings.heartbeat_timeout_s * 1000)
        started = self.ctx.local["tracking.watch"][0]
        for known in self.runs.values():
            silent = known["beat"] is not None and known["beat"] < since and started <= since
            if known["lifecycle"] == "active" and known["state"] is RunState.RUNNING and silent:
                known["state"] = RunState.CRASHED

    @rule()
    def collect_garbage(self) -> None:
        garbage.collect(self.ctx)

    @invariant()
    def both_agree(self) -> None:
        for home, known in self.experiments.items():
            found = experiments.get(self.ctx, home)
            assert (found.name, found.lifecycle.value) == (known["name"], known["lifecycle"])
        for run_id, known in self.runs.items():
            run = runs.get(self.ctx, run_id)
            assert run.lifecycle.value == known["lifecycle"]
            assert (run.state, run.experiment_id, run.parent_id, run.stop_requested) == (
                known["state"],
                known["home"],
                known["parent"],
                known["stop"],
            )
            assert (run.params, run.tags) == (known["params"], known["tags"])
            assert (run.end_ms is not None) == (run.state not in (RunState.QUEUED, RunState.RUNNING))
        for lifecycle in Lifecycle:
            listed = {
                run.id for run in search.runs(self.ctx, RunSearch(lifecycle=lifecycle, max_results=1_000)).items
            }
            assert listed == {run_id for run_id, known in self.runs.items() if known["lifecycle"] == lifecycle.value}


def test_people_and_the_server_agree_on_every_experiment_and_run(engine: str, tmp_path: Path) -> None:
    clock = ManualClock()
    server = testing.context(tmp_path, db_url=engine, clock=clock)
    machine = type("Machine", (Lifecycles,), {"server": server, "clock": clock, "count": itertools.count()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    server.db.close()
