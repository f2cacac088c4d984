"""What the sample province holds: villages, households, surveys and plausible answers.

Answers come from a seeded generator, so two sample provinces look alike; keys, codes and submission ids are as random
as in real use. Everything goes through the same operations as in real use.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.approvals import deciding
from survey_app.audit import OPERATOR
from survey_app.authoring import queries as instruments
from survey_app.demo.answers import Asking, Character, answer, print_slips
from survey_app.fieldwork import acts, calendar, drafting, frames, operations
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import Purpose
from survey_app.keys import KeyStore
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
#: Nobody can compare the drawn slips of the sample with paper.
_NO_PAPER = "Dữ liệu mẫu: không có phiếu giấy để đối chiếu."

_PLAN_NUMBER = "01/KH-MẪU"
#: What that plan strives for; followed, never judged.
_GOAL = 70
_CONTACT = "Ban Thường trực UBMTTQ xã (số mẫu), 0269 000 000"
_AIM = "Đây là đợt lấy ý kiến mẫu để xem thử."
_KEYING = Keying(5)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of a province there is: communes at each step of the year, and households of a village."""

    sealed: int
    open: int
    counting: int
    printed: int
    published: int
    asked_front: int
    not_submitted: int
    no_households: int
    households: tuple[int, int]


#: The middle of a year: what the first look at board, map and charts shows.
YEAR = Scale(
    sealed=60, open=19, counting=4, printed=5, published=4, asked_front=4, not_submitted=5, no_households=5,
    households=(80, 250),
)  # fmt: skip
#: A handful at every step with few households, to be loaded in seconds.
FEW = Scale(
    sealed=3, open=1, counting=1, printed=1, published=1, asked_front=1, not_submitted=1, no_households=1,
    households=(9, 60),
)  # fmt: skip


#: Chosen so that the demonstration framework gives every verdict: met, not met, too little coverage.
_CHARACTERS = (
    Character(0.93, 0.97, 0.15),
    Character(0.88, 0.94, 0.25),
    Character(0.81, 0.86, 0.20),
    Character(0.52, 0.95, 0.30),
    Character(0.90, 0.72, 0.10),
    Character(0.77, 0.92, 0.40),
)


def load_villages(
    session: Session,
    communes: Sequence[UnitView],
    now: datetime,
    households: tuple[int, int] = FEW.households,
) -> None:
    """Sample villages with households in every commune. They have numbers: names of real places are not made up."""
    for commune in communes:
        lines = list(_villages(commune, now, households))
        units_operations.record_households(session, lines, actor=OPERATOR, now=now)


def open_survey(
    session: Session,
    commune: UnitView,
    now: datetime,
    keys: KeyStore,
    *,
    since: int = 5,
    answering: float = 0.4,
) -> str:
    """A decision survey that is open for this many days, with a part of its households answered; its number.

    Nobody has answered in the last village; in the commune for visitors it has no slips either, so that some can be
    made.
    """
    start = calendar.opening(units.civil(now - timedelta(days=since)))
    closes = calendar.closing(units.civil(now + timedelta(days=14 - since)))
    number = _publish(session, commune, start, closes, keys)
    _fill(session, number, commune, Character(answering, 0.9, 0.2), start, keys, but_last=True)
    if commune.code != OPEN_COMMUNE:
        print_slips(
            session, Asking(surveys.survey(session, number), start, keys), frames.frame(session, number)[-1]
        )
    return number


def counted_survey(session: Session, commune: UnitView, index: int, now: datetime, keys: KeyStore) -> str:
    """A decision survey whose phones closed the day before yesterday; its paper is being keyed."""
    start = calendar.opening(units.civil(now - timedelta(days=16 + index)))
    closes = calendar.closing(units.civil(now - timedelta(days=2)))
    number = _publish(session, commune, start, closes, keys)
    _fill(session, number, commune, _CHARACTERS[index % len(_CHARACTERS)], start, keys)
    operations.close_due(session, closes, _KEYING)
    return number


def coming_survey(
    session: Session, commune: UnitView, index: int, now: datetime, keys: KeyStore, *, is_printed: bool
) -> str:
    """An approved decision survey that opens in some days, with or without its slips; its number."""
    opens = calendar.opening(units.civil(now + timedelta(days=2 + index)))
    number = _publish(session, commune, opens, opens + timedelta(days=14), keys, at=now - timedelta(days=3))
    if is_printed:
        asking = Asking(surveys.survey(session, number), now - timedelta(days=1), keys)
        for line in frames.frame(session, number):
            print_slips(session, asking, line)
    return number


def sealed_survey(session: Session, commune: UnitView, index: int, now: datetime, keys: KeyStore) -> str:
    """A decision survey of the last weeks, answered, counted and sealed; its number."""
    day = now - timedelta(days=25 + index % 21)
    closes = calendar.closing(units.civil(day + timedelta(days=7)))
    opens = calendar.opening(units.civil(day))
    number = _publish(session, commune, opens, closes, keys)
    _fill(session, number, commune, _CHARACTERS[index % len(_CHARACTERS)], opens, keys)
    operations.close_due(session, closes, _KEYING)
    results.close_and_seal(session, number, actor=JOB, now=_KEYING.ends(closes), keys=keys)
    return number


def ask_front(session: Session, number: str, officer: Identity, now: datetime) -> None:
    """The commune's officer asks its Front to approve the draft."""
    survey = surveys.survey(session, number)
    acts.request(session, survey, acts.Act.PUBLISH, payload={}, reason="", by=officer, now=now)


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
    for line in frames.frame(session, number):
        noted = postings.Noted(line.unit.id, f"Nhà văn hóa {line.unit.full_name} (mẫu)", first, last)
        postings.record(session, number, noted, actor=OPERATOR, now=now)


def tick_services(session: Session, commune: UnitView, now: datetime) -> None:
    """Two essential services that the sample commune says it offers online."""
    notes = {"health": SOURCE, "environment": SOURCE}
    rulebooks.tick_services(session, commune.id, units.civil(now).year, notes, actor=OPERATOR, now=now)


def _fill(
    session: Session,
    number: str,
    commune: UnitView,
    character: Character,
    start: datetime,
    keys: KeyStore,
    *,
    but_last: bool = False,
) -> None:
    """Slips and answers in every village, or in all but the last one."""
    drawn = random.Random(f"{SEED} {commune.code}")
    asking = Asking(surveys.survey(session, number), start, keys)
    frame = frames.frame(session, number)
    for line in frame[:-1] if but_last else frame:
        answer(session, asking, line, character, drawn)


def _villages(commune: UnitView, now: datetime, households: tuple[int, int]) -> Iterator[HouseholdLine]:
    drawn = random.Random(f"{SEED} {commune.code}")
    kind = "to_dan_pho" if commune.kind == "phuong" else "thon"
    for number in range(1, drawn.randint(5, 8) + 1):
        counted = drawn.randint(*households)
        yield HouseholdLine(
            commune, str(number), kind, counted, SOURCE, units.civil(now) - timedelta(days=30)
        )


def _publish(
    session: Session,
    commune: UnitView,
    opens: datetime,
    closes: datetime,
    keys: KeyStore,
    *,
    at: datetime | None = None,
) -> str:
    plan = drafting.SurveyDraft(
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
        goal_percent=_GOAL,
    )
    asked = [
        drafting.Asked(village.unit.id, village.households, village.source, village.as_of)
        for village in units.villages(session, commune.id, units.civil(closes))
        if village.households is not None and village.as_of is not None
    ]
    number = drafting.draft_survey(session, plan, asked, actor=OPERATOR, now=at or opens)
    operations.publish(session, number, actor=OPERATOR, now=at or opens, keys=keys)
    session.flush()  # slips are made for the published survey
    return number
