"""Moderated free texts

Revision: 0010, after: 0009

Decisions of the Front on free texts; the refusal to change what was answered to a request on personal data; and the
Front's confirmation of a form may be taken back while no survey was published with it. The triggers are copies of
survey_app/results/triggers.py and survey_app/authoring/triggers.py as they were; a later change is a later revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE TRIGGER data_request_answers_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON data_request_answers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER data_request_answers_never_update BEFORE UPDATE ON data_request_answers BEGIN SELECT RAISE(ABORT, 'sealed rows never change: data_request_answers'); END",
    "CREATE TRIGGER data_request_answers_never_delete BEFORE DELETE ON data_request_answers BEGIN SELECT RAISE(ABORT, 'sealed rows never change: data_request_answers'); END",
)

_DROP_POSTGRESQL = ("DROP TRIGGER data_request_answers_never_change ON data_request_answers",)

_DROP_SQLITE = (
    "DROP TRIGGER data_request_answers_never_delete",
    "DROP TRIGGER data_request_answers_never_update",
)

# The triggers of instruments as they are from here on, as they were, and their removal.
_NEW_FORMS_POSTGRESQL = (
    "CREATE FUNCTION refuse_frozen_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' OR NEW.document::text IS DISTINCT FROM OLD.document::text OR NEW.digest::text IS DISTINCT FROM OLD.digest::text OR NEW.frozen_at::text IS DISTINCT FROM OLD.frozen_at::text OR NEW.key::text IS DISTINCT FROM OLD.key::text OR NEW.version::text IS DISTINCT FROM OLD.version::text OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS DISTINCT FROM OLD.confirmed_number AND (NEW.confirmed_number IS NOT NULL OR EXISTS (SELECT 1 FROM surveys WHERE instrument_id = OLD.id AND published_at IS NOT NULL))) THEN RAISE EXCEPTION 'frozen instruments never change'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER instruments_stay_frozen BEFORE UPDATE OR DELETE ON instruments FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_change()",
)

_NEW_FORMS_SQLITE = (
    "CREATE TRIGGER instruments_never_update BEFORE UPDATE ON instruments WHEN OLD.frozen_at IS NOT NULL AND (NEW.document IS NOT OLD.document OR NEW.digest IS NOT OLD.digest OR NEW.frozen_at IS NOT OLD.frozen_at OR NEW.key IS NOT OLD.key OR NEW.version IS NOT OLD.version OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS NOT OLD.confirmed_number AND (NEW.confirmed_number IS NOT NULL OR EXISTS (SELECT 1 FROM surveys WHERE instrument_id = OLD.id AND published_at IS NOT NULL)))) BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
    "CREATE TRIGGER instruments_never_delete BEFORE DELETE ON instruments WHEN OLD.frozen_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
)

_OLD_FORMS_POSTGRESQL = (
    "CREATE FUNCTION refuse_frozen_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' OR NEW.document::text IS DISTINCT FROM OLD.document::text OR NEW.digest::text IS DISTINCT FROM OLD.digest::text OR NEW.frozen_at::text IS DISTINCT FROM OLD.frozen_at::text OR NEW.key::text IS DISTINCT FROM OLD.key::text OR NEW.version::text IS DISTINCT FROM OLD.version::text OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS DISTINCT FROM OLD.confirmed_number) THEN RAISE EXCEPTION 'frozen instruments never change'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER instruments_stay_frozen BEFORE UPDATE OR DELETE ON instruments FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_change()",
)

_OLD_FORMS_SQLITE = (
    "CREATE TRIGGER instruments_never_update BEFORE UPDATE ON instruments WHEN OLD.frozen_at IS NOT NULL AND (NEW.document IS NOT OLD.document OR NEW.digest IS NOT OLD.digest OR NEW.frozen_at IS NOT OLD.frozen_at OR NEW.key IS NOT OLD.key OR NEW.version IS NOT OLD.version OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS NOT OLD.confirmed_number)) BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
    "CREATE TRIGGER instruments_never_delete BEFORE DELETE ON instruments WHEN OLD.frozen_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
)

_NO_FORMS_POSTGRESQL = (
    "DROP TRIGGER instruments_stay_frozen ON instruments",
    "DROP FUNCTION refuse_frozen_change()",
)

_NO_FORMS_SQLITE = (
    "DROP TRIGGER instruments_never_delete",
    "DROP TRIGGER instruments_never_update",
)


def upgrade() -> None:
    op.create_table(
        "text_reviews",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "question", "handle", name=op.f("pk_text_reviews")),
        sqlite_with_rowid=False,
    )
    _execute(_CREATE_POSTGRESQL, _CREATE_SQLITE)
    _execute(_NO_FORMS_POSTGRESQL, _NO_FORMS_SQLITE)
    _execute(_NEW_FORMS_POSTGRESQL, _NEW_FORMS_SQLITE)


def downgrade() -> None:
    _execute(_NO_FORMS_POSTGRESQL, _NO_FORMS_SQLITE)
    _execute(_OLD_FORMS_POSTGRESQL, _OLD_FORMS_SQLITE)
    _execute(_DROP_POSTGRESQL, _DROP_SQLITE)
    op.drop_table("text_reviews")


def _execute(postgresql: tuple[str, ...], sqlite: tuple[str, ...]) -> None:
    for statement in postgresql if op.get_bind().dialect.name == "postgresql" else sqlite:
        op.execute(statement)
