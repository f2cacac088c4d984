"""The screen of double entry, on which drawn paper slips are keyed again, blind; and what the survey's page says of it.

Whether keyings agree depends on answers, so it is said only once the phones are closed, in counts of villages.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.collecting import held_again, keyed_forms, second_keying
from survey_app.collecting.held_again import HeldAgain
from survey_app.collecting.paper_views import KEYING_ROLES
from survey_app.collecting.refusals import WrongAnswers
from survey_app.collecting.second_keying import VillageDraw
from survey_app.collecting.views import raw_answers
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.fieldwork import answering, frames
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.models import WITH_SEAL, Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.fieldwork.survey_page import Sentence
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.keys import KeyMissing, store
from survey_app.questions.instrument import Question
from survey_app.scoring import keying

bp = Blueprint("second_keying", __name__, template_folder="templates")

#: What is said beside the code, because the code is what has to be looked at.
_OF_CODE = (
    MistypedCode,
    second_keying.NotDrawn,
    second_keying.KeyedHere,
    second_keying.KeyedAgain,
    second_keying.KeyedAgainNow,
)
#: States in which the outcome may be said: nobody can answer by phone any more.
_ENDED = (State.COUNTING, *WITH_SEAL)
#: Who keys in a commune; the province's Front helps out where it is asked to.
_REMINDED = access.REMIND_OF_KEYING


@bp.get("/can-bo/nhap-phieu/<survey_id>/nhap-lai")
@access.roles(*KEYING_ROLES)
def page(survey_id: str) -> ResponseReturnValue:
    """The drawn slips, and an empty form for one of them."""
    return _page(own_decision_survey(survey_id))


@bp.post("/can-bo/nhap-phieu/<survey_id>/nhap-lai")
@access.roles(*KEYING_ROLES)
def key_again(survey_id: str) -> ResponseReturnValue:
    """Hold one second keying, mended or new; a refusal shows why and keeps every key stroke."""
    survey, person = own_decision_survey(survey_id), access.identity()
    try:
        slip = keyed_forms.read_again(survey.instrument, request.form, keying.keyed_again(survey.instrument))
        with db.transaction() as writing:
            held_again.hold(
                writing, survey, request.form.get("_code", ""), slip.answers,
                invalid_reason=slip.invalid_reason, by=person, keys=store(), now=datetime.now(UTC),
            )  # fmt: skip
    except WrongAnswers as refusal:
        return _page(survey, refusal.message, refusal.status, problems=refusal.problems)
    except DomainError as refusal:
        code_problem = refusal.message if isinstance(refusal, _OF_CODE) else ""
        return _page(survey, refusal.message, refusal.status, code_problem=code_problem)
    except (*DATABASE_AWAY, KeyMissing):
        message = _(
            "The server is busy for a moment. The slip is still here: wait a little, then save it again."
        )
        return _page(survey, message, HTTPStatus.SERVICE_UNAVAILABLE)
    return _to_page(survey_id)


@bp.post("/can-bo/nhap-phieu/<survey_id>/nhap-lai/luu")
@access.roles(*KEYING_ROLES)
def keep(survey_id: str) -> ResponseReturnValue:
    """Keep what is held at once."""
    own_decision_survey(survey_id)
    _compare_held()
    return _to_page(survey_id)


@bp.post("/can-bo/nhap-phieu/<survey_id>/nhap-lai/sua")
@access.roles(*KEYING_ROLES)
def begin_mending(survey_id: str) -> ResponseReturnValue:
    """Begin the minute of the held slip again and show it."""
    own_decision_survey(survey_id)
    with db.transaction() as writing:
        can_be = held_again.renew(writing, access.identity().user_id, now=datetime.now(UTC))
    if not can_be:
        _compare_held()
        flash(_("The minute for mending is over: the second keying is kept as it was keyed first."), "error")
        return _to_page(survey_id)
    return redirect(url_for("second_keying.mend", survey_id=survey_id), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/nhap-phieu/<survey_id>/nhap-lai/sua")
@access.roles(*KEYING_ROLES)
def mend(survey_id: str) -> ResponseReturnValue:
    """What is held, as it was keyed; saving it replaces it."""
    survey, kept = own_decision_survey(survey_id), _held()
    return _to_page(survey_id) if kept is None else _page(survey, mended=kept)


def _to_page(survey_id: str) -> ResponseReturnValue:
    return redirect(url_for("second_keying.page", survey_id=survey_id), HTTPStatus.SEE_OTHER)


def _compare_held() -> None:
    with db.transaction() as writing:
        held_again.compare_held(writing, access.identity().user_id, now=datetime.now(UTC), keys=store())


def _held() -> HeldAgain | None:
    """Nothing while a key is away: the page must still open."""
    try:
        return held_again.of_clerk(db.session(), access.identity().user_id, store())
    except (*DATABASE_AWAY, KeyMissing):
        return None


def _not_kept() -> str:
    """Why the slip keyed before was not kept; nothing while a key is away."""
    try:
        return held_again.not_kept(db.session(), access.identity().user_id, store())
    except (*DATABASE_AWAY, KeyMissing):
        return ""


@bp.post("/can-bo/nhap-phieu/<survey_id>/nhap-lai/ma")
@access.roles(*KEYING_ROLES)
def look_at_code(survey_id: str) -> ResponseReturnValue:
    """What is wrong with a code, before the answers are keyed again; never what was keyed first."""
    survey, person, current = own_decision_survey(survey_id), access.identity(), db.session()
    try:
        typed = request.form.get("_code", "")
        drawn = second_keying.drawn_answer(current, survey, typed, by=person, keys=store())
        held_again.require_free(current, survey.id, drawn.leaf, by=person.user_id, keys=store())
    except DomainError as refusal:
        return jsonify(message=refusal.message)
    kept = _held()
    if kept is not None and kept.leaf != drawn.leaf:
        _compare_held()  # the next slip begins
    return jsonify(message="")


def sentences(session: Session, survey: SurveyView) -> Iterator[Sentence]:
    """What keying again has found, for the survey's page."""
    if survey.purpose is not Purpose.DECISION or survey.state not in (State.OPEN, *_ENDED):
        return
    found = second_keying.findings(session, survey)
    checked = sum(village.checked for village in found)
    if not checked:
        answered, _as_of = answering.answered_hourly(session, survey.id)
        if answering.answered_by_door(answered)[1]:
            yield Sentence(_nothing_checked(survey))
        return
    if survey.state not in _ENDED:
        yield Sentence(
            ngettext(
                "%(num)d paper slip has been keyed again so far.",
                "%(num)d paper slips have been keyed again so far.",
                checked,
            )
        )
        return
    differing = sum(village.differing for village in found)
    text = _("Paper slips keyed again: %(checked)s; differing: %(n)s.", checked=checked, n=differing)
    yield Sentence(text)
    names = {line.unit.code: line.unit.full_name for line in frames.frame(session, survey.id)}
    for village in found:
        if village.needs_comparison:
            yield Sentence(_to_compare(names[village.unit], village, survey.state), urgent=True)


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Slips still to be keyed again while paper is counted, by the full hour's counts."""
    if person.role not in _REMINDED:
        return
    for survey in surveys.surveys_under(session, person.unit_path):
        if survey.state is not State.COUNTING or survey.purpose is not Purpose.DECISION:
            continue
        answered, _as_of = answering.answered_hourly(session, survey.id)
        paper = answering.paper_by_village(answered)
        missing = sum(village.missing for village in second_keying.findings(session, survey, paper))
        if missing:
            yield Todo(
                title=_("Key drawn slips again: survey %(number)s", number=survey.id),
                detail=ngettext(
                    "%(num)d paper slip is still to be keyed again before the result is sealed.",
                    "%(num)d paper slips are still to be keyed again before the result is sealed.",
                    missing,
                ),
                url=url_for("second_keying.page", survey_id=survey.id),
            )


def _nothing_checked(survey: SurveyView) -> str:
    if survey.takes_paper and survey.keyed_twice:
        return _("No paper slip has been keyed again yet. In this survey every one is keyed by two persons.")
    if survey.takes_paper:
        return _("No paper slip has been keyed again yet. One in ten of each village is due.")
    return _("No paper slip was keyed again before the result was sealed.")


def _to_compare(name: str, village: keying.SecondKeying, state: State) -> str:
    what = _(
        "%(village)s: of %(checked)s paper slips keyed again %(differing)s differ, which is more than "
        "%(limit)s %% (this product's own start value).",
        village=name,
        checked=village.checked,
        differing=village.differing,
        limit=keying.MOST_DIFFERING,
    )
    return f"{what} {_what_follows(state)}"


def _what_follows(state: State) -> str:
    """What the two bodies do where keyings differ: nobody can mend an answer, or annul one sealed village."""
    if state is State.COUNTING:
        return _(
            "To be compared: the Front and the People's Committee look at the paper slips of that village together. "
            "No answer is edited or deleted. If it was keyed wrongly, both cancel the result of that village and ask "
            "it again."
        )
    return _(
        "To be compared: the Front and the People's Committee look at the paper slips of that village together. "
        "No answer is edited or deleted. If it was keyed wrongly, both cancel the whole survey and ask again."
    )


def _lines(survey: SurveyView) -> list[tuple[int, Question]]:
    """The questions that are keyed twice, under the numbers they have on paper."""
    asked = keying.keyed_again(survey.instrument)
    numbered = enumerate(survey.instrument.answerable, start=1)
    return [(number, question) for number, question in numbered if question in asked]


def _page(
    survey: SurveyView,
    message: str = "",
    status: int = 200,
    *,
    problems: Mapping[str, str] | None = None,
    code_problem: str = "",
    mended: HeldAgain | None = None,
) -> ResponseReturnValue:
    kept = _held()
    waiting, sentences = _listing(survey, must_succeed=not message)
    shown = render_template(
        "collecting/second_keying.html",
        survey=survey,
        lines=_lines(survey),
        code=request.form.get("_code", mended.typed if mended else ""),
        answers=(
            keyed_forms.marked(mended.answers) if mended else raw_answers(survey.instrument, request.form)
        ),
        held=None if mended else kept,
        held_slip=kept.slip if kept else "",
        mended=mended,
        not_kept=_not_kept(),
        problems=problems or {},
        message=message,
        code_problem=code_problem,
        reasons=keyed_forms.invalid_reasons(),
        chosen_reason=request.form.get("_invalid", mended.invalid_reason if mended else ""),
        waiting=waiting,
        sentences=sentences,
    )
    return shown, status


def _listing(
    survey: SurveyView, *, must_succeed: bool
) -> tuple[tuple[VillageDraw, ...], tuple[Sentence, ...]]:
    """The drawn slips and what was found; nothing beside a refusal while database or key are away."""
    try:
        current = db.session()
        waiting = second_keying.waiting(current, survey, access.identity().user_id, store())
        return waiting, tuple(sentences(current, survey))
    except (*DATABASE_AWAY, KeyMissing):
        if must_succeed:
            raise
        return (), ()
