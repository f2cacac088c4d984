"""Campaigns of a province: the days of each step, and the communes they are for

Revision: 0036, after: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("province_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("plan_number", sa.String(length=60), nullable=False),
        sa.Column("plan_date", sa.Date(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_campaigns_window")),
        sa.ForeignKeyConstraint(["province_id"], ["units.id"], name=op.f("fk_campaigns_province_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("province_id", "year", "title", name=op.f("uq_campaigns_province_id_year_title")),
    )
    op.create_table(
        "campaign_deadlines",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "step IN ('households', 'approved', 'printed', 'sealed', 'signed', 'posted')",
            name=op.f("ck_campaign_deadlines_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_deadlines_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "step", name=op.f("pk_campaign_deadlines")),
    )
    op.create_table(
        "campaign_communes",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("had_one", sa.Boolean(), nullable=False),
        sa.Column("rehearsal_id", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_communes_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_campaign_communes_unit_id_units")),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", name=op.f("pk_campaign_communes")),
    )


def downgrade() -> None:
    op.drop_table("campaign_communes")
    op.drop_table("campaign_deadlines")
    op.drop_table("campaigns")
