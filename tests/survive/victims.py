"""Processes that log and are killed with SIGKILL at random moments, and what their spool then holds.

    python victims.py FOLDER TRIALS SEED      prints one JSON line a trial

Each trial forks a child (the package is imported once, before any run is open). The child notes the time of every
call of `log` in memory it shares with its parent, so that a call that left no trace in the spool is known too.
"""

from __future__ import annotations

import itertools
import json
import mmap
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

import modelwright as mw
from modelwright.sdk.carrier import to_batch
from modelwright.sdk.sync import writers

CALLS = 400_000
_TIME = struct.Struct("<q")


def victim(folder: Path, shared: mmap.mmap, pause_s: float, number: int) -> None:
    """Log until killed: the step, at the time that is noted."""
    run = mw.init(
        experiment="killed", name=f"victim {number}", id=f"victim-{number}", dir=folder, mode="offline", git=False,
        console="off", system_metrics=False, silent=True,
    )  # fmt: skip
    for step in range(CALLS):
        run.log({"step": step, "half": step / 2}, step=step)
        _TIME.pack_into(shared, 8 * (step + 1), time.monotonic_ns())
        _TIME.pack_into(shared, 0, step + 1)
        if pause_s:
            time.sleep(pause_s)
    time.sleep(60)


def found(folder: Path, number: int) -> list[int]:
    """Steps of the points that the spool of a dead victim holds, in order; both metrics must agree."""
    steps: list[int] = []
    for reader in writers(folder / "spool" / f"victim-{number}"):
        while frames := reader.batch(dead=True):
            columns = {points.key: (points.steps, list(points.values)) for points in to_batch(frames, "w").points}
            if columns:
                assert columns["step"][0] == columns["step"][1] == columns["half"][0]
                assert columns["half"][1] == [step / 2 for step in columns["half"][0]]
                steps += columns["step"][0]
            reader.peek_past()
    return steps


def waited_ms(process: int) -> dict[str, float]:
    """How long each thread of a process was ready to run and had no processor (Linux tells; elsewhere nothing)."""
    found: dict[str, float] = {}
    for place in Path(f"/proc/{process}/task").glob("*/schedstat"):
        try:
            found[place.parent.name] = int(place.read_text().split()[1]) / 1e6
        except (OSError, IndexError, ValueError):
            continue
    return found


def trial(folder: Path, number: int, chance: random.Random) -> dict[str, float]:
    """One child, one kill; how many calls there were, how many are on disk, and the age of the oldest lost one."""
    pause_s = chance.choice([0.0, 0.002, 0.0005])
    shared = mmap.mmap(-1, 8 * (CALLS + 1))
    child = os.fork()
    if child == 0:
        victim(folder, shared, pause_s, number)
        os._exit(0)
    while not _TIME.unpack_from(shared, 0)[0]:
        time.sleep(0.001)
    before = waited_ms(child)
    time.sleep(chance.uniform(0.02, 0.35))
    waited = waited_ms(child)
    killed = time.monotonic_ns()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    calls = _TIME.unpack_from(shared, 0)[0]
    times = [_TIME.unpack_from(shared, 8 * (index + 1))[0] for index in range(calls)]
    steps = found(folder, number)
    assert steps == list(range(len(steps))), "a hole or a repetition"
    # A machine too busy to run the process delays the sealing thread as it delays the calls: what counts against
    # the bound is the time in which the process ran, so a gap between two calls counts for 10 ms at most.
    lost = [*times[len(steps) :], killed] if len(steps) < calls else []
    gaps = [later - earlier for earlier, later in itertools.pairwise(lost)]
    ran_ms = sum(min(gap, 10_000_000) for gap in gaps) / 1e6
    delay_ms = max((late - before.get(thread, 0.0) for thread, late in waited.items()), default=0.0)
    return {
        "calls": calls,
        "kept": len(steps),
        "lost_ms": sum(gaps) / 1e6,
        "ran_ms": ran_ms,
        "delay_ms": delay_ms,
        "pause_s": pause_s,
    }


if __name__ == "__main__":
    where, trials, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    dice = random.Random(seed)
    for index in range(trials):
        print(json.dumps(trial(where, index, dice)), flush=True)
