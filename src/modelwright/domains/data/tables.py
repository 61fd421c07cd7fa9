"""The tables of data. Contents (`data_objects`) lie in packs of their workspace; a version holds on to whole packs.

Digests of contents are 32 bytes. What a row of `data_packs` names is there: it is stored before the row is made, and
the row goes in the transaction that condemns it.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BIG = sa.BigInteger()
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # both engines order by code point

named_datasets = sa.Table(
    "named_datasets", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("description", _TEXT, nullable=False, server_default=""),
    sa.Column("retention", _TEXT, nullable=False, server_default="{}"),
    sa.Column("last_number", _BIG, nullable=False, server_default="0"),  # a number is never given twice
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("created_by", _TEXT, nullable=False, server_default=""),
    sa.UniqueConstraint("workspace", "name"),
    sqlite_autoincrement=True,
)


def _of_dataset() -> sa.Column[int]:
    return sa.Column("dataset", _BIG, sa.ForeignKey("named_datasets.id", ondelete="CASCADE"), primary_key=True)


named_dataset_tags = sa.Table(
    "named_dataset_tags", metadata, _of_dataset(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
    sqlite_with_rowid=False,
)

dataset_versions = sa.Table(
    "dataset_versions", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("dataset", _BIG, sa.ForeignKey("named_datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", _BIG, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),    # of the manifest
    sa.Column("root", sa.LargeBinary, nullable=False),      # the content that lists the segments
    sa.Column("profile", sa.LargeBinary),                   # the content that holds the statistics
    sa.Column("kind", _TEXT, nullable=False),
    sa.Column("files", _BIG, nullable=False),
    sa.Column("bytes", _BIG, nullable=False),
    sa.Column("row_count", _BIG),
    sa.Column("message", _TEXT, nullable=False, server_default=""),
    sa.Column("source", _TEXT, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("created_by", _TEXT, nullable=False, server_default=""),
    sa.Column("created_run", _TEXT, nullable=False, server_default=""),
    sa.Column("stored_bytes", _BIG, nullable=False, server_default="0"),
    sa.UniqueConstraint("dataset", "number"),
    sa.UniqueConstraint("dataset", "digest"),
    sqlite_autoincrement=True,
)


def _of_version() -> sa.Column[int]:
    return sa.Column("version", _BIG, sa.ForeignKey("dataset_versions.id", ondelete="CASCADE"), primary_key=True)


dataset_version_tags = sa.Table(
    "dataset_version_tags", metadata, _of_version(),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
    sqlite_with_rowid=False,
)

dataset_aliases = sa.Table(
    "dataset_aliases", metadata, _of_dataset(),
    sa.Column("alias", _TEXT, primary_key=True),
    sa.Column("number", _BIG, nullable=False),
    sa.Column("set_ms", _BIG, nullable=False),
    sa.Column("set_by", _TEXT, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

dataset_alias_moves = sa.Table(
    "dataset_alias_moves", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("dataset", _BIG, sa.ForeignKey("named_datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("alias", _TEXT, nullable=False),
    sa.Column("number", _BIG),                  # NULL: removed
    sa.Column("previous", _BIG),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Column("actor", _TEXT, nullable=False),
    sa.Index("dataset_alias_moves_by_dataset", "dataset", "id"),
)

dataset_uses = sa.Table(
    "dataset_uses", metadata, _of_version(),
    sa.Column("run_id", _TEXT, primary_key=True),
    sa.Column("direction", _TEXT, primary_key=True),   # `input` or `output`
    sa.Column("context", _TEXT, nullable=False, server_default=""),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Index("dataset_uses_by_run", "run_id"),
)

data_packs = sa.Table(
    "data_packs", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("digest", _TEXT, nullable=False, info={"cas": True}),
    sa.Column("size", _BIG, nullable=False),
    sa.Column("held_until_ms", _BIG, nullable=False),   # until then an upload may still need it
    sa.UniqueConstraint("workspace", "digest"),
    sa.Index("data_packs_by_digest", "digest"),
    sqlite_autoincrement=True,
)

data_objects = sa.Table(
    "data_objects", metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("pack", _BIG, sa.ForeignKey("data_packs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("start", _BIG, nullable=False),
    sa.Column("size", _BIG, nullable=False),
    sa.Index("data_objects_by_pack", "pack"),
    sqlite_with_rowid=False,
)

dataset_version_packs = sa.Table(
    "dataset_version_packs", metadata, _of_version(),
    sa.Column("pack", _BIG, sa.ForeignKey("data_packs.id"), primary_key=True),
    sa.Index("dataset_version_packs_by_pack", "pack"),
    sqlite_with_rowid=False,
)
