"""Telephone numbers of staff

Revision: 0024, after: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("telephone", sa.String(15), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("users", "telephone")
