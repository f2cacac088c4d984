"""Consultations held on paper outside, with the scan of their minutes

Revision: 0039, after: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_consultations",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("satisfied", sa.Integer(), nullable=True),
        sa.Column("possible", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "held_until >= held_from", name=op.f("ck_outside_consultations_days_in_order")
        ),
        sa.CheckConstraint(
            "0 <= valid AND valid <= answered AND answered <= households",
            name=op.f("ck_outside_consultations_counts_in_order"),
        ),
        sa.CheckConstraint(
            "(satisfied IS NULL) = (possible IS NULL)", name=op.f("ck_outside_consultations_both_or_none")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_outside_consultations_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("unit_id", "year", "number", name=op.f("pk_outside_consultations")),
    )


def downgrade() -> None:
    op.drop_table("outside_consultations")
