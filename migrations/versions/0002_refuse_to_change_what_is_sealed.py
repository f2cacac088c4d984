"""Refuse to change what is sealed

Revision: 0002, after: 0001

The text is a copy of survey_app/results/triggers.py as it was; a later change is a later revision.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CREATE_POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END $$",
    "CREATE FUNCTION refuse_update_unless_permitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id) OR NEW.survey_id <> OLD.survey_id OR NEW.id <> OLD.id OR NEW.unit_id <> OLD.unit_id OR NEW.channel <> OLD.channel OR NEW.version <> OLD.version OR NEW.leaf <> OLD.leaf THEN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_delete_unless_permitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id) OR NOT EXISTS (SELECT 1 FROM retained_leaves WHERE survey_id = OLD.survey_id AND leaf = OLD.leaf) THEN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END IF; RETURN OLD; END $$",
    "CREATE FUNCTION refuse_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) THEN RAISE EXCEPTION 'survey % is sealed', NEW.survey_id; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER sealed_responses_never_update BEFORE UPDATE ON sealed_responses FOR EACH ROW EXECUTE FUNCTION refuse_update_unless_permitted()",
    "CREATE TRIGGER sealed_responses_never_delete BEFORE DELETE ON sealed_responses FOR EACH ROW EXECUTE FUNCTION refuse_delete_unless_permitted()",
    "CREATE TRIGGER sealed_responses_never_truncate BEFORE TRUNCATE ON sealed_responses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER tallies_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON tallies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER seals_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER retained_leaves_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON retained_leaves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER sealed_responses_end_at_seal BEFORE INSERT ON sealed_responses FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
    "CREATE TRIGGER tallies_end_at_seal BEFORE INSERT ON tallies FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
    "CREATE TRIGGER seals_end_at_seal BEFORE INSERT ON seals FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER sealed_responses_never_update BEFORE UPDATE ON sealed_responses WHEN NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id) OR NEW.survey_id <> OLD.survey_id OR NEW.id <> OLD.id OR NEW.unit_id <> OLD.unit_id OR NEW.channel <> OLD.channel OR NEW.version <> OLD.version OR NEW.leaf <> OLD.leaf BEGIN SELECT RAISE(ABORT, 'sealed rows never change: sealed_responses'); END",
    "CREATE TRIGGER sealed_responses_never_delete BEFORE DELETE ON sealed_responses WHEN NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id) OR NOT EXISTS (SELECT 1 FROM retained_leaves WHERE survey_id = OLD.survey_id AND leaf = OLD.leaf) BEGIN SELECT RAISE(ABORT, 'sealed rows never change: sealed_responses'); END",
    "CREATE TRIGGER tallies_never_update BEFORE UPDATE ON tallies BEGIN SELECT RAISE(ABORT, 'sealed rows never change: tallies'); END",
    "CREATE TRIGGER tallies_never_delete BEFORE DELETE ON tallies BEGIN SELECT RAISE(ABORT, 'sealed rows never change: tallies'); END",
    "CREATE TRIGGER seals_never_update BEFORE UPDATE ON seals BEGIN SELECT RAISE(ABORT, 'sealed rows never change: seals'); END",
    "CREATE TRIGGER seals_never_delete BEFORE DELETE ON seals BEGIN SELECT RAISE(ABORT, 'sealed rows never change: seals'); END",
    "CREATE TRIGGER retained_leaves_never_update BEFORE UPDATE ON retained_leaves BEGIN SELECT RAISE(ABORT, 'sealed rows never change: retained_leaves'); END",
    "CREATE TRIGGER retained_leaves_never_delete BEFORE DELETE ON retained_leaves BEGIN SELECT RAISE(ABORT, 'sealed rows never change: retained_leaves'); END",
    "CREATE TRIGGER sealed_responses_end_at_seal BEFORE INSERT ON sealed_responses WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
    "CREATE TRIGGER tallies_end_at_seal BEFORE INSERT ON tallies WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
    "CREATE TRIGGER seals_end_at_seal BEFORE INSERT ON seals WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
)

_DROP_POSTGRESQL = (
    "DROP TRIGGER sealed_responses_never_update ON sealed_responses",
    "DROP TRIGGER sealed_responses_never_delete ON sealed_responses",
    "DROP TRIGGER sealed_responses_never_truncate ON sealed_responses",
    "DROP TRIGGER tallies_never_change ON tallies",
    "DROP TRIGGER seals_never_change ON seals",
    "DROP TRIGGER retained_leaves_never_change ON retained_leaves",
    "DROP TRIGGER sealed_responses_end_at_seal ON sealed_responses",
    "DROP TRIGGER tallies_end_at_seal ON tallies",
    "DROP TRIGGER seals_end_at_seal ON seals",
    "DROP FUNCTION refuse_after_seal()",
    "DROP FUNCTION refuse_delete_unless_permitted()",
    "DROP FUNCTION refuse_update_unless_permitted()",
    "DROP FUNCTION refuse_change()",
)

_DROP_SQLITE = (
    "DROP TRIGGER retained_leaves_never_delete",
    "DROP TRIGGER retained_leaves_never_update",
    "DROP TRIGGER sealed_responses_end_at_seal",
    "DROP TRIGGER sealed_responses_never_delete",
    "DROP TRIGGER sealed_responses_never_update",
    "DROP TRIGGER seals_end_at_seal",
    "DROP TRIGGER seals_never_delete",
    "DROP TRIGGER seals_never_update",
    "DROP TRIGGER tallies_end_at_seal",
    "DROP TRIGGER tallies_never_delete",
    "DROP TRIGGER tallies_never_update",
)


def upgrade() -> None:
    for statement in _CREATE_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DROP_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _DROP_SQLITE:
        op.execute(statement)
