"""Registered models of a server: names, versions, aliases with their history, stages, comparison, files.

    version = mw.register_model("runs:/<run id>/model", "flight-delay", aliases=["challenger"])
    mw.set_alias("flight-delay", "champion", version.version)
    mw.rollback("flight-delay", "champion")

Knows the native routes. Refuses to load a model: that is `mw.load_model`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelwright.sdk.transport import Transport, path, segment
from modelwright.types.errors import Conflict, Invalid
from modelwright.types.page import Page, Search
from modelwright.types.registry import (
    AliasSet,
    Comparison,
    Expected,
    ModelVersion,
    Move,
    RegisteredModel,
    RegisteredModelCreate,
    RegisteredUpdate,
    Rename,
    Stage,
    StageSet,
    VersionCreate,
)
from modelwright.types.tracking import Artifact

if TYPE_CHECKING:
    from modelwright.sdk.client import Client

_ROOT = "/api/v1/registered-models"
_PAGE = 200


def reference(text: str) -> tuple[str, str]:
    """(name, version) of `models:/name/3`, `name/3`, `name@alias` or `name` (its latest); an alias keeps its `@`.

    Raises:
        Invalid: it names none.
    """
    plain = text.removeprefix("models:/")
    name, slash, version = plain.partition("/")
    if slash and name and version and "/" not in version:
        return name, version
    name, at, alias = plain.rpartition("@")
    if at and name and alias and not slash:
        return name, f"@{alias}"
    if plain and not slash and not at:
        return plain, "latest"
    raise Invalid(f"{text!r} names no version of a model", hint="write name/3 or name@alias")


class Registry:
    """Registered models and their versions. Every method raises `types.errors` kinds."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def search(
        self, where: str = "", *, order_by: Sequence[str] = (), limit: int | None = None
    ) -> Iterator[RegisteredModel]:
        """Registered models that match, in pages."""
        from modelwright.sdk.client import pages

        search = Search(filter=where, order_by=list(order_by), max_results=_PAGE)
        return pages(self._http, RegisteredModel, f"{_ROOT}:search", search, limit=limit)

    def search_versions(
        self, where: str = "", *, order_by: Sequence[str] = (), limit: int | None = None
    ) -> Iterator[ModelVersion]:
        """Versions of all models that match, in pages; without their facts."""
        from modelwright.sdk.client import pages

        search = Search(filter=where, order_by=list(order_by), max_results=_PAGE)
        return pages(self._http, ModelVersion, "/api/v1/model-versions:search", search, limit=limit)

    def get(self, name: str) -> RegisteredModel:
        """One model."""
        return self._http.call(RegisteredModel, "GET", _path(name))

    def create(
        self, name: str, *, description: str = "", tags: Mapping[str, str] | None = None, exist_ok: bool = False
    ) -> RegisteredModel:
        """A new name."""
        body = RegisteredModelCreate(name=name, description=description, tags=dict(tags or {}), exist_ok=exist_ok)
        return self._http.call(RegisteredModel, "POST", _ROOT, body)

    def update(
        self, name: str, *, description: str | None = None, tags: Mapping[str, str | None] | None = None
    ) -> RegisteredModel:
        """Change the description (Markdown) and tags; None removes a tag."""
        body = RegisteredUpdate(description=description, tags=dict(tags or {}))
        return self._http.call(RegisteredModel, "PATCH", _path(name), body)

    def rename(self, name: str, new: str) -> RegisteredModel:
        """Give it another name, which its versions follow."""
        return self._http.call(RegisteredModel, "POST", _path(name, ":rename"), Rename(name=new))

    def delete(self, name: str) -> None:
        """Remove it with its versions."""
        self._http.call(type(None), "DELETE", _path(name))

    def register(
        self,
        source: str,
        name: str,
        *,
        aliases: Sequence[str] = (),
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> ModelVersion:
        """A new version; see `register_model`."""
        body = VersionCreate(source=source, description=description, tags=dict(tags or {}), aliases=list(aliases))
        return self._http.call(ModelVersion, "POST", _path(name, "/versions"), body)

    def version(self, reference_or_name: str, version: int | str | None = None) -> ModelVersion:
        """One version, as `("name", 3)`, `"name/3"`, `"models:/name@alias"` or `"name"` for its latest."""
        name, found = reference(reference_or_name) if version is None else (reference_or_name, str(version))
        if found.startswith("@"):
            found = str(self._http.call(ModelVersion, "GET", _path(name, f"/aliases/{segment(found[1:])}")).version)
        return self._http.call(ModelVersion, "GET", _path(name, f"/versions/{segment(found)}"))

    def update_version(
        self,
        name: str,
        version: int,
        *,
        description: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> ModelVersion:
        """Change the description (Markdown) and tags of a version."""
        body = RegisteredUpdate(description=description, tags=dict(tags or {}))
        return self._http.call(ModelVersion, "PATCH", _path(name, f"/versions/{version}"), body)

    def delete_version(self, name: str, version: int) -> None:
        """Delete a version; its number stays taken."""
        self._http.call(type(None), "DELETE", _path(name, f"/versions/{version}"))

    def set_alias(self, name: str, alias: str, version: int, *, expected: int | None = None) -> ModelVersion:
        """Let an alias mean a version.

        With `expected`, only if it means that one now (0: none); else `Conflict`. Safe to repeat.
        """
        body = AliasSet(version=version, expected=expected)
        return self._http.call(ModelVersion, "PUT", _path(name, f"/aliases/{segment(alias)}"), body, tries=3)

    def delete_alias(self, name: str, alias: str) -> None:
        """Let an alias mean nothing."""
        self._http.call(type(None), "DELETE", _path(name, f"/aliases/{segment(alias)}"), tries=3)

    def rollback(self, name: str, alias: str, *, expected: int | None = None) -> ModelVersion:
        """Let an alias mean the version that it meant before; once more goes back once more."""
        target = _path(name, f"/aliases/{segment(alias)}:rollback")
        return self._http.call(ModelVersion, "POST", target, Expected(expected=expected))

    def history(self, name: str, alias: str = "") -> list[Move]:
        """Every move of aliases and stages, or of one alias, the newest first."""
        return self._http.call(Page[Move], "GET", _path(name, "/history"), query={"alias": alias or None}).items

    def set_stage(self, name: str, version: int, stage: Stage | str, *, archive: bool = False) -> ModelVersion:
        """Move a version to a stage; `archive` moves those that are there to Archived."""
        try:
            wanted = Stage(str(stage).capitalize())
        except ValueError:
            raise Invalid(f"{stage!r} is no stage", hint=f"there are {', '.join(Stage)}") from None
        body = StageSet(stage=wanted, archive=archive)
        return self._http.call(ModelVersion, "POST", _path(name, f"/versions/{version}:stage"), body, tries=3)

    def compare(self, a: str, b: str) -> Comparison:
        """Two versions (`name/3`, `name@alias`) side by side."""
        query = {"a": _pair(a), "b": _pair(b)}
        return self._http.call(Comparison, "GET", f"{_ROOT}:compare", query=query)

    def files(self, name: str, version: int, directory: str = "") -> list[Artifact]:
        """What lies directly in a directory of a version."""
        target = _path(name, f"/versions/{version}/files")
        return self._http.call(Page[Artifact], "GET", target, query={"path": directory or None}).items

    def read(self, name: str, version: int, file: str) -> bytes:
        """The content of one file of a version."""
        return self._http.request("GET", _path(name, f"/versions/{version}/files/{path(file)}")).data

    def download(self, reference_or_name: str, folder: Path | str) -> Path:
        """Copy all files of a version (`name/3`, `name@alias`) into a folder; returns the folder.

        Raises:
            Conflict: a file of the version would lie outside of the folder.
        """
        found = self.version(reference_or_name)
        root = Path(folder).resolve()
        pending = [""]
        while pending:
            for entry in self.files(found.name, found.version, pending.pop()):
                if entry.is_dir:
                    pending.append(entry.path)
                    continue
                place = (root / entry.path).resolve()
                if not place.is_relative_to(root):
                    raise Conflict(f"{entry.path!r} would lie outside of the folder", where="path")
                place.parent.mkdir(parents=True, exist_ok=True)
                response = self._http.open(
                    "GET", _path(found.name, f"/versions/{found.version}/files/{path(entry.path)}"), timeout_s=600
                )
                with place.open("wb") as file:
                    for chunk in self._http.chunks(response):
                        file.write(chunk)
        return root


def _path(name: str, tail: str = "") -> str:
    return f"{_ROOT}/{segment(name)}{tail}"


def _pair(text: str) -> str:
    name, version = reference(text)
    return f"{name}{version}" if version.startswith("@") else f"{name}/{version}"


def client() -> Client:
    """The server that the open run logs to, else the one of the environment or the login."""
    from modelwright.sdk.client import Client
    from modelwright.sdk.session import current_run

    run = current_run()
    if run is not None and run.options.url:
        return Client(run.options.url, run.options.token, workspace=run.options.workspace)
    return Client()


def register_model(
    model: Any,
    name: str,
    *,
    aliases: Sequence[str] = (),
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> ModelVersion:
    """Make a version of a registered model, which is made when it is missing. The files are kept as they are now.

    Args:
        model: where the files are: `runs:/<run id>/<path>`, `models:/m-<id>`, `models:/<name>/<version>`, a place in an
            object store, a logged model, or a run, whose artifacts at `model` are taken.
        name: the registered model.
        aliases: set to the new version in the same step.

    Raises:
        NotFound: there are no files. Invalid: not a place that may be used.
    """
    with client() as found:
        return found.registry.register(source_of(model), name, aliases=aliases, description=description, tags=tags)


def source_of(model: Any) -> str:
    """The URI of what can be registered. Raises `Invalid`."""
    if isinstance(model, str):
        return f"models:/{model}" if model.startswith("m-") else model
    found = getattr(model, "id", None)
    if isinstance(found, str) and found:
        return f"models:/{found}" if found.startswith("m-") else f"runs:/{found}/model"
    raise Invalid(
        f"a {type(model).__name__} cannot be registered",
        hint="give a URI such as runs:/<run id>/model, or a logged model",
    )


def set_alias(name: str, alias: str, version: int, *, expected: int | None = None) -> ModelVersion:
    """Let an alias of a registered model mean a version; with `expected`, only if it means that one now (0: none)."""
    with client() as found:
        return found.registry.set_alias(name, alias, version, expected=expected)


def rollback(name: str, alias: str) -> ModelVersion:
    """Let an alias of a registered model mean the version that it meant before."""
    with client() as found:
        return found.registry.rollback(name, alias)
