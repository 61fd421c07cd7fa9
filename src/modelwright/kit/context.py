"""`Ctx`: what every verb of every room gets. Who acts, where, and with which machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from modelwright.kit.cas import Cas
from modelwright.kit.clock import Clock
from modelwright.kit.db import Database
from modelwright.kit.scope import Scope, covers, only_for, rules_for, touches
from modelwright.kit.settings import Settings
from modelwright.types.access import DEFAULT_WORKSPACE, MAY, SCOPED, Actor, Permission, Role
from modelwright.types.errors import Denied, NotFound, Unauthenticated

_NO_SCOPE = "this token's scopes do not include that"

SYSTEM = Actor("system", server_admin=True)
"""Acts for background work."""


class Ctx(msgspec.Struct, frozen=True, kw_only=True):
    """One request's (or job's) view of the server."""

    db: Database
    cas: Cas
    clock: Clock
    settings: Settings
    actor: Actor | None = None
    workspace: str = DEFAULT_WORKSPACE
    request_id: str = ""
    hooks: dict[str, list[Callable[..., Any]]] = {}
    local: dict[str, Any] = {}
    """What rooms keep in this process and may lose at any time (caches, waiters), by name.

    Shared by all views of the server.
    """

    def acting(self, actor: Actor | None, workspace: str, request_id: str = "") -> Ctx:
        """The same server, seen by another actor or from another workspace."""
        return msgspec.structs.replace(self, actor=actor, workspace=workspace, request_id=request_id)

    @property
    def who(self) -> str:
        """The actor's name, for records."""
        return self.actor.name if self.actor else "anonymous"

    def require(self, permission: Permission, resource: str = "") -> None:
        """Refuse unless the actor may do this in the workspace, or to one resource (`models/flight-delay`) of it.

        Raises:
            Unauthenticated: nobody is logged in. NotFound: not a member, so the workspace does not exist for them; or
                the resource is hidden from them (see `absent`). Denied: seen, but the role or the token is too small.
        """
        if permission is Permission.OPEN:
            return
        actor = self.actor
        if actor is None:
            raise Unauthenticated
        if self.may(permission, resource):
            return
        if permission is Permission.SERVER:
            raise Denied("only an administrator of the server may do this")
        if not self.may(Permission.READ, resource):
            if not resource or not self._present(actor):
                raise NotFound(f"there is no workspace {self.workspace!r}", where="workspace")
            refusal = absent(resource)
            refusal.hidden = True
            raise refusal
        if actor.scopes is not None and not any(permission in SCOPED[scope] for scope in actor.scopes):
            raise Denied(_NO_SCOPE, hint="make a token with the scope that this needs")
        role = self._role(actor, resource)
        raise Denied(f"this needs the {permission.value} permission; your role here is {role.value}")

    def may(self, permission: Permission, resource: str = "") -> bool:
        """Whether the actor may do this in the workspace, or to one resource of it."""
        actor = self.actor
        if permission is Permission.OPEN:
            return True
        if actor is None:
            return False
        if permission is Permission.SELF:
            return True
        if actor.scopes is not None and not any(permission in SCOPED[scope] for scope in actor.scopes):
            return False
        if actor.server_admin:
            return True
        if actor.only and not any(covers(pattern, resource) for pattern in actor.only):
            return False
        if permission in MAY[self._role(actor, resource)]:
            return True
        return permission is Permission.AUDIT and self.workspace in actor.audits

    def may_some(self, permission: Permission, kind: str) -> bool:
        """Whether the actor may do this to any resource of a kind at all: what the edge asks before a room decides."""
        actor = self.actor
        if actor is None or actor.server_admin or not (actor.only or self.workspace in actor.grants):
            return self.may(permission)
        if actor.scopes is not None and not any(permission in SCOPED[scope] for scope in actor.scopes):
            return False
        if actor.only and not any(touches(pattern, kind) for pattern in actor.only):
            return False
        held = actor.grants.get(self.workspace, ())
        return permission in MAY[self._role(actor, "")] or any(
            permission in MAY[grant.role] and touches(grant.pattern, kind) for grant in held
        )

    def require_some(self, permission: Permission, kind: str) -> None:
        """Refuse unless the actor may do this to some resource of a kind. Raises as `require` does."""
        if self.may_some(permission, kind):
            return
        if self.may_some(Permission.READ, kind):
            raise Denied(f"this needs the {permission.value} permission")
        self.require(permission)

    def scope(self, kind: str, permission: Permission = Permission.READ) -> Scope:
        """Which resources of a kind the actor may do this to; `scope.where(column)` goes into a list's statement."""
        actor = self.actor
        if actor is None:
            return Scope(rest=False)
        if actor.server_admin:
            return Scope(rest=True)
        if actor.scopes is not None and not any(permission in SCOPED[scope] for scope in actor.scopes):
            return Scope(rest=False)
        own = self._role(actor, "")
        held = () if own is Role.ADMIN else actor.grants.get(self.workspace, ())
        rules = rules_for(kind, ((grant.pattern, permission in MAY[grant.role]) for grant in held))
        only = only_for(kind, actor.only)
        if actor.only and not only:
            return Scope(rest=False)
        return Scope(rest=permission in MAY[own], rules=rules, only=only)

    def _role(self, actor: Actor, resource: str) -> Role:
        role = Role.ADMIN if actor.everywhere else actor.roles.get(self.workspace, Role.NONE)
        if resource and role is not Role.ADMIN:  # who hands out grants is not bound by them
            for grant in actor.grants.get(self.workspace, ()):
                if covers(grant.pattern, resource):
                    return grant.role
        return role

    def _present(self, actor: Actor) -> bool:
        """Whether the actor may know of the workspace at all."""
        return actor.everywhere or self.workspace in actor.roles or self.workspace in actor.grants


_ABSENT = {
    "datasets": ("there is no dataset {!r}", "dataset"),
    "experiments": ("No Experiment with id={} exists", "experiment_id"),
    # The words that MLflow's clients look for.
    "models": ("Registered Model with name={} not found", "name"),
    "prompts": ("Prompt with name={} not found", "name"),
}


def absent(resource: str) -> NotFound:
    """The refusal for a resource (`models/fraud`) that is not there; the same when it is hidden from the actor."""
    kind, _, name = resource.partition("/")
    text, where = _ABSENT.get(kind, (f"there is no {kind} {{!r}}", kind))
    return NotFound(text.format(name[:256]), where=where)
