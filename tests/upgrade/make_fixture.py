"""Writes a small database of the present schema, to be opened by all later releases.

    python tests/upgrade/make_fixture.py

makes `tests/upgrade/<revision>.zip` with `modelwright.db` (SQLite) and `backup/` (what `mw backup` makes, for
PostgreSQL). Every table holds a row. Run it once a release, commit what it wrote, and never change it again; until a
revision is released, run it again when `test_upgrade.py` says that the tables moved on.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from modelwright import testing
from modelwright.server import migrations
from modelwright.server.backup import backup
from modelwright.server.migrations.schema import metadata

CONTENT = b"a content of the first day"


def value(column: sa.Column[Any], digest: str) -> Any:
    """Something of the column's type; keys are all 1 or `x`, so that every reference is good."""
    if column.info.get("cas"):
        return digest
    if isinstance(column.type, sa.LargeBinary):
        return b"\x01\x02"
    if isinstance(column.type, (sa.Double, sa.Float)):
        return 0.5
    return 1 if isinstance(column.type, (sa.Integer, sa.BigInteger)) else "x"


def write(target: Path) -> Path:
    """Make the fixture of the newest revision in `target`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ctx = testing.context(folder / "data")
        digest = ctx.cas.put(CONTENT).digest
        with ctx.db.write() as tx:
            for table in metadata().sorted_tables:
                columns = list(table.columns)
                listed = ", ".join(f'"{column.name}"' for column in columns)
                marks = ", ".join("?" * len(columns))
                values = [value(column, digest) for column in columns]
                tx.execute(f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})', values)
        ctx.db.close()
        backup(ctx.settings, folder / "backup")
        sqlite3.connect(folder / "data" / "modelwright.db").execute("VACUUM").close()
        path = target / f"{migrations.revisions()[-1]}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(folder / "data" / "modelwright.db", "modelwright.db")
            for file in sorted((folder / "backup").rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(folder))
    return path


if __name__ == "__main__":
    print(write(Path(__file__).parent))
