"""Native operations of logging in and out: by password, by the login provider."""

from __future__ import annotations

import html
import secrets
import urllib.parse

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from modelwright.domains.access import oidc, service, sessions
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Login, LoginWays, Permission, User
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid, ModelwrightError

COOKIE = "mw_session"
_BEGAN = "mw_login"
_BEGIN = "/api/v1/login/oidc"
_BACK = "/api/v1/login/oidc/callback"

routes = Routes(prefix="/api/v1", tag="access")


@routes.get("/login/ways", permission=Permission.OPEN, summary="How people log in here")
def login_ways(ctx: Ctx) -> LoginWays:
    """What a login page offers."""
    if not ctx.settings.oidc_issuer:
        return LoginWays()
    host = urllib.parse.urlsplit(ctx.settings.oidc_issuer).hostname or ""
    return LoginWays(provider=ctx.settings.oidc_name or host, begin=_BEGIN)


@routes.post(
    "/login", permission=Permission.OPEN, summary="Exchange name and password for a session cookie", limit=16_384
)
def login(ctx: Ctx, body: Login, request: Request) -> User:
    """The cookie is HttpOnly and SameSite=Strict. A session ends after a time without use, and after a time at all."""
    user, secret = sessions.login(ctx, body, _browser(request))
    response = Response(to_json(user), media_type="application/json")
    _give(ctx, request, response, secret)
    return response  # pyright: ignore[reportReturnType]  the annotation describes the body


@routes.post("/logout", permission=Permission.OPEN, summary="End the session of the cookie", status=204)
def logout(ctx: Ctx, request: Request) -> None:
    """Ending a session twice is fine. `{"next": URL}` is answered where the login provider's session can end too."""
    session = request.cookies.get(COOKIE, "")
    id_token = sessions.logout(ctx, session) if session else ""
    onward = oidc.farewell(ctx, id_token, back=_address(ctx, request) + "/login") if id_token else ""
    response = Response(status_code=204)
    if onward:
        response = Response(to_json({"next": onward}), media_type="application/json")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response  # pyright: ignore[reportReturnType]


@routes.get("/login/oidc", permission=Permission.OPEN, summary="Begin a login at the provider")
def begin_login(ctx: Ctx, request: Request, next: str = "/", fresh: bool = False) -> None:  # noqa: A002  the usual name
    """`next` is a path of this server to return to; `fresh` asks for a new proof, for a decision."""
    browser = secrets.token_urlsafe(32)
    url = oidc.begin(
        ctx, redirect=_address(ctx, request) + _BACK, browser=browser, place=oidc.safe_place(next), fresh=fresh
    )
    response = RedirectResponse(url, 303)
    # Lax: the provider sends the browser back from its own site.
    response.set_cookie(
        _BEGAN, browser, max_age=600, httponly=True, samesite="lax", secure=_secure(ctx, request), path=_BEGIN
    )
    return response  # pyright: ignore[reportReturnType]


@routes.get("/login/oidc/callback", permission=Permission.OPEN, raw=True, summary="Finish a login at the provider")
def finish_login(ctx: Ctx, request: Request) -> Response:
    """Where the provider sends the browser back to."""
    try:
        return _finished(ctx, request)
    except ModelwrightError as error:
        sessions.refused(ctx, _browser(request).address, error)
        text = html.escape(f"{error.message}. {error.hint}".rstrip(". ") + ".")
        page = f'<p>{text}</p><p><a href="/login">Log in again</a></p>'
        return _page(page, _STATUS.get(error.kind, 400))


_STATUS = {"unauthenticated": 401, "denied": 403, "unavailable": 503}


def _finished(ctx: Ctx, request: Request) -> Response:
    given = request.query_params.multi_items()
    answer = {name: value for name, value in given if len(value) <= 4_096}
    if len(answer) != len(given):
        raise Invalid("the answer of the login provider names something twice, or is too long", where="query")
    done = oidc.finish(
        ctx, answer, redirect=_address(ctx, request) + _BACK, browser=request.cookies.get(_BEGAN, "")
    )
    user = service.admit(ctx, done.person)
    secret = sessions.opened(
        ctx, user, "oidc", _browser(request), provider_token=done.id_token[:8_192], proved_ms=done.proved_ms
    )
    # A page of our own goes on: a Strict cookie is not sent along a redirect that began at another site.
    place = html.escape(done.place, quote=True)
    onward = f'<meta http-equiv="refresh" content="0;url={place}">'
    response = _page(f'<p><a href="{place}">Go on</a></p>', 200, onward)
    response.delete_cookie(_BEGAN, httponly=True, samesite="lax", path=_BEGIN)
    _give(ctx, request, response, secret)
    return response


def _page(text: str, status: int, head: str = "") -> Response:
    content = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in</title>{head}{text}</html>'
    return Response(content, status, media_type="text/html")


def _browser(request: Request) -> sessions.Browser:
    return sessions.Browser(
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        old_session=request.cookies.get(COOKIE, ""),
    )


def _give(ctx: Ctx, request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(ctx.settings.session_max_s),
        httponly=True,
        samesite="strict",
        secure=_secure(ctx, request),
    )


def _secure(ctx: Ctx, request: Request) -> bool:
    return request.url.scheme == "https" or ctx.settings.public_url.startswith("https://")


def _address(ctx: Ctx, request: Request) -> str:
    return ctx.settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.headers.get('host', '')}"
