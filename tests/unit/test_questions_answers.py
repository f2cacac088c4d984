"""What is sent becomes what is stored by one function: every problem is named, nothing is guessed."""

import math
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questions.answers import is_valid_slip, read_answers
from survey_app.questions.instrument import Condition, Instrument, Option, Question
from survey_app.questions.kinds import Kind
from survey_app.questions.reading import AnswerProblem

WORDS = {"vi": "Câu hỏi"}
TWO_WAY = tuple(Option(code, WORDS, counts=code) for code in ("satisfied", "dissatisfied"))


def make_question(key, kind=Kind.LONG_TEXT, **fields):
    return Question(key=key, kind=kind, text=WORDS, **fields)


def make_instrument(*questions):
    scored = make_question("roads", Kind.SATISFACTION, options=TWO_WAY)
    return Instrument("form", 1, WORDS, ("vi",), "xa", False, "", None, (scored, *questions))


def read_one(question, value):
    reading = read_answers(make_instrument(question), {question.key: value})
    problem = reading.problems.get(question.key)
    return problem.code if problem else reading.answers[question.key]


EVERY_KIND = make_instrument(
    make_question("note", Kind.NOTE),
    make_question(
        "one", Kind.SINGLE_CHOICE, options=tuple(Option(code, WORDS) for code in ("a", "b")), required=True
    ),
    make_question(
        "many", Kind.MULTIPLE_CHOICE, options=tuple(Option(code, WORDS) for code in ("x", "y", "z"))
    ),
    make_question("face", Kind.FIVE_FACES),
    make_question("people", Kind.NUMBER, minimum=0, maximum=99),
    make_question("short", Kind.SHORT_TEXT, condition=Condition("many", ("x", "y"))),
    make_question("why", Kind.LONG_TEXT, condition=Condition("roads", ("dissatisfied",)), required=True),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
plausible = st.sampled_from(
    ["satisfied", "dissatisfied", "a", "x", ["z", "x"], "3,5", "5", "", " chợ \r\n xa "]
)
keys = st.sampled_from([question.key for question in EVERY_KIND.questions]) | st.text(max_size=8)


def test_every_question_but_notes_is_in_the_answers_and_absent_equals_null():
    absent = read_answers(EVERY_KIND, {"one": "a"})
    null = read_answers(EVERY_KIND, {"one": "a", "face": None, "many": [], "short": "  "})

    assert absent == null
    assert list(absent.answers) == ["roads", "one", "many", "face", "people", "short", "why"]


@given(st.dictionaries(keys, plausible | json_values, max_size=10) | json_values)
def test_no_input_raises_and_what_was_stored_reads_back_unchanged(raw):
    first = read_answers(EVERY_KIND, raw)

    again = read_answers(EVERY_KIND, first.answers)

    assert again.answers == first.answers
    assert not again.problems.keys() - {"one", "why"}


def test_a_question_or_option_of_another_version_is_named():
    reading = read_answers(EVERY_KIND, {"one": "c", "market": "satisfied", "note": "x", "roads": "yes"})

    assert reading.problems == {
        "one": AnswerProblem("not_an_option"),
        "market": AnswerProblem("unknown_question"),
        "note": AnswerProblem("unknown_question"),
        "roads": AnswerProblem("not_an_option"),
    }


@pytest.mark.parametrize("kind", [Kind.SINGLE_CHOICE, Kind.FIVE_FACES, Kind.NUMBER, Kind.SHORT_TEXT])
@pytest.mark.parametrize("value", [["1"], {"1": 1}, True], ids=["list", "object", "boolean"])
def test_a_scalar_question_refuses_other_types(kind, value):
    options = (Option("1", WORDS), Option("2", WORDS)) if kind is Kind.SINGLE_CHOICE else ()

    assert read_one(make_question("asked", kind, options=options), value) == "wrong_type"


def test_several_choices_come_out_once_and_in_the_order_of_the_form():
    options = tuple(Option(code, WORDS) for code in ("x", "y", "z"))
    question = make_question("many", Kind.MULTIPLE_CHOICE, options=options)

    assert read_one(question, ["z", "x", "z"]) == ("x", "z")
    assert read_one(question, "x") == "wrong_type"
    assert read_one(question, ["x", True]) == "wrong_type"
    assert read_one(question, ["x", "w"]) == "not_an_option"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("3,5", "3.5"),
        ("3.50", "3.5"),
        (3.5, "3.5"),
        (12, "12"),
        ("0007", "7"),
        ("-0,0", "0"),
        (-0.0, "0"),
        (" 5 ", "5"),
        ("-5", "-5"),
        (0.1 + 0.2, "0.3"),
        (1e-5, "0.00001"),
        ("999999999999999", "999999999999999"),
        ("", None),
        (None, None),
        # One rule: a dot between groups of three is a thousand, in "1.500" as in "1.234".
        ("1.500", "1500"),
        ("1.234", "1234"),
        ("1.125", "1125"),
        ("-1.500", "-1500"),
        ("1.000.000", "1000000"),
        ("1 500", "1500"),
        ("1\u00a0500", "1500"),
        ("1\u202f500,5", "1500.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("1.50", "1.5"),
        (",5", "0.5"),
        ("0.500", "0.5"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("１.５００", "1500"),
        ("１２，５", "12.5"),
        ("-3", "-3"),
        ("\u22123", "-3"),
        ("+3", "3"),
        # A number that was sent as one has a point. It is stored so that reading it again gives it back.
        (1.125, "1.1250"),
        (1500, "1500"),
        ("1.1250", "1.1250"),
        # Two meanings are asked back.
        ("1,500", "two_meanings"),
        ("12,345", "two_meanings"),
        ("1 50", "not_a_number"),
        ("1.5.2", "not_a_number"),
        ("12.345.67", "not_a_number"),
        ("5²", "not_a_number"),
        ("1e5", "not_a_number"),
        ("NaN", "not_a_number"),
        (math.nan, "not_a_number"),
        (math.inf, "not_a_number"),
        (float("1e999"), "not_a_number"),
        ("1e999", "not_a_number"),
        ("٣", "not_a_number"),
        ("1\uff1a", "not_a_number"),
        ("5\n6", "not_a_number"),
        ("1" * 400, "not_a_number"),
        (10**15, "out_of_range"),
        (10**400, "out_of_range"),
        (1e300, "out_of_range"),
        ("1234567890123456", "out_of_range"),
    ],
)
def test_numbers_become_canonical_decimal_strings(typed, stored):
    assert read_one(make_question("hectares", Kind.NUMBER), typed) == stored


def test_what_has_two_meanings_is_asked_back_with_a_way_to_write_each():
    question = make_question("hectares", Kind.NUMBER)

    problem = read_answers(make_instrument(question), {"hectares": "2,125"}).problems["hectares"]
    meant = [read_one(question, problem.params[meaning]) for meaning in ("large", "small")]

    assert problem.params == {"large": "2125", "small": "2,1250"}
    assert meant == ["2125", "2.1250"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_is_the_same_however_the_door_spells_it(value):
    question = make_question("hectares", Kind.NUMBER)
    groups = f"{value:,.4f}"
    vietnamese = groups.translate(str.maketrans(",.", ".,"))
    stored = read_one(question, f"{value:.4f}")

    spelt = {
        read_one(question, typed) for typed in (groups, vietnamese, vietnamese.replace(".", " "), stored)
    }

    assert spelt == {stored}
    assert Decimal(stored) == value


def test_an_integer_too_long_for_python_to_print_is_out_of_range():
    assert read_one(make_question("hectares", Kind.NUMBER), -(10**5000)) == "out_of_range"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("0.9", AnswerProblem("out_of_range", {"minimum": 1})),
        ("-1.5", AnswerProblem("out_of_range", {"minimum": 1})),
        ("9.01", AnswerProblem("out_of_range", {"maximum": 9})),
        ("1", None),
        ("9.0", None),
    ],
)
def test_a_range_is_compared_exactly(typed, problem):
    question = make_question("people", Kind.NUMBER, minimum=1, maximum=9)

    reading = read_answers(make_instrument(question), {"people": typed})

    assert reading.problems.get("people") == problem


def test_text_is_stored_as_nfc_with_lf_and_nothing_around_it():
    typed = unicodedata.normalize("NFD", " Đường hỏng\r\nchưa sửa\r ")

    assert read_one(make_question("why"), typed) == "Đường hỏng\nchưa sửa"


@pytest.mark.parametrize(("kind", "limit"), [(Kind.SHORT_TEXT, 200), (Kind.LONG_TEXT, 2000)])
def test_length_is_counted_after_composition(kind, limit):
    question = make_question("why", kind)
    decomposed = unicodedata.normalize("NFD", "ế")

    fits = read_one(question, decomposed * limit)
    over = read_answers(make_instrument(question), {"why": decomposed * (limit + 1)})

    assert fits == "ế" * limit
    assert over.problems == {"why": AnswerProblem("too_long", {"limit": limit})}


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "\udfff"], ids=["null", "high", "low"])
def test_characters_no_database_can_store_are_refused(text):
    assert read_one(make_question("why"), text) == "forbidden_character"


def test_direction_marks_and_zero_width_characters_are_kept():
    assert read_one(make_question("why"), "a\u202eb\u200bc") == "a\u202eb\u200bc"


def test_a_false_condition_drops_the_answer_before_required_is_asked():
    happy = read_answers(EVERY_KIND, {"one": "a", "roads": "satisfied", "why": ["nonsense"]})
    unhappy = read_answers(EVERY_KIND, {"one": "a", "roads": "dissatisfied"})

    assert happy.answers["why"] is None
    assert happy.problems == {}
    assert unhappy.problems == {"why": AnswerProblem("required")}


def test_a_condition_on_several_choices_needs_one_of_them():
    with_one = read_answers(EVERY_KIND, {"one": "a", "many": ["y", "z"], "short": "chợ"})
    with_none = read_answers(EVERY_KIND, {"one": "a", "many": ["z"], "short": "chợ"})

    assert with_one.answers["short"] == "chợ"
    assert with_none.answers["short"] is None


def test_an_unknown_key_is_echoed_short_and_encodable():
    reading = read_answers(EVERY_KIND, {"one": "a", "\ud800" + "k" * 500: 1, 7: 1})

    assert all(len(key.encode()) <= 80 for key in reading.problems)
    assert len(reading.problems) == 2


@pytest.mark.parametrize(
    ("answers", "valid"),
    [
        ({"roads": "dissatisfied"}, True),
        ({"roads": None, "one": "a"}, False),
        ({"roads": "?"}, False),
        ({}, False),
    ],
)
def test_a_slip_is_valid_with_one_readable_scored_answer(answers, valid):
    assert is_valid_slip(EVERY_KIND, answers) is valid
