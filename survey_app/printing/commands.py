"""`flask fieldwork slips`: the operator's command for a batch of slips. Audited as "operator"."""

import json
import os
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import click
from flask.cli import with_appcontext

from survey_app import config, db
from survey_app.audit import OPERATOR
from survey_app.errors import DomainError
from survey_app.fieldwork import batches, frames, queries
from survey_app.i18n import gettext as _
from survey_app.keys import store
from survey_app.printing import blank_pages, reach, slips
from survey_app.units import kinds
from survey_app.units import queries as units


class NoSuchVillage(DomainError):
    """No village, or more than one, goes by what was typed; the message lists those of the survey."""

    code = "khong-co-thon"
    status = HTTPStatus.NOT_FOUND

    def __init__(self, typed: str, villages: Iterable[tuple[str, str]]) -> None:
        listed = "\n".join(f"  {code}  {name}" for code, name in villages)
        super().__init__(
            _(
                "No single village of this survey is called %(typed)s. Give the code of one of these:",
                typed=typed,
            )
            + f"\n{listed}"
        )


@click.command("slips")
@with_appcontext
@click.option("--survey", "survey_id", required=True)
@click.option("--village", required=True, help="Code or name of the village.")
@click.option("--count", type=int, required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .pdf or .csv file."
)
@click.option("--json", "as_json", is_flag=True)
def make_slips(survey_id: str, village: str, count: int, out: Path, as_json: bool) -> None:
    """Make a batch of slips for one village; the codes are in the file and nowhere else."""
    if out.suffix not in {".pdf", ".csv"}:
        raise click.ClickException(_("The file must end in .pdf or .csv."))
    _require_writable(out)
    settings = config.settings()
    try:
        with db.transaction() as current:
            survey = queries.survey(current, survey_id)
            line = _line(frames.frame(current, survey_id), village)
            slips.check_room(survey)
            if out.suffix == ".pdf":
                reach.require(survey, settings)
                blank_pages.keep(current, survey, settings)
            batch = batches.make_slips(
                current,
                survey_id,
                line.unit.id,
                count,
                spare_percent=settings.spare_percent,
                actor=OPERATOR,
                now=datetime.now(UTC),
                keys=store(),
            )
    except DomainError as error:
        raise click.ClickException(error.message) from error
    if out.suffix == ".csv":
        out.write_bytes(b"".join(slips.csv(line.unit, batch.codes, settings)))
    else:
        out.write_bytes(slips.pdf(survey, line.unit, batch.codes, settings))
    done = {
        "survey": survey_id,
        "village": line.unit.code,
        "batch": batch.batch_id,
        "slips": len(batch.codes),
    }
    click.echo(
        json.dumps(done) if as_json else f"{len(batch.codes)} slips of batch {batch.batch_id} in {out}"
    )


def _require_writable(out: Path) -> None:
    """Before a batch is made: its codes are in this file and nowhere else."""
    folder = out.absolute().parent
    if not folder.is_dir():
        raise click.ClickException(_("There is no folder %(folder)s.", folder=folder))
    if not os.access(out if out.exists() else folder, os.W_OK):
        raise click.ClickException(_("%(file)s cannot be written by this account.", file=out))


def _line(frame: tuple[frames.FrameLine, ...], village: str) -> frames.FrameLine:
    names = {unicodedata.normalize("NFC", village).casefold()}
    found = [line for line in frame if line.unit.code == village or _called(line.unit) & names]
    if len(found) != 1:
        raise NoSuchVillage(village, ((line.unit.code, line.unit.full_name) for line in frame))
    return found[0]


def _called(village: units.UnitView) -> set[str]:
    """What somebody may type for a village; without its former commune the name may mean several."""
    spoken = kinds.full_name(village.kind, village.name)
    return {name.casefold() for name in (village.name, spoken, village.full_name)}
