"""Lists of one commune or several, as the operator gives them to a command: what is read, refused and recorded.

How a single list is understood: `test_units_lists_reading`.
"""

import io
import unicodedata
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.units import operations, queries
from survey_app.units.lines import HouseholdLine
from survey_app.units.lists import headings, several
from survey_app.units.models import HouseholdCount, Unit
from survey_app.units.operations import LineOutcome
from tests import shipped
from tests.rooms.registers import put_register

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
HEADING = ["commune", "village", "kind", "households", "source", "as_of"]
ROW = ["23938", "Phung", "lang", "76", "Báo cáo xã", "2026-01-31"]


@pytest.fixture
def session(app):
    put_register(NOW)
    return db.session()


@pytest.fixture
def ia_mo(session):
    return queries.unit_by_code(session, "23938", TODAY)


def csv_file(*rows, heading=HEADING, separator=","):
    return "\r\n".join(separator.join(row) for row in (heading, *rows)).encode()


def row(**changes):
    return [changes.get(key, value) for key, value in zip(HEADING, ROW, strict=True)]


def xlsx_file(*rows, heading=HEADING, change=lambda book: None):
    book = openpyxl.Workbook()
    for cells in (heading, *rows):
        book.active.append(cells)
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def look(session, content, name="thon.csv", commune=None, **options):
    return several.of_file(session, content, name, TODAY, several.ENDS_NONE, commune, **options)


def read(session, content, name="thon.csv", commune=None):
    found = look(session, content, name, commune)
    assert found.problems == ()
    return tuple(row.line for row in found.rows)


def problems(session, content, name="thon.csv", commune=None):
    return look(session, content, name, commune).problems


def places(session, content, **options):
    return [(problem.row, problem.column) for problem in problems(session, content, **options)]


def record(lines):
    with db.transaction() as current:
        return operations.record_households(current, lines, actor="operator", now=NOW)


def test_a_csv_line_becomes_a_village_with_its_households(session, ia_mo):
    lines = read(session, csv_file(ROW))

    assert lines == (HouseholdLine(ia_mo, "Phung", "lang", 76, "Báo cáo xã", date(2026, 1, 31)),)


def test_excel_cells_keep_their_types(session):
    cells = [23938, 3, "Thôn", 76.0, "Báo cáo", datetime(2026, 1, 31)]  # noqa: DTZ001  Excel has no zones

    (line,) = read(session, xlsx_file(cells), "thon.xlsx")

    assert (line.village, line.kind, line.households, line.as_of) == ("3", "thon", 76, date(2026, 1, 31))


@pytest.mark.parametrize(
    "typed", ["23938", "Ia Mơ", "xã ia mơ", "XÃ  IA MƠ", unicodedata.normalize("NFD", "Ia Mơ")]
)
def test_a_commune_is_found_by_code_and_by_either_name(session, typed):
    assert read(session, csv_file(row(commune=typed)))[0].commune.code == "23938"


def test_a_commune_name_is_the_same_wherever_the_tone_mark_stands(session):
    lines = read(session, csv_file(row(commune="Xã Hoà Hội")))

    assert lines[0].commune.name == "Hòa Hội"


def test_the_word_of_the_kind_is_not_part_of_the_name(session):
    lines = read(session, csv_file(row(village="Làng Phung"), row(village="Tổ dân phố 3", kind="to_dan_pho")))

    assert [line.village for line in lines] == ["Phung", "3"]


def test_blank_lines_are_skipped_and_rows_keep_their_numbers(session):
    content = csv_file(ROW, ["", "", "", "", "", ""], row(households="0"))

    assert places(session, content) == [(4, "households")]


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("households", '"12,5"'),
        ("commune", "99999"),
        ("commune", "Xã Không Có"),
        ("village", ""),
        ("kind", "xóm lạ"),
        ("as_of", "2026-06-02"),
    ],
)
def test_a_wrong_value_is_listed_with_its_row_and_column(session, column, typed):
    content = csv_file(row(village="Khác"), row(**{column: typed}))

    assert places(session, content) == [(3, column)]


def test_every_problem_of_every_row_is_listed(session):
    content = csv_file(row(households="0", as_of="x"), row(kind="y"), row(commune="z"))

    found = problems(session, content)

    assert [(problem.row, problem.column) for problem in found] == [
        (2, "households"),
        (2, "as_of"),
        (3, "kind"),
        (4, "commune"),
    ]
    assert all(problem.sheet == "thon.csv" and problem.found and problem.expected for problem in found)


def test_a_village_twice_in_one_file_is_refused(session):
    content = csv_file(ROW, row(village="LÀNG  PHUNG", households="80"))

    assert [problem.row for problem in problems(session, content)] == [3]


def test_numbered_villages_of_two_kinds_are_two_villages(session):
    lines = read(session, csv_file(row(village="3", kind="thon"), row(village="3", kind="to_dan_pho")))

    assert len(record(lines)) == 2


def test_two_villages_of_one_name_need_their_former_communes(session):
    heading = [*HEADING, "old_unit"]

    assert len(read(session, csv_file([*ROW, "Xã A"], [*ROW, "Xã B"], heading=heading))) == 2
    assert [
        problem.row for problem in problems(session, csv_file([*ROW, "Xã A"], [*ROW, ""], heading=heading))
    ] == [3]
    assert [
        problem.row
        for problem in problems(session, csv_file([*ROW, "Xã A"], [*ROW, "xã a"], heading=heading))
    ] == [3]


def test_a_line_that_fits_two_known_villages_is_refused(session):
    record(read(session, csv_file([*ROW, "Xã A"], [*ROW, "Xã B"], heading=[*HEADING, "old_unit"])))

    assert [problem.row for problem in problems(session, csv_file(ROW))] == [2]


def test_a_name_of_before_the_reform_leads_to_the_unit_of_today(session):
    (problem,) = problems(session, csv_file(row(commune="Xã Cát Minh")))

    assert "21859 Xã Đề Gi" in problem.expected


def test_a_code_means_the_commune_of_today_whatever_the_date_of_the_count(session):
    lines = read(session, csv_file(row(commune="21859", as_of="2025-01-31")))

    assert lines[0].commune.name == "Đề Gi"


def test_a_file_of_another_commune_is_refused_row_by_row(session, ia_mo):
    content = csv_file(row(commune="21859"), ROW, row(commune="Đề Gi"))

    assert places(session, content, commune=ia_mo) == [(2, "commune"), (4, "commune")]


def test_every_sheet_with_rows_is_read_and_named(session):
    def more_sheets(book):
        book.create_sheet("Trống")
        second = book.create_sheet("Xã khác")
        second.append(HEADING)
        second.append(row(village="Khác", households="0"))

    (problem,) = problems(session, xlsx_file(ROW, change=more_sheets), "x.xlsx")

    assert (problem.sheet, problem.row) == ("Xã khác", 2)


def test_a_list_of_several_communes_names_the_commune_of_each_row(session, ia_mo):
    without = [[cell for place, cell in enumerate(line) if place] for line in (HEADING, ROW)]

    (problem,) = problems(session, csv_file(without[1], heading=without[0]))
    (first,) = problems(session, csv_file(row(commune="")))
    own = read(session, csv_file(without[1], heading=without[0]), commune=ia_mo)

    assert (problem.row, problem.column) == (1, headings.column_title("commune"))
    assert first.row == 2
    assert [line.commune.code for line in own] == ["23938"]


def test_one_name_in_two_communes_is_two_villages(session):
    content = csv_file(ROW, row(commune="21859"))

    assert [line.commune.code for line in read(session, content)] == ["23938", "21859"]


def test_what_a_command_cannot_decide_is_asked_of_each_commune_and_a_day_once(session):
    record(read(session, csv_file(ROW, row(commune="21859"))))
    content = csv_file(
        row(households="9", as_of="2/3/2026"),
        row(commune="21859", households="800", as_of="2/3/2026"),
        row(village="Khác", as_of="4/25/2026"),
    )

    found = look(session, content)

    assert sorted(one.key.partition("-")[0] for one in found.questions) == ["count", "count", "day"]
    assert not found.is_ready
    assert look(session, content, is_frame=True).taken != ()


def test_numbers_of_a_frame_are_those_of_the_file(session, ia_mo):
    record(read(session, csv_file(ROW)))

    found = look(session, csv_file(row(households="9", as_of="2025-01-31")), commune=ia_mo, is_frame=True)

    assert (found.is_ready, [row.line.households for row in found.rows], len(found.taken)) == (True, [9], 1)


def test_villages_that_a_file_does_not_name_stay_and_are_not_asked_about(session, ia_mo):
    record(read(session, csv_file(ROW, row(village="Khác"))))

    assert look(session, csv_file(ROW), commune=ia_mo).is_ready


def test_codes_are_the_communes_with_three_more_digits(session, ia_mo):
    record(read(session, csv_file(row(village="10"), row(village="2"), row(village="An Lạc"))))

    found = queries.villages(session, ia_mo.id, TODAY)

    assert [(village.unit.name, village.unit.code) for village in found] == [
        ("2", "23938002"),
        ("10", "23938001"),
        ("An Lạc", "23938003"),
    ]
    assert all(village.unit.path == f"{ia_mo.path}{village.unit.id}/" for village in found)


def test_recording_the_same_file_again_changes_nothing(session):
    lines = read(session, csv_file(ROW, row(village="Khác")))
    first = record(lines)

    again = record(lines)

    assert [village.outcome for village in first] == [LineOutcome.NEW, LineOutcome.NEW]
    assert [village.outcome for village in again] == [LineOutcome.SAME, LineOutcome.SAME]
    assert [village.unit_id for village in again] == [village.unit_id for village in first]
    assert len(session.scalars(select(HouseholdCount)).all()) == 2


def test_a_new_number_keeps_the_old_one_on_record(session):
    (before,) = record(read(session, csv_file(ROW)))

    (after,) = record(read(session, csv_file(row(village="phung", households="80", as_of="2026-05-31"))))

    assert (after.unit_id, after.outcome) == (before.unit_id, LineOutcome.UPDATED)
    assert [count.households for count in queries.counts(session, after.unit_id)] == [80, 76]


def test_a_corrected_kind_does_not_make_a_second_village(session, ia_mo):
    record(read(session, csv_file(ROW)))

    record(read(session, csv_file(row(kind="thon"))))

    assert [village.unit.full_name for village in queries.villages(session, ia_mo.id, TODAY)] == [
        "Thôn Phung"
    ]


def test_a_code_out_of_force_is_never_given_again(session, ia_mo):
    record(read(session, csv_file(ROW)))
    (only,) = queries.villages(session, ia_mo.id, TODAY)
    with db.transaction() as current:
        operations.end_village(current, only.unit, last_day=date(2026, 5, 31), actor="operator", now=NOW)

    record(read(session, csv_file(ROW)))

    assert [village.unit.code for village in queries.villages(session, ia_mo.id, TODAY)] == ["23938002"]
    assert queries.unit_by_code(session, "23938001", date(2026, 5, 31)).name == "Phung"


def test_a_commune_that_used_all_its_codes_is_told_so(session, ia_mo):
    lines = [HouseholdLine(ia_mo, f"Thôn {n}", "lang", 1, "x", TODAY) for n in range(1, 1001)]

    with pytest.raises(operations.CodesExhausted):
        record(lines)

    assert session.scalars(select(Unit).where(Unit.parent_id == ia_mo.id)).all() == []


def test_a_whole_province_is_read_and_recorded(session):
    province = queries.unit_by_code(session, "52", TODAY)
    communes = queries.communes(session, province.path, TODAY)
    rows = [
        row(commune=commune.code, village=str(n), kind="thon") for commune in communes for n in range(1, 4)
    ]

    done = record(read(session, csv_file(*rows)))

    assert len(done) == shipped.COMMUNES * 3
    assert {summary.households for summary in queries.commune_summaries(session, province.path, TODAY)} == {
        3 * 76
    }
