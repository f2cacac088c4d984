"""Refused seals, and tries of erasing

Revision: 0015, after: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasing_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasing_tries")),
    )
    op.create_table(
        "refused_seals",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_refused_seals_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_refused_seals")),
    )


def downgrade() -> None:
    op.drop_table("refused_seals")
    op.drop_table("erasing_tries")
