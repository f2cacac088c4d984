"""The database session, the one visible commit, and what SQLite needs to be as strict as PostgreSQL.

Knows no table. Queries and operations get the session as their first argument; only views and commands open a
transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from select import POLLIN, poll
from typing import Any, TypeVar, TypeVarTuple

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Executable, MetaData, ScalarResult, Select, event, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeDecorator

from survey_app import standby

#: Seconds a SQLite writer waits for the one before it; a commit takes milliseconds.
_BUSY_SECONDS = 15


class Base(DeclarativeBase):
    """Base of every table; the naming convention lets migrations name any constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """The triggers that let rows of a table be added and never changed, as text for each database.

    Migrations carry a copy of this text; a test compares what is in the database with what is here.
    """

    table: str
    #: What the function of the triggers is called on PostgreSQL.
    function: str
    #: What the database says to those who try.
    refusal: str

    def create(self, dialect: str) -> tuple[str, ...]:
        """Statements that put the triggers in place, in order."""
        if dialect == "postgresql":
            return (
                f"CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{self.refusal}'; END $$",
                f"CREATE TRIGGER {self.table}_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {self.table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {self.function}()",
            )
        return tuple(
            f"CREATE TRIGGER {self.table}_never_{verb} BEFORE {verb.upper()} ON {self.table}"
            f" BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
            for verb in ("update", "delete")
        )

    def drop(self, dialect: str) -> tuple[str, ...]:
        """Statements that remove them again."""
        if dialect == "postgresql":
            return (
                f"DROP TRIGGER {self.table}_never_change ON {self.table}",
                f"DROP FUNCTION {self.function}()",
            )
        return tuple(f"DROP TRIGGER {self.table}_never_{verb}" for verb in ("update", "delete"))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Row = TypeVar("Row", bound=Base)
Held = TypeVar("Held")
Shared = TypeVarTuple("Shared")
#: An INSERT that can say what happens on conflict.
Insert = postgresql.Insert | sqlite.Insert
_dialects = {"postgresql": postgresql, "sqlite": sqlite}
#: What tells a connection that nothing holds its statements together.
_ALONE: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
    "sqlite": {"begins": False},
}

#: In a session whose transaction was begun for the next `transaction`.
_BEGUN = "begun to write"

database = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()


def init_app(app: Flask, database_url: str) -> None:
    """Connect `app` to `database_url` (SQLite or PostgreSQL by psycopg)."""
    url = make_url(database_url)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.drivername.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "connect_args": {"timeout": _BUSY_SECONDS},
            "hide_parameters": True,
        }
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "pool_size": 8,
            "max_overflow": 8,
            "hide_parameters": True,
        }
    database.init_app(app)
    migrate.init_app(app, database, directory=app.config["MIGRATIONS"], render_as_batch=False)
    with app.app_context():
        if database.engine.dialect.name == "sqlite":
            _make_sqlite_strict(database.engine)
            _open_what_is_there(database.engine)
        else:
            _notice_lost_connections(database.engine)
            standby.watch(database.engine)


def absent_file(engine: Engine) -> Path | None:
    """The file of a SQLite database that is not there; None for every other database."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    file = Path(name) if name and name != ":memory:" else None
    return None if file is None or file.exists() else file


def make_file(engine: Engine) -> None:
    """An empty file for a SQLite database that is not there yet: the migrations alone begin one."""
    file = absent_file(engine)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def session() -> Session:
    """The session of this request or command, for reading; writes need `transaction()`."""
    return database.session()


def reading() -> Session:
    """The session of a request that only reads: on its own, each statement is alone, with no transaction around.

    For the respondents' pages: BEGIN and ROLLBACK cost the database as much as what they read. A transaction that the
    request already has stays.
    """
    current = session()
    if not current.in_transaction():
        current.connection(execution_options=_ALONE[current.get_bind().dialect.name])
    return current


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises.

    Starts from a clean session, or goes on with what `begin_to_write` began: what was read before does not travel in,
    except as frozen dataclasses. On SQLite it takes the write lock at once, because a reader that turns writer half way
    is refused instead of made to wait.
    """
    current = session()
    if not (current.info.pop(_BEGUN, False) and current.in_transaction()):
        _begin(current)
    try:
        yield current
        standby.commit(current)
    except BaseException:
        current.rollback()
        raise


def begin_to_write() -> None:
    """Begin the next `transaction` before what it needs is looked up: one connection is taken instead of two.

    Not on SQLite, where nobody looks anything up while holding the one write lock.
    """
    current = session()
    if current.get_bind().dialect.name != "sqlite":
        _begin(current)
        current.info[_BEGUN] = True


def _begin(current: Session) -> None:
    current.rollback()
    current.connection(execution_options={"takes_write_lock": True})


def hold(current: Session, model: type[Row], key: object) -> Row | None:
    """The row with this primary key as it is now, held until the transaction ends; None where there is none.

    Who else holds it comes before or waits. Held in one order where several rows are held one after another.
    """
    columns = inspect(model).primary_key
    values = key if isinstance(key, tuple) else (key,)
    same = [column == value for column, value in zip(columns, values, strict=True)]
    return hold_rows(current, select(model).where(*same)).first()


def hold_rows(current: Session, rows: Select[Held]) -> ScalarResult[Held]:
    """The rows of a statement, as `hold`; of the table whose row or column it selects, whatever it joins.

    PostgreSQL locks the rows. SQLite has one lock for all writers, which `transaction` has taken already.
    """
    if not current.connection().get_execution_options().get("takes_write_lock"):
        raise RuntimeError("a row is held in a transaction")
    table = rows.column_descriptions[0]["entity"]
    held = rows.with_for_update(of=table).execution_options(populate_existing=True)
    return current.scalars(held)


def shared(rows: Select[*Shared]) -> Select[*Shared]:
    """The statement, made to hold what it reads against `hold` alone: many share a row, and nobody changes it."""
    return rows.with_for_update(read=True)


def insert(current: Session, model: type[Base]) -> Insert:
    """An INSERT into the table of `model` that can say what happens on conflict, in the words of this database."""
    return dialect_insert(current.get_bind().dialect.name, model)


def dialect_insert(dialect: str, model: type[Base]) -> Insert:
    """The same for statements that are built once, before there is a session."""
    return _dialects[dialect].insert(model)


def insert_if_new(current: Session, model: type[Base], row: Mapping[str, object]) -> bool:
    """Insert `row` unless its key is taken; whether it went in. The keys of the database decide who was first."""
    statement = _insert_if_new(current.get_bind().dialect.name, model)
    return current.connection().execute(statement, row).first() is not None


def insert_selected_if_new(
    dialect: str, model: type[Base], rows: Select[*tuple[Any, ...]]
) -> ReturningInsert[Any]:
    """A statement that inserts the selected rows whose key is not taken, and returns the keys of those that went in."""
    columns = [column.name for column in rows.selected_columns]
    statement = _dialects[dialect].insert(model).from_select(columns, rows)
    return statement.on_conflict_do_nothing().returning(*inspect(model).primary_key)


def count_up(current: Session, model: type[Base], key: Mapping[str, object], column: str) -> None:
    """Add one to the counter in `column` of the row at `key`; a row that is not there begins with one."""
    statement = _count_up(current.get_bind().dialect.name, model, tuple(key), column)
    current.connection().execute(statement, {**key, column: 1})


# Statements of the respondents' path are built once: building one costs more than the database needs to run it.
@cache
def _insert_if_new(dialect: str, model: type[Base]) -> Executable:
    statement = _dialects[dialect].insert(model)
    # What went in is returned: psycopg no longer knows how many rows there were once SQLAlchemy has read its cursor.
    return statement.on_conflict_do_nothing().returning(*inspect(model).primary_key)


@cache
def _count_up(dialect: str, model: type[Base], key: tuple[str, ...], column: str) -> Executable:
    return count_up_on_conflict(dialect_insert(dialect, model), key, column)


def count_up_on_conflict(statement: Insert, key: Sequence[str], column: str) -> Insert:
    """The insert of a counter, which adds itself to one that is there."""
    more = {column: statement.table.c[column] + statement.excluded[column]}
    return statement.on_conflict_do_update(index_elements=key, set_=more)


def _make_sqlite_strict(engine: Engine) -> None:
    """Durable commits, enforced foreign keys, erased deletions, and transactions that begin when we say so."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")
        # Without it INSERT OR REPLACE removes a row past the triggers that refuse its removal.
        connection.execute("PRAGMA recursive_triggers=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("begins", True):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("takes_write_lock") else "BEGIN")


def _open_what_is_there(engine: Engine) -> None:
    """Who asks a database that is not there is told so; SQLite would make an empty one in its place."""

    @event.listens_for(engine, "do_connect")
    def refuse(dialect: Dialect, _record: Any, _arguments: Any, _options: Any) -> None:
        if absent_file(engine) is not None:
            raise dialect.loaded_dbapi.OperationalError("unable to open database file")


def _notice_lost_connections(engine: Engine) -> None:
    """Replace a connection that the server has closed, as after its restart, before a request is given it.

    A server that goes away ends its connections, which then have something to read; asking the server itself each time
    costs as much as a statement.
    """

    @event.listens_for(engine, "checkout")
    def check(connection: Any, _record: Any, _proxy: Any) -> None:
        waiting = poll()
        try:
            waiting.register(connection.fileno(), POLLIN)
            if waiting.poll(0):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error
