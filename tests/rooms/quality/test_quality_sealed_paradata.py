"""Signs counted at sealing: kept as counts apart from the seal, fixed for good, and read by the comparison."""

import random
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.access import Role
from survey_app.collecting import operations as collecting
from survey_app.collecting.models import NetworkCounter, TenMinuteCounter
from survey_app.collecting.operations import Submission
from survey_app.collecting.queries import slip_door
from survey_app.fieldwork import codes, meetings
from survey_app.fieldwork.models import Channel, Meeting, Purpose, State
from survey_app.keys import store
from survey_app.quality import comparison
from survey_app.quality.models import SealedParadataRow
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.scoring.flags import Limits
from survey_app.sealing.models import Seal
from tests.rooms.sealing.conftest import HAPPY, UNHAPPY

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
#: An evening two days before the phones closed.
EVENING = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)
PAGE = "/can-bo/dot/0001/doi-chieu"
REMARK = "Đề nghị sửa đường vào làng Phung"


def kept(sign, survey_id="0001"):
    """What was kept of that sign: n, of, rarity by village."""
    rows = db.session().query(SealedParadataRow).filter_by(survey_id=survey_id, sign=sign)
    return {row.unit_id: (row.n, row.of, row.rarity) for row in rows}


def crowd(surveys, *answers, start=EVENING):
    """This many answers by phone in each ten minutes, from that evening on."""
    village = surveys.village("Linh Cang")
    for place, count in enumerate(answers):
        db.session().add(
            TenMinuteCounter(
                survey_id="0001",
                unit_id=village.id,
                ten_minutes=start + timedelta(minutes=10 * place),
                fast=False,
                answers=count,
            )
        )
    db.session().commit()


def meet(surveys, starts_at, announced_at):
    """A meeting of two hours."""
    db.session().add(
        Meeting(
            survey_id="0001",
            id=1,
            unit_id=surveys.village("Linh Cang").id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            place="Nhà văn hóa",
            announced_by="user:1",
            announced_at=announced_at,
        )
    )
    db.session().commit()


def flags_of(survey_id="0001"):
    return [flag.key for flag in comparison.comparison(db.session(), survey_id).flags]


@pytest.fixture
def made_alike(make_commune, make_survey, hand_out, move_on):
    """A sealed survey: twenty satisfied households, some who name things for themselves, copies of one slip."""
    commune = make_commune(Phung=60)
    survey = make_survey(commune)
    keys = [question.key for question in survey.instrument.scored]
    rng = random.Random(3)
    named = [
        *[()] * 20,
        *(rng.sample(range(len(keys)), rng.randint(1, 4)) for _ in range(16)),
        *[(1, 3, 5)] * 16,
    ]
    for code, places in zip(hand_out(survey, commune.villages["Phung"], 52), named, strict=True):
        answers = {key: DISSATISFIED if place in places else SATISFIED for place, key in enumerate(keys)}
        with db.transaction() as current:
            door = slip_door(current, survey, codes.normalise(code), store())
            sent = Submission(str(uuid.uuid4()), answers, Channel.SELF_ONLINE)
            collecting.record_response(current, door, sent, now=datetime.now(UTC), keys=store())
    return commune, move_on(survey, State.SEALED)


def test_copied_slips_are_kept_as_counts_and_told_without_saying_what_they_named(made_alike, sign_in):
    commune, survey = made_alike
    village = commune.villages["Phung"]

    [(same, compared, rarity)] = kept("F5", survey.id).values()
    page = sign_in(Role.FRONT_COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}/doi-chieu")

    assert (same, compared) == (16, 32)
    assert rarity >= Limits().same_rarity
    assert "F5" in flags_of(survey.id)
    assert village.full_name in page.text
    assert [item.text["vi"] for item in survey.instrument.scored if item.text["vi"] in page.text] == []


def test_a_unanimous_village_keeps_nothing_about_equal_answers(surveys):
    surveys.make(households={"Linh Cang": 76})
    surveys.answer("0001", "Linh Cang", HAPPY, times=76)
    surveys.seal()

    assert kept("F5") == {}
    assert flags_of() == []


def test_the_published_result_keeps_nothing_about_equal_answers_and_raises_no_flag(linh_cang):
    linh_cang.seal()

    assert kept("F5") == {}
    assert flags_of() == []


def test_equal_texts_are_counted_by_household_and_no_text_is_kept(linh_cang):
    for words in (REMARK, REMARK.upper(), f" {REMARK}  ", "Nước yếu vào mùa khô ở cuối làng"):
        linh_cang.answer("0001", "Linh Cang", {**HAPPY, "remarks": words})
    linh_cang.seal()

    assert kept("F9") == {linh_cang.commune.id: (3, 4, 0)}
    assert flags_of() == []


def test_beside_another_sign_equal_texts_are_named(linh_cang):
    linh_cang.answer("0001", "Linh Cang", {**HAPPY, "remarks": REMARK}, times=5)
    linh_cang.seal()

    found = comparison.comparison(db.session(), "0001")

    assert [flag.key for flag in found.flags] == ["F1", "F1", "F9"], "77 answers of 76 households"


def test_of_networks_the_size_of_the_largest_is_kept_and_the_groups_are_gone(linh_cang):
    village = linh_cang.village("Linh Cang")
    groups = [0] * 64
    groups[3], groups[40] = 25, 15
    db.session().add(NetworkCounter(survey_id="0001", unit_id=village.id, answers=groups))
    db.session().commit()
    linh_cang.seal()

    assert kept("F6") == {village.id: (25, 40, 0)}
    assert db.session().query(NetworkCounter).count() == 0
    assert flags_of() == []


def test_a_crowd_outside_meetings_is_to_be_compared_and_one_in_an_announced_meeting_is_not(linh_cang):
    crowd(linh_cang, 1, 1, 30, 1)
    meet(linh_cang, EVENING + timedelta(minutes=15), announced_at=EVENING - timedelta(days=1))
    linh_cang.seal()
    assert flags_of() == []

    db.session().query(Meeting).delete()
    db.session().commit()
    assert flags_of() == ["F3"]


def test_a_meeting_told_afterwards_explains_no_crowd_and_stands_on_the_page_as_such(linh_cang, app, client):
    crowd(linh_cang, 1, 1, 30, 1)
    meet(linh_cang, EVENING, announced_at=EVENING + timedelta(hours=3))
    linh_cang.seal()
    linh_cang.sign_in(app, Role.AUDITOR)

    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(PAGE).text).split())

    assert flags_of() == ["F3"]
    [held] = comparison.comparison(db.session(), "0001").meetings
    assert held.meeting.is_late
    assert held.answers == 33
    assert re.search(r"\b33\b", page)


def test_a_survey_sealed_before_meetings_could_be_announced_has_no_burst(linh_cang):
    crowd(linh_cang, 1, 1, 30, 1)
    linh_cang.seal()
    assert flags_of() == ["F3"]
    village = comparison.comparison(db.session(), "0001").villages[0]

    forget_signs()

    assert flags_of() == []
    assert comparison.comparison(db.session(), "0001").villages[0] == village


def forget_signs():
    """Make the database as it was before there were signs: sealed rows cannot be removed otherwise."""
    engine = db.database.engine
    db.session().rollback()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER sealed_signs_never_delete")
        connection.exec_driver_sql("DELETE FROM sealed_signs")
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sealed_signs SET n = 0",
        "DELETE FROM sealed_signs",
        "INSERT INTO sealed_signs (survey_id, unit_id, sign, n, \"of\", rarity) VALUES ('0001', 9, 'F5', 5, 9, 9)",
    ],
    ids=["update", "delete", "insert"],
)
def test_signs_never_change_after_the_seal(linh_cang, change):
    linh_cang.seal()

    with db.transaction() as current, pytest.raises(DBAPIError):
        current.execute(text(change))

    db.session().rollback()
    assert db.session().query(SealedParadataRow).count() == 2


def test_signs_are_no_part_of_the_seal(linh_cang):
    linh_cang.answer("0001", "Linh Cang", {**UNHAPPY, "remarks": REMARK})
    linh_cang.seal()

    document = db.session().get_one(Seal, "0001").document

    assert "signs" not in str(document)


def test_a_feedback_survey_has_no_signs(surveys):
    surveys.make("0003", purpose=Purpose.FEEDBACK)
    surveys.answer("0003", None, HAPPY, times=12)
    surveys.seal("0003")

    assert db.session().query(SealedParadataRow).count() == 0


def test_withdrawn_meetings_do_not_stand_in_the_comparison(linh_cang):
    meet(linh_cang, EVENING, announced_at=EVENING - timedelta(days=1))
    with db.transaction() as current:
        meetings.withdraw(current, "0001", 1, actor="user:1", now=EVENING - timedelta(hours=1))
    linh_cang.seal()

    assert comparison.comparison(db.session(), "0001").meetings == ()
