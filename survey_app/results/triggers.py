"""The triggers that let rows of postings be added and never changed, as text for each database.

Migrations carry a copy of this text; a test compares what is in the database with what is here.
"""

_TABLE = "postings"
_REFUSAL = "a posting on record never changes"


def create(dialect: str) -> tuple[str, ...]:
    """Statements that put the triggers in place, in order."""
    if dialect == "postgresql":
        return (
            "CREATE FUNCTION refuse_posting_change() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
            f"CREATE TRIGGER {_TABLE}_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_posting_change()",
        )
    return tuple(
        f"CREATE TRIGGER {_TABLE}_never_{verb} BEFORE {verb.upper()} ON {_TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for verb in ("update", "delete")
    )


def drop(dialect: str) -> tuple[str, ...]:
    """Statements that remove them again."""
    if dialect == "postgresql":
        return (f"DROP TRIGGER {_TABLE}_never_change ON {_TABLE}", "DROP FUNCTION refuse_posting_change()")
    return tuple(f"DROP TRIGGER {_TABLE}_never_{verb}" for verb in ("update", "delete"))
