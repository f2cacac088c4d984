"""Was my slip used? Yes or no, for the one who holds the slip; never when, where or with which answers.

Asked by POST alone, so that no address, history or log holds the code. Ends when the result is signed or the
survey's pepper is destroyed, whichever comes first.
"""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, throttle
from survey_app.collecting import queries, replies
from survey_app.collecting.entrance import refuse_other_sites
from survey_app.collecting.refusals import UnknownCode
from survey_app.errors import DATABASE_AWAY, DomainError, say_when
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import TAKING_ANSWERS, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.forms import csrf
from survey_app.i18n import gettext as _
from survey_app.i18n import use_language
from survey_app.keys import KeyMissing, store

bp = Blueprint("slip_check", __name__, template_folder="templates")

#: Questions a day from one network: enough for a household, too few to watch a village's slips.
ASKS_A_DAY = 5
_MOST_BYTES = 4096
_ASKABLE = (*TAKING_ANSWERS, State.SEALED)


class AskedEnough(DomainError):
    code = "hoi-du-hom-nay"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "This network has already asked %(times)d times today. Please ask tomorrow, or show your "
                "slip to the Fatherland Front of the commune.",
                times=ASKS_A_DAY,
            )
        )


class NoLongerAsked(DomainError):
    code = "het-han-hoi"
    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            _(
                "This can be asked only from the opening of the survey until its result is signed. After that "
                "nobody can find out any more whether a slip was used."
            )
        )


@bp.before_request
def limit_body() -> None:
    """One code is typed here, nothing else."""
    request.max_content_length = _MOST_BYTES
    request.max_form_memory_size = _MOST_BYTES


@bp.get("/kiem-tra/phieu")
@access.public
def ask() -> ResponseReturnValue:
    """The form."""
    use_language(request.args.get("lang", ""))
    return _page()


@bp.post("/kiem-tra/phieu")
@csrf.exempt
@access.public
def answer() -> ResponseReturnValue:
    """Whether the slip with the typed code was used."""
    now = datetime.now(UTC)
    use_language(request.form.get("_switch") or request.form.get("_lang", ""))
    typed = request.form.get("slip", "")
    if "_switch" in request.form:
        return _page(typed=typed)
    try:
        refuse_other_sites()
        code = codes.normalise(typed)
        _count_question(now)
        return _page(used=_is_used(db.session(), code), survey=replies.survey_named(code=code, link=""))
    except (*DATABASE_AWAY, KeyMissing):
        busy = _("The server is busy. Please ask again shortly.")
        return _page(HTTPStatus.SERVICE_UNAVAILABLE, typed=typed, problem=busy)
    except DomainError as refusal:
        return say_when(_page(refusal.status, typed=typed, problem=refusal.message), refusal)


def _count_question(now: datetime) -> None:
    """Count this question first and look second, so that several at once cannot slip through."""
    key = throttle.address_key("slip-check", now)
    with db.transaction() as current:
        asked = throttle.count_of_day(current, key, now)
    if asked > ASKS_A_DAY:
        raise AskedEnough(throttle.seconds_left_of_day(now))


def _is_used(session: Session, code: str) -> bool:
    """Raises UnknownCode, NoLongerAsked, or KeyMissing when the pepper is away though nobody destroyed it."""
    survey = queries.survey_of_code(session, code)
    if survey.state in {State.DRAFT, State.PUBLISHED}:
        raise UnknownCode
    if survey.state not in _ASKABLE or session.get_one(Survey, survey.id).pepper_destroyed_at is not None:
        raise NoLongerAsked
    return queries.slip_door(session, survey, code, store()).spent


def _page(
    status: int = HTTPStatus.OK,
    *,
    typed: str = "",
    used: bool | None = None,
    problem: str = "",
    survey: SurveyView | None = None,
) -> Response:
    """The page; the code is shown again only when it has to be mended."""
    # Each question is counted, so the language is switched to the page as it was before the question.
    return replies.page(
        "collecting/slip_check.html",
        status,
        inside=replies.CODE,
        typed=typed,
        used=used,
        problem=problem,
        survey=survey,
        again=None,
        letters=replies.letters_known(),
    )
