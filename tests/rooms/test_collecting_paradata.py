"""Counters of ten minutes: what they count, and that they lead to no answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect, select

from survey_app import db
from survey_app.access import Role
from survey_app.collecting import operations, paradata, weeks
from survey_app.collecting.models import Response, TenMinuteCounter
from survey_app.collecting.operations import Submission
from survey_app.collecting.queries import slip_door
from survey_app.collecting.refusals import CodeUsed
from survey_app.fieldwork import codes
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.models import Channel, Medium
from survey_app.keys import store
from tests.pictures import charts, tables

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 7, 30, tzinfo=UTC)


@pytest.fixture
def village(make_commune, make_survey, hand_out):
    """A survey and codes of one village of it."""
    commune = make_commune(Phung=100)
    survey = make_survey(commune)
    return survey, commune.villages["Phung"], iter(hand_out(survey, commune.villages["Phung"], 20))


def answer(
    village, *, opened=timedelta(minutes=4), channel=Channel.SELF_ONLINE, now=NOW, code=None, number=None
):
    """One household's answer, `opened` after its form was; None without a ticket."""
    survey, _unit, slips = village
    code = codes.normalise(code or next(slips))
    submission = Submission(
        id=number or f"00000000-0000-4000-8000-{hash((code, now)) % 10**12:012}",
        answers={},
        channel=channel,
        form_opened_at=None if opened is None else now - opened,
    )
    with db.transaction() as current:
        door = slip_door(current, survey, code, store())
        operations.record_response(current, door, submission, now=now, keys=store())
    return code, submission.id


def counted(village):
    """Answers and fast ones by start, in the village."""
    survey, unit, _slips = village
    db.session().rollback()
    return [
        (f"{slot.start:%H:%M}", slot.answers, slot.fast)
        for slot in paradata.slots(db.session(), [survey.id]).get((survey.id, unit.id), ())
    ]


def test_answers_are_counted_in_ten_minutes_of_vietnamese_time(village):
    for minutes in (0, 1, 2, 3):
        answer(village, now=NOW + timedelta(minutes=minutes))

    assert counted(village) == [("09:00", 3, 0), ("09:10", 1, 0)]


@pytest.mark.parametrize(
    ("opened", "is_counted_fast"),
    [(timedelta(seconds=3), 1), (timedelta(minutes=4), 0), (None, 1)],
    ids=["three seconds", "four minutes", "no form opened"],
)
def test_an_answer_is_fast_by_the_age_of_its_form(village, opened, is_counted_fast):
    answer(village, opened=opened)

    assert counted(village) == [("09:00", 1, is_counted_fast)]


def test_two_seconds_an_item_are_not_fast_and_less_is(village):
    instrument = village[0].instrument
    items = len(instrument.scored) + (1 if instrument.closing else 0)
    least = timedelta(seconds=2 * items)

    assert not paradata.is_fast(instrument, NOW - least, NOW)
    assert paradata.is_fast(instrument, NOW - least + timedelta(microseconds=1), NOW)
    put_back = NOW + timedelta(minutes=5)
    assert not paradata.is_fast(instrument, put_back, NOW)


def test_every_answer_but_paper_is_counted_by_the_minute_who_held_the_phone(village):
    for channel in Channel:
        answer(village, channel=channel)

    assert counted(village) == [("09:00", len([one for one in Channel if one.medium is not Medium.PAPER]), 0)]


def test_a_repeated_or_refused_answer_is_counted_once(village):
    code, number = answer(village)
    answer(village, code=code, number=number)
    with pytest.raises(CodeUsed):
        answer(village, code=code, number="00000000-0000-4000-8000-ffffffffffff")

    assert counted(village) == [("09:00", 1, 0)]


def test_a_counter_shares_no_key_with_an_answer_but_the_survey(app):
    counter, answers = (
        {column.name for column in model.__table__.primary_key} for model in (TenMinuteCounter, Response)
    )

    assert counter & answers == {"survey_id"}
    assert inspect(db.database.engine).get_foreign_keys("activity_counters") == []


def test_counters_do_not_say_in_which_order_answers_of_ten_minutes_came(village):
    for _ in range(5):
        answer(village)

    [row] = db.session().scalars(select(TenMinuteCounter)).all()
    assert row.answers == 5


def test_a_surveys_page_shows_the_weeks_in_a_picture_and_a_table_and_no_minute_of_now(village, sign_in):
    survey, _unit, _slips = village
    for days, channel in (
        (0, Channel.SELF_ONLINE),
        (0, Channel.PAPER_ENTRY),
        (6, Channel.ASSISTED),
        (15, Channel.SELF_ONLINE),
    ):
        answer(village, now=NOW + timedelta(days=days), channel=channel)
    counted_at = NOW + timedelta(days=15, minutes=20)
    answer(village, now=counted_at)
    with db.transaction() as current:
        fieldwork.copy_progress(current, counted_at)

    found = weeks.weeks(db.session(), survey.id)

    assert [(week.monday.isoformat(), week.answers) for week in found.weeks] == [
        ("2026-06-01", 2), ("2026-06-08", 0), ("2026-06-15", 1),
    ]  # fmt: skip
    assert (found.by_phone, found.on_paper) == (3, 1)
    page = sign_in(Role.COMMUNE, survey.unit).get(f"/can-bo/dot/{survey.id}").text
    [words] = charts(page)
    assert words == [
        "01/06/2026 – 07/06/2026",
        "2",
        "08/06/2026 – 14/06/2026",
        "0",
        "15/06/2026 – 21/06/2026",
        "1",
    ]
    assert all(f"{days} {count}" in tables(page) for days, count in zip(words[::2], words[1::2], strict=True))
