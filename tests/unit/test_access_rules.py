"""What someone may do after all: roles, grants and the limits of tokens together."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelwright.domains.access import rules
from modelwright.kit.scope import covers, weight
from modelwright.types.access import MAY, SCOPED, Actor, Held, Permission, Role, Token, TokenScope, User
from modelwright.types.errors import Invalid

PATTERNS = ["models/a", "models/ab", "models/a*", "models/*", "datasets/a", "datasets/*"]
RESOURCES = ["", "models/a", "models/ab", "models/b", "datasets/a", "datasets/b"]
IN_WORKSPACE = [p for p in Permission if p not in (Permission.OPEN, Permission.SELF, Permission.SERVER)]


def may(actor: Actor, permission: Permission, resource: str, workspace: str = "w") -> bool:
    """The same by the definition, said in another way than `Ctx.may` says it."""
    if actor.scopes is not None and not any(permission in SCOPED[scope] for scope in actor.scopes):
        return False
    if actor.server_admin:
        return True
    if actor.only and not any(covers(pattern, resource) for pattern in actor.only):
        return False
    role = Role.ADMIN if actor.everywhere else actor.roles.get(workspace, Role.NONE)
    fitting = [held for held in actor.grants.get(workspace, ()) if resource and covers(held.pattern, resource)]
    if fitting and role is not Role.ADMIN:
        role = max(fitting, key=lambda held: weight(held.pattern)).role
    return permission in MAY[role] or (permission is Permission.AUDIT and workspace in actor.audits)


actors = st.builds(
    lambda role, server, grants: Actor(
        "u", {"w": role} if role else {}, server,
        grants={"w": tuple(Held(p, r) for p, r in sorted(grants.items(), key=lambda i: weight(i[0]), reverse=True))},
    ),
    st.sampled_from([None, *Role]),
    st.booleans(),
    st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from(list(Role)), max_size=4),
)
tokens = st.builds(
    lambda scopes, workspace, patterns: Token(
        id="t", user="u", scopes=scopes, workspace=workspace, patterns=patterns if workspace else []
    ),
    st.none() | st.lists(st.sampled_from(list(TokenScope)), min_size=1, max_size=2),
    st.sampled_from(["", "w", "other"]),
    st.lists(st.sampled_from(PATTERNS), max_size=2),
)


@given(actors, tokens)
def test_a_token_is_never_more_than_its_owner(whole: Actor, token: Token) -> None:
    less = rules.limited(whole, token)
    for permission, resource, workspace in product(IN_WORKSPACE, RESOURCES, ("w", "other", "third")):
        if may(less, permission, resource, workspace):
            assert may(whole, permission, resource, workspace)
            assert token.workspace in ("", workspace)
            assert not token.patterns or any(covers(pattern, resource) for pattern in token.patterns)
    assert not less.server_admin or whole.server_admin
    if token.workspace or (token.scopes is not None and TokenScope.ADMIN not in token.scopes):
        assert not less.server_admin


@given(tokens, tokens)
def test_a_token_made_by_a_token_has_no_more_scopes(first: Token, second: Token) -> None:
    holder = rules.limited(Actor("u", {"w": Role.ADMIN}), first)
    if rules.within(second.scopes, holder) and first.scopes is not None and second.scopes is not None:
        allowed = frozenset[Permission]().union(*(SCOPED[scope] for scope in first.scopes))
        assert all(SCOPED[scope] <= allowed for scope in second.scopes)
    assert rules.within(None, holder) == (first.scopes is None or TokenScope.ADMIN in first.scopes)


@given(st.lists(st.tuples(st.sampled_from(PATTERNS), st.sampled_from(list(Role)), st.booleans()), max_size=6))
def test_of_two_grants_the_more_specific_counts_and_then_the_one_in_person(
    held: list[tuple[str, Role, bool]],
) -> None:
    made = rules.actor(User(name="u"), [("w", pattern, role, own) for pattern, role, own in held])
    for resource in RESOURCES[1:]:
        first = next((item for item in made.grants.get("w", ()) if covers(item.pattern, resource)), None)
        fitting = [(weight(p), own) for p, _, own in held if covers(p, resource)]
        assert (first is None) == (not fitting)
        if first is not None:
            best = max(fitting)
            assert (weight(first.pattern), any(own for p, r, own in held if (p, r) == (first.pattern, first.role))) >= (
                best[0], False
            )
            if best[1]:
                assert any((p, r, own) == (first.pattern, first.role, True) for p, r, own in held)


def test_an_editor_of_before_is_a_contributor() -> None:
    assert Role("editor") is Role.CONTRIBUTOR
    with pytest.raises(ValueError, match="god"):
        Role("god")


def test_limits_without_sense_are_refused() -> None:
    for scopes, patterns, workspace in (
        ([], [], ""), (None, ["models/a"], ""), (None, ["nothing"], "w"), (None, ["models/a"] * 51, "w"),
    ):
        with pytest.raises(Invalid):
            rules.check_scopes(scopes, patterns, workspace)
