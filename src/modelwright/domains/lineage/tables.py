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

lineage_cursors = sa.Table(  # how far those who go through something piece by piece have come
    "lineage_cursors", metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", _BIG, nullable=False),
)

lineage_namespaces = sa.Table(  # where tables and jobs of other systems live
    "lineage_namespaces", metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
)

lineage_runs = sa.Table(  # runs of jobs of other systems
    "lineage_runs", metadata,
    sa.Column("seq", _SERIAL, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("job", _BIG, nullable=False),                            # a node
    sa.Column("parent", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False, server_default="NEW"),
    sa.Column("final", _FLAG, nullable=False, server_default="0"),     # its state can only be replaced by a later end
    sa.Column("state_ms", _BIG, nullable=False),
    sa.Column("created_ms", _BIG, nullable=False),                     # its earliest event
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("started_ms", _BIG),
    sa.Column("ended_ms", _BIG),
    sa.Column("nominal_start_ms", _BIG),
    sa.Column("nominal_end_ms", _BIG),
    sa.UniqueConstraint("workspace", "id"),
    sa.Index("lineage_runs_by_job", "job", "created_ms"),
    sqlite_autoincrement=True,
)

lineage_run_data = sa.Table(  # what a run read and wrote
    "lineage_run_data", metadata,
    sa.Column("run", _BIG, sa.ForeignKey("lineage_runs.seq", ondelete="CASCADE"), primary_key=True),
    sa.Column("node", _BIG, primary_key=True),
    sa.Column("written", _FLAG, primary_key=True),
    sa.Column("version", sa.Text, nullable=False, server_default=""),
    sa.Column("version_ms", _BIG, nullable=False),                      # when that was said: the newest counts
    sa.Column("facets", sa.Text, nullable=False, server_default="{}"),  # those of this reading or writing alone
    sa.Column("facets_ms", _BIG, nullable=False),
    sa.Index("lineage_run_data_by_node", "node", "written", "run"),
)

lineage_facets = sa.Table(  # what others say about a node or a run of theirs: the newest of each name
    "lineage_facets", metadata,
    sa.Column("of_run", _FLAG, primary_key=True),
    sa.Column("owner", _BIG, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Column("value", sa.Text, nullable=False),                       # JSON
)

lineage_versions = sa.Table(  # how a table or job of another system looked
    "lineage_versions", metadata,
    sa.Column("node", _BIG, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("first_ms", _BIG, nullable=False),
    sa.Column("last_ms", _BIG, nullable=False),
    sa.Column("run", sa.Text, nullable=False, server_default=""),
    sa.Column("facts", sa.Text, nullable=False, server_default="{}"),  # JSON
    sa.Index("lineage_versions_by_time", "node", "last_ms"),
)

lineage_checks = sa.Table(  # results of checks of data, as others found them
    "lineage_checks", metadata,
    sa.Column("node", _BIG, primary_key=True),
    sa.Column("column_name", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("via", sa.Text, primary_key=True),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Column("passed", _FLAG),                                        # NULL: it could not be told
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Index("lineage_checks_by_time", "node", "at_ms"),
)

lineage_events = sa.Table(  # what others sent, as it came
    "lineage_events", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Column("received_ms", _BIG, nullable=False),
    sa.Column("run", sa.Text, nullable=False, server_default=""),
    sa.Column("body", sa.LargeBinary, nullable=False),                 # zstd
    sa.UniqueConstraint("workspace", "digest"),
    sa.Index("lineage_events_by_time", "workspace", "at_ms"),
    sa.Index("lineage_events_by_arrival", "received_ms"),
    sqlite_autoincrement=True,
)
