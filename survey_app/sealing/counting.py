"""From raw answers to tallies: one way to count, used when sealing and again when anybody checks the seal.

Knows nothing of disclosure, of codes or of who may look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.collecting import leaves, stored
from survey_app.collecting.models import AnnulledResponse, Response, RetainedLeaf, SealedResponse
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import gettext as _
from survey_app.questions.reading import Value
from survey_app.scoring import quartiles, tallies
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.tallies import Tally
from survey_app.sealing.models import Seal, TallyRow

#: A village (its unit id; the commune's in a feedback survey) and a channel.
Group = tuple[int, str]


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One household's answers as stored, before or after sealing."""

    id: str
    unit_id: int
    channel: str
    version: int
    answers: Mapping[str, object]
    leaf: str


@dataclass(frozen=True, slots=True)
class Count:
    """What the raw answers of one survey add up to, with every answer whose leaf does not fit it."""

    tallies: Mapping[Group, Tally]
    #: Sorted, so that the list says nothing of the order in which answers came.
    leaves: tuple[str, ...]
    #: Submission ids, sorted.
    broken: tuple[str, ...]
    #: Leaves of answers that were annulled with their village, sorted. These are in no tally.
    annulled_leaves: tuple[str, ...]
    #: Median and quartiles of the commune by question for a number. Tallies of villages cannot give them.
    numbers: Mapping[str, Quartiles]
    #: How many annulled answers each village has; empty once retention has removed them.
    annulled: Mapping[int, int] = field(default_factory=dict, compare=False)


def count(
    survey: SurveyView,
    unit_codes: Mapping[int, str],
    answers: Iterable[RawAnswer],
    annulled: Iterable[RawAnswer] = (),
) -> Count:
    """The count of these answers, in any order; `unit_codes` names every unit that may have some.

    Those in `annulled` are checked and listed, and count for nothing.
    """
    groups: dict[Group, list[Mapping[str, Value]]] = defaultdict(list)
    found, broken = [], []
    for answer in answers:
        groups[answer.unit_id, answer.channel].append(stored.values(survey.instrument, answer.answers))
        found.append(answer.leaf)
        if _leaf(survey, unit_codes, answer) != answer.leaf:
            broken.append(answer.id)
    set_aside = tuple(annulled)
    broken += [answer.id for answer in set_aside if _leaf(survey, unit_codes, answer) != answer.leaf]
    return Count(
        tallies={group: tallies.count(survey.instrument, groups[group]) for group in sorted(groups)},
        leaves=tuple(sorted(found)),
        broken=tuple(sorted(broken)),
        annulled_leaves=tuple(sorted(answer.leaf for answer in set_aside)),
        annulled=Counter(answer.unit_id for answer in set_aside),
        numbers=quartiles.of_slips(survey.instrument, chain.from_iterable(groups.values())),
    )


def other_annulled(
    count: Count, unit_codes: Mapping[int, str], record: Iterable[AnnulmentView]
) -> tuple[str, ...]:
    """Villages whose annulled answers are not as many as were noted when they were set aside, in words."""
    noted: Counter[int] = Counter()
    for annulment in record:
        noted[annulment.unit.id] += annulment.answers
    return tuple(
        _(
            "%(unit)s: %(stored)d annulled answers stored, %(noted)d noted",
            unit=unit_codes.get(unit_id, str(unit_id)),
            stored=count.annulled.get(unit_id, 0),
            noted=noted[unit_id],
        )
        for unit_id in sorted(noted.keys() | count.annulled.keys())
        if noted[unit_id] != count.annulled.get(unit_id, 0)
    )


def raw_answers(
    session: Session, model: type[Response | SealedResponse | AnnulledResponse], survey_id: str
) -> tuple[RawAnswer, ...]:
    """Every answer of the survey in that table, by submission id, which is random."""
    rows = session.execute(
        select(model.id, model.unit_id, model.channel, model.version, model.answers, model.leaf)
        .where(model.survey_id == survey_id)
        .order_by(model.id)
    )
    return tuple(RawAnswer(*row) for row in rows)


def kept(session: Session, survey_id: str) -> Count:
    """What is left once retention has removed the answers: tallies, leaves and quartiles as they were sealed."""
    rows = session.scalars(
        select(TallyRow).where(TallyRow.survey_id == survey_id).order_by(TallyRow.unit_id, TallyRow.channel)
    )
    return Count(
        tallies={(row.unit_id, row.channel): tallies.load(row.tally) for row in rows},
        leaves=sealed_leaves(session, survey_id),
        broken=(),
        annulled_leaves=annulled_leaves(session, survey_id),
        numbers=quartiles.load(cast(Any, session.get_one(Seal, survey_id).document.get("numbers", {}))),
    )


def sealed_leaves(session: Session, survey_id: str) -> tuple[str, ...]:
    """The sorted leaves of a sealed survey, whether its answers are still there or not."""
    return _leaves_of(session, SealedResponse, survey_id, annulled=False)


def annulled_leaves(session: Session, survey_id: str) -> tuple[str, ...]:
    """The sorted leaves of the survey's annulled answers, whether these are still there or not."""
    return _leaves_of(session, AnnulledResponse, survey_id, annulled=True)


def unit_codes(survey: SurveyView, frame: Iterable[FrameLine]) -> dict[int, str]:
    """Codes of the units that may have answers: the villages asked, or the commune in a feedback survey."""
    if not survey.purpose.asks_households:
        return {survey.unit.id: survey.unit.code}
    return {line.unit.id: line.unit.code for line in frame}


def _leaves_of(
    session: Session, model: type[SealedResponse | AnnulledResponse], survey_id: str, *, annulled: bool
) -> tuple[str, ...]:
    kept = select(RetainedLeaf.leaf).where(
        RetainedLeaf.survey_id == survey_id, RetainedLeaf.annulled.is_(annulled)
    )
    there = select(model.leaf).where(model.survey_id == survey_id)
    return tuple(sorted((*session.scalars(there), *session.scalars(kept))))


def _leaf(survey: SurveyView, unit_codes: Mapping[int, str], answer: RawAnswer) -> str | None:
    """The leaf the answer must have; None when its village or version is not the survey's."""
    unit = unit_codes.get(answer.unit_id)
    if unit is None or answer.version != survey.instrument.version:
        return None
    return leaves.leaf(
        survey=survey.id,
        version=answer.version,
        unit=unit,
        channel=answer.channel,
        submission_id=answer.id,
        answers=answer.answers,
    )
