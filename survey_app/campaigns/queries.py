"""The province's board: every unit with its consultation of the year, its findings, and the targets.

A fixed number of statements, however many units there are. A rate passes through `scoring.disclosure` before
it enters a row; verdicts come from `criteria`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.campaigns import (
    appraisals,
    book_targets,
    consultations,
    deadlines,
    milestones,
    scorecards,
    waits,
)
from survey_app.campaigns.book_targets import BookProgress
from survey_app.campaigns.consultations import Consultation
from survey_app.campaigns.deadlines import Deadlines
from survey_app.campaigns.denominators import Denominator, denominator
from survey_app.campaigns.milestones import Done, Milestone, Milestones
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import Total
from survey_app.criteria import findings, gaps
from survey_app.criteria.findings import Finding, Verdict
from survey_app.criteria.frameworks import Framework, Requirement, RequirementKind, TargetKind
from survey_app.fieldwork import names
from survey_app.fieldwork.models import TAKING_ANSWERS, HourlyProgress, Purpose
from survey_app.quality import back_checks
from survey_app.results import verdicts
from survey_app.results.speaking import SealedSurvey
from survey_app.results.verdicts import Verdicts
from survey_app.rulebooks import pins
from survey_app.rulebooks import queries as rulebooks
from survey_app.rulebooks.pins import NamedBook
from survey_app.rulebooks.queries import InForce, ServiceNote
from survey_app.scoring import disclosure
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate, rate
from survey_app.sealing import recounts
from survey_app.sealing.recounts import LastRecount
from survey_app.units import queries as units
from survey_app.units.queries import CommuneSummary, UnitView

#: Wards are outside the programme; a rule book that names the levels of its target rules over this.
_IN_SCOPE = ("xa",)


@dataclass(frozen=True, slots=True)
class Board:
    """One year of a province. Rows are all its communes and wards in force, by name."""

    province: UnitView
    year: int
    made_at: datetime
    #: The hour whose counts a running survey shows; None when there are none, or for exact counts.
    counted_at: datetime | None
    in_force: InForce
    rows: tuple[BoardRow, ...]
    targets: tuple[BookProgress, ...]
    denominator: Denominator
    #: The sums of the sealed surveys that speak for these units.
    total: Total
    #: How the stored answers of all sealed surveys compared with their seals in the last night.
    recount: LastRecount

    @property
    def book(self) -> NamedBook:
        """The rule book of the year, as it is named."""
        framework = self.in_force.framework
        return NamedBook(framework.title, framework.version, self.in_force.is_chosen)

    @property
    def in_scope(self) -> int:
        """Units that the indicator applies to."""
        return sum(row.in_scope for row in self.rows)

    @property
    def late(self) -> tuple[BoardRow, ...]:
        """Units that have passed the day of their own step."""
        return tuple(row for row in self.rows if row.is_late)

    @property
    def to_act(self) -> tuple[BoardRow, ...]:
        """Units for which somebody has to act, late or not."""
        return tuple(row for row in self.rows if row.needs_somebody)

    @property
    def to_appraise(self) -> int:
        """How many signed results wait for the province, as the page of the appraisal lists them."""
        return sum(row.is_to_appraise for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Subject:
    """The survey a row is about with its seal, and the newest survey, which may be another one."""

    survey: Consultation | None
    newest: Consultation | None
    seal: SealedSurvey | None


@dataclass(frozen=True, slots=True)
class _Year:
    """What is read once for all rows of a year; by commune id, or by number of the survey."""

    audience: Audience
    now: datetime
    #: Kinds of unit that the rule book applies the indicator to, purposes that its feedback target counts, its floors.
    scope: Collection[str]
    accepted: frozenset[str]
    floors: Collection[Requirement]
    verdicts: Mapping[int, Verdicts]
    #: The verdicts on a unit with nothing on record.
    nothing: Verdicts
    decisions: Mapping[int, tuple[Consultation, ...]]
    services: Mapping[int, tuple[ServiceNote, ...]]
    #: Purposes of the surveys in which the unit has a valid answer by phone.
    heard: Mapping[int, frozenset[str]]
    days: Mapping[int, Deadlines]
    reached: Mapping[int, Milestones]
    contradictions: Mapping[str, Contradiction]
    other_books: Mapping[str, NamedBook]
    #: Numbers of the surveys that the province has accepted, or sent back.
    appraised: Collection[str]
    #: Communes as they were called in their surveys.
    names: Mapping[str, UnitView]


def board(
    session: Session,
    province: UnitView,
    year: int,
    now: datetime,
    *,
    audience: Audience = Audience.EXACT,
    is_live: bool = False,
) -> Board:
    """The board as `audience` may see it. `is_live` counts to the moment: for commands, not for screens."""
    in_force = rulebooks.in_force(session, province.id, year)
    summaries = units.commune_summaries(session, province.path, units.day_of_year(year, units.civil(now)))
    surveys = consultations.of_year(session, province.path, year, is_live=is_live)
    decisions = _by_unit(survey for survey in surveys if survey.purpose is Purpose.DECISION)
    judged = verdicts.of_year(session, in_force.framework, province.path, year)
    numbers = [survey.id for survey in surveys]
    found = _Year(
        audience=audience,
        now=now,
        scope=_kinds_in_scope(in_force.framework),
        accepted=_accepted(in_force.framework),
        floors=_floors(in_force.framework),
        verdicts=judged,
        nothing=verdicts.nothing(in_force.framework),
        decisions=decisions,
        services=rulebooks.service_ticks(session, province.path, year),
        heard=_heard(surveys),
        days=deadlines.of_year(session, province.id, year),
        reached=milestones.of_year(
            session,
            province.path,
            {unit_id: those[-1] for unit_id, those in decisions.items()},
            {one.unit.id: 0 < one.villages == one.counted_villages for one in summaries},
            {one.speaks.survey_id: one.speaks.sealed_at for one in judged.values() if one.speaks},
        ),
        contradictions=back_checks.contradictions(session, numbers),
        other_books=_other_books(session, surveys, in_force.framework),
        appraised=appraisals.decided(session, numbers),
        names=names.communes(session, numbers),
    )
    rows = tuple(_row(found, summary) for summary in summaries)
    return Board(
        province=province,
        year=year,
        made_at=now,
        counted_at=None if is_live else session.scalar(select(func.max(HourlyProgress.as_of))),
        in_force=in_force,
        rows=rows,
        targets=book_targets.progress(in_force.framework, rows),
        denominator=denominator(summary.unit for summary in summaries),
        total=scorecards.total_of_year(
            session,
            province,
            year,
            {unit_id: one.speaks for unit_id, one in judged.items() if one.speaks},
            {one.unit.id for one in summaries},
            audience,
        ),
        recount=recounts.last(session, province.path),
    )


def _row(found: _Year, summary: CommuneSummary) -> BoardRow:
    unit_id = summary.unit.id
    of_unit = found.verdicts.get(unit_id, found.nothing)
    subject = _subject(of_unit.speaks, found.decisions.get(unit_id, ()))
    survey, seal = subject.survey, subject.seal
    shown = disclosure.disclose(seal.scorecard, (), audience=found.audience) if seal else None
    is_hidden = shown is not None and shown.hidden_because is not None
    unit = found.names.get(survey.id, summary.unit) if survey else summary.unit
    in_scope = unit.kind in found.scope
    coverage = shown.coverage if shown else _running_coverage(survey)
    said = verdicts.disclosed(of_unit, is_hidden=is_hidden)
    heard = found.heard.get(unit_id, frozenset())
    reached = found.reached.get(unit_id, {})
    return BoardRow(
        unit=unit,
        in_scope=in_scope,
        survey_id=survey.id if survey else None,
        state=survey.step.state if survey else None,
        coverage=coverage,
        pooled=shown.pooled if shown else None,
        is_hidden=is_hidden,
        event=said.event if in_scope else None,
        conditions=tuple(
            one if seal is None or seal.is_signed else findings.awaiting_signatures(one)
            for one in said.conditions
            if in_scope
        ),
        wait=None
        if survey is None and (not in_scope or _is_met(said.event))
        else waits.wait_of(
            subject.newest.step if subject.newest else None,
            has_households=summary.counted_villages > 0,
            now=found.now,
            deadlines=found.days.get(unit_id, {}),
            is_printed=Milestone.PRINTED in reached,
            is_posted=Milestone.POSTED in reached,
        ),
        services=found.services.get(unit_id, ()),
        heard=heard,
        is_answered_online=bool(heard & found.accepted),
        contradiction=found.contradictions.get(survey.id) if survey else None,
        pinned=found.other_books.get(survey.id) if survey else None,
        above_frame=said.above_frame,
        is_signed=seal is not None and seal.is_signed,
        used_confirmed_form=seal is not None and seal.confirmed,
        is_to_appraise=seal is not None
        and seal.is_signed
        and survey is not None
        and survey.id not in found.appraised,
        called_now=summary.unit.full_name if unit.full_name != summary.unit.full_name else None,
        milestones={**reached, Milestone.COVERAGE: Done(None)}
        if _reaches(found.floors, coverage)
        else reached,
    )


def _floors(framework: Framework) -> tuple[Requirement, ...]:
    """The conditions on coverage that have a threshold."""
    kind = RequirementKind.COVERAGE
    return tuple(one for one in framework.requirements if one.kind is kind and one.threshold is not None)


def _reaches(floors: Collection[Requirement], coverage: Rate | None) -> bool:
    """Whether enough households answered already; False where the rule book asks for no share."""
    if coverage is None or not floors:
        return False
    asked = [(one.threshold.comparison, one.threshold.basis_points) for one in floors if one.threshold]
    return all(points is None or coverage.n >= gaps.least(how, points, coverage.of) for how, points in asked)


def _other_books(
    session: Session, surveys: Iterable[Consultation], framework: Framework
) -> Mapping[str, NamedBook]:
    """The pinned rule books, by number of the survey, where they are not the one the year is reported against."""
    other = {
        survey.id: survey.rulebook
        for survey in surveys
        if survey.rulebook is not None and not survey.rulebook.is_of(framework)
    }
    books = pins.named(session, other.values())
    return {survey_id: books[pin] for survey_id, pin in other.items()}


def _is_met(event: Finding | None) -> bool:
    return event is not None and event.verdict is Verdict.MET


def _running_coverage(survey: Consultation | None) -> Rate | None:
    if survey is None or survey.step.state not in TAKING_ANSWERS:
        return None
    return rate(survey.step.answered, survey.step.households)


def _by_unit(surveys: Iterable[Consultation]) -> Mapping[int, tuple[Consultation, ...]]:
    """Surveys of each unit, oldest first."""
    found: defaultdict[int, tuple[Consultation, ...]] = defaultdict(tuple)
    for survey in surveys:
        found[survey.unit_id] += (survey,)
    return found


def _subject(speaks: SealedSurvey | None, surveys: tuple[Consultation, ...]) -> _Subject:
    """What a row says, from the survey that speaks and from what was asked.

    A sealed result stays the row's while a second round runs; what the second round waits for is said beside it.
    """
    newest = surveys[-1] if surveys else None
    about = next((survey for survey in surveys if speaks and survey.id == speaks.survey_id), newest)
    return _Subject(about, newest, speaks)


def kinds_in_scope(session: Session, province_id: int, year: int) -> frozenset[str]:
    """Kinds of unit that the year's rule book applies the indicator to."""
    return _kinds_in_scope(rulebooks.in_force(session, province_id, year).framework)


def _kinds_in_scope(framework: Framework) -> frozenset[str]:
    """Kinds of unit that some target of the indicator counts; where there is none, those it is written for."""
    of_indicator = TargetKind.COMMUNES_MEETING_INDICATOR
    aimed = [target for target in framework.targets if target.kind is of_indicator]
    named = {kind for target in aimed for kind in target.in_scope_kinds if target.counts(kind)}
    return frozenset(named or _IN_SCOPE)


def _accepted(framework: Framework) -> frozenset[str]:
    """Purposes of survey that some feedback target counts."""
    kind = TargetKind.UNITS_WITH_ONLINE_FEEDBACK
    return frozenset().union(*(target.accepts for target in framework.targets if target.kind is kind))


def _heard(surveys: Iterable[Consultation]) -> Mapping[int, frozenset[str]]:
    """Purposes of the surveys in which a unit, by its id, has a valid answer by phone."""
    found: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    for survey in surveys:
        if survey.heard_by_phone:
            found[survey.unit_id] |= {survey.purpose}
    return found
