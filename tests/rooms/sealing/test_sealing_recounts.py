"""The night's recount: once a night, begun again where it was cut off, none under a doubtful clock; a difference is named."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import clock, db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.clock import Machine
from survey_app.sealing import recounts, schedule
from survey_app.sealing.recounts import LastRecount
from tests.rooms.sealing.test_sealing_seal import without_triggers

pytestmark = pytest.mark.both_engines

#: 01:30 in Vietnam on 2 June 2026.
NIGHT = datetime(2026, 6, 1, 18, 30, tzinfo=UTC)
ALARM = "Đợt 0001 không khớp với kết quả đã chốt"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def last(surveys):
    db.session().rollback()
    return recounts.last(db.session(), surveys.province.path)


@pytest.fixture
def today(app, client):
    """What somebody reads under "Today"."""

    def read(surveys, role, unit=None):
        surveys.sign_in(app, role, unit or surveys.province)
        return client.get("/can-bo").text

    return read


def test_a_sealed_survey_is_counted_again_once_a_night_and_never_by_day(linh_cang):
    linh_cang.seal()
    before = last(linh_cang)

    rounds = [schedule.recount(now) for now in (NIGHT - 12 * 60 * MINUTE, NIGHT, NIGHT + MINUTE, NIGHT + DAY)]

    assert rounds == [{}, {"0001": "agrees"}, {}, {"0001": "agrees"}]
    assert before == LastRecount(None, sealed=1, agreeing=0, differing=())
    assert last(linh_cang) == LastRecount(date(2026, 6, 3), sealed=1, agreeing=1, differing=())


def test_a_recount_that_was_cut_off_is_begun_again_after_an_hour_and_two_jobs_never_share_one(linh_cang):
    linh_cang.seal()
    night = recounts.night_of(NIGHT)
    with db.transaction() as current:
        first, second = (recounts.claim(current, "0001", night, NIGHT) for _job in range(2))

    soon = schedule.recount(NIGHT + 59 * MINUTE)
    later = schedule.recount(NIGHT + 61 * MINUTE)

    assert (first, second) == (True, False)
    assert (soon, later) == ({}, {"0001": "agrees"})


def test_nothing_is_recounted_while_the_clock_is_in_doubt(linh_cang):
    linh_cang.seal()
    with db.transaction() as current:
        clock.compare(current, NIGHT - 40 * DAY, Machine("first", 0, is_synchronised=False))
        clock.compare(current, NIGHT, Machine("first", 60, is_synchronised=False))

    assert schedule.recount(NIGHT) == {}


def test_a_difference_is_an_alarm_for_the_province_and_its_front_on_list_and_board(linh_cang, today, client):
    linh_cang.seal()
    without_triggers("UPDATE seals SET signature = :other", other="0" * 128)
    differs = schedule.recount(NIGHT)
    told = [today(linh_cang, role) for role in (Role.PROVINCE, Role.FRONT_PROVINCE)]
    board = client.get("/can-bo/tinh/2026").text
    of_commune = today(linh_cang, Role.COMMUNE, linh_cang.commune)

    assert differs == {"0001": "differs"}
    assert last(linh_cang).differing == ("0001",)
    assert all(ALARM in page for page in (*told, board))
    assert "đêm 02/06/2026: 0 trên 1 đợt" in board
    assert ALARM not in of_commune
    schedule.recount(NIGHT + DAY)
    acts = db.session().scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts.count(recounts.DIFFERS) == 1


def test_answers_that_cannot_be_read_any_more_are_a_difference_and_hold_up_no_other(linh_cang):
    linh_cang.make("0002", households={"Hai": 3})
    linh_cang.seal()
    linh_cang.seal("0002")
    without_triggers("UPDATE sealed_responses SET answers = '[]' WHERE survey_id = '0001'")

    assert schedule.recount(NIGHT) == {"0001": "differs", "0002": "agrees"}
