"""What the attacks begin with: a survey that 500 households answered one by one, and the truth to hold guesses against."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey_app import db, keys, throttle
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.approvals import deciding
from survey_app.audit import OPERATOR
from survey_app.collecting import operations, queries
from survey_app.collecting.operations import Submission
from survey_app.fieldwork import codes, frames
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.models import Channel
from survey_app.fieldwork.queries import SurveyView
from survey_app.privacy import erasing
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.sealing import annulling, schedule
from survey_app.sealing import operations as results
from survey_app.units.queries import UnitView
from tests.factories import Commune, hand_out, make_commune, make_form, make_survey, sign_in, submission
from tests.layouts import undrawn
from tests.opening import open_files_here

__all__ = [
    "hand_out", "make_commune", "make_form", "make_survey", "open_files_here", "sign_in", "submission", "undrawn",
]  # fmt: skip

#: Pairs of a code and an answer that an attacker looks for.
PAIRS = 500
#: Where households send from.
NETWORKS = ("203.0.113.0/24", "198.51.100.0/24", "2001:db8:77::/48")


@dataclass(frozen=True)
class Pair:
    """What nobody may find out: which answer came with which code."""

    code: str
    mac: bytes
    id: str
    leaf: str
    receipt: str


@dataclass(frozen=True)
class Fielded:
    """A survey with its slips in the order of printing, and its pairs in the order in which they came."""

    survey: SurveyView
    commune: Commune
    printed: tuple[str, ...]
    pairs: tuple[Pair, ...]

    def mac(self, code: str) -> bytes:
        """What is stored for a printed code."""
        return codes.mac(keys.store().pepper(self.survey.id), self.survey.id, codes.normalise(code))

    def seal(self) -> None:
        """Close, count, seal and erase, as the operator's command does."""
        with db.transaction() as current:
            results.close_and_seal(
                current, self.survey.id, actor=OPERATOR, now=datetime.now(UTC), keys=keys.store()
            )
        erasing.after_sealing(db.database.engine)

    def annul(self) -> None:
        """Two bodies set the answers of the village aside, and what they leave behind is erased, as their page does."""
        unit = self.commune.unit
        village, now = self.commune.villages["Phung"], datetime.now(UTC)
        with db.transaction() as current:
            asking, agreeing = (_person(current, role, unit) for role in (Role.FRONT_COMMUNE, Role.COMMUNE))
            line = frames.frame_line(current, self.survey.id, village.code)
            asked = annulling.request(current, self.survey, line, reason="Sai", by=asking, now=now)
            deciding.decide(current, asked, approved=True, reason="", by=agreeing, now=now)
        erasing.erase_owed(db.database.engine, now, actor=OPERATOR)

    def cancel(self) -> None:
        """Cancel the whole survey before its seal; then the minute job comes by."""
        now = datetime.now(UTC)
        with db.transaction() as current:
            fieldwork.annul(current, self.survey.id, reason="Sai", actor=OPERATOR, now=now)
        schedule.set_aside_cancelled(now)
        erasing.erase_owed(db.database.engine, now, actor=OPERATOR)


def _person(current: Session, role: Role, unit: UnitView) -> Identity:
    user = User(
        email=f"{role}-{unit.code}", name="Bà", role=role, unit_id=unit.id, created_at=datetime.now(UTC)
    )
    current.add(user)
    current.flush()
    return Identity(user.id, user.name, role, unit.id, unit.path)


@pytest.fixture
def field(make_commune, make_survey, hand_out) -> Callable[..., Fielded]:
    """Have 500 households of one village answer in random order, while another commune's survey goes on.

    The other survey is open before, during and after: its rows lie among those of the first, as in a province.
    """
    others = make_commune("98009", "Bên", Khac=80)
    beside = make_survey(others)
    waiting = list(hand_out(beside, others.villages["Khac"], 80))

    def make(number: int = 1, pairs: int = PAIRS) -> Fielded:
        commune = make_commune(f"9800{number}", f"Mẫu {number}", Phung=pairs)
        survey = make_survey(commune)
        printed = hand_out(survey, commune.villages["Phung"], pairs)
        arriving = list(printed)
        random.SystemRandom().shuffle(arriving)
        found = []
        for place, code in enumerate(arriving):
            found.append(answer(survey, code))
            if place % 20 == 0:
                answer(beside, waiting.pop())
            if place % 100 == 0:
                _an_hour_passes(place)
        answer(beside, waiting.pop())
        return Fielded(survey, commune, printed, tuple(found))

    return make


def answer(survey: SurveyView, code: str, channel: Channel = Channel.SELF_ONLINE) -> Pair:
    """One household answers with a printed code, in a transaction of its own."""
    plain = codes.normalise(code)
    answers = {
        question.key: random.choice((SATISFIED, SATISFIED, DISSATISFIED, None))
        for question in survey.instrument.scored
    }
    sent = Submission(str(uuid.uuid4()), answers, channel, network=random.choice(NETWORKS))
    with db.transaction() as current:
        door = queries.slip_door(current, survey, plain, keys.store())
        receipt = operations.record_response(current, door, sent, now=datetime.now(UTC), keys=keys.store())
    assert door.code_mac is not None
    return Pair(code, door.code_mac, sent.id, receipt.leaf, receipt.printed)


def _an_hour_passes(hours: int) -> None:
    """The screens get new counts, and somebody mistypes a code."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        fieldwork.copy_progress(current, now + timedelta(hours=hours))
        throttle.record_failure(current, f"somebody {hours}", now)


@pytest.fixture
def settings(app: Flask):
    """The settings of the application under attack."""
    return app.extensions["settings"]
