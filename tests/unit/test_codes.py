"""Codes and receipts, of today and of surveys numbered before, against another hand's arithmetic."""

import hmac
import re
from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from survey_app.fieldwork import codes, former_codes

FORMER = st.text(former_codes.ALPHABET, min_size=13, max_size=14)
LEAVES = st.binary(min_size=32, max_size=32).map(bytes.hex)


def sound(body):
    return body + damm.calc_check_digit(body)


def luhn(body):
    """Luhn's check character modulo 32, from right to left, every second value doubled and its digits added."""
    values = [former_codes.ALPHABET.index(sign) for sign in body]
    doubled = [2 * value if place % 2 == 0 else value for place, value in enumerate(reversed(values))]
    total = sum(sum(divmod(value, 32)) for value in doubled)
    return former_codes.ALPHABET[(32 - total % 32) % 32]


@pytest.mark.parametrize(
    ("body", "printed", "end", "survey"),
    [
        ("001438274410926", "0014 3827 4410 9268", "4410 9268", "0014"),
        ("1000038274410926", "10000 3827 4410 9268", "4410 9268", "10000"),
    ],
)
def test_a_code_is_printed_in_groups_of_which_the_last_two_name_the_slip(body, printed, end, survey):
    code = body + printed[-1]

    assert damm.is_valid(code)
    assert codes.grouped(code) == printed
    assert (codes.ending(printed), codes.survey_of(code)) == (end, survey)


@pytest.mark.parametrize(
    "typed",
    [
        "x.vn/k/0014%203827%204410%209268",
        "https%3A%2F%2Fx.vn%2Fk%2F0014382744109268",
        "mã0014 3827 4410 9268",
        "K0014382744109268",
        "ma:0014382744109268.",
        "0014-3827-4410-9268ạ",
    ],
)
def test_a_sound_code_is_found_in_signs_of_an_address_and_glued_to_words(typed):
    assert codes.normalise(typed) == "0014382744109268"


def test_twelve_digits_of_another_survey_are_told_from_a_slip_of_the_finger():
    with pytest.raises(codes.MistypedCode) as other:
        codes.normalise("3827 4410 9268", "0015")
    with pytest.raises(codes.MistypedCode) as whole:
        codes.normalise("0014 3827 4410 9267", "0015")

    assert "another survey" in other.value.message
    assert "0015" in other.value.message
    assert "another survey" not in whole.value.message


def test_a_new_code_has_eleven_digits_of_chance_and_a_check_digit():
    made = {codes.new_code("0014") for _one in range(300)}

    assert len(made) == 300
    assert all(
        re.fullmatch(r"0014( \d{4}){3}", code) and damm.is_valid(code.replace(" ", "")) for code in made
    )
    assert {digit for code in made for digit in code[5:]} == set("0123456789 ")


def test_a_new_code_of_a_survey_numbered_before_has_ten_signs_of_chance_and_a_check_sign():
    made = {codes.new_code("001") for _one in range(300)}

    assert len(made) == 300
    assert all(re.fullmatch(r"001-\w{5}-\w{5}-\w", code) for code in made)
    assert all(luhn(code.replace("-", "")[:-1]) == code[-1] for code in made)
    assert {sign for code in made for sign in code[4:]} == {*former_codes.ALPHABET, "-"}


@pytest.mark.parametrize(
    ("survey", "is_former"), [("001", True), ("0ZZ", True), ("0001", False), ("10000", False)]
)
def test_numbers_of_three_signs_are_former_ones(survey, is_former):
    assert former_codes.is_former(survey) == is_former


def test_a_code_of_more_digits_begins_with_no_zero():
    longer = sound("0000138274410926")

    assert codes.normalise(sound("1000038274410926")) == sound("1000038274410926")
    with pytest.raises(codes.MistypedCode):
        codes.normalise(longer)
    assert codes.normalise(sound("000038274410926")) == sound("000038274410926")


def test_only_the_first_three_hundred_signs_of_what_was_typed_are_read():
    code = sound("001438274410926")

    assert codes.normalise(" " * 284 + code) == code
    with pytest.raises(codes.MistypedCode):
        codes.normalise(" " * 285 + code)


def test_what_is_stored_is_an_hmac_over_survey_and_code():
    expected = hmac.new(b"p" * 32, b"0014\x000014382744109268", sha256).digest()

    assert codes.mac(b"p" * 32, "0014", "0014382744109268") == expected


@given(FORMER)
def test_a_code_of_letters_has_luhns_check_sign_and_is_printed_in_groups(body):
    code = body + luhn(body)
    printed = former_codes.grouped(code)

    assert former_codes.check_character(body) == luhn(body)
    assert printed.split("-") == [code[:-11], code[-11:-6], code[-6:-1], code[-1]]
    assert codes.grouped(code) == printed
    assert codes.ending(printed) == printed[-7:]
    assert former_codes.read_code(printed) == code == codes.normalise(printed)
    assert codes.survey_of(code) == code[:-11]


@pytest.mark.parametrize("typed", ["", "0" * 13, "0" * 16, "00123456789ABU", "U0123456789ABT"])
def test_what_is_no_code_of_letters_is_none(typed):
    assert former_codes.read_code(typed) is None


def test_typed_letters_are_read_however_they_look():
    assert former_codes.plain("o0Il 1L–a.b_c\u2212d") == "001111ABCD"
    assert former_codes.plain("ａ１") == "A1"
    assert former_codes.plain(" " * 79 + "ab") == "A"


@given(st.sampled_from(["001", "0ZZ", "Z00Z"]), LEAVES)
def test_a_receipt_of_letters_shows_80_bits_of_its_leaf_and_is_read_back(survey, leaf):
    printed = former_codes.receipt(survey, leaf)
    groups = printed.split("-")
    bits = "".join(f"{former_codes.ALPHABET.index(sign):05b}" for sign in "".join(groups[1:-1]))

    assert (groups[0], [len(group) for group in groups[1:]]) == (survey, [4, 4, 4, 4, 1])
    assert f"{int(bits, 2):020x}" == leaf[:20]
    assert groups[-1] == luhn("".join(groups[:-1]))
    assert former_codes.read_receipt(printed.lower().replace("-", " ")) == (survey, leaf[:20])


@pytest.mark.parametrize("survey", ["01", "00001"])
def test_a_receipt_of_letters_with_a_number_of_another_length_is_none(survey):
    assert former_codes.read_receipt(former_codes.receipt(survey, "ab" * 32)) is None


@pytest.mark.parametrize(
    "typed", ["", "001", "001-0000-0000-0000-0000-Z", "001-0000-0000-0000-000U-Y", "!" * 20]
)
def test_what_is_no_receipt_of_letters_is_none(typed):
    assert former_codes.read_receipt(typed) is None


@pytest.mark.parametrize(
    "text",
    [
        "Mã phiếu 0014 3827 4410 9268, gọi 0269 000 000",
        "Gọi 0269 000 000. Mã phiếu: 0014 3827 4410 9268",
        "0905123456 0014382744109268",
        "0014.3827.4410.9268 (hộ 12)",
        "Thôn 3, đợt 14, mã 0014/3827/4410/9268 hạn 18/12/2026",
        "0014 3827 4410 9268 0905 123 456",
        "mã 0014 3827 4410 9268 và lần nữa 0014382744109268",
    ],
)
def test_a_code_among_other_numbers_is_found(text):
    assert codes.normalise(text) == "0014382744109268"


def test_of_several_codes_in_a_text_none_is_taken_and_that_is_said():
    other = sound("001499999999999")

    with pytest.raises(codes.SeveralCodes):
        codes.normalise(f"0014 3827 4410 9268 hay {other}")


@given(
    st.lists(st.text("0123456789", min_size=1, max_size=12), max_size=5),
    st.text("0123456789", min_size=15, max_size=15),
)
def test_a_code_between_words_is_found_or_asked_about_and_never_another_one_taken(numbers, body):
    code, others = sound(body), " ".join(numbers)

    with suppress(codes.SeveralCodes):
        assert codes.normalise(f"{others} mã {codes.grouped(code)} gọi {others}") == code
