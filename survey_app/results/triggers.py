"""The triggers that keep sealed rows as they are, as text for each database.

Migrations carry a copy of this text, because a migration never changes; a test compares what stands in the
database with what stands here.
"""

#: Tables whose rows are written once. The seal comes last: after it nothing is added for its survey.
FINAL_TABLES = ("sealed_responses", "tallies", "seals")

_IS_SEALED = "EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id)"

_POSTGRESQL_FUNCTIONS = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END $$",
    "CREATE FUNCTION refuse_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN IF {_IS_SEALED}"
    " THEN RAISE EXCEPTION 'survey % is sealed', NEW.survey_id; END IF; RETURN NEW; END $$",
)


def names(dialect: str) -> frozenset[str]:
    """Names of all triggers that must stand in a database of this dialect."""
    if dialect == "postgresql":
        refusals = {f"{table}_never_change" for table in FINAL_TABLES}
    else:
        refusals = {f"{table}_never_{act}" for table in FINAL_TABLES for act in ("update", "delete")}
    return frozenset(refusals | {f"{table}_end_at_seal" for table in FINAL_TABLES})


def create(dialect: str) -> tuple[str, ...]:
    """Statements that put the triggers in place, in order."""
    return _create_postgresql() if dialect == "postgresql" else _create_sqlite()


def drop(dialect: str) -> tuple[str, ...]:
    """Statements that remove them again."""
    if dialect == "sqlite":
        return tuple(f"DROP TRIGGER {name}" for name in sorted(names(dialect)))
    removed = (
        f"DROP TRIGGER {table}_{rule} ON {table}"
        for table in FINAL_TABLES
        for rule in ("never_change", "end_at_seal")
    )
    return (*removed, "DROP FUNCTION refuse_after_seal()", "DROP FUNCTION refuse_change()")


def _create_postgresql() -> tuple[str, ...]:
    refusals = (
        f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in FINAL_TABLES
    )
    endings = (
        f"CREATE TRIGGER {table}_end_at_seal BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()"
        for table in FINAL_TABLES
    )
    return (*_POSTGRESQL_FUNCTIONS, *refusals, *endings)


def _create_sqlite() -> tuple[str, ...]:
    refusals = (
        f"CREATE TRIGGER {table}_never_{act} BEFORE {act.upper()} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'sealed rows never change: {table}'); END"
        for table in FINAL_TABLES
        for act in ("update", "delete")
    )
    endings = (
        f"CREATE TRIGGER {table}_end_at_seal BEFORE INSERT ON {table}"
        f" WHEN {_IS_SEALED}"
        " BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END"
        for table in FINAL_TABLES
    )
    return (*refusals, *endings)
