"""What the sample province holds: villages, households, surveys and plausible answers.

Answers come from a seeded generator, so two sample provinces look alike; keys, codes and submission ids are as random
as in real use. Everything goes through the same operations as in real use.
"""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.approvals import deciding
from survey_app.audit import OPERATOR
from survey_app.authoring import queries as instruments
from survey_app.collecting import operations as collecting
from survey_app.collecting import paper
from survey_app.collecting.models import KeyingWay
from survey_app.collecting.queries import slip_door
from survey_app.fieldwork import batches, calendar, codes, drafting, operations
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import Channel, Medium, Purpose
from survey_app.keys import KeyStore
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument
from survey_app.questions.reading import Value
from survey_app.results import postings, signing
from survey_app.rulebooks import operations as rulebooks
from survey_app.sealing import operations as results
from survey_app.sealing import queries as results_read
from survey_app.sealing.schedule import JOB
from survey_app.units import operations as units_operations
from survey_app.units import queries as units
from survey_app.units.lines import HouseholdLine
from survey_app.units.queries import UnitView

SEED = 20260215
SOURCE = "DỮ LIỆU MẪU"
INSTRUMENT = "xa-ntm-nang-cao"
#: Ia Mơ stays without a survey, for the one who wants to start from nothing.
UNTOUCHED = "23938"
#: The commune whose survey is open; its officers have accounts.
OPEN_COMMUNE = "23764"
SEALED_COMMUNES = 12
#: The account that keyed the paper of the sample: none of those that are there.
_NOBODY = 0
#: Nobody can compare the drawn slips of the sample with paper.
_NO_PAPER = "Dữ liệu mẫu: không có phiếu giấy để đối chiếu."

#: Every fifth of these waits for its signatures.
UNSIGNED_EVERY = 5
_PLAN_NUMBER = "01/KH-MẪU"
_CONTACT = "Ban Thường trực UBMTTQ xã (số mẫu), 0269 000 000"
_AIM = "Đây là đợt lấy ý kiến mẫu để xem thử."
_SPARE_PERCENT = 5
_KEYING = Keying(5)


@dataclass(frozen=True, slots=True)
class Character:
    """How a sample commune answers: shares from 0 to 1."""

    answering: float
    satisfied: float
    on_paper: float


#: Chosen so that the demonstration framework gives every verdict: met, not met, too little coverage.
_CHARACTERS = (
    Character(0.93, 0.97, 0.15),
    Character(0.88, 0.94, 0.25),
    Character(0.81, 0.86, 0.20),
    Character(0.52, 0.95, 0.30),
    Character(0.90, 0.72, 0.10),
    Character(0.77, 0.92, 0.40),
)


def load_villages(session: Session, communes: Sequence[UnitView], now: datetime) -> None:
    """Sample villages with households in every commune. They have numbers: names of real places are not made up."""
    for commune in communes:
        units_operations.record_households(session, list(_villages(commune, now)), actor=OPERATOR, now=now)


def open_survey(session: Session, commune: UnitView, now: datetime, keys: KeyStore) -> str:
    """A decision survey that is open now, with a part of its households answered; its number."""
    start = calendar.opening(units.civil(now - timedelta(days=5)))
    number = _publish(session, commune, start, calendar.closing(units.civil(now + timedelta(days=9))), keys)
    drawn = random.Random(f"{SEED} {commune.code}")
    for line in surveys.frame(session, number)[:-1]:
        _answer(session, number, line, Character(0.4, 0.9, 0.2), drawn, start=start, keys=keys)
    operations.copy_progress(session, now)
    return number


def sealed_survey(session: Session, commune: UnitView, index: int, now: datetime, keys: KeyStore) -> str:
    """A decision survey of last month, answered, counted and sealed; its number."""
    day = now - timedelta(days=45 - 2 * index)
    closes = calendar.closing(units.civil(day + timedelta(days=7)))
    opens = calendar.opening(units.civil(day))
    number = _publish(session, commune, opens, closes, keys)
    drawn = random.Random(f"{SEED} {commune.code}")
    character = _CHARACTERS[index % len(_CHARACTERS)]
    for line in surveys.frame(session, number):
        _answer(session, number, line, character, drawn, start=opens, keys=keys)
    operations.close_due(session, closes, _KEYING)
    results.close_and_seal(session, number, actor=JOB, now=_KEYING.ends(closes), keys=keys)
    return number


def sign_result(session: Session, number: str, people: tuple[Identity, Identity]) -> None:
    """Both bodies signed on the day after the seal."""
    sealed_at = results_read.scorecard(session, number).sealed_at
    if sealed_at is None:
        raise ValueError("only a sealed result is signed")
    asked_at = sealed_at + timedelta(hours=16)
    first, second = people
    survey = surveys.survey(session, number)
    asked = signing.ask(session, survey, reason=_NO_PAPER, by=first, now=asked_at)
    session.flush()  # the other body reads the request
    deciding.decide(
        session, asked, approved=True, reason=_NO_PAPER, by=second, now=asked_at + timedelta(hours=2)
    )


def post_result(session: Session, number: str, now: datetime) -> None:
    """The notice hung in every village for twelve days from the day after the seal."""
    sealed_at = results_read.scorecard(session, number).sealed_at
    first = units.civil(sealed_at or now) + timedelta(days=1)
    last = min(first + timedelta(days=12), units.civil(now))
    for line in surveys.frame(session, number):
        noted = postings.Noted(line.unit.id, f"Nhà văn hóa {line.unit.full_name} (mẫu)", first, last)
        postings.record(session, number, noted, actor=OPERATOR, now=now)


def tick_services(session: Session, commune: UnitView, now: datetime) -> None:
    """Two essential services that the sample commune says it offers online."""
    notes = {"health": SOURCE, "environment": SOURCE}
    rulebooks.tick_services(session, commune.id, units.civil(now).year, notes, actor=OPERATOR, now=now)


def _villages(commune: UnitView, now: datetime) -> Iterator[HouseholdLine]:
    drawn = random.Random(f"{SEED} {commune.code}")
    kind = "to_dan_pho" if commune.kind == "phuong" else "thon"
    for number in range(1, drawn.randint(5, 8) + 1):
        households = drawn.randint(9, 60)
        yield HouseholdLine(
            commune, str(number), kind, households, SOURCE, units.civil(now) - timedelta(days=30)
        )


def _publish(session: Session, commune: UnitView, opens: datetime, closes: datetime, keys: KeyStore) -> str:
    plan = drafting.SurveyPlan(
        unit_id=commune.id,
        instrument_id=instruments.latest_frozen(session, INSTRUMENT).id,
        purpose=Purpose.DECISION,
        rehearsal=False,
        plan_number=_PLAN_NUMBER,
        plan_date=units.civil(opens),
        aim=_AIM,
        contact=_CONTACT,
        opens_at=opens,
        closes_at=closes,
    )
    asked = [
        drafting.Asked(village.unit.id, village.households, village.source, village.as_of)
        for village in units.villages(session, commune.id, units.civil(closes))
        if village.households is not None and village.as_of is not None
    ]
    number = drafting.draft_survey(session, plan, asked, actor=OPERATOR, now=opens)
    operations.publish(session, number, actor=OPERATOR, now=opens, keys=keys)
    session.flush()  # slips are made for the published survey
    return number


def _answer(
    session: Session,
    number: str,
    line: surveys.FrameLine,
    character: Character,
    drawn: random.Random,
    *,
    start: datetime,
    keys: KeyStore,
) -> None:
    """Slips for a village, and the answers of those of its households that take part, over five days."""
    batch = batches.make_slips(
        session, number, line.unit.id, line.households,
        spare_percent=_SPARE_PERCENT, actor=OPERATOR, now=start, keys=keys,
    )  # fmt: skip
    survey = surveys.survey(session, number)
    for code in batch.codes:
        if drawn.random() >= character.answering:
            continue
        normalised = codes.normalise(code)
        door = slip_door(session, survey, normalised, keys)
        channel = Channel.PAPER_ENTRY if drawn.random() < character.on_paper else Channel.SELF_ONLINE
        sent = start + timedelta(
            days=drawn.randrange(5), hours=drawn.randint(7, 20), minutes=drawn.randrange(60)
        )
        submission = collecting.Submission(
            id=str(uuid.uuid4()),
            answers=_answers(survey.instrument, character, drawn),
            channel=channel,
            form_opened_at=sent - timedelta(minutes=drawn.randint(2, 9)),
        )
        if channel.medium is Medium.PAPER:
            way = KeyingWay.EXCEPTIONS
            paper.store_slip(session, door, normalised, submission, way=way, by=_NOBODY, now=sent, keys=keys)
        else:
            collecting.record_response(session, door, submission, now=sent, keys=keys)


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
