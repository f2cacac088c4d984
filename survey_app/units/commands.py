"""Commands of the operator: bring in the register of units, and a file of villages with their households."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.office_files import BadFile
from survey_app.units import queries, reforms, register
from survey_app.units.lists import machine, several
from survey_app.units.lists.preview import RowStatus
from survey_app.units.models import Level

group = AppGroup("units", help="The register of units: provinces, communes, villages and their households.")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Answer(click.ParamType):
    """A question's key and what is decided."""

    name = "key=answer"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        key, equals, answer = str(value).partition("=")
        if not equals or not key.strip():
            self.fail(_("“%(value)s” is not of the form KEY=ANSWER.", value=value), param, ctx)
        return key.strip(), answer.strip()


#: What is decided beforehand of what a preview asks; a command never waits for somebody to type.
ANSWERS = click.option(
    "--answer",
    "answers",
    type=_Answer(),
    multiple=True,
    callback=lambda _context, _option, given: dict(given),
    help="What a preview asks, decided: KEY=ANSWER, as often as needed.",
)


class Undecided(DomainError):
    """A list that is not saved before somebody has decided what it leaves open."""

    code = "chua-quyet-dinh"


def refuse_open(found: several.WholeList) -> None:
    """Raises BadFile for a list with problems, and Undecided where something is to be decided."""
    if found.problems:
        raise BadFile(found.problems)
    if not found.is_ready:
        asks = _("Nothing was saved: decide with --answer KEY=ANSWER what the list leaves open.")
        raise Undecided("\n".join([asks, *machine.open_lines(found)]))


@group.command("import")
@click.argument("file", type=_FILE, required=False)
@click.option(
    "--from", "day", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="The first day of the units in FILE."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def import_units(file: Path | None, day: datetime | None, as_json: bool) -> None:
    """Bring in the units of FILE; without FILE the reforms that come with the product.

    Without a day FILE is about the newest of those.
    """
    try:
        since = day.date() if day else register.newest_day()
        wanted = register.read_file(file.read_bytes(), file.name, since) if file else None
        with db.transaction() as current:
            done = reforms.import_register(current, wanted, now=datetime.now(UTC))
    except DomainError as error:
        raise refusal(error) from error
    if as_json:
        figures = {
            "units": done.units,
            "added": done.added,
            "changed": done.changed,
            "successions": done.successions,
        }
        click.echo(json.dumps(figures))
        return
    click.echo(
        _(
            "Units in the register: %(units)s; new: %(added)s; corrected: %(changed)s.",
            units=done.units,
            added=done.added,
            changed=done.changed,
        )
    )


@group.command("households")
@click.argument("file", type=_FILE)
@click.option("--unit", "code", default="", help="The code of the commune whose list it is, if of one alone.")
@ANSWERS
@click.option("--look", "only_looks", is_flag=True, help="Say what it would change and save nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def import_households(
    file: Path, code: str, answers: dict[str, str], only_looks: bool, as_json: bool
) -> None:
    """Save the villages and households of FILE, of one commune or several, and say what that changed.

    All or nothing: where something is to be decided nothing is saved before it is. Villages that FILE does not
    name stay as they are.
    """
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            commune = _commune(current, code, now) if code else None
            found = several.of_file(
                current,
                file.read_bytes(),
                file.name,
                queries.civil(now),
                several.ENDS_NONE | answers,
                commune,
            )
            if not only_looks:
                refuse_open(found)
                several.save(current, found, actor=audit.OPERATOR, now=now)
    except DomainError as error:
        raise refusal(error) from error
    figures = {
        "saved": not only_looks,
        "villages": len(found.rows),
        "households": found.households,
        "new": found.number_of(RowStatus.NEW),
        "updated": found.number_of(RowStatus.CHANGED),
        "unchanged": found.number_of(RowStatus.SAME) + found.number_of(RowStatus.DROPPED),
        "asks": found.number_of(RowStatus.ASKS),
        "refused": len(found.problems),
    }
    printed = machine.as_json(found)
    if as_json:
        click.echo(json.dumps(figures | printed if only_looks else figures, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(figures, printed)))
    if found.problems:
        click.get_current_context().exit(1)


@group.command("preview")
@click.argument("file", type=_FILE)
@click.option("--unit", "code", required=True, help="The code of the commune whose list it is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def preview_list(file: Path, code: str, as_json: bool) -> None:
    """Say what saving FILE, a commune's own list in any form, would do. Saves nothing; exit 1 with problems."""
    now = datetime.now(UTC)
    try:
        commune = _commune(db.session(), code, now)
    except DomainError as error:
        raise refusal(error) from error
    try:
        found = several.of_file(db.session(), file.read_bytes(), file.name, queries.civil(now), {}, commune)
        printed = machine.as_json(found)
    except BadFile as bad:
        printed = {"rows": [], "left_out": [], "problems": machine.problems(bad.problems)}
    click.echo(json.dumps(printed, ensure_ascii=False) if as_json else machine.as_lines(printed))
    if printed["problems"]:
        click.get_current_context().exit(1)


def _commune(session: Session, code: str, now: datetime) -> queries.UnitView:
    commune = queries.unit_by_code(session, code, queries.civil(now))
    if commune.level != Level.COMMUNE:
        raise queries.UnitNotFound(_("%(code)s is not the code of a commune.", code=code))
    return commune


def _lines(figures: Mapping[str, int], printed: Mapping[str, Any]) -> Iterator[str]:
    """For a person at a terminal: row by row what is not saved yet, then how many of what, and what to do."""
    if not figures["saved"]:
        yield from filter(None, [machine.as_lines(printed)])
    yield _(
        "Villages: %(villages)s (new %(new)s, changed %(updated)s, as before %(unchanged)s, to be decided "
        "%(asks)s); households: %(households)s; problems: %(refused)s.",
        **figures,
    )
    if not figures["saved"]:
        yield _(
            "Nothing is saved: --look only looks. What is to be decided before it can be: --answer KEY=ANSWER."
        )


def refusal(error: DomainError) -> click.ClickException:
    """The message on standard error with exit code 1; every problem of a file on a line of its own."""
    problems = error.problems if isinstance(error, BadFile) else ()
    lines = [
        _(
            "%(sheet)s, row %(row)s, %(column)s: %(found)s Expected: %(expected)s.",
            sheet=problem.sheet,
            row=problem.row,
            column=problem.column or "–",
            found=problem.found,
            expected=problem.expected,
        )
        for problem in problems
    ]
    return click.ClickException("\n".join([error.message, *lines]))
