"""Households that were away, by village; and surveys of which every paper slip is keyed twice

Revision: 0026, after: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absent_households",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.CheckConstraint("households >= 0", name=op.f("ck_absent_households_none_negative")),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_id"],
            ["frames.survey_id", "frames.unit_id"],
            name=op.f("fk_absent_households_survey_id_unit_id_frames"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", name=op.f("pk_absent_households")),
    )
    op.add_column(
        "surveys", sa.Column("keyed_twice", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("surveys", "keyed_twice")
    op.drop_table("absent_households")
