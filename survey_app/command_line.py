"""Commands answer in sentences: what went wrong and what to do next.

One mechanism for the commands of every room and of the migrations: `init_app` puts it around whatever is registered,
so that a new command cannot forget it. Knows no room. A programming mistake stays a traceback.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from survey_app import db
from survey_app.config import SettingsFault
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.i18n import for_operator
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing

Arguments = ParamSpec("Arguments")


class _Words(click.ParamType):
    """Words that are not blank."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words = str(value).strip()
        if not words:
            self.fail(_("This must not be left blank."), param, ctx)
        return words


#: The type of an option whose words go into the audit log.
WORDS = _Words()


def init_app(app: Flask) -> None:
    """Put the mechanism around every command that is registered; called when all are."""
    for command in leaves(app.cli):
        if command.callback is not None and not getattr(command.callback, "answers", False):
            command.callback = _answering(command.callback)


def leaves(group: click.Group) -> Iterator[click.Command]:
    """The commands below a group, at any depth."""
    return (command for _name, command in named_leaves(group))


def named_leaves(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """The same, each with the first word it is called by."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from ((name, below) for below in leaves(command))
        else:
            yield name, command


def _answering(act: Callable[Arguments, Any]) -> Callable[Arguments, Any]:
    @wraps(act)
    def answered(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Any:
        try:
            return act(*args, **kwargs)
        except (DomainError, KeyMissing, SQLAlchemyError, CommandError, OSError, UnicodeError) as error:
            raise click.ClickException(sentence(error)) from error

    answered.answers = True  # type: ignore[attr-defined]  # so that a second application in a process adds nothing
    return answered


def help_alone(app: Flask, refusal: str) -> None:
    """Let the commands show their help, and do nothing else but say why they cannot work."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise click.ClickException(refusal)

    for command in leaves(app.cli):
        command.callback = refuse


def refused_start(error: Exception) -> str:
    """Why no application could be made, in the operator's language; said before there is one that could translate."""
    match error:
        case SettingsFault():
            return for_operator(_("The settings cannot be used: %(fault)s")) % {
                "fault": error.sentence(for_operator)
            }
        case OSError():
            return for_operator(_("Not started: %(file)s: %(reason)s")) % {
                "file": error.filename, "reason": error.strerror,
            }  # fmt: skip
    sentence = _("Not started: database_url names no database this program knows (%(kind)s)")
    return for_operator(sentence) % {"kind": type(error).__name__}


def sentence(error: Exception) -> str:
    """The error as its sentence; it goes to standard error, so that standard output holds JSON alone or nothing."""
    match error:
        case DomainError():
            return error.message
        case KeyMissing():
            return _(
                "A key is missing: %(key)s. Restore the key folder from its backup.",
                key=str(error),
            )
        case OSError():
            return _of_file(error)
        case UnicodeError():
            return _("The file is not text in UTF-8.")
    return _of_database(error)


def _of_file(error: OSError) -> str:
    """Like "/srv/x.csv: Permission denied"; the reason in the words of the system."""
    reason = error.strerror or type(error).__name__
    if error.filename is None:
        return _("A file or connection failed: %(reason)s.", reason=reason)
    return _("%(file)s: %(reason)s.", file=error.filename, reason=reason)


def _of_database(error: Exception) -> str:
    """Never the message of the error, which may quote what is stored."""
    fault = database_fault()
    if fault is not None:
        return fault
    if isinstance(error, DATABASE_AWAY):
        return _(
            "The database is busy or cannot be written. Try again in a moment; if it stays so, "
            "look at its disk, and whose its files are."
        )
    if isinstance(error, DBAPIError):
        return _("The database cannot hold what was given.")
    return _("The database did not answer as expected (%(kind)s).", kind=type(error).__name__)


def database_fault() -> str | None:
    """What is wrong with the database as a whole; None when it can be reached and fits this program."""
    try:
        db.session().rollback()
        with db.database.engine.connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    except (SQLAlchemyError, OSError):
        absent = db.absent_file(db.database.engine)
        if absent is not None:
            return _(
                "There is no database at %(file)s. A new installation: run flask --app wsgi db upgrade once. One that "
                "was used before: see that SURVEY_INSTANCE and database_url name its place, or put back its backup.",
                file=absent,
            )
        return _(
            "The database cannot be reached. See that it runs, that database_url in the settings "
            "names it, and that this account may open it."
        )
    scripts = ScriptDirectory(current_app.config["MIGRATIONS"])
    if found == set(scripts.get_heads()):
        return None
    if found - {script.revision for script in scripts.walk_revisions()}:
        return _(
            "The database was brought up to date by a newer version of this program. Install that version."
        )
    return _(
        "The database is not up to date with this program. Back it up, then run: flask --app wsgi db upgrade"
    )
