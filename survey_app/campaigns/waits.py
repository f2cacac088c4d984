"""Why a unit has no signed result yet: one reason, the first thing that somebody has to do, and by when.

Pure: knows no database and no wording. The clock is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from survey_app.access import Body
from survey_app.campaigns.deadlines import Deadlines, DueStep
from survey_app.fieldwork import calendar
from survey_app.fieldwork.models import BEFORE_THE_END, State
from survey_app.units.queries import civil


class Reason(StrEnum):
    """What a unit waits for, in the order of the work."""

    NO_HOUSEHOLDS = "no_households"
    NO_SURVEY = "no_survey"
    NOT_SUBMITTED = "not_submitted"
    AWAITING_FRONT = "awaiting_front"
    AWAITING_COMMUNE = "awaiting_commune"
    NOT_OPEN = "not_open"
    OPEN = "open"
    COUNTING = "counting"
    SIGNATURES = "signatures"
    #: Approved, and villages without slips; and signed, and villages without a notice. Only where a campaign asks it.
    NOT_PRINTED = "not_printed"
    NOT_POSTED = "not_posted"


#: Nothing moves until somebody acts; in the other states the calendar does the next step.
_NEEDS_SOMEBODY = frozenset(
    {
        Reason.NO_HOUSEHOLDS,
        Reason.NO_SURVEY,
        Reason.NOT_SUBMITTED,
        Reason.AWAITING_FRONT,
        Reason.AWAITING_COMMUNE,
        Reason.SIGNATURES,
        Reason.NOT_PRINTED,
        Reason.NOT_POSTED,
    }
)

#: The step of a campaign that has to be done by its day before the unit stops waiting for this.
_STEPS: Mapping[Reason, DueStep] = {
    Reason.NO_HOUSEHOLDS: DueStep.HOUSEHOLDS,
    Reason.NO_SURVEY: DueStep.APPROVED,
    Reason.NOT_SUBMITTED: DueStep.APPROVED,
    Reason.AWAITING_FRONT: DueStep.APPROVED,
    Reason.AWAITING_COMMUNE: DueStep.APPROVED,
    Reason.COUNTING: DueStep.SEALED,
    Reason.SIGNATURES: DueStep.SIGNED,
    Reason.NOT_PRINTED: DueStep.PRINTED,
    Reason.NOT_POSTED: DueStep.POSTED,
}

#: By the body that has been asked to agree to publishing.
_ASKED = {
    None: Reason.NOT_SUBMITTED,
    Body.FRONT: Reason.AWAITING_FRONT,
    Body.GOVERNMENT: Reason.AWAITING_COMMUNE,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """The reason, the day that ends it (None where no day is fixed), and the households still to answer."""

    reason: Reason
    until: date | None = None
    households_left: int | None = None
    #: The day has passed and the step has not been taken.
    is_overdue: bool = False
    #: The last day that a campaign names for the step; None where none does.
    due: date | None = None

    @property
    def last_day(self) -> date | None:
        """The day after which it is late; None where none is fixed."""
        return self.due or self.until

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody has to act, late or not."""
        return self.is_overdue or self.reason in _NEEDS_SOMEBODY


@dataclass(frozen=True, slots=True)
class SurveyStep:
    """How far a survey is, as far as waiting is concerned."""

    state: State
    opens_at: datetime
    closes_at: datetime
    counting_ends_at: datetime | None
    #: The body that was asked to agree to publishing and has not decided; None where none was asked.
    asked: Body | None
    households: int
    answered: int


def wait_of(
    step: SurveyStep | None,
    *,
    has_households: bool,
    now: datetime,
    deadlines: Deadlines,
    is_printed: bool,
    is_posted: bool,
) -> Wait | None:
    """What the unit waits for; None once nothing is to be done. `step` is None where there is no survey.

    `deadlines` are the last days that a campaign names; where it names none a step is overdue when the own day of the
    survey is, and nobody waits for slips or notices.
    """
    found = _wait_of(step, has_households=has_households, now=now)
    if step:
        if not is_printed and DueStep.PRINTED in deadlines and step.state in BEFORE_THE_END:
            found = Wait(Reason.NOT_PRINTED)
        if not is_posted and DueStep.POSTED in deadlines and step.state is State.SIGNED:
            found = Wait(Reason.NOT_POSTED)
    due = deadlines.get(_STEPS[found.reason]) if found and found.reason in _STEPS else None
    if found is None or due is None:
        return found
    return replace(found, due=due, is_overdue=found.is_overdue or due < civil(now))


def _wait_of(step: SurveyStep | None, *, has_households: bool, now: datetime) -> Wait | None:
    if step is None:
        return Wait(Reason.NO_SURVEY if has_households else Reason.NO_HOUSEHOLDS)
    match step.state:
        case State.DRAFT:
            has_frame = has_households or step.households > 0
            return _until_opening(_ASKED[step.asked] if has_frame else Reason.NO_HOUSEHOLDS, step, now)
        case State.PUBLISHED:
            return _until_opening(Reason.NOT_OPEN, step, now)
        case State.OPEN:
            return Wait(
                Reason.OPEN,
                until=calendar.last_day(step.closes_at),
                households_left=max(step.households - step.answered, 0),
                is_overdue=step.closes_at <= now,
            )
        case State.COUNTING:
            ends = step.counting_ends_at
            return Wait(
                Reason.COUNTING,
                until=calendar.last_day(ends) if ends else None,
                is_overdue=ends is not None and ends + calendar.SEALING_TAKES <= now,
            )
        case State.SEALED:
            return Wait(Reason.SIGNATURES)
        case State.SIGNED | State.ANNULLED:
            return None
        case _ as unknown:
            assert_never(unknown)


def _until_opening(reason: Reason, step: SurveyStep, now: datetime) -> Wait:
    return Wait(reason, until=civil(step.opens_at), is_overdue=step.opens_at <= now)
