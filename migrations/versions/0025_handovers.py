"""Who took over from whom

Revision: 0025, after: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_user", sa.Integer(), nullable=False),
        sa.Column("to_user", sa.Integer(), nullable=False),
        sa.Column("by_user", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_user <> to_user", name=op.f("ck_handovers_to_somebody_else")),
        sa.ForeignKeyConstraint(["from_user"], ["users.id"], name=op.f("fk_handovers_from_user_users")),
        sa.ForeignKeyConstraint(["to_user"], ["users.id"], name=op.f("fk_handovers_to_user_users")),
        sa.ForeignKeyConstraint(["by_user"], ["users.id"], name=op.f("fk_handovers_by_user_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_from_user"), "handovers", ["from_user"])
    op.create_index(op.f("ix_handovers_to_user"), "handovers", ["to_user"])


def downgrade() -> None:
    op.drop_table("handovers")
