"""Native operation of events: a stream for pages (server-sent events), a long poll for programs."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from modelwright.domains.events import rules
from modelwright.domains.events.routes.hub import Hub, hub
from modelwright.domains.events.rules import Wanted
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid
from modelwright.types.events import Event, EventPage

routes = Routes(prefix="/api/v1", tag="events")
ROUTES = [routes]

_ALIVE_S = 15.0
_RECHECK_S = 2.0
_LONGEST_WAIT_S = 60.0


@routes.get(
    "/events",
    permission=Permission.READ,
    summary="What changed: server-sent events, or a long poll",
    response="text/event-stream",
)
async def follow(
    ctx: Ctx,
    request: Request,
    kinds: str = "",
    subject: str = "",
    parent: str = "",
    after: int | None = None,
    wait_s: float = 0.0,
) -> EventPage:
    """With `Accept: text/event-stream` a stream from `Last-Event-ID` on.

    Else the events after an id, awaited up to `wait_s` (60) seconds.

    `kinds` names kinds (`run.points`) or things (`run`), comma-separated. Without an id it begins now.
    """
    wants = _seen(ctx, rules.wanted(ctx.workspace, kinds, subject, parent))
    if not 0 <= wait_s <= _LONGEST_WAIT_S:
        raise Invalid(f"wait_s is 0 to {_LONGEST_WAIT_S:g}", where="wait_s")
    if after is not None and after < 0:
        raise Invalid("an id is not negative", where="after")
    following = hub(ctx)
    if "text/event-stream" not in request.headers.get("accept", ""):
        return await _poll(following, request, wants, after, wait_s)
    given = request.headers.get("last-event-id", "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Invalid("not an id of ours", where="Last-Event-ID")
    start = int(given) if given else after
    async with following:  # refuses here, while the answer can still say so
        position = following.last if start is None else start
    stream = _stream(ctx, following, wants, position)
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
    response: Response = StreamingResponse(stream, media_type="text/event-stream", headers=headers)
    return response  # pyright: ignore[reportReturnType]  the annotation describes the long poll


async def _poll(
    following: Hub, request: Request, wants: Callable[[Event], bool], after: int | None, wait_s: float
) -> EventPage:
    until = time.monotonic() + wait_s
    async with following:
        last = following.last if after is None else after
        while True:
            found, reset = await following.after(last)
            if reset and found:
                return EventPage(items=[event for event in found if wants(event)], last=found[-1].id, reset=True)
            if reset:
                return EventPage(items=[], last=following.last, reset=True)
            items = [event for event in found if wants(event)]
            last = found[-1].id if found else last
            left = until - time.monotonic()
            if items or (left <= 0 and not found) or following.ended:
                return EventPage(items=items, last=last)
            if not found and not await following.news(last, min(left, 1.0)) and await request.is_disconnected():
                return EventPage(items=[], last=last)


async def _stream(ctx: Ctx, following: Hub, wants: Callable[[Event], bool], last: int) -> AsyncGenerator[bytes]:
    yield f"retry: 2000\nid: {last}\n\n".encode()
    told = last
    spoke = checked = time.monotonic()
    async with following:
        while not following.ended:
            found, reset = await following.after(last)
            if reset:
                last = told = found[0].id - 1 if found else following.last
                yield f"event: reset\nid: {last}\ndata: {{}}\n\n".encode()
            if found:
                last = found[-1].id
                wanted = b"".join(_message(event) for event in found if wants(event))
                if wanted:
                    if not await _welcome(following, ctx):  # what happens after a revocation is not told
                        return
                    told = last
                    spoke = time.monotonic()
                    yield wanted
                    continue
            now = time.monotonic()
            if now - checked > _RECHECK_S:
                checked = now
                if not await _welcome(following, ctx):
                    return
            if now - spoke > _ALIVE_S:
                # An id without data moves the place from where the page would go on, past what it does not want.
                spoke = now
                yield b": alive\n\n" if told == last else f"id: {last}\n\n".encode()
                told = last
            await following.news(last, min(_ALIVE_S, _RECHECK_S))


def _seen(ctx: Ctx, wants: Wanted) -> Callable[[Event], bool]:
    """Without what grants hide from the listener."""
    actor = ctx.actor
    if actor is None or not (actor.only or ctx.workspace in actor.grants):
        return wants
    return lambda event: wants(event) and (
        not (named := rules.resource(event)) or ctx.may(Permission.READ, named)
    )


def _message(event: Event) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.kind.encode(), to_json(event))


async def _welcome(following: Hub, ctx: Ctx) -> bool:
    """Whether the listener may go on, from memory when that is enough to tell (hooks `welcome_now`)."""
    if all(check(ctx) for check in ctx.hooks.get("welcome_now", [])):
        return True
    return await following.run(_still_welcome, ctx)


def _still_welcome(ctx: Ctx) -> bool:
    """A stream outlives the check at its start, so it is made again (hooks `still_welcome`)."""
    return all(check(ctx) for check in ctx.hooks.get("still_welcome", []))
