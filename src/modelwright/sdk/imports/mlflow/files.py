"""Artifacts of a source: on this machine's disk, or behind an MLflow server.

Knows where MLflow puts files. Refuses to follow a link out of the folder it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from modelwright.sdk.transport import Transport
from modelwright.sdk.transport import path as quoted
from modelwright.types.errors import NotFound, Unavailable


class Entry(NamedTuple):
    """A file: its path below the root, its size in bytes."""

    path: str
    size: int


class Files(Protocol):
    """A folder of artifacts."""

    def walk(self) -> Iterator[Entry]:
        """Every file."""
        ...

    def read(self, path: str) -> Iterator[bytes]:
        """The bytes of one file, in pieces."""
        ...


class DiskFiles:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def walk(self) -> Iterator[Entry]:
        """Every file; links that lead out of the folder are left out."""
        for place in sorted(self.root.rglob("*")):
            if place.is_file() and place.resolve().is_relative_to(self.root):
                yield Entry(place.relative_to(self.root).as_posix(), place.stat().st_size)

    def read(self, path: str) -> Iterator[bytes]:
        """The bytes of one file."""
        with (self.root / path).open("rb") as file:
            while block := file.read(1 << 20):
                yield block


class NoFiles:
    """A run that never logged a file: its folder was never made."""

    def walk(self) -> Iterator[Entry]:
        """Nothing."""
        return iter(())

    def read(self, path: str) -> Iterator[bytes]:
        """Nothing can be read."""
        raise NotFound(f"no file {path}")


class ProxyFiles:
    """A folder behind a server's artifact proxy (`mlflow-artifacts:`)."""

    def __init__(self, http: Transport, root: str) -> None:
        self.http = http
        self.root = root.strip("/")

    def walk(self) -> Iterator[Entry]:
        """Every file, by listing directory after directory."""
        yield from self._below("")

    def _below(self, directory: str) -> Iterator[Entry]:
        where = f"{self.root}/{directory}".rstrip("/")
        answer = self.http.call(dict[str, Any], "GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": where})
        for item in answer.get("files", []):
            name = f"{directory}/{item['path']}".lstrip("/")
            if item.get("is_dir"):
                yield from self._below(name)
            else:
                yield Entry(name, int(item.get("file_size") or 0))

    def read(self, path: str) -> Iterator[bytes]:
        """The bytes of one file."""
        target = f"/api/2.0/mlflow-artifacts/artifacts/{quoted(f'{self.root}/{path}')}"
        return self.http.chunks(self.http.open("GET", target))


class ServedFiles:
    """Artifacts of a run that the server itself reads from its store (`/get-artifact`)."""

    def __init__(self, http: Transport, run_id: str) -> None:
        self.http = http
        self.run_id = run_id

    def walk(self, directory: str = "") -> Iterator[Entry]:
        """Every file; MLflow lists with paths from the root."""
        query = {"run_id": self.run_id, "path": directory or None}
        answer = self.http.call(dict[str, Any], "GET", "/api/2.0/mlflow/artifacts/list", query=query)
        for item in answer.get("files", []):
            if item.get("is_dir"):
                yield from self.walk(item["path"])
            else:
                yield Entry(item["path"], int(item.get("file_size") or 0))

    def read(self, path: str) -> Iterator[bytes]:
        """The bytes of one file."""
        query = {"run_uuid": self.run_id, "path": path}
        return self.http.chunks(self.http.open("GET", "/get-artifact", query=query))


def disk(uri: str, *, base: Path, proxied: Path | None, strict: bool = False) -> Files:
    """The folder of a local artifact URI: a path (relative ones from `base`), `file:`, or `mlflow-artifacts:` below
    `proxied`, the folder that the server kept its artifacts in. `strict` takes no folder for no answer.

    Raises:
        Unavailable: the URI names a store elsewhere, or a folder that is not on this machine.
    """
    parts = urlsplit(uri)
    if parts.scheme == "mlflow-artifacts":
        if proxied is None:
            raise Unavailable("artifacts behind a server's proxy: name its folder with --artifacts")
        root, rest = proxied, unquote(parts.path).lstrip("/")
        place = (root / rest).resolve()
        if not place.is_relative_to(root.resolve()):
            raise Unavailable("an artifact location points outside the artifact folder")
    elif parts.scheme in {"", "file"}:
        root = base
        place = base / unquote(parts.path)
    else:
        raise Unavailable(f"artifacts in {parts.scheme}:// are not on this machine")
    if place.is_dir():
        return DiskFiles(place)
    # A run that logged no file has no folder. Whether the store was moved away shows further up: was this machine its
    # home, one of <root>/<experiment>/<run>/artifacts is still there. The top of a disk proves nothing.
    if not strict and any(parent.is_dir() for parent in list(place.parents)[:4] if len(parent.parts) > 2):
        return NoFiles()
    raise Unavailable("artifact folders are not on this machine")
