"""The minutes on slips as a file. Exact counts of villages are printed, so making them is noted."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db, files
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Purpose
from survey_app.quality import reconciliation

bp = Blueprint("reconciliation", __name__, template_folder="templates")

READERS = access.READ_RECONCILIATION


@bp.get("/can-bo/dot/<survey_id>/doi-chieu/bien-ban.pdf")
@access.roles(*READERS)
def minutes(survey_id: str) -> ResponseReturnValue:
    """The minutes of a sealed survey."""
    person, now = access.identity(), datetime.now(UTC)
    survey = surveys.scoped_survey(db.session(), survey_id, person)
    if survey.purpose is not Purpose.DECISION:
        abort(HTTPStatus.NOT_FOUND)
    found = reconciliation.minutes(db.session(), survey.id)
    with db.transaction() as current:
        audit.record(current, person.actor, "results.exact", f"survey:{survey.id}", at=now, form="minutes")
    return files.download(reconciliation.pdf(found, now), f"bien-ban-doi-chieu-{survey.id}", files.PDF)
