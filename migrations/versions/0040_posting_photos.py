"""Photos of notices, each with the posting that it shows

Revision: 0040, after: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posting_photos",
        sa.Column("survey_id", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["evidence_files.digest"], name=op.f("fk_posting_photos_digest_evidence_files")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "number"],
            ["postings.survey_id", "postings.number"],
            name=op.f("fk_posting_photos_survey_id_number_postings"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "number", "digest", name=op.f("pk_posting_photos")),
    )


def downgrade() -> None:
    op.drop_table("posting_photos")
