"""The meaning of DVC's files: what is tracked under which digest, made by which stage. Knows no place of contents."""

from __future__ import annotations

import configparser
import posixpath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from modelwright.sdk.data.cutting import part
from modelwright.sdk.data.dvc.trees import Tree
from modelwright.types.errors import Invalid


class Out(NamedTuple):
    """Something tracked: its path in the repository, digest, size, whether it is a folder, and how it was hashed.

    `hash_name` is `md5`, or `md5-dos2unix` where DVC before 3 made line ends equal first: then the digest need not be
    that of the bytes. `cloud` is what a version-aware remote knows of it.
    """

    path: str
    md5: str
    size: int
    is_folder: bool
    hash_name: str
    stage: str
    remote: str
    cloud: dict[str, Any]


class Stage(NamedTuple):
    """A stage as it ran last: its name (`train`, `fit@3`, or the path of its file), command, and paths."""

    name: str
    command: str
    deps: list[str]
    outs: list[str]


class Config(NamedTuple):
    """Remotes by name (their URLs without secrets) and the default one."""

    remotes: dict[str, str]
    core: str


class Repository(NamedTuple):
    """All that is tracked."""

    outs: list[Out]
    stages: list[Stage]
    config: Config


def repository(tree: Tree) -> Repository:
    """Read everything that a tree tracks.

    Raises:
        Invalid: a file is not what DVC writes, or a path leads out of the repository.
    """
    outs: dict[str, Out] = {}
    stages: list[Stage] = []
    config = Config({}, "")
    for name in sorted(tree.names()):
        if name == ".dvc/config":
            config = _config(tree.read(name).decode(errors="replace"))
        elif name.endswith("dvc.lock"):
            _lock(name, _yaml(name, tree.read(name)), outs, stages)
        elif name.endswith(".dvc"):
            _single(name, _yaml(name, tree.read(name)), outs, stages)
    return Repository([outs[path] for path in sorted(outs)], stages, config)


def _single(name: str, found: dict[str, Any], outs: dict[str, Out], stages: list[Stage]) -> None:
    folder = posixpath.join(posixpath.dirname(name), str(found.get("wdir") or "."))
    made = [_out(name, folder, item, "") for item in _dicts(found.get("outs"))]
    for out in made:
        if out:
            outs[out.path] = out
    deps = [_origin(folder, item) for item in _dicts(found.get("deps"))]
    if deps:
        stages.append(Stage(name, str(found.get("cmd") or "import"), deps, [out.path for out in made if out]))


def _lock(name: str, found: dict[str, Any], outs: dict[str, Out], stages: list[Stage]) -> None:
    # `schema: 2.0` keeps stages in a key of their own; the first schema had them at the top.
    listed = found.get("stages") if "schema" in found else found
    folder = posixpath.dirname(name)
    for key, stage in (listed or {}).items():
        if not isinstance(stage, dict):
            raise Invalid("a stage of the lock file is no map", where=f"{name}:{key}")
        named = f"{folder}:{key}" if folder else str(key)
        made = [_out(name, folder, item, named) for item in _dicts(stage.get("outs"))]
        for out in made:
            if out:
                outs[out.path] = out
        deps = [_origin(folder, item) for item in _dicts(stage.get("deps"))]
        command = stage.get("cmd") or ""
        stages.append(Stage(
            named, "\n".join(map(str, command)) if isinstance(command, list) else str(command), deps,
            [out.path for out in made if out],
        ))


def _out(name: str, folder: str, item: dict[str, Any], stage: str) -> Out | None:
    md5 = str(item.get("md5") or "")
    cloud = item.get("cloud") if isinstance(item.get("cloud"), dict) else {}
    if not md5 and not cloud:
        return None  # `cache: false`, or never made
    plain = md5.removesuffix(".dir")
    if md5 and (len(plain) != 32 or any(sign not in "0123456789abcdef" for sign in plain)):
        raise Invalid(f"not an md5 digest: {md5[:60]!r}", where=name)
    size = item.get("size")
    return Out(
        path=_inside(folder, str(item.get("path") or ""), name), md5=plain, size=size if isinstance(size, int) else -1,
        is_folder=md5.endswith(".dir"), hash_name="md5" if item.get("hash") == "md5" else "md5-dos2unix", stage=stage,
        remote=str(item.get("remote") or ""), cloud=cloud or {},
    )


def _origin(folder: str, item: dict[str, Any]) -> str:
    path = str(item.get("path") or "")
    repo = item.get("repo")
    if isinstance(repo, dict):
        return f"{repo.get('url', '')}#{path}"
    return path if "://" in path else posixpath.normpath(posixpath.join(folder, path))


def _inside(folder: str, path: str, where: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))
    if not path or "://" in path or joined.startswith(("../", "/")) or joined in ("..", "."):
        raise Invalid(f"the path {path[:80]!r} is not inside the repository", where=where)
    return joined


def _config(text: str) -> Config:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        # DVC's own reader takes indented keys; this one would take them for more of the line before.
        parser.read_string("\n".join(line.strip() for line in text.splitlines()))
    except configparser.Error as error:
        raise Invalid(f"not a configuration of DVC: {str(error).splitlines()[0]}", where=".dvc/config") from None
    remotes: dict[str, str] = {}
    for section in parser.sections():
        name = section.strip("'").removeprefix('remote "').removesuffix('"')
        if section.strip("'").startswith('remote "'):
            remotes[name] = parser[section].get("url", "")
    core = parser["core"].get("remote", "") if parser.has_section("core") else ""
    return Config(remotes, core or (next(iter(remotes)) if len(remotes) == 1 else ""))


def _yaml(name: str, data: bytes) -> dict[str, Any]:
    yaml = part("yaml")
    try:
        found = yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise Invalid(f"not YAML: {str(error).splitlines()[0]}", where=name) from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Invalid("not a file of DVC", where=name)
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def scheme(url: str) -> str:
    """The scheme of a URL; empty for a path."""
    return urlsplit(url).scheme if "://" in url else ""
