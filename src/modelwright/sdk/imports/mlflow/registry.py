"""Registered models and prompts of an MLflow store: read from a server or a file, and written with their numbers.

Versions come after the runs and logged models that they were made of; their sources are named by those. A version that
is here already is left as it is; an alias that means something else here was moved by someone, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from modelwright.sdk.client import Client
from modelwright.sdk.imports.mlflow.report import HERE, Report
from modelwright.sdk.transport import segment
from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.registry import Message, ModelVersion, PromptCreate, PromptVersion, VersionCreate

_IS_PROMPT, _TEXT, _TYPE = "mlflow.prompt.is_prompt", "mlflow.prompt.text", "_mlflow_prompt_type"
_FORMAT, _CONFIG = "_mlflow_prompt_response_format", "_mlflow_prompt_model_config"
_MAGIC = {_IS_PROMPT, _TEXT, _TYPE, _FORMAT, _CONFIG}
_MODEL = re.compile(r"(?:^models:/|/models/)(m-[0-9a-f]{32})(?:$|/artifacts(?:/|$))")
_ROOT = "/api/v1/registered-models"
EDITED = "edited here since"


class SourceVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version as the source has it."""

    version: int
    source: str
    run_id: str = ""
    run_link: str = ""
    description: str = ""
    stage: str = "None"
    created_ms: int = 0
    tags: dict[str, str] = {}


class SourceModel(msgspec.Struct, frozen=True, kw_only=True):
    """A registered model or prompt as the source has it; versions in the order of their numbers."""

    name: str
    description: str = ""
    tags: dict[str, str] = {}
    aliases: dict[str, int] = {}
    versions: list[SourceVersion] = []

    @property
    def is_prompt(self) -> bool:
        """Whether it names prompts."""
        return self.tags.get(_IS_PROMPT, "").lower() == "true"


def pairs(items: list[dict[str, Any]] | None) -> dict[str, str]:
    """Tags of a message."""
    return {item["key"]: item.get("value") or "" for item in items or []}


def from_messages(model: dict[str, Any], versions: Iterator[dict[str, Any]]) -> SourceModel:
    """A model from MLflow's messages."""
    found = [
        SourceVersion(
            version=int(item["version"]),
            source=item.get("source", ""),
            run_id=item.get("run_id", ""),
            run_link=item.get("run_link", ""),
            description=item.get("description", ""),
            stage=item.get("current_stage") or "None",
            created_ms=int(item.get("creation_timestamp", 0)),
            tags=pairs(item.get("tags")),
        )
        for item in versions
    ]
    return SourceModel(
        name=model["name"],
        description=model.get("description", ""),
        tags=pairs(model.get("tags")),
        aliases={item["alias"]: int(item["version"]) for item in model.get("aliases", [])},
        versions=sorted(found, key=lambda item: item.version),
    )


class Copier:
    """Writes registered models and prompts to a server."""

    def __init__(self, client: Client, report: Report, progress: Callable[[str, str], None]) -> None:
        self.client = client
        self.report = report
        self.progress = progress

    def all(self, models: Iterator[SourceModel]) -> None:
        """Copy them. Versions that are copies of others come when those are there; aliases come last."""
        known = sorted(models, key=_copies)
        for model in known:
            self.model(model)
            self.progress("model", model.name)
        for model in known:
            self.aliases(model)

    def model(self, model: SourceModel) -> None:
        """One name with its versions."""
        kind = "prompts" if model.is_prompt else "registered models"
        here = self.here(model)
        if here is None:
            try:
                self.client.registry.create(model.name, description=model.description, tags=model.tags)
            except (Invalid, Conflict) as error:
                self.report.skip(kind, error.message[:100])
                return
            self.report.store(kind)
        else:
            self.report.skip(kind, HERE)
        present = {item.version for item in self.versions(model)}
        for version in model.versions:
            if version.version in present:
                self.report.skip("versions", HERE)
                continue
            try:
                self.prompt(model, version) if model.is_prompt else self.version(model, version)
            except (Invalid, NotFound, Conflict) as error:
                self.report.skip("versions", error.message.partition("'")[0].strip(" .:")[:100] or error.kind)
                continue
            self.report.store("versions")

    def here(self, model: SourceModel) -> object | None:
        """The same name in the target, if it is there."""
        try:
            return (self.client.prompts if model.is_prompt else self.client.registry).get(model.name)
        except NotFound:
            return None

    def versions(self, model: SourceModel) -> list[ModelVersion] | list[PromptVersion]:
        """What the target has of it."""
        try:
            if model.is_prompt:
                return self.client.prompts.versions(model.name)
            if "'" in model.name:
                return [item for item in self.client.registry.search_versions() if item.name == model.name]
            return list(self.client.registry.search_versions(f"name = '{model.name}'"))
        except NotFound:
            return []

    def version(self, model: SourceModel, version: SourceVersion) -> None:
        """One version of a model."""
        body = VersionCreate(
            source=source_here(version),
            description=version.description,
            tags=version.tags,
            run_link=version.run_link,
            number=version.version,
            created_ms=version.created_ms or None,
        )
        http = self.client.transport
        http.call(ModelVersion, "POST", f"{_ROOT}/{segment(model.name)}/versions", body)
        if version.stage not in ("", "None"):
            self.client.registry.set_stage(model.name, version.version, version.stage)

    def prompt(self, model: SourceModel, version: SourceVersion) -> None:
        """One version of a prompt."""
        text = version.tags.get(_TEXT, "")
        template: str | list[Message] = text
        if version.tags.get(_TYPE) == "chat":
            try:
                template = msgspec.json.decode(text, type=list[Message])
            except msgspec.MsgspecError:
                raise Invalid("a chat prompt is not readable") from None
        body = PromptCreate(
            template=template,
            message=version.description,
            tags={key: value for key, value in version.tags.items() if key not in _MAGIC},
            response_format=_object(version.tags.get(_FORMAT)),
            config=_object(version.tags.get(_CONFIG)),
            number=version.version,
            created_ms=version.created_ms or None,
        )
        self.client.prompts.register(model.name, body)

    def aliases(self, model: SourceModel) -> None:
        """Its aliases, where nobody has moved them."""
        side = self.client.prompts if model.is_prompt else self.client.registry
        try:
            present = side.get(model.name).aliases
        except NotFound:
            return
        for alias, version in model.aliases.items():
            if alias in present:
                self.report.skip("aliases", HERE if present[alias] == version else EDITED)
                continue
            try:
                side.set_alias(model.name, alias, version, expected=0)
            except (Invalid, NotFound, Conflict):
                self.report.skip("aliases", "their version is not here")
                continue
            self.report.store("aliases")


def source_here(version: SourceVersion) -> str:
    """Where the files of a version are in the target: with its logged model, its run, or where they were."""
    found = _MODEL.search(version.source)
    if found:
        return f"models:/{found[1]}"
    if version.run_id:
        _, mark, rest = version.source.partition(f"{version.run_id}/artifacts/")
        if mark and rest:
            return f"runs:/{version.run_id}/{rest}"
    return version.source


def _copies(model: SourceModel) -> bool:
    """Whether it has versions that were copied from others."""
    return any(item.source.startswith("models:/") and not _MODEL.search(item.source) for item in model.versions)


def _object(text: str | None) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError:
        return None

