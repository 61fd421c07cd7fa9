"""Prompts over the MLflow wire: registered models with magic tags, in the same store as our own prompts.

Knows which requests are about prompts. What a prompt is, the room decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from modelwright.domains.registry.service import prompts
from modelwright.kit import filters
from modelwright.kit.context import Ctx
from modelwright.kit.filters import Clause, Node, Operator
from modelwright.protocols.mlflow.registry_shapes import CreateVersion
from modelwright.types.registry import Kind, ModelVersion, VersionCreate

IS_PROMPT = "mlflow.prompt.is_prompt"


def asked(tags: Mapping[str, str]) -> bool:
    """Whether the tags of a request say that it is about a prompt: of one key the last counts, and only `true` does."""
    return tags.get(IS_PROMPT, "false").lower() == "true"


def create_version(ctx: Ctx, request: CreateVersion, tags: dict[str, str]) -> ModelVersion:
    """A new version of a prompt; its source must be one of the placeholders. Raises `Invalid`, `NotFound`."""
    body = VersionCreate(
        source=request.source,
        description=request.description,
        tags=tags,
        run_id=request.run_id,
        run_link=request.run_link,
    )
    return prompts.add(ctx, request.name, body)


def searched(text: str) -> tuple[Kind, str]:
    """What a search is about, prompts or models, and its filter without the clause that says so.

    Prompts are found only with `tags.mlflow.prompt.is_prompt = 'true'` (or `!= 'false'`); the first such clause counts.
    """
    if IS_PROMPT not in text:
        return Kind.MODEL, text
    kind: Kind | None = None
    rest: list[Node] = []
    for node in filters.conjuncts(filters.parse(text)):
        if _says(node):
            if kind is None:
                kind = Kind.PROMPT if _wants_prompts(node) else Kind.MODEL
        else:
            rest.append(node)
    return kind or Kind.MODEL, " AND ".join(f"({node})" for node in rest)


def _says(node: Node) -> bool:
    return (
        isinstance(node, Clause)
        and node.name.prefix.lower() in ("tag", "tags")
        and node.name.key == IS_PROMPT
        and node.operator in (Operator.EQ, Operator.NE)
    )


def _wants_prompts(node: Node) -> bool:
    assert isinstance(node, Clause)
    value = str(node.values[0].value).lower()
    return value == ("true" if node.operator is Operator.EQ else "false")
