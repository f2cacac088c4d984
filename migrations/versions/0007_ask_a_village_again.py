"""A village can be asked again within its survey

Revision: 0007, after: 0006

The text of the triggers is a copy of survey_app/results/triggers.py as it was; a later change is a later revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Their functions on PostgreSQL are those of 0002.
_CREATE_POSTGRESQL = (
    "CREATE TRIGGER annulled_responses_never_update BEFORE UPDATE ON annulled_responses FOR EACH ROW EXECUTE FUNCTION refuse_update_unless_permitted()",
    "CREATE TRIGGER annulled_responses_never_delete BEFORE DELETE ON annulled_responses FOR EACH ROW EXECUTE FUNCTION refuse_delete_unless_permitted()",
    "CREATE TRIGGER annulled_responses_never_truncate BEFORE TRUNCATE ON annulled_responses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER village_annulments_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON village_annulments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER annulled_responses_end_at_seal BEFORE INSERT ON annulled_responses FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
    "CREATE TRIGGER village_annulments_end_at_seal BEFORE INSERT ON village_annulments FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER annulled_responses_never_update BEFORE UPDATE ON annulled_responses WHEN NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id) OR NEW.survey_id <> OLD.survey_id OR NEW.id <> OLD.id OR NEW.unit_id <> OLD.unit_id OR NEW.channel <> OLD.channel OR NEW.version <> OLD.version OR NEW.leaf <> OLD.leaf BEGIN SELECT RAISE(ABORT, 'sealed rows never change: annulled_responses'); END",
    "CREATE TRIGGER annulled_responses_never_delete BEFORE DELETE ON annulled_responses WHEN NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id) OR NOT EXISTS (SELECT 1 FROM retained_leaves WHERE survey_id = OLD.survey_id AND leaf = OLD.leaf) BEGIN SELECT RAISE(ABORT, 'sealed rows never change: annulled_responses'); END",
    "CREATE TRIGGER village_annulments_never_update BEFORE UPDATE ON village_annulments BEGIN SELECT RAISE(ABORT, 'sealed rows never change: village_annulments'); END",
    "CREATE TRIGGER village_annulments_never_delete BEFORE DELETE ON village_annulments BEGIN SELECT RAISE(ABORT, 'sealed rows never change: village_annulments'); END",
    "CREATE TRIGGER annulled_responses_end_at_seal BEFORE INSERT ON annulled_responses WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
    "CREATE TRIGGER village_annulments_end_at_seal BEFORE INSERT ON village_annulments WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
)


def upgrade() -> None:
    op.create_table(
        "annulled_responses",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_annulled_responses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "village_annulments",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("round > 0", name=op.f("ck_village_annulments_round_positive")),
        sa.CheckConstraint("answers >= 0 AND slips >= 0", name=op.f("ck_village_annulments_none_negative")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_village_annulments_approval_id_approvals")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_id"],
            ["frames.survey_id", "frames.unit_id"],
            name=op.f("fk_village_annulments_survey_id_frames"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "round", name=op.f("pk_village_annulments")),
    )
    op.add_column(
        "retained_leaves", sa.Column("annulled", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("retained_leaves", "annulled")
    op.drop_table("village_annulments")
    op.drop_table("annulled_responses")
