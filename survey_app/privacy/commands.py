"""`flask results retain` and `flask results redact`: what is taken out of sealed answers, each time noted."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime

import click

from survey_app import audit, clock, config, db
from survey_app.fieldwork import queries as surveys
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.privacy import erasing, redaction, retention, retention_status
from survey_app.privacy.retention import Removed
from survey_app.sealing import queries
from survey_app.sealing.commands import JSON, SURVEY, group, refusals
from survey_app.units.queries import civil

#: How old invitations are named beside the numbers of surveys.
_INVITATIONS = "invitations"


@group.command("retain")
@click.option("--survey", "survey_id", metavar="ID", help="Number of the survey.")
@click.option("--due", is_flag=True, help="Every survey whose time is over, and old invitations.")
@click.option(
    "--months", type=click.IntRange(min=1, max=1200), help="Instead of retention_months of the settings."
)
@JSON
def retain(survey_id: str | None, due: bool, months: int | None, as_json: bool) -> None:
    """Remove raw answers sealed longer ago than they are to be kept. Tallies, seal and leaf list stay.

    What is due for the first time is noted only, and removed by a run on another day.
    """
    if bool(survey_id) == due:
        raise click.UsageError(_("Give either --survey or --due."))
    now = datetime.now(UTC)
    with refusals():
        before = _before(now, months)
        clock.require_believed(db.session(), now, clock.machine())
        wanted, waiting = _wanted(before, now)
        if survey_id is not None:
            number = surveys.survey(db.session(), survey_id).id
            waiting = tuple(one for one in waiting if one == number)
            wanted = () if waiting else (number,)
        removed, kept = _remove(
            [one for one in wanted if one != _INVITATIONS], before, now, stop=survey_id is not None
        )
        forgotten = 0
        if _INVITATIONS in wanted:
            with db.transaction() as current:
                forgotten = retention.forget_invitations(current, before, actor=audit.OPERATOR, now=now)
    erased = not erasing.erase_owed(db.database.engine, now, actor=audit.OPERATOR) if removed else True
    if as_json:
        found = {
            "removed": [asdict(one) for one in removed],
            "kept": kept,
            "invitations": forgotten,
            "waiting": waiting,
            "erased": erased,
        }
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    if removed or kept or not waiting:
        _tell(removed, kept, forgotten, erased)
    if waiting:
        click.echo(
            ngettext(
                "%(num)d is due for the first time today: it is removed when this command runs on another day.",
                "%(num)d are due for the first time today: they are removed when this command runs on another day.",
                len(waiting),
            )
        )


@group.command("redact")
@SURVEY
@click.option("--submission", "submission_id", required=True, metavar="ID", help="Number of the answer.")
@click.option("--question", required=True, metavar="KEY", help="Key of the question that it answers.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, without the name itself.")
@JSON
def redact(survey_id: str, submission_id: str, question: str, reason: str, as_json: bool) -> None:
    """Take one written opinion out of a sealed answer; its hash stays, so that the seal can still be checked."""
    now = datetime.now(UTC)
    with refusals(), db.transaction() as current:
        redaction.redact(current, survey_id, submission_id, question, reason, actor=audit.OPERATOR, now=now)
    erased = not erasing.erase_owed(db.database.engine, now, actor=audit.OPERATOR)
    if as_json:
        found = {"survey": survey_id, "submission": submission_id, "question": question, "erased": erased}
        click.echo(json.dumps(found))
        return
    click.echo(_("The text is taken out. Backups made before today still hold it."))
    _tell_unerased(erased)


def _before(now: datetime, months: int | None) -> datetime:
    configured = months or config.settings().retention_months
    if configured is None:
        raise retention.NotConfigured
    return retention.keep_from(civil(now), configured)


def _wanted(before: datetime, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was due in runs on two days, and what is due for the first time today."""
    due = retention.due(db.session(), before)
    if retention_status.old_invitations(db.session(), before):
        due = (*due, _INVITATIONS)
    with db.transaction() as current:
        ripe = clock.due_on_two_days(current, queries.RAW_REMOVED, due, now)
    return ripe, tuple(one for one in due if one not in ripe)


def _remove(
    survey_ids: Iterable[str], before: datetime, now: datetime, *, stop: bool
) -> tuple[list[Removed], dict[str, str]]:
    """Each survey in a transaction of its own; a complaint keeps one and holds up no other, unless `stop`."""
    removed: list[Removed] = []
    kept: dict[str, str] = {}
    for survey_id in survey_ids:
        try:
            with db.transaction() as current:
                removed.append(
                    retention.remove_answers(current, survey_id, before, actor=audit.OPERATOR, now=now)
                )
        except retention.ComplaintOpen as refused:
            if stop:
                raise
            kept[survey_id] = refused.message
    return removed, kept


def _tell(removed: list[Removed], kept: dict[str, str], forgotten: int, erased: bool) -> None:
    for one in removed:
        click.echo(
            ngettext(
                "Survey %(survey)s: %(num)d raw answer removed. Backups made before today still hold it.",
                "Survey %(survey)s: %(num)d raw answers removed. Backups made before today still hold them.",
                one.answers,
                survey=one.survey,
            )
        )
    for message in kept.values():
        click.echo(message)
    if not removed and not kept:
        click.echo(_("No survey has raw answers that are due."))
    if forgotten:
        click.echo(ngettext("%(num)d old invitation removed.", "%(num)d old invitations removed.", forgotten))
    _tell_unerased(erased)


def _tell_unerased(erased: bool) -> None:
    if not erased:
        click.echo(
            _(
                "Old places in the database's files are not erased yet; the minute job does it, large tables at night."
            ),
            err=True,
        )
