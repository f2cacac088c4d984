"""What two bodies changed of the announced days and hours: every page, paper and file of a result says it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.approvals import requests as approvals
from survey_app.fieldwork import acts, agreed, calendar
from survey_app.fieldwork.agreed import Act
from survey_app.templating import day, moment


@dataclass(frozen=True, slots=True)
class Retiming:
    """One change that was agreed to, and the new end of phones or of keying."""

    act: Act
    until: datetime
    reason: str


def changes(session: Session, survey_id: str) -> tuple[Retiming, ...]:
    """Every change of the survey's days, in the order in which they were asked for."""
    approved = (
        found
        for found in approvals.approvals_of(session, acts.subject(survey_id))
        if found.decision == "approved"
    )
    return tuple(
        Retiming(Act(found.act), until, found.reason)
        for found in approved
        if (until := acts.new_end(found)) is not None
    )


def sentence(change: Retiming) -> str:
    """The change as pages and papers word it."""
    return str(agreed.TABLE[change.act].moved) % {
        "day": day(calendar.last_day(change.until)),
        "when": moment(change.until),
        "reason": change.reason.rstrip(" ."),
    }
