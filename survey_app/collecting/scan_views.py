"""The screens of scanned slips: a stack goes in, each slip is looked at once, and what its clerk agrees to is stored.

What the reader took for clear is beside its picture; what it could not tell is shown with its neighbours and is
undecided. A slip that nobody may answer with is never shown: it is named by its page, to be put aside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    session,
    stream_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, config, db, files
from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.collecting import desk, keyed_forms, meeting_batches, operations, scan_pages, scanned
from survey_app.collecting.meeting_batches import NoSuchMeeting
from survey_app.collecting.models import KeyingWay
from survey_app.collecting.refusals import WrongAnswers
from survey_app.collecting.scanned import ScanLine, WaitingSlip
from survey_app.collecting.views import raw_answers, submission_id
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.fieldwork import codes, meetings
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import takes_upload
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.keys import KeyMissing, store
from survey_app.printing import blank_pages
from survey_app.questions.instrument import Question

bp = Blueprint("scans", __name__, template_folder="templates")

#: Bytes of one upload: a hundred pages in grey at 200 dots to the inch take half of it.
MOST_BYTES = 60 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A line for its clerk to decide, and the part of the picture that shows it with the lines above and below."""

    number: int
    question: Question
    #: Upper edge and height in the picture; None where the line was not found there.
    crop: tuple[int, int] | None


class Busy(DomainError):
    """The database or a key is away."""

    code = "ban"
    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self) -> None:
        super().__init__(
            _("The server is busy for a moment. The slip is still here: wait a little, then save it again.")
        )


@bp.get("/can-bo/nhap-phieu/<survey_id>/quet")
@access.roles(*access.KEY_PAPER)
def page(survey_id: str) -> ResponseReturnValue:
    """Where a stack goes in, and how many slips wait for a look."""
    return _page(own_decision_survey(survey_id))


@bp.post("/can-bo/nhap-phieu/<survey_id>/quet")
@access.roles(*access.KEY_PAPER)
@takes_upload(MOST_BYTES)
def read_stack(survey_id: str) -> ResponseReturnValue:
    """Read what was sent page by page, and say of each what became of it while the others are read."""
    survey, person = own_decision_survey(survey_id), access.identity()
    files = [file.read() for file in request.files.getlist("files") if file.filename]
    problem = _why_not(survey, files)
    if problem:
        return _page(survey, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        batch = meeting_batches.meeting(db.session(), survey.id, request.form.get("_meeting", ""))
    except NoSuchMeeting as refusal:
        return _page(survey, refusal.message, HTTPStatus.UNPROCESSABLE_ENTITY)
    desk.choose_batch(survey, str(batch.id) if batch is not None else "")
    # Somebody may have printed without keeping it: only a page that fits is read.
    with db.transaction() as writing:
        blank_pages.keep(writing, survey, config.settings())
    blanks = blank_pages.of_survey(db.session(), survey.id)
    pages = scan_pages.read(survey, files, blanks, batch=batch, by=person.user_id, keys=store())
    return Response(stream_template("collecting/scan_reading.html", survey=survey, pages=pages))


@bp.get("/can-bo/nhap-phieu/<survey_id>/quet/xem")
@access.roles(*access.KEY_PAPER)
def next_slip(survey_id: str) -> ResponseReturnValue:
    """To the slip that waits next."""
    return _to_next(own_decision_survey(survey_id))


@bp.get("/can-bo/nhap-phieu/<survey_id>/quet/phieu/<slip_id>")
@access.roles(*access.KEY_PAPER)
def look(survey_id: str, slip_id: str) -> ResponseReturnValue:
    """One scanned slip: its picture, the reading beside it, and what is to be decided."""
    survey = own_decision_survey(survey_id)
    slip = scanned.slip(db.session(), survey, slip_id, access.identity().user_id, store())
    if slip is None:
        return _to_next(survey)
    problem = ""
    if slip.code:
        try:
            code = codes.normalise(slip.code, survey.id)
            desk.require_unused(desk.door_of(db.session(), survey, code, datetime.now(UTC)), code)
        except DomainError as refusal:
            problem = refusal.message
    return _look_page(survey, slip, _as_read(survey, slip), message=problem)


@bp.get("/can-bo/nhap-phieu/<survey_id>/quet/phieu/<slip_id>/anh")
@access.roles(*access.KEY_PAPER)
def picture(survey_id: str, slip_id: str) -> ResponseReturnValue:
    """The picture of one slip, for its clerk alone."""
    survey = own_decision_survey(survey_id)
    found = scanned.picture(db.session(), survey, slip_id, access.identity().user_id, store())
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return Response(found, content_type=files.JPEG.content_type, headers={"Cache-Control": "no-store"})


@bp.post("/can-bo/nhap-phieu/<survey_id>/quet/phieu/<slip_id>")
@access.roles(*access.KEY_PAPER)
def agree(survey_id: str, slip_id: str) -> ResponseReturnValue:
    """Hold what the clerk agreed to, as every keyed slip is held; its picture is gone with that."""
    survey, person, now = own_decision_survey(survey_id), access.identity(), datetime.now(UTC)
    slip = scanned.slip(db.session(), survey, slip_id, person.user_id, store())
    if slip is None:
        return _to_next(survey)
    try:
        keyed = keyed_forms.read(survey.instrument, request.form)
        code = codes.normalise(slip.code or request.form.get("_code", ""), survey.id)
        door = desk.door_of(db.session(), survey, code, now)
        batch = meeting_batches.meeting(db.session(), survey.id, str(slip.meeting or ""))
        submission = operations.Submission(
            id=submission_id(),
            answers=keyed.answers,
            channel=meeting_batches.channel(door, batch),
            invalid_reason=keyed.invalid_reason or None,
        )
        is_new = desk.hold(door, code, submission, KeyingWay.SCAN, now, scan=slip.id)
    except DomainError as refusal:
        return _kept_page(survey, slip, refusal)
    except (*DATABASE_AWAY, KeyMissing):
        return _kept_page(survey, slip, Busy())
    session["keyed"] = session.get("keyed", 0) + is_new
    return _to_next(survey)


@bp.post("/can-bo/nhap-phieu/<survey_id>/quet/phieu/<slip_id>/bo")
@access.roles(*access.KEY_PAPER)
def leave_out(survey_id: str, slip_id: str) -> ResponseReturnValue:
    """Drop a slip that is none, or that is keyed by hand instead."""
    survey = own_decision_survey(survey_id)
    with db.transaction() as writing:
        scanned.forget(writing, survey.id, access.identity().user_id, slip_id)
    return _to_next(survey)


@bp.post("/can-bo/nhap-phieu/<survey_id>/quet/bo-trang-khong-ma")
@access.roles(*access.KEY_PAPER)
def leave_out_pages(survey_id: str) -> ResponseReturnValue:
    """Drop every page without a code: backs of slips that were scanned on both sides."""
    survey = own_decision_survey(survey_id)
    with db.transaction() as writing:
        scanned.forget_without_code(writing, survey.id, access.identity().user_id)
    return _to_page(survey)


def todos(current: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Scanned slips that wait for this person's look."""
    if person.role not in access.KEY_PAPER:
        return
    for number, count in scanned.waiting_by_survey(current, person.user_id).items():
        yield Todo(
            title=_("Look at scanned slips: survey %(number)s", number=number),
            detail=ngettext(
                "%(num)d scanned slip waits for your look; it is not counted yet.",
                "%(num)d scanned slips wait for your look; they are not counted yet.",
                count,
            ),
            url=url_for("scans.page", survey_id=number),
        )


def _why_not(survey: SurveyView, files: Sequence[bytes]) -> str:
    """Why nothing of it can be read; empty where it can."""
    if not survey.takes_paper:
        return _("This survey does not take paper slips now.")
    if not files:
        return _("Choose the scanned file, or the photos, first.")
    return ""


def _page(survey: SurveyView, message: str = "", status: int = HTTPStatus.OK) -> ResponseReturnValue:
    waiting = scanned.waiting(db.session(), survey.id, access.identity().user_id)
    shown = render_template(
        "collecting/scan_stack.html",
        survey=survey,
        waiting=waiting,
        message=message,
        megabytes=MOST_BYTES // 1024**2,
        reasons=keyed_forms.invalid_reasons(),
        **desk.batches(survey),
        **desk.before(),
    )
    return shown, status


def _to_page(survey: SurveyView) -> ResponseReturnValue:
    return redirect(url_for("scans.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def _to_next(survey: SurveyView) -> ResponseReturnValue:
    found = scanned.first(db.session(), survey.id, access.identity().user_id)
    if found is None:
        return _to_page(survey)
    return redirect(url_for("scans.look", survey_id=survey.id, slip_id=found), HTTPStatus.SEE_OTHER)


def _as_read(survey: SurveyView, slip: WaitingSlip) -> dict[str, object]:
    """The reading as the fields of keying show it; a line to be decided has no answer, not even the likely one."""
    shown: dict[str, object] = {}
    for question in survey.instrument.answerable:
        line = slip.lines.get(question.key)
        if line is None:
            # A question that the slip left to the phone; where no line was found at all, everything is to be keyed.
            shown |= {question.key: ""} if slip.lines else {}
        elif line.clear:
            shown[question.key] = line.ticked if question.kind.row.several else next(iter(line.ticked), "")
    return shown


def _look_page(
    survey: SurveyView,
    slip: WaitingSlip,
    answers: dict[str, Any],
    *,
    message: str,
    problems: dict[str, str] | None = None,
    code_problem: str = "",
    status: int = HTTPStatus.OK,
) -> ResponseReturnValue:
    numbered = list(enumerate(survey.instrument.answerable, start=1))
    unclear = {key for key, line in slip.lines.items() if not line.clear}
    shown = render_template(
        "collecting/scan_look.html",
        survey=survey,
        slip=slip,
        answers=answers,
        doubts=[
            DoubtfulLine(number, one, _crop(slip, one.key)) for number, one in numbered if one.key in unclear
        ],
        clear=[(number, one) for number, one in numbered if one.key not in unclear],
        message=message,
        problems=problems or {},
        code_problem=code_problem,
        typed_code=request.form.get("_code", ""),
        chosen_reason=request.form.get("_invalid", ""),
        reasons=keyed_forms.invalid_reasons(),
        submission=submission_id(),
        left=scanned.waiting(db.session(), survey.id, access.identity().user_id).all,
        before=desk.before(),
        **desk.batches(survey) | {"batch": _batch_of(survey, slip)},
    )
    return shown, status


def _batch_of(survey: SurveyView, slip: WaitingSlip) -> MeetingView | None:
    """The meeting from which a scanned slip came, if its households are counted still."""
    counted = meetings.counted(db.session(), survey.id)
    return next((one for one in counted if one.id == slip.meeting), None)


def _kept_page(survey: SurveyView, slip: WaitingSlip, refusal: DomainError) -> ResponseReturnValue:
    """The slip again with all that was decided, and why it was not stored."""
    of_answers = isinstance(refusal, WrongAnswers)
    return _look_page(
        survey,
        slip,
        raw_answers(survey.instrument, request.form),
        message=refusal.message,
        problems=refusal.problems if isinstance(refusal, WrongAnswers) else {},
        code_problem="" if slip.code or of_answers else refusal.message,
        status=refusal.status,
    )


def _crop(slip: WaitingSlip, key: str) -> tuple[int, int] | None:
    """The line with its neighbours: from the upper edge of the one above to the lower edge of the one below."""
    placed: list[ScanLine] = [line for line in slip.lines.values() if line.rows]
    here = next((place for place, line in enumerate(placed) if line.key == key), None)
    if here is None:
        return None
    edges = [row for line in placed[max(0, here - 1) : here + 2] for row in line.rows or ()]
    return min(edges), max(edges) - min(edges)
