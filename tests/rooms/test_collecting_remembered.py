"""Forms and surveys that a process remembers: what anybody changes is seen by the next who looks."""

import gzip
from datetime import UTC, date, datetime, timedelta

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from survey_app import db
from survey_app.collecting import networks, operations, queries
from survey_app.collecting.models import NetworkCounter, TenMinuteCounter
from survey_app.fieldwork import codes
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Channel, Progress, Survey
from survey_app.keys import store
from survey_app.units.models import Unit
from tests.pages import Page

pytestmark = pytest.mark.both_engines(long="postgresql")

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@pytest.fixture
def slips(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 4)


def change(table, row_id, **values):
    with db.transaction() as current:
        current.execute(update(table).where(table.id == row_id).values(**values))


@pytest.mark.parametrize(
    "changed",
    [{"contact": "Ông Nam, 0269 111 111"}, {"aim": "Việc khác."}, {"plan_number": "99/KH"},
     {"plan_date": date(2026, 6, 1)}, {"confirmed": True}, {"rehearsal": True}, {"closes_at": NOW + timedelta(90)}],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
@pytest.mark.both_engines
def test_a_changed_survey_is_shown_changed_at_once(client, survey, slips, changed):
    before = client.get(f"/k/{slips[0]}").text

    change(Survey, survey.id, **changed)

    assert Page(client.get(f"/k/{slips[0]}").text).text("p") != Page(before).text("p")
    found = queries.look_up(db.session(), codes.normalise(slips[0]), store(), "", NOW)
    assert found.survey == surveys.survey(db.session(), survey.id)


@pytest.mark.parametrize("level", ["commune", "village"])
def test_a_renamed_unit_is_shown_renamed_at_once(client, commune, slips, level):
    client.get(f"/k/{slips[0]}")
    unit = commune.unit if level == "commune" else commune.villages["Phung"]

    change(Unit, unit.id, name="Đổi Tên")

    assert "Đổi Tên" in client.get(f"/k/{slips[0]}").text


def test_two_readers_have_the_same_form_with_fields_of_their_own(client, slips):
    one, other = (Page(client.get(f"/k/{slips[0]}").text).form().data() for _reader in range(2))

    assert one.keys() == other.keys()
    assert one["_id"] != other["_id"]


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("gzip, deflate, br, zstd", "br", brotli.decompress), ("gzip, deflate", "gzip", gzip.decompress),
     ("br;q=0, gzip", "gzip", gzip.decompress), ("", None, bytes), ("identity", None, bytes)],
)  # fmt: skip
def test_each_browser_gets_the_form_in_an_encoding_it_takes(app, slips, accepted, encoding, unpack):
    reply = FlaskClient(app).get(f"/k/{slips[0]}", headers={"Accept-Encoding": accepted})

    assert reply.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert unpack(reply.data).decode().rstrip().endswith("</main>"), (
        "the whole page; two end tags are left to the browser"
    )


@pytest.mark.both_engines
def test_an_answer_is_taken_in_few_statements(client, slips, statements, app, submission):
    for code in slips[:2]:
        statements.clear()
        client.post("/api/v1/submissions", json=submission(code=code))

    looked_up, *taken = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert "FROM" in looked_up
    assert len(taken) == {"postgresql": 2, "sqlite": 6}[db.database.engine.dialect.name]


@pytest.mark.both_engines
def test_everything_is_counted_with_an_answer_and_nothing_with_a_repeated_one(survey, commune, slips):
    answers = dict.fromkeys((question.key for question in survey.instrument.scored), "satisfied")
    with db.transaction() as current:
        doors = [queries.slip_door(current, survey, codes.normalise(code), store()) for code in slips[:3]]
    sent = [
        operations.Submission(f"00000000-0000-4000-8000-00000000000{n}", answers, Channel.SELF_ONLINE, network=network)
        for n, network in enumerate(["10.0.0.0/24", "10.0.0.0/24", None])
    ]  # fmt: skip

    for door, submission in [*zip(doors, sent, strict=True), (doors[0], sent[0])]:
        with db.transaction() as current:
            operations.record_response(current, door, submission, now=NOW, keys=store())

    current = db.session()
    assert current.scalar(select(func.sum(Progress.answered))) == 3
    assert current.scalar(select(func.sum(TenMinuteCounter.answers))) == 3
    groups = current.scalars(select(NetworkCounter.answers)).one()
    assert sorted(groups) == [0] * (networks.GROUPS - 1) + [2]
