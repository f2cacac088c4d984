"""Moderated free texts

Revision: 0010, after: 0009

The refusal to change what was answered to a request on personal data. The triggers are copies of survey_app/results/triggers.py as it was; a later change is a later revision.
"""

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
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
