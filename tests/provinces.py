"""A small province with surveys in any state, for the tests of results and reporting: rows written directly."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.approvals import requests as approvals
from survey_app.authoring.models import InstrumentRecord
from survey_app.campaigns import queries
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.collecting.models import TenMinuteCounter
from survey_app.fieldwork import acts
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import Channel, FrameRow, HourlyProgress, Progress, Purpose, State, Survey
from survey_app.quality.models import SealedParadataRow
from survey_app.questions import document
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument, Option, Question
from survey_app.questions.kinds import Kind
from survey_app.rulebooks import declarations
from survey_app.rulebooks import operations as rulebooks
from survey_app.scoring import tallies
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.tallies import ItemTally, Tally
from survey_app.sealing.models import Seal, TallyRow
from survey_app.units import queries as units
from survey_app.units.models import HouseholdCount, Unit

#: 09:00 in Vietnam on Monday 1 June 2026.
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
YEAR = 2026
DEMO = "mau-trinh-dien"

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
    ),
)


def _tally(satisfied: int, valid: int, blank: int = 0) -> Tally:
    item = {"satisfied": satisfied, "dissatisfied": valid - satisfied, "blank": 0}
    return Tally(
        valid=valid,
        invalid=blank,
        dissatisfied_slips=valid - satisfied,
        satisfied_slips=satisfied,
        items=(ItemTally("roads", **item), ItemTally("water", **item)),
        closing=None,
        options={},
    )


@dataclass
class Province:
    """Makes a province, its communes and their surveys on the test's database."""

    app: Flask
    session: Session
    unit: Unit = field(init=False)
    instrument: InstrumentRecord = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        self.unit = self._unit("98", "province", "tinh", "Thử", None)
        self.instrument = InstrumentRecord(
            key="thu",
            version=1,
            document=document.dump(FORM),
            edited_by="operator",
            edited_at=NOW,
            frozen_at=NOW,
            digest="0" * 64,
        )
        self.session.add(self.instrument)
        self.session.commit()

    def commune(self, name: str, *, kind: str = "xa", households: int | None = 100) -> Unit:
        """A commune with one village, whose households are counted unless `households` is None."""
        made = self._unit(f"98{self._next():03}", "commune", kind, name, self.unit)
        village = self._unit(f"{made.code}001", "village", "thon", "Một", made)
        if households is not None:
            self._count(village, households)
        self.session.commit()
        return made

    def households(self, commune: Unit, households: int) -> None:
        """Have the commune enter the households of its village."""
        self._count(self.session.query(Unit).filter_by(parent_id=commune.id).one(), households)
        self.session.commit()

    def _count(self, village: Unit, households: int) -> None:
        self.session.add(
            HouseholdCount(
                unit_id=village.id,
                households=households,
                source="Danh sách của thôn",
                as_of=date(2026, 1, 1),
                recorded_at=NOW,
                recorded_by="operator",
            )
        )

    def survey(
        self,
        commune: Unit,
        state: State,
        *,
        purpose: Purpose = Purpose.DECISION,
        households: int = 100,
        opens_at: datetime = NOW - timedelta(days=10),
        closes_at: datetime = NOW + timedelta(days=5),
        counting_ends_at: datetime | None = None,
        rehearsal: bool = False,
        answered: dict[Channel, int] | None = None,
        is_copied: bool = True,
    ) -> str:
        """A survey in one village, with answers counted; `is_copied` puts them into the hourly copy too."""
        number = f"{self._next():03}"
        self.session.add(
            Survey(
                id=number,
                unit_id=commune.id,
                instrument_id=self.instrument.id,
                purpose=purpose,
                rehearsal=rehearsal,
                state=state,
                plan_number="01/KH",
                aim="",
                contact="",
                opens_at=opens_at,
                closes_at=closes_at,
                counting_ends_at=counting_ends_at,
                cover_token=f"bia-{number}",
                created_at=NOW,
                created_by="operator",
            )
        )
        self.session.flush()
        village = self.session.query(Unit).filter_by(parent_id=commune.id).first()
        unit_id = village.id if purpose is Purpose.DECISION else commune.id
        if purpose is Purpose.DECISION:
            self.session.add(
                FrameRow(
                    survey_id=number,
                    unit_id=unit_id,
                    households=households,
                    source="Danh sách của thôn",
                    as_of=date(2026, 1, 1),
                )
            )
        for channel, count in (answered or {}).items():
            self.session.add(Progress(survey_id=number, unit_id=unit_id, channel=channel, answered=count))
            if is_copied:
                self.session.add(
                    HourlyProgress(
                        survey_id=number, unit_id=unit_id, channel=channel, answered=count, as_of=NOW
                    )
                )
        self.session.commit()
        return number

    def frame(self, survey_id: str, *, households: int) -> None:
        """Let the village's list hold this many households, whatever the commune's does."""
        self.session.query(FrameRow).filter_by(survey_id=survey_id).update({"households": households})
        self.session.commit()

    def signed(self, commune: Unit, **sealed: object) -> str:
        """A sealed survey that both bodies have signed."""
        return self.sealed(commune, state=State.SIGNED, **sealed)

    def sealed(
        self,
        commune: Unit,
        *,
        satisfied: int = 80,
        valid: int = 80,
        households: int = 100,
        by_phone: int | None = None,
        sealed_at: datetime = NOW - timedelta(days=2),
        crowd: int = 0,
        network: tuple[int, int] = (0, 0),
        state: State = State.SEALED,
        blank_by_phone: int = 0,
        confirmed: bool = False,
        digest: str = "0" * 64,
        **survey: object,
    ) -> str:
        """A sealed survey of two scored items, each with `satisfied` of `valid` slips, and of slips left blank.

        `crowd` answers came in the same ten minutes, and n of `network` from one network.
        """
        times = {"closes_at": sealed_at - timedelta(days=1), "opens_at": sealed_at - timedelta(days=9)}
        number = self.survey(commune, state, households=households, **(times | survey))
        self.session.get_one(Survey, number).confirmed = confirmed
        phones = valid if by_phone is None else by_phone
        on_phone = _tally(min(satisfied, phones), phones, blank_by_phone)
        on_paper = _tally(satisfied - min(satisfied, phones), valid - phones)
        channels = {
            Channel.SELF_ONLINE.value: on_phone.answered,
            Channel.PAPER_ENTRY.value: on_paper.answered,
        }
        by_channel = {Channel.SELF_ONLINE: on_phone, Channel.PAPER_ENTRY: on_paper}
        tally = tallies.add(by_channel.values())
        self._counted(number, commune, by_channel, sealed_at, crowd, network)
        self.session.add(
            Seal(
                survey_id=number,
                sealed_at=sealed_at,
                sealed_by="operator",
                document={
                    "unit": commune.code,
                    "purpose": "decision",
                    "rehearsal": bool(survey.get("rehearsal", False)),
                    "households": households,
                    "answered": tally.answered,
                    "tally": tallies.dump(tally),
                    "channels": channels,
                },
                salt="0" * 32,
                digest=digest,
                signature="0" * 128,
            )
        )
        for channel, count in channels.items():
            if count:
                self.session.add(
                    HourlyProgress(
                        survey_id=number,
                        unit_id=commune.id,
                        channel=Channel(channel),
                        answered=count,
                        as_of=NOW,
                    )
                )
        self.session.commit()
        return number

    def _counted(
        self,
        number: str,
        commune: Unit,
        by_channel: dict[Channel, Tally],
        sealed_at: datetime,
        crowd: int,
        network: tuple[int, int],
    ) -> None:
        """What sealing keeps of the one village; flushed, because nothing is added after the seal."""
        village = self.session.query(Unit).filter_by(parent_id=commune.id).one()
        for channel, tally in by_channel.items():
            row = TallyRow(survey_id=number, unit_id=village.id, channel=channel, tally=tallies.dump(tally))
            self.session.add(row)
        for unit, sign, (n, of) in ((commune, "F9", (0, 0)), (village, "F6", network)):
            self.session.add(
                SealedParadataRow(survey_id=number, unit_id=unit.id, sign=sign, n=n, of=of, rarity=0)
            )
        if crowd:
            self.session.add(
                TenMinuteCounter(
                    survey_id=number,
                    unit_id=village.id,
                    ten_minutes=sealed_at - timedelta(days=3),
                    fast=False,
                    answers=crowd,
                )
            )
            for place in range(1, 4):
                at = sealed_at - timedelta(days=3, hours=place)
                self.session.add(
                    TenMinuteCounter(
                        survey_id=number, unit_id=village.id, ten_minutes=at, fast=False, answers=1
                    )
                )
        self.session.flush()

    def ask_front(self, survey_id: str, commune: Unit) -> None:
        """Have the commune's officer ask the Front to approve the draft."""
        officer = User(
            email="an@thu",
            name="Nguyễn Văn An",
            password_hash=None,
            role=Role.COMMUNE,
            unit_id=commune.id,
            created_at=NOW,
        )
        self.session.add(officer)
        self.session.flush()
        approvals.request_approval(
            self.session,
            act=Act.PUBLISH,
            subject=acts.subject(survey_id),
            unit_id=commune.id,
            payload={},
            reason="",
            by=Identity(officer.id, officer.name, Role.COMMUNE, commune.id, commune.path),
            now=NOW,
        )
        self.session.commit()

    def offer(self, commune: Unit, year: int = YEAR) -> None:
        """Tick one essential service."""
        with db.transaction() as current:
            rulebooks.tick_services(
                current, commune.id, year, {"health": "hue.example.vn"}, actor="operator", now=NOW
            )

    def declare(self, commune: Unit, year: int = YEAR) -> None:
        """What the commune says of its use of information technology."""
        with db.transaction() as current:
            declarations.declare(
                current, commune.id, year, what="Một cửa điện tử", evidence="12/BC", actor="operator", now=NOW
            )

    def accept(self, commune: Unit, year: int = YEAR) -> None:
        """Accept what the commune declared."""
        with db.transaction() as current:
            found = declarations.of_year(current, commune.path, year)[commune.id]
            declarations.decide(
                current,
                commune.id,
                year,
                is_accepted=True,
                reason="",
                seen=declarations.mark(found),
                actor="operator",
                now=NOW,
            )

    def recognise(self, commune: Unit, *, indicator: str = "8.4", on: date = date(2024, 5, 6)) -> None:
        """Note an earlier decision."""
        with db.transaction() as current:
            rulebooks.record_recognition(
                current,
                commune.id,
                indicator,
                decision_number="12/QĐ-UBND",
                decided_on=on,
                actor="operator",
                now=NOW,
            )

    def use(self, key: str = DEMO) -> None:
        """Report the year against a rule book."""
        with db.transaction() as current:
            rulebooks.use_framework(current, self.unit.id, YEAR, key, actor="operator", now=NOW)

    def board(
        self,
        year: int = YEAR,
        *,
        now: datetime = NOW,
        audience: Audience = Audience.EXACT,
        is_live: bool = False,
    ) -> Board:
        """The province's board, read afresh."""
        self.session.rollback()
        province = units.unit(self.session, self.unit.id)
        return queries.board(self.session, province, year, now, audience=audience, is_live=is_live)

    def row(self, commune: Unit, **board: object) -> BoardRow:
        """The commune's row of the board."""
        code = commune.code
        return next(row for row in self.board(**board).rows if row.unit.code == code)

    def sign_in(self, role: Role = Role.PROVINCE, unit: Unit | None = None) -> None:
        """Have the next requests come from somebody with this role."""
        place = unit or self.unit
        person = Identity(1, "Nguyễn Văn An", role, place.id, place.path)
        access.supply_identity(self.app, lambda: person)

    def _unit(self, code: str, level: str, kind: str, name: str, parent: Unit | None) -> Unit:
        made = Unit(
            code=code,
            level=level,
            kind=kind,
            name=name,
            valid_from=date(2025, 7, 1),
            parent_id=parent.id if parent else None,
            path="",
        )
        self.session.add(made)
        self.session.flush()
        made.path = f"{parent.path if parent else '/'}{made.id}/"
        self.session.flush()
        return made

    def _next(self) -> int:
        self.made += 1
        return self.made


@pytest.fixture
def province(app: Flask) -> Province:
    return Province(app, db.session())
