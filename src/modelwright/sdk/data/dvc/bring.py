"""Bringing a DVC repository in: each tracked output becomes a dataset, its contents references, its stage a job."""

from __future__ import annotations

import re
from pathlib import Path

from modelwright.sdk.client import Client
from modelwright.sdk.data.adding import About, Work
from modelwright.sdk.data.datasets import Datasets
from modelwright.sdk.data.dvc.places import Places
from modelwright.sdk.data.dvc.read import Out, Repository, repository
from modelwright.sdk.data.dvc.trees import Folder, Revision
from modelwright.sdk.data.store import Store
from modelwright.types.data import DataKind, DataVersion, Entry
from modelwright.types.errors import Invalid


def bring(root: Path, *, rev: str = "", prefix: str = "", client: Client | None = None) -> list[DataVersion]:
    """Make a version of every output that a DVC repository tracks, by reference: no content is copied.

    Again, it makes versions of what changed alone. Stages become jobs of lineage, with what they read and made.

    Args:
        rev: a git revision; the working folder when empty.
        prefix: put before the names of the datasets, which are made of the paths.

    Raises:
        Invalid, NotFound: no repository, or one that cannot be read.
    """
    if not (root / ".dvc").is_dir():
        raise Invalid("not a DVC repository: it has no folder .dvc", where=str(root))
    tree = Revision(root, rev) if rev else Folder(root)
    found = repository(tree)
    places = Places(root, found.config)
    commit = tree.commit.decode() if isinstance(tree, Revision) else ""
    made: dict[str, DataVersion] = {}
    owned = client or Client(timeout_s=60)
    store = Store()
    try:
        for out in _ordered(found):
            datasets = Datasets(owned.transport)
            work = Work(datasets, _name(prefix, out.path), store)
            try:
                about = About(
                    DataKind.DVC, message=f"dvc {out.stage or out.path}{f' at {commit[:12]}' if commit else ''}",
                    source=f"dvc:{out.path}{f'@{commit}' if commit else ''}",
                    tags={"dvc.path": out.path, "dvc.hash": out.hash_name, "dvc.commit": commit or "working folder"},
                    inputs=_inputs(found, out, made),
                )
                made[out.path] = work.entries(_entries(out, places), about)[0]
            finally:
                work.close()
    finally:
        store.close()
        if client is None:
            owned.close()
    return list(made.values())


def _entries(out: Out, places: Places) -> list[Entry]:
    name = out.path.rsplit("/", 1)[-1]
    if out.cloud and not out.md5:
        return [_cloud(name, out)]
    if not out.is_folder:
        size = out.size if out.size >= 0 else places.size(out, out.md5)
        return [Entry(name, size, b"", b"", places.uri(out, out.md5), f"{out.hash_name}:{out.md5}")]
    entries = [
        Entry(member.path, places.size(out, member.md5), b"", b"", places.uri(out, member.md5),
              f"{out.hash_name}:{member.md5}")
        for member in places.members(out)
    ]
    return sorted(entries, key=lambda entry: entry.path)


def _cloud(name: str, out: Out) -> Entry:
    remote, known = next(iter(out.cloud.items()))
    check = f"version:{known['version_id']}" if known.get("version_id") else f"etag:{known.get('etag', '')}"
    return Entry(name, out.size, b"", b"", f"dvc-remote:{remote}/{out.path}", check)


def _ordered(found: Repository) -> list[Out]:
    """Outputs, those that others were made of first."""
    made_by = {path: stage for stage in found.stages for path in stage.outs}
    outs = {out.path: out for out in found.outs}
    order: dict[str, Out] = {}

    def visit(path: str, above: frozenset[str]) -> None:
        if path in order or path not in outs or path in above:
            return
        for dep in made_by[path].deps if path in made_by else []:
            visit(dep, above | {path})
        order[path] = outs[path]

    for path in outs:
        visit(path, frozenset())
    return list(order.values())


def _inputs(found: Repository, out: Out, made: dict[str, DataVersion]) -> list[str]:
    inputs: list[str] = []
    for stage in found.stages:
        if out.path in stage.outs:
            inputs.append(f"job:dvc::{stage.name}")
            inputs += [f"dataset:{made[dep].dataset}/{made[dep].number}" for dep in stage.deps if dep in made]
    return inputs


def _name(prefix: str, path: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", path.replace("/", ".")).strip(".-")
    return f"{prefix}{plain or 'data'}"[:128]
