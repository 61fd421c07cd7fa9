"""`Ctx`: what every verb of every room gets. Who acts, where, and with which machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from modelwright.kit.cas import Cas
from modelwright.kit.clock import Clock
from modelwright.kit.db import Database
from modelwright.kit.settings import Settings
from modelwright.types.access import DEFAULT_WORKSPACE, Actor, Permission, Role
from modelwright.types.errors import Denied, NotFound, Unauthenticated

_ORDER = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2}
_NEEDS = {Permission.READ: 0, Permission.WRITE: 1, Permission.ADMIN: 2}

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
            Unauthenticated: nobody is logged in. NotFound: not a member, so the workspace does not exist for them.
            Denied: a member whose role is too small.
        """
        if permission is Permission.OPEN:
            return
        actor = self.actor
        if actor is None:
            raise Unauthenticated
        if actor.server_admin or permission is Permission.SELF:
            return
        if permission is Permission.SERVER:
            raise Denied("only an administrator of the server may do this")
        role = actor.roles.get(self.workspace)
        if role is None:
            raise NotFound(f"there is no workspace {self.workspace!r}", where="workspace")
        if _ORDER[role] < _NEEDS[permission]:
            raise Denied(f"this needs the {permission.value} permission; your role here is {role.value}")
