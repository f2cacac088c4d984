"""Appraisals of signed results by the Front of the province

Revision: 0038, after: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appraisals",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('accepted', 'changes', 'answered')", name=op.f("ck_appraisals_step_known")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_appraisals_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_appraisals")),
    )


def downgrade() -> None:
    op.drop_table("appraisals")
