"""MLflow's users, roles and permissions: our users, groups and grants in its words.

A role of MLflow is a group whose name holds the workspace (`team:reviewers`); its permissions are grants of that group;
a permission of a user is a grant of the user. READ is viewer, EDIT contributor, MANAGE admin, DENY none; USE lets read
here and keeps its name. What is not granted one by one here (experiments among it) is refused: a denial that nothing
enforces would lie.
"""

from __future__ import annotations

import hashlib
from typing import Any

from modelwright.domains.access import directory, groups, manage
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow.shapes import Empty, Message
from modelwright.protocols.mlflow.wire import endpoint
from modelwright.types.access import (
    DEFAULT_WORKSPACE,
    Grant,
    GrantCreate,
    Group,
    GroupCreate,
    Permission,
    Role,
    User,
    UserCreate,
    UserUpdate,
)
from modelwright.types.errors import Conflict, Invalid, NotFound

V3 = ("/api/3.0/mlflow", "/ajax-api/3.0/mlflow")
_KINDS = {"registered_model": "models", "prompt": "prompts"}
_TYPES = {kind: name for name, kind in _KINDS.items()}
_ROLES = {
    "READ": Role.VIEWER, "USE": Role.VIEWER, "EDIT": Role.CONTRIBUTOR, "MANAGE": Role.ADMIN, "DENY": Role.NONE,
    "NO_PERMISSIONS": Role.NONE,
}
_IN_WORKSPACE = {"USE": Role.CONTRIBUTOR, "MANAGE": Role.ADMIN}
_WORDS = {
    Role.VIEWER: "READ", Role.AUDITOR: "READ", Role.CONTRIBUTOR: "EDIT", Role.APPROVER: "EDIT", Role.ADMIN: "MANAGE",
    Role.NONE: "DENY",
}
_NOTHING: dict[str, Any] = {}


class Username(Message):
    """Names one user."""

    REQUIRED = ("username",)
    username: str = ""


class NewUser(Message):
    """A user and its password."""

    REQUIRED = ("username", "password")
    username: str = ""
    password: str = ""


class UserPassword(NewUser):
    """Another password for a user."""

    current_password: str | None = None


class UserAdmin(Message):
    """Whether a user administers the server."""

    REQUIRED = ("username",)
    username: str = ""
    is_admin: bool = False


class RoleId(Message):
    """Names one role."""

    REQUIRED = ("role_id",)
    role_id: int = 0


class NewRole(Message):
    """A role of a workspace."""

    REQUIRED = ("name", "workspace")
    name: str = ""
    workspace: str = ""
    description: str | None = None


class RoleUpdate(RoleId):
    """Another name or description."""

    name: str | None = None
    description: str | None = None


class InWorkspace(Message):
    """The roles of a workspace; of all without one."""

    workspace: str = ""


class RolePermission(RoleId):
    """A permission for a role."""

    REQUIRED = ("role_id", "resource_type", "resource_pattern", "permission")
    resource_type: str = ""
    resource_pattern: str = ""
    permission: str = ""


class RolePermissionId(Message):
    """Names one permission of a role."""

    REQUIRED = ("role_permission_id",)
    role_permission_id: int = 0


class RolePermissionUpdate(RolePermissionId):
    """Another permission on the same resources."""

    REQUIRED = ("role_permission_id", "permission")
    permission: str = ""


class Assignment(RoleId):
    """A user in a role."""

    REQUIRED = ("username", "role_id")
    username: str = ""


class OnResource(Message):
    """A user and a resource."""

    REQUIRED = ("username", "resource_type", "resource_id")
    username: str = ""
    resource_type: str = ""
    resource_id: str = ""


class GrantOnResource(OnResource):
    """A permission of a user on a resource."""

    REQUIRED = ("username", "resource_type", "resource_id", "permission")
    permission: str = ""


def number(name: str) -> int:
    """The number that clients know a user by: stable, and not to be confused with anything."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])


@endpoint("POST", "/users/create", NewUser, Permission.SERVER)
def create_user(ctx: Ctx, request: NewUser) -> Any:
    """A user who may read in the default workspace, as MLflow's default permission has it."""
    body = UserCreate(name=request.username, password=request.password, roles={DEFAULT_WORKSPACE: Role.VIEWER})
    return {"user": _user(ctx, manage.create_user(ctx, body))}


@endpoint("GET", "/users/get", Username, Permission.SELF)
def get_user(ctx: Ctx, request: Username) -> Any:
    """One's own, or any for an administrator."""
    return {"user": _user(ctx, directory.user(ctx, request.username))}


@endpoint("GET", "/users/list", Empty, Permission.ADMIN)
def list_users(ctx: Ctx, request: Empty) -> Any:
    """With their roles."""
    roles = directory.roles_by_user(ctx)
    return {
        "users": [
            {**_user(ctx, user), "roles": [_role(group, []) for group in roles.get(user.name, [])]}
            for user in manage.users(ctx)
        ]
    }


@endpoint("GET", "/users/current", Empty, Permission.SELF)
def current_user(ctx: Ctx, request: Empty) -> Any:
    """Who is calling."""
    actor = ctx.actor
    assert actor is not None
    me = {"id": number(actor.name), "username": actor.name, "is_admin": actor.server_admin}
    return {"user": me, "is_basic_auth": not actor.token_id and not actor.session}


@endpoint("PATCH", "/users/update-password", UserPassword, Permission.SELF)
def update_password(ctx: Ctx, request: UserPassword) -> Any:
    """One's own takes the current one."""
    body = UserUpdate(password=request.password, current_password=request.current_password)
    manage.update_user(ctx, request.username, body)
    return _NOTHING


@endpoint("PATCH", "/users/update-admin", UserAdmin, Permission.SERVER)
def update_admin(ctx: Ctx, request: UserAdmin) -> Any:
    """Administrator of the server, or no longer."""
    manage.update_user(ctx, request.username, UserUpdate(server_admin=request.is_admin))
    return _NOTHING


@endpoint("DELETE", "/users/delete", Username, Permission.SERVER)
def delete_user(ctx: Ctx, request: Username) -> Any:
    """Never oneself."""
    if request.username == ctx.who:
        raise Conflict("Users cannot delete their own account. Ask another admin to delete this user instead.")
    manage.delete_user(ctx, request.username)
    return _NOTHING


@endpoint("GET", "/users/current/permissions", Empty, Permission.SELF, prefixes=V3)
def current_permissions(ctx: Ctx, request: Empty) -> Any:
    """What the caller holds."""
    return _held(ctx, ctx.who)


@endpoint("GET", "/users/permissions/list", Username, Permission.SELF, prefixes=V3)
def list_permissions(ctx: Ctx, request: Username) -> Any:
    """What a user holds, in the workspaces that the caller administers."""
    directory.user(ctx, request.username)
    return _held(ctx, request.username)


@endpoint("GET", "/users/permissions/get", OnResource, Permission.SELF, prefixes=V3)
def get_permission(ctx: Ctx, request: OnResource) -> Any:
    """What it comes to, as a real request would see it."""
    pattern = pattern_of(request.resource_type, request.resource_id)
    user = directory.user(ctx, request.username)
    if user.server_admin:
        return {"allowed": True, "permission": "MANAGE"}
    own = next((grant for grant in directory.grants_of(ctx, user.name) if grant.pattern == pattern), None)
    seen = directory.seen_by(ctx, user.name)
    if seen.may(Permission.ADMIN, pattern):
        found = "MANAGE"
    elif seen.may(Permission.WRITE, pattern):
        found = "EDIT"
    elif seen.may(Permission.READ, pattern):
        found = own.label if own is not None and own.label == "USE" else "READ"
    else:
        found = "DENY" if own is not None else "NO_PERMISSIONS"
    return {"allowed": found in ("MANAGE", "EDIT", "USE"), "permission": found}


@endpoint("POST", "/users/permissions/grant", GrantOnResource, Permission.SELF, prefixes=V3)
def grant_permission(ctx: Ctx, request: GrantOnResource) -> Any:
    """A permission of one user on one resource."""
    if request.resource_type == "workspace":
        raise Invalid("a user's workspace permission comes by a role", where="resource_type")
    pattern = pattern_of(request.resource_type, request.resource_id)
    body = GrantCreate(user=request.username, pattern=pattern, role=from_word(request.permission))
    groups.put_grant(ctx, body, label=label(request.permission))
    return _NOTHING


@endpoint("POST", "/users/permissions/revoke", OnResource, Permission.SELF, prefixes=V3)
def revoke_permission(ctx: Ctx, request: OnResource) -> Any:
    """Take it back."""
    pattern = pattern_of(request.resource_type, request.resource_id)
    ctx.require(Permission.ADMIN)
    for grant in groups.grants(ctx):
        if grant.user == request.username and grant.pattern == pattern:
            groups.delete_grant(ctx, grant.id)
            return _NOTHING
    raise NotFound(f"user {request.username!r} holds no permission on {request.resource_id!r}", where="resource_id")


@endpoint("POST", "/roles/create", NewRole, Permission.SELF, prefixes=V3)
def create_role(ctx: Ctx, request: NewRole) -> Any:
    """In the workspace that the request names."""
    here = _within(ctx, request.workspace)
    body = GroupCreate(name=_group_name(request.workspace, request.name), description=request.description or "")
    return {"role": _role(groups.create_group(here, body, wire=True), [])}


@endpoint("GET", "/roles/get", RoleId, Permission.SELF, prefixes=V3)
def get_role(ctx: Ctx, request: RoleId) -> Any:
    """With its permissions."""
    here, group = _group(ctx, request.role_id)
    return {"role": _role(group, directory.grants_of_group(here, group.id))}


@endpoint("GET", "/roles/list", InWorkspace, Permission.SELF, prefixes=V3)
def list_roles(ctx: Ctx, request: InWorkspace) -> Any:
    """Of a workspace; of all for an administrator of the server."""
    if request.workspace:
        here = _within(ctx, request.workspace)
        here.require(Permission.ADMIN)
        found = [group for group in directory.wire_groups(here) if group.name.startswith(f"{request.workspace}:")]
    else:
        ctx.require(Permission.SERVER)
        found = directory.wire_groups(ctx)
    return {
        "roles": [
            _role(group, directory.grants_of_group(_within(ctx, _workspace(group)), group.id)) for group in found
        ]
    }


@endpoint("PATCH", "/roles/update", RoleUpdate, Permission.SELF, prefixes=V3)
def update_role(ctx: Ctx, request: RoleUpdate) -> Any:
    """Another name or description."""
    here, group = _group(ctx, request.role_id)
    if request.name is None and request.description is None:
        raise Invalid("At least one of 'name' or 'description' must be provided to update a role.")
    name = group.name if request.name is None else _group_name(_workspace(group), request.name)
    renamed = groups.rename_group(here, group.name, name, description=request.description)
    return {"role": _role(renamed, directory.grants_of_group(here, group.id))}


@endpoint("DELETE", "/roles/delete", RoleId, Permission.SELF, prefixes=V3)
def delete_role(ctx: Ctx, request: RoleId) -> Any:
    """With its permissions and assignments."""
    here, group = _group(ctx, request.role_id)
    groups.delete_group(here, group.name, permission=Permission.ADMIN)
    return _NOTHING


@endpoint("POST", "/roles/permissions/add", RolePermission, Permission.SELF, prefixes=V3)
def add_role_permission(ctx: Ctx, request: RolePermission) -> Any:
    """On a resource, on all of a kind, or on the workspace."""
    here, group = _group(ctx, request.role_id)
    pattern = pattern_of(request.resource_type, request.resource_pattern)
    role = from_word(request.permission, workspace=pattern == "*")
    body = GrantCreate(group=group.name, pattern=pattern, role=role)
    made = groups.put_grant(here, body, label=label(request.permission))
    return {"role_permission": _permission(made, group.id)}


@endpoint("DELETE", "/roles/permissions/remove", RolePermissionId, Permission.SELF, prefixes=V3)
def remove_role_permission(ctx: Ctx, request: RolePermissionId) -> Any:
    """At once."""
    here, grant, _ = _granted(ctx, request.role_permission_id)
    groups.delete_grant(here, grant.id)
    return _NOTHING


@endpoint("GET", "/roles/permissions/list", RoleId, Permission.SELF, prefixes=V3)
def list_role_permissions(ctx: Ctx, request: RoleId) -> Any:
    """All of a role."""
    here, group = _group(ctx, request.role_id)
    return {"role_permissions": [_permission(grant, group.id) for grant in directory.grants_of_group(here, group.id)]}


@endpoint("PATCH", "/roles/permissions/update", RolePermissionUpdate, Permission.SELF, prefixes=V3)
def update_role_permission(ctx: Ctx, request: RolePermissionUpdate) -> Any:
    """For the same resources."""
    here, grant, group = _granted(ctx, request.role_permission_id)
    role = from_word(request.permission, workspace=grant.pattern == "*")
    made = groups.change_grant(here, grant.id, role, label=label(request.permission))
    return {"role_permission": _permission(made, group.id)}


@endpoint("POST", "/roles/assign", Assignment, Permission.SELF, prefixes=V3)
def assign_role(ctx: Ctx, request: Assignment) -> Any:
    """Put a user in a role."""
    here, group = _group(ctx, request.role_id)
    groups.add_member(here, group.name, request.username, permission=Permission.ADMIN)
    return {"assignment": _assignment(request.username, group.id)}


@endpoint("DELETE", "/roles/unassign", Assignment, Permission.SELF, prefixes=V3)
def unassign_role(ctx: Ctx, request: Assignment) -> Any:
    """Take a user out of a role."""
    here, group = _group(ctx, request.role_id)
    groups.remove_member(here, group.name, request.username, permission=Permission.ADMIN)
    return _NOTHING


@endpoint("GET", "/users/roles/list", Username, Permission.SELF, prefixes=V3)
def list_user_roles(ctx: Ctx, request: Username) -> Any:
    """One's own; a user's in the workspaces that the caller administers."""
    directory.user(ctx, request.username)
    found = [
        group
        for group in directory.roles_by_user(ctx).get(request.username, [])
        if request.username == ctx.who or _within(ctx, _workspace(group)).may(Permission.ADMIN)
    ]
    return {"roles": [_role(group, []) for group in found]}


@endpoint("GET", "/roles/users/list", RoleId, Permission.SELF, prefixes=V3)
def list_role_users(ctx: Ctx, request: RoleId) -> Any:
    """The users in a role."""
    _, group = _group(ctx, request.role_id)
    return {"assignments": [_assignment(name, group.id) for name in group.members]}


def _within(ctx: Ctx, workspace: str) -> Ctx:
    return ctx.acting(ctx.actor, workspace, ctx.request_id)


def _workspace(group: Group) -> str:
    return group.name.partition(":")[0]


def _group_name(workspace: str, name: str) -> str:
    name = name.strip()
    if not name or len(name) > 128 or not name.isprintable():
        raise Invalid("Role name cannot be empty, and has at most 128 printable characters.", where="name")
    return f"{workspace}:{name}"


def _group(ctx: Ctx, role_id: int) -> tuple[Ctx, Group]:
    """The group of a role, and the context of its workspace; hidden from whoever does not administer that."""
    group = directory.group_by_number(ctx, role_id)
    if group is not None and ":" in group.name:
        here = _within(ctx, _workspace(group))
        if here.may(Permission.ADMIN):
            return here, group
    raise NotFound(f"Role with id={role_id} not found", where="role_id")


def _granted(ctx: Ctx, grant_id: int) -> tuple[Ctx, Grant, Group]:
    found = directory.grant_by_number(ctx, grant_id)
    if found is not None and found[1] is not None and ":" in found[1].name:
        here = _within(ctx, found[0].workspace)
        if here.may(Permission.ADMIN):
            return here, found[0], found[1]
    raise NotFound(f"RolePermission with id={grant_id} not found", where="role_permission_id")


def pattern_of(kind: str, name: str) -> str:
    """Our pattern for MLflow's kind and name. Raises `Invalid`."""
    if kind == "workspace":
        if name != "*":
            raise Invalid("workspace permissions are for '*'", where="resource_pattern")
        return "*"
    if kind not in _KINDS:
        raise Invalid(
            f"this server gives no permissions on {kind[:60]!r}", where="resource_type",
            hint=f"one of {', '.join(sorted([*_KINDS, 'workspace']))}",
        )
    if not name or (name != "*" and "*" in name):
        raise Invalid("name one resource, or '*' for all", where="resource_pattern")
    return f"{_KINDS[kind]}/{name}"


def from_word(word: str, *, workspace: bool = False) -> Role:
    """The role that a permission is. Raises `Invalid`."""
    words = _IN_WORKSPACE if workspace else _ROLES
    if word not in words:
        raise Invalid(f"no such permission: {word[:60]!r}", where="permission", hint=f"one of {', '.join(words)}")
    return words[word]


def label(word: str) -> str:
    """What is kept of a permission beside its role."""
    return word if word in ("USE", "NO_PERMISSIONS") else ""


def _user(ctx: Ctx, user: User) -> dict[str, Any]:
    mine = number(user.name)
    held = directory.grants_of(ctx, user.name)
    return {
        "id": mine,
        "username": user.name,
        "is_admin": user.server_admin,
        "experiment_permissions": [
            {"experiment_id": grant.pattern.partition("/")[2], "user_id": mine, "permission": word(grant)}
            for grant in held
            if grant.pattern.startswith("experiments/")
        ],
        "registered_model_permissions": [
            {"name": grant.pattern.partition("/")[2], "user_id": mine, "permission": word(grant)}
            for grant in held
            if grant.pattern.startswith("models/")
        ],
    }


def word(grant: Grant) -> str:
    """The permission that a grant is."""
    return grant.label or _WORDS[grant.role]


def _place(grant: Grant) -> tuple[str, str]:
    if grant.pattern == "*":
        return "workspace", "*"
    kind, _, name = grant.pattern.partition("/")
    return _TYPES.get(kind, kind), name


def _permission(grant: Grant, role_id: int) -> dict[str, Any]:
    kind, name = _place(grant)
    return {
        "id": grant.id, "role_id": role_id, "resource_type": kind, "resource_pattern": name, "permission": word(grant)
    }


def _role(group: Group, grants: list[Grant]) -> dict[str, Any]:
    workspace, _, name = group.name.partition(":")
    return {
        "id": group.id,
        "name": name,
        "workspace": workspace,
        "description": group.description or None,
        "permissions": [_permission(grant, group.id) for grant in grants],
    }


def _assignment(user: str, role_id: int) -> dict[str, Any]:
    return {"id": number(f"{role_id}:{user}"), "user_id": number(user), "role_id": role_id}


def _held(ctx: Ctx, name: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for grant, group in directory.held_by(ctx, name):
        if name != ctx.who and not _within(ctx, grant.workspace).may(Permission.ADMIN):
            continue
        kind, pattern = _place(grant)
        rows.append(
            {
                "role_id": group.id if group else number(name),
                "role_name": group.name.partition(":")[2] or group.name if group else f"__user_{number(name)}__",
                "workspace": grant.workspace,
                "resource_type": kind,
                "resource_pattern": pattern,
                "permission": word(grant),
            }
        )
    actor = ctx.actor
    admin = actor is not None and actor.name == name and actor.server_admin
    return {"is_admin": admin or directory.is_admin(ctx, name), "permissions": rows}
