"""Invented answers of a village, many at once: a sample province has more of them than one would send singly.

What is written is what `collecting` writes for each: the code spent, the response with its leaf, the counts. Some
paper slips go through the keying desk itself, because what it keeps of a slip is its own. Sealing recomputes every
leaf and compares all counts, so a slip of this module would stop the load.
"""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.audit import OPERATOR
from survey_app.collecting import leaves, paper, paradata, stored
from survey_app.collecting import operations as collecting
from survey_app.collecting.models import KeyingWay, Response, SpentCode, TenMinuteCounter
from survey_app.collecting.queries import slip_door
from survey_app.fieldwork import batches, codes
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import Channel, Progress
from survey_app.fieldwork.queries import SurveyView
from survey_app.keys import KeyStore
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument
from survey_app.questions.reading import Value

_SPARE_PERCENT = 5
#: The account that keyed the paper of the sample: none of those that are there.
_NOBODY = 0
#: Paper slips of a village that go through the keying desk; the others of its households answer by phone.
_KEYED = 3
#: Days over which a village answers.
_DAYS = 5


@dataclass(frozen=True, slots=True)
class Character:
    """How a sample commune answers: shares from 0 to 1."""

    answering: float
    satisfied: float
    on_paper: float


@dataclass(frozen=True, slots=True)
class Asking:
    """A survey that is answered, and since when."""

    survey: SurveyView
    start: datetime
    keys: KeyStore


def answer(
    session: Session, asking: Asking, line: FrameLine, character: Character, drawn: random.Random
) -> None:
    """Slips for a village, and the answers of those of its households that take part."""
    printed = print_slips(session, asking, line)
    taking_part = [code for code in printed if drawn.random() < character.answering]
    on_paper = min(_KEYED, round(len(taking_part) * character.on_paper))
    for code in taking_part[:on_paper]:
        _key(session, asking, code, character, drawn)
    _send(session, asking, line, taking_part[on_paper:], character, drawn)


def print_slips(session: Session, asking: Asking, line: FrameLine) -> tuple[str, ...]:
    """One slip for each household; their codes."""
    batch = batches.make_slips(
        session, asking.survey.id, line.unit.id, line.households,
        spare_percent=_SPARE_PERCENT, actor=OPERATOR, now=asking.start, keys=asking.keys,
    )  # fmt: skip
    return batch.codes


def _key(session: Session, asking: Asking, code: str, character: Character, drawn: random.Random) -> None:
    normalised, sent = codes.normalise(code), _moment(asking, drawn)
    submission = collecting.Submission(
        id=str(uuid.uuid4()),
        answers=_answers(asking.survey.instrument, character, drawn),
        channel=Channel.PAPER_ENTRY,
    )
    door = slip_door(session, asking.survey, normalised, asking.keys)
    way = KeyingWay.EXCEPTIONS
    paper.store_slip(session, door, normalised, submission, way=way, by=_NOBODY, now=sent, keys=asking.keys)


def _send(
    session: Session,
    asking: Asking,
    line: FrameLine,
    printed: list[str],
    character: Character,
    drawn: random.Random,
) -> None:
    if not printed:
        return
    survey, unit = asking.survey, line.unit
    pepper = asking.keys.pepper(survey.id, survey.pepper_mark)
    macs = sorted(codes.mac(pepper, survey.id, codes.normalise(code)) for code in printed)
    session.execute(insert(SpentCode), [{"survey_id": survey.id, "code_mac": mac} for mac in macs])
    session.execute(insert(Response), list(_responses(asking, line, len(printed), character, drawn)))
    session.execute(
        insert(Progress),
        [
            {
                "survey_id": survey.id,
                "unit_id": unit.id,
                "channel": Channel.SELF_ONLINE,
                "answered": len(printed),
            }
        ],
    )
    slots = Counter(paradata.slot_start(_moment(asking, drawn)) for _code in printed)
    session.execute(
        insert(TenMinuteCounter),
        [
            {"survey_id": survey.id, "unit_id": unit.id, "ten_minutes": slot, "fast": False, "answers": count}
            for slot, count in sorted(slots.items())
        ],
    )


def _responses(
    asking: Asking, line: FrameLine, count: int, character: Character, drawn: random.Random
) -> Iterator[dict[str, object]]:
    instrument = asking.survey.instrument
    for _one in range(count):
        number = str(uuid.uuid4())
        packed = stored.pack(instrument, _answers(instrument, character, drawn), {})
        leaf = leaves.leaf(
            survey=asking.survey.id,
            version=instrument.version,
            unit=line.unit.code,
            channel=Channel.SELF_ONLINE,
            submission_id=number,
            answers=packed,
        )
        yield {
            "survey_id": asking.survey.id,
            "id": number,
            "unit_id": line.unit.id,
            "channel": Channel.SELF_ONLINE,
            "version": instrument.version,
            "answers": packed,
            "leaf": leaf,
        }


def _moment(asking: Asking, drawn: random.Random) -> datetime:
    return asking.start + timedelta(
        days=drawn.randrange(_DAYS), hours=drawn.randint(7, 20), minutes=drawn.randrange(60)
    )


def _answers(instrument: Instrument, character: Character, drawn: random.Random) -> Mapping[str, Value]:
    """Households differ: most are content with nearly everything, some with little; one slip in a hundred is blank."""
    if drawn.random() < 0.01:
        return {question.key: None for question in instrument.answerable}
    mood = min(1.0, max(0.0, drawn.gauss(character.satisfied, 0.08)))
    answers: dict[str, Value] = {question.key: None for question in instrument.answerable}
    for question in (*instrument.scored, *filter(None, [instrument.closing])):
        if drawn.random() < 0.02:
            continue
        answers[question.key] = SATISFIED if drawn.random() < mood else DISSATISFIED
    return answers
