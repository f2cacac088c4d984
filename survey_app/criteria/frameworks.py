"""Rule books as data: which conditions a consultation must meet, in whose words and by which paragraph.

A threshold names number, date and article of the document that sets it, or there is none: nothing is
defaulted here. Knows no unit and no result; `findings` compares.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from survey_app.questions.instrument import Text
from survey_app.questions.problems import InvalidDocument, Problem
from survey_app.scoring.rates import Rate

PURPOSES = ("decision", "feedback")
#: Kinds of unit outside the programme: no rule book counts them as communes that meet the indicator.
NEVER_MEETING_INDICATOR = frozenset({"phuong"})
#: A hundred per cent in basis points.
ALL = 10_000


class Measure(StrEnum):
    """What a threshold is written in."""

    BASIS_POINTS = "basis_points"
    DAYS = "days"


class RequirementKind(StrEnum):
    """What a condition is about. A kind says itself what it is measured in and whether it is about satisfaction."""

    CONSULTATION_EVENT = "consultation_event"
    COVERAGE = "coverage"
    POOLED_RATE = "pooled_rate"
    EACH_ITEM_RATE = "each_item_rate"
    CLOSING_RATE = "closing_rate"
    POSTING_DAYS = "posting_days"
    BACK_CHECK = "back_check"
    #: What a commune declares with evidence and the province accepts: nothing of it is computed here.
    DECLARED = "declared"

    @property
    def measure(self) -> Measure | None:
        """What its threshold is written in; None where there is nothing to measure."""
        match self:
            case RequirementKind.CONSULTATION_EVENT | RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return None
            case RequirementKind.POSTING_DAYS:
                return Measure.DAYS
            case RequirementKind.COVERAGE:
                return Measure.BASIS_POINTS
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return Measure.BASIS_POINTS
            case _:
                assert_never(self)

    @property
    def counts_phone_slips(self) -> bool:
        """Whether it may ask for a number of valid slips by phone, which is no threshold of its own."""
        match self:
            case RequirementKind.CONSULTATION_EVENT:
                return True
            case RequirementKind.COVERAGE | RequirementKind.POSTING_DAYS:
                return False
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return False
            case RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return False
            case _:
                assert_never(self)

    @property
    def tells_satisfaction(self) -> bool:
        """Whether its verdict says how satisfied people are."""
        match self:
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return True
            case RequirementKind.CONSULTATION_EVENT | RequirementKind.COVERAGE:
                return False
            case RequirementKind.POSTING_DAYS | RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return False
            case _:
                assert_never(self)

    @property
    def measures_result(self) -> bool:
        """Whether its verdict compares counts of the sealed result, and not what was done about it."""
        match self:
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return True
            case RequirementKind.COVERAGE:
                return True
            case RequirementKind.CONSULTATION_EVENT | RequirementKind.POSTING_DAYS:
                return False
            case RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return False
            case _:
                assert_never(self)


class TargetKind(StrEnum):
    """What a unit must do to count for a target."""

    COMMUNES_MEETING_INDICATOR = "communes_meeting_indicator"
    UNITS_WITH_ONLINE_FEEDBACK = "units_with_online_feedback"


class Comparison(StrEnum):
    """How a figure is held against what is asked of it, always in whole numbers."""

    AT_LEAST = ">="
    ABOVE = ">"

    def holds(self, figure: int, asked: int) -> bool:
        """Whether the figure reaches what is asked."""
        match self:
            case Comparison.AT_LEAST:
                return figure >= asked
            case Comparison.ABOVE:
                return figure > asked
            case _:
                assert_never(self)

    def reached_by(self, rate: Rate, basis_points: int) -> bool:
        """Whether the rate reaches the share that is asked."""
        match self:
            case Comparison.AT_LEAST:
                return rate.at_least(basis_points)
            case Comparison.ABOVE:
                return rate.above(basis_points)
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class Source:
    """A document of law. Its date and article may be unknown for a quotation, never for a figure."""

    number: str
    date: date | None
    article: str

    @property
    def complete(self) -> bool:
        """Whether somebody can look the rule up: number, date and article are all given."""
        return bool(self.number and self.date and self.article)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What has to be reached: `basis_points` of a rate or `days` of posting, the other being None."""

    basis_points: int | None
    comparison: Comparison
    source: Source
    days: int | None = None


@dataclass(frozen=True, slots=True)
class PhoneSlips:
    """How many valid slips by phone make a consultation one that was held online, and who says so."""

    least: int
    source: Source


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition. `threshold` None means not configured, but for what has none: an event, which has `phone_slips`,
    and a back-check, which is asked for by being in the book.
    """

    key: str
    indicator: str
    kind: RequirementKind
    title: Text
    #: The words of the law, kept in Vietnamese.
    quote: str
    threshold: Threshold | None = None
    source: Source | None = None
    #: Figures seen elsewhere, to be shown beside an empty field; never compared with anything.
    seen_elsewhere: tuple[str, ...] = ()
    #: Of an event alone. None in books recorded before they could name it; `findings` says how those are read.
    phone_slips: PhoneSlips | None = None


@dataclass(frozen=True, slots=True)
class BookTarget:
    """A share of units to be reached, as a rule book has it. What a plan asks is a `targets.PlanTarget`."""

    key: str
    title: Text
    kind: TargetKind
    basis_points: int
    comparison: Comparison
    source: Source
    #: Kinds of unit that count, such as "xa".
    in_scope_kinds: tuple[str, ...]
    #: Purposes of survey that count: "decision", "feedback" or both.
    accepts: tuple[str, ...] = ("decision",)

    @property
    def goal(self) -> Fraction:
        """The goal as a share from 0 to 1."""
        return Fraction(self.basis_points, ALL)

    def counts(self, kind: str) -> bool:
        """Whether a unit of this kind counts; a ward never does for the indicator, whatever a book on record names."""
        is_outside = self.kind is TargetKind.COMMUNES_MEETING_INDICATOR and kind in NEVER_MEETING_INDICATOR
        return kind in self.in_scope_kinds and not is_outside


@dataclass(frozen=True, slots=True)
class Framework:
    """One dated rule book. `demo` marks an invented one, which is shown as such wherever its verdicts are."""

    key: str
    version: int
    title: Text
    period_from: date
    period_to: date
    demo: bool
    requirements: tuple[Requirement, ...]
    targets: tuple[BookTarget, ...]

    def holds(self, year: int) -> bool:
        """Whether the year is in its period."""
        return self.period_from.year <= year <= self.period_to.year

    def asks(self, kind: RequirementKind) -> bool:
        """Whether one of its conditions is of that kind."""
        return any(one.kind is kind for one in self.requirements)


class InvalidFramework(InvalidDocument):
    """A document that is no usable rule book; each problem's `where` is a requirement's or target's key."""


def unnamed(framework: Framework) -> tuple[Problem, ...]:
    """What a rule book put on record from now on has to name besides; older ones on record may lack it."""
    slips = (
        Problem("event_needs_phone_slips", requirement.key)
        for requirement in framework.requirements
        if requirement.kind is RequirementKind.CONSULTATION_EVENT and requirement.phone_slips is None
    )
    sources = (
        Problem("back_check_needs_source", requirement.key)
        for requirement in framework.requirements
        if requirement.kind is RequirementKind.BACK_CHECK
        and not (requirement.source and requirement.source.complete)
    )
    return (*slips, *sources, *_meaningless(framework))


def _meaningless(framework: Framework) -> Iterator[Problem]:
    """Shares that everybody or nobody reaches, and kinds of unit that the programme does not have."""
    compared = [
        (one.key, one.threshold.basis_points, one.threshold.comparison)
        for one in framework.requirements
        if one.threshold
    ]
    aimed = [(one.key, one.basis_points, one.comparison) for one in framework.targets]
    for key, share, comparison in (*compared, *aimed):
        if share == 0 or (share == ALL and comparison is Comparison.ABOVE):
            yield Problem("share_of_all_or_nobody", key)
    for target in framework.targets:
        is_of_indicator = target.kind is TargetKind.COMMUNES_MEETING_INDICATOR
        if is_of_indicator and not NEVER_MEETING_INDICATOR.isdisjoint(target.in_scope_kinds):
            yield Problem("ward_in_indicator", target.key)


def rule_problems(framework: Framework) -> Iterator[Problem]:
    """What contradicts itself in a rule book whose fields can each be read."""
    if "vi" not in framework.title:
        yield Problem("no_title")
    if framework.period_from > framework.period_to:
        yield Problem("period_ends_before_it_begins")
    parts: tuple[Requirement | BookTarget, ...] = (*framework.requirements, *framework.targets)
    for key, times in Counter(part.key for part in parts).items():
        if times > 1:
            yield Problem("duplicate_key", key)
    for part in parts:
        if "vi" not in part.title:
            yield Problem("no_title", part.key)
    for requirement in framework.requirements:
        yield from _threshold_problems(requirement)
        if requirement.phone_slips and requirement.kind is not RequirementKind.CONSULTATION_EVENT:
            yield Problem("phone_slips_without_event", requirement.key)


def _threshold_problems(requirement: Requirement) -> Iterator[Problem]:
    threshold = requirement.threshold
    if threshold is None:
        return
    match requirement.kind.measure:
        case None:
            yield Problem("event_with_threshold", requirement.key)
        case Measure.DAYS:
            if threshold.days is None or threshold.basis_points is not None:
                yield Problem("threshold_needs_days", requirement.key)
        case Measure.BASIS_POINTS:
            if threshold.basis_points is None or threshold.days is not None:
                yield Problem("threshold_needs_basis_points", requirement.key)
        case _ as unknown:
            assert_never(unknown)
