"""Commands of the rule books. A command is the operator's act and is audited as such."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app import db
from survey_app.audit import OPERATOR
from survey_app.errors import DomainError
from survey_app.rulebooks import operations, queries
from survey_app.rulebooks.operations import BadFramework, Recorded
from survey_app.rulebooks.problem_words import problem_text
from survey_app.units import queries as units

commands = AppGroup("rulebooks", help="Rule books: which conditions a year is reported against.")

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")


@commands.command("load")
@_as_json
def load(as_json: bool) -> None:
    """Put the shipped rule books on record; running it again changes nothing."""
    with db.transaction() as current:
        recorded = operations.load_packaged(current, now=datetime.now(UTC))
    _print(recorded, as_json)


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_as_json
def import_file(file: Path, as_json: bool) -> None:
    """Put the rule book in FILE on record as the newest version of its key."""
    try:
        book = operations.read_file(file.read_bytes())
    except BadFramework as error:
        raise click.ClickException("\n".join([error.message, *map(problem_text, error.problems)])) from error
    with db.transaction() as current:
        recorded = operations.record_framework(current, book, actor=OPERATOR, now=datetime.now(UTC))
    _print((recorded,), as_json)


@commands.command("use")
@click.option("--unit", "code", required=True, help="Code of the province.")
@click.option("--year", required=True, type=click.IntRange(queries.YEARS.start, queries.YEARS.stop - 1))
@click.option("--framework", "key", required=True, help="Key of the rule book.")
@_as_json
def use(code: str, year: int, key: str, as_json: bool) -> None:
    """Report a year against the newest version of a rule book."""
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            province = units.unit_by_code(current, code, units.civil(now))
            book = operations.use_framework(current, province.id, year, key, actor=OPERATOR, now=now)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    if as_json:
        click.echo(json.dumps({"unit": code, "year": year, "framework": book.key, "version": book.version}))
    else:
        click.echo(f"{code} {year}: {book.title['vi']} ({book.key}, {book.version})")


def _print(recorded: tuple[Recorded, ...], as_json: bool) -> None:
    books = [
        {"key": one.framework.key, "version": one.framework.version, "new": one.is_new} for one in recorded
    ]
    if as_json:
        click.echo(json.dumps({"frameworks": books}))
        return
    for book in books:
        click.echo(f"{book['key']} {book['version']} {'+' if book['new'] else '='}")
