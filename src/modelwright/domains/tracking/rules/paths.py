"""Paths of artifacts: clean as all relative paths of stored files are. Knows nothing beside `types.paths`."""

from __future__ import annotations

from modelwright.types.paths import LONGEST, clean, decoded, directory, inside, parents

__all__ = ["LONGEST", "clean", "decoded", "directory", "inside", "parents"]
