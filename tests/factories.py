"""What many tests begin with: a commune with villages, a survey in some state, slips, and a signed-in person.

Fixtures; the `conftest.py` of a folder imports those that its tests need, and a module may make its own of the same name.
"""

import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey_app import access, authoring, db
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.audit import OPERATOR
from survey_app.authoring import operations as authoring_operations
from survey_app.authoring import queries as instruments
from survey_app.authoring.models import InstrumentRecord
from survey_app.collecting import tickets
from survey_app.fieldwork import batches, calendar, codes, drafting, operations, queries
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.keys import store
from survey_app.questions import document
from survey_app.sealing import operations as results
from survey_app.units import operations as unit_operations
from survey_app.units import queries as units
from survey_app.units.lines import HouseholdLine
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView

_LIBRARY = Path(authoring.__file__).parent / "library"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Commune:
    """A commune of an invented province, and its villages by name."""

    province: UnitView
    unit: UnitView
    villages: dict[str, UnitView]


@pytest.fixture
def make_commune(app: Flask) -> Callable[..., Commune]:
    """Make a commune with villages and their households; another call makes another commune of the same province."""

    def make(code: str = "98001", name: str = "Mẫu", /, **households: int) -> Commune:
        now = datetime.now(UTC)
        with db.transaction() as current:
            province = current.query(Unit).filter_by(code="98").one_or_none()
            province = province or add_unit(current, "98", "province", "tinh", "Thử", None)
            commune = units.view(add_unit(current, code, "commune", "xa", name, province))
            lines = [
                HouseholdLine(commune, village, "lang", count, "Báo cáo của xã", date(2026, 1, 31))
                for village, count in (households or {"Phung": 20, "Bang": 12}).items()
            ]
            unit_operations.record_households(current, lines, actor=OPERATOR, now=now)
            _put_library(current, now)
            found = units.villages(current, commune.id, units.civil(now))
            return Commune(
                units.view(province), commune, {village.unit.name: village.unit for village in found}
            )

    return make


@pytest.fixture
def commune(make_commune: Callable[..., Commune]) -> Commune:
    """A commune of two villages, where a test has no other in mind."""
    return make_commune()


@pytest.fixture
def make_survey(app: Flask) -> Callable[..., SurveyView]:
    """Make a survey of a commune in any state, by the acts that lead there."""

    def make(
        commune: Commune,
        state: State = State.OPEN,
        *,
        purpose: Purpose = Purpose.DECISION,
        rehearsal: bool = False,
        form: str = "xa-ntm",
        opens_at: datetime | None = None,
        closes_at: datetime | None = None,
    ) -> SurveyView:
        now = datetime.now(UTC)
        late = state in {State.DRAFT, State.PUBLISHED}
        opens_at = opens_at or calendar.opening(units.civil(now) + (_DAY if late else -2 * _DAY))
        with db.transaction() as current:
            plan = drafting.SurveyDraft(
                unit_id=commune.unit.id,
                instrument_id=instruments.latest_frozen(current, form).id,
                purpose=purpose,
                rehearsal=rehearsal,
                plan_number="12/KH-MTTQ",
                plan_date=date(2026, 5, 20),
                aim="Để xét công nhận xã nông thôn mới.",
                contact="Bà Hoa, 0269 000 000",
                opens_at=opens_at,
                closes_at=closes_at or calendar.closing(units.civil(now) + 7 * _DAY),
            )
            asked = [
                drafting.Asked(village.unit.id, village.households, village.source, village.as_of)
                for village in units.villages(current, commune.unit.id, units.civil(now))
                if village.households is not None and village.as_of is not None
            ]
            frame = asked if purpose is Purpose.DECISION else []
            number = drafting.draft_survey(current, plan, frame, actor=OPERATOR, now=now)
            if state is not State.DRAFT:
                operations.publish(current, number, actor=OPERATOR, now=now, keys=store())
        return advance(number, state)

    return make


def advance(number: str, state: State) -> SurveyView:
    """Bring a published survey to a later state."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        if state is State.COUNTING:
            survey = current.get_one(Survey, number)
            operations.end_phones(current, survey, now=now, keying=Keying(5), actor=OPERATOR)
        elif state is State.SEALED:
            results.close_and_seal(current, number, actor=OPERATOR, now=now, keys=store())
        elif state is State.ANNULLED:
            operations.annul(current, number, reason="Phát sai phiếu", actor=OPERATOR, now=now)
    return queries.survey(db.session(), number)


@pytest.fixture
def move_on(app: Flask) -> Callable[[SurveyView, State], SurveyView]:
    """Bring a published survey to counting, sealed or annulled."""
    return lambda survey, state: advance(survey.id, state)


@pytest.fixture
def hand_out(app: Flask) -> Callable[..., tuple[str, ...]]:
    """Make slips of a survey for a village; their codes as printed."""

    def make(survey: SurveyView, village: UnitView, count: int = 1) -> tuple[str, ...]:
        with db.transaction() as current:
            batch = batches.make_slips(
                current, survey.id, village.id, count,
                spare_percent=5, actor=OPERATOR, now=datetime.now(UTC), keys=store(),
            )  # fmt: skip
        return batch.codes

    return make


@pytest.fixture
def make_form(app: Flask) -> Callable[..., str]:
    """Freeze a form that asks what `xa-ntm` asks and the given questions before it; its key."""

    def make(*questions: dict[str, Any], key: str = "thu") -> str:
        content = json.loads((_LIBRARY / "xa-ntm.json").read_text(encoding="utf-8"))
        content |= {"key": key, "questions": [*questions, *content["questions"]]}
        content = document.dump(document.load(content))
        with db.transaction() as current:
            record = InstrumentRecord(
                key=key,
                version=content["version"],
                document=content,
                edited_by=OPERATOR,
                edited_at=datetime.now(UTC),
                frozen_at=datetime.now(UTC),
                digest=document.digest(document.load(content)),
            )
            current.add(record)
        return key

    return make


@pytest.fixture
def sign_in(app: Flask, client: FlaskClient) -> Callable[[Role, UnitView], FlaskClient]:
    """Continue with the client as a person of that role on that unit; the same person at every call."""

    def enter(role: Role, unit: UnitView, name: str = "") -> FlaskClient:
        email = f"{role}-{unit.code}{name}@thu"
        with db.transaction() as current:
            user = current.query(User).filter_by(email=email).one_or_none()
            if user is None:
                user = User(
                    email=email,
                    name=f"Bà {role.value}",
                    role=role,
                    unit_id=unit.id,
                    created_at=datetime.now(UTC),
                )
                current.add(user)
                current.flush()
            person = Identity(user.id, user.name, role, unit.id, unit.path)
        g.pop("identity", None)
        access.supply_identity(app, lambda: person)
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()
        return client

    return enter


@pytest.fixture
def survey(commune: Commune, make_survey: Callable[..., SurveyView]) -> SurveyView:
    """An open survey of that commune."""
    return make_survey(commune)


@pytest.fixture
def slip(commune: Commune, survey: SurveyView, hand_out: Callable[..., tuple[str, ...]]) -> str:
    """The printed code of a slip of its first village."""
    return hand_out(survey, commune.villages["Phung"])[0]


@pytest.fixture
def clerk(commune: Commune, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Who keys its paper."""
    return sign_in(Role.CLERK, commune.unit)


@pytest.fixture
def officer(commune: Commune, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Its officer."""
    return sign_in(Role.COMMUNE, commune.unit)


@pytest.fixture
def submission() -> Callable[..., dict[str, Any]]:
    """The body of an answer for the machine interface."""

    def make(**changes: Any) -> dict[str, Any]:
        body = {
            "submission_id": str(uuid.uuid4()),
            "channel": "self_online",
            "answers": {"planning": "satisfied", "transport": "dissatisfied"},
        }
        return body | changes

    return make


#: The shipped forms as the product put them into the first database of this process, without their numbers.
_SHIPPED: list[dict[str, Any]] = []


def _put_library(current: Session, now: datetime) -> None:
    """The shipped forms, frozen; after the first time without reading and checking their files again."""
    forms = InstrumentRecord.__table__
    there = set(current.scalars(select(forms.c.key)))
    if _SHIPPED and not there:
        current.execute(insert(forms), [{**row, "edited_at": now, "frozen_at": now} for row in _SHIPPED])
    elif not _SHIPPED or not there.issuperset(row["key"] for row in _SHIPPED):
        authoring_operations.load_library(current, now)
        if not there:
            columns = [column for column in forms.c if column is not forms.c.id]
            found = current.execute(select(*columns).order_by(forms.c.id)).mappings()
            _SHIPPED.extend(dict(row) for row in found)


def altered(ticket: str) -> str:
    """A ticket with another letter within its signature: the bits of the very last one are not all read."""
    return ticket[:-6] + ("a" if ticket[-6] != "a" else "b") + ticket[-5:]


def ticket_of(code: str, moment: datetime) -> str:
    """The ticket of a slip whose form was opened at that moment."""
    plain = codes.normalise(code)
    number = codes.survey_of(plain)
    return tickets.issue(store(), number, codes.mac(store().pepper(number), number, plain), moment)


def add_unit(current: Any, code: str, level: str, kind: str, name: str, parent: Unit | None) -> Unit:
    row = Unit(
        code=code, level=level, kind=kind, name=name, parent_id=parent and parent.id,
        valid_from=date(2025, 7, 1), path=secrets.token_hex(4),
    )  # fmt: skip
    current.add(row)
    current.flush()  # paths are made of ids
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    current.flush()
    return row
