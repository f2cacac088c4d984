"""When each sealed survey was last counted again, and what came of it

Revision: 0044, after: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recounts",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR agrees IS NOT NULL", name=op.f("ck_recounts_ended_with_outcome")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_recounts_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_recounts")),
    )


def downgrade() -> None:
    op.drop_table("recounts")
