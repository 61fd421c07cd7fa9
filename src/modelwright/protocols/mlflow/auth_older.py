"""Permissions on single experiments and registered models, as MLflow's clients before 3.17 ask for them.

Those on experiments are refused, in MLflow's words: experiments go with their workspace here.
"""

from __future__ import annotations

from typing import Any

from modelwright.domains.access import directory, groups
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow import auth
from modelwright.protocols.mlflow.shapes import Message
from modelwright.protocols.mlflow.wire import endpoint
from modelwright.types.access import Grant, GrantCreate, Permission
from modelwright.types.errors import AlreadyExists, NotFound

_NOTHING: dict[str, Any] = {}


class OnExperiment(Message):
    """A user and an experiment."""

    REQUIRED = ("experiment_id", "username")
    experiment_id: str = ""
    username: str = ""


class GrantOnExperiment(OnExperiment):
    """A permission of a user on an experiment."""

    REQUIRED = ("experiment_id", "username", "permission")
    permission: str = ""


class OnModel(Message):
    """A user and a registered model."""

    REQUIRED = ("name", "username")
    name: str = ""
    username: str = ""


class GrantOnModel(OnModel):
    """A permission of a user on a registered model."""

    REQUIRED = ("name", "username", "permission")
    permission: str = ""


@endpoint("POST", "/experiments/permissions/create", GrantOnExperiment, Permission.SELF)
def create_on_experiment(ctx: Ctx, request: GrantOnExperiment) -> Any:
    """A new one."""
    found = _put(ctx, "experiment", request.experiment_id, request.username, request.permission, fresh=True)
    return {"experiment_permission": _on_experiment(found, request)}


@endpoint("GET", "/experiments/permissions/get", OnExperiment, Permission.SELF)
def get_on_experiment(ctx: Ctx, request: OnExperiment) -> Any:
    """As it was given."""
    found = _find(ctx, "experiment", request.experiment_id, request.username)
    return {"experiment_permission": _on_experiment(found, request)}


@endpoint("PATCH", "/experiments/permissions/update", GrantOnExperiment, Permission.SELF)
def update_on_experiment(ctx: Ctx, request: GrantOnExperiment) -> Any:
    """Another word."""
    _put(ctx, "experiment", request.experiment_id, request.username, request.permission, fresh=False)
    return _NOTHING


@endpoint("DELETE", "/experiments/permissions/delete", OnExperiment, Permission.SELF)
def delete_on_experiment(ctx: Ctx, request: OnExperiment) -> Any:
    """At once."""
    groups.delete_grant(ctx, _find(ctx, "experiment", request.experiment_id, request.username).id)
    return _NOTHING


@endpoint("POST", "/registered-models/permissions/create", GrantOnModel, Permission.SELF)
def create_on_model(ctx: Ctx, request: GrantOnModel) -> Any:
    """A new one."""
    found = _put(ctx, "registered_model", request.name, request.username, request.permission, fresh=True)
    return {"registered_model_permission": _on_model(found, request)}


@endpoint("GET", "/registered-models/permissions/get", OnModel, Permission.SELF)
def get_on_model(ctx: Ctx, request: OnModel) -> Any:
    """As it was given."""
    found = _find(ctx, "registered_model", request.name, request.username)
    return {"registered_model_permission": _on_model(found, request)}


@endpoint("PATCH", "/registered-models/permissions/update", GrantOnModel, Permission.SELF)
def update_on_model(ctx: Ctx, request: GrantOnModel) -> Any:
    """Another word."""
    _put(ctx, "registered_model", request.name, request.username, request.permission, fresh=False)
    return _NOTHING


@endpoint("DELETE", "/registered-models/permissions/delete", OnModel, Permission.SELF)
def delete_on_model(ctx: Ctx, request: OnModel) -> Any:
    """At once."""
    groups.delete_grant(ctx, _find(ctx, "registered_model", request.name, request.username).id)
    return _NOTHING


def _held(ctx: Ctx, kind: str, name: str, user: str) -> Grant | None:
    pattern = auth.pattern_of(kind, name)
    directory.user(ctx, user)
    return next((grant for grant in directory.grants_of(ctx, user) if grant.pattern == pattern), None)


def _find(ctx: Ctx, kind: str, name: str, user: str) -> Grant:
    found = _held(ctx, kind, name, user)
    if found is None:
        raise NotFound(f"{kind} permission with {name!r} and username={user!r} not found", where="username")
    return found


def _put(ctx: Ctx, kind: str, name: str, user: str, word: str, *, fresh: bool) -> Grant:
    now = _held(ctx, kind, name, user)
    if fresh and now is not None:
        raise AlreadyExists(f"{kind} permission with {name!r} and username={user!r} already exists", where="username")
    if not fresh and now is None:
        raise NotFound(f"{kind} permission with {name!r} and username={user!r} not found", where="username")
    body = GrantCreate(user=user, pattern=auth.pattern_of(kind, name), role=auth.from_word(word))
    return groups.put_grant(ctx, body, label=auth.label(word))


def _on_experiment(grant: Grant, request: OnExperiment) -> dict[str, Any]:
    return {
        "experiment_id": request.experiment_id,
        "user_id": auth.number(request.username),
        "permission": auth.word(grant),
    }


def _on_model(grant: Grant, request: OnModel) -> dict[str, Any]:
    return {"name": request.name, "user_id": auth.number(request.username), "permission": auth.word(grant)}
