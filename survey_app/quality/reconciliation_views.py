"""The minutes on slips as a file. Exact counts of villages are printed, so making them is noted."""

from datetime import UTC, datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db, files
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.quality import reconciliation

bp = Blueprint("reconciliation", __name__, template_folder="templates")

READERS = access.READ_RECONCILIATION


@bp.get("/can-bo/dot/<survey_id>/doi-chieu/bien-ban.pdf")
@access.roles(*READERS)
def minutes(survey_id: str) -> ResponseReturnValue:
    """The minutes of a sealed survey."""
    person, now = access.identity(), datetime.now(UTC)
    survey = own_decision_survey(survey_id)
    found = reconciliation.minutes(db.session(), survey.id)
    with db.transaction() as current:
        audit.record(current, person.actor, "results.exact", f"survey:{survey.id}", at=now, form="minutes")
    return files.download(reconciliation.pdf(found, now), f"bien-ban-doi-chieu-{survey.id}", files.PDF)
