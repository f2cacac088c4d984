"""What a moderated text is about, in a word of the Front

Revision: 0043, after: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("text_reviews", sa.Column("tag", sa.String(length=40), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("text_reviews", "tag")
