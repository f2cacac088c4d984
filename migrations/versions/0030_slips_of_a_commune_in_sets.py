"""Sets of slips: the batches of all villages that leave in one download

Revision: 0030, after: 0029

Batches made before belong to no set. Going back drops the sets; their batches stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "print_sets",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("villages", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.String(length=40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("villages > 0", name=op.f("ck_print_sets_villages_positive")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_print_sets_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_print_sets")),
    )
    op.create_table(
        "print_set_batches",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id", "batch_id"],
            ["print_batches.survey_id", "print_batches.id"],
            name=op.f("fk_print_set_batches_survey_id_batch_id_print_batches"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "set_id"],
            ["print_sets.survey_id", "print_sets.id"],
            name=op.f("fk_print_set_batches_survey_id_set_id_print_sets"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "batch_id", name=op.f("pk_print_set_batches")),
    )


def downgrade() -> None:
    op.drop_table("print_set_batches")
    op.drop_table("print_sets")
