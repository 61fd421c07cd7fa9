"""Native operations of access: users, groups, grants, tokens, workspaces. Logging in and out is in `login`."""

from __future__ import annotations

import msgspec

from modelwright.domains.access import groups, manage, sessions, tokens
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import (
    Actor,
    Grant,
    GrantCreate,
    Group,
    GroupCreate,
    GroupUpdate,
    NewToken,
    Permission,
    Role,
    Session,
    Token,
    TokenCreate,
    TokenRotate,
    User,
    UserCreate,
    UserUpdate,
    Workspace,
)
from modelwright.types.page import Page

routes = Routes(prefix="/api/v1", tag="access")

_SMALL = 65_536


class GrantUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Another role for a grant."""

    role: Role


@routes.get("/me", permission=Permission.SELF, summary="Who the caller is")
def me(ctx: Ctx) -> Actor:
    """The actor with its roles, groups, grants and, with a token, its limits."""
    actor = ctx.actor
    assert actor is not None
    # What is hidden from someone is not told by its name.
    told = {
        workspace: tuple(grant for grant in grants if grant.role is not Role.NONE)
        for workspace, grants in actor.grants.items()
    }
    return msgspec.structs.replace(actor, grants={workspace: grants for workspace, grants in told.items() if grants})


@routes.get("/users", permission=Permission.ADMIN, summary="Users, or the members of the workspace")
def list_users(ctx: Ctx) -> Page[User]:
    """All of them in one page."""
    return Page(manage.users(ctx))


@routes.post("/users", permission=Permission.SERVER, summary="Add a user or service account", status=201, limit=_SMALL)
def create_user(ctx: Ctx, body: UserCreate) -> User:
    """Without a password only tokens log in."""
    return manage.create_user(ctx, body)


@routes.patch(
    "/users/{name}", permission=Permission.SELF, summary="Change a user, a role, or one's own password", limit=_SMALL
)
def update_user(ctx: Ctx, name: str, body: UserUpdate) -> User:
    """What the caller may change is decided by the service."""
    return manage.update_user(ctx, name, body)


@routes.delete("/users/{name}", permission=Permission.SERVER, summary="Remove a user with its tokens and sessions")
def delete_user(ctx: Ctx, name: str) -> None:
    """What the user made stays."""
    manage.delete_user(ctx, name)


@routes.get("/groups", permission=Permission.ADMIN, summary="Groups, or those with a role in the workspace")
def list_groups(ctx: Ctx) -> Page[Group]:
    """All of them in one page; their members only for an administrator of the server."""
    return Page(groups.groups(ctx))


@routes.post("/groups", permission=Permission.SERVER, summary="Add a group", status=201, limit=1 << 20)
def create_group(ctx: Ctx, body: GroupCreate) -> Group:
    """With members and roles, when they are given."""
    return groups.create_group(ctx, body)


@routes.get("/groups/{name}", permission=Permission.SERVER, summary="One group")
def get_group(ctx: Ctx, name: str) -> Group:
    """With its members and roles."""
    return groups.group(ctx, name)


@routes.patch("/groups/{name}", permission=Permission.SERVER, summary="Change a group", limit=1 << 20)
def update_group(ctx: Ctx, name: str, body: GroupUpdate) -> Group:
    """Lists that are given replace the ones that are."""
    return groups.update_group(ctx, name, body)


@routes.delete("/groups/{name}", permission=Permission.SERVER, summary="Remove a group with its grants")
def delete_group(ctx: Ctx, name: str) -> None:
    """Its members stay users."""
    groups.delete_group(ctx, name)


@routes.put("/groups/{name}/members/{user}", permission=Permission.SERVER, summary="Put a user in a group")
def join_group(ctx: Ctx, name: str, user: str) -> None:
    """One who is in is fine."""
    groups.add_member(ctx, name, user)


@routes.delete("/groups/{name}/members/{user}", permission=Permission.SERVER, summary="Take a user out of a group")
def leave_group(ctx: Ctx, name: str, user: str) -> None:
    """At once."""
    groups.remove_member(ctx, name, user)


@routes.get("/grants", permission=Permission.ADMIN, summary="Grants on resources of the workspace")
def list_grants(ctx: Ctx) -> Page[Grant]:
    """All of them in one page."""
    return Page(groups.grants(ctx))


@routes.post("/grants", permission=Permission.ADMIN, summary="Give a role on resources", status=201, limit=_SMALL)
def create_grant(ctx: Ctx, body: GrantCreate) -> Grant:
    """The most specific pattern wins over the role in the workspace; the role `none` hides."""
    return groups.put_grant(ctx, body)


@routes.patch("/grants/{grant_id}", permission=Permission.ADMIN, summary="Change the role of a grant", limit=_SMALL)
def update_grant(ctx: Ctx, grant_id: int, body: GrantUpdate) -> Grant:
    """For the same holder and resources."""
    return groups.change_grant(ctx, grant_id, body.role)


@routes.delete("/grants/{grant_id}", permission=Permission.ADMIN, summary="Take a grant back")
def delete_grant(ctx: Ctx, grant_id: int) -> None:
    """At once."""
    groups.delete_grant(ctx, grant_id)


@routes.get("/tokens", permission=Permission.SELF, summary="The caller's API tokens")
def list_tokens(ctx: Ctx) -> Page[Token]:
    """Never with their secrets."""
    return Page(tokens.tokens(ctx))


@routes.post(
    "/tokens",
    permission=Permission.SELF,
    summary="Make an API token; its secret is shown this once",
    status=201,
    limit=16_384,
)
def create_token(ctx: Ctx, body: TokenCreate, user: str = "") -> NewToken:
    """An administrator of the server may name another user."""
    return tokens.create_token(ctx, body, user=user)


@routes.post(
    "/tokens/{token_id}:rotate",
    permission=Permission.SELF,
    summary="Replace an API token; the old one goes on for a while",
    status=201,
    limit=16_384,
)
def rotate_token(ctx: Ctx, token_id: str, body: TokenRotate) -> NewToken:
    """With the same limits."""
    return tokens.rotate_token(ctx, token_id, body)


@routes.delete("/tokens/{token_id}", permission=Permission.SELF, summary="Revoke an API token")
def revoke_token(ctx: Ctx, token_id: str) -> None:
    """It stops working at once."""
    tokens.revoke_token(ctx, token_id)


@routes.get("/sessions", permission=Permission.SELF, summary="Browsers that are logged in as the caller")
def list_sessions(ctx: Ctx, everyone: bool = False) -> Page[Session]:
    """`everyone` lists all of the server, for its administrators."""
    return Page(sessions.sessions(ctx, everyone=everyone))


@routes.delete("/sessions/{session_id}", permission=Permission.SELF, summary="End a session")
def end_session(ctx: Ctx, session_id: str) -> None:
    """At once."""
    sessions.end(ctx, session_id)


@routes.post("/sessions:end-others", permission=Permission.SELF, summary="End all other sessions of the caller")
def end_other_sessions(ctx: Ctx) -> dict[str, int]:
    """How many were ended."""
    return {"ended": sessions.end_others(ctx)}


@routes.get("/workspaces", permission=Permission.SELF, summary="The workspaces that the caller can see")
def list_workspaces(ctx: Ctx) -> Page[Workspace]:
    """All of them in one page."""
    return Page(manage.workspaces(ctx))


@routes.post("/workspaces", permission=Permission.SERVER, summary="Add a workspace", status=201, limit=_SMALL)
def create_workspace(ctx: Ctx, body: Workspace) -> Workspace:
    """Only the id and the description are taken from the body."""
    return manage.create_workspace(ctx, body)
