"""Remarks of the public on a consultation, and what was answered

Revision: 0035, after: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_as", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entered_for", sa.String(length=10), nullable=True),
        sa.Column("entered_by", sa.String(length=40), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(entered_by IS NULL) = (entered_for IS NULL)", name=op.f("ck_public_remarks_entered_for_a_body")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_public_remarks_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_remarks")),
        sa.UniqueConstraint("sent_as", name=op.f("uq_public_remarks_sent_as")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_public_remarks_survey_id_number")),
    )
    op.create_table(
        "public_remark_answers",
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("body", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["public_remarks.id"], name=op.f("fk_public_remark_answers_remark_id_public_remarks")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_public_remark_answers_unit_id_units")),
        sa.PrimaryKeyConstraint("remark_id", "number", name=op.f("pk_public_remark_answers")),
    )


def downgrade() -> None:
    op.drop_table("public_remark_answers")
    op.drop_table("public_remarks")
