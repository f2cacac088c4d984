"""The rule book that a campaign chooses; none for that of the year

Revision: 0045, after: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("rulebook_key", sa.String(length=60), nullable=True))
    op.add_column("campaigns", sa.Column("rulebook_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaigns", "rulebook_version")
    op.drop_column("campaigns", "rulebook_key")
