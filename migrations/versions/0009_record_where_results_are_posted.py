"""Record where results are posted

Revision: 0009, after: 0008

The text of the triggers is a copy of survey_app/reporting/triggers.py as it was; a later change is a later revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE FUNCTION refuse_posting_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a posting on record never changes'; END $$",
    "CREATE TRIGGER postings_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_posting_change()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER postings_never_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'a posting on record never changes'); END",
    "CREATE TRIGGER postings_never_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'a posting on record never changes'); END",
)

_DROP_POSTGRESQL = (
    "DROP TRIGGER postings_never_change ON postings",
    "DROP FUNCTION refuse_posting_change()",
)

_DROP_SQLITE = (
    "DROP TRIGGER postings_never_update",
    "DROP TRIGGER postings_never_delete",
)


def upgrade() -> None:
    op.create_table(
        "postings",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("posted_from", sa.Date(), nullable=False),
        sa.Column("posted_until", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("posted_until >= posted_from", name=op.f("ck_postings_ends_after_it_begins")),
        sa.CheckConstraint("replaces < number", name=op.f("ck_postings_replaces_an_older_one")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_postings_survey_id_surveys")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_postings_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["survey_id", "replaces"],
            ["postings.survey_id", "postings.number"],
            name=op.f("fk_postings_survey_id_replaces_postings"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_postings")),
        sa.UniqueConstraint("survey_id", "replaces", name=op.f("uq_postings_survey_id_replaces")),
    )
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
    op.drop_table("postings")
