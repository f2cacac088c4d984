"""What is in the way of publishing a survey: for its page, for who is typing it, and for the act itself.

Reads and says; changes nothing.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.authoring import confirmation, loading
from survey_app.authoring import queries as instruments
from survey_app.authoring.confirmation import ScoredWording
from survey_app.authoring.wording import QUICK
from survey_app.fieldwork import rulebook
from survey_app.fieldwork.models import IN_THE_FIELD, FrameRow, Purpose, State, Survey
from survey_app.i18n import gettext as _
from survey_app.templating import wording as in_language
from survey_app.units import queries as units


def obstacles(session: Session, survey_id: str, now: datetime) -> tuple[str, ...]:
    """Every reason why the survey cannot be published now, as sentences; empty when it can."""
    asked = session.scalar(select(func.count()).where(FrameRow.survey_id == survey_id)) or 0
    return _obstacles(session, session.get_one(Survey, survey_id), asked, now)


def conflicts(session: Session, typed: Survey, villages: int, now: datetime) -> tuple[str, ...]:
    """What would be in the way of publishing a survey that is only typed yet and asks in this many villages.

    Besides the obstacles it names another decision survey of the same plan, which may be meant.
    """
    found = list(_obstacles(session, typed, villages, now))
    same = _of_the_same_plan(session, typed)
    if same is not None:
        found.append(
            _("Survey %(number)s of this commune has the same number of the Front's plan.", number=same)
        )
    return tuple(found)


def overlapping(session: Session, survey: Survey, closes_at: datetime) -> str | None:
    """Another published survey of the commune that this one may not run beside until `closes_at`.

    Two decision surveys may not, nor a decision and a feedback survey that ask the same items: who gave feedback
    would believe that the household has answered. Rehearsals may run beside anything.
    """
    if survey.rehearsal:
        return None
    others = session.scalars(
        select(Survey)
        .where(
            Survey.unit_id == survey.unit_id,
            Survey.id != survey.id,
            Survey.rehearsal.is_(False),
            Survey.state.in_(IN_THE_FIELD),
            Survey.opens_at < closes_at,
            Survey.closes_at > survey.opens_at,
        )
        .order_by(Survey.id)
    )
    return next((other.id for other in others if _may_not_run_beside(session, survey, other)), None)


def wording(session: Session, survey: Survey) -> ScoredWording:
    """Whose words the scored questions of the survey are, in its commune."""
    commune = units.unit(session, survey.unit_id)
    return confirmation.scored_wording(session, survey.instrument_id, commune.path)


def _obstacles(session: Session, survey: Survey, villages: int, now: datetime) -> tuple[str, ...]:
    found = []
    instrument = instruments.instrument(session, survey.instrument_id)
    if not instrument.frozen:
        found.append(_("The form is still a draft: freeze it first."))
    if survey.closes_at <= now:
        found.append(_("The last day has passed."))
    if survey.purpose == Purpose.DECISION:
        found.extend(_decision_obstacles(session, survey, villages))
    other = overlapping(session, survey, survey.closes_at) if instrument.frozen else None
    if other is not None:
        found.append(_("Survey %(number)s of this commune runs in the same days.", number=other))
    return tuple(found)


def _of_the_same_plan(session: Session, survey: Survey) -> str | None:
    """Another decision survey of the commune, drafts included, that names the same plan."""
    if survey.purpose != Purpose.DECISION or survey.rehearsal or survey.plan_number in {"", "–"}:
        return None
    return session.scalar(
        select(Survey.id)
        .where(
            Survey.unit_id == survey.unit_id,
            Survey.id != survey.id,
            Survey.purpose == Purpose.DECISION,
            Survey.rehearsal.is_(False),
            Survey.state != State.ANNULLED,
            Survey.plan_number == survey.plan_number,
        )
        .order_by(Survey.id)
        .limit(1)
    )


def _decision_obstacles(session: Session, survey: Survey, villages: int) -> list[str]:
    found = []
    if not villages:
        found.append(_("The survey has no villages with households: without them there is no coverage."))
    if not survey.plan_number:
        found.append(_("The number of the Front's plan is missing."))
    book = rulebook.out_of_period(session, survey)
    if book is not None:
        found.append(
            _(
                "The rule book that the campaign chose (%(book)s) does not hold the year in which the phones close: "
                "change the days.",
                book=in_language(dict(book.title)),
            )
        )
    if instruments.instrument(session, survey.instrument_id).document["level"] == QUICK:
        found.append(_("This form is for feedback alone: choose a form of the Front for a decision survey."))
    if wording(session, survey) is ScoredWording.OWN:
        found.append(
            _("The scored questions differ from every template of the Front: choose a form that keeps them.")
        )
    return found


def _may_not_run_beside(session: Session, survey: Survey, other: Survey) -> bool:
    if survey.purpose == other.purpose:
        return survey.purpose == Purpose.DECISION
    own, others = (loading.loaded(session, found.instrument_id).scored for found in (survey, other))
    return not {question.key for question in own}.isdisjoint(question.key for question in others)
