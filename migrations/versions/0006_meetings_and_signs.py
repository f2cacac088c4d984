"""Announced meetings, networks while a survey runs, and signs counted at sealing

Revision: 0006, after: 0005

The text of the triggers is a copy of survey_app/results/triggers.py as it was; a later change is a later revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE TRIGGER sealed_signs_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_signs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER sealed_signs_end_at_seal BEFORE INSERT ON sealed_signs FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER sealed_signs_never_update BEFORE UPDATE ON sealed_signs BEGIN SELECT RAISE(ABORT, 'sealed rows never change: sealed_signs'); END",
    "CREATE TRIGGER sealed_signs_never_delete BEFORE DELETE ON sealed_signs BEGIN SELECT RAISE(ABORT, 'sealed rows never change: sealed_signs'); END",
    "CREATE TRIGGER sealed_signs_end_at_seal BEFORE INSERT ON sealed_signs WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
)


def upgrade() -> None:
    op.create_table(
        "meetings",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("announced_by", sa.String(length=40), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=40), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meetings_in_order")),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_id"],
            ["frames.survey_id", "frames.unit_id"],
            name=op.f("fk_meetings_survey_id_unit_id_frames"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_meetings")),
    )
    op.create_table(
        "network_counters",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", name=op.f("pk_network_counters")),
    )
    op.create_table(
        "sealed_signs",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.String(length=2), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("rarity", sa.Integer(), nullable=False),
        sa.CheckConstraint("sign IN ('F5', 'F6', 'F9')", name=op.f("ck_sealed_signs_sign_known")),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "sign", name=op.f("pk_sealed_signs")),
    )
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    # The triggers go with their table.
    op.drop_table("sealed_signs")
    op.drop_table("network_counters")
    op.drop_table("meetings")
