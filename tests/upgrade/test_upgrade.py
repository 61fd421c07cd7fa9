"""Does a database of every release open with this one, on both engines, with all that it held?"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from modelwright import testing
from modelwright.kit.context import Ctx
from modelwright.server import migrations
from modelwright.server.backup import restore
from modelwright.server.migrations.schema import metadata

HERE = Path(__file__).parent
CONTENT = b"a content of the first day"  # as make_fixture.py writes it
RELEASES = sorted(path.stem for path in HERE.glob("*.zip"))
AGAIN = "the tables moved on: run python tests/upgrade/make_fixture.py (only while the revision is not released)"


def test_every_revision_has_its_fixture() -> None:
    assert migrations.revisions() == RELEASES


@pytest.fixture(params=RELEASES)
def unpacked(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with zipfile.ZipFile(HERE / f"{request.param}.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def holds_everything(ctx: Ctx, old: dict[str, list[str]]) -> None:
    tables = metadata().tables
    with ctx.db.read() as tx:
        for name, columns in ctx.db.dialect.tables(tx.connection).items():
            assert columns == [column.name for column in tables[name].columns], AGAIN
            assert len(tx.rows(f'SELECT * FROM "{name}"')) >= (name in old), name
    assert set(tables) >= set(old)
    with ctx.db.read() as tx:
        (digest,) = tx.row("SELECT digest FROM artifacts") or ("",)
    if ctx.settings.db:  # the file alone carries no blobs, the backup does
        assert ctx.cas.read(digest) == CONTENT


def contents(folder: Path) -> dict[str, list[str]]:
    from modelwright.server.backup_files import read_manifest

    return {table.name: table.columns for table in read_manifest(folder / "backup").tables if table.rows}


def test_a_database_file_of_the_release_opens(unpacked: Path) -> None:
    ctx = testing.context(unpacked)
    holds_everything(ctx, contents(unpacked))
    assert migrations.version(ctx.db.dialect) == migrations.revisions()[-1]
    ctx.db.close()


def test_a_backup_of_the_release_restores_into_postgres(unpacked: Path, postgres_server: Any) -> None:
    url = postgres_server.migrated()
    ctx = testing.context(unpacked / "new", db_url=url)
    ctx.db.close()
    restore(unpacked / "backup", ctx.settings)
    ctx = testing.context(unpacked / "new", db_url=url)
    holds_everything(ctx, contents(unpacked))
    ctx.db.close()
    postgres_server.drop(url)
