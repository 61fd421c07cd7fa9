"""Do the migrations make exactly the tables that the rooms declare, whole or not at all?"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from modelwright.domains.audit import tables as audit
from modelwright.kit.dialect import Dialect, open_dialect
from modelwright.server import migrations
from modelwright.server.migrations.schema import metadata
from modelwright.types.errors import Invalid, Unavailable

_FOREIGN_KEY = re.compile(r",? FOREIGN KEY ?\([^)]*\) REFERENCES \w+ \([^)]*\)( ON DELETE \w+)?")
_UNIQUE = re.compile(r",? UNIQUE \([^)]*\)")
_CATALOG = (
    """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
       (SELECT collname FROM pg_collation o WHERE o.oid = a.attcollation)
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
       AND c.relname <> 'alembic_version'""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
       AND conrelid::regclass::text <> 'alembic_version'""",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def described(dialect: Dialect) -> list[Any]:
    """All that the engine says about its schema, in a fixed order."""
    connection = dialect.connect(writer=True)
    try:
        if dialect.name == "sqlite":
            rows = connection.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master "
                "WHERE tbl_name <> 'alembic_version' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            # Foreign and unique keys of a table have no order, so they are compared on their own.
            flat = [(*names, re.sub(r"\s+", " ", sql or "")) for *names, sql in rows]
            texts = [(*names, _UNIQUE.sub("", _FOREIGN_KEY.sub("", sql))) for *names, sql in flat]
            unique = [(name, sorted(_UNIQUE.findall(sql))) for _, name, _, sql in flat]
            keys = [
                (name, sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({name})")))
                for kind, name, *_ in rows
                if kind == "table"
            ]
            return [sorted(map(repr, part)) for part in (texts, keys, unique)]
        return [sorted(map(repr, connection.execute(query).fetchall())) for query in _CATALOG]
    finally:
        connection.close()


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A function that opens new empty databases."""
    if request.param == "sqlite":
        numbers = iter(range(100))
        yield lambda: open_dialect(f"sqlite:///{tmp_path}/{next(numbers)}.db", tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    urls: list[str] = []

    def make() -> Dialect:
        urls.append(server.empty())
        return open_dialect(urls[-1], tmp_path)

    yield make
    for url in urls:
        server.drop(url)


def test_migrations_make_exactly_the_declared_tables(empty: Any) -> None:
    migrated, declared = empty(), empty()
    assert migrations.upgrade(migrated) == migrations.revisions()[-1]
    engine = migrations.open_engine(declared)
    with engine.begin() as connection:
        metadata().create_all(connection)
        for statement in audit.IMMUTABLE[declared.name]:
            connection.exec_driver_sql(statement)
    engine.dispose()
    for made, wanted in zip(described(migrated), described(declared), strict=True):
        assert set(made) ^ set(wanted) == set(), "run python -m modelwright.server.migrations.revise"


def test_an_upgrade_that_has_nothing_to_do_changes_nothing(empty: Any) -> None:
    dialect = empty()
    migrations.upgrade(dialect)
    before = described(dialect)
    assert migrations.upgrade(dialect) == migrations.version(dialect)
    assert described(dialect) == before


def test_a_new_database_holds_the_default_workspace_and_experiment(empty: Any) -> None:
    dialect = empty()
    migrations.upgrade(dialect)
    connection = dialect.connect(writer=True)
    rows = connection.execute("SELECT id, workspace, name, artifact_location, lifecycle FROM experiments").fetchall()
    assert [tuple(row) for row in rows] == [(0, "default", "Default", "mlflow-artifacts:/0", "active")]
    assert [tuple(row) for row in connection.execute("SELECT id FROM workspaces").fetchall()] == [("default",)]
    connection.close()


def test_audit_rows_can_be_neither_changed_nor_removed(empty: Any) -> None:
    dialect = empty()
    migrations.upgrade(dialect)
    connection = dialect.connect(writer=True)
    connection.execute(
        "INSERT INTO audit_events(id, at_ms, workspace, actor, action, subject, leaf) "
        "VALUES (1, 1, 'w', 'a', 'x', 's', 'l')"
    )
    for statement in ("UPDATE audit_events SET actor = 'b'", "DELETE FROM audit_events"):
        with pytest.raises(Exception, match="append-only"):
            connection.execute(statement)
    connection.close()


_STARTED = textwrap.dedent("""
    import sys
    from pathlib import Path
    import alembic.operations, alembic.runtime.migration, alembic.script
    from modelwright.kit.dialect import open_dialect
    from modelwright.server import migrations

    print("ready", flush=True)
    sys.stdin.readline()
    migrations.upgrade(open_dialect(sys.argv[1], Path()))
""")


def test_servers_that_start_at_once_migrate_once(empty: Any) -> None:
    dialect = empty()
    command = [sys.executable, "-c", _STARTED, dialect.url.replace("+psycopg", "")]
    servers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [server.stdout.readline() for server in servers if server.stdout] == ["ready\n"] * 4
    for server in servers:
        assert server.stdin
        server.stdin.write("go\n")
        server.stdin.flush()
    for server in servers:
        server.communicate()
    assert [server.returncode for server in servers] == [0] * 4
    assert migrations.version(dialect) == migrations.revisions()[-1]


def test_a_database_of_a_newer_release_is_refused(empty: Any) -> None:
    dialect = empty()
    migrations.upgrade(dialect)
    connection = dialect.connect(writer=True)
    connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    connection.close()
    with pytest.raises(Invalid, match="newer release"):
        migrations.upgrade(dialect)


_KILLED = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    import sqlalchemy as sa
    from modelwright.kit.dialect import open_dialect
    from modelwright.server import migrations

    left = [int(sys.argv[2])]

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def count(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    # Every upgrade imports what it needs before it begins, so the children of this process are quick to start.
    import alembic.operations, alembic.runtime.migration, alembic.script
    migrations.upgrade(open_dialect(sys.argv[1], Path()))
""")


def _statements(dialect: Dialect) -> int:
    count = [0]

    def seen(*_: Any) -> None:
        count[0] += 1

    event.listen(sa.Engine, "after_cursor_execute", seen)
    try:
        migrations.upgrade(dialect)
    finally:
        event.remove(sa.Engine, "after_cursor_execute", seen)
    return count[0]


@pytest.mark.slow
def test_an_upgrade_killed_at_any_statement_never_happened_and_can_be_run_again(empty: Any, every: int) -> None:
    total = _statements(empty())
    assert total > 20
    for number in sorted({1, 2, total, *range(1, total + 1, every)}):
        dialect = empty()
        url = dialect.url.replace("+psycopg", "")
        done = subprocess.run([sys.executable, "-c", _KILLED, url, str(number)], capture_output=True)
        assert done.returncode == -9, done.stderr.decode()
        assert migrations.version(dialect) == ""
        assert migrations.upgrade(dialect) == migrations.revisions()[-1]


@pytest.fixture
def every() -> int:
    """Every how many statements the upgrade is killed."""
    import os

    return 1 if os.environ.get("MODELWRIGHT_CHAOS") == "full" else 60


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "modelwright.db").write_bytes(b"not a database at all, but long enough to look like one" * 100)
    with pytest.raises(Exception, match="damaged"):
        migrations.upgrade(open_dialect("", tmp_path))


def test_a_damaged_page_is_noticed_on_read(tmp_path: Path) -> None:
    dialect = open_dialect("", tmp_path)
    migrations.upgrade(dialect)
    connection = dialect.connect(writer=True)
    connection.close()
    path = tmp_path / "modelwright.db"
    data = bytearray(path.read_bytes())
    page = 4096
    for offset in range(page, len(data), page):
        data[offset] ^= 0x40  # the type byte of every b-tree page
    path.write_bytes(data)
    with pytest.raises(Unavailable, match="damaged"):
        migrations.upgrade(open_dialect("", tmp_path), to="0001_foundation")
