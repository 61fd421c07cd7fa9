"""For tests, ours and third parties': a ready-made `Ctx`, and the suites that an engine must pass to call itself one.

    ctx = modelwright.testing.context(tmp_path)            # SQLite and disk in a folder, migrated, acting as the system
    class TestMyStore(BlobStoreSuite): …                   # see `modelwright.testing.blobs`, `.database`, `.cas`
"""

from __future__ import annotations

from typing import Any

from modelwright.testing.contexts import context

__all__ = ["client", "context"]


def client(*arguments: Any, **settings: Any) -> Any:
    """A Starlette test client over the whole server; see `modelwright.testing.clients.client`."""
    from modelwright.testing.clients import client as make

    return make(*arguments, **settings)
