"""Targets of the province's plan, figures that units tell of them, and files given as evidence

Revision: 0037, after: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=40), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_evidence_files")),
    )
    op.create_table(
        "declaration_files",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["evidence_files.digest"], name=op.f("fk_declaration_files_digest_evidence_files")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_declaration_files_unit_id_units")),
        sa.PrimaryKeyConstraint("unit_id", "year", name=op.f("pk_declaration_files")),
    )
    op.create_table(
        "target_terms",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("comparison", sa.String(length=2), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("source_number", sa.String(length=100), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=False),
        sa.Column("source_article", sa.String(length=100), nullable=False),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("goal > 0", name=op.f("ck_target_terms_goal_positive")),
        sa.CheckConstraint("until >= since", name=op.f("ck_target_terms_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_target_terms_unit_id_units")),
        sa.PrimaryKeyConstraint("unit_id", "key", "number", name=op.f("pk_target_terms")),
    )
    op.create_table(
        "target_figures",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("n >= 0", name=op.f("ck_target_figures_n_not_negative")),
        sa.CheckConstraint("whole >= n", name=op.f("ck_target_figures_whole_at_least_n")),
        sa.CheckConstraint(
            "decision IN ('accepted', 'sent_back')", name=op.f("ck_target_figures_decision_known")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_target_figures_decided_with_its_moment")
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["evidence_files.digest"], name=op.f("fk_target_figures_digest_evidence_files")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_target_figures_unit_id_units")),
        sa.PrimaryKeyConstraint("key", "unit_id", "year", "number", name=op.f("pk_target_figures")),
    )


def downgrade() -> None:
    op.drop_table("target_figures")
    op.drop_table("target_terms")
    op.drop_table("declaration_files")
    op.drop_table("evidence_files")
