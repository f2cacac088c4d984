"""Commands of the operator: bring in the register of units, and a file of villages with their households."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app import audit, db
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.office_files import BadFile
from survey_app.units import households, operations, queries, reforms, register
from survey_app.units.lists import machine, preview
from survey_app.units.models import Level
from survey_app.units.operations import LineOutcome

group = AppGroup("units", help="The register of units: provinces, communes, villages and their households.")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
        raise _refusal(error) from error
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def import_households(file: Path, as_json: bool) -> None:
    """Bring in the villages and households of FILE (CSV or XLSX), all or nothing."""
    now = datetime.now(UTC)
    try:
        lines = households.read_file(file.read_bytes(), file.name, None, db.session(), queries.civil(now))
        with db.transaction() as current:
            done = operations.record_households(current, lines, actor=audit.OPERATOR, now=now)
    except DomainError as error:
        raise _refusal(error) from error
    outcomes = [village.outcome for village in done]
    figures = {
        "villages": len(done),
        "households": sum(village.households for village in done),
        "new": outcomes.count(LineOutcome.NEW),
        "updated": outcomes.count(LineOutcome.UPDATED),
        "unchanged": outcomes.count(LineOutcome.SAME),
    }
    if as_json:
        click.echo(json.dumps(figures))
        return
    click.echo(
        _("Villages: %(villages)s (new %(new)s, changed %(updated)s); households: %(households)s.", **figures)
    )


@group.command("preview")
@click.argument("file", type=_FILE)
@click.option("--unit", "code", required=True, help="The code of the commune whose list it is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def preview_list(file: Path, code: str, as_json: bool) -> None:
    """Say what saving FILE, a commune's own list in any form, would do. Saves nothing; exit 1 with problems."""
    on = queries.civil(datetime.now(UTC))
    try:
        commune = queries.unit_by_code(db.session(), code, on)
        if commune.level != Level.COMMUNE:
            raise queries.UnitNotFound(_("%(code)s is not the code of a commune.", code=code))
    except DomainError as error:
        raise _refusal(error) from error
    try:
        shown = preview.of_file(db.session(), file.read_bytes(), file.name, commune, on)
        told = machine.as_json(shown)
    except BadFile as bad:
        told = {"rows": [], "left_out": [], "problems": machine.problems(bad.problems)}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else machine.as_lines(told))
    if told["problems"]:
        click.get_current_context().exit(1)


def _refusal(error: DomainError) -> click.ClickException:
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
