"""Where a run may go, and what that does to its times. Pure: the clock is the caller's.

    queued → running → finished | failed | killed          a client says so
             running → crashed                             its heartbeats stopped, the server says so
             crashed → running                             a late heartbeat or log
    any ended state → running                              resumed

Clients may also set a state out of this order (MLflow's do): the last word counts.
"""

from __future__ import annotations

import msgspec

from modelwright.types.tracking import RunState

ENDED = frozenset({RunState.FINISHED, RunState.FAILED, RunState.KILLED, RunState.CRASHED})


class Course(msgspec.Struct, frozen=True):
    """What the state of a run consists of. Times are Unix ms; `stop` tells that a person asked it to stop."""

    state: RunState
    start_ms: int | None = None
    end_ms: int | None = None
    stop: bool = False


def begin(state: RunState, now_ms: int, start_ms: int | None = None) -> Course:
    """A new run in `state`: a queued one has not started, an ended one has ended at once."""
    if state is RunState.QUEUED:
        return Course(state, start_ms)
    start = now_ms if start_ms is None else start_ms
    return Course(state, start, max(now_ms, start) if state in ENDED else None)


def move(course: Course, state: RunState, now_ms: int, end_ms: int | None = None) -> Course:
    """A client sets the state (to the one it has, too). `end_ms` is the end that the client names.

    Running needs a start and has no end; ended has both; resuming takes a request to stop back.
    """
    if state is RunState.QUEUED:
        return Course(state, course.start_ms, None, course.stop)
    start = now_ms if course.start_ms is None else course.start_ms
    if state is RunState.RUNNING:
        return Course(state, start, None, course.stop and course.state not in ENDED)
    if end_ms is None:
        end_ms = course.end_ms if course.state in ENDED and course.end_ms is not None else now_ms
    return Course(state, start, end_ms, course.stop)


def crashes(course: Course, heartbeat_ms: int | None, silent_since_ms: int) -> bool:
    """Whether silence means a crash: the run is running, promised heartbeats, and gave none since `silent_since_ms`."""
    return course.state is RunState.RUNNING and heartbeat_ms is not None and heartbeat_ms < silent_since_ms


def revive(course: Course) -> Course:
    """A sign of life: a crashed run is running again, any other stays as it is."""
    if course.state is not RunState.CRASHED:
        return course
    return Course(RunState.RUNNING, course.start_ms, None, course.stop)
