"""Filled slips that were brought back to be keyed

Revision: 0017, after: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipt_lists", sa.Column("brought_back", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("receipt_lists", "brought_back")
