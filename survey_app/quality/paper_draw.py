"""The check sample of paper: twenty slips that a signer compares with what was keyed, before or after signing.

The slips follow from the digest of the seal alone: nobody can choose them, and anybody with the auditor's files draws
them again. What was found changes no answer and no score.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.alphabet import reading_order
from survey_app.collecting import leaves, paper, second_keying, stored
from survey_app.collecting.models import KeyingWay, SealedResponse
from survey_app.errors import DomainError
from survey_app.fieldwork import frames
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import WITH_SEAL, Channel, Medium, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing, KeyStore
from survey_app.printing import ticks
from survey_app.quality.models import PaperComparison
from survey_app.questions.answers import asked_and_answered
from survey_app.questions.instrument import Question
from survey_app.questions.reading import Value
from survey_app.scoring import keying, tallies
from survey_app.scoring.keying import DrawOutcome, SecondKeying
from survey_app.sealing import queries
from survey_app.sealing.models import Seal, TallyRow


class SlipOutcome(StrEnum):
    """What holding the paper beside the keyed answers showed."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"


class CannotCompare(DomainError):
    """Only slips of a sealed result are compared, and only while its answers are kept."""

    code = "khong-doi-chieu-duoc"

    def __init__(self) -> None:
        super().__init__(
            _("Slips are compared once the result is sealed, and as long as its answers are kept.")
        )


class ComparedMeanwhile(DomainError):
    """Two people recorded the same slip at once."""

    code = "da-ghi-truoc"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else has just recorded one of these slips. What you chose is still here: look, then save "
                "again."
            )
        )


@dataclass(frozen=True, slots=True)
class SlipComparison:
    """What was found with one slip."""

    outcome: SlipOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """One question as it is on paper, in Vietnamese, and what was keyed; None for a blank."""

    number: int
    text: str
    question: Question
    value: Value
    #: Whether a free text was taken out on request, so that only its digest is left.
    taken_out: bool


@dataclass(frozen=True, slots=True)
class DrawnSlip:
    """One drawn slip; `answers` is None for the one who may not see answers."""

    number: int
    leaf: str
    #: How its paper is found: by the end of its code; by the receipt written on it where no code is kept.
    slip: str
    #: How it was keyed; None where that is not known.
    way: KeyingWay | None
    village: str
    answers: tuple[KeyedAnswer, ...] | None
    found: SlipComparison | None


@dataclass(frozen=True, slots=True)
class PaperDraw:
    """The drawn slips of one survey; none once retention has removed the answers."""

    survey: SurveyView
    digest: str
    paper: int
    slips: tuple[DrawnSlip, ...]
    outcome: DrawOutcome
    removed_on: date | None


def paper_draw(session: Session, survey_id: str, keys: KeyStore, *, with_answers: bool) -> PaperDraw:
    """The slips by village. Without answers there is no note either, because it might tell of one.

    While the key is away, and once it is destroyed, slips are named by their receipts.

    Raises SurveyNotFound, and NotSealed before the seal.
    """
    survey = surveys.survey(session, survey_id)
    seal = session.get(Seal, survey_id)
    if seal is None:
        raise queries.NotSealed(survey)
    found = _newest(session, survey_id)
    if not with_answers:
        found = {leaf: SlipComparison(comparison.outcome) for leaf, comparison in found.items()}
    names = {line.unit.id: line.unit.full_name for line in frames.frame(session, survey_id)}
    drawn = _drawn(session, seal)
    named = _found_by(session, survey, [row.leaf for row in drawn], keys)
    slips = tuple(
        DrawnSlip(
            number=number,
            leaf=row.leaf,
            slip=named[row.leaf],
            way=paper.way_of(session, survey_id, row.leaf),
            village=names[row.unit_id],
            answers=_keyed(survey, row.answers) if with_answers else None,
            found=found.get(row.leaf),
        )
        for number, row in enumerate(_by_village(drawn, names), start=1)
    )
    return PaperDraw(
        survey=survey,
        digest=seal.digest,
        paper=sum(paper_answers(session, survey_id).values()),
        slips=slips,
        outcome=outcome(session, survey_id),
        removed_on=queries.removed_on(session, survey_id),
    )


def outcome(session: Session, survey_id: str) -> DrawOutcome:
    """What comparing has found so far; stays true when retention has removed the answers."""
    return outcomes(session, [survey_id])[survey_id]


def outcomes(session: Session, survey_ids: Collection[str]) -> Mapping[str, DrawOutcome]:
    """The same of each of these surveys, in two statements."""
    paper, found = _paper_answers(session, survey_ids), _newest_of(session, survey_ids)
    return {number: _outcome(sum(paper[number].values()), found[number]) for number in survey_ids}


def keyed_again(session: Session, survey_id: str) -> tuple[SecondKeying, ...]:
    """What keying again found in each village of a sealed survey that has paper answers."""
    paper = paper_answers(session, survey_id)
    if not paper:
        return ()
    found = second_keying.findings(session, surveys.survey(session, survey_id), paper)
    return tuple(village for village in found if village.paper)


def paper_answers(session: Session, survey_id: str) -> Mapping[int, int]:
    """Paper answers by village id, as sealed."""
    return _paper_answers(session, [survey_id])[survey_id]


def record(
    session: Session,
    survey_id: str,
    comparisons: Mapping[str, SlipComparison],
    *,
    seen: Mapping[str, str] | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Keep what was found, by leaf; how many are new or corrected. The same again is not kept twice.

    `seen` are the readings of what was kept when these were found. Raises SurveyNotFound, NotSealed, CannotCompare,
    ComparedMeanwhile.
    """
    seal = session.get(Seal, survey_id)
    if seal is None:
        raise queries.NotSealed(surveys.survey(session, survey_id))
    drawn = {row.leaf for row in _drawn(session, seal)}
    state = session.scalar(db.shared(select(Survey.state).where(Survey.id == survey_id)))
    if state not in WITH_SEAL or not comparisons.keys() <= drawn:
        raise CannotCompare
    before = _newest(session, survey_id)
    changed = {leaf: found for leaf, found in comparisons.items() if found != before.get(leaf)}
    if seen is not None and any(reading(before.get(leaf)) != seen.get(leaf, "") for leaf in changed):
        raise ComparedMeanwhile
    numbers = _numbers(session, survey_id)
    for leaf, found in changed.items():
        row = {
            "survey_id": survey_id,
            "leaf": leaf,
            "number": numbers[leaf] + 1,
            "outcome": found.outcome,
            "note": found.note,
            "noted_by": actor,
            "noted_at": now,
        }
        if not db.insert_if_new(session, PaperComparison, row):
            raise ComparedMeanwhile
    if changed:
        counts = Counter(found.outcome.value for found in changed.values())
        audit.record(session, actor, "results.paper_compared", f"survey:{survey_id}", at=now, **counts)
    return len(changed)


def reading(found: SlipComparison | None) -> str:
    """What was found with one slip, as a form carries it to say what it showed."""
    return "" if found is None else f"{found.outcome}:{found.note}"


def _drawn(session: Session, seal: Seal) -> list[SealedResponse]:
    rows = session.scalars(
        select(SealedResponse)
        .where(
            SealedResponse.survey_id == seal.survey_id, SealedResponse.channel.in_(Channel.on(Medium.PAPER))
        )
        .order_by(SealedResponse.id)
    )
    by_leaf = {row.leaf: row for row in rows}
    return [by_leaf[leaf] for leaf in keying.signers_draw(seal.digest, by_leaf)]


def _found_by(
    session: Session, survey: SurveyView, drawn: Collection[str], keys: KeyStore
) -> Mapping[str, str]:
    try:
        return second_keying.found_by(session, survey, drawn, keys)
    except KeyMissing:
        return {leaf: leaves.receipt(survey.id, leaf) for leaf in drawn}


def _by_village(rows: Iterable[SealedResponse], names: Mapping[int, str]) -> list[SealedResponse]:
    """In the order in which they are looked for: village by village."""
    return sorted(rows, key=lambda row: (reading_order(names[row.unit_id]), row.leaf))


def _outcome(paper: int, found: Mapping[str, SlipComparison]) -> DrawOutcome:
    counts = Counter(comparison.outcome for comparison in found.values())
    return DrawOutcome(
        drawn=min(paper, keying.SIGNERS_DRAW),
        matching=counts[SlipOutcome.MATCHES],
        differing=counts[SlipOutcome.DIFFERS],
        not_found=counts[SlipOutcome.NOT_FOUND],
    )


def _paper_answers(session: Session, survey_ids: Collection[str]) -> Mapping[str, Mapping[int, int]]:
    """By survey and village id, as sealed."""
    rows = session.execute(
        select(TallyRow.survey_id, TallyRow.unit_id, TallyRow.tally)
        .where(TallyRow.survey_id.in_(survey_ids), TallyRow.channel.in_(Channel.on(Medium.PAPER)))
        .order_by(TallyRow.survey_id, TallyRow.unit_id, TallyRow.channel)
    )
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for survey_id, unit_id, document in rows:
        found[survey_id][unit_id] += tallies.load(document).answered
    return found


def _newest(session: Session, survey_id: str) -> Mapping[str, SlipComparison]:
    """The newest finding of each slip."""
    return _newest_of(session, [survey_id])[survey_id]


def _newest_of(session: Session, survey_ids: Collection[str]) -> Mapping[str, Mapping[str, SlipComparison]]:
    rows = session.scalars(
        select(PaperComparison)
        .where(PaperComparison.survey_id.in_(survey_ids))
        .order_by(PaperComparison.survey_id, PaperComparison.leaf, PaperComparison.number)
    )
    found: defaultdict[str, dict[str, SlipComparison]] = defaultdict(dict)
    for row in rows:
        found[row.survey_id][row.leaf] = SlipComparison(SlipOutcome(row.outcome), row.note)
    return found


def _numbers(session: Session, survey_id: str) -> dict[str, int]:
    """How many findings each slip has."""
    mine = select(PaperComparison.leaf).where(PaperComparison.survey_id == survey_id)
    return defaultdict(int, Counter(session.scalars(mine)))


def _keyed(survey: SurveyView, answers: Mapping[str, object]) -> tuple[KeyedAnswer, ...]:
    given = stored.values(survey.instrument, answers)
    keyed = {question.key: value for question, value in asked_and_answered(survey.instrument, given)}
    taken_out = stored.redacted(answers)
    common = ticks.stem([question.text["vi"] for question in survey.instrument.scored])
    return tuple(
        KeyedAnswer(
            number, common.rest(question.text["vi"]), question, keyed[question.key], question.key in taken_out
        )
        for number, question in enumerate(survey.instrument.answerable, start=1)
        if question.key in keyed
    )
