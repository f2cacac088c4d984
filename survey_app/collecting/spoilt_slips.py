"""Slips spoilt in printing: their codes, read off the sheets, become worthless and as many new slips are printed.

Who names a code holds the sheet, and could answer with it: to void it takes no second body. A slip that has
answered is never replaced, or its household would answer twice.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from survey_app import access, config, db, files
from survey_app.accounts.freshness import fresh
from survey_app.collecting import queries
from survey_app.errors import DomainError
from survey_app.fieldwork import batches, codes, frames, operations
from survey_app.fieldwork.batches import Slips
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import NotReplaced
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.keys import KeyStore, store
from survey_app.printing import reach, slips
from survey_app.printing import views as printing

bp = Blueprint("spoilt_slips", __name__, template_folder="templates")

#: More than a jam in a printer spoils; who lost more voids the batch, with the other body.
MOST = 40


class SpoiltForm(StaffForm):
    """The codes of spoilt slips, one a line; a scanner sends each with its address."""

    codes = TextAreaField(
        _l("Codes of the spoilt slips, one a line"),
        validators=[InputRequired(_l("Type or scan the codes of the spoilt slips.")), Length(max=6000)],
    )


@bp.route("/can-bo/dot/<survey_id>/in/to-hong", methods=["GET", "POST"])
@access.roles(*access.PRINT_SLIPS)
@fresh
def replace(survey_id: str) -> ResponseReturnValue:
    """Void the named slips and send new ones, once."""
    identity, settings = access.identity(), config.settings()
    survey = own_decision_survey(survey_id)
    if not printing.may_print(identity, survey, settings):
        abort(HTTPStatus.FORBIDDEN)
    form = SpoiltForm()
    if not form.validate_on_submit():
        return _page(survey, form), HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    try:
        reach.require(survey, settings)
        typed = _codes(form.codes.data, survey_id)
        with db.transaction() as current:
            made = replaced(
                current,
                survey_id,
                typed,
                spare_percent=settings.spare_percent,
                actor=identity.actor,
                now=datetime.now(UTC),
                keys=store(),
            )
            frame = frames.frame(current, survey_id)
    except DomainError as refusal:
        form.codes.errors = [refusal.message]
        return _page(survey, form), refusal.status
    (village,) = (line.unit for line in frame if line.unit.id == made.unit_id)
    body = slips.pdf(survey, village, made.codes, settings)
    return files.download(body, f"phieu-{survey.id}-{village.code}-lo-{made.batch_id}", files.PDF)


def replaced(
    session: Session,
    survey_id: str,
    typed: Iterable[str],
    *,
    spare_percent: int,
    actor: str,
    now: datetime,
    keys: KeyStore,
) -> Slips:
    """New slips instead of those with the given normalised codes. Raises NotReplaced, and what `batches` refuses."""
    survey = operations.hold(session, survey_id)
    pepper = keys.pepper(survey_id, survey.pepper_mark)
    macs = {codes.mac(pepper, survey_id, code) for code in typed}
    if any(queries.is_spent(session, survey_id, mac) for mac in macs):
        raise NotReplaced(
            _("Nothing was made: a household has answered with one of these slips, so it is not replaced.")
        )
    return batches.replace_slips(
        session, survey_id, macs, spare_percent=spare_percent, actor=actor, now=now, keys=keys
    )


def _codes(typed: str, survey_id: str) -> list[str]:
    lines = [line for line in typed.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise NotReplaced(
            _(
                "Nothing was made: at most %(most)s slips are replaced at a time. For more, have the batch voided.",
                most=MOST,
            )
        )
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(codes.normalise(line, survey_id))
        except MistypedCode as error:
            raise NotReplaced(
                _("Nothing was made: the code in line %(number)s is mistyped.", number=number)
            ) from error
    return found


def _page(survey: SurveyView, form: SpoiltForm) -> str:
    return render_template("collecting/spoilt_slips.html", survey=survey, form=form, most=MOST)
