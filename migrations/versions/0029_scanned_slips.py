"""Scanned slips that wait for a look, and the blank pages that scans are laid upon

Revision: 0029, after: 0028

Slips printed before have no blank page, so scans of them are not read. Going back drops what waits; nothing of it was
counted, and the paper is there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blank_slip_pages",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("look", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "look", name=op.f("pk_blank_slip_pages")),
    )
    op.create_table(
        "scanned_slips",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scanned_slips")),
        sa.UniqueConstraint("survey_id", "mark", name=op.f("uq_scanned_slips_mark")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("scanned_slips")
    op.drop_table("blank_slip_pages")
