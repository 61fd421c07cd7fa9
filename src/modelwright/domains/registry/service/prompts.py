"""The verbs of prompts. They are registered names like models; what they say is written when a version is made."""

from __future__ import annotations

from modelwright.domains.registry.queries import lists, versions
from modelwright.domains.registry.queries import names as name_queries
from modelwright.domains.registry.rules import names as rules
from modelwright.domains.registry.rules import prompts as texts
from modelwright.domains.registry.rules import sources
from modelwright.domains.registry.service import names, news, search
from modelwright.domains.registry.service import versions as service
from modelwright.domains.registry.service.found import Found
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.page import Page, Search
from modelwright.types.registry import (
    Kind,
    ModelVersion,
    Prompt,
    PromptCreate,
    PromptDiff,
    PromptVersion,
    RegisteredModel,
    VersionCreate,
)

_PLACEHOLDER = "prompt-template"


def register(ctx: Ctx, name: str, body: PromptCreate) -> PromptVersion:
    """A new version of a prompt, which is made when it is missing.

    Raises:
        Invalid: a bad name, template or tag, or the name is a model's.
    """
    rules.name(name, Kind.PROMPT)
    tags = texts.tags(body)
    create = VersionCreate(
        source=_PLACEHOLDER,
        description=body.message,
        tags=tags,
        aliases=body.aliases,
        number=body.number,
        created_ms=body.created_ms,
    )
    return version_of(add(ctx, name, create, make=True))


def add(ctx: Ctx, name: str, body: VersionCreate, *, make: bool = False) -> ModelVersion:
    """A new version from tags, as MLflow's clients send them; `make` makes the prompt when it is missing.

    Raises:
        Invalid: the source is no placeholder, the tags do not say that it is a prompt, or the name is a model's.
        NotFound: no such prompt.
    """
    rules.name(name, Kind.PROMPT if make else Kind.MODEL)
    rules.tags(body.tags)
    rules.text(body.description, "description", rules.DESCRIPTION)
    rules.wanted(body.number)
    for alias in body.aliases:
        rules.alias(alias)
    if body.source not in sources.PLACEHOLDERS:
        raise Invalid(
            f"Invalid prompt source: '{body.source[:300]}'. Prompt sources must use an MLflow placeholder.",
            where="source",
        )
    if rules.kind_of(body.tags) is not Kind.PROMPT:
        raise Invalid(f"a version of a prompt carries the tag {rules.IS_PROMPT}", where="tags")

    def work(tx: Tx) -> ModelVersion:
        row = name_queries.find(tx, ctx.workspace, name, lock=True)
        if row is None:
            ctx.require(Permission.WRITE, news.resource(Kind.PROMPT, name))
            row = names.make(ctx, tx, name, Kind.PROMPT) if make else None
            row = row or name_queries.locate(tx, ctx.workspace, name, lock=True)
        ctx.require(Permission.WRITE, news.resource(row.kind, name))
        if not row.prompt:
            raise Invalid(f"{name!r} is a model: its versions have files and are no prompts", where="name")
        found = Found(body.source, "", "", body.source, body.run_id, "")
        made = service.insert(ctx, tx, row, body, found, None)
        return service.announce(ctx, tx, row, made, body.aliases)

    return ctx.db.submit(work, key=names.key(ctx, name)).result()


def get(ctx: Ctx, name: str) -> Prompt:
    """A prompt with its newest version. Raises `NotFound`."""
    return _prompt(names.get(ctx, name, Kind.PROMPT))


def load(ctx: Ctx, name: str, text: str = "latest") -> PromptVersion:
    """A version by number (`3`), by alias (`@prod`), or the `latest`. Raises `NotFound`, `Invalid`."""
    return version_of(service.find(ctx, name, text, kind=Kind.PROMPT))


def find(ctx: Ctx, request: Search) -> Page[Prompt]:
    """A page of prompts, by name unless the request orders them. Raises `Invalid`."""
    page = search.models(ctx, request, Kind.PROMPT)
    return Page([_prompt(item) for item in page.items], page.next_page)


def list_versions(ctx: Ctx, name: str) -> list[PromptVersion]:
    """All versions of a prompt, the newest first; at most 10,000. Raises `NotFound`."""
    with ctx.db.read() as tx:
        row = names.located(tx, ctx, name, Permission.READ, kind=Kind.PROMPT)
        request = Search(filter=f"name = '{row.name}'", order_by=["version DESC"], max_results=10_000)
        rows, _ = lists.found_versions(tx, ctx.workspace, request, Kind.PROMPT)
        return [version_of(item) for item in versions.assemble(tx, rows)]


def diff(ctx: Ctx, name: str, a: str, b: str) -> PromptDiff:
    """What differs between two versions. Raises `NotFound`, `Invalid`."""
    return texts.difference(load(ctx, name, a), load(ctx, name, b))


def version_of(item: ModelVersion) -> PromptVersion:
    """A version as a prompt."""
    kind, template, response_format, config = texts.contents(item.tags)
    return PromptVersion(
        name=item.name,
        version=item.version,
        kind=kind,
        template=template,
        variables=texts.variables(template),
        response_format=response_format,
        config=config,
        message=item.description,
        user=item.user,
        created_ms=item.created_ms,
        updated_ms=item.updated_ms,
        aliases=item.aliases,
        tags=texts.shown(item.tags),
    )


def _prompt(item: RegisteredModel) -> Prompt:
    # Prompts have no stages on our side; of those that MLflow's clients staged, the highest number is the newest.
    newest = max(item.latest, key=lambda version: version.version, default=None)
    return Prompt(
        name=item.name,
        description=item.description,
        user=item.user,
        created_ms=item.created_ms,
        updated_ms=item.updated_ms,
        tags=texts.shown(item.tags),
        aliases=item.aliases,
        latest=version_of(newest) if newest else None,
        versions=item.versions,
    )
