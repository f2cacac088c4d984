"""Codes that do not exist: how many one caller may try, and when somebody is told that codes are being tried.

What is counted names no caller: a keyed digest for the limit, and the survey for the alarm.
"""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from survey_app import access, audit, throttle
from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.collecting.refusals import TooManyGuesses
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import IN_THE_FIELD
from survey_app.i18n import gettext as _

#: Wrong codes of one caller in one minute before it has to wait for the next minute (trust: at most 60 s).
GUESSES_PER_MINUTE = 10
#: While codes of its survey are being tried, see `ALARM`, a caller has one.
GUESSES_UNDER_ALARM = 1
#: Wrong codes of one survey in an hour, of all callers together, from which on it is an alarm. A slip of the finger is
#: found by the check character and no wrong code; this product's own start value.
ALARM = 30
_HOUR = 60


def count_guess(session: Session, caller: str, survey_id: str | None, now: datetime) -> None:
    """Count a code that does not exist, under the caller's key and for the survey it names, if there is one.

    Enough of them in an hour are noted in the audit log, once an hour.
    """
    throttle.record_failure(session, caller, now)
    if survey_id is None:
        return
    throttle.record_failure(session, _tried(survey_id, now), now)
    noted = throttle.subject_key("guessing noted", survey_id, now)
    if _is_alarm(session, survey_id, now) and not throttle.is_blocked(
        session, noted, now, limit=1, minutes=_HOUR
    ):
        throttle.record_failure(session, noted, now)
        audit.record(session, "nobody", "collecting.codes_tried", f"survey:{survey_id}", at=now)


def require_patience(session: Session, guesses: int, survey_id: str | None, now: datetime) -> None:
    """Raise TooManyGuesses for a caller who made this many wrong guesses in this minute, at a code of the survey."""
    alarmed = survey_id is not None and _is_alarm(session, survey_id, now)
    if guesses >= (GUESSES_UNDER_ALARM if alarmed else GUESSES_PER_MINUTE):
        raise TooManyGuesses


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """For the Front of the commune: that codes of its survey are being tried."""
    if person.role not in access.HEAR_OF_TRIED_CODES:
        return
    for survey in surveys.surveys_under(session, person.unit_path):
        if survey.state in IN_THE_FIELD and _is_alarm(session, survey.id, now):
            yield Todo(
                title=_("Somebody is trying codes: survey %(number)s", number=survey.id),
                detail=_(
                    "Within an hour at least %(tries)d codes were typed that no slip has. Each caller is slowed down, "
                    "and no slip is lost. Please tell the operator; and if a household hears that its code was used "
                    "already, note it and compare with the receipt list.",
                    tries=ALARM,
                ),
                url=url_for("fieldwork.page", survey_id=survey.id),
                urgent=True,
            )


def _is_alarm(session: Session, survey_id: str, now: datetime) -> bool:
    return throttle.is_blocked(session, _tried(survey_id, now), now, limit=ALARM, minutes=_HOUR)


def _tried(survey_id: str, now: datetime) -> str:
    return throttle.subject_key("codes tried", survey_id, now)
