"""Registered models, versions, stages and aliases over the MLflow wire; prompts come through the same routes."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.registry.rules import names as rules
from modelwright.domains.registry.service import files, moves, names, search, versions
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow import encode, prompts
from modelwright.protocols.mlflow.artifacts import send
from modelwright.protocols.mlflow.decode import missing
from modelwright.protocols.mlflow.experiments import page_size
from modelwright.protocols.mlflow.registry_shapes import (
    CreateRegistered,
    CreateVersion,
    DownloadUri,
    LatestVersions,
    Named,
    OneAlias,
    OneVersion,
    RegisteredTag,
    RenameRegistered,
    SearchRegistered,
    SetAlias,
    TransitionStage,
    UpdateRegistered,
    UpdateVersion,
    VersionTag,
)
from modelwright.protocols.mlflow.shapes import Tag
from modelwright.protocols.mlflow.wire import direct, endpoint
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.page import Search
from modelwright.types.registry import (
    ModelVersion,
    RegisteredModel,
    RegisteredModelCreate,
    RegisteredUpdate,
    VersionCreate,
)

_NOTHING: dict[str, Any] = {}
_KIND = "models"
_MODELS, _MOST_MODELS = 100, 1_000
_VERSIONS, _MOST_VERSIONS = 10_000, 200_000


@endpoint("POST", "/registered-models/create", CreateRegistered, Permission.WRITE, resource=_KIND)
def create(ctx: Ctx, request: CreateRegistered) -> Any:
    """A new registered model, or prompt."""
    rules.name(request.name)
    body = RegisteredModelCreate(name=request.name, description=request.description, tags=_tags(request.tags))
    return {"registered_model": model(names.create(ctx, body))}


@endpoint("POST", "/registered-models/rename", RenameRegistered, Permission.WRITE, resource=_KIND)
def rename(ctx: Ctx, request: RenameRegistered) -> Any:
    """Another name."""
    return {"registered_model": model(names.rename(ctx, rules.name(request.name), request.new_name))}


@endpoint("PATCH", "/registered-models/update", UpdateRegistered, Permission.WRITE, resource=_KIND)
def update(ctx: Ctx, request: UpdateRegistered) -> Any:
    """Another description."""
    body = RegisteredUpdate(description=request.description)
    return {"registered_model": model(names.update(ctx, rules.name(request.name), body))}


@endpoint("DELETE", "/registered-models/delete", Named, Permission.WRITE, resource=_KIND)
def delete(ctx: Ctx, request: Named) -> Any:
    """Remove with all versions."""
    names.delete(ctx, rules.name(request.name))
    return _NOTHING


@endpoint("GET", "/registered-models/get", Named, Permission.READ, resource=_KIND)
def get(ctx: Ctx, request: Named) -> Any:
    """One registered model."""
    return {"registered_model": model(names.get(ctx, rules.name(request.name)))}


@endpoint("GET", "/registered-models/search", SearchRegistered, Permission.READ, resource=_KIND)
def find(ctx: Ctx, request: SearchRegistered) -> Any:
    """Search registered models, or prompts."""
    size = page_size(_MODELS if request.max_results is None else request.max_results, _MOST_MODELS)
    kind, text = prompts.searched(request.filter)
    page = search.models(
        ctx, Search(filter=text, order_by=request.order_by, max_results=size, page=request.page_token), kind
    )
    answer: dict[str, Any] = {}
    if page.items:
        answer["registered_models"] = [model(item) for item in page.items]
    if page.next_page:
        answer["next_page_token"] = page.next_page
    return answer


@endpoint("POST", "/registered-models/get-latest-versions", LatestVersions, Permission.READ, resource=_KIND)
@endpoint("GET", "/registered-models/get-latest-versions", LatestVersions, Permission.READ, resource=_KIND)
def latest(ctx: Ctx, request: LatestVersions) -> Any:
    """The newest version of each stage."""
    found = search.latest(ctx, rules.name(request.name), request.stages)
    return {"model_versions": [version(item) for item in found]} if found else _NOTHING


@endpoint("POST", "/registered-models/set-tag", RegisteredTag, Permission.WRITE, resource=_KIND)
def set_tag(ctx: Ctx, request: RegisteredTag) -> Any:
    """Set a tag."""
    names.update(ctx, rules.name(request.name), RegisteredUpdate(tags={request.key: request.value}))
    return _NOTHING


@endpoint("DELETE", "/registered-models/delete-tag", RegisteredTag, Permission.WRITE, resource=_KIND)
def delete_tag(ctx: Ctx, request: RegisteredTag) -> Any:
    """Remove a tag; fine when there is none."""
    names.update(ctx, rules.name(request.name), RegisteredUpdate(tags={request.key: None}))
    return _NOTHING


@endpoint("POST", "/registered-models/alias", SetAlias, Permission.WRITE, resource=_KIND)
def set_alias(ctx: Ctx, request: SetAlias) -> Any:
    """Let an alias mean a version."""
    name = rules.name(request.name)
    rules.alias(request.alias)
    moves.set_alias(ctx, name, request.alias, _number(name, request.version))
    return _NOTHING


@endpoint("DELETE", "/registered-models/alias", OneAlias, Permission.WRITE, resource=_KIND)
def delete_alias(ctx: Ctx, request: OneAlias) -> Any:
    """Let an alias mean nothing; fine when it does."""
    moves.delete_alias(ctx, rules.name(request.name), request.alias)
    return _NOTHING


@endpoint("GET", "/registered-models/alias", OneAlias, Permission.READ, resource=_KIND, brief=True)
def get_alias(ctx: Ctx, request: OneAlias) -> Any:
    """The version that an alias means."""
    try:
        found = versions.by_alias(ctx, rules.name(request.name), request.alias)
    except NotFound as error:
        if error.message.startswith("Registered model alias"):  # upstream's code for this one
            raise Invalid(error.message, where="alias") from None
        raise
    return {"model_version": version(found)}


@endpoint("POST", "/model-versions/create", CreateVersion, Permission.WRITE, resource=_KIND)
def create_version(ctx: Ctx, request: CreateVersion) -> Any:
    """A new version of a model or a prompt."""
    name = rules.name(request.name)
    tags = _tags(request.tags)
    if prompts.asked(tags):
        return {"model_version": version(prompts.create_version(ctx, request, tags))}
    body = VersionCreate(
        source=request.source,
        description=request.description,
        tags=tags,
        run_id=request.run_id,
        model_id=request.model_id,
        run_link=request.run_link,
    )
    return {"model_version": version(versions.create(ctx, name, body, wire=True))}


@endpoint("PATCH", "/model-versions/update", UpdateVersion, Permission.WRITE, resource=_KIND)
def update_version(ctx: Ctx, request: UpdateVersion) -> Any:
    """Another description."""
    name = rules.name(request.name)
    body = RegisteredUpdate(description=request.description or "")
    return {"model_version": version(versions.update(ctx, name, _number(name, request.version), body))}


@endpoint("POST", "/model-versions/transition-stage", TransitionStage, Permission.WRITE, resource=_KIND)
def transition(ctx: Ctx, request: TransitionStage) -> Any:
    """Move to a stage."""
    name = rules.name(request.name)
    number = _number(name, request.version)
    moved = moves.transition_stage(ctx, name, number, request.stage, archive=request.archive_existing_versions)
    return {"model_version": version(moved)}


@endpoint("DELETE", "/model-versions/delete", OneVersion, Permission.WRITE, resource=_KIND)
def delete_version(ctx: Ctx, request: OneVersion) -> Any:
    """Redact; the number stays taken."""
    name = rules.name(request.name)
    versions.delete(ctx, name, _number(name, request.version))
    return _NOTHING


@endpoint("GET", "/model-versions/get", OneVersion, Permission.READ, resource=_KIND, brief=True)
def get_version(ctx: Ctx, request: OneVersion) -> Any:
    """One version."""
    return {"model_version": version(_version(ctx, request.name, request.version))}


@endpoint("GET", "/model-versions/search", SearchRegistered, Permission.READ, resource=_KIND)
def find_versions(ctx: Ctx, request: SearchRegistered) -> Any:
    """Search versions of models, or of prompts."""
    size = page_size(_VERSIONS if request.max_results is None else request.max_results, _MOST_VERSIONS)
    kind, text = prompts.searched(request.filter)
    page = search.found_versions(
        ctx, Search(filter=text, order_by=request.order_by, max_results=size, page=request.page_token), kind
    )
    answer: dict[str, Any] = {}
    if page.items:
        answer["model_versions"] = [version(item, aliases=False) for item in page.items]
    if page.next_page:
        answer["next_page_token"] = page.next_page
    return answer


@endpoint("GET", "/model-versions/get-download-uri", DownloadUri, Permission.READ, resource=_KIND, brief=True)
def download_uri(ctx: Ctx, request: DownloadUri) -> Any:
    """Where the files of a version are."""
    return {"artifact_uri": _version(ctx, request.name, request.version).location}


@endpoint("POST", "/model-versions/set-tag", VersionTag, Permission.WRITE, resource=_KIND)
def set_version_tag(ctx: Ctx, request: VersionTag) -> Any:
    """Set a tag of a version."""
    name = rules.name(request.name)
    body = RegisteredUpdate(tags={request.key: request.value})
    versions.update(ctx, name, _number(name, request.version), body)
    return _NOTHING


@endpoint("DELETE", "/model-versions/delete-tag", VersionTag, Permission.WRITE, resource=_KIND)
def delete_version_tag(ctx: Ctx, request: VersionTag) -> Any:
    """Remove a tag of a version; fine when there is none."""
    name = rules.name(request.name)
    versions.update(ctx, name, _number(name, request.version), RegisteredUpdate(tags={request.key: None}))
    return _NOTHING


@direct(
    "GET",
    "/model-versions/get-artifact",
    Permission.READ,
    prefixes=("", "/ajax-api/2.0/mlflow"),
    resource=_KIND,
)
def get_artifact(ctx: Ctx, request: Request) -> Response:
    """A file of a version, for a browser to save."""
    given = request.query_params
    name, number, path = (given.get(key, "") for key in ("name", "version", "path"))
    for key, value in (("name", name), ("version", number), ("path", path)):
        if not value:
            raise missing(key)
        if "\0" in value:
            raise Invalid("Invalid path: it holds a NUL character", where=key)
    row = versions.row_of(ctx, rules.name(name), _number(name, number))
    owner, place = files.spot(ctx, row, path)
    return send(ctx, request, owner, place, path)


def model(item: RegisteredModel) -> dict[str, Any]:
    """A RegisteredModel message."""
    message: dict[str, Any] = {
        "name": item.name,
        "creation_timestamp": item.created_ms,
        "last_updated_timestamp": item.updated_ms,
    }
    if item.user:
        message["user_id"] = item.user
    if item.description:
        message["description"] = item.description
    if item.latest:
        message["latest_versions"] = [version(found, aliases=False) for found in item.latest]
    if item.tags:
        message["tags"] = encode.pairs(item.tags)
    if item.aliases:
        message["aliases"] = [{"alias": name, "version": str(number)} for name, number in item.aliases.items()]
    return message


def version(item: ModelVersion, *, aliases: bool = True) -> dict[str, Any]:
    """A ModelVersion message. Lists leave out aliases, as upstream's do."""
    message: dict[str, Any] = {
        "name": item.name,
        "version": str(item.version),
        "creation_timestamp": item.created_ms,
        "last_updated_timestamp": item.updated_ms,
        "current_stage": item.stage.value,
        "description": item.description,
        "source": item.source,
        "run_id": item.run_id,
        "status": item.status,
        "run_link": item.run_link,
    }
    if item.user:
        message["user_id"] = item.user
    if item.status_message:
        message["status_message"] = item.status_message
    if item.tags:
        message["tags"] = encode.pairs(item.tags)
    if item.aliases and aliases:
        message["aliases"] = item.aliases
    return message


def _version(ctx: Ctx, name: str, text: str) -> ModelVersion:
    name = rules.name(name)
    return versions.get(ctx, name, _number(name, text), facts=False)


def _number(name: str, text: str) -> int:
    """The number of a version; numbers that no version has are not found rather than wrong."""
    if text.strip().removeprefix("-").isdecimal() and (text.strip().startswith("-") or len(text.strip()) > 18):
        raise NotFound(f"Model Version (name={name}, version={text[:80]}) not found", where="version")
    return rules.number(text)


def _tags(items: list[Tag]) -> dict[str, str]:
    for place, item in enumerate(items):
        rules.tag_key(item.key, f"tags[{place}].key")
    return {item.key: item.value for item in items}
