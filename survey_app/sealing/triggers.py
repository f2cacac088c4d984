"""The triggers that keep sealed and annulled rows as they are, as text for each database.

Answers alone may change, in two ways and only while `permits` says so for their survey: a free text may be
taken out of `answers`, and a row may go once its leaf is kept elsewhere. What keying again found may be rewritten
until the seal, because sealing does so in random order.

Migrations carry a copy of this text, because a migration never changes; a test compares what is in the
database with what is here.
"""

#: Tables to which nothing is added for a survey once it is sealed; the seal itself comes last.
FINAL_TABLES = (
    "sealed_responses",
    "tallies",
    "sealed_signs",
    "sealed_units",
    "seals",
    "second_keyings",
    "annulled_responses",
    "village_annulments",
)
#: Of the tables with a trigger, those that hold answers, which may be redacted and removed.
_ANSWER_TABLES = ("sealed_responses", "annulled_responses")
#: Those whose rows nothing and nobody may change or remove. Answers to requests on personal data are not sealed, but
#: what was answered must be shown as it was: a correction is a further answer.
_FIXED_TABLES = (
    "tallies",
    "sealed_signs",
    "sealed_units",
    "seals",
    "retained_leaves",
    "paper_comparisons",
    "village_annulments",
    "data_request_answers",
    "callback_replies",
)
TABLES = (*FINAL_TABLES, "retained_leaves", "paper_comparisons", "data_request_answers", "callback_replies")

_IS_SEALED = "EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id)"
_WAS_SEALED = "EXISTS (SELECT 1 FROM seals WHERE survey_id = OLD.survey_id)"
_NO_PERMIT = "NOT EXISTS (SELECT 1 FROM erasure_permits WHERE survey_id = OLD.survey_id)"
_LEAF_NOT_KEPT = (
    "NOT EXISTS (SELECT 1 FROM retained_leaves WHERE survey_id = OLD.survey_id AND leaf = OLD.leaf)"
)
_MORE_THAN_ANSWERS = " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("survey_id", "id", "unit_id", "channel", "version", "leaf")
)

_POSTGRESQL_FUNCTIONS = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END $$",
    "CREATE FUNCTION refuse_update_unless_permitted() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN IF {_NO_PERMIT} OR {_MORE_THAN_ANSWERS}"
    " THEN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_delete_unless_permitted() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN IF {_NO_PERMIT} OR {_LEAF_NOT_KEPT}"
    " THEN RAISE EXCEPTION 'sealed rows never change: %', TG_TABLE_NAME; END IF; RETURN OLD; END $$",
    "CREATE FUNCTION refuse_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN IF {_IS_SEALED}"
    " THEN RAISE EXCEPTION 'survey % is sealed', NEW.survey_id; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_change_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN IF {_WAS_SEALED}"
    " THEN RAISE EXCEPTION 'survey % is sealed', OLD.survey_id; END IF;"
    " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
)

#: Name, event, whether for each row or each statement, table and function of every trigger on PostgreSQL.
_POSTGRESQL = (
    *(
        (f"{table}_never_{event.lower()}", event, each, table, function)
        for table in _ANSWER_TABLES
        for event, each, function in (
            ("UPDATE", "ROW", "refuse_update_unless_permitted"),
            ("DELETE", "ROW", "refuse_delete_unless_permitted"),
            ("TRUNCATE", "STATEMENT", "refuse_change"),
        )
    ),
    ("second_keyings_stay_at_seal", "UPDATE OR DELETE", "ROW", "second_keyings", "refuse_change_after_seal"),
    ("second_keyings_never_truncate", "TRUNCATE", "STATEMENT", "second_keyings", "refuse_change"),
    *(
        (f"{table}_never_change", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT", table, "refuse_change")
        for table in _FIXED_TABLES
    ),
    *((f"{table}_end_at_seal", "INSERT", "ROW", table, "refuse_after_seal") for table in FINAL_TABLES),
)

_REFUSE = "SELECT RAISE(ABORT, 'sealed rows never change: {}')"
#: Name, event, table, condition and refusal of every trigger on SQLite.
_SQLITE = (
    *(
        (f"{table}_never_{act.lower()}", act, table, f" WHEN {refused}", _REFUSE.format(table))
        for table in _ANSWER_TABLES
        for act, refused in (
            ("UPDATE", f"{_NO_PERMIT} OR {_MORE_THAN_ANSWERS}"),
            ("DELETE", f"{_NO_PERMIT} OR {_LEAF_NOT_KEPT}"),
        )
    ),
    *(
        (
            f"second_keyings_stay_at_{act.lower()}",
            act,
            "second_keyings",
            f" WHEN {_WAS_SEALED}",
            _REFUSE.format("second_keyings"),
        )
        for act in ("UPDATE", "DELETE")
    ),
    *(
        (f"{table}_never_{act.lower()}", act, table, "", _REFUSE.format(table))
        for table in _FIXED_TABLES
        for act in ("UPDATE", "DELETE")
    ),
    *(
        (
            f"{table}_end_at_seal",
            "INSERT",
            table,
            f" WHEN {_IS_SEALED}",
            "SELECT RAISE(ABORT, 'the survey is sealed')",
        )
        for table in FINAL_TABLES
    ),
)


def names(dialect: str) -> frozenset[str]:
    """Names of all triggers that must be in a database of this dialect."""
    return frozenset(trigger[0] for trigger in (_POSTGRESQL if dialect == "postgresql" else _SQLITE))


def create(dialect: str) -> tuple[str, ...]:
    """Statements that put the triggers in place, in order."""
    return _create_postgresql() if dialect == "postgresql" else _create_sqlite()


def drop(dialect: str) -> tuple[str, ...]:
    """Statements that remove them again."""
    if dialect == "sqlite":
        return tuple(f"DROP TRIGGER {name}" for name in sorted(names(dialect)))
    functions = [text.split()[2] for text in _POSTGRESQL_FUNCTIONS]
    removed = (f"DROP TRIGGER {name} ON {table}" for name, _event, _each, table, _function in _POSTGRESQL)
    return (*removed, *(f"DROP FUNCTION {function}" for function in reversed(functions)))


def _create_postgresql() -> tuple[str, ...]:
    made = (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
        for name, event, each, table, function in _POSTGRESQL
    )
    return (*_POSTGRESQL_FUNCTIONS, *made)


def _create_sqlite() -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{condition} BEGIN {refusal}; END"
        for name, event, table, condition, refusal in _SQLITE
    )
