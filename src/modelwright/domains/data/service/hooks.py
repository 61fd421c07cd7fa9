"""What data plugs into garbage collection, which is one for all rooms: what is needed, and what is condemned."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.data.queries import objects
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.kit.packs import is_pack


def register(ctx: Ctx) -> None:
    """Plug in; once for each opened state."""

    def needed(tx: Tx, digests: Sequence[str]) -> set[str]:
        return objects.needed(tx, [digest for digest in digests if is_pack(digest)], ctx.clock.now_ms())

    def condemned(tx: Tx, digests: Sequence[str]) -> None:
        objects.forget_packs(tx, [digest for digest in digests if is_pack(digest)])

    ctx.hooks.setdefault("blob_references", []).append(needed)
    ctx.hooks.setdefault("blob_condemned", []).append(condemned)
