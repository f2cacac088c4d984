"""What recognition the commune of a survey aims at

Revision: 0042, after: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("surveys", sa.Column("level", sa.String(length=20), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("surveys", "level")
