"""Which targets a province has in a year and what is asked: those of its shipped plan, under the newest terms.

A plan's goal stands in every year; after its last year it is marked, until the province enters new terms with their
document. Terms are added and never changed, so that an earlier year keeps its own.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from statistics import mode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.criteria import targets as rules
from survey_app.criteria.frameworks import ALL, Comparison, Source
from survey_app.criteria.targets import PlanTarget, Terms
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.rulebooks import packaged
from survey_app.rulebooks.models import TargetTerms
from survey_app.units.queries import UnitView

ENTERED = "rulebooks.target_terms"


class NoSuchTarget(DomainError):
    """The plan has no target of that key, or no figure is entered for it in that year."""

    code = "khong-co-muc-tieu"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such target, or no figure is entered for it in that year."))


class GoalOfAllOrNobody(DomainError):
    """A goal that everybody or nobody reaches."""

    code = "muc-tieu-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("The goal is more than 0, and a share at most 100 %."))


@dataclass(frozen=True, slots=True)
class UnderThePlan:
    """The targets that units report on, by whether a new document of the whole plan is theirs too."""

    #: Those of the first target that names the plan's document.
    terms: Terms
    taken: tuple[PlanTarget, ...]
    #: Those by a document of their own, and those of which something else is asked from a later year on.
    left_out: tuple[PlanTarget, ...]


def of_year(session: Session, province: UnitView, year: int) -> tuple[PlanTarget, ...]:
    """Every target under the terms of that year, in the order of the plan; none where the province has no plan."""
    plan = packaged.plan_of(province.code, year)
    if plan is None:
        return ()
    entered = _entered(session, province.id)
    return tuple(rules.in_year(target, entered.get(target.key, ()), year) for target in plan.targets)


def reported_on(session: Session, province: UnitView, year: int) -> tuple[PlanTarget, ...]:
    """Those of them on which units report in that year."""
    return tuple(
        one for one in of_year(session, province, year) if one.kind.is_reported and not one.is_closed(year)
    )


def under_the_plan(session: Session, province: UnitView, year: int) -> UnderThePlan:
    """Which targets a new document of the plan is entered for; most of them name the plan's. Raises NoSuchTarget."""
    targets = reported_on(session, province, year)
    if not targets:
        raise NoSuchTarget
    entered = _entered(session, province.id)
    later = {key for key, terms in entered.items() if any(one.since > year for one in terms)}
    source = mode(one.terms.source for one in targets)
    of_plan = [one for one in targets if one.terms.source == source]
    taken = tuple(one for one in of_plan if one.key not in later)
    return UnderThePlan(of_plan[0].terms, taken, tuple(one for one in targets if one not in taken))


def one(session: Session, province: UnitView, key: str, year: int) -> PlanTarget:
    """Raises NoSuchTarget."""
    for target in of_year(session, province, year):
        if target.key == key:
            return target
    raise NoSuchTarget


def open_target(session: Session, province: UnitView, key: str, year: int) -> PlanTarget:
    """A target whose figures units enter in that year, before it is closed. Raises NoSuchTarget."""
    target = one(session, province, key, year)
    if not target.kind.is_reported or target.is_closed(year):
        raise NoSuchTarget
    return target


def enter(
    session: Session, province_id: int, target: PlanTarget, terms: Terms, *, actor: str, now: datetime
) -> None:
    """Ask for something else from a year on. Raises GoalOfAllOrNobody."""
    nobody_reaches = target.kind.is_share and (
        terms.goal > ALL or (terms.goal == ALL and terms.comparison is Comparison.ABOVE)
    )
    if terms.goal <= 0 or nobody_reaches:
        raise GoalOfAllOrNobody
    if terms.source.date is None:
        raise ValueError("a goal has the date of its document")
    mine = select(func.max(TargetTerms.number)).where(
        TargetTerms.unit_id == province_id, TargetTerms.key == target.key
    )
    session.add(
        TargetTerms(
            unit_id=province_id,
            key=target.key,
            number=(session.scalar(mine) or 0) + 1,
            words=terms.words,
            goal=terms.goal,
            comparison=terms.comparison.value,
            since=terms.since,
            until=terms.until,
            source_number=terms.source.number,
            source_date=terms.source.date,
            source_article=terms.source.article,
            entered_by=actor,
            entered_at=now,
        )
    )
    audit.record(
        session,
        actor,
        ENTERED,
        f"unit:{province_id}",
        at=now,
        target=target.key,
        **audit.changes(_noted(target.terms), _noted(terms)),
    )


def _noted(terms: Terms) -> Mapping[str, int | str | date | None]:
    return {
        "words": terms.words,
        "goal": terms.goal,
        "comparison": terms.comparison.value,
        "since": terms.since,
        "until": terms.until,
        "source": terms.source.number,
        "date": terms.source.date,
        "article": terms.source.article,
    }


def _entered(session: Session, province_id: int) -> Mapping[str, tuple[Terms, ...]]:
    """What the province entered of each target, the oldest first."""
    rows = session.scalars(
        select(TargetTerms)
        .where(TargetTerms.unit_id == province_id)
        .order_by(TargetTerms.key, TargetTerms.number)
    )
    found: defaultdict[str, tuple[Terms, ...]] = defaultdict(tuple)
    for row in rows:
        source = Source(row.source_number, row.source_date, row.source_article)
        comparison = Comparison(row.comparison)
        found[row.key] += (Terms(row.words, row.goal, comparison, source, row.since, row.until),)
    return found
