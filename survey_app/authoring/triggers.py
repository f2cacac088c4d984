"""The triggers that keep frozen instruments as they are, as text for each database.

Migrations carry a copy of this text; a test compares what is in the database with what is here. What may still
change on a frozen row is the Front's confirmation: given once, and taken back while no survey was published with it.
"""

TABLE = "instruments"
_IS_PUBLISHED = "EXISTS (SELECT 1 FROM surveys WHERE instrument_id = OLD.id AND published_at IS NOT NULL)"
_FIXED = ("document", "digest", "frozen_at", "key", "version")


def names(dialect: str) -> frozenset[str]:
    """Names of the triggers that must be in a database of this dialect."""
    if dialect == "postgresql":
        return frozenset({"instruments_stay_frozen"})
    return frozenset({"instruments_never_update", "instruments_never_delete"})


def create(dialect: str) -> tuple[str, ...]:
    """Statements that put the triggers in place, in order."""
    return _create_postgresql() if dialect == "postgresql" else _create_sqlite()


def drop(dialect: str) -> tuple[str, ...]:
    """Statements that remove them again."""
    if dialect == "sqlite":
        return tuple(f"DROP TRIGGER {name}" for name in sorted(names(dialect)))
    return ("DROP TRIGGER instruments_stay_frozen ON instruments", "DROP FUNCTION refuse_frozen_change()")


def _create_postgresql() -> tuple[str, ...]:
    changed = " OR ".join(f"NEW.{column}::text IS DISTINCT FROM OLD.{column}::text" for column in _FIXED)
    return (
        "CREATE FUNCTION refuse_frozen_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF TG_OP = 'DELETE' OR {changed}"
        " OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS DISTINCT FROM OLD.confirmed_number"
        f" AND (NEW.confirmed_number IS NOT NULL OR {_IS_PUBLISHED}))"
        " THEN RAISE EXCEPTION 'frozen instruments never change'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER instruments_stay_frozen BEFORE UPDATE OR DELETE ON instruments"
        " FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_change()",
    )


def _create_sqlite() -> tuple[str, ...]:
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _FIXED)
    return (
        "CREATE TRIGGER instruments_never_update BEFORE UPDATE ON instruments WHEN OLD.frozen_at IS NOT NULL"
        f" AND ({changed}"
        " OR (OLD.confirmed_number IS NOT NULL AND NEW.confirmed_number IS NOT OLD.confirmed_number"
        f" AND (NEW.confirmed_number IS NOT NULL OR {_IS_PUBLISHED})))"
        " BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
        "CREATE TRIGGER instruments_never_delete BEFORE DELETE ON instruments WHEN OLD.frozen_at IS NOT NULL"
        " BEGIN SELECT RAISE(ABORT, 'frozen instruments never change'); END",
    )
