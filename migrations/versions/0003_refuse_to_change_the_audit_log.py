"""Refuse to change the audit log

Revision: 0003, after: 0002

The text is a copy of survey_app/audit.py as it was; a later change is a later revision.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log never changes'; END $$",
    "CREATE TRIGGER audit_events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER audit_events_never_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END",
    "CREATE TRIGGER audit_events_never_delete BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END",
)

_DROP_POSTGRESQL = (
    "DROP TRIGGER audit_events_never_change ON audit_events",
    "DROP FUNCTION refuse_audit_change()",
)

_DROP_SQLITE = (
    "DROP TRIGGER audit_events_never_update",
    "DROP TRIGGER audit_events_never_delete",
)


def upgrade() -> None:
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
