"""Paradata that need the answers themselves or the networks (near-duplicates, one network): counted once, at sealing.

They are kept as counts, apart from the seal: no figure of the result depends on them. Nothing that is kept leads back
to an answer, a text or a network. What is usual and what is not is `scoring.flags`' task.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey_app.collecting import networks, stored
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.quality.models import SealedParadataRow
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument
from survey_app.questions.reading import Value
from survey_app.scoring.near_duplicates import Repeated, Sameness, Vector, most_repeated, sameness
from survey_app.scoring.paradata import Network
from survey_app.sealing.counting import RawAnswer
from survey_app.units.models import Unit


@dataclass(slots=True)
class SealedParadata:
    """What was kept of one survey, by village id. A survey sealed before paradata were kept has no `texts`."""

    sameness: dict[int, Sameness] = field(default_factory=dict)
    networks: dict[int, Network] = field(default_factory=dict)
    texts: Repeated | None = None


def keep(
    session: Session, survey: SurveyView, frame: Iterable[FrameLine], answers: Sequence[RawAnswer]
) -> None:
    """Count and keep the paradata of a decision survey, before its seal is written and its networks are forgotten."""
    if survey.purpose is not Purpose.DECISION:
        return
    read = [(answer.unit_id, stored.values(survey.instrument, answer.answers)) for answer in answers]
    vectors: dict[int, list[Vector]] = defaultdict(list)
    sides = [
        (question.key, question.codes_of(SATISFIED), question.codes_of(DISSATISFIED))
        for question in survey.instrument.scored
    ]
    for unit_id, values in read:
        vectors[unit_id].append(tuple(_side(values.get(key), *codes) for key, *codes in sides))
    counted = networks.largest(session, survey.id)
    texts = most_repeated(_texts(survey.instrument, values) for _unit, values in read)
    rows = [_row(survey.unit.id, "F9", texts.times, texts.texts)]
    for line in frame:
        village = line.unit.id
        network = counted.get(village, Network(0, 0))
        rows.append(_row(village, "F6", network.n, network.of))
        found = sameness(vectors[village])
        # Where chance explains everything nothing is kept, not even how many were dissatisfied.
        if found.rarity:
            rows.append(_row(village, "F5", found.same, found.compared, found.rarity))
    session.execute(insert(SealedParadataRow), [row | {"survey_id": survey.id} for row in rows])


def kept_of(session: Session, survey_ids: Iterable[str]) -> Mapping[str, SealedParadata]:
    """What was kept of these surveys; one sealed before paradata were kept is absent."""
    rows = session.scalars(
        select(SealedParadataRow)
        .where(SealedParadataRow.survey_id.in_(tuple(survey_ids)))
        .order_by(SealedParadataRow.survey_id, SealedParadataRow.unit_id, SealedParadataRow.sign)
    )
    found: dict[str, SealedParadata] = defaultdict(SealedParadata)
    for row in rows:
        kept = found[row.survey_id]
        if row.sign == "F5":
            kept.sameness[row.unit_id] = Sameness(row.n, row.of, row.rarity)
        elif row.sign == "F6":
            kept.networks[row.unit_id] = Network(row.n, row.of)
        else:
            kept.texts = Repeated(row.n, row.of)
    return found


def networks_by_kind(session: Session, province_path: str) -> Mapping[str, tuple[Network, ...]]:
    """The largest networks of all villages under the province, by the kind of their commune.

    Rehearsals and cancelled surveys are not there.
    """
    rows = session.execute(
        select(Unit.kind, SealedParadataRow.n, SealedParadataRow.of)
        .join(Survey, Survey.id == SealedParadataRow.survey_id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            SealedParadataRow.sign == "F6",
            Survey.rehearsal.is_(False),
            Survey.state != State.ANNULLED,
            Unit.path.startswith(province_path, autoescape=True),
        )
        .order_by(SealedParadataRow.survey_id, SealedParadataRow.unit_id)
    )
    found: dict[str, list[Network]] = defaultdict(list)
    for kind, n, of in rows:
        found[kind].append(Network(n, of))
    return {kind: tuple(counted) for kind, counted in found.items()}


def _row(unit_id: int, sign: str, n: int, of: int, rarity: int = 0) -> dict[str, object]:
    return {"unit_id": unit_id, "sign": sign, "n": n, "of": of, "rarity": rarity}


def _side(answer: Value, satisfied: Sequence[str], dissatisfied: Sequence[str]) -> bool | None:
    return True if answer in satisfied else False if answer in dissatisfied else None


def _texts(instrument: Instrument, values: Mapping[str, Value]) -> list[str]:
    found = (values.get(question.key) for question in instrument.answerable if question.kind.row.is_text)
    return [text for text in found if isinstance(text, str)]
