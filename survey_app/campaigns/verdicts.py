"""The verdicts on a unit and a year: evidence put together from the survey that speaks, and held against a rule book.

Board, files and papers ask here, so that a verdict is the same wherever it stands. Decides nothing itself: which survey
speaks is `results.speaking`'s, what a requirement means is `criteria`'s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.authoring import loading
from survey_app.authoring.models import InstrumentRecord
from survey_app.criteria import findings
from survey_app.criteria.findings import Consulted, Evidence, Finding
from survey_app.criteria.frameworks import Framework, RequirementKind
from survey_app.questions.instrument import Text
from survey_app.results import postings, speaking
from survey_app.results.speaking import AboveFrame, SealedSurvey
from survey_app.rulebooks import queries as rulebooks

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


def of_year(session: Session, framework: Framework, unit_path: str, year: int) -> Mapping[int, Verdicts]:
    """By unit id, for every unit at or below the path with anything on record; see `nothing` for the others."""
    sealed = speaking.of_year(session, unit_path, year)
    speak = {unit_id: surveys[0] for unit_id, surveys in sealed.items()}
    decided = _earlier_decisions(session, framework, unit_path, year)
    numbers = [one.survey_id for one in speak.values()]
    posted = postings.posted_days(session, numbers)
    above = speaking.above_frame(session, numbers)
    texts = _item_texts(session, speak.values())
    return {
        unit_id: Verdicts(
            findings.find(
                framework,
                _evidence(sealed.get(unit_id, ()), decided.get(unit_id), posted=posted, texts=texts),
            ),
            speak.get(unit_id),
            above.get(speak[unit_id].survey_id, ()) if unit_id in speak else (),
        )
        for unit_id in {*sealed, *decided}
    }


def nothing(framework: Framework) -> Verdicts:
    """The verdicts on a unit with nothing on record."""
    return Verdicts(findings.find(framework, Evidence()))


def _evidence(
    sealed: tuple[SealedSurvey, ...],
    decision: str | None,
    *,
    posted: Mapping[str, int | None],
    texts: Mapping[int, Mapping[str, Text]],
) -> Evidence:
    if not sealed:
        return Evidence(earlier_decision=decision)
    speaks = sealed[0]
    return Evidence(
        consulted=tuple(
            Consulted(one.survey_id, one.phone_slips, one.is_signed, one.scorecard.exceeds_frame)
            for one in sealed
        ),
        scorecard=speaks.scorecard,
        item_texts=texts[speaks.instrument_id],
        posted_days=posted[speaks.survey_id],
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
