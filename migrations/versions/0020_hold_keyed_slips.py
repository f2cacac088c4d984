"""A keyed slip is held for a minute before it is stored as an answer

Revision: 0020, after: 0019

Going back drops what is held: let the minute job run before, which stores it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_slips",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=4), nullable=False),
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "place", name=op.f("pk_held_slips")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("held_slips")
