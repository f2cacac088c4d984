"""Nothing final by one reading of the clock

Revision: 0014, after: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_readings",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("boot", sa.String(length=40), nullable=False),
        sa.Column("uptime", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_clock_readings")),
    )
    op.create_table(
        "due_acts",
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("act", "subject", name=op.f("pk_due_acts")),
    )


def downgrade() -> None:
    op.drop_table("due_acts")
    op.drop_table("clock_readings")
