"""Proof: one audit event per change, in a Merkle log whose heads are signed. Hashes are lower-case hex."""

from __future__ import annotations

from typing import Any

import msgspec


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to which thing, when. `detail` holds old and new values where they are small.

    `id` is the place in the log of the whole server, from 1 and without holes.
    """

    id: int
    at_ms: int
    workspace: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = {}
    request_id: str = ""


class AuditCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A head of the log: the root hash over its first `size` rows. `note` is the C2SP signed note."""

    size: int
    root: str
    at_ms: int
    key_id: str
    note: str


class AuditKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key that signs or signed checkpoints; `vkey` is what verifiers of signed notes take."""

    id: str
    vkey: str
    created_ms: int
    current: bool = False


class InclusionProof(msgspec.Struct, frozen=True, kw_only=True):
    """That row `id`, whose canonical text is `entry`, is in the log of `size` and `root` (RFC 6962)."""

    id: int
    size: int
    root: str
    leaf: str
    entry: str
    path: list[str]


class ConsistencyProof(msgspec.Struct, frozen=True, kw_only=True):
    """That the log of `size` begins with the log of `old_size`: nothing in it was changed (RFC 6962)."""

    old_size: int
    old_root: str
    size: int
    root: str
    path: list[str]


class AuditProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that verification found, with the first and last row that it is about (0 where it is about none).

    `kind` is changed, missing, added, order, fork, truncated, signature or key.
    """

    kind: str
    message: str
    first: int = 0
    last: int = 0


class AuditCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a verification of the whole log. At most 100 problems are listed of all that `found` counts."""

    ok: bool
    size: int
    root: str
    at_ms: int
    seconds: float
    checkpoints: int = 0
    anchors: int = 0
    found: int = 0
    problems: list[AuditProblem] = []


class AuditAnchor(msgspec.Struct, frozen=True, kw_only=True):
    """A place outside the database that keeps checkpoints: how far it has come, and what went wrong there last."""

    place: str
    size: int = 0
    at_ms: int = 0
    error: str = ""


class AuditStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the log stands. `check` is the last verification; `checking` says that one is asked for or under way."""

    origin: str
    size: int
    root: str
    key_id: str = ""
    checkpoint: AuditCheckpoint | None = None
    check: AuditCheck | None = None
    checking: bool = False
    anchors: list[AuditAnchor] = []
