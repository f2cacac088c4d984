"""Typed values of one village: what is read, and what is refused."""

from datetime import date

import pytest

from survey_app import names
from survey_app.office_files import Wrong
from survey_app.units import kinds, lines

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("typed", "households"),
    [
        ("76", 76),
        (" 76 ", 76),
        (76, 76),
        (76.0, 76),
        ("1.234", 1234),
        ("12.345", 12345),
        ("1,234", 1234),
        ("1 234", 1234),
        ("７６", 76),
    ],
)
def test_a_number_of_households_is_read(typed, households):
    assert lines.parse_households(typed) == households


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        0,
        "-5",
        -5,
        "12,5",
        12.5,
        "1.23",
        "1.2345",
        "0.123",
        "1 23",
        "bảy",
        "",
        "1e3",
        "٣",
        "²",
        100_001,
    ]
    + ["100.001", "9" * 30, float("inf"), float("nan")],
)
def test_what_is_no_number_of_households_is_refused(typed):
    with pytest.raises(Wrong):
        lines.parse_households(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("31/01/2026", date(2026, 1, 31)),
        ("1/6/2026", TODAY),
        (date(2026, 6, 1), TODAY),
    ],
)
def test_a_day_is_read_in_both_forms(typed, day):
    assert lines.parse_day(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2026",
        "31/02/2026",
        "01/31/2026",
        "31/01/26",
        "01/2026",
        "2026-06-02",
        "1000-01-01",
        "31.01.2026",
        "x",
    ],
)
def test_what_is_no_day_up_to_today_is_refused(typed):
    with pytest.raises(Wrong):
        lines.parse_day(typed, TODAY)


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "-", "=1+1", "@SUM(A1)", "'Phung", "<b>", "x" * 121])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(Wrong):
        lines.parse_name(typed)


@pytest.mark.parametrize("typed", ["", " ", "x" * 201])
def test_what_is_no_source_is_refused(typed):
    with pytest.raises(Wrong):
        lines.parse_source(typed)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("thôn", "thon"),
        ("Làng", "lang"),
        ("BUÔN", "buon"),
        ("ấp", "ap"),
        ("bản", "ban"),
        ("Tổ dân phố", "to_dan_pho"),
        ("to_dan_pho", "to_dan_pho"),
        ("TDP", "to_dan_pho"),
        ("khu phố", "khu_pho"),
    ],
)
def test_kinds_are_read_with_and_without_accents(typed, kind):
    assert lines.parse_kind(typed).key == kind


@pytest.mark.parametrize("typed", ["", "xóm lạ", "xã", "huyện"])
def test_what_is_no_kind_of_village_is_refused(typed):
    with pytest.raises(Wrong):
        lines.parse_kind(typed)


def test_names_are_normalised():
    assert lines.parse_name(" Plei\u00a0\u200b O\u0302\u0301p\n") == "Plei Ốp"


def test_spellings_of_one_name_are_one_and_other_names_are_not():
    assert names.identity("Hoà Bình") == names.identity("HÒA  BÌNH")
    assert names.identity("H’Neng") == names.identity("H'Neng")
    assert names.identity("Ia Băng") != names.identity("Ia Bang")
    assert names.identity("Ia Lâu") != names.identity("Ia Lấu")


def test_the_word_of_another_kind_stays_in_the_name():
    assert kinds.bare_name(kinds.all_kinds()["thon"], "Làng Mới") == "Làng Mới"
