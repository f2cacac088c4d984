"""The whole house

Revision: 0001, the first one.
"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_counters",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ten_minutes", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fast", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "survey_id", "unit_id", "ten_minutes", "fast", name=op.f("pk_activity_counters")
        ),
    )
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_events_previous")),
    )
    op.create_index(op.f("ix_audit_events_act"), "audit_events", ["act"], unique=False)
    op.create_index(op.f("ix_audit_events_subject"), "audit_events", ["subject"], unique=False)
    op.create_table(
        "erasure_permits",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_erasure_permits")),
    )
    op.create_table(
        "framework_versions",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_framework_versions")),
    )
    op.create_table(
        "hourly_progress",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "channel", name=op.f("pk_hourly_progress")),
    )
    op.create_table(
        "invalid_papers",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "reason", name=op.f("pk_invalid_papers")),
    )
    op.create_table(
        "progress",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "channel", name=op.f("pk_progress")),
    )
    op.create_table(
        "responses",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_responses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "retained_leaves",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "leaf", name=op.f("pk_retained_leaves")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_responses",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_sealed_responses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slips",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("print_batch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "code_mac", name=op.f("pk_slips")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spent_codes",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "code_mac", name=op.f("pk_spent_codes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_numbers",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_survey_numbers")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tallies",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", "channel", name=op.f("pk_tallies")),
    )
    op.create_table(
        "throttle_failures",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "minute", name=op.f("pk_throttle_failures")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=80), nullable=False),
        sa.Column("old_unit", sa.String(length=120), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_units_period")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_units_code_valid_from")),
    )
    op.create_index(op.f("ix_units_parent_id"), "units", ["parent_id"], unique=False)
    op.create_index("ix_units_path", "units", ["path"], unique=False)
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'erasure', 'objection')",
            name=op.f("ck_data_requests_kind_known"),
        ),
        sa.CheckConstraint("due_on > received_on", name=op.f("ck_data_requests_due_later")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_data_requests_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index(op.f("ix_data_requests_unit_id"), "data_requests", ["unit_id"], unique=False)
    op.create_table(
        "earlier_recognitions",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_earlier_recognitions_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("unit_id", "indicator", "year", name=op.f("pk_earlier_recognitions")),
    )
    op.create_table(
        "household_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("households > 0", name=op.f("ck_household_counts_households_positive")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_household_counts_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_counts")),
    )
    op.create_index(op.f("ix_household_counts_unit_id"), "household_counts", ["unit_id"], unique=False)
    op.create_table(
        "instruments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.String(length=40), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("confirmed_number", sa.String(length=60), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(frozen_at IS NULL) = (digest IS NULL)", name=op.f("ck_instruments_frozen_has_digest")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["instruments.id"], name=op.f("fk_instruments_template_id_instruments")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_instruments_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_instruments_key_version")),
    )
    op.create_index(op.f("ix_instruments_unit_id"), "instruments", ["unit_id"], unique=False)
    op.create_table(
        "service_ticks",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "service IN ('health', 'education', 'community_supervision', 'security', 'environment', 'culture')",
            name=op.f("ck_service_ticks_service_known"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_service_ticks_unit_id_units")),
        sa.PrimaryKeyConstraint("unit_id", "year", "service", name=op.f("pk_service_ticks")),
    )
    op.create_table(
        "unit_successions",
        sa.Column("old_unit_id", sa.Integer(), nullable=False),
        sa.Column("new_unit_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "how IN ('whole', 'part', 'unchanged')", name=op.f("ck_unit_successions_how_known")
        ),
        sa.ForeignKeyConstraint(
            ["new_unit_id"], ["units.id"], name=op.f("fk_unit_successions_new_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["old_unit_id"], ["units.id"], name=op.f("fk_unit_successions_old_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("old_unit_id", "new_unit_id", name=op.f("pk_unit_successions")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("demo_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_users_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_index(op.f("ix_users_unit_id"), "users", ["unit_id"], unique=False)
    op.create_table(
        "year_frameworks",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("framework_key", sa.String(length=60), nullable=False),
        sa.Column("framework_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_year_frameworks_unit_id_units")),
        sa.PrimaryKeyConstraint("unit_id", "year", name=op.f("pk_year_frameworks")),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_body", sa.String(length=12), nullable=False),
        sa.Column("requested_as", sa.String(length=20), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_as", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'refused', 'withdrawn')", name=op.f("ck_approvals_decision_known")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_approvals_decided_by_users")),
        sa.ForeignKeyConstraint(["requested_by"], ["users.id"], name=op.f("fk_approvals_requested_by_users")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_approvals_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_unit_id"), "approvals", ["unit_id"], unique=False)
    op.create_index(
        "uq_approvals_open",
        "approvals",
        ["subject", "act"],
        unique=True,
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.create_table(
        "data_request_answers",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_requests.id"],
            name=op.f("fk_data_request_answers_request_id_data_requests"),
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_data_request_answers")),
    )
    op.create_table(
        "factor_resets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("asked_by <> user_id", name=op.f("ck_factor_resets_asked_by_another")),
        sa.CheckConstraint(
            "confirmed_by <> asked_by AND confirmed_by <> user_id",
            name=op.f("ck_factor_resets_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_factor_resets_asked_by_users")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["users.id"], name=op.f("fk_factor_resets_confirmed_by_users")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_factor_resets_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_resets")),
    )
    op.create_index(
        "uq_factor_resets_open",
        "factor_resets",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )
    op.create_table(
        "invitations",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id_users")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_user_id"), "invitations", ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_sessions_digest")),
    )
    op.create_index(op.f("ix_staff_sessions_user_id"), "staff_sessions", ["user_id"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("plan_number", sa.String(length=60), nullable=False),
        sa.Column("plan_date", sa.Date(), nullable=True),
        sa.Column("aim", sa.String(length=500), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counting_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phones_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link", sa.String(length=32), nullable=True),
        sa.Column("cover_token", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_reason", sa.String(length=500), nullable=True),
        sa.Column("pepper_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('decision', 'feedback')", name=op.f("ck_surveys_purpose_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'open', 'counting', 'sealed', 'signed', 'annulled')",
            name=op.f("ck_surveys_state_known"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_surveys_window")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_surveys_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_surveys_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("cover_token", name=op.f("uq_surveys_cover_token")),
        sa.UniqueConstraint("link", name=op.f("uq_surveys_link")),
    )
    op.create_index(op.f("ix_surveys_instrument_id"), "surveys", ["instrument_id"], unique=False)
    op.create_index(op.f("ix_surveys_unit_id"), "surveys", ["unit_id"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.JSON(), nullable=False),
        sa.Column("drawn_by", sa.String(length=40), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=True),
        sa.Column("denied", sa.Integer(), nullable=True),
        sa.Column("not_reached", sa.Integer(), nullable=True),
        sa.Column("noted_by", sa.String(length=40), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_callbacks_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_callbacks")),
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_complaints_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_survey_id"), "complaints", ["survey_id"], unique=False)
    op.create_table(
        "feedback_figures",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_feedback_figures_survey_id_surveys")
        ),
        sa.PrimaryKeyConstraint("survey_id", "day", name=op.f("pk_feedback_figures")),
    )
    op.create_table(
        "frames",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint("households > 0", name=op.f("ck_frames_households_positive")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_frames_survey_id_surveys")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_frames_unit_id_units")),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", name=op.f("pk_frames")),
    )
    op.create_table(
        "seals",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.String(length=40), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_seals_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_seals")),
    )
    op.create_table(
        "frame_corrections",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("households_before", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("households > 0", name=op.f("ck_frame_corrections_households_positive")),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_id"],
            ["frames.survey_id", "frames.unit_id"],
            name=op.f("fk_frame_corrections_survey_id_unit_id_frames"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_frame_corrections")),
    )
    op.create_table(
        "print_batches",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("slips > 0", name=op.f("ck_print_batches_slips_positive")),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_id"],
            ["frames.survey_id", "frames.unit_id"],
            name=op.f("fk_print_batches_survey_id_unit_id_frames"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_print_batches_survey_id_surveys")
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_print_batches")),
    )
    op.create_table(
        "receipt_lists",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "issued >= 0 AND ticked >= 0 AND returned >= 0 AND voided >= 0",
            name=op.f("ck_receipt_lists_none_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_id"],
            ["frames.survey_id", "frames.unit_id"],
            name=op.f("fk_receipt_lists_survey_id_unit_id_frames"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", name=op.f("pk_receipt_lists")),
    )


def downgrade() -> None:
    op.drop_table("receipt_lists")
    op.drop_table("print_batches")
    op.drop_table("frame_corrections")
    op.drop_table("seals")
    op.drop_table("frames")
    op.drop_table("feedback_figures")
    op.drop_index(op.f("ix_complaints_survey_id"), table_name="complaints")
    op.drop_table("complaints")
    op.drop_table("callbacks")
    op.drop_index(op.f("ix_surveys_unit_id"), table_name="surveys")
    op.drop_index(op.f("ix_surveys_instrument_id"), table_name="surveys")
    op.drop_table("surveys")
    op.drop_index(op.f("ix_staff_sessions_user_id"), table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_table("second_factors")
    op.drop_index(op.f("ix_recovery_codes_user_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_invitations_user_id"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(
        "uq_factor_resets_open",
        table_name="factor_resets",
        sqlite_where=sa.text("confirmed_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )
    op.drop_table("factor_resets")
    op.drop_table("data_request_answers")
    op.drop_index(
        "uq_approvals_open",
        table_name="approvals",
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.drop_index(op.f("ix_approvals_unit_id"), table_name="approvals")
    op.drop_table("approvals")
    op.drop_table("year_frameworks")
    op.drop_index(op.f("ix_users_unit_id"), table_name="users")
    op.drop_table("users")
    op.drop_table("unit_successions")
    op.drop_table("service_ticks")
    op.drop_index(op.f("ix_instruments_unit_id"), table_name="instruments")
    op.drop_table("instruments")
    op.drop_index(op.f("ix_household_counts_unit_id"), table_name="household_counts")
    op.drop_table("household_counts")
    op.drop_table("earlier_recognitions")
    op.drop_index(op.f("ix_data_requests_unit_id"), table_name="data_requests")
    op.drop_table("data_requests")
    op.drop_index("ix_units_path", table_name="units")
    op.drop_index(op.f("ix_units_parent_id"), table_name="units")
    op.drop_table("units")
    op.drop_table("throttle_failures")
    op.drop_table("tallies")
    op.drop_table("survey_numbers")
    op.drop_table("spent_codes")
    op.drop_table("slips")
    op.drop_table("sealed_responses")
    op.drop_table("retained_leaves")
    op.drop_table("responses")
    op.drop_table("progress")
    op.drop_table("invalid_papers")
    op.drop_table("hourly_progress")
    op.drop_table("framework_versions")
    op.drop_table("erasure_permits")
    op.drop_index(op.f("ix_audit_events_subject"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_act"), table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("audit_chain")
    op.drop_table("activity_counters")
