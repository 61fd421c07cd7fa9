# ruff: noqa: E501
"""Made by `revise`; what it does to data is in the neighbour file, if there is one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from modelwright.server.migrations import data_0001 as data

revision = "0001_foundation"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')
KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('access_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('artifacts',
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('owner', TEXT, nullable=False),
    sa.Column('path', TEXT, nullable=False),
    sa.Column('digest', TEXT, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('workspace', 'owner', 'path')
    )
    op.create_index('artifacts_by_digest', 'artifacts', ['digest'], unique=False)
    op.create_table('audit_anchors',
    sa.Column('place', TEXT, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('error', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('place')
    )
    op.create_table('audit_checkpoints',
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('key_id', TEXT, nullable=False),
    sa.Column('note', TEXT, nullable=False),
    sa.PrimaryKeyConstraint('size')
    )
    op.create_table('audit_checks',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('wanted', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('at_ms', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('result', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('audit_events',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('actor', TEXT, nullable=False),
    sa.Column('action', TEXT, nullable=False),
    sa.Column('subject', TEXT, nullable=False),
    sa.Column('detail', TEXT, server_default='{}', nullable=False),
    sa.Column('request_id', TEXT, server_default='', nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('audit_by_subject', 'audit_events', ['workspace', 'subject', 'id'], unique=False)
    op.create_index('audit_by_workspace', 'audit_events', ['workspace', 'id'], unique=False)
    op.create_table('audit_keys',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('vkey', TEXT, nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('audit_nodes',
    sa.Column('level', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('place', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('level', 'place')
    )
    op.create_table('audit_tree',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('origin', TEXT, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('frontier', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('condemned',
    sa.Column('digest', TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('done_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('data_packs',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('digest', TEXT, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('held_until_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('workspace', 'digest'),
    sqlite_autoincrement=True
    )
    op.create_index('data_packs_by_digest', 'data_packs', ['digest'], unique=False)
    op.create_table('duties',
    sa.Column('name', TEXT, nullable=False),
    sa.Column('worker', TEXT, nullable=False),
    sa.Column('until_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('event_outbox',
    sa.Column('id', KEY, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('subject', TEXT, nullable=False),
    sa.Column('parent', TEXT, server_default='', nullable=False),
    sa.Column('payload', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('events',
    sa.Column('id', KEY, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('subject', TEXT, nullable=False),
    sa.Column('parent', TEXT, server_default='', nullable=False),
    sa.Column('payload', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('events_by_time', 'events', ['at_ms'], unique=False)
    op.create_table('experiments',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('artifact_location', TEXT, server_default='', nullable=False),
    sa.Column('lifecycle', TEXT, server_default='active', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('deleted_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('workspace', 'name'),
    sqlite_autoincrement=True
    )
    op.create_table('guesses',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('spell', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('guesses_by_spell', 'guesses', ['spell'], unique=False)
    op.create_table('jobs',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('payload', TEXT, server_default='{}', nullable=False),
    sa.Column('queue_key', TEXT, server_default='', nullable=False),
    sa.Column('state', TEXT, server_default='queued', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('max_attempts', sa.Integer(), server_default='5', nullable=False),
    sa.Column('fence', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('run_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('lease_until_ms', sa.BigInteger(), nullable=True),
    sa.Column('worker', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('finished_ms', sa.BigInteger(), nullable=True),
    sa.Column('error', TEXT, server_default='', nullable=False),
    sa.Column('result', TEXT, server_default='{}', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('jobs_by_workspace', 'jobs', ['workspace', 'created_ms', 'id'], unique=False)
    op.create_index('jobs_one_queued', 'jobs', ['workspace', 'kind', 'queue_key'], unique=True, sqlite_where=sa.text("state = 'queued' AND queue_key <> ''"), postgresql_where=sa.text("state = 'queued' AND queue_key <> ''"))
    op.create_index('jobs_to_run', 'jobs', ['state', 'run_at_ms'], unique=False)
    op.create_table('lineage_checks',
    sa.Column('node', sa.BigInteger(), nullable=False),
    sa.Column('column_name', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('via', TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('passed', sa.SmallInteger(), nullable=True),
    sa.Column('detail', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('node', 'column_name', 'name', 'via')
    )
    op.create_index('lineage_checks_by_time', 'lineage_checks', ['node', 'at_ms'], unique=False)
    op.create_table('lineage_cursors',
    sa.Column('name', TEXT, nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('lineage_edges',
    sa.Column('id', KEY, nullable=False),
    sa.Column('source', sa.BigInteger(), nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=False),
    sa.Column('origin', sa.SmallInteger(), nullable=False),
    sa.Column('via', TEXT, server_default='', nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'target', 'origin'),
    sqlite_autoincrement=True
    )
    op.create_index('lineage_edges_by_target', 'lineage_edges', ['target', 'source'], unique=False)
    op.create_table('lineage_events',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('digest', TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('received_ms', sa.BigInteger(), nullable=False),
    sa.Column('run', TEXT, server_default='', nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('workspace', 'digest'),
    sqlite_autoincrement=True
    )
    op.create_index('lineage_events_by_arrival', 'lineage_events', ['received_ms'], unique=False)
    op.create_index('lineage_events_by_time', 'lineage_events', ['workspace', 'at_ms'], unique=False)
    op.create_table('lineage_facets',
    sa.Column('of_run', sa.SmallInteger(), nullable=False),
    sa.Column('owner', sa.BigInteger(), nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.PrimaryKeyConstraint('of_run', 'owner', 'name')
    )
    op.create_table('lineage_namespaces',
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('workspace', 'name')
    )
    op.create_table('lineage_nodes',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('label', TEXT, server_default='', nullable=False),
    sa.Column('facts', TEXT, server_default='{}', nullable=False),
    sa.Column('same_as', sa.BigInteger(), nullable=True),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('deleted_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('workspace', 'kind', 'name'),
    sqlite_autoincrement=True
    )
    op.create_index('lineage_nodes_by_same', 'lineage_nodes', ['same_as'], unique=False, sqlite_where=sa.text('same_as IS NOT NULL'), postgresql_where=sa.text('same_as IS NOT NULL'))
    op.create_table('lineage_runs',
    sa.Column('seq', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('id', TEXT, nullable=False),
    sa.Column('job', sa.BigInteger(), nullable=False),
    sa.Column('parent', TEXT, server_default='', nullable=False),
    sa.Column('state', TEXT, server_default='NEW', nullable=False),
    sa.Column('final', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('state_ms', sa.BigInteger(), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('started_ms', sa.BigInteger(), nullable=True),
    sa.Column('ended_ms', sa.BigInteger(), nullable=True),
    sa.Column('nominal_start_ms', sa.BigInteger(), nullable=True),
    sa.Column('nominal_end_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('workspace', 'id'),
    sqlite_autoincrement=True
    )
    op.create_index('lineage_runs_by_job', 'lineage_runs', ['job', 'created_ms'], unique=False)
    op.create_table('lineage_versions',
    sa.Column('node', sa.BigInteger(), nullable=False),
    sa.Column('version', TEXT, nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.Column('run', TEXT, server_default='', nullable=False),
    sa.Column('facts', TEXT, server_default='{}', nullable=False),
    sa.PrimaryKeyConstraint('node', 'version')
    )
    op.create_index('lineage_versions_by_time', 'lineage_versions', ['node', 'last_ms'], unique=False)
    op.create_table('logins',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('browser', TEXT, nullable=False),
    sa.Column('verifier', TEXT, nullable=False),
    sa.Column('nonce', TEXT, nullable=False),
    sa.Column('place', TEXT, nullable=False),
    sa.Column('fresh', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('expires_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('logins_by_expiry', 'logins', ['expires_ms'], unique=False)
    op.create_table('named_datasets',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('description', TEXT, server_default='', nullable=False),
    sa.Column('retention', TEXT, server_default='{}', nullable=False),
    sa.Column('last_number', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('created_by', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('workspace', 'name'),
    sqlite_autoincrement=True
    )
    op.create_table('notice_cursor',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('registered_models',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('description', TEXT, server_default='', nullable=False),
    sa.Column('user_name', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('next_version', sa.BigInteger(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('workspace', 'name'),
    sqlite_autoincrement=True
    )
    op.create_index('registered_models_by_update', 'registered_models', ['workspace', 'kind', sa.literal_column('updated_ms DESC'), 'name'], unique=False)
    op.create_table('registered_pasts',
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('model', sa.BigInteger(), nullable=False),
    sa.Column('next_version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('workspace', 'name')
    )
    op.create_table('uploads',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('owner', TEXT, nullable=False),
    sa.Column('path', TEXT, nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('user_groups',
    sa.Column('id', KEY, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('description', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('users',
    sa.Column('name', TEXT, nullable=False),
    sa.Column('password', TEXT, nullable=True),
    sa.Column('server_admin', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('disabled', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('service', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('origin', TEXT, server_default='', nullable=False),
    sa.Column('subject', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_index('users_by_subject', 'users', ['origin', 'subject'], unique=False)
    op.create_table('webhook_deliveries',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('webhook_id', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('subject', TEXT, nullable=False),
    sa.Column('payload', TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('state', TEXT, nullable=False),
    sa.Column('attempts', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('status', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('error', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('next_ms', sa.BigInteger(), nullable=False),
    sa.Column('finished_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('webhook_deliveries_by_webhook', 'webhook_deliveries', ['webhook_id', 'id'], unique=False)
    op.create_index('webhook_deliveries_due', 'webhook_deliveries', ['webhook_id', 'next_ms'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.create_table('webhooks',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('url', TEXT, nullable=False),
    sa.Column('events', TEXT, nullable=False),
    sa.Column('description', TEXT, server_default='', nullable=False),
    sa.Column('format', TEXT, nullable=False),
    sa.Column('active', sa.SmallInteger(), nullable=False),
    sa.Column('secret', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('created_by', TEXT, server_default='', nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('failing_since_ms', sa.BigInteger(), nullable=True),
    sa.Column('last_success_ms', sa.BigInteger(), nullable=True),
    sa.Column('paused_until_ms', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('disabled_reason', TEXT, server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('webhooks_by_workspace', 'webhooks', ['workspace', 'created_ms', 'id'], unique=False)
    op.create_table('workspaces',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('description', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('data_objects',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('pack', sa.BigInteger(), nullable=False),
    sa.Column('start', sa.BigInteger(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['pack'], ['data_packs.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', 'pack'),
    sqlite_with_rowid=False
    )
    op.create_index('data_objects_by_pack', 'data_objects', ['pack'], unique=False)
    op.create_table('dataset_alias_moves',
    sa.Column('id', KEY, nullable=False),
    sa.Column('dataset', sa.BigInteger(), nullable=False),
    sa.Column('alias', TEXT, nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('previous', sa.BigInteger(), nullable=True),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('actor', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['dataset'], ['named_datasets.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('dataset_alias_moves_by_dataset', 'dataset_alias_moves', ['dataset', 'id'], unique=False)
    op.create_table('dataset_aliases',
    sa.Column('dataset', sa.BigInteger(), nullable=False),
    sa.Column('alias', TEXT, nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('set_ms', sa.BigInteger(), nullable=False),
    sa.Column('set_by', TEXT, server_default='', nullable=False),
    sa.ForeignKeyConstraint(['dataset'], ['named_datasets.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('dataset', 'alias'),
    sqlite_with_rowid=False
    )
    op.create_table('dataset_versions',
    sa.Column('id', KEY, nullable=False),
    sa.Column('dataset', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('profile', sa.LargeBinary(), nullable=True),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('files', sa.BigInteger(), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.Column('row_count', sa.BigInteger(), nullable=True),
    sa.Column('message', TEXT, server_default='', nullable=False),
    sa.Column('source', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('created_by', TEXT, server_default='', nullable=False),
    sa.Column('created_run', TEXT, server_default='', nullable=False),
    sa.Column('stored_bytes', sa.BigInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['dataset'], ['named_datasets.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('dataset', 'digest'),
    sa.UniqueConstraint('dataset', 'number'),
    sqlite_autoincrement=True
    )
    op.create_table('datasets',
    sa.Column('id', KEY, nullable=False),
    sa.Column('experiment', sa.BigInteger(), nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('digest', TEXT, nullable=False),
    sa.Column('source_type', TEXT, server_default='', nullable=False),
    sa.Column('source', TEXT, server_default='', nullable=False),
    sa.Column('schema', TEXT, nullable=True),
    sa.Column('profile', TEXT, nullable=True),
    sa.ForeignKeyConstraint(['experiment'], ['experiments.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('experiment', 'name', 'digest')
    )
    op.create_table('experiment_tags',
    sa.Column('experiment', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['experiment'], ['experiments.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('grants',
    sa.Column('id', KEY, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('user_name', TEXT, nullable=True),
    sa.Column('group_id', sa.BigInteger(), nullable=True),
    sa.Column('pattern', TEXT, nullable=False),
    sa.Column('role', TEXT, nullable=False),
    sa.Column('label', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['user_groups.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_name'], ['users.name'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['workspace'], ['workspaces.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('group_id', 'workspace', 'pattern'),
    sa.UniqueConstraint('user_name', 'workspace', 'pattern')
    )
    op.create_index('grants_by_workspace', 'grants', ['workspace'], unique=False)
    op.create_table('group_members',
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('user_name', TEXT, nullable=False),
    sa.Column('origin', TEXT, server_default='', nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['user_groups.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_name'], ['users.name'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'user_name')
    )
    op.create_index('group_members_by_user', 'group_members', ['user_name'], unique=False)
    op.create_table('lineage_columns',
    sa.Column('id', KEY, nullable=False),
    sa.Column('edge', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.BigInteger(), nullable=False),
    sa.Column('source_column', TEXT, nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=False),
    sa.Column('target_column', TEXT, nullable=False),
    sa.Column('how', TEXT, server_default='', nullable=False),
    sa.Column('origin', sa.SmallInteger(), nullable=False),
    sa.ForeignKeyConstraint(['edge'], ['lineage_edges.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('edge', 'source_column', 'target_column')
    )
    op.create_index('lineage_columns_by_source', 'lineage_columns', ['source', 'source_column'], unique=False)
    op.create_index('lineage_columns_by_target', 'lineage_columns', ['target', 'target_column'], unique=False)
    op.create_table('lineage_proofs',
    sa.Column('edge', sa.BigInteger(), nullable=False),
    sa.Column('via', TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['edge'], ['lineage_edges.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('edge', 'via'),
    sqlite_with_rowid=False
    )
    op.create_table('lineage_run_data',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('node', sa.BigInteger(), nullable=False),
    sa.Column('written', sa.SmallInteger(), nullable=False),
    sa.Column('version', TEXT, server_default='', nullable=False),
    sa.Column('version_ms', sa.BigInteger(), nullable=False),
    sa.Column('facets', TEXT, server_default='{}', nullable=False),
    sa.Column('facets_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['run'], ['lineage_runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'node', 'written')
    )
    op.create_index('lineage_run_data_by_node', 'lineage_run_data', ['node', 'written', 'run'], unique=False)
    op.create_table('memberships',
    sa.Column('user_name', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('role', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['user_name'], ['users.name'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['workspace'], ['workspaces.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_name', 'workspace')
    )
    op.create_table('model_versions',
    sa.Column('id', KEY, nullable=False),
    sa.Column('model', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('lifecycle', TEXT, server_default='active', nullable=False),
    sa.Column('stage', TEXT, server_default='None', nullable=False),
    sa.Column('status', TEXT, server_default='READY', nullable=False),
    sa.Column('status_message', TEXT, server_default='', nullable=False),
    sa.Column('description', TEXT, server_default='', nullable=False),
    sa.Column('source', TEXT, nullable=False),
    sa.Column('location', TEXT, nullable=False),
    sa.Column('run_id', TEXT, server_default='', nullable=False),
    sa.Column('model_id', TEXT, server_default='', nullable=False),
    sa.Column('run_link', TEXT, server_default='', nullable=False),
    sa.Column('user_name', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('size', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('digest', TEXT, server_default='', nullable=False),
    sa.ForeignKeyConstraint(['model'], ['registered_models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('model', 'version'),
    sqlite_autoincrement=True
    )
    op.create_index('model_versions_by_creation', 'model_versions', ['workspace', 'kind', 'lifecycle', sa.literal_column('created_ms DESC'), 'name', sa.literal_column('version DESC')], unique=False)
    op.create_index('model_versions_by_model', 'model_versions', ['model_id'], unique=False)
    op.create_index('model_versions_by_name', 'model_versions', ['workspace', 'kind', 'lifecycle', 'name', sa.literal_column('version DESC')], unique=False)
    op.create_index('model_versions_by_run', 'model_versions', ['run_id'], unique=False)
    op.create_index('model_versions_by_stage', 'model_versions', ['model', 'lifecycle', 'stage', 'version'], unique=False)
    op.create_index('model_versions_by_update', 'model_versions', ['workspace', 'kind', 'lifecycle', sa.literal_column('updated_ms DESC'), 'name', sa.literal_column('version DESC')], unique=False)
    op.create_index('model_versions_in_stage', 'model_versions', ['stage'], unique=False)
    op.create_table('models',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('experiment', sa.BigInteger(), nullable=False),
    sa.Column('name', TEXT, server_default='', nullable=False),
    sa.Column('kind', TEXT, server_default='', nullable=False),
    sa.Column('state', TEXT, nullable=False),
    sa.Column('state_message', TEXT, server_default='', nullable=False),
    sa.Column('lifecycle', TEXT, server_default='active', nullable=False),
    sa.Column('source_run_id', TEXT, nullable=True),
    sa.Column('user_name', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.Column('deleted_ms', sa.BigInteger(), nullable=True),
    sa.Column('artifact_uri', TEXT, server_default='', nullable=False),
    sa.ForeignKeyConstraint(['experiment'], ['experiments.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('models_by_creation', 'models', ['experiment', 'lifecycle', sa.literal_column('created_ms DESC'), 'id'], unique=False)
    op.create_index('models_by_run', 'models', ['source_run_id'], unique=False)
    op.create_table('named_dataset_tags',
    sa.Column('dataset', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['dataset'], ['named_datasets.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('dataset', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('registered_aliases',
    sa.Column('model', sa.BigInteger(), nullable=False),
    sa.Column('alias', TEXT, nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['model'], ['registered_models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('model', 'alias'),
    sqlite_with_rowid=False
    )
    op.create_table('registered_model_tags',
    sa.Column('model', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['model'], ['registered_models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('model', 'key'),
    sqlite_with_rowid=False
    )
    op.create_index('registered_model_tags_by_value', 'registered_model_tags', ['key', sa.literal_column('substr(value, 1, 64)'), 'model'], unique=False)
    op.create_table('registry_moves',
    sa.Column('id', KEY, nullable=False),
    sa.Column('model', sa.BigInteger(), nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('verb', TEXT, nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=True),
    sa.Column('previous', sa.BigInteger(), nullable=True),
    sa.Column('left_stage', TEXT, server_default='', nullable=False),
    sa.Column('user_name', TEXT, server_default='', nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['model'], ['registered_models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('registry_moves_of_name', 'registry_moves', ['model', 'kind', 'name', 'id'], unique=False)
    op.create_table('runs',
    sa.Column('seq', KEY, nullable=False),
    sa.Column('id', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('experiment', sa.BigInteger(), nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('state', TEXT, nullable=False),
    sa.Column('lifecycle', TEXT, server_default='active', nullable=False),
    sa.Column('user_name', TEXT, server_default='', nullable=False),
    sa.Column('parent_id', TEXT, nullable=True),
    sa.Column('group_name', TEXT, server_default='', nullable=False),
    sa.Column('notes', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('start_ms', sa.BigInteger(), nullable=True),
    sa.Column('end_ms', sa.BigInteger(), nullable=True),
    sa.Column('heartbeat_ms', sa.BigInteger(), nullable=True),
    sa.Column('deleted_ms', sa.BigInteger(), nullable=True),
    sa.Column('deleted_with', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('stop_requested', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('forked_from', TEXT, nullable=True),
    sa.Column('fork_step', sa.BigInteger(), nullable=True),
    sa.Column('artifact_uri', TEXT, server_default='', nullable=False),
    sa.Column('dropped', sa.BigInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['experiment'], ['experiments.id'], ),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('runs_by_heartbeat', 'runs', ['heartbeat_ms'], unique=False, sqlite_where=sa.text("state = 'running' AND heartbeat_ms IS NOT NULL"), postgresql_where=sa.text("state = 'running' AND heartbeat_ms IS NOT NULL"))
    op.create_index('runs_by_parent', 'runs', ['parent_id'], unique=False, sqlite_where=sa.text('parent_id IS NOT NULL'), postgresql_where=sa.text('parent_id IS NOT NULL'))
    op.create_index('runs_by_start', 'runs', ['experiment', 'lifecycle', sa.literal_column('start_ms DESC'), 'id'], unique=False)
    op.create_index('runs_by_workspace', 'runs', ['workspace', 'lifecycle', sa.literal_column('start_ms DESC'), 'id'], unique=False)
    op.create_index('runs_purged', 'runs', ['seq'], unique=False, sqlite_where=sa.text("lifecycle = 'purged'"), postgresql_where=sa.text("lifecycle = 'purged'"))
    op.create_table('sessions',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('public', TEXT, nullable=False),
    sa.Column('user_name', TEXT, nullable=False),
    sa.Column('method', TEXT, nullable=False),
    sa.Column('address', TEXT, server_default='', nullable=False),
    sa.Column('agent', TEXT, server_default='', nullable=False),
    sa.Column('provider_token', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('proved_ms', sa.BigInteger(), nullable=False),
    sa.Column('seen_ms', sa.BigInteger(), nullable=False),
    sa.Column('expires_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user_name'], ['users.name'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public')
    )
    op.create_index('sessions_by_expiry', 'sessions', ['expires_ms'], unique=False)
    op.create_index('sessions_by_user', 'sessions', ['user_name'], unique=False)
    op.create_table('tokens',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('user_name', TEXT, nullable=False),
    sa.Column('label', TEXT, server_default='', nullable=False),
    sa.Column('secret', TEXT, nullable=False),
    sa.Column('scopes', TEXT, server_default='', nullable=False),
    sa.Column('workspace', TEXT, server_default='', nullable=False),
    sa.Column('patterns', TEXT, server_default='', nullable=False),
    sa.Column('replaces', TEXT, server_default='', nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('expires_ms', sa.BigInteger(), nullable=True),
    sa.Column('last_used_ms', sa.BigInteger(), nullable=True),
    sa.Column('revoked', sa.SmallInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['user_name'], ['users.name'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('tokens_by_user', 'tokens', ['user_name', 'created_ms'], unique=False)
    op.create_table('upload_parts',
    sa.Column('upload', TEXT, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('digest', TEXT, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['upload'], ['uploads.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('upload', 'number')
    )
    op.create_index('upload_parts_by_digest', 'upload_parts', ['digest'], unique=False)
    op.create_table('views',
    sa.Column('id', TEXT, nullable=False),
    sa.Column('workspace', TEXT, nullable=False),
    sa.Column('experiment', sa.BigInteger(), nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('owner', TEXT, nullable=False),
    sa.Column('shared', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('state', TEXT, nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('updated_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['experiment'], ['experiments.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('views_of_experiment', 'views', ['experiment', 'created_ms', 'id'], unique=False)
    op.create_table('chunks',
    sa.Column('id', KEY, nullable=False),
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('level', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('above', sa.SmallInteger(), server_default='99', nullable=False),
    sa.Column('parent', sa.BigInteger(), nullable=True),
    sa.Column('first_step', sa.BigInteger(), nullable=False),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('chunks_of_series', 'chunks', ['run', 'key', 'last_ms', 'first_ms', 'first_step', 'last_step', 'above'], unique=False)
    op.create_table('console',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('first', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'first')
    )
    op.create_table('dataset_inputs',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('dataset', sa.BigInteger(), nullable=False),
    sa.Column('context', TEXT, server_default='', nullable=False),
    sa.Column('tags', TEXT, server_default='{}', nullable=False),
    sa.ForeignKeyConstraint(['dataset'], ['datasets.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'dataset')
    )
    op.create_index('dataset_inputs_by_dataset', 'dataset_inputs', ['dataset'], unique=False)
    op.create_table('dataset_uses',
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('run_id', TEXT, nullable=False),
    sa.Column('direction', TEXT, nullable=False),
    sa.Column('context', TEXT, server_default='', nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['version'], ['dataset_versions.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version', 'run_id', 'direction')
    )
    op.create_index('dataset_uses_by_run', 'dataset_uses', ['run_id'], unique=False)
    op.create_table('dataset_version_packs',
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('pack', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['pack'], ['data_packs.id'], ),
    sa.ForeignKeyConstraint(['version'], ['dataset_versions.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version', 'pack'),
    sqlite_with_rowid=False
    )
    op.create_index('dataset_version_packs_by_pack', 'dataset_version_packs', ['pack'], unique=False)
    op.create_table('dataset_version_tags',
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['version'], ['dataset_versions.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('definitions',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('goal', TEXT, nullable=True),
    sa.Column('step_metric', TEXT, nullable=True),
    sa.Column('policy', TEXT, server_default='all', nullable=False),
    sa.Column('hidden', sa.SmallInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('metrics',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('experiment', sa.BigInteger(), nullable=False),
    sa.Column('last', sa.Double(), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('nans', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('min', sa.Double(), nullable=True),
    sa.Column('max', sa.Double(), nullable=True),
    sa.Column('sum', sa.Double(), nullable=True),
    sa.Column('min_step', sa.BigInteger(), nullable=True),
    sa.Column('fresh', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'key'),
    sqlite_with_rowid=False
    )
    op.create_index('metrics_by_value', 'metrics', ['experiment', 'key', 'last', 'run'], unique=False)
    op.create_index('metrics_to_merge', 'metrics', ['run', 'key'], unique=False, sqlite_where=sa.text('fresh >= 2'), postgresql_where=sa.text('fresh >= 2'))
    op.create_table('model_links',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('direction', TEXT, nullable=False),
    sa.Column('model_id', TEXT, nullable=False),
    sa.Column('step', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'direction', 'model_id')
    )
    op.create_table('model_metrics',
    sa.Column('model', TEXT, nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('dataset_name', TEXT, server_default='', nullable=False),
    sa.Column('dataset_digest', TEXT, server_default='', nullable=False),
    sa.Column('run_id', TEXT, server_default='', nullable=False),
    sa.Column('step', sa.BigInteger(), nullable=False),
    sa.Column('time_ms', sa.BigInteger(), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['model'], ['models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('model', 'key', 'dataset_name', 'dataset_digest', 'run_id', 'step', 'time_ms')
    )
    op.create_table('model_params',
    sa.Column('model', TEXT, nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['model'], ['models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('model', 'key')
    )
    op.create_table('model_tags',
    sa.Column('model', TEXT, nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['model'], ['models.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('model', 'key')
    )
    op.create_table('origins',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('data', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run')
    )
    op.create_table('params',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.Column('text', TEXT, nullable=False),
    sa.Column('number', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('pyramids',
    sa.Column('id', KEY, nullable=False),
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('tier', sa.SmallInteger(), nullable=False),
    sa.Column('shift', sa.SmallInteger(), nullable=False),
    sa.Column('above', sa.SmallInteger(), server_default='99', nullable=False),
    sa.Column('parent', sa.BigInteger(), nullable=True),
    sa.Column('first_step', sa.BigInteger(), nullable=False),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('pyramids_of_series', 'pyramids', ['run', 'key', 'shift', 'above', 'first_step', 'last_step'], unique=False)
    op.create_table('summaries',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.Column('number', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('tags',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'key'),
    sqlite_with_rowid=False
    )
    op.create_table('version_facts',
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('facts', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['version'], ['model_versions.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version')
    )
    op.create_table('version_tags',
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('value', TEXT, nullable=False),
    sa.ForeignKeyConstraint(['version'], ['model_versions.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version', 'key'),
    sqlite_with_rowid=False
    )
    op.create_index('version_tags_by_value', 'version_tags', ['key', sa.literal_column('substr(value, 1, 64)'), 'version'], unique=False)
    op.create_table('writers',
    sa.Column('run', sa.BigInteger(), nullable=False),
    sa.Column('writer', TEXT, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.seq'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run', 'writer'),
    sqlite_with_rowid=False
    )
    data.change()
