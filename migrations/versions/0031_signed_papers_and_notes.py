"""Papers that come back signed, and what people write in the report; exact counts on notices are no setting

Revision: 0031, after: 0030

Nothing ever wrote the two columns that go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signed_papers",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=40), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_signed_papers_number_positive")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_signed_papers_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_signed_papers")),
    )
    op.create_table(
        "report_notes",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("preparation", sa.String(length=4000), nullable=False),
        sa.Column("reasons", sa.String(length=8000), nullable=False),
        sa.Column("assessment", sa.String(length=4000), nullable=False),
        sa.Column("saved_by", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_report_notes_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_report_notes")),
    )
    with op.batch_alter_table("paper_settings") as table:
        table.drop_column("exact_source")
        table.drop_column("exact_since")


def downgrade() -> None:
    with op.batch_alter_table("paper_settings") as table:
        table.add_column(sa.Column("exact_source", sa.String(length=300), nullable=False, server_default=""))
        table.add_column(sa.Column("exact_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("paper_settings") as table:
        table.alter_column("exact_source", server_default=None)
    op.drop_table("report_notes")
    op.drop_table("signed_papers")
