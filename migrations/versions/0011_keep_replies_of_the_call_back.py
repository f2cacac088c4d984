"""Keep every entry of what the call-back found

Revision: 0011, after: 0010

Replies were overwritten in place; each is now a row of its own that never changes. The triggers are a copy of
survey_app/results/triggers.py as it was; a later change is a later revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE TRIGGER callback_replies_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON callback_replies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER callback_replies_never_update BEFORE UPDATE ON callback_replies BEGIN SELECT RAISE(ABORT, 'sealed rows never change: callback_replies'); END",
    "CREATE TRIGGER callback_replies_never_delete BEFORE DELETE ON callback_replies BEGIN SELECT RAISE(ABORT, 'sealed rows never change: callback_replies'); END",
)

_DROP_POSTGRESQL = ("DROP TRIGGER callback_replies_never_change ON callback_replies",)

_DROP_SQLITE = (
    "DROP TRIGGER callback_replies_never_delete",
    "DROP TRIGGER callback_replies_never_update",
)

_KEEP = (
    "INSERT INTO callback_replies (survey_id, number, confirmed, denied, not_reached, noted_by, noted_at)"
    " SELECT survey_id, 1, confirmed, denied, not_reached, noted_by, noted_at FROM callbacks"
    " WHERE confirmed IS NOT NULL AND denied IS NOT NULL AND not_reached IS NOT NULL"
    " AND noted_by IS NOT NULL AND noted_at IS NOT NULL"
)

_COLUMNS = ("confirmed", "denied", "not_reached", "noted_by", "noted_at")

#: Going down, the newest entry is what stood in place.
_BACK = "UPDATE callbacks SET " + ", ".join(
    f"{name} = (SELECT r.{name} FROM callback_replies r WHERE r.survey_id = callbacks.survey_id"
    " ORDER BY r.number DESC LIMIT 1)"
    for name in _COLUMNS
)


def upgrade() -> None:
    op.create_table(
        "callback_replies",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("denied", sa.Integer(), nullable=False),
        sa.Column("not_reached", sa.Integer(), nullable=False),
        sa.Column("noted_by", sa.String(length=40), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["callbacks.survey_id"], name=op.f("fk_callback_replies_survey_id_callbacks")
        ),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_callback_replies")),
    )
    op.execute(_KEEP)
    for name in _COLUMNS:
        op.drop_column("callbacks", name)
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
    for name in _COLUMNS[:3]:
        op.add_column("callbacks", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("callbacks", sa.Column("noted_by", sa.String(length=40), nullable=True))
    op.add_column("callbacks", sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_BACK)
    op.drop_table("callback_replies")
