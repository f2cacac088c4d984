"""How far a target is, and the targets of a plan as data: what is to be reached, of whom, by which document.

A target of a rule book counts units. One of a plan is computed so, or it is reported: as a share (n of m), as a
count, or as a yes of each unit with evidence. Figures are added up, never averaged; whether one unit meets a condition
is decided elsewhere (`findings`). Knows no unit and no storage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, assert_never

from survey_app.criteria import gaps
from survey_app.criteria.frameworks import ALL, BookTarget, Comparison, Source
from survey_app.questions.instrument import Text
from survey_app.scoring.rates import Rate
from survey_app.scoring.rates import rate as rate_of

#: The scope of a target that the province itself is asked for, as a whole.
PROVINCE = "tinh"


class PlanKind(StrEnum):
    """Where the figure of a target comes from."""

    #: From consultations, by the rule book of the year.
    COMPUTED = "computed"
    #: n of m, added up over units.
    SHARE = "share"
    #: A count, added up over units.
    COUNT = "count"
    #: Each unit says yes or no, with evidence; the share of units.
    ATTESTED = "attested"

    @property
    def is_reported(self) -> bool:
        """Whether units report its figures; else they are computed."""
        match self:
            case PlanKind.SHARE | PlanKind.COUNT | PlanKind.ATTESTED:
                return True
            case PlanKind.COMPUTED:
                return False
            case _:
                assert_never(self)

    @property
    def is_yes_or_no(self) -> bool:
        """Whether a unit reports that it is so, or is not."""
        match self:
            case PlanKind.ATTESTED:
                return True
            case PlanKind.COMPUTED | PlanKind.SHARE | PlanKind.COUNT:
                return False
            case _:
                assert_never(self)

    @property
    def is_share(self) -> bool:
        """Whether the goal is a share; else it is a number of things."""
        match self:
            case PlanKind.COMPUTED | PlanKind.SHARE | PlanKind.ATTESTED:
                return True
            case PlanKind.COUNT:
                return False
            case _:
                assert_never(self)

    @property
    def has_whole(self) -> bool:
        """Whether a unit reports of how many besides how many."""
        match self:
            case PlanKind.SHARE:
                return True
            case PlanKind.COMPUTED | PlanKind.COUNT | PlanKind.ATTESTED:
                return False
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class Terms:
    """What one plan asks: its words, its goal, its document, and for which years."""

    #: In the plan's own words; "" where those were not read.
    words: str
    #: Basis points of a share, or a number.
    goal: int
    comparison: Comparison
    source: Source
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """One target of a plan and what is asked now."""

    key: str
    title: Text
    kind: PlanKind
    #: Kinds of unit that report it, or `PROVINCE`.
    scope: tuple[str, ...]
    terms: Terms
    #: What is counted, and of what, in words; empty where the title says it.
    counted: Text
    whole: Text
    #: The last day of the level that it is about, such as districts; None while that exists.
    ended_on: date | None

    @property
    def is_of_province(self) -> bool:
        """Whether the province reports it as a whole."""
        return self.scope == (PROVINCE,)

    @property
    def goal(self) -> Fraction:
        """The goal as a share from 0 to 1, or as a number."""
        return Fraction(self.terms.goal, ALL if self.kind.is_share else 1)

    def is_closed(self, year: int) -> bool:
        """Whether what it is about existed no longer in that year: no figure is entered for it."""
        return self.ended_on is not None and year > self.ended_on.year

    def is_beyond_plan(self, year: int) -> bool:
        """Whether the plan that names the goal ended before that year."""
        return year > self.terms.until


@dataclass(frozen=True, slots=True)
class Figure:
    """What one unit reports; `of` is None but for a share."""

    n: int
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a target is: what is met, of how many, and of how many of those asked nothing is known."""

    met: int
    total: int
    missing: int
    #: False also where it cannot be said yet: of a share, before every unit asked has reported.
    is_reached: bool
    #: How many more reach the goal with the total as it is; 0 once it is reached.
    needed: int

    @property
    def rate(self) -> Rate | None:
        """The share that is met; None of nothing."""
        return rate_of(self.met, self.total)


def reach(target: PlanTarget, figures: Iterable[Figure], asked: int) -> Reach:
    """How far the target is when these of `asked` units have reported a figure.

    Of a yes and no the units that said nothing count as not met; of a share they are in neither number, so that
    nobody can say that the goal is reached while one is missing.

    >>> target = PlanTarget("a", {}, PlanKind.SHARE, ("xa",), Terms("", 6000, Comparison.AT_LEAST,
    ...     Source("", None, ""), 0, 2025), {}, {}, None)
    >>> reach(target, [Figure(1, 2), Figure(5, 8)], 3)
    Reach(met=6, total=10, missing=1, is_reached=False, needed=0)
    """
    given = tuple(figures)
    met, missing = sum(one.n for one in given), max(asked - len(given), 0)
    goal = target.terms.goal
    comparison = target.terms.comparison
    match target.kind:
        case PlanKind.COUNT:
            least = goal + (comparison is Comparison.ABOVE)
            return Reach(met, asked, missing, comparison.holds(met, goal), max(least - met, 0))
        case PlanKind.SHARE:
            found = _share(met, sum(one.of or 0 for one in given), missing, comparison, goal)
            return replace(found, is_reached=found.is_reached and not missing)
        case PlanKind.ATTESTED | PlanKind.COMPUTED:
            return _share(met, asked, missing, comparison, goal)
        case _:
            assert_never(target.kind)


def reach_of_units(target: BookTarget, units: Iterable[tuple[str, bool | None]]) -> Reach:
    """How far a target of a rule book is: each unit by its kind and whether it meets the condition, None if unknown.

    Units of other kinds than the target's are left out; those of which it is unknown are `missing`.
    """
    meets = [does for kind, does in units if target.counts(kind)]
    met, missing = sum(does is True for does in meets), sum(does is None for does in meets)
    return _share(met, len(meets), missing, target.comparison, target.basis_points)


def _share(met: int, total: int, missing: int, comparison: Comparison, goal: int) -> Reach:
    """Of nothing no goal is reached."""
    share = rate_of(met, total)
    is_reached = share is not None and comparison.reached_by(share, goal)
    return Reach(met, total, missing, is_reached, max(gaps.least(comparison, goal, total) - met, 0))


def in_year(target: PlanTarget, later: Iterable[Terms], year: int) -> PlanTarget:
    """The target under the terms that began last by that year; `later` as they were entered, the oldest first.

    What is entered for years from an earlier one on ends where others begin; of two that begin together the newer hold.
    """
    begun = sorted((one for one in later if one.since <= year), key=lambda one: one.since)
    return replace(target, terms=begun[-1]) if begun else target


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one province, named by its code, with its targets in the plan's order."""

    province: str
    since: int
    until: int
    targets: tuple[PlanTarget, ...]


def load(document: Mapping[str, Any]) -> Plan:
    """The plan that a shipped file holds. Raises KeyError, TypeError or ValueError for what is none."""
    source, since, until = _source(document["source"]), int(document["since"]), int(document["until"])
    targets = tuple(_target(one, source, until) for one in document["targets"])
    return Plan(document["province"], since, until, targets)


def _target(one: Mapping[str, Any], source: Source, until: int) -> PlanTarget:
    ended = one.get("ended_on")
    return PlanTarget(
        key=one["key"],
        title=dict(one["title"]),
        kind=PlanKind(one["kind"]),
        scope=tuple(one["scope"]),
        terms=Terms(
            words=one.get("words", ""),
            goal=int(one["goal"]),
            comparison=Comparison(one.get("comparison", ">=")),
            source=_source(one["source"]) if "source" in one else source,
            since=0,
            until=until,
        ),
        counted=dict(one.get("counted", {})),
        whole=dict(one.get("whole", {})),
        ended_on=date.fromisoformat(ended) if ended else None,
    )


def _source(found: Mapping[str, Any]) -> Source:
    day = found["date"]
    return Source(found["number"], date.fromisoformat(day) if day else None, found["article"])


def problems(kind: PlanKind, figure: Figure) -> Sequence[str]:
    """What cannot be in a figure of that kind: words for the reader's sentence; empty where nothing is wrong."""
    if figure.n < 0 or (figure.of is not None and figure.of < 0):
        return ("negative",)
    match kind:
        case PlanKind.SHARE:
            if figure.of is None:
                return ("no_whole",)
            return ("more_than_whole",) if figure.n > figure.of else ()
        case PlanKind.ATTESTED:
            return () if figure.n in (0, 1) else ("neither_yes_nor_no",)
        case PlanKind.COUNT:
            return ()
        case PlanKind.COMPUTED:
            return ("computed",)
        case _:
            assert_never(kind)
