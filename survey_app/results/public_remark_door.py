"""The public form for remarks on a consultation: what is sent is stored once, up to a number a day."""

import secrets
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db, throttle
from survey_app.collecting.entrance import refuse_other_sites
from survey_app.errors import DomainError, say_when
from survey_app.fieldwork import scope
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import public_survey
from survey_app.forms import carried_number, clean, csrf
from survey_app.i18n import carry_language
from survey_app.i18n import gettext as _
from survey_app.results import public_remarks
from survey_app.results.public_remarks import LONGEST
from survey_app.units.queries import civil

bp = Blueprint("public_remark_door", __name__, template_folder="templates")
bp.url_defaults(carry_language)

#: Remarks of one network in a day, and of all on one survey: this product's own start values. Many households of a
#: village share a network; who is turned away is told where the commune takes remarks.
REMARKS_OF_A_NETWORK, REMARKS_OF_A_SURVEY = 20, 200
#: A text of the greatest length, in any letters and as a form sends it.
MOST_BYTES = 64 * 1024


class TooManyRemarks(DomainError):
    """Too many remarks came from this network or on this survey today."""

    code = "qua-nhieu-phan-anh"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "Too many remarks came today: no more are taken here until tomorrow. Your text is not stored: copy "
                "it, or bring it to the commune's office."
            )
        )


class NothingSaid(DomainError):
    """The remark is empty or longer than there is room for."""

    code = "phan-anh-trong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("Write what you remark, in at most %(letters)s letters.", letters=LONGEST))


@bp.before_request
def limit_body() -> None:
    """One text is typed on this page."""
    request.max_content_length = MOST_BYTES


@bp.get("/ket-qua/<survey_id>/phan-anh")
@access.public
def form(survey_id: str) -> ResponseReturnValue:
    """The form, or thanks with the number under which a remark is stored."""
    survey = public_survey(survey_id, scope.ANNOUNCED)
    stored = request.args.get("so", "")
    return _form(survey, number=stored if carried_number(stored) else "")


@bp.post("/ket-qua/<survey_id>/phan-anh")
@csrf.exempt
@access.public
def send(survey_id: str) -> ResponseReturnValue:
    """Store a remark, once however often it is sent."""
    survey, now = public_survey(survey_id, scope.ANNOUNCED), datetime.now(UTC)
    text = clean(request.form.get("text", "").replace("\r\n", "\n")) or ""
    page = request.form.get("page", "")[:64] or secrets.token_hex(16)
    if "_switch" in request.form:
        return _form(survey, text=text, page=page)
    try:
        refuse_other_sites()
        if not 0 < len(text) <= LONGEST:
            raise NothingSaid
        sent = public_remarks.sent_as(page, text)
        number = public_remarks.stored_as(db.session(), survey.id, sent)
        if number is None:
            _count(survey, now)
            with db.transaction() as current:
                number = public_remarks.receive(
                    current, survey, text, sent=sent, received_on=civil(now), by=None, now=now
                )
    except DomainError as refusal:
        return say_when(_form(survey, refusal.status, text=text, page=page, problem=refusal.message), refusal)
    stored = url_for("public_remark_door.form", survey_id=survey.id, so=number)
    return redirect(stored, HTTPStatus.SEE_OTHER)


def _count(survey: SurveyView, now: datetime) -> None:
    """Count first and look second, so that several at once cannot slip through; what is refused by itself first."""
    if not public_remarks.are_received(survey):
        raise public_remarks.NoRemarks
    network = throttle.address_key("public-remark", now)
    with db.transaction() as current:
        of_network = throttle.count_of_day(current, network, now)
        of_survey = throttle.count_of_day(
            current, throttle.subject_key("public-remarks", survey.id, now), now
        )
    if of_network > REMARKS_OF_A_NETWORK or of_survey > REMARKS_OF_A_SURVEY:
        raise TooManyRemarks(throttle.seconds_left_of_day(now))


def _form(
    survey: SurveyView,
    status: int = HTTPStatus.OK,
    *,
    text: str = "",
    page: str = "",
    problem: str = "",
    number: str = "",
) -> Response:
    shown = render_template(
        "results/public_remark_form.html",
        survey=survey,
        is_open=public_remarks.are_received(survey),
        text=text,
        page=page or secrets.token_hex(16),
        problem=problem,
        number=number,
        longest=LONGEST,
    )
    response = make_response(shown, status)
    response.headers["Cache-Control"] = "no-store"
    return response
