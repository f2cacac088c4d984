"""How far a survey has come while it runs: households that answered, days left, the round's own goal.

Knows how many answered, hour by hour, and never what. The goal is what the Front's plan strives for ("chỉ tiêu phấn
đấu"): it is followed and never judged; verdicts are the rule book's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.criteria import gaps
from survey_app.criteria.frameworks import Comparison
from survey_app.fieldwork import absences, answering
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import TAKING_ANSWERS
from survey_app.fieldwork.queries import SurveyView
from survey_app.scoring import rates
from survey_app.scoring.rates import Rate
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: What the Front counted of filled slips that came back, by village id; villages that nobody counted are absent.
Collected: TypeAlias = Callable[[Session, str], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class VillageProgress:
    """Households of one village, or of all together, and how many answered; None before the first count."""

    households: int
    answered: int | None
    #: Of its households, those that are away; None where nobody said. They count among the missing.
    absent: int | None = None

    @property
    def rate(self) -> Rate | None:
        """Answered of all."""
        return None if self.answered is None else rates.rate(self.answered, self.households)

    @property
    def missing(self) -> int | None:
        """Households still to answer; None where nobody counted, or where more answered than there are."""
        if self.answered is None or self.answered > self.households:
            return None
        return self.households - self.answered

    @property
    def is_above(self) -> bool:
        """Whether more answered than there are households: a mistake of the list or of the slips."""
        return self.answered is not None and self.answered > self.households

    @property
    def is_below_half(self) -> bool:
        """Whether fewer than half have answered."""
        return self.answered is not None and 2 * self.answered < self.households


@dataclass(frozen=True, slots=True)
class Goal:
    """What the plan strives for: a share of all households, and how many of them that is, rounded up."""

    percent: int
    households: int
    #: Households that are still missing for it; 0 once it is reached.
    left: int


@dataclass(frozen=True, slots=True)
class FieldProgress:
    """A survey on its way. `as_of` is None before the first hourly count."""

    villages: tuple[tuple[UnitView, VillageProgress], ...]
    total: VillageProgress
    as_of: datetime | None
    by_phone: int
    on_paper: int
    #: Filled slips that came back and are not keyed; None where the Front counted none.
    unkeyed: int | None
    goal: Goal | None
    #: Until the last day of the phones, or of keying once they are closed: 0 on that day.
    days_left: int
    #: Whether more than half of the days are over.
    is_late_half: bool

    @property
    def behind(self) -> tuple[UnitView, ...]:
        """Villages in which fewer than half have answered though more than half of the days are over."""
        if not self.is_late_half:
            return ()
        return tuple(unit for unit, village in self.villages if village.is_below_half)


def supply_collected(app: Flask, provider: Collected) -> None:
    """Have `provider` asked how many filled slips came back."""
    app.extensions["collected_slips"] = provider


def progress(
    session: Session, survey: SurveyView, frame: Sequence[FrameLine], now: datetime
) -> FieldProgress:
    """How far the survey has come, as of the last full hour."""
    answered, as_of = answering.answered_hourly(session, survey.id)
    by_village = answering.answered_by_village(answered)
    away = absences.absences(session, survey.id)
    villages = tuple((line.unit, _village(line, by_village, as_of, away.get(line.unit.id))) for line in frame)
    total = VillageProgress(
        sum(line.households for line in frame),
        None if as_of is None else sum(by_village.values()),
        sum(away.values()) if away else None,
    )
    by_phone, on_paper = answering.answered_by_door(answered)
    today = units.civil(now)
    return FieldProgress(
        villages=villages,
        total=total,
        as_of=as_of,
        by_phone=by_phone,
        on_paper=on_paper,
        unkeyed=_unkeyed(session, survey, answering.paper_by_village(answered)),
        goal=goal(survey.goal_percent, total),
        days_left=max((survey.last_day_of_slips - today).days, 0),
        is_late_half=is_late_half(survey.first_day, survey.last_day, today),
    )


def goal(percent: int | None, total: VillageProgress) -> Goal | None:
    """The goal of a plan in households; None where the plan has none.

    >>> goal(70, VillageProgress(2312, 1212))
    Goal(percent=70, households=1619, left=407)
    >>> goal(70, VillageProgress(100, 70)).left, goal(70, VillageProgress(100, None)).left
    (0, 70)
    """
    if percent is None:
        return None
    needed = gaps.least(Comparison.AT_LEAST, percent * 100, total.households)
    return Goal(percent, needed, max(needed - (total.answered or 0), 0))


def is_late_half(first: date, last: date, today: date) -> bool:
    """Whether more than half of the days from `first` to `last` are over by the beginning of `today`.

    >>> [is_late_half(date(2026, 12, 1), date(2026, 12, 14), date(2026, 12, day)) for day in (8, 9)]
    [False, True]
    """
    return 2 * (today - first).days > (last - first).days + 1


def _village(
    line: FrameLine, answered: Mapping[int, int], as_of: datetime | None, absent: int | None
) -> VillageProgress:
    return VillageProgress(line.households, None if as_of is None else answered.get(line.unit.id, 0), absent)


def _unkeyed(session: Session, survey: SurveyView, keyed: Mapping[int, int]) -> int | None:
    provider: Collected = current_app.extensions["collected_slips"]
    collected = provider(session, survey.id)
    if not collected or survey.state not in TAKING_ANSWERS:
        return None
    return sum(max(slips - keyed.get(unit_id, 0), 0) for unit_id, slips in collected.items())
