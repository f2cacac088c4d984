"""The province's scorecard: sums by form and by unit of today, equal totals, through mergers and splits."""

import io
import json
from datetime import UTC, date, datetime

import openpyxl
import pytest

from survey_app.authoring.models import InstrumentRecord
from survey_app.campaigns import scorecards
from survey_app.fieldwork.models import State, Survey
from survey_app.questions import document
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate
from survey_app.units import queries as units
from survey_app.units.models import Succession
from tests.provinces import FORM, NOW
from tests.readers import words

TODAY = date(2026, 6, 1)
XLSX = "/can-bo/tinh/2026.xlsx"


@pytest.fixture
def sums(province):
    def made(year=2026, **audience):
        province.session.rollback()
        place = units.unit(province.session, province.unit.id)
        return scorecards.of_year(province.session, place, year, TODAY, **audience)

    return made


@pytest.fixture
def ended(province):
    """A commune that no longer is, and what became of it."""

    def made(commune, how, *successors):
        commune.valid_to = date(2026, 5, 31)
        for one in successors:
            province.session.add(Succession(old_unit_id=commune.id, new_unit_id=one.id, how=how))
        province.session.commit()

    return made


def counts(card):
    return card.households, card.tally.answered, card.tally.valid


def added(cards):
    return tuple(map(sum, zip(*map(counts, cards), strict=True)))


@pytest.mark.both_engines
def test_the_sums_of_forms_of_units_and_the_total_are_equal(province, sums):
    province.signed(province.commune("A"), satisfied=70, valid=80, households=100)
    province.sealed(province.commune("B"), satisfied=30, valid=40, households=50, blank_by_phone=3)
    province.survey(province.commune("C"), State.OPEN)

    found = sums()
    [form] = found.forms

    assert (found.total.surveys, found.total.unsigned) == (2, 1)
    assert (found.total.households, found.total.answered, found.total.valid) == (150, 123, 120)
    assert found.total.invalid == 3
    assert found.total.coverage == Rate(123, 150)
    assert sum(found.total.channels.values()) == 123
    assert counts(form.card) == added(one.card for one in found.units) == (150, 123, 120)
    assert form.card.pooled == Rate(200, 240)


def test_forms_are_not_added_together(province, sums):
    other = InstrumentRecord(
        key="khac", version=1, document=document.dump(FORM), edited_by="operator", edited_at=NOW, frozen_at=NOW,
        digest="2" * 64,
    )  # fmt: skip
    province.session.add(other)
    province.session.commit()
    first = province.signed(province.commune("A"))
    second = province.signed(province.commune("B"))
    province.session.get_one(Survey, second).instrument_id = other.id
    province.session.commit()

    found = sums()

    assert sorted(one.surveys for one in found.forms) == [(first,), (second,)]
    assert found.total.surveys == 2


def test_merged_communes_count_for_the_one_they_became_with_equal_totals(province, sums, ended):
    one, two, new = (province.commune(name) for name in ("Cũ Một", "Cũ Hai", "Mới"))
    province.signed(one, satisfied=70, valid=80, households=100)
    province.signed(two, satisfied=30, valid=40, households=50)
    before = sums().total
    ended(one, "whole", new)
    ended(two, "whole", new)

    found = sums()
    [merged] = found.units

    assert merged.unit.id == new.id
    assert counts(merged.card) == (150, 120, 120)
    assert {unit.name for unit in merged.came_from} == {"Cũ Một", "Cũ Hai"}
    assert found.total == before == province.board().total


def test_a_split_commune_counts_in_the_total_and_in_a_line_of_its_own(province, sums, ended, client):
    old, here, there, other = (province.commune(name) for name in ("Cũ", "Đông", "Tây", "Khác"))
    province.signed(old, satisfied=70, valid=80, households=100)
    province.signed(other, satisfied=30, valid=40, households=50)
    before = sums().total
    ended(old, "part", here, there)

    found = sums()
    split = [one for one in found.units if one.split_into]
    province.sign_in()
    page = client.get("/can-bo/tinh/2026/ca-tinh").text

    assert [one.unit.name for one in split] == ["Cũ"]
    assert {unit.name for unit in split[0].split_into} == {"Đông", "Tây"}
    assert found.total == before
    assert added(one.card for one in found.units) == (150, 120, 120)
    assert "đã chia vào Xã Đông, Xã Tây" in page


def test_an_earlier_unit_counts_no_more_once_its_successor_asked_again(province, sums, ended):
    old, new = province.commune("Cũ"), province.commune("Mới")
    province.signed(old, households=100)
    newest = province.signed(new, households=90)
    ended(old, "whole", new)

    found = sums()

    assert [one.surveys for one in found.forms] == [(newest,)]
    assert found.total.households == 90
    assert province.board().total == found.total


def test_a_unit_of_a_province_that_passed_into_this_one_counts_on_the_board_and_on_the_scorecard(
    province, sums, ended
):
    old, new = province.commune("Cũ"), province.commune("Mới")
    province.signed(old, households=100)
    before = province._unit("97", "province", "tinh", "Trước", None)
    old.parent_id, old.path = before.id, f"{before.path}{old.id}/"
    ended(old, "whole", new)
    ended(before, "whole", province.unit)

    found = sums()

    assert found.total.households == 100
    assert province.board().total == found.total


def test_the_sample_of_a_ward_is_told_beside_the_sums_and_is_in_none_of_them(province, sums, client):
    province.signed(province.commune("A"), satisfied=70, valid=80, households=100)
    ward = province.signed(province.commune("Phường", kind="phuong"), satisfied=30, valid=40, households=50)

    found = sums()
    province.sign_in()
    page = client.get("/can-bo/tinh/2026").text

    assert (found.total.surveys, found.total.households, found.total.outside_programme) == (1, 100, 1)
    assert counts(found.forms[0].card) == added(one.card for one in found.units) == (100, 80, 80)
    assert ward not in found.forms[0].surveys
    assert province.board().total == found.total
    assert "Ngoài ra có 1 phường lấy phiếu mẫu, không cộng vào số liệu này." in page


def test_what_a_reader_may_not_see_is_in_no_sum_that_would_tell_it(province, sums):
    province.signed(province.commune("A"), satisfied=70, valid=80, households=100)
    province.signed(province.commune("B"), satisfied=1, valid=2, households=50)

    public = sums(audience=Audience.PUBLIC)

    assert public.total.left_out == 1
    assert public.total.valid == 80
    assert sums().total.valid == 82


def test_the_year_before_stands_beside_where_the_items_are_the_same(province, sums):
    commune = province.commune("A")
    last_year = datetime(2025, 9, 1, tzinfo=UTC)
    province.signed(commune, satisfied=40, valid=80, sealed_at=last_year)
    province.signed(commune, satisfied=60, valid=80)

    [form] = sums().forms

    assert form.before.pooled == Rate(80, 160)
    assert form.lowest[0][1] == Rate(60, 80)


@pytest.mark.usefixtures("undrawn")
def test_command_sheet_page_and_paper_tell_the_same_sums(province, client, app):
    province.signed(province.commune("A"), satisfied=71, valid=72, households=76)
    province.sealed(province.commune("B"), satisfied=20, valid=24, households=24)
    province.sign_in()

    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", "98", "--year", "2026", "--json"]
    )
    told = json.loads(run.stdout)
    book = openpyxl.load_workbook(io.BytesIO(client.get(XLSX + "?lang=en").data))
    board = client.get("/can-bo/tinh/2026").text
    report = words(client.get("/can-bo/tinh/2026/bao-cao.pdf").data)

    assert told["total"] == {
        "surveys": 2, "unsigned": 1, "households": 100, "answered": 96, "valid": 96, "invalid": 0,
        "coverage": {"n": 96, "of": 100}, "channels": {"self_online": 96, "paper_entry": 0},
    }  # fmt: skip
    [form] = told["forms"]
    assert (form["key"], form["households"], form["pooled"]) == ("thu", 100, {"n": 182, "of": 192})
    assert form["items"][0] == {"key": "roads", "satisfied": 91, "dissatisfied": 5, "blank": 0}
    assert [row[:6] for row in book["Units of today"].values][-1] == (None, "Total", 100, 96, 96, 0)
    assert "hộ trả lời 96/100" in board
    assert "hộ trả lời 96/100" in report
