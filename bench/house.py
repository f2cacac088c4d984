"""An installation to measure: its own instance folder, register, forms, and a commune that is asked.

Everything goes through the operations of the product. Names and numbers are invented.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
from flask import Flask

from bench import databases
from bench.databases import Database
from survey_app import db, key_marks
from survey_app.app import create_app
from survey_app.audit import OPERATOR
from survey_app.authoring import operations as authoring
from survey_app.authoring import queries as instruments
from survey_app.collecting import operations as collecting
from survey_app.collecting.queries import slip_door
from survey_app.config import load_settings
from survey_app.fieldwork import batches, calendar, codes, drafting, operations
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Channel, Purpose
from survey_app.keys import KeyStore
from survey_app.questions.instrument import SATISFIED, Instrument
from survey_app.units import operations as units_operations
from survey_app.units import queries as units
from survey_app.units import reforms
from survey_app.units.lines import HouseholdLine
from survey_app.units.queries import UnitView

PROVINCE = "52"
COMMUNE = "23764"
SOURCE = "DỮ LIỆU ĐO"
_INSTRUMENT = "xa-ntm-nang-cao"


@dataclass(frozen=True, slots=True)
class House:
    """One installation. `instance` is its folder, for servers started beside it."""

    app: Flask
    database: Database
    instance: Path

    @property
    def keys(self) -> KeyStore:
        found: KeyStore = self.app.extensions["keys"]
        return found


@contextmanager
def house(database_name: str, now: datetime) -> Iterator[House]:
    """A migrated installation with the register and the shipped forms, inside an application context."""
    with TemporaryDirectory(prefix="bench-") as name, databases.fresh(database_name, Path(name)) as database:
        folder = Path(name)
        (folder / "settings.toml").write_text(f'database_url = "{database.url}"\n', encoding="utf-8")
        app = create_app(load_settings(folder))
        with app.app_context():
            flask_migrate.upgrade()
            with db.transaction() as current:
                key_marks.create(current, app.extensions["keys"], now=now)
            app.secret_key = app.extensions["keys"].session_secret()
            with db.transaction() as current:
                reforms.import_register(current, now=now)
                authoring.load_library(current, now)
            yield House(app, database, folder)
            db.session().close()
            db.database.engine.dispose()


def commune(now: datetime) -> UnitView:
    """The commune that is asked."""
    return units.unit_by_code(db.session(), COMMUNE, units.civil(now))


def survey(
    house: House,
    asked: UnitView,
    *,
    villages: int,
    households: int,
    opens: datetime,
    days: int,
    slips: bool = True,
) -> tuple[str, tuple[str, ...]]:
    """A published decision survey of `asked`, and a code for each household; none without `slips`."""
    opening, closing = (
        calendar.opening(units.civil(opens)),
        calendar.closing(units.civil(opens + timedelta(days=days))),
    )
    lines = [
        HouseholdLine(asked, str(number), "thon", households, SOURCE, units.civil(opens) - timedelta(days=30))
        for number in range(1, villages + 1)
    ]
    with db.transaction() as current:
        recorded = units_operations.record_households(current, lines, actor=OPERATOR, now=opens)
        plan = drafting.SurveyDraft(
            unit_id=asked.id,
            instrument_id=instruments.latest_frozen(current, _INSTRUMENT).id,
            purpose=Purpose.DECISION,
            rehearsal=False,
            plan_number="01/KH-ĐO",
            plan_date=None,
            aim="",
            contact="Ban Thường trực UBMTTQ xã, 0269 000 000",
            opens_at=opening,
            closes_at=closing,
        )
        frame = [drafting.Asked(row.unit_id, row.households, row.source, row.as_of) for row in recorded]
        number = drafting.draft_survey(current, plan, frame, actor=OPERATOR, now=opens)
        operations.publish(current, number, actor=OPERATOR, now=opens, keys=house.keys)
        current.flush()  # slips are made for the published survey
        printed: list[str] = []
        for line in frame if slips else ():
            printed += batches.make_slips(
                current,
                number,
                line.unit_id,
                households,
                spare_percent=0,
                actor=OPERATOR,
                now=opens,
                keys=house.keys,
            ).codes
    return number, tuple(printed)


def answer(house: House, number: str, printed: Sequence[str], now: datetime) -> None:
    """Answers to every code, all satisfied, one in ten on paper."""
    with db.transaction() as current:
        asked = surveys.survey(current, number)
        answers = dict.fromkeys((question.key for question in asked.instrument.scored), SATISFIED)
        for position, code in enumerate(printed):
            door = slip_door(current, asked, codes.normalise(code), house.keys)
            channel = Channel.PAPER_ENTRY if position % 10 == 0 else Channel.SELF_ONLINE
            submission = collecting.Submission(id=str(uuid.uuid4()), answers=answers, channel=channel)
            collecting.record_response(current, door, submission, now=now, keys=house.keys)


def instrument() -> Instrument:
    """The form of every survey here."""
    found = instruments.latest_frozen(db.session(), _INSTRUMENT).instrument
    if found is None:
        raise ValueError(f"{_INSTRUMENT} has problems")
    return found
