"""Commands of reporting: exact figures to the moment, as the operator's act."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app import audit, config, db, keys
from survey_app.campaigns import machine, queries, scorecards, targets
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.reporting import pack
from survey_app.reporting.pack import Packed
from survey_app.rulebooks import queries as rulebooks
from survey_app.units import queries as units
from survey_app.units.models import Level

commands = AppGroup("reporting", help="The province's figures of a year.")


@commands.command("province")
@click.option("--unit", "code", required=True, help="Code of the province.")
@click.option("--year", required=True, type=click.IntRange(rulebooks.YEARS.start, rulebooks.YEARS.stop - 1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def province(code: str, year: int, as_json: bool) -> None:
    """Every unit of a province with its finding of the year, and the targets."""
    now = datetime.now(UTC)
    current = db.session()
    try:
        unit = units.unit_by_code(current, code, units.civil(now))
        if unit.level != Level.PROVINCE:
            raise click.ClickException(_("%(unit)s is not a province.", unit=unit.full_name))
        made = queries.board(current, unit, year, now, is_live=True)
        sums = scorecards.of_year(current, unit, year, units.day_of_year(year, units.civil(now)))
        planned = targets.of_board(current, made)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(
        json.dumps(machine.as_document(made, sums, planned), ensure_ascii=False, indent=2)
        if as_json
        else machine.as_text(made, sums, planned)
    )


@commands.command("pack")
@click.option("--survey", "survey_id", required=True, help="Number of the survey.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .zip file to write."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def evidence_pack(survey_id: str, out: Path, as_json: bool) -> None:
    """Everything that documents a sealed result, in one file that only its owner can read."""
    now = datetime.now(UTC)
    try:
        made = _write_pack(survey_id, out, now)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    summary = {"survey": survey_id, "file": str(out), "files": made.files, "manifest": made.manifest}
    if as_json:
        click.echo(json.dumps(summary))
        return
    click.echo(
        _(
            "%(count)d files in %(file)s. It holds exact counts of villages: give it to nobody but those who "
            "sign, appraise and file it.",
            count=made.files,
            file=out,
        )
    )


def _write_pack(survey_id: str, out: Path, now: datetime) -> Packed:
    """Write beside `out` and put it there when it is whole, so that no half pack has the name."""
    part = out.with_name(f".{out.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
            made = pack.write(
                db.session(),
                survey_id,
                stream,
                settings=config.settings(),
                store=keys.store(),
                now=now,
            )
        with db.transaction() as current:
            pack.note_taken(current, survey_id, made, actor=audit.OPERATOR, now=now)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return made
