"""Keep what checks of paper keying found

Revision: 0005, after: 0004

The triggers are a copy of survey_app/results/triggers.py as it was; a later change is a later revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE FUNCTION refuse_change_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM seals WHERE survey_id = OLD.survey_id) THEN RAISE EXCEPTION 'survey % is sealed', OLD.survey_id; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER second_keyings_stay_at_seal BEFORE UPDATE OR DELETE ON second_keyings FOR EACH ROW EXECUTE FUNCTION refuse_change_after_seal()",
    "CREATE TRIGGER second_keyings_never_truncate BEFORE TRUNCATE ON second_keyings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER paper_comparisons_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON paper_comparisons FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER second_keyings_end_at_seal BEFORE INSERT ON second_keyings FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER second_keyings_stay_at_update BEFORE UPDATE ON second_keyings WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = OLD.survey_id) BEGIN SELECT RAISE(ABORT, 'sealed rows never change: second_keyings'); END",
    "CREATE TRIGGER second_keyings_stay_at_delete BEFORE DELETE ON second_keyings WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = OLD.survey_id) BEGIN SELECT RAISE(ABORT, 'sealed rows never change: second_keyings'); END",
    "CREATE TRIGGER paper_comparisons_never_update BEFORE UPDATE ON paper_comparisons BEGIN SELECT RAISE(ABORT, 'sealed rows never change: paper_comparisons'); END",
    "CREATE TRIGGER paper_comparisons_never_delete BEFORE DELETE ON paper_comparisons BEGIN SELECT RAISE(ABORT, 'sealed rows never change: paper_comparisons'); END",
    "CREATE TRIGGER second_keyings_end_at_seal BEFORE INSERT ON second_keyings WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
)

_DROP_POSTGRESQL = (
    "DROP TRIGGER second_keyings_stay_at_seal ON second_keyings",
    "DROP TRIGGER second_keyings_never_truncate ON second_keyings",
    "DROP TRIGGER paper_comparisons_never_change ON paper_comparisons",
    "DROP TRIGGER second_keyings_end_at_seal ON second_keyings",
    "DROP FUNCTION refuse_change_after_seal()",
)

_DROP_SQLITE = (
    "DROP TRIGGER paper_comparisons_never_delete",
    "DROP TRIGGER paper_comparisons_never_update",
    "DROP TRIGGER second_keyings_end_at_seal",
    "DROP TRIGGER second_keyings_stay_at_delete",
    "DROP TRIGGER second_keyings_stay_at_update",
)


def upgrade() -> None:
    op.create_table(
        "paper_keyers",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "user_id", name=op.f("pk_paper_keyers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "second_keyings",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "leaf", name=op.f("pk_second_keyings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_comparisons",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("noted_by", sa.String(length=40), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('matches', 'differs', 'not_found')",
            name=op.f("ck_paper_comparisons_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_paper_comparisons_survey_id_surveys")
        ),
        sa.PrimaryKeyConstraint("survey_id", "leaf", "number", name=op.f("pk_paper_comparisons")),
    )
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
    op.drop_table("paper_comparisons")
    op.drop_table("second_keyings")
    op.drop_table("paper_keyers")
