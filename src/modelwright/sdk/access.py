"""Who may do what, from a program: users, groups, grants, tokens, sessions, workspaces."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from modelwright.sdk.transport import Transport, segment
from modelwright.types.access import (
    Actor,
    Grant,
    GrantCreate,
    Group,
    GroupCreate,
    GroupUpdate,
    NewToken,
    Role,
    Session,
    Token,
    TokenCreate,
    TokenRotate,
    TokenScope,
    User,
    UserCreate,
    UserUpdate,
    Workspace,
)

T = TypeVar("T")
API = "/api/v1"


class Access:
    """Who may do what: users, groups, grants, tokens, sessions, workspaces."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def me(self) -> Actor:
        """Who the server thinks is calling."""
        return self._http.call(Actor, "GET", f"{API}/me")

    def users(self) -> list[User]:
        """All users (administrators)."""
        return self._listed(User, "/users")

    def add_user(self, body: UserCreate) -> User:
        """A new user or service account."""
        return self._http.call(User, "POST", f"{API}/users", body)

    def change_user(self, name: str, body: UserUpdate) -> User:
        """Change a user."""
        return self._http.call(User, "PATCH", f"{API}/users/{segment(name)}", body)

    def remove_user(self, name: str) -> None:
        """Remove a user with its tokens."""
        self._http.call(type(None), "DELETE", f"{API}/users/{segment(name)}")

    def groups(self) -> list[Group]:
        """All groups (administrators)."""
        return self._listed(Group, "/groups")

    def add_group(self, body: GroupCreate) -> Group:
        """A new group."""
        return self._http.call(Group, "POST", f"{API}/groups", body)

    def change_group(self, name: str, body: GroupUpdate) -> Group:
        """Change a group."""
        return self._http.call(Group, "PATCH", f"{API}/groups/{segment(name)}", body)

    def remove_group(self, name: str) -> None:
        """Remove a group with its grants."""
        self._http.call(type(None), "DELETE", f"{API}/groups/{segment(name)}")

    def join(self, group: str, user: str) -> None:
        """Put a user in a group."""
        self._http.call(type(None), "PUT", f"{API}/groups/{segment(group)}/members/{segment(user)}")

    def leave(self, group: str, user: str) -> None:
        """Take a user out of a group."""
        self._http.call(type(None), "DELETE", f"{API}/groups/{segment(group)}/members/{segment(user)}")

    def grants(self) -> list[Grant]:
        """The grants on resources of the workspace (administrators)."""
        return self._listed(Grant, "/grants")

    def grant(self, pattern: str, role: Role | str, *, user: str | None = None, group: str | None = None) -> Grant:
        """Give a user or a group a role on the resources that a pattern names (`models/fraud`, `models/*`)."""
        body = GrantCreate(pattern=pattern, role=Role(role), user=user, group=group)
        return self._http.call(Grant, "POST", f"{API}/grants", body)

    def take_back(self, grant_id: int) -> None:
        """Take a grant back."""
        self._http.call(type(None), "DELETE", f"{API}/grants/{grant_id}")

    def tokens(self) -> list[Token]:
        """The caller's tokens, without secrets."""
        return self._listed(Token, "/tokens")

    def add_token(
        self,
        label: str = "",
        days: int | None = None,
        *,
        scopes: list[TokenScope] | None = None,
        workspace: str = "",
        patterns: list[str] | None = None,
        user: str = "",
    ) -> NewToken:
        """A new token; its secret is shown this once. Limits make it less than its owner."""
        body = TokenCreate(label=label, days=days, scopes=scopes, workspace=workspace, patterns=patterns or [])
        return self._http.call(NewToken, "POST", f"{API}/tokens", body, query={"user": user} if user else None)

    def rotate_token(self, token_id: str, *, overlap_s: int = 86_400, days: int | None = None) -> NewToken:
        """Replace a token; the old one goes on for a while."""
        body = TokenRotate(overlap_s=overlap_s, days=days)
        return self._http.call(NewToken, "POST", f"{API}/tokens/{segment(token_id)}:rotate", body)

    def revoke_token(self, token_id: str) -> None:
        """Revoke a token."""
        self._http.call(type(None), "DELETE", f"{API}/tokens/{segment(token_id)}")

    def sessions(self) -> list[Session]:
        """The browsers that are logged in as the caller."""
        return self._listed(Session, "/sessions")

    def end_session(self, session_id: str) -> None:
        """End a session."""
        self._http.call(type(None), "DELETE", f"{API}/sessions/{segment(session_id)}")

    def workspaces(self) -> list[Workspace]:
        """Workspaces the caller can see."""
        return self._listed(Workspace, "/workspaces")

    def add_workspace(self, name: str, description: str = "") -> Workspace:
        """A new workspace."""
        return self._http.call(Workspace, "POST", f"{API}/workspaces", Workspace(id=name, description=description))

    def _listed(self, kind: type[T], target: str) -> list[T]:
        answer = self._http.ask("GET", f"{API}{target}")
        return msgspec.convert(answer["items"] if isinstance(answer, dict) else answer, list[kind])
