"""The life of a survey: published, opened, closed for phones, corrected, extended, cancelled.

States change only by these acts and by the minute job, never by looking at the clock while reading. Nothing here knows
answers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import Role
from survey_app.authoring import confirmation
from survey_app.authoring.confirmation import ScoredWording
from survey_app.criteria.frameworks import NEVER_MEETING_INDICATOR
from survey_app.fieldwork import calendar, notice_counts, readiness, rulebook
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import (
    BEFORE_THE_END,
    FrameCorrection,
    FrameRow,
    HourlyProgress,
    Progress,
    Purpose,
    State,
    Survey,
)
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.fieldwork.refusals import (
    CannotPublish,
    FrameClosed,
    SurveyChanged,
    WrongState,
)
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore
from survey_app.units import operations as registering
from survey_app.units import queries as units


def require_revision(session: Session, survey_id: str, revision: int) -> None:
    """Hold the survey as it was when `revision` was read. Raises SurveyChanged when it was saved since."""
    if hold(session, survey_id).revision != revision:
        raise SurveyChanged(_("The survey was changed after you opened it. Read it again before you decide."))


def publish(
    session: Session,
    survey_id: str,
    *,
    actor: str,
    now: datetime,
    keys: KeyStore,
    stand_ins: Sequence[Role] = (),
) -> None:
    """Fix form, frame and dates, make the pepper, and open at once if the day has come. Raises CannotPublish.

    `stand_ins` are the roles that acted in place of the commune's own bodies; every paper says so.
    """
    survey = hold(session, survey_id)
    require_state(survey, State.DRAFT)
    _one_at_a_time(session, survey.unit_id)
    confirmation.hold(session, survey.instrument_id)
    missing = readiness.obstacles(session, survey_id, now)
    if missing:
        raise CannotPublish(" ".join(missing))
    if survey.purpose == Purpose.DECISION:
        survey.pepper_mark = keys.ensure_pepper(survey_id)
    survey.state = State.OPEN if survey.opens_at <= now else State.PUBLISHED
    survey.published_at = now
    survey.stand_ins = ",".join(stand_ins)
    commune = units.unit(session, survey.unit_id)
    is_outside_programme = commune.kind in NEVER_MEETING_INDICATOR
    survey.confirmed = (
        not is_outside_programme and readiness.wording(session, survey) is ScoredWording.CONFIRMED
    )
    pin = rulebook.pin(session, survey, now)
    counts = notice_counts.pin(session, survey, commune.province_id)
    audit.record(
        session, actor, "fieldwork.publish", f"survey:{survey_id}", at=now, state=survey.state,
        rulebook=pin.key, version=pin.version, digest=pin.digest, chosen=pin.is_chosen,
        **({"notices": counts.text} if counts else {}),
    )  # fmt: skip


def open_due(session: Session, now: datetime) -> int:
    """Open the phones of published surveys whose hour has come; how many."""
    due = select(Survey).where(Survey.state == State.PUBLISHED, Survey.opens_at <= now).order_by(Survey.id)
    opened = db.hold_rows(session, due).all()
    for survey in opened:
        survey.state = State.OPEN
        audit.record(session, "job", "fieldwork.open", f"survey:{survey.id}", at=now)
    return len(opened)


def close_due(session: Session, now: datetime, keying: Keying) -> int:
    """Close the phones of open surveys whose hour has come; how many. Keying of paper then begins."""
    due = select(Survey).where(Survey.state == State.OPEN, Survey.closes_at <= now).order_by(Survey.id)
    closed = db.hold_rows(session, due).all()
    for survey in closed:
        end_phones(session, survey, now=now, keying=keying, actor="job")
    return len(closed)


def end_phones(session: Session, survey: Survey, *, now: datetime, keying: Keying, actor: str) -> None:
    """Move an open survey to counting. Back only by `counting.reopen`."""
    require_state(survey, State.OPEN)
    survey.state = State.COUNTING
    survey.phones_closed_at = now
    survey.counting_ends_at = keying.ends(_ended(survey, now))
    audit.record(session, actor, "fieldwork.close_phones", f"survey:{survey.id}", at=now)


def _ended(survey: Survey, now: datetime) -> datetime:
    """When the phones ended for the calendar: as announced, though the job comes a little after midnight.

    Not so when they are closed early, or a server was down for days: keying then has its full time from now on.
    """
    return survey.closes_at if survey.closes_at <= now < survey.closes_at + timedelta(days=1) else now


def copy_progress(session: Session, now: datetime) -> int:
    """Give the screens the counts of this hour, once an hour; how many rows were copied."""
    latest = session.scalar(select(func.max(HourlyProgress.as_of)))
    # Equal and not later: a copy taken under a clock that has since been put back must not stay for ever.
    if latest is not None and calendar.full_hour(latest) == calendar.full_hour(now):
        return 0
    session.execute(delete(HourlyProgress))
    rows = session.execute(
        select(Progress.survey_id, Progress.unit_id, Progress.channel, Progress.answered)
        .join(Survey, Survey.id == Progress.survey_id)
        .order_by(Progress.survey_id, Progress.unit_id, Progress.channel)
    ).all()
    if rows:
        session.execute(insert(HourlyProgress), [row._asdict() | {"as_of": now} for row in rows])
    return len(rows)


def require_later_end(present: datetime, closes_at: datetime, now: datetime) -> None:
    """Raises WrongState unless the phones would stay open longer than they do at `present`."""
    if closes_at <= max(present, now):
        raise WrongState(_("The new last day must be later than the present one."))


def require_earlier_end(opens_at: datetime, present: datetime, closes_at: datetime, now: datetime) -> None:
    """Raises WrongState unless the phones would close earlier than at `present`, and tomorrow at the earliest."""
    if closes_at >= present:
        raise WrongState(_("The new last day must be earlier than the present one."))
    if calendar.last_day(closes_at) <= max(units.civil(now), units.civil(opens_at)):
        raise WrongState(_("The new last day must be later than today and than the first day."))


def extend(
    session: Session, survey_id: str, closes_at: datetime, *, reason: str, actor: str, now: datetime
) -> None:
    """Keep the phones open longer. Raises WrongState when they are closed already or the date is not later."""
    survey = hold(session, survey_id)
    require_state(survey, *BEFORE_THE_END)
    require_later_end(survey.closes_at, closes_at, now)
    other = readiness.overlapping(session, survey, closes_at)
    if other is not None:
        raise WrongState(_("Survey %(number)s of this commune runs in the same days.", number=other))
    before = survey.closes_at
    survey.closes_at = closes_at
    audit.record(
        session, actor, "fieldwork.extend", f"survey:{survey_id}", at=now, reason=reason,
        before=before.isoformat(), after=closes_at.isoformat(),
    )  # fmt: skip


def shorten(
    session: Session, survey_id: str, closes_at: datetime, *, reason: str, actor: str, now: datetime
) -> None:
    """Let the phones close earlier, though not before the end of tomorrow. Raises WrongState.

    Who was told the old day has at least a day to hear of the new one.
    """
    survey = hold(session, survey_id)
    require_state(survey, *BEFORE_THE_END)
    require_earlier_end(survey.opens_at, survey.closes_at, closes_at, now)
    before = survey.closes_at
    survey.closes_at = closes_at
    audit.record(
        session, actor, "fieldwork.shorten", f"survey:{survey_id}", at=now, reason=reason,
        before=before.isoformat(), after=closes_at.isoformat(),
    )  # fmt: skip


def annul(session: Session, survey_id: str, *, reason: str, actor: str, now: datetime) -> None:
    """End a published survey for good, with a reason; it stays on record and never counts."""
    survey = hold(session, survey_id)
    if survey.state in {State.DRAFT, State.ANNULLED}:
        raise WrongState(_("Only a published survey can be cancelled."))
    survey.state = State.ANNULLED
    survey.annulled_reason = reason
    audit.record(session, actor, "fieldwork.annul", f"survey:{survey_id}", at=now, reason=reason)


def correct_frame(
    session: Session, survey_id: str, unit_id: int, households: int, *, reason: str, actor: str, now: datetime
) -> None:
    """Correct a village's number until the phones close; the old one stays. Raises FrameClosed."""
    survey = hold(session, survey_id)
    if survey.state not in BEFORE_THE_END:
        raise FrameClosed(_("The numbers of households are settled once the phones are closed."))
    line = session.get(FrameRow, (survey_id, unit_id))
    if line is None:
        raise SurveyNotFound
    if line.households == households:
        raise WrongState(_("This is already the number of households."))
    done = session.scalar(select(func.count()).where(FrameCorrection.survey_id == survey_id)) or 0
    session.add(
        FrameCorrection(
            survey_id=survey_id, id=done + 1, unit_id=unit_id, households_before=line.households,
            households=households, reason=reason, corrected_at=now, corrected_by=actor,
        )
    )  # fmt: skip
    changes = audit.changes({"households": line.households}, {"households": households})
    line.households = households
    audit.record(
        session, actor, "fieldwork.correct_frame", f"survey:{survey_id}", at=now, unit=unit_id, reason=reason,
        **changes,
    )  # fmt: skip


def hold(session: Session, survey_id: str) -> Survey:
    """The survey, held to the end of the transaction. Raises SurveyNotFound."""
    survey = db.hold(session, Survey, survey_id)
    if survey is None:
        raise SurveyNotFound
    return survey


def require_state(survey: Survey, *states: State) -> None:
    """Raise WrongState unless the survey has come to one of `states`."""
    if survey.state not in states:
        raise WrongState(
            _("This can no longer be done: the survey has moved on. Reload the page to see its state.")
        )


def _one_at_a_time(session: Session, commune_id: int) -> None:
    """Until this transaction ends no other survey of the commune is published, so that none can overlap unseen."""
    registering.hold(session, [commune_id])
