"""The tables of the registry. Inside, a registered name is `registered_models.id`; outside it is its name.

Prompts are rows of the same tables. A name that was given up leaves a row in `registered_pasts`, so that no number is
given twice under one name.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BIG = sa.BigInteger()
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # both engines order by code point

registered_models = sa.Table(
    "registered_models", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", _TEXT, nullable=False),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("kind", _TEXT, nullable=False),                   # model | prompt
    sa.Column("description", _TEXT, nullable=False, server_default=""),
    sa.Column("user_name", _TEXT, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("next_version", _BIG, nullable=False, server_default="1"),
    sa.UniqueConstraint("workspace", "name"),
    sa.Index("registered_models_by_update", "workspace", "kind", sa.text("updated_ms DESC"), "name"),
    sqlite_autoincrement=True,                                  # the files of versions are named by it
)

registered_pasts = sa.Table(  # names that were given up, and the number that comes after theirs
    "registered_pasts", metadata,
    sa.Column("workspace", _TEXT, primary_key=True),
    sa.Column("name", _TEXT, primary_key=True),
    sa.Column("model", _BIG, nullable=False),
    sa.Column("next_version", _BIG, nullable=False),
)

registered_model_tags = sa.Table(
    "registered_model_tags", metadata,
    sa.Column("model", _BIG, sa.ForeignKey("registered_models.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
    sa.Index("registered_model_tags_by_value", "key", sa.text("substr(value, 1, 64)"), "model"),
    sqlite_with_rowid=False,
)

model_versions = sa.Table(
    "model_versions", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("model", _BIG, sa.ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    sa.Column("version", _BIG, nullable=False),
    sa.Column("workspace", _TEXT, nullable=False),              # as of the model, so that lists need no join
    sa.Column("name", _TEXT, nullable=False),                   # as of the model
    sa.Column("kind", _TEXT, nullable=False),                   # as of the model
    sa.Column("lifecycle", _TEXT, nullable=False, server_default="active"),
    sa.Column("stage", _TEXT, nullable=False, server_default="None"),
    sa.Column("status", _TEXT, nullable=False, server_default="READY"),
    sa.Column("status_message", _TEXT, nullable=False, server_default=""),
    sa.Column("description", _TEXT, nullable=False, server_default=""),
    sa.Column("source", _TEXT, nullable=False),
    sa.Column("location", _TEXT, nullable=False),               # where clients find the files
    sa.Column("run_id", _TEXT, nullable=False, server_default=""),
    sa.Column("model_id", _TEXT, nullable=False, server_default=""),
    sa.Column("run_link", _TEXT, nullable=False, server_default=""),
    sa.Column("user_name", _TEXT, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("updated_ms", _BIG, nullable=False),
    sa.Column("size", _BIG, nullable=False, server_default="0"),
    sa.Column("digest", _TEXT, nullable=False, server_default=""),  # of the manifest of its files
    sa.UniqueConstraint("model", "version"),
    sa.Index("model_versions_by_update", "workspace", "kind", "lifecycle", sa.text("updated_ms DESC"), "name",
             sa.text("version DESC")),
    sa.Index("model_versions_by_name", "workspace", "kind", "lifecycle", "name", sa.text("version DESC")),
    sa.Index("model_versions_by_creation", "workspace", "kind", "lifecycle", sa.text("created_ms DESC"), "name",
             sa.text("version DESC")),
    sa.Index("model_versions_in_stage", "stage"),
    sa.Index("model_versions_by_stage", "model", "lifecycle", "stage", "version"),
    sa.Index("model_versions_by_run", "run_id"),
    sa.Index("model_versions_by_model", "model_id"),
    sqlite_autoincrement=True,
)

version_facts = sa.Table(  # what was read when a version was made: JSON, apart because lists do not need it
    "version_facts", metadata,
    sa.Column("version", _BIG, sa.ForeignKey("model_versions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("facts", _TEXT, nullable=False),
)

version_tags = sa.Table(
    "version_tags", metadata,
    sa.Column("version", _BIG, sa.ForeignKey("model_versions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
    sa.Index("version_tags_by_value", "key", sa.text("substr(value, 1, 64)"), "version"),
    sqlite_with_rowid=False,
)

registered_aliases = sa.Table(
    "registered_aliases", metadata,
    sa.Column("model", _BIG, sa.ForeignKey("registered_models.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("alias", _TEXT, primary_key=True),
    sa.Column("version", _BIG, nullable=False),
    sqlite_with_rowid=False,
)

registry_moves = sa.Table(  # every move of an alias or a stage, never changed
    "registry_moves", metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("model", _BIG, sa.ForeignKey("registered_models.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", _TEXT, nullable=False),                   # alias | stage
    sa.Column("name", _TEXT, nullable=False),                   # the alias, or the new stage
    sa.Column("verb", _TEXT, nullable=False),                   # set | deleted | rolled_back
    sa.Column("version", _BIG),                                 # the version it means now; NULL: none
    sa.Column("previous", _BIG),                                # of an alias: the version it meant before
    sa.Column("left_stage", _TEXT, nullable=False, server_default=""),
    sa.Column("user_name", _TEXT, nullable=False, server_default=""),
    sa.Column("at_ms", _BIG, nullable=False),
    sa.Index("registry_moves_of_name", "model", "kind", "name", "id"),
    sqlite_autoincrement=True,
)
