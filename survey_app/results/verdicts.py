"""The verdicts on a unit and a year: grounds put together from the survey that speaks, and held against a rule book.

Board, pages, files and papers ask here, so that a verdict is the same everywhere. Decides nothing itself: which
survey speaks is `results.speaking`'s, what a requirement means is `criteria`'s.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.authoring import loading
from survey_app.authoring.models import InstrumentRecord
from survey_app.criteria import findings
from survey_app.criteria.findings import Consulted, Declared, Finding, Grounds, Rule, Verdict
from survey_app.criteria.frameworks import Framework, RequirementKind
from survey_app.fieldwork import answering, frames
from survey_app.fieldwork.models import IN_THE_FIELD, WITH_SEAL, Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.quality import back_checks
from survey_app.questions.instrument import Text
from survey_app.results import postings, speaking
from survey_app.results.speaking import AboveFrame, SealedSurvey
from survey_app.rulebooks import declarations, pins
from survey_app.rulebooks import queries as rulebooks
from survey_app.rulebooks.pins import NamedBook, Pin
from survey_app.scoring import disclosure, rates
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate

_EVENT = RequirementKind.CONSULTATION_EVENT


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is said of one unit and year, and by which survey; None where nothing is sealed."""

    findings: tuple[Finding, ...]
    speaks: SealedSurvey | None = None
    #: Villages of the survey that speaks in which more households answered than were asked.
    above_frame: tuple[AboveFrame, ...] = ()

    @property
    def event(self) -> Finding | None:
        """The consultation half; None for a rule book without such a condition."""
        return next((one for one in self.findings if one.requirement.kind is _EVENT), None)

    @property
    def conditions(self) -> tuple[Finding, ...]:
        """Every other condition, each with a verdict of its own."""
        return tuple(one for one in self.findings if one.requirement.kind is not _EVENT)


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts on one survey by the rule book it pinned, as one audience may read them."""

    framework: Framework
    book: NamedBook
    verdicts: Verdicts
    #: Whether replies of a back-check are on record, whether the book asks for one or not.
    is_back_checked: bool
    is_sealed: bool
    is_signed: bool
    #: Whether conditions on rates are left out, because too few slips are valid for this reader.
    is_hidden: bool

    @property
    def asks_back_check(self) -> bool:
        """Whether the rule book has the back-check as a condition of its own."""
        return self.framework.asks(RequirementKind.BACK_CHECK)


def of_survey(session: Session, survey: SurveyView, audience: Audience) -> Judged | None:
    """What is said of the unit in the year of this survey; None where this survey meets nothing and misses nothing.

    That is so for a ward, which is outside the programme, for a draft, feedback, a rehearsal, what was cancelled, and
    where another survey speaks for the unit. Raises PinnedBookMissing.
    """
    if survey.purpose is not Purpose.DECISION or survey.rehearsal or survey.rulebook is None:
        return None
    if survey.is_outside_programme:
        return None
    is_sealed = survey.state in WITH_SEAL
    if not is_sealed and survey.state not in IN_THE_FIELD:
        return None
    if is_sealed and speaking.instead_of(session, survey) is not None:
        return None
    book = pins.pinned(session, survey.rulebook)
    year = speaking.year_of(survey.closes_at, survey.phones_closed_at)
    if is_sealed:
        verdicts = of_year(session, book.framework, survey.unit.path, year)[survey.unit.id]
        is_hidden = _is_hidden(verdicts, audience)
    else:
        verdicts, is_hidden = _of_running(session, book.framework, survey, year), False
    return Judged(
        framework=book.framework,
        book=NamedBook(book.framework.title, book.framework.version, book.pin.is_chosen),
        verdicts=disclosed(verdicts, is_hidden=is_hidden),
        is_back_checked=survey.id in back_checks.recorded(session, [survey.id]),
        is_sealed=is_sealed,
        is_signed=survey.state is State.SIGNED,
        is_hidden=is_hidden,
    )


def of_sealed(session: Session, found: Iterable[SurveyView]) -> Mapping[str, Verdicts]:
    """The exact verdicts of each of these sealed surveys of one province that speaks for its commune, by its number.

    A few statements for each rule book and year. Left out are wards, and what is judged by a book that is gone.
    """
    groups: defaultdict[tuple[Pin, int], list[SurveyView]] = defaultdict(list)
    for one in found:
        if one.rulebook is not None and not one.is_outside_programme:
            groups[one.rulebook, speaking.year_of(one.closes_at, one.phones_closed_at)].append(one)
    judged: dict[str, Verdicts] = {}
    for (pin, year), those in groups.items():
        try:
            book = pins.pinned(session, pin)
        except pins.PinnedBookMissing:
            continue
        path = those[0].unit.path if len(those) == 1 else f"/{those[0].unit.path.split('/')[1]}/"
        by_unit = of_year(session, book.framework, path, year)
        judged |= {
            one.id: by_unit[one.unit.id]
            for one in those
            if one.unit.id in by_unit and _speaks(by_unit[one.unit.id], one)
        }
    return judged


def _speaks(verdicts: Verdicts, survey: SurveyView) -> bool:
    return verdicts.speaks is not None and verdicts.speaks.survey_id == survey.id


def disclosed(verdicts: Verdicts, *, is_hidden: bool) -> Verdicts:
    """The verdicts without what a hidden table would tell: rates, how far they are off, and how many slips were valid.

    Where nothing is hidden every figure compared is in the commune's table, and thresholds are public: then how
    many are missing says nothing that the table does not.
    """
    if not is_hidden:
        return verdicts
    kept = (_without_figures(one) for one in verdicts.findings if not _tells_a_rate(one))
    return replace(verdicts, findings=tuple(kept))


def _tells_a_rate(found: Finding) -> bool:
    return found.requirement.kind.tells_satisfaction and found.verdict is not Verdict.NOT_CONFIGURED


def _without_figures(found: Finding) -> Finding:
    kind, rule = found.requirement.kind, found.rule
    if kind.tells_satisfaction:
        return replace(found, rule=Rule(rule.code))
    if kind is _EVENT and "phone_slips" in rule.params:
        params = {key: value for key, value in rule.params.items() if key != "phone_slips"}
        return replace(found, rule=Rule(f"{rule.code}_untold", params))
    return found


def _is_hidden(verdicts: Verdicts, audience: Audience) -> bool:
    if verdicts.speaks is None:
        return False
    shown = disclosure.disclose(verdicts.speaks.scorecard, (), audience=audience)
    return shown.hidden_because is not None


def of_year(session: Session, framework: Framework, unit_path: str, year: int) -> Mapping[int, Verdicts]:
    """By unit id, for every unit at or below the path with anything on record; see `nothing` for the others."""
    sealed = speaking.of_year(session, unit_path, year)
    speak = {unit_id: surveys[0] for unit_id, surveys in sealed.items()}
    decided = _earlier_decisions(session, framework, unit_path, year)
    numbers = [one.survey_id for one in speak.values()]
    posted = postings.posted_days(session, numbers)
    above = speaking.above_frame(session, speak.values())
    texts = _item_texts(session, speak.values())
    declared = _declared(session, framework, unit_path, year)
    checked = (
        back_checks.recorded(session, numbers) if framework.asks(RequirementKind.BACK_CHECK) else frozenset()
    )
    return {
        unit_id: Verdicts(
            findings.find(
                framework,
                _grounds(
                    sealed.get(unit_id, ()),
                    decided.get(unit_id),
                    posted=posted,
                    texts=texts,
                    checked=checked,
                    declared=declared.get(unit_id),
                ),
            ),
            speak.get(unit_id),
            above.get(speak[unit_id].survey_id, ()) if unit_id in speak else (),
        )
        for unit_id in {*sealed, *decided, *declared}
    }


def nothing(framework: Framework) -> Verdicts:
    """The verdicts on a unit with nothing on record."""
    return Verdicts(findings.find(framework, Grounds()))


def _of_running(session: Session, framework: Framework, survey: SurveyView, year: int) -> Verdicts:
    """How far a survey has come that is not sealed: coverage of the last full hour, and no verdict on it.

    An earlier survey of the year can have been the event all the same.
    """
    sealed = speaking.of_year(session, survey.unit.path, year).get(survey.unit.id, ())
    decided = _earlier_decisions(session, framework, survey.unit.path, year).get(survey.unit.id)
    declared = _declared(session, framework, survey.unit.path, year).get(survey.unit.id)
    so_far = _so_far(session, survey)
    found = Grounds(consulted=_consulted(sealed), so_far=so_far, declared=declared, earlier_decision=decided)
    return Verdicts(findings.find(framework, found))


def _so_far(session: Session, survey: SurveyView) -> Rate | None:
    answered, as_of = answering.answered_hourly(session, survey.id)
    if as_of is None:
        return None
    households = sum(line.households for line in frames.frame(session, survey.id))
    return rates.rate(sum(answering.answered_by_village(answered).values()), households)


def _declared(session: Session, framework: Framework, unit_path: str, year: int) -> Mapping[int, Declared]:
    """What units declared of the half that is not computed; nothing where the rule book has no such half."""
    if not framework.asks(RequirementKind.DECLARED):
        return {}
    found = declarations.of_year(session, unit_path, year)
    return {unit_id: one.state for unit_id, one in found.items()}


def _consulted(sealed: Iterable[SealedSurvey]) -> tuple[Consulted, ...]:
    return tuple(
        Consulted(one.survey_id, one.phone_slips, one.is_signed, one.scorecard.exceeds_frame)
        for one in sealed
    )


def _grounds(
    sealed: tuple[SealedSurvey, ...],
    decision: str | None,
    *,
    posted: Mapping[str, int | None],
    texts: Mapping[int, Mapping[str, Text]],
    checked: Collection[str],
    declared: Declared | None,
) -> Grounds:
    if not sealed:
        return Grounds(earlier_decision=decision, declared=declared)
    speaks = sealed[0]
    return Grounds(
        consulted=_consulted(sealed),
        scorecard=speaks.scorecard,
        item_texts=texts[speaks.instrument_id],
        posted_days=posted[speaks.survey_id],
        declared=declared,
        is_back_checked=speaks.survey_id in checked,
        earlier_decision=decision,
    )


def _item_texts(session: Session, surveys: Iterable[SealedSurvey]) -> Mapping[int, Mapping[str, Text]]:
    """Wordings of the scored items by form."""
    used = {survey.instrument_id for survey in surveys}
    digests = session.execute(
        select(InstrumentRecord.id, InstrumentRecord.digest)
        .where(InstrumentRecord.id.in_(used))
        .order_by(InstrumentRecord.id)
    )
    forms = {number: loading.known(session, number, digest) for number, digest in digests}
    return {
        number: {question.key: question.text for question in form.scored} for number, form in forms.items()
    }


def _earlier_decisions(
    session: Session, framework: Framework, unit_path: str, year: int
) -> Mapping[int, str]:
    indicator = next((one.indicator for one in framework.requirements if one.kind is _EVENT), None)
    if indicator is None:
        return {}
    found = rulebooks.earlier(session, unit_path, year, indicator)
    return {unit_id: f"{one.decision_number}, {one.decided_on:%d/%m/%Y}" for unit_id, one in found.items()}
