"""What an import has finished, so that the next one goes on there.

Knows one append-only file of JSON lines; a torn last line is ignored. Losing the file costs time, never data: the copy
compares with the target before it writes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO

import msgspec

from modelwright.types.codec import from_json, to_json
from modelwright.types.errors import Invalid


class _Line(msgspec.Struct):
    run: str
    print: str


class State:
    """Run id → fingerprint of what was copied whole."""

    def __init__(self, folder: Path, source: str, target: str) -> None:
        name = hashlib.sha256(f"{source}\n{target}".encode()).hexdigest()[:16]
        self.path = folder / f"mlflow-{name}.jsonl"
        self._done: dict[str, str] = {}
        self._file: IO[bytes] | None = None
        if self.path.exists():
            for line in self.path.read_bytes().splitlines():
                try:
                    entry = from_json(line, _Line)
                except Invalid:
                    continue
                self._done[entry.run] = entry.print

    def has(self, run: str, fingerprint: str) -> bool:
        """Whether the run was copied in just this state."""
        return self._done.get(run) == fingerprint

    def add(self, run: str, fingerprint: str) -> None:
        """The run is copied; on disk before the next one begins."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            torn = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
            self._file = self.path.open("ab")
            if torn and self._file.tell():
                self._file.write(b"\n")
        self._done[run] = fingerprint
        self._file.write(to_json(_Line(run, fingerprint)) + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
