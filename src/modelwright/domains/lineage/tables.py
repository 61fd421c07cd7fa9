"""The tables of the graph. Inside, nodes are small integers; edges are indexed both ways."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BIG = sa.BigInteger()
_FLAG = sa.SmallInteger()
_ALSO = sa.text("same_as IS NOT NULL")

lineage_nodes = sa.Table(
    "lineage_nodes", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),                       # its id in its kind
    sa.Column("label", sa.Text, nullable=False, server_default=""),
    sa.Column("facts", sa.Text, nullable=False, server_default="{}"),  # JSON
    sa.Column("same_as", _BIG),                                       # another name of that node: edges are there
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("deleted_ms", _BIG),                                    # removed for good; what came of it remembers
    sa.UniqueConstraint("workspace", "kind", "name"),
    sa.Index("lineage_nodes_by_same", "same_as", sqlite_where=_ALSO, postgresql_where=_ALSO),
    sqlite_autoincrement=True,
)

lineage_edges = sa.Table(
    "lineage_edges", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("source", _BIG, nullable=False),
    sa.Column("target", _BIG, nullable=False),
    sa.Column("origin", _FLAG, nullable=False),
    sa.Column("via", sa.Text, nullable=False, server_default=""),      # the newest proof
    sa.Column("first_ms", _BIG, nullable=False),
    sa.Column("last_ms", _BIG, nullable=False),
    sa.UniqueConstraint("source", "target", "origin"),
    sa.Index("lineage_edges_by_target", "target", "source"),
    sqlite_autoincrement=True,
)

lineage_proofs = sa.Table(
    "lineage_proofs", metadata,
    sa.Column("edge", _BIG, sa.ForeignKey("lineage_edges.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("via", sa.Text, primary_key=True),
    sa.Column("at_ms", _BIG, nullable=False),
    sqlite_with_rowid=False,
)

lineage_columns = sa.Table(
    "lineage_columns", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("edge", _BIG, sa.ForeignKey("lineage_edges.id", ondelete="CASCADE"), nullable=False),
    sa.Column("source", _BIG, nullable=False),
    sa.Column("source_column", sa.Text, nullable=False),
    sa.Column("target", _BIG, nullable=False),
    sa.Column("target_column", sa.Text, nullable=False),
    sa.Column("how", sa.Text, nullable=False, server_default=""),
    sa.Column("origin", _FLAG, nullable=False),
    sa.UniqueConstraint("edge", "source_column", "target_column"),
    sa.Index("lineage_columns_by_source", "source", "source_column"),
    sa.Index("lineage_columns_by_target", "target", "target_column"),
)
