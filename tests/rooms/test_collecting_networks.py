"""Groups of networks: what is counted, what hides a network, and when all of it is forgotten."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from survey_app import db, jobs
from survey_app.collecting import networks, operations, queries
from survey_app.collecting.models import NetworkCounter
from survey_app.collecting.operations import Submission
from survey_app.fieldwork import codes, meetings
from survey_app.fieldwork.models import Channel, Purpose, State
from survey_app.keys import store
from survey_app.scoring.paradata import Network

pytestmark = pytest.mark.both_engines(long="postgresql")

NETWORK = "203.0.113.0/24"


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=100, Bang=100)


@pytest.fixture
def answer(commune, survey, hand_out):
    """One household of Phung answers."""
    slips = iter(hand_out(survey, commune.villages["Phung"], 30))

    def send(network=NETWORK, channel=Channel.SELF_ONLINE, *, now=None):
        submission = Submission(str(uuid.uuid4()), {}, channel, network=network)
        with db.transaction() as current:
            door = queries.slip_door(current, survey, codes.normalise(next(slips)), store())
            operations.record_response(current, door, submission, now=now or datetime.now(UTC), keys=store())

    return send


def counted(survey, village):
    """The largest group beside all, of one village."""
    db.session().rollback()
    return networks.largest(db.session(), survey.id).get(village.id)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:ee0:4a1b:22::9", "2001:ee0:4a1b::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", None),
        (None, None),
        ("khong-phai", None),
    ],
)
def test_a_network_is_what_a_provider_gives_out_together(address, network):
    assert networks.network_of(address) == network


@pytest.mark.both_engines
def test_answers_of_own_phones_are_counted_by_groups_and_others_are_not(commune, survey, answer):
    for _time in range(3):
        answer()
    answer(channel=Channel.ASSISTED)
    answer(channel=Channel.PAPER_ENTRY)
    answer(network=None)

    assert counted(survey, commune.villages["Phung"]) == Network(3, 3)
    assert counted(survey, commune.villages["Bang"]) is None


def test_networks_fall_into_different_groups(commune, survey, answer):
    for place in range(20):
        answer(f"198.51.{place}.0/24")

    found = counted(survey, commune.villages["Phung"])
    assert found.of == 20
    assert found.n < 10


def test_answers_in_an_announced_meeting_are_not_counted_and_in_a_late_one_they_are(
    commune, survey, answer, now
):
    village = commune.villages["Phung"]
    for told_at in (now, now - timedelta(hours=1)):
        plan = meetings.MeetingAnnouncement(
            village.id, now - timedelta(minutes=30), now + timedelta(minutes=30), "Nhà rông"
        )
        with db.transaction() as current:
            meetings.announce(current, survey.id, plan, actor="user:1", now=told_at)
        answer()

    assert counted(survey, village) == Network(1, 1)


@pytest.mark.both_engines
def test_all_groups_of_a_village_are_one_row_without_a_time(survey, answer):
    for place in range(5):
        answer(f"198.51.{place}.0/24")

    [row] = db.session().query(NetworkCounter).all()
    assert len(row.answers) == networks.GROUPS
    assert {column["name"] for column in inspect(db.database.engine).get_columns("network_counters")} == {
        "survey_id",
        "unit_id",
        "answers",
    }


def test_the_form_and_the_program_count_where_they_came_from(client, commune, survey, hand_out, submission):
    first, second = hand_out(survey, commune.villages["Phung"], 2)
    client.post(f"/k/{first}", data={"_id": str(uuid.uuid4()), "planning": "satisfied"})
    client.post("/api/v1/submissions", json=submission(code=second))

    assert counted(survey, commune.villages["Phung"]) == Network(2, 2)


def test_a_feedback_survey_counts_no_network(client, commune, make_survey, submission):
    feedback = make_survey(commune, purpose=Purpose.FEEDBACK, form="xa-ntm-2026")

    reply = client.post("/api/v1/submissions", json=submission(link=feedback.link, answers={}))

    assert reply.status_code == 201
    assert db.session().query(NetworkCounter).count() == 0
    assert store().surveys_with_network_key() == ()


def test_a_refused_answer_counts_no_network_and_makes_no_key(
    client, commune, survey, hand_out, submission, move_on
):
    (code,) = hand_out(survey, commune.villages["Phung"], 1)
    move_on(survey, State.SEALED)

    assert client.post("/api/v1/submissions", json=submission(code=code)).status_code == 410
    assert store().surveys_with_network_key() == ()


@pytest.mark.parametrize("end", [State.SEALED, State.ANNULLED])
@pytest.mark.both_engines
def test_nothing_of_networks_outlives_the_survey(commune, survey, answer, move_on, now, end):
    answer()
    move_on(survey, end)
    jobs.run_due(now)

    assert db.session().query(NetworkCounter).count() == 0
    assert store().surveys_with_network_key() == ()


def test_the_job_leaves_a_running_survey_alone(commune, survey, answer, now):
    answer()
    jobs.run_due(now)

    assert counted(survey, commune.villages["Phung"]) == Network(1, 1)
    assert store().surveys_with_network_key() == (survey.id,)
