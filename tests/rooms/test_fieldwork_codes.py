"""Codes of slips: how they are written and stored; and the calendar of phones and keying."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from stdnum import damm

from survey_app import db
from survey_app.collecting import leaves
from survey_app.fieldwork import calendar, codes, former_codes
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import SlipRow
from survey_app.keys import store

pytestmark = pytest.mark.both_engines

#: The number of a survey and eleven random digits.
BODIES = st.builds("{:04d}{:011d}".format, st.integers(1, 99_999), st.integers(0, 10**11 - 1))
FORMER_BODIES = st.text(former_codes.ALPHABET, min_size=13, max_size=14)
HOST = "khaosat2026.gialai.gov.vn:8000"


def sound(body):
    return body + damm.calc_check_digit(body)


@given(BODIES)
def test_a_code_is_read_back_from_how_it_is_printed(body):
    code = sound(body)

    assert codes.normalise(codes.grouped(code)) == code
    assert codes.survey_of(code) == body[:-11]


@given(BODIES, st.data())
def test_every_single_wrong_digit_and_every_exchange_of_neighbours_is_noticed(body, data):
    code = sound(body)
    place = data.draw(st.integers(0, len(code) - 2))
    first, second = code[place : place + 2]
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != first]))
    exchanged = code[:place] + second + first + code[place + 2 :]

    for wrong in {code[:place] + other + code[place + 1 :], exchanged} - {code}:
        with pytest.raises(codes.MistypedCode):
            codes.normalise(wrong)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_or_refused_as_mistyped(typed):
    try:
        read = codes.normalise(typed)
    except codes.MistypedCode:
        read = "0" * 16

    assert re.fullmatch(rf"\d{{16,}}|[{former_codes.ALPHABET}]{{14,15}}", read)


@pytest.mark.parametrize(
    "written",
    [
        "https://HOST/k/CODE", "HOST/k/CODE", "k/CODE", "HTTPS://HOST/K/CODE?lang=vi", "Mã: CODE", "Mã phiếu CODE",
        "'CODE'", "CODE,", "(CODE)", "CODE\u200b", "\u200eCODE", "Mã phiếu:\n  CODE  ", "CODE.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("joint", ["", " ", "/", ".", ",", "-", "–", "_", "\u200b", "\u00a0"])
def test_a_code_is_found_in_what_people_paste_scan_or_type(written, joint):
    code = sound("001438274410926")

    typed = written.replace("HOST", HOST).replace("CODE", joint.join(codes.grouped(code).split()))

    assert codes.normalise(typed) == code


@pytest.mark.parametrize("write", [lambda code: code.replace("0", "O"), lambda code: code.replace("1", "l"),
    lambda code: code.replace("1", "I"), lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code)],
    ids=["O for 0", "l for 1", "I for 1", "full width"])  # fmt: skip
def test_digits_are_read_however_they_look(write):
    code = sound("001438274410926")

    assert codes.normalise(write(code)) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [("0014 3827 4410 926", "Còn thiếu 1 số"), ("0014 3827", "Còn thiếu 8 số"),
     ("0014 3827 4410 92681", "Thừa 1 số"), ("0014 3827 4410 9269", "Có số gõ chưa đúng"), ("", "Có số gõ chưa đúng")],
)  # fmt: skip
def test_a_mistyped_code_hears_what_to_look_for(app, typed, said):
    with app.test_request_context(), pytest.raises(codes.MistypedCode, match=said):
        codes.normalise(typed)


#: Codes of today that lack two digits, or one, and have the shape and the check sign of a former code.
CUT_SHORT = ["0001 4098 1535 19", "0001 7542 6214 46"]


@pytest.mark.parametrize("typed", CUT_SHORT)
def test_digits_alone_are_a_former_code_only_where_codes_are_of_that_kind(app, typed):
    digits = typed.replace(" ", "")

    assert codes.normalise(typed) == codes.normalise(typed, "001") == digits
    assert codes.is_digits_alone(digits)
    with app.test_request_context(), pytest.raises(codes.MistypedCode, match="Còn thiếu 2 số"):
        codes.normalise(typed, "0001")
    letters = former_codes.grouped("001ABCDE12345" + former_codes.check_character("001ABCDE12345"))
    assert codes.normalise(letters, "0001") == letters.replace("-", ""), (
        "a slip of another survey is called that"
    )


def test_no_survey_number_is_longer_than_its_columns():
    longest, longer = sound("9" * 10 + "0" * 11), sound("9" * 11 + "0" * 11)

    assert codes.survey_of(codes.normalise(longest)) == "9" * 10
    with pytest.raises(codes.MistypedCode):
        codes.normalise(longer)
    assert leaves.read_receipt(leaves.receipt("9" * 10, "00" * 32)) is not None
    assert leaves.read_receipt(leaves.receipt("9" * 11, "00" * 32)) is None


def test_a_clerk_may_leave_out_the_number_of_the_survey_that_is_keyed():
    code = sound("001438274410926")

    assert codes.normalise("3827 4410 9268", "0014") == code
    assert codes.normalise(code, "0014") == code
    with pytest.raises(codes.MistypedCode):
        codes.normalise("3827 4410 9268", "0015")
    with pytest.raises(codes.MistypedCode):
        codes.normalise("3827 4410 9268")


@given(FORMER_BODIES, st.data())
def test_codes_of_letters_stay_readable(body, data):
    code = body + former_codes.check_character(body)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([sign for sign in former_codes.ALPHABET if sign != code[place]]))

    assert codes.normalise(codes.grouped(code).lower().replace("-", " ")) == code
    assert codes.normalise(f"https://{HOST}/k/{codes.grouped(code)}") == code
    assert codes.survey_of(code) == code[:-11]
    with pytest.raises(codes.MistypedCode):
        codes.normalise(code[:place] + other + code[place + 1 :])


def test_survey_numbers_have_four_digits_and_grow():
    numbers = [codes.survey_number(number) for number in (*range(1, 2000), 9999, 10_000, 123_456)]

    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers} == {4, 5, 6}
    assert all(codes.survey_of(codes.normalise(codes.new_code(number))) == number for number in numbers)


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


def test_a_code_that_another_slip_of_the_survey_has_is_not_printed(
    make_commune, make_survey, hand_out, monkeypatch
):
    commune = make_commune()
    survey = make_survey(commune)
    monkeypatch.setattr(codes.secrets, "choice", lambda digits: digits[1])
    first = hand_out(survey, commune.villages["Phung"])
    ones = iter("1" * 11 + "1" * 10 + "2")
    monkeypatch.setattr(codes.secrets, "choice", lambda _digits: next(ones))

    second = hand_out(survey, commune.villages["Bang"])

    assert (first[0][5:17], second[0][5:17]) == ("1111 1111 11", "1111 1111 11")
    assert first != second


def test_two_surveys_store_the_same_code_differently(tmp_path):
    assert codes.mac(b"p" * 32, "0001", "X") != codes.mac(b"p" * 32, "0002", "X")
    assert codes.mac(b"p" * 32, "0001", "X") != codes.mac(b"q" * 32, "0001", "X")


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
