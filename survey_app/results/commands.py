"""`flask results scorecard` and `flask results destroy-pepper`: the exact figures, and the end of a survey's key.

A command is the operator's act: exact figures, audited as such.
"""

import json
from datetime import UTC, datetime

import click

from survey_app import audit, clock, db, keys
from survey_app.fieldwork import rounds
from survey_app.i18n import gettext as _
from survey_app.results import custody, machine
from survey_app.sealing import queries
from survey_app.sealing.commands import JSON, SURVEY, group, refusals
from survey_app.templating import percent


@group.command("scorecard")
@SURVEY
@JSON
def scorecard(survey_id: str, as_json: bool) -> None:
    """Print the exact result of a sealed survey, or the figures of the day of a feedback survey."""
    now = datetime.now(UTC)
    with refusals(), db.transaction() as current:
        view = queries.scorecard(current, survey_id)
        audit.record(current, audit.OPERATOR, "results.exact", f"survey:{survey_id}", at=now, form="command")
    if as_json:
        click.echo(json.dumps(machine.scorecard(view)))
        return
    for card in (view.commune, *view.villages):
        click.echo(
            _(
                "%(unit)s: %(answered)d of %(households)d households answered, %(valid)d valid; "
                "satisfied %(pooled)s",
                unit=card.unit,
                answered=card.tally.answered,
                households=card.households,
                valid=card.tally.valid,
                pooled=percent(card.pooled) if card.pooled else "–",
            )
        )
    for annulment in view.annulments:
        click.echo(rounds.sentence(annulment))
    click.echo(_("Digest: %(digest)s", digest=view.digest or "–"))


@group.command("destroy-pepper")
@SURVEY
@JSON
def destroy_pepper(survey_id: str, as_json: bool) -> None:
    """Destroy the key of a signed or cancelled survey's slips, once it need not be kept; repeatable."""
    now = datetime.now(UTC)
    with refusals(), db.transaction() as current:
        clock.require_believed(current, now, clock.machine())
        custody.record_destruction(current, survey_id, actor=audit.OPERATOR, now=now)
    keys.store().destroy_pepper(survey_id)
    if as_json:
        click.echo(json.dumps({"survey": survey_id, "destroyed": True}))
        return
    click.echo(
        _(
            "The key of survey %(survey)s is destroyed. Delete it from every backup of the keys too.",
            survey=survey_id,
        )
    )
