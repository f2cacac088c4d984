"""What the clock does in this room: seal, set aside what was cancelled, refresh feedback, count again at night."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import clock, db, keys, witness
from survey_app.collecting import scanned
from survey_app.errors import DomainError
from survey_app.fieldwork.models import TAKING_ANSWERS, Purpose, State, Survey
from survey_app.sealing import cancelling, operations, queries, recounts, reminders, verification

#: How the audit log names the minute job.
JOB = "job"
#: Surveys that one round counts again.
_AT_ONCE = 5
#: What counting raises where what is stored can no longer be read as answers.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, DomainError)


def seal_due(now: datetime) -> dict[str, str]:
    """Seal every survey whose counting window was over in rounds on two days; "sealed" or the refusal, by survey.

    Each has a transaction of its own.
    One that is refused stays in counting, is tried again the next minute, and holds up no other.
    """
    with db.transaction() as current:
        due = clock.due_on_two_days(current, "results.seal", _due(current, now), now)
    return {survey_id: _seal(survey_id, now) for survey_id in due}


def set_aside_cancelled(now: datetime) -> dict[str, int]:
    """Set aside the answers of surveys cancelled before their seal; how many, by survey."""
    done = {}
    for survey_id in cancelling.owed(db.session()):
        with db.transaction() as current:
            done[survey_id] = cancelling.set_aside(current, survey_id, actor=JOB, now=now)
    return done


def refresh_feedback(now: datetime) -> tuple[str, ...]:
    """Count every open feedback survey that has ten new answers, once a day; which ones.

    Not under a day that is in doubt: a figure of a day to come would keep those of the days before it away.
    """
    refreshed: list[str] = []
    if clock.is_doubted(db.session()):
        return ()
    for survey_id in _open_feedback(db.session()):
        with db.transaction() as current:
            if operations.refresh_feedback(current, survey_id, now=now):
                refreshed.append(survey_id)
    return tuple(refreshed)


def recount(now: datetime) -> dict[str, str]:
    """Count some sealed surveys again that were not in this night: by survey, whether it agrees with its seal.

    Only a few in one round, so that the other jobs have their minute; none by day or under a clock in doubt.
    """
    night = recounts.night_of(now)
    if night is None or clock.is_doubted(db.session()):
        return {}
    return {
        number: _recount(number, night, now) for number in recounts.due(db.session(), night, now)[:_AT_ONCE]
    }


def _recount(survey_id: str, night: date, now: datetime) -> str:
    with db.transaction() as current:
        if not recounts.claim(current, survey_id, night, now):
            return "taken by another job"
    try:
        agrees = verification.verify(db.session(), survey_id, keys.store()).equal
    except _UNREADABLE:
        agrees = False
    db.session().rollback()  # so that what was read is not held while the outcome is written
    with db.transaction() as current:
        recounts.record(current, survey_id, agrees=agrees, actor=JOB, now=now)
    return "agrees" if agrees else "differs"


def _seal(survey_id: str, now: datetime) -> str:
    try:
        with db.transaction() as current:
            operations.close_and_seal(current, survey_id, actor=JOB, now=now, keys=keys.store())
    except operations.SealRefused as refused:
        with db.transaction() as current:
            reminders.note_refusal(current, survey_id, refused.differences, now)
        return refused.message
    except operations.NothingToSeal:
        return "ended elsewhere"
    keys.store().destroy_network_key(survey_id)
    with db.transaction() as current:
        witness.write(current, keys.store(), now)
    return "sealed"


def _due(session: Session, now: datetime) -> tuple[str, ...]:
    """Surveys whose counting is over and whose filled and scanned slips are decided; the others wait for people."""
    counted = select(Survey.id).where(Survey.state == State.COUNTING, Survey.counting_ends_at <= now)
    over = session.scalars(counted.order_by(Survey.counting_ends_at, Survey.id)).all()
    return tuple(
        survey_id
        for survey_id in over
        if not queries.unkeyed_slips(session, survey_id) and not scanned.undecided(session, survey_id)
    )


def _open_feedback(session: Session) -> tuple[str, ...]:
    running = (Survey.purpose == Purpose.FEEDBACK, Survey.state.in_(TAKING_ANSWERS))
    return tuple(session.scalars(select(Survey.id).where(*running).order_by(Survey.id)))
