"""Three fresh sample codes at the press of a button, so that anybody can try answering. Only in the sample province."""

from datetime import UTC, datetime

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, config, db
from survey_app.audit import OPERATOR
from survey_app.demo import sample
from survey_app.drawing import data_uri, qr_svg
from survey_app.errors import DomainError
from survey_app.fieldwork import batches, frames, queries
from survey_app.fieldwork.models import Purpose, State
from survey_app.forms import csrf
from survey_app.i18n import gettext as _
from survey_app.keys import store
from survey_app.printing import slips
from survey_app.units import queries as units

bp = Blueprint("demo", __name__, template_folder="templates")

_CODES = 3


class NoCodesLeft(DomainError):
    """Every slip of the sample survey was handed out."""

    def __init__(self) -> None:
        super().__init__(
            _("All sample codes are used up. Load the sample into a fresh instance to get new ones.")
        )


@bp.post("/mau/phieu")
@csrf.exempt
@access.public
def hand_out() -> ResponseReturnValue:
    """Three codes of the open sample survey, with their QR symbols."""
    settings = config.settings()
    if not settings.demo:
        abort(404)
    now = datetime.now(UTC)
    with db.transaction() as current:
        survey_id = _open_sample(current, now)
        line = _village_with_slips_left(current, survey_id, settings.spare_percent)
        batch = batches.make_slips(
            current, survey_id, line.unit.id, _CODES,
            spare_percent=settings.spare_percent, actor=OPERATOR, now=now, keys=store(),
        )  # fmt: skip
    shown = [(code, data_uri(qr_svg(slips.link(settings.public_url, code)))) for code in batch.codes]
    return render_template("demo/codes.html", slips=shown, village=line.unit)


def _open_sample(current: Session, now: datetime) -> str:
    commune = units.unit_by_code(current, sample.OPEN_COMMUNE, units.civil(now))
    for survey in queries.surveys_under(current, commune.path):
        if survey.state is State.OPEN and survey.purpose is Purpose.DECISION:
            return survey.id
    raise NoCodesLeft


def _village_with_slips_left(current: Session, survey_id: str, spare_percent: int) -> frames.FrameLine:
    made = queries.batches(current, survey_id)
    for line in reversed(frames.frame(current, survey_id)):
        left = batches.most_slips(line.households, spare_percent) - queries.live_slips(made, line.unit.id)
        if left >= _CODES:
            return line
    raise NoCodesLeft
