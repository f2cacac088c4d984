"""Deputies, decisions signed on paper, and who stood in when a survey was published

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: What `accounts` recorded of surveys that were published before: the province acted for a commune.
_FILL = """
    UPDATE surveys SET stand_ins = {column} WHERE stand_ins = '' AND EXISTS (
        SELECT 1 FROM approvals WHERE subject = 'survey:' || surveys.id AND act = 'fieldwork.publish'
        AND decision = 'approved' AND {where})
"""
_STAND_INS = (
    ("'province,front_province'", "'province' IN (requested_as, decided_as) AND 'front_province' IN (requested_as, decided_as)"),
    ("'province'", "'province' IN (requested_as, decided_as)"),
    ("'front_province'", "'front_province' IN (requested_as, decided_as)"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "deputyships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("deputy_id <> user_id", name=op.f("ck_deputyships_somebody_else")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_deputyships_days_in_order")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_deputyships_user_id_users")),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_deputyships_deputy_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputyships")),
    )
    op.create_index(op.f("ix_deputyships_user_id"), "deputyships", ["user_id"], unique=False)
    op.create_index(op.f("ix_deputyships_deputy_id"), "deputyships", ["deputy_id"], unique=False)
    op.create_table(
        "deputised_acts",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("deputyship_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("step IN ('request', 'decision')", name=op.f("ck_deputised_acts_step_known")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_deputised_acts_approval_id_approvals")
        ),
        sa.ForeignKeyConstraint(
            ["deputyship_id"], ["deputyships.id"], name=op.f("fk_deputised_acts_deputyship_id_deputyships")
        ),
        sa.PrimaryKeyConstraint("approval_id", "step", name=op.f("pk_deputised_acts")),
    )
    op.create_table(
        "paper_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scan", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_as", sa.String(length=20), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'refused')", name=op.f("ck_paper_signatures_decision_known")
        ),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'rejected', 'lapsed')", name=op.f("ck_paper_signatures_outcome_known")
        ),
        sa.CheckConstraint("checked_by <> uploaded_by", name=op.f("ck_paper_signatures_checked_by_another")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_paper_signatures_approval_id_approvals")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["users.id"], name=op.f("fk_paper_signatures_uploaded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["users.id"], name=op.f("fk_paper_signatures_checked_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_signatures")),
    )
    op.create_index(op.f("ix_paper_signatures_approval_id"), "paper_signatures", ["approval_id"], unique=False)
    op.create_index(
        "uq_paper_signatures_open",
        "paper_signatures",
        ["approval_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.add_column("surveys", sa.Column("stand_ins", sa.String(length=40), server_default=sa.text("''"), nullable=False))
    for column, where in _STAND_INS:
        op.execute(_FILL.format(column=column, where=where))


def downgrade() -> None:
    op.drop_column("surveys", "stand_ins")
    for table in ("paper_signatures", "deputised_acts", "deputyships"):
        op.drop_table(table)
