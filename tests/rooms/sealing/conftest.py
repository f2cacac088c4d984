"""Surveys with answers for the tests of results: rows written directly, so that thousands cost a second."""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app import access, db, keys
from survey_app.access import Identity, Role
from survey_app.authoring.models import InstrumentRecord
from survey_app.collecting import leaves, stored
from survey_app.collecting.models import Response, SpentCode
from survey_app.fieldwork.models import (
    Channel,
    FrameRow,
    PrintBatch,
    Progress,
    Purpose,
    SlipRow,
    State,
    Survey,
)
from survey_app.questions import document
from survey_app.questions.answers import read_answers
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument, Option, Question
from survey_app.questions.kinds import Kind
from survey_app.rulebooks import pins
from survey_app.sealing import operations
from survey_app.units.models import Unit

#: 09:00 in Vietnam on Monday 1 June 2026; the phones closed the evening before.
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)

_TWO_WAY = (
    Option(SATISFIED, {"vi": "Hài lòng"}, SATISFIED),
    Option(DISSATISFIED, {"vi": "Không hài lòng"}, DISSATISFIED),
)
FORM = Instrument(
    key="thu",
    version=1,
    title={"vi": "Phiếu lấy ý kiến"},
    languages=("vi",),
    level="xa",
    sample=True,
    source="",
    confirmation=None,
    questions=(
        Question("roads", Kind.SATISFACTION, {"vi": "Đường sá"}, options=_TWO_WAY),
        Question("water", Kind.SATISFACTION, {"vi": "Nước sạch"}, options=_TWO_WAY),
        Question("overall", Kind.SATISFACTION, {"vi": "Nhìn chung"}, options=_TWO_WAY, closing=True),
        Question(
            "who",
            Kind.SINGLE_CHOICE,
            {"vi": "Ai trả lời"},
            options=(Option("head", {"vi": "Chủ hộ"}), Option("other", {"vi": "Người khác"})),
        ),
        Question("remarks", Kind.LONG_TEXT, {"vi": "Ý kiến khác"}),
    ),
)
HAPPY = {"roads": SATISFIED, "water": SATISFIED, "overall": SATISFIED}
UNHAPPY = {"roads": DISSATISFIED, "water": DISSATISFIED, "overall": DISSATISFIED}
BLANK: dict[str, object] = {}


@dataclass
class Surveys:
    """Makes surveys of one commune on the test's database."""

    session: Session
    province: Unit = field(init=False)
    commune: Unit = field(init=False)
    instrument: InstrumentRecord = field(init=False)

    def __post_init__(self) -> None:
        self.province = self._unit("98", "province", "tinh", "Thử", None)
        self.commune = self._unit("98001", "commune", "xa", "Mẫu", self.province)
        self.instrument = InstrumentRecord(
            key=FORM.key,
            version=FORM.version,
            document=document.dump(FORM),
            edited_by="operator",
            edited_at=NOW,
            frozen_at=NOW,
            digest=document.digest(FORM),
        )
        self.session.add(self.instrument)
        self.session.commit()

    def make(
        self,
        survey_id: str = "0001",
        *,
        households: dict[str, int] | None = None,
        purpose: Purpose = Purpose.DECISION,
        state: State = State.COUNTING,
        commune: Unit | None = None,
        sealed_after: timedelta = timedelta(0),
    ) -> str:
        """A survey in counting whose window ended now, or in another state, asking in these villages."""
        commune = commune or self.commune
        pin = pins.take(self.session, self.province.id, NOW.year, now=NOW)
        self.session.add(
            Survey(
                id=survey_id,
                unit_id=commune.id,
                instrument_id=self.instrument.id,
                purpose=purpose,
                state=state,
                plan_number="01/KH",
                plan_date=None,
                aim="Xét công nhận xã nông thôn mới",
                contact="Bà Hoa, 0269 000 000",
                opens_at=NOW - timedelta(days=10, hours=9),
                closes_at=NOW - timedelta(hours=9),
                counting_ends_at=NOW if state is State.COUNTING else None,
                phones_closed_at=NOW if state is State.COUNTING else None,
                cover_token=f"bia-{survey_id}",
                created_at=NOW,
                created_by="operator",
                published_at=NOW,
                rulebook_key=pin.key,
                rulebook_version=pin.version,
                rulebook_digest=pin.digest,
                rulebook_chosen=pin.is_chosen,
            )
        )
        self.session.flush()
        for name, count in (households or {}).items():
            village = self.village(name) or self._unit(
                f"{commune.code}{self.session.query(Unit).count():03}", "village", "thon", name, commune
            )
            self.session.add(
                FrameRow(
                    survey_id=survey_id,
                    unit_id=village.id,
                    households=count,
                    source="Danh sách của thôn",
                    as_of=date(2026, 5, 1),
                )
            )
            self.session.flush()
            self.session.add(
                PrintBatch(
                    survey_id=survey_id,
                    id=village.id,
                    unit_id=village.id,
                    slips=count,
                    made_by="operator",
                    made_at=NOW,
                )
            )
        self.session.commit()
        return survey_id

    def village(self, name: str) -> Unit | None:
        return self.session.query(Unit).filter_by(name=name, level="village").first()

    def answer(
        self,
        survey_id: str,
        village: str | None,
        answers: dict[str, object],
        *,
        times: int = 1,
        channel: Channel = Channel.SELF_ONLINE,
    ) -> None:
        """`times` households of the village (None: of the open link) give these answers."""
        unit = self.commune if village is None else self.village(village)
        rows = [self._response(survey_id, unit, channel, answers) for _time in range(times)]
        if not rows:
            return
        self.session.execute(insert(Response), rows)
        if village is not None:
            macs = [secrets.token_bytes(32) for _row in rows]
            self.session.execute(
                insert(SlipRow),
                [
                    {"survey_id": survey_id, "code_mac": mac, "unit_id": unit.id, "print_batch": unit.id}
                    for mac in sorted(macs)
                ],
            )
            self.session.execute(
                insert(SpentCode), [{"survey_id": survey_id, "code_mac": mac} for mac in macs]
            )
        found = self.session.get(Progress, (survey_id, unit.id, channel))
        if found is None:
            found = Progress(survey_id=survey_id, unit_id=unit.id, channel=channel, answered=0)
            self.session.add(found)
        found.answered += times
        self.session.commit()

    def seal(self, survey_id: str = "0001", *, now: datetime = NOW) -> str:
        """Count and seal it as the minute job does."""
        with db.transaction() as current:
            return operations.close_and_seal(current, survey_id, actor="job", now=now, keys=keys.store())

    def person(self, role: Role, unit: Unit | None = None) -> Identity:
        """A person of this role in the commune, or in `unit`."""
        unit = unit or self.commune
        return Identity(user_id=1, name="Cán bộ", role=role, unit_id=unit.id, unit_path=unit.path)

    def sign_in(self, app, role: Role, unit: Unit | None = None) -> None:
        """Let the next requests come from that person."""
        person = self.person(role, unit)
        access.supply_identity(app, lambda: person)

    def _response(self, survey_id: str, unit: Unit, channel: Channel, answers: dict[str, object]) -> dict:
        packed = stored.pack(FORM, read_answers(FORM, answers).answers, {})
        submission = str(uuid.uuid4())
        return {
            "survey_id": survey_id,
            "id": submission,
            "unit_id": unit.id,
            "channel": channel,
            "version": FORM.version,
            "answers": packed,
            "leaf": leaves.leaf(
                survey=survey_id,
                version=FORM.version,
                unit=unit.code,
                channel=channel,
                submission_id=submission,
                answers=packed,
            ),
        }

    def _unit(self, code: str, level: str, kind: str, name: str, parent: Unit | None) -> Unit:
        unit = Unit(
            code=code,
            level=level,
            kind=kind,
            name=name,
            valid_from=date(2025, 7, 1),
            parent_id=parent.id if parent else None,
            path="",
        )
        self.session.add(unit)
        self.session.flush()
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        self.session.flush()
        return unit

    def other_commune(self) -> Unit:
        """A second commune of the province."""
        unit = self._unit("98002", "commune", "xa", "Khác", self.province)
        self.session.commit()
        return unit


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser whose user has just shown who they are."""
    browser = app.test_client()
    with browser.session_transaction() as running:
        running["confirmed_at"] = datetime.now(UTC).timestamp()
    return browser


@pytest.fixture
def surveys(app) -> Surveys:
    """A commune with a frozen form, ready for surveys."""
    return Surveys(db.session())


@pytest.fixture
def linh_cang(surveys: Surveys) -> Surveys:
    """The published village of 2017: 76 households, 72 answered, 71 satisfied with everything."""
    surveys.make(households={"Linh Cang": 76})
    surveys.answer("0001", "Linh Cang", HAPPY, times=60)
    surveys.answer("0001", "Linh Cang", HAPPY, times=11, channel=Channel.PAPER_ENTRY)
    surveys.answer("0001", "Linh Cang", UNHAPPY)
    return surveys
