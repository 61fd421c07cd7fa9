"""A `Ctx` over a migrated database and an empty blob store, in a folder of the test."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from modelwright.kit.blobs import open_blobs
from modelwright.kit.cas import Cas
from modelwright.kit.clock import Clock, SystemClock
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.kit.db import Database
from modelwright.kit.dialect import open_dialect
from modelwright.kit.settings import Settings
from modelwright.kit.sqlite import Sqlite
from modelwright.server import migrations, wiring


def context(tmp_path: Path, *, db_url: str = "", blobs: str = "", clock: Clock | None = None) -> Ctx:
    """A `Ctx` that acts as the system, for tests; end it with `ctx.db.close()`.

    An empty `db_url` is a SQLite file in `tmp_path`, an empty `blobs` a folder there; the same folder again is the
    same state again. Other arguments are URLs as `mw up --db … --blobs …` takes them. The database is migrated.
    """
    settings = Settings(dir=str(tmp_path), db=db_url, blobs=blobs)
    tmp_path.mkdir(parents=True, exist_ok=True)
    dialect = open_dialect(db_url, tmp_path)
    if isinstance(dialect, Sqlite) and not dialect.path.exists():
        dialect.path.write_bytes(_empty())
    migrations.upgrade(dialect)
    state = Ctx(
        db=Database(dialect, query_timeout_s=settings.query_timeout_s), cas=Cas(open_blobs(blobs, tmp_path)),
        clock=clock or SystemClock(), settings=settings, actor=SYSTEM, hooks={},
    )
    wiring.plug(state)
    return state


@functools.cache
def _empty() -> bytes:
    # Migrations take a quarter of a second; a copy of their result takes a millisecond.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        migrations.upgrade(Sqlite(path))
        return path.read_bytes()
