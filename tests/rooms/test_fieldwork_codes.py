"""Codes of slips: how they are written and stored; and the calendar of phones and keying."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from survey_app import db
from survey_app.fieldwork import calendar, codes
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import SlipRow
from survey_app.keys import store

pytestmark = pytest.mark.both_engines

BODIES = st.text(codes.ALPHABET, min_size=13, max_size=14)


@given(BODIES)
def test_a_code_is_read_back_from_how_it_is_printed(body):
    code = body + codes.check_character(body)

    assert codes.normalise(codes.grouped(code)) == code
    assert codes.normalise(codes.grouped(code).lower().replace("-", " ")) == code


@given(BODIES, st.data())
def test_every_single_wrong_character_is_noticed(body, data):
    code = body + codes.check_character(body)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([sign for sign in codes.ALPHABET if sign != code[place]]))

    with pytest.raises(codes.MistypedCode):
        codes.normalise(code[:place] + other + code[place + 1 :])


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_or_refused_as_mistyped(typed):
    try:
        read = codes.normalise(typed)
    except codes.MistypedCode:
        read = "0" * 14

    assert re.fullmatch(f"[{codes.ALPHABET}]{{14,15}}", read)


def test_survey_numbers_are_never_the_same_and_grow_to_four_characters():
    numbers = [codes.survey_number(number) for number in (*range(1, 2000), 32**3 - 1, 32**3, 32**4 - 1)]

    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers} == {3, 4}
    assert codes.survey_of(codes.normalise(codes.new_code("1000"))) == "1000"


def test_a_code_is_stored_only_as_its_digest_under_the_pepper(make_commune, make_survey, hand_out):
    commune = make_commune()
    survey = make_survey(commune)
    printed = hand_out(survey, commune.villages["Phung"], 20)

    stored = set(db.session().scalars(select(SlipRow.code_mac)))

    pepper = store().pepper(survey.id)
    assert stored == {codes.mac(pepper, survey.id, codes.normalise(code)) for code in printed}
    assert {column.name for column in SlipRow.__table__.columns} == {
        "survey_id",
        "code_mac",
        "unit_id",
        "print_batch",
    }


def test_two_surveys_store_the_same_code_differently(tmp_path):
    assert codes.mac(b"p" * 32, "001", "X") != codes.mac(b"p" * 32, "002", "X")
    assert codes.mac(b"p" * 32, "001", "X") != codes.mac(b"q" * 32, "001", "X")


def test_a_day_runs_from_midnight_to_midnight_in_vietnam():
    assert calendar.opening(date(2026, 11, 25)) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert calendar.closing(date(2026, 11, 25)) == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert calendar.last_day(calendar.closing(date(2026, 11, 25))) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("last_day", "days", "ends"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 27), 5, date(2026, 12, 4)),
        (date(2026, 11, 28), 5, date(2026, 12, 4)),
        (date(2026, 11, 29), 5, date(2026, 12, 4)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 25), 0, date(2026, 11, 25)),
    ],
    ids=["Monday", "Friday", "Saturday", "Sunday", "one day after Friday", "no days"],
)
def test_keying_ends_after_so_many_working_days(last_day, days, ends):
    assert Keying(days).ends(calendar.closing(last_day)) == calendar.closing(ends)


def test_a_survey_closed_at_noon_counts_its_days_from_that_day():
    noon = datetime(2026, 11, 23, 5, tzinfo=UTC)

    assert Keying(1).ends(noon) == calendar.closing(date(2026, 11, 24))
