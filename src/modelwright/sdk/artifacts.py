"""Files of runs and logged models: list, upload, download with resume.

Knows paths and bytes. Refuses to know where the server keeps them. Memory use is bounded by the chunk size.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from modelwright.sdk.transport import Transport, path, segment
from modelwright.types.codec import convert, from_json
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.tracking import Artifact

Report = Callable[[str, int], None]
"""Told (artifact path, bytes moved since the last call)."""

_CHUNK = 1 << 20


class Artifacts:
    """Files of runs (`owner` is a run id) and of logged models (`owner` begins with `m-`)."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def _root(self, owner: str) -> str:
        return f"/api/v1/{'models' if owner.startswith('m-') else 'runs'}/{segment(owner)}/artifacts"

    def list(self, owner: str, directory: str = "") -> list[Artifact]:
        """What lies directly in a directory; directories are flagged."""
        answer = self._http.ask("GET", self._root(owner), query={"path": directory or None})
        return convert(_items(answer), list[Artifact])

    def walk(self, owner: str, directory: str = "") -> Iterator[Artifact]:
        """All files at or below a directory, depth first."""
        for entry in self.list(owner, directory):
            if entry.is_dir:
                yield from self.walk(owner, entry.path)
            else:
                yield entry

    def upload(self, owner: str, name: str, source: Path | bytes, *, report: Report | None = None) -> Artifact:
        """Store one file under the path `name`, replacing what is there."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind}
        target = f"{self._root(owner)}/{path(name)}"
        if isinstance(source, bytes):
            answer = self._http.request("PUT", target, body=source, headers=headers, timeout_s=600)
            if report:
                report(name, len(source))
            return from_json(answer.data, Artifact)
        with source.open("rb") as file:
            headers["Content-Length"] = str(source.stat().st_size)

            def chunks() -> Iterator[bytes]:
                while block := file.read(_CHUNK):
                    yield block
                    if report:
                        report(name, len(block))

            response = self._http.open("PUT", target, body=chunks(), headers=headers, timeout_s=600)
            data: bytes = response.read()
            response.release_conn()
        return from_json(data, Artifact)

    def upload_folder(self, owner: str, source: Path, directory: str = "", *, report: Report | None = None) -> int:
        """Store every file below a folder; returns how many."""
        count = 0
        for file in sorted(source.rglob("*")):
            if file.is_file():
                name = file.relative_to(source).as_posix()
                self.upload(owner, f"{directory}/{name}" if directory else name, file, report=report)
                count += 1
        return count

    def read(self, owner: str, name: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Bytes of one file, or a range of it."""
        headers: dict[str, str] = {}
        if start or length is not None:
            end = "" if length is None else str(start + length - 1)
            headers["Range"] = f"bytes={start}-{end}"
        return self._http.request("GET", f"{self._root(owner)}/{path(name)}", headers=headers, timeout_s=600).data

    def download(self, owner: str, name: str, target: Path, *, report: Report | None = None) -> Path:
        """Fetch one file to `target` (a file name, or a folder that exists), going on where an earlier try stopped.

        The bytes gather in `<target>.part`, which is renamed when it is whole.
        """
        if target.is_dir():
            target /= Path(name).name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else None
        try:
            response = self._http.open("GET", f"{self._root(owner)}/{path(name)}", headers=headers, timeout_s=600)
        except Invalid:  # the part is as long as the file, or longer than a file that has changed
            if not have:
                raise
            part.unlink()
            return self.download(owner, name, target, report=report)
        resumed = have > 0 and response.status == 206
        with part.open("ab" if resumed else "wb") as file:
            for block in self._http.chunks(response, _CHUNK):
                file.write(block)
                if report:
                    report(name, len(block))
        part.replace(target)
        return target

    def download_folder(self, owner: str, directory: str, target: Path, *, report: Report | None = None) -> int:
        """Fetch every file below a directory into a folder; returns how many.

        Raises:
            Invalid: a stored path would leave the folder.
        """
        count = 0
        root = target.resolve()
        for entry in self.walk(owner, directory):
            name = entry.path.removeprefix(f"{directory}/") if directory else entry.path
            place = (root / name).resolve()
            if not place.is_relative_to(root):
                raise Invalid(f"the artifact {entry.path!r} would be written outside {target}", where=entry.path)
            self.download(owner, entry.path, place, report=report)
            count += 1
        return count

    def delete(self, owner: str, name: str) -> None:
        """Delete a file, or a directory with everything in it."""
        self._http.call(type(None), "DELETE", f"{self._root(owner)}/{path(name)}")

    def exists(self, owner: str, name: str) -> bool:
        """Whether a file is stored under this path."""
        try:
            self._http.request("HEAD", f"{self._root(owner)}/{path(name)}")
        except NotFound:
            return False
        return True


def _items(answer: Any) -> Any:
    return answer["items"] if isinstance(answer, dict) else answer
