"""How many households answered by phone in each week of a survey: a picture on its page, and the same as a table.

Of paper no day is kept, so it has no week. Counted up to the hour that the page shows, in whole tens of minutes, so
that nobody can watch single answers arrive here either.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import charts, drawing
from survey_app.access import Identity
from survey_app.collecting.models import TenMinuteCounter
from survey_app.collecting.paradata import SLOT
from survey_app.fieldwork import answering
from survey_app.fieldwork.models import TAKING_ANSWERS, WITH_SEAL
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.survey_page import Part
from survey_app.templating import day, number
from survey_app.units import queries as units

_WEEK = timedelta(days=7)
_SHOWN = frozenset({*TAKING_ANSWERS, *WITH_SEAL})


@dataclass(frozen=True, slots=True)
class Week:
    """Answers by phone from Monday to Sunday, as they arrived."""

    monday: date
    answers: int

    @property
    def sunday(self) -> date:
        return self.monday + _WEEK - timedelta(days=1)

    @property
    def days(self) -> str:
        """Its first and last day, as people write them."""
        return f"{day(self.monday)} – {day(self.sunday)}"


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks of a survey without a gap, oldest first, and their picture."""

    weeks: tuple[Week, ...]
    on_paper: int
    as_of: datetime

    @property
    def by_phone(self) -> int:
        """All weeks together."""
        return sum(week.answers for week in self.weeks)

    @property
    def chart(self) -> str:
        """The address of the picture."""
        return drawing.data_uri(charts.counts([(week.days, week.answers) for week in self.weeks], number))


def weeks(session: Session, survey_id: str) -> Weeks | None:
    """The weeks up to the last full count; None before it, and before anybody answered by phone."""
    answered, as_of = answering.answered_hourly(session, survey_id)
    if as_of is None:
        return None
    rows = session.execute(
        select(TenMinuteCounter.ten_minutes, func.sum(TenMinuteCounter.answers))
        .where(TenMinuteCounter.survey_id == survey_id, TenMinuteCounter.ten_minutes <= as_of - SLOT)
        .group_by(TenMinuteCounter.ten_minutes)
        .order_by(TenMinuteCounter.ten_minutes)
    )
    counted: Counter[date] = Counter()
    for start, answers in rows:
        counted[_monday(units.civil(start))] += int(answers)
    if not counted:
        return None
    _phone, paper = answering.answered_by_door(answered)
    return Weeks(tuple(Week(monday, counted[monday]) for monday in _mondays(counted)), paper, as_of)


def part(session: Session, survey: SurveyView, _person: Identity) -> Part | None:
    """The weeks on the page of a survey that is or was answered."""
    found = weeks(session, survey.id) if survey.state in _SHOWN else None
    return Part("collecting/weeks.html", found) if found else None


def _mondays(counted: Counter[date]) -> list[date]:
    first, last = min(counted), max(counted)
    return [first + place * _WEEK for place in range((last - first) // _WEEK + 1)]


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())
