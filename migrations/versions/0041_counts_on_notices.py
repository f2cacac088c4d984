"""Whether notices of villages give counts: what a province's Front set, and what a survey pinned

Revision: 0041, after: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_counts",
        sa.Column("province_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("saved_by", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["province_id"], ["units.id"], name=op.f("fk_notice_counts_province_id_units")
        ),
        sa.PrimaryKeyConstraint("province_id", name=op.f("pk_notice_counts")),
    )
    number = sa.Column("notice_number", sa.String(length=100), server_default=sa.text("''"), nullable=False)
    body = sa.Column("notice_body", sa.String(length=200), server_default=sa.text("''"), nullable=False)
    for column in (number, sa.Column("notice_dated", sa.Date(), nullable=True), body):
        op.add_column("surveys", column)


def downgrade() -> None:
    for column in ("notice_body", "notice_dated", "notice_number"):
        op.drop_column("surveys", column)
    op.drop_table("notice_counts")
