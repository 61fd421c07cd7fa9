"""Native operations of access."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.access import manage, service
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import (
    Actor,
    Login,
    NewToken,
    Permission,
    Token,
    TokenCreate,
    User,
    UserCreate,
    UserUpdate,
    Workspace,
)
from modelwright.types.codec import to_json
from modelwright.types.page import Page

COOKIE = "mw_session"

routes = Routes(prefix="/api/v1", tag="access")
ROUTES = [routes]


@routes.post(
    "/login", permission=Permission.OPEN, summary="Exchange name and password for a session cookie", limit=16_384
)
def login(ctx: Ctx, body: Login, request: Request) -> User:
    """The cookie is HttpOnly and SameSite=Strict, and lives 12 hours."""
    address = request.client.host if request.client else ""
    user, secret = service.login(ctx, body, address=address, old_session=request.cookies.get(COOKIE, ""))
    response = Response(to_json(user), media_type="application/json")
    response.set_cookie(
        COOKIE,
        secret,
        max_age=service.SESSION_MS // 1000,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response  # pyright: ignore[reportReturnType]  the annotation describes the body


@routes.post("/logout", permission=Permission.OPEN, summary="End the session of the cookie", status=204)
def logout(ctx: Ctx, request: Request) -> None:
    """Ending a session twice is fine."""
    session = request.cookies.get(COOKIE, "")
    if session:
        service.logout(ctx, session)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response  # pyright: ignore[reportReturnType]


@routes.get("/me", permission=Permission.SELF, summary="Who the caller is")
def me(ctx: Ctx) -> Actor:
    """The actor with its roles."""
    assert ctx.actor is not None
    return ctx.actor


@routes.get("/users", permission=Permission.ADMIN, summary="Users, or the members of the workspace")
def list_users(ctx: Ctx) -> Page[User]:
    """All of them in one page."""
    return Page(manage.users(ctx))


@routes.post("/users", permission=Permission.SERVER, summary="Add a user", status=201, limit=65_536)
def create_user(ctx: Ctx, body: UserCreate) -> User:
    """Without a password only tokens log in."""
    return manage.create_user(ctx, body)


@routes.patch(
    "/users/{name}", permission=Permission.SELF, summary="Change a user, a role, or one's own password", limit=65_536
)
def update_user(ctx: Ctx, name: str, body: UserUpdate) -> User:
    """What the caller may change is decided by the service."""
    return manage.update_user(ctx, name, body)


@routes.delete("/users/{name}", permission=Permission.SERVER, summary="Remove a user with its tokens and sessions")
def delete_user(ctx: Ctx, name: str) -> None:
    """What the user made stays."""
    manage.delete_user(ctx, name)


@routes.get("/tokens", permission=Permission.SELF, summary="The caller's API tokens")
def list_tokens(ctx: Ctx) -> Page[Token]:
    """Never with their secrets."""
    return Page(manage.tokens(ctx))


@routes.post(
    "/tokens",
    permission=Permission.SELF,
    summary="Make an API token; its secret is shown this once",
    status=201,
    limit=16_384,
)
def create_token(ctx: Ctx, body: TokenCreate, user: str = "") -> NewToken:
    """An administrator of the server may name another user."""
    return manage.create_token(ctx, body, user=user)


@routes.delete("/tokens/{token_id}", permission=Permission.SELF, summary="Revoke an API token")
def revoke_token(ctx: Ctx, token_id: str) -> None:
    """It stops working at once."""
    manage.revoke_token(ctx, token_id)


@routes.get("/workspaces", permission=Permission.SELF, summary="The workspaces that the caller can see")
def list_workspaces(ctx: Ctx) -> Page[Workspace]:
    """All of them in one page."""
    return Page(manage.workspaces(ctx))


@routes.post("/workspaces", permission=Permission.SERVER, summary="Add a workspace", status=201, limit=65_536)
def create_workspace(ctx: Ctx, body: Workspace) -> Workspace:
    """Only the id and the description are taken from the body."""
    return manage.create_workspace(ctx, body)
