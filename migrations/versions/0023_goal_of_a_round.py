"""The goal of a round, as the Front's plan names it

Revision: 0023, after: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    within = sa.CheckConstraint("goal_percent BETWEEN 1 AND 100", name=op.f("ck_surveys_goal_in_percent"))
    op.add_column("surveys", sa.Column("goal_percent", sa.Integer(), within, nullable=True))


def downgrade() -> None:
    op.drop_column("surveys", "goal_percent")
