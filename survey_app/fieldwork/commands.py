"""The operator's commands of fieldwork. Exact figures; every act is audited as "operator"."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_app import clock, command_line, db, jobs
from survey_app.audit import OPERATOR
from survey_app.authoring import operations as authoring
from survey_app.authoring import queries as instruments
from survey_app.config import VIETNAM
from survey_app.errors import DomainError
from survey_app.fieldwork import answering, calendar, drafting, frames, operations, queries
from survey_app.fieldwork.contact import has_number
from survey_app.fieldwork.models import Purpose
from survey_app.i18n import gettext as _
from survey_app.jobs import Failed
from survey_app.keys import store
from survey_app.templating import moment
from survey_app.units import queries as units
from survey_app.units.commands import ANSWERS, refusal, refuse_open
from survey_app.units.lists import several
from survey_app.units.models import Level

group = AppGroup("fieldwork", help="Surveys: open, tick, slips, progress.")


class Moment(click.ParamType):
    """A day, or a day and an hour, in Vietnam: 2026-11-25, 25/11/2026, 2026-11-25T17:00."""

    name = "date"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | datetime:
        """A date when no hour is given, else an aware datetime."""
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value, pattern).replace(tzinfo=VIETNAM).date()
            except ValueError:
                continue
        try:
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-11-25 or 25/11/2026", param, ctx)


@group.command("open")
@click.option("--instrument", "key", required=True, help="Key of a frozen form.")
@click.option("--unit", "code", required=True, help="Code of the commune.")
@click.option("--frame", "frame_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--opens", required=True, type=Moment())
@click.option("--closes", required=True, type=Moment())
@click.option(
    "--purpose", type=click.Choice([purpose.value for purpose in Purpose]), default=Purpose.DECISION.value
)
@click.option("--plan", default="", help="Number of the Front's plan.")
@click.option("--contact", default="", help="Whom villagers may call.")
@ANSWERS
@click.option("--json", "as_json", is_flag=True)
def open_survey(
    key: str,
    code: str,
    frame_file: Path | None,
    opens: date | datetime,
    closes: date | datetime,
    purpose: str,
    plan: str,
    contact: str,
    answers: dict[str, str],
    as_json: bool,
) -> None:
    """Create and publish a survey; it opens at once if its date has come.

    FILE of --frame is read like a commune's own list; look at it before with units preview.
    """
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            authoring.load_library(current, now)
            commune = units.unit_by_code(current, code, units.civil(now))
            if commune.level != Level.COMMUNE:
                raise click.ClickException(_("%(unit)s is not a commune.", unit=commune.full_name))
            planned = drafting.SurveyDraft(
                unit_id=commune.id,
                instrument_id=instruments.latest_frozen(current, key).id,
                purpose=Purpose(purpose),
                rehearsal=False,
                plan_number=plan or "–",
                plan_date=None,
                aim="",
                contact=contact,
                opens_at=calendar.opening(opens)
                if not isinstance(opens, datetime)
                else opens.astimezone(UTC),
                closes_at=calendar.closing(closes)
                if not isinstance(closes, datetime)
                else closes.astimezone(UTC),
            )
            # Read for either purpose, so that a wrong file is never passed over; only a decision survey has a frame.
            asked = _frame(current, frame_file, commune, answers, now) if frame_file else _NOBODY
            frame = asked.villages if planned.purpose is Purpose.DECISION else []
            number = drafting.draft_survey(current, planned, frame, actor=OPERATOR, now=now)
            operations.publish(current, number, actor=OPERATOR, now=now, keys=store())
    except DomainError as error:
        raise refusal(error) from error
    for line in asked.notes:
        click.echo(line, err=True)
    if not has_number(contact):
        click.echo("No --contact with a phone number: page, slips and posters name nobody to call.", err=True)
    click.echo(json.dumps({"survey": number}) if as_json else f"Survey {number} is published.")


@group.command("tick")
@click.option("--loop", is_flag=True, help="Stay and run at every full minute, where there is no timer.")
@click.option("--json", "as_json", is_flag=True)
def tick(loop: bool, as_json: bool) -> None:
    """Do what is due by the clock; a timer runs this every minute. Exit 1 when a job failed; the others ran."""
    while loop:
        try:
            _tell_failures(jobs.run_due(datetime.now(UTC)))
        except SQLAlchemyError as error:  # the database is away for a moment; the next minute catches up
            click.echo(command_line.sentence(error), err=True)
        finally:
            db.session().close()
        time.sleep(60 - time.time() % 60)
    done = jobs.run_due(datetime.now(UTC))
    click.echo(
        json.dumps(done, default=asdict)
        if as_json
        else ", ".join(f"{name}: {count}" for name, count in done.items() if not isinstance(count, Failed))
    )
    if _tell_failures(done):
        raise SystemExit(1)


def _tell_failures(done: Mapping[str, object]) -> bool:
    """Name the jobs that failed on stderr; whether any did."""
    failed = {name: result for name, result in done.items() if isinstance(result, Failed)}
    for name, result in failed.items():
        click.echo(f"tick: {name}: {result.reason}", err=True)
    return bool(failed)


@group.command("clock")
@click.option("--confirm", is_flag=True, help="The clock of this server is right.")
@click.option("--json", "as_json", is_flag=True)
def server_clock(confirm: bool, as_json: bool) -> None:
    """Tell whether the server's clock is believed, and confirm it when it is right after a jump."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        believed = clock.compare(current, now, clock.machine())
        if confirm and not believed:
            clock.confirm(current, now, actor=OPERATOR, now=now)
        found = clock.doubt(current)
    if as_json:
        doubt = (
            None
            if found is None
            else {"says": found.says.isoformat(), "expected": found.expected and found.expected.isoformat()}
        )
        click.echo(json.dumps({"believed": found is None, "doubt": doubt}))
        return
    click.echo(
        _("The clock is believed.")
        if found is None
        else _(
            "The clock is in doubt: it says %(says)s and was last believed at %(before)s. If it is right, add "
            "--confirm.",
            says=moment(found.says),
            before=moment(found.believed_at),
        )
    )


@group.command("progress")
@click.option("--survey", "survey_id", required=True)
@click.option("--json", "as_json", is_flag=True)
def progress(survey_id: str, as_json: bool) -> None:
    """Households that answered, exact to the moment."""
    current = db.session()
    try:
        queries.survey(current, survey_id)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    answered = answering.answered_now(current, survey_id)
    villages = []
    for line in frames.frame(current, survey_id):
        channels = {
            channel.value: count for (unit, channel), count in answered.items() if unit == line.unit.id
        }
        villages.append(
            {
                "unit": line.unit.code,
                "households": line.households,
                "answered": sum(channels.values()),
                "channels": channels,
            }
        )
    if as_json:
        click.echo(json.dumps({"survey": survey_id, "villages": villages}))
        return
    for village in villages:
        click.echo(f"{village['unit']}  {village['answered']} / {village['households']}")


@dataclass(frozen=True, slots=True)
class _Frame:
    """The villages of a frame file, and what the operator hears of how it was read."""

    villages: list[drafting.Asked]
    notes: tuple[str, ...]


_NOBODY = _Frame([], ())


def _frame(
    session: Session, file: Path, commune: units.UnitView, answers: dict[str, str], now: datetime
) -> _Frame:
    """The frame is exactly the rows of the file; its villages are entered in the register as well."""
    said = several.ENDS_NONE | answers
    found = several.of_file(
        session, file.read_bytes(), file.name, units.civil(now), said, commune, is_frame=True
    )
    refuse_open(found)
    stored = several.save(session, found, actor=OPERATOR, now=now)
    villages = [drafting.Asked(row.unit_id, row.households, row.source, row.as_of) for row in stored]
    return _Frame(villages, tuple(_notes_of(found)))


def _notes_of(found: several.WholeList) -> Iterator[str]:
    """What was left out of a file, what became of numbers that were held, and which of them are doubtful."""
    for one in found.reading.left_out:
        yield _("%(sheet)s, row %(row)s is left out: %(why)s", sheet=one.sheet, row=one.row, why=one.why)
    for row in found.rows:
        if row.changes:
            yield _(
                "%(village)s was changed in the list: %(changes)s",
                village=row.name,
                changes="; ".join(row.changes),
            )
    for doubt in found.taken:
        yield _("%(text)s Taken as the file says.", text=doubt.text)
