"""Sealed rows: counted again they give the same, and who changes one is refused or found out."""

import json
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.collecting.models import Response, SealedResponse
from survey_app.fieldwork import frames
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import Survey
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.sealing import counting, queries, triggers
from survey_app.sealing.models import Seal, TallyRow
from tests.rooms.sealing.test_sealing_seal import histories, verify, without_triggers

pytestmark = pytest.mark.both_engines


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_every_history_is_counted_the_same_when_sealed_and_when_verified(surveys, history):
    survey_id = f"{db.session().scalar(select(func.count()).select_from(Survey)) + 1:03}"
    surveys.make(survey_id, households={"Một": 30, "Hai": 30})
    for village, channel, answers in history:
        surveys.answer(survey_id, village, answers, channel=channel)
    surveys.seal(survey_id)

    counted = queries.scorecard(db.session(), survey_id).commune.tally
    valid = [slip for _village, _channel, slip in history if slip["roads"] or slip["water"]]
    roads = Counter(slip["roads"] for slip in valid)
    assert (counted.valid, counted.invalid) == (len(valid), len(history) - len(valid))
    assert (counted.items[0].satisfied, counted.items[0].dissatisfied, counted.items[0].blank) == (
        roads[SATISFIED],
        roads[DISSATISFIED],
        roads[None],
    )
    assert verify(survey_id).equal


def test_the_order_of_answers_does_not_change_a_count(linh_cang):
    linh_cang.answer("0001", "Linh Cang", {"roads": SATISFIED, "who": "head", "remarks": "Tốt"}, times=2)
    survey = fieldwork.survey(db.session(), "0001")
    codes = counting.unit_codes(survey, frames.frame(db.session(), "0001"))
    answers = list(counting.raw_answers(db.session(), Response, "0001"))
    first = counting.count(survey, codes, answers)

    for _time in range(5):
        random.SystemRandom().shuffle(answers)
        assert counting.count(survey, codes, answers) == first


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        pytest.param("UPDATE sealed_responses SET leaf = :other WHERE id = :id", "{id}", id="leaf"),
        pytest.param("UPDATE sealed_responses SET answers = :answers WHERE id = :id", "{id}", id="answer"),
        pytest.param("UPDATE sealed_responses SET channel = 'meeting' WHERE id = :id", "{id}", id="channel"),
        pytest.param("UPDATE sealed_responses SET version = 2 WHERE id = :id", "{id}", id="version"),
        pytest.param("UPDATE sealed_responses SET unit_id = 1 WHERE id = :id", "{id}", id="moved"),
        pytest.param("DELETE FROM sealed_responses WHERE id = :id", "tally.", id="removed"),
        pytest.param(
            "UPDATE tallies SET tally = :tally WHERE channel = 'paper_entry'", "tally.valid", id="tally"
        ),
        pytest.param("DELETE FROM tallies WHERE channel = 'paper_entry'", "paper_entry", id="tally-removed"),
        pytest.param("UPDATE seals SET document = :document", "tally", id="document"),
        pytest.param("UPDATE seals SET salt = :other", "tables.exact", id="salt"),
        pytest.param("UPDATE frames SET households = 75", "frame.0.households", id="frame"),
        pytest.param("UPDATE seals SET digest = :other", "", id="digest"),
        pytest.param("UPDATE seals SET signature = :other", "", id="signature"),
    ],
)
def test_who_changes_a_sealed_row_is_found_out_and_the_place_is_named(linh_cang, statement, named):
    linh_cang.seal()
    session = db.session()
    paper = session.scalars(select(TallyRow).where(TallyRow.channel == "paper_entry")).one()
    document = session.scalars(select(Seal.document)).one()
    chosen = session.scalars(
        select(SealedResponse.id).where(SealedResponse.channel == "self_online").order_by(SealedResponse.id)
    ).first()
    values = {
        "id": chosen,
        "other": "ab" * 32,
        "answers": json.dumps({"roads": SATISFIED, "water": None}),
        "tally": json.dumps(paper.tally | {"valid": 12}),
        "document": json.dumps(document | {"tally": document["tally"] | {"invalid": 1}}),
    }
    without_triggers(statement, **{key: value for key, value in values.items() if f":{key}" in statement})

    found = verify()
    assert not found.equal
    assert named.format(id=chosen) in found.first_difference


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealed_responses SET channel = 'meeting'",
        "DELETE FROM sealed_responses",
        "INSERT INTO sealed_responses (survey_id, id, unit_id, channel, version, answers, leaf)"
        " VALUES ('0001', 'x', 1, 'meeting', 1, '{}', 'x')",
        "UPDATE tallies SET channel = 'meeting'",
        "DELETE FROM tallies",
        "INSERT INTO tallies (survey_id, unit_id, channel, tally) VALUES ('0001', 1, 'meeting', '{}')",
        "UPDATE sealed_units SET printed = 'x'",
        "DELETE FROM sealed_units",
        "UPDATE seals SET digest = 'x'",
        "DELETE FROM seals",
    ],
)
def test_the_database_refuses_to_change_what_is_sealed(linh_cang, statement):
    linh_cang.seal()

    with pytest.raises(DBAPIError, match="seal"), db.transaction() as current:
        current.execute(text(statement.replace(":", "\\:")))


def test_postgresql_refuses_to_empty_a_sealed_table(linh_cang):
    linh_cang.seal()
    if db.database.engine.dialect.name == "sqlite":
        return

    with pytest.raises(DBAPIError, match="sealed"), db.transaction() as current:
        current.execute(text("TRUNCATE sealed_responses"))


def test_the_triggers_in_the_database_are_those_of_the_module(app):
    dialect = db.database.engine.dialect.name
    catalogue = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if dialect == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )

    found = set(db.session().scalars(text(catalogue)))
    mine = {name for name in found if name.startswith(triggers.TABLES)}
    assert mine == triggers.names(dialect)
    assert set(triggers.FINAL_TABLES) <= set(inspect(db.database.engine).get_table_names())
