"""Keep forms that could not be saved for the account that typed them

Revision: 0019, after: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=2000), nullable=False),
        sa.Column("action", sa.String(length=2000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_forms_user_id_users")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_kept_forms")),
    )
    op.create_index(op.f("ix_kept_forms_kept_at"), "kept_forms", ["kept_at"])
    op.create_index(op.f("ix_kept_forms_user_id"), "kept_forms", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_kept_forms_user_id"), table_name="kept_forms")
    op.drop_index(op.f("ix_kept_forms_kept_at"), table_name="kept_forms")
    op.drop_table("kept_forms")
