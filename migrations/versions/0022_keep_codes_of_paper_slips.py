"""Codes of paper slips, encrypted, beside the leaf of their answer, and counts of what became of slips at the desk

Revision: 0022, after: 0021

Slips keyed before have no row: they are still found by the receipt written on them. Going back drops the rows; slips keyed
meanwhile, whose receipt nobody wrote, are then found by nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_slips",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("slip", sa.LargeBinary(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=True),
        sa.CheckConstraint("way IN ('exceptions', 'digits', 'scan')", name=op.f("ck_paper_slips_way_known")),
        sa.CheckConstraint("(leaf IS NULL) = (way IS NULL)", name=op.f("ck_paper_slips_keyed_some_way")),
        sa.PrimaryKeyConstraint("survey_id", "slip", name=op.f("pk_paper_slips")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_counters",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('exceptions', 'digits', 'scan', 'by_phone')", name=op.f("ck_desk_counters_outcome_known")
        ),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "outcome", name=op.f("pk_desk_counters")),
    )


def downgrade() -> None:
    op.drop_table("desk_counters")
    op.drop_table("paper_slips")
