"""Households present at a meeting of a village

Revision: 0032, after: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counted = sa.CheckConstraint("present > 0", name=op.f("ck_meetings_present_positive"))
    op.add_column("meetings", sa.Column("present", sa.Integer(), counted, nullable=True))


def downgrade() -> None:
    op.drop_column("meetings", "present")
