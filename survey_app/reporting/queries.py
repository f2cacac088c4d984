"""The province's board: every unit with its consultation of the year, its findings, and the targets.

A fixed number of statements, however many units there are. A rate passes through `scoring.disclosure` before
it enters a row; verdicts come from `criteria`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.criteria import findings, targets
from survey_app.criteria.findings import Evidence, Finding, Verdict
from survey_app.criteria.frameworks import Framework, Target
from survey_app.criteria.targets import Progress, Standing
from survey_app.fieldwork.models import HourlyProgress, Purpose, State
from survey_app.reporting import consultations, postings, waits
from survey_app.reporting.consultations import Consultation
from survey_app.reporting.denominators import Denominator, denominator
from survey_app.reporting.waits import Wait
from survey_app.results import callbacks
from survey_app.results import queries as results
from survey_app.results.queries import SealedSurvey
from survey_app.rulebooks import pins
from survey_app.rulebooks import queries as rulebooks
from survey_app.rulebooks.pins import NamedBook
from survey_app.rulebooks.queries import InForce, ServiceNote
from survey_app.scoring import disclosure
from survey_app.scoring.callback import Contradiction
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate, rate
from survey_app.units import queries as units
from survey_app.units.queries import CommuneSummary, UnitView

#: Kinds of condition whose verdict would tell a rate that is hidden.
_TELL_A_RATE = frozenset({"pooled_rate", "each_item_rate", "closing_rate"})
#: Wards are outside the programme; a rule book that names the levels of its target rules over this.
_IN_SCOPE = ("xa",)


@dataclass(frozen=True, slots=True)
class Row:
    """One unit. `coverage` of a running survey is of the last full hour; `pooled` waits for the seal."""

    unit: UnitView
    in_scope: bool
    survey_id: str | None
    state: State | None
    coverage: Rate | None
    pooled: Rate | None
    #: Too few valid slips for this reader: the rates are not shown.
    is_hidden: bool
    #: The consultation half; None for a unit out of scope, or a rule book without such a condition.
    event: Finding | None
    conditions: tuple[Finding, ...]
    wait: Wait | None
    services: tuple[ServiceNote, ...]
    #: Somebody answered by phone in the year, in a survey that the feedback target accepts.
    is_answered_online: bool
    #: What the call-back puts beside the finding; None where it contradicts nothing.
    contradiction: Contradiction | None = None
    #: The rule book that the survey pinned, where the year is reported against another one: then both are named.
    pinned: NamedBook | None = None

    @property
    def finding(self) -> Verdict | None:
        """The verdict on the consultation half; None out of scope."""
        if not self.in_scope:
            return None
        return self.event.verdict if self.event else Verdict.NOT_CONFIGURED

    @property
    def is_late(self) -> bool:
        """Whether somebody has to act for this unit before it can meet the indicator."""
        return (
            self.in_scope and self.finding is not Verdict.MET and self.wait is not None and self.wait.is_late
        )


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """Where a target stands; `needed` more units reach it."""

    target: Target
    progress: Progress
    is_reached: bool
    needed: int


@dataclass(frozen=True, slots=True)
class Board:
    """One year of a province. Rows are all its communes and wards in force, by name."""

    province: UnitView
    year: int
    made_at: datetime
    #: The hour whose counts a running survey shows; None when there are none, or for exact counts.
    counted_at: datetime | None
    in_force: InForce
    rows: tuple[Row, ...]
    targets: tuple[TargetProgress, ...]
    denominator: Denominator

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
    def late(self) -> tuple[Row, ...]:
        """Units for which somebody has to act now."""
        return tuple(row for row in self.rows if row.is_late)


@dataclass(frozen=True, slots=True)
class _Subject:
    """The survey a row is about with its seal, and the newest survey, which may be another one."""

    survey: Consultation | None
    newest: Consultation | None
    seal: SealedSurvey | None


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
    summaries = units.commune_summaries(session, province.path, _register_day(year, now))
    surveys = consultations.of_year(session, province.path, year, is_live=is_live)
    sealed = _sealed(session, province.path, year, {survey.id for survey in surveys})
    decisions = _by_unit(survey for survey in surveys if survey.purpose is Purpose.DECISION)
    services = rulebooks.service_ticks(session, province.path, year)
    evidence = _evidence(session, province, year, in_force.framework, sealed)
    scope = _levels_in_scope(in_force.framework)
    online = _answered_online(in_force.framework, surveys)
    contradicted = callbacks.contradictions(session, [survey.id for survey in surveys])
    others = _other_books(session, surveys, in_force.framework)
    rows = tuple(
        _row(
            summary,
            _subject(sealed.get(summary.unit.id, ()), decisions.get(summary.unit.id, ())),
            found=findings.find(in_force.framework, evidence.get(summary.unit.id, Evidence())),
            in_scope=summary.unit.kind in scope,
            services=services.get(summary.unit.id, ()),
            is_answered_online=summary.unit.id in online,
            contradicted=contradicted,
            other_books=others,
            audience=audience,
            now=now,
        )
        for summary in summaries
    )
    return Board(
        province=province,
        year=year,
        made_at=now,
        counted_at=None if is_live else session.scalar(select(func.max(HourlyProgress.as_of))),
        in_force=in_force,
        rows=rows,
        targets=tuple(_target(target, rows) for target in in_force.framework.targets),
        denominator=denominator(row.unit for row in rows),
    )


def _row(
    summary: CommuneSummary,
    subject: _Subject,
    *,
    found: tuple[Finding, ...],
    in_scope: bool,
    services: tuple[ServiceNote, ...],
    is_answered_online: bool,
    contradicted: Mapping[str, Contradiction],
    other_books: Mapping[str, NamedBook],
    audience: Audience,
    now: datetime,
) -> Row:
    survey, newest, seal = subject.survey, subject.newest, subject.seal
    told = disclosure.disclose(seal.scorecard, (), audience=audience) if seal else None
    is_hidden = told is not None and told.hidden_because is not None
    event = next((one for one in found if one.requirement.kind == "consultation_event"), None)
    others = tuple(one for one in found if one.requirement.kind != "consultation_event")
    return Row(
        unit=summary.unit,
        in_scope=in_scope,
        survey_id=survey.id if survey else None,
        state=survey.step.state if survey else None,
        coverage=told.coverage if told else _running_coverage(survey),
        pooled=told.pooled if told else None,
        is_hidden=is_hidden,
        event=event if in_scope else None,
        conditions=tuple(one for one in others if in_scope and not (is_hidden and _tells_a_rate(one))),
        wait=None
        if survey is None and (not in_scope or _is_met(event))
        else waits.wait_of(
            newest.step if newest else None, has_households=summary.counted_villages > 0, now=now
        ),
        services=services,
        is_answered_online=is_answered_online,
        contradiction=contradicted.get(survey.id) if survey else None,
        pinned=other_books.get(survey.id) if survey else None,
    )


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
    if survey is None or survey.step.state not in {State.OPEN, State.COUNTING}:
        return None
    return rate(survey.step.answered, survey.step.households)


def _tells_a_rate(found: Finding) -> bool:
    return found.requirement.kind in _TELL_A_RATE and found.verdict is not Verdict.NOT_CONFIGURED


def _by_unit(surveys: Iterable[Consultation]) -> Mapping[int, tuple[Consultation, ...]]:
    """Surveys of each unit, oldest first."""
    found: defaultdict[int, tuple[Consultation, ...]] = defaultdict(tuple)
    for survey in surveys:
        found[survey.unit_id] += (survey,)
    return found


def _subject(sealed: Sequence[SealedSurvey], surveys: Sequence[Consultation]) -> _Subject:
    """What a row tells of, from what is sealed and what was asked.

    A sealed result stays the row's while a second round runs; what the second round waits for is said beside it.
    """
    newest = surveys[-1] if surveys else None
    seal = sealed[-1] if sealed else None
    about = next((survey for survey in surveys if seal and survey.id == seal.survey_id), newest)
    return _Subject(about, newest, seal if about and seal and about.id == seal.survey_id else None)


def _evidence(
    session: Session,
    province: UnitView,
    year: int,
    framework: Framework,
    sealed: Mapping[int, tuple[SealedSurvey, ...]],
) -> Mapping[int, Evidence]:
    """What is on record for each unit that has anything on record."""
    decided = _earlier_decisions(session, province, year, framework)
    newest = {unit_id: _telling(surveys) for unit_id, surveys in sealed.items()}
    posted = postings.posted_days(session, [one.survey_id for one in newest.values()])
    return {
        unit_id: _evidence_of(newest.get(unit_id), decided.get(unit_id), posted)
        for unit_id in {*newest, *decided}
    }


def _telling(sealed: tuple[SealedSurvey, ...]) -> SealedSurvey:
    """The survey that speaks for the unit: the newest, answered by phone if there is such a one."""
    return next((one for one in reversed(sealed) if one.phone_answers), sealed[-1])


def _evidence_of(
    survey: SealedSurvey | None, decision: str | None, posted: Mapping[str, int | None]
) -> Evidence:
    if survey is None:
        return Evidence(earlier_decision=decision)
    return Evidence(
        has_sealed_decision_survey=True,
        phone_answers=survey.phone_answers,
        scorecard=survey.scorecard,
        posted_days=posted[survey.survey_id],
        earlier_decision=decision,
    )


def _earlier_decisions(
    session: Session, province: UnitView, year: int, framework: Framework
) -> Mapping[int, str]:
    indicator = next(
        (one.indicator for one in framework.requirements if one.kind == "consultation_event"), None
    )
    if indicator is None:
        return {}
    found = rulebooks.earlier(session, province.path, year, indicator)
    return {unit_id: f"{one.decision_number}, {one.decided_on:%d/%m/%Y}" for unit_id, one in found.items()}


def _levels_in_scope(framework: Framework) -> tuple[str, ...]:
    kind = "communes_meeting_indicator"
    return next((target.in_scope_levels for target in framework.targets if target.kind == kind), _IN_SCOPE)


def _answered_online(framework: Framework, surveys: Iterable[Consultation]) -> frozenset[int]:
    """Ids of units with an answer by phone in a survey of a purpose that the feedback target accepts."""
    kind = "units_with_online_feedback"
    accepted = {purpose for target in framework.targets if target.kind == kind for purpose in target.accepts}
    return frozenset(one.unit_id for one in surveys if one.purpose in accepted and one.by_phone > 0)


def _target(target: Target, rows: Iterable[Row]) -> TargetProgress:
    meets = _meets_indicator if target.kind == "communes_meeting_indicator" else _collects_feedback
    standings = [Standing(row.unit.code, row.unit.kind, meets(row)) for row in rows]
    current = targets.progress(target, standings)
    return TargetProgress(target, current, targets.reached(current), _needed(current))


def _collects_feedback(row: Row) -> bool | None:
    return bool(row.services) and row.is_answered_online


def _meets_indicator(row: Row) -> bool | None:
    return None if row.event is None else row.event.verdict is Verdict.MET


def _needed(current: Progress) -> int:
    """How many more units reach the goal; 0 once it is reached."""
    least = current.basis_points * current.total
    goal = least // 10_000 + 1 if current.comparison == ">" else -(-least // 10_000)
    return max(goal - current.met, 0)


def _sealed(
    session: Session, province_path: str, year: int, survey_ids: set[str]
) -> Mapping[int, tuple[SealedSurvey, ...]]:
    """Seals of the year's surveys. Keying may end after New Year, so the following year is read too."""
    begin, end = consultations.new_year(year), consultations.new_year(year + 2)
    found = results.sealed_communes(session, province_path, begin, end)
    of_year = {
        unit_id: tuple(one for one in sealed if one.survey_id in survey_ids)
        for unit_id, sealed in found.items()
    }
    return {unit_id: sealed for unit_id, sealed in of_year.items() if sealed}


def _register_day(year: int, now: datetime) -> date:
    """The day whose units are listed: today, the last day of a past year, the first of a coming one."""
    return min(max(units.civil(now), date(year, 1, 1)), date(year, 12, 31))
