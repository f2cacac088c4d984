"""The place of a feedback survey

Revision: 0028, after: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("surveys", sa.Column("place", sa.String(length=120), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("surveys", "place")
