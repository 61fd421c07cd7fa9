"""Prompts: which templates there can be, their variables, and the tags that stand for them on MLflow's wire."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from modelwright.types.errors import Invalid
from modelwright.types.registry import Change, Message, PromptCreate, PromptDiff, PromptKind, PromptVersion

TEXT, KIND = "mlflow.prompt.text", "_mlflow_prompt_type"
FORMAT, CONFIG = "_mlflow_prompt_response_format", "_mlflow_prompt_model_config"
IS_PROMPT = "mlflow.prompt.is_prompt"
MAGIC = frozenset({TEXT, KIND, FORMAT, CONFIG, IS_PROMPT})
"""Tags that are fields of a prompt here."""

LONGEST = 100_000
_VARIABLE = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z_][a-zA-Z0-9_]*)*)\s*\}\}")


def variables(template: str | Sequence[Message]) -> list[str]:
    """The variables of a template, in the order of their first use."""
    text = template if isinstance(template, str) else json.dumps([_plain(item) for item in template])
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def tags(body: PromptCreate) -> dict[str, str]:
    """A prompt as the tags of a version.

    Raises:
        Invalid: an empty template, over 100,000 characters, or a message without a role.
    """
    if not body.template:
        raise Invalid("the template is empty", where="template")
    if isinstance(body.template, str):
        text, kind = body.template, PromptKind.TEXT
    else:
        for place, message in enumerate(body.template):
            if not message.role.strip():
                where = f"template[{place}].role"
                raise Invalid("a message needs a role, such as system, user or assistant", where=where)
        text, kind = json.dumps([_plain(item) for item in body.template], ensure_ascii=False), PromptKind.CHAT
    if len(text) > LONGEST:
        raise Invalid(f"Prompt text exceeds max length of {LONGEST} characters.", where="template")
    clash = MAGIC & set(body.tags)
    if clash:
        raise Invalid(f"the tag {min(clash)} is written by the server", where="tags")
    found = {**body.tags, IS_PROMPT: "true", TEXT: text, KIND: kind.value}
    if body.response_format is not None:
        found[FORMAT] = json.dumps(body.response_format)
    if body.config is not None:
        found[CONFIG] = json.dumps(body.config)
    return found


def contents(values: Mapping[str, str]) -> tuple[PromptKind, str | list[Message], dict[str, Any] | None, Any]:
    """(kind, template, response format, config) from the tags of a version; what is not JSON is shown as text."""
    text = values.get(TEXT, "")
    kind = PromptKind.CHAT if values.get(KIND) == PromptKind.CHAT else PromptKind.TEXT
    template: str | list[Message] = text
    if kind is PromptKind.CHAT:
        try:
            template = msgspec.json.decode(text, type=list[Message])
        except msgspec.MsgspecError:
            kind = PromptKind.TEXT
    return kind, template, _object(values.get(FORMAT)), _object(values.get(CONFIG))


def shown(values: Mapping[str, str]) -> dict[str, str]:
    """The tags that are no fields."""
    return {key: value for key, value in values.items() if key not in MAGIC}


def difference(a: PromptVersion, b: PromptVersion) -> PromptDiff:
    """What differs from `a` to `b`."""
    lines = difflib.unified_diff(
        _lines(a), _lines(b), f"{a.name}/{a.version}", f"{b.name}/{b.version}", lineterm="", n=3
    )
    changes = [
        Change(key=key, a=left, b=right)
        for key, left, right in (
            ("kind", a.kind.value, b.kind.value),
            ("variables", a.variables, b.variables),
            ("response_format", a.response_format, b.response_format),
            ("config", a.config, b.config),
            ("tags", a.tags, b.tags),
        )
        if left != right
    ]
    return PromptDiff(a=a, b=b, text="\n".join(lines), changes=changes)


def _lines(prompt: PromptVersion) -> list[str]:
    if isinstance(prompt.template, str):
        return prompt.template.splitlines()
    out: list[str] = []
    for message in prompt.template:
        out.append(f"[{message.role}]")
        content = message.content
        out += content.splitlines() if isinstance(content, str) else json.dumps(content, indent=1).splitlines()
    return out


def _plain(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": message.content}


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else {"value": found}
