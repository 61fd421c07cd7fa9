"""Prompts of a server: registered as versions, loaded by number or alias, filled in.

    mw.register_prompt("greeting", "Hello {{ name }}!", aliases=["prod"])
    text = mw.load_prompt("prompts:/greeting@prod").format(name="Ada")

A loaded prompt is kept for 60 s (a version by its number for good: it never changes), and when the server is away what
was loaded last goes on being used. Knows templates and the native routes.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from modelwright.sdk.transport import Transport, segment
from modelwright.types.errors import Invalid, Unavailable
from modelwright.types.page import Page, Search
from modelwright.types.registry import (
    AliasSet,
    Expected,
    Message,
    Move,
    Prompt,
    PromptCreate,
    PromptDiff,
    PromptVersion,
    RegisteredUpdate,
)

CACHE_S = 60.0
"""How long a prompt that an alias named is used without asking again."""

_ROOT = "/api/v1/prompts"
_VARIABLE = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z_][a-zA-Z0-9_]*)*)\s*\}\}")
_PAGE = 200
_MOST = 10_000

_lock = threading.Lock()
_kept: dict[tuple[str, str, str, str], tuple[float, LoadedPrompt]] = {}


class LoadedPrompt(msgspec.Struct, frozen=True):
    """A version of a prompt, ready to be filled in. Its fields are those of `version`."""

    version_info: PromptVersion

    @property
    def name(self) -> str:
        """Of the prompt."""
        return self.version_info.name

    @property
    def version(self) -> int:
        """Its number."""
        return self.version_info.version

    @property
    def template(self) -> str | list[Message]:
        """A text, or the messages of a chat, with `{{ name }}` where values go."""
        return self.version_info.template

    @property
    def variables(self) -> list[str]:
        """What `format` needs."""
        return self.version_info.variables

    @property
    def config(self) -> dict[str, Any]:
        """Settings of the model that it is for: `model`, `temperature` …"""
        return dict(self.version_info.config or {})

    @property
    def response_format(self) -> dict[str, Any] | None:
        """The JSON schema of the answer."""
        return self.version_info.response_format

    @property
    def uri(self) -> str:
        """`prompts:/name/version`."""
        return f"prompts:/{self.name}/{self.version}"

    def format(self, **values: Any) -> Any:
        """The template with values: a text, or a list of messages as dicts. `{{ user.name }}` is `user={"name": …}`.

        Raises:
            Invalid: a value is missing, or one has no place; the message names them.
        """
        given = set(values)
        needed = {name.partition(".")[0] for name in self.variables}
        if given != needed:
            missing, unknown = sorted(needed - given), sorted(given - needed)
            parts = [f"needs {', '.join(missing)}"] if missing else []
            parts += [f"has no place for {', '.join(unknown)}"] if unknown else []
            raise Invalid(f"{self.uri} {' and '.join(parts)}", where="values", hint=f"it takes {', '.join(needed)}")
        if isinstance(self.template, str):
            return _filled(self.template, values, self.uri)
        return [
            {"role": item.role, "content": _filled_content(item.content, values, self.uri)} for item in self.template
        ]


def _filled_content(content: Any, values: Mapping[str, Any], uri: str) -> Any:
    if isinstance(content, str):
        return _filled(content, values, uri)
    if isinstance(content, list):
        parts: list[Any] = content
        return [_filled_content(part, values, uri) for part in parts]
    if isinstance(content, dict):
        fields: dict[str, Any] = content
        return {key: _filled_content(part, values, uri) for key, part in fields.items()}
    return content


def _filled(text: str, values: Mapping[str, Any], uri: str) -> str:
    def value(match: re.Match[str]) -> str:
        found: Any = values
        for part in match[1].split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise Invalid(f"{uri} needs {match[1]}", where="values", hint=f"there is no {part!r} in what was given")
            found = found[part]  # pyright: ignore[reportUnknownVariableType]
        return str(found)  # pyright: ignore[reportUnknownArgumentType]

    return _VARIABLE.sub(value, text)


def reference(text: str) -> tuple[str, str]:
    """(name, version) of `prompts:/name/3`, `name/3`, `name@alias` or `name` (its latest); an alias keeps its `@`.

    Raises:
        Invalid: it names none.
    """
    plain = text.removeprefix("prompts:/")
    name, slash, version = plain.partition("/")
    if slash:
        if name and version and "/" not in version:
            return name, version
        raise Invalid(f"{text!r} names no version of a prompt", hint="write prompts:/name/3 or prompts:/name@alias")
    name, at, alias = plain.partition("@")
    if not name or (at and not alias):
        raise Invalid(f"{text!r} names no prompt", hint="write prompts:/name/3 or prompts:/name@alias")
    return name, f"@{alias}" if at else "latest"


class Prompts:
    """Prompts and their versions. Every method raises `types.errors` kinds."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def search(self, where: str = "", *, order_by: Sequence[str] = (), limit: int | None = None) -> Iterator[Prompt]:
        """Prompts that match, in pages."""
        from modelwright.sdk.client import pages

        search = Search(filter=where, order_by=list(order_by), max_results=_PAGE)
        return pages(self._http, Prompt, f"{_ROOT}:search", search, limit=limit)

    def get(self, name: str) -> Prompt:
        """One prompt with its newest version."""
        return self._http.call(Prompt, "GET", _path(name))

    def update(
        self, name: str, *, description: str | None = None, tags: Mapping[str, str | None] | None = None
    ) -> Prompt:
        """Change the description (Markdown) and tags; None removes a tag."""
        body = RegisteredUpdate(description=description, tags=dict(tags or {}))
        return self._http.call(Prompt, "PATCH", _path(name), body)

    def delete(self, name: str) -> None:
        """Remove it with its versions."""
        self._http.call(type(None), "DELETE", _path(name))

    def register(self, name: str, body: PromptCreate) -> PromptVersion:
        """A new version; see `register_prompt`."""
        return self._http.call(PromptVersion, "POST", _path(name, "/versions"), body)

    def version(self, name: str, version: int | str = "latest") -> PromptVersion:
        """One version: a number, `@alias` or `latest`."""
        text = str(version)
        tail = f"/aliases/{segment(text[1:])}" if text.startswith("@") else f"/versions/{segment(text)}"
        return self._http.call(PromptVersion, "GET", _path(name, tail))

    def versions(self, name: str) -> list[PromptVersion]:
        """All versions, the newest first."""
        return self._http.call(Page[PromptVersion], "GET", _path(name, "/versions")).items

    def diff(self, name: str, a: int | str, b: int | str) -> PromptDiff:
        """What differs between two versions."""
        return self._http.call(PromptDiff, "GET", _path(name, ":diff"), query={"a": str(a), "b": str(b)})

    def set_alias(self, name: str, alias: str, version: int, *, expected: int | None = None) -> PromptVersion:
        """Let an alias mean a version; with `expected`, only if it means that one now (0: none)."""
        body = AliasSet(version=version, expected=expected)
        return self._http.call(PromptVersion, "PUT", _path(name, f"/aliases/{segment(alias)}"), body, tries=3)

    def delete_alias(self, name: str, alias: str) -> None:
        """Let an alias mean nothing."""
        self._http.call(type(None), "DELETE", _path(name, f"/aliases/{segment(alias)}"), tries=3)

    def rollback(self, name: str, alias: str) -> PromptVersion:
        """Let an alias mean the version that it meant before."""
        return self._http.call(PromptVersion, "POST", _path(name, f"/aliases/{segment(alias)}:rollback"), Expected())

    def history(self, name: str, alias: str = "") -> list[Move]:
        """Every move of aliases, or of one, the newest first."""
        return self._http.call(Page[Move], "GET", _path(name, "/history"), query={"alias": alias or None}).items


def _path(name: str, tail: str = "") -> str:
    return f"{_ROOT}/{segment(name)}{tail}"


def register_prompt(
    name: str,
    template: str | Sequence[Mapping[str, Any] | Message],
    *,
    message: str = "",
    tags: Mapping[str, str] | None = None,
    response_format: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    aliases: Sequence[str] = (),
) -> PromptVersion:
    """A new version of a prompt, which is made when it is missing.

    Args:
        template: a text, or messages with `role` and `content`; `{{ name }}` stands for a value.
        message: what changed.
        response_format: the JSON schema of the answer.
        config: settings of the model that it is for.
        aliases: set to the new version in the same step.

    Raises:
        Invalid: a bad name or template.
    """
    from modelwright.sdk.registry import client

    parts = template
    if not isinstance(parts, str):
        try:
            parts = msgspec.convert([msgspec.to_builtins(item) for item in parts], list[Message])
        except msgspec.ValidationError as error:
            raise Invalid(f"a message has a role and a content: {error}", where="template") from None
    body = PromptCreate(
        template=parts,
        message=message,
        tags=dict(tags or {}),
        response_format=dict(response_format) if response_format is not None else None,
        config=dict(config) if config is not None else None,
        aliases=list(aliases),
    )
    with client() as found:
        made = found.prompts.register(name, body)
        forget(found.url, name)
        return made


def load_prompt(uri: str, *, cache_s: float = CACHE_S) -> LoadedPrompt:
    """A version of a prompt: `prompts:/name@alias`, `prompts:/name/3`, or a name for its latest.

    Args:
        cache_s: how long what an alias named is used without asking again; 0 asks every time.

    Raises:
        NotFound: no such prompt, version or alias. Unavailable: the server is away and it was never loaded.
    """
    from modelwright.sdk.registry import client

    name, version = reference(uri)
    with client() as found:
        key = (found.url, found.workspace, name, version)
        now = time.monotonic()
        with _lock:
            known = _kept.get(key)
        if known is not None and cache_s > 0 and (version.isdigit() or now - known[0] < cache_s):
            return known[1]
        try:
            loaded = LoadedPrompt(found.prompts.version(name, version))
        except Unavailable:
            if known is not None and cache_s > 0:
                return known[1]
            raise
    with _lock:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[key] = (now, loaded)
    return loaded


def forget(url: str = "", name: str = "") -> None:
    """Ask the server again for a prompt, or for all: `forget()`."""
    with _lock:
        for key in [key for key in _kept if (not url or key[0] == url) and (not name or key[2] == name)]:
            del _kept[key]
