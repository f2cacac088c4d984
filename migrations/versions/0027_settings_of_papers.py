"""How a province's Front heads, numbers and closes its papers

Revision: 0027, after: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_settings",
        sa.Column("province_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("committee", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.String(length=100), nullable=False),
        sa.Column("village_body", sa.String(length=200), nullable=False),
        sa.Column("number_pattern", sa.String(length=60), nullable=False),
        sa.Column("layout_source", sa.String(length=300), nullable=False),
        sa.Column("minutes_closing", sa.String(length=1000), nullable=False),
        sa.Column("notice_closing", sa.String(length=1000), nullable=False),
        sa.Column("report_closing", sa.String(length=1000), nullable=False),
        sa.Column("receivers", sa.String(length=1000), nullable=False),
        sa.Column("exact_source", sa.String(length=300), nullable=False),
        sa.Column("exact_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_by", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["province_id"], ["units.id"], name=op.f("fk_paper_settings_province_id_units")),
        sa.PrimaryKeyConstraint("province_id", name=op.f("pk_paper_settings")),
    )


def downgrade() -> None:
    op.drop_table("paper_settings")
