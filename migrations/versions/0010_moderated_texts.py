"""Moderated free texts

Revision: 0010, after: 0009

Decisions of the Front on free texts, and the refusal to change what was answered to a request on personal data. The
triggers are copies of survey_app/results/triggers.py as it was; a later change is a later revision.
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
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
    op.drop_table("text_reviews")
