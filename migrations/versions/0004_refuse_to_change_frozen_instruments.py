"""Refuse to change frozen instruments

Revision: 0004, after: 0003

The text is a copy of survey_app/authoring/triggers.py as it was; a later change is a later revision.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE FUNCTION refuse_frozen_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' OR NEW.document::text IS DISTINCT FROM OLD.document::text OR NEW.digest::text IS DISTINCT FROM OLD.digest::text OR NEW.frozen_at::text IS DISTINCT FROM OLD.frozen_at::text OR NEW.key::text IS DISTINCT FROM OLD.key::text OR NEW.version::text IS DISTINCT FROM OLD.version::text OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS DISTINCT FROM OLD.confirmed_number) THEN RAISE EXCEPTION 'frozen instruments never change'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER instruments_stay_frozen BEFORE UPDATE OR DELETE ON instruments FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_change()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER instruments_never_update BEFORE UPDATE ON instruments WHEN OLD.frozen_at IS NOT NULL AND (NEW.document IS NOT OLD.document OR NEW.digest IS NOT OLD.digest OR NEW.frozen_at IS NOT OLD.frozen_at OR NEW.key IS NOT OLD.key OR NEW.version IS NOT OLD.version OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS NOT OLD.confirmed_number)) BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
    "CREATE TRIGGER instruments_never_delete BEFORE DELETE ON instruments WHEN OLD.frozen_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
)

_DROP_POSTGRESQL = (
    "DROP TRIGGER instruments_stay_frozen ON instruments",
    "DROP FUNCTION refuse_frozen_change()",
)

_DROP_SQLITE = (
    "DROP TRIGGER instruments_never_delete",
    "DROP TRIGGER instruments_never_update",
)


def upgrade() -> None:
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
