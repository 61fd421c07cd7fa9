"""Writes a new revision: what lies between the newest one and the tables of the rooms. For maintainers.

    python -m modelwright.server.migrations.revise add_prompt_labels
    python -m modelwright.server.migrations.revise --again     # the newest one anew, until it is released

Read what it wrote: it knows tables, columns and indexes, not data and triggers. Those are written by hand in the
function `change` of the neighbour file `data_NNNN.py`, which `--again` leaves alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops

from modelwright.kit.dialect import open_dialect
from modelwright.server import migrations
from modelwright.server.migrations.schema import metadata

_VERSIONS = Path(__file__).parent / "versions"
_TEXT = "sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')"
_BIG_KEY = "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"


def written(revision: str, below: str) -> str:
    """The text of a revision that leads from `below` (empty: from nothing) to the tables as they are."""
    with tempfile.TemporaryDirectory() as folder:
        dialect = open_dialect("", Path(folder))
        if below:
            migrations.upgrade(dialect, to=below)
        engine = migrations.open_engine(dialect)
        with engine.connect() as connection:
            operations = _operations(connection)
            context = MigrationContext.configure(connection, opts={"render_item": _render})
            body = render_python_code(operations, render_item=_render, migration_context=context)
        engine.dispose()
    lines = [line.replace(_TEXT, "TEXT") for line in body.splitlines() if not line.lstrip().startswith("#")]
    extra = (_VERSIONS.parent / f"data_{revision[:4]}.py").exists()
    return "\n".join([
        "# ruff: noqa: E501",
        '"""Made by `revise`; what it does to data is in the neighbour file, if there is one."""', "",
        "from __future__ import annotations", "",
        "import sqlalchemy as sa", "from alembic import op", "",
        *([f"from modelwright.server.migrations import data_{revision[:4]} as data", ""] if extra else []),
        f'revision = "{revision}"', f"down_revision = {below!r}" if below else "down_revision = None", "",
        f"TEXT = {_TEXT}", f"KEY = {_BIG_KEY}", "", "",
        "def upgrade() -> None:", *(line.replace(_BIG_KEY, "KEY") for line in lines),
        *(["    data.change()"] if extra else []), "",
    ]).replace("    \n", "\n")


def _operations(connection: sa.Connection) -> ops.UpgradeOps:
    whole = metadata()
    known = set(sa.inspect(connection).get_table_names())
    made: list[ops.MigrateOperation] = []
    for table in whole.sorted_tables:
        if table.name not in known:  # whole, because Alembic would leave out indexes over expressions
            made.append(ops.CreateTableOp.from_table(table))
            indexes = sorted(table.indexes, key=lambda index: str(index.name))
            made.extend(ops.CreateIndexOp.from_index(index) for index in indexes)

    def old(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return (name if kind == "table" else item.table.name) in known

    options = {"include_object": old, "render_item": _render}
    changes: Any = produce_migrations(MigrationContext.configure(connection, opts=options), whole).upgrade_ops
    return ops.UpgradeOps([*made, *changes.ops])


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, sa.Text):
        return "TEXT"
    return False


def main(arguments: list[str]) -> None:
    """Write the file."""
    known = migrations.revisions()
    if arguments == ["--again"]:
        revision, below = known[-1], (known[-2] if len(known) > 1 else "")
    else:
        revision, below = f"{len(known) + 1:04d}_{arguments[0]}", (known[-1] if known else "")
    path = _VERSIONS / f"{revision}.py"
    path.write_text(written(revision, below))
    print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
