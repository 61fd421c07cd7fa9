"""DVC repositories, read without DVC: what they track is imported by reference, with md5 digests and stages as lineage.

Knows the formats on disk (`.dvc`, `dvc.lock`, `.dir` objects, caches and remotes, also those before DVC 3). Refuses to
write into a repository or to run anything that it names.
"""

from modelwright.sdk.data.dvc.bring import bring

__all__ = ["bring"]
