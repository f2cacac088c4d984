"""What a commune says it will do after a result, and what was open when somebody signed all the same

Revision: 0033, after: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pledges",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("saved_by", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_pledges_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_pledges")),
    )
    op.create_table(
        "signed_over",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("is_second", sa.Boolean(), nullable=False),
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("said_by", sa.String(length=40), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_signed_over_approval_id_approvals")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_signed_over_survey_id_surveys")),
        sa.PrimaryKeyConstraint("approval_id", "is_second", name=op.f("pk_signed_over")),
    )
    op.create_index(op.f("ix_signed_over_survey_id"), "signed_over", ["survey_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_signed_over_survey_id"), table_name="signed_over")
    op.drop_table("signed_over")
    op.drop_table("pledges")
