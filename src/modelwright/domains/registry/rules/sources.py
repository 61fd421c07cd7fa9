"""Where the files of a version may come from. This is the core of the registry's safety.

A source is one of: files of a run, a logged model, another version, or a place in an object store that this server
never opens. Everything else is refused: local paths in any spelling, `file:`, hosts that the server would have to call,
`..`, queries, fragments, encodings that hide one of these (the classes of CVE-2023-1177, CVE-2023-2780, CVE-2023-6831,
CVE-2024-1558, CVE-2025-11201, CVE-2026-2614). Nothing is resolved by asking a file system.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from modelwright.types.errors import Invalid

LONGEST = 2_048
OUTSIDE = frozenset({"s3", "gs", "dbfs", "wasb", "wasbs", "abfs", "abfss", "adl", "oss", "r2", "b2"})
"""Schemes of places that clients read with their own credentials."""

PLACEHOLDERS = frozenset({"dummy-source", "prompt-template"})
"""What stands where prompts have no source."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(.*)", re.DOTALL)
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\\]")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_LAYERS = 16


class Run(NamedTuple):
    """Files of a run below a path."""

    run_id: str
    path: str


class Logged(NamedTuple):
    """The files of a logged model."""

    model_id: str


class Version(NamedTuple):
    """The files of another version: by number, by alias, by stage, or the latest."""

    name: str
    version: int | None = None
    alias: str = ""
    stage: str = ""


class Proxy(NamedTuple):
    """A place below the artifact root of this server, still to be matched with the run or model that owns it."""

    path: str


class Outside(NamedTuple):
    """A place in an object store."""

    uri: str


Source = Run | Logged | Version | Proxy | Outside


def refused(source: str, why: str) -> Invalid:
    """The refusal of a source."""
    return Invalid(
        f"Invalid model version source: '{source[:300]}'. {why}",
        where="source",
        hint="use runs:/<run id>/<path>, models:/m-<id>, models:/<name>/<version>, or a place in an object store",
    )


def parse(source: str) -> Source:
    """What a source names.

    Raises:
        Invalid: it is not one of the sources above, in whatever spelling.
    """
    if len(source) > LONGEST:
        raise refused(source, f"It has more than {LONGEST:,} characters.")
    plain = _plain(source)
    match = _SCHEME.fullmatch(plain)
    if match is None:
        raise refused(
            source,
            "To use a local path as a model version source, the run_id request parameter has to be specified and the "
            "local path has to be contained within the artifact directory of the run specified by the run_id.",
        )
    scheme, rest = match[1].lower(), match[2]
    if "?" in plain or "#" in plain or ";" in plain:
        raise refused(source, "It must not have a query, parameters or a fragment.")
    if scheme in ("runs", "models", "mlflow-artifacts"):
        if rest.startswith("//") or not rest.startswith("/"):
            raise refused(source, "It must not name a host.")
        parts = _parts(source, rest[1:])
        if scheme == "runs":
            return _run(source, parts)
        return _model(source, parts) if scheme == "models" else Proxy("/".join(parts))
    if scheme in OUTSIDE:
        if not rest.startswith("//") or rest.startswith("///"):
            raise refused(source, "It names no bucket.")
        authority = _parts(source, rest[2:])[0]
        if "@" in authority and scheme not in ("wasb", "wasbs", "abfs", "abfss"):
            raise refused(source, "It must not hold credentials.")
        return Outside(source)
    raise refused(source, f"The scheme {scheme[:40]!r} is not served: it leads to a local path or to another host.")


def proxied(location: str) -> str | None:
    """The path of a location below this server's artifact root; None for a location elsewhere."""
    head, mark, rest = location.partition(":")
    if not mark or head != "mlflow-artifacts" or not rest.startswith("/") or rest.startswith("//"):
        return None
    return rest.strip("/")


def below(path: str, root: str) -> str | None:
    """What is left of a path below a root ("" for the root itself); None when it lies elsewhere."""
    if path == root:
        return ""
    return path[len(root) + 1 :] if root and path.startswith(f"{root}/") else None


def _plain(source: str) -> str:
    """The source without encoding, when its characters and parts are harmless in every layer of it."""
    plain = source
    for _ in range(_LAYERS):
        _check(source, plain)
        decoded = unquote(plain)
        if decoded == plain:
            break
        if "+" in plain:
            _check(source, decoded.replace("+", " "))
        plain = decoded
    else:
        raise refused(source, "It has too many layers of encoding.")
    if plain != source:
        raise refused(source, "It must be written without percent-encoding.")
    return plain


def _check(source: str, text: str) -> None:
    if not text or text != text.strip() or _UNFIT.search(text):
        raise refused(source, "It holds backslashes or control characters, or spaces around it.")
    if ".." in re.split(r"[/:?#&=;]", text):
        raise refused(
            source,
            "If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an "
            "absolute path must be provided without relative path references present. "
            "Please provide an absolute path.",
        )


def _parts(source: str, rest: str) -> list[str]:
    parts = rest.removesuffix("/").split("/")
    if any(part.strip(" +.") == "" for part in parts):
        raise refused(source, "It has an empty part.")
    return parts


def _run(source: str, parts: list[str]) -> Run:
    if len(parts) < 2:
        raise refused(source, "It must name a path below the run, as in runs:/<run id>/model.")
    return Run(parts[0], "/".join(parts[1:]))


def _model(source: str, parts: list[str]) -> Logged | Version:
    if len(parts) == 1:
        if _MODEL_ID.fullmatch(parts[0]):
            return Logged(parts[0])
        name, at, alias = parts[0].rpartition("@")
        if at and name and alias:
            return Version(name, alias=alias)
        raise refused(source, "The model_id request parameter must identify the resource that contains the source.")
    if len(parts) == 2:
        if parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 18:
            return Version(parts[0], int(parts[1]))
        if parts[1].lower() == "latest":
            return Version(parts[0], alias="latest")
        return Version(parts[0], stage=parts[1])
    raise refused(source, "The model_id request parameter must identify the resource that contains the source.")
