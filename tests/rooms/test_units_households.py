"""Files of villages and households: what is read, what is refused, what is recorded; on both databases."""

import io
import unicodedata
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.office_files import BadFile
from survey_app.units import operations, queries, reforms
from survey_app.units.households import read_file
from survey_app.units.lines import HouseholdLine
from survey_app.units.models import HouseholdCount, Unit
from survey_app.units.operations import LineOutcome

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
HEADING = ["commune", "village", "kind", "households", "source", "as_of"]
ROW = ["23938", "Phung", "lang", "76", "Báo cáo xã", "2026-01-31"]


@pytest.fixture
def session(app):
    with db.transaction() as current:
        reforms.import_register(current, now=NOW)
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


def read(session, content, name="thon.csv", commune=None):
    return read_file(content, name, commune, session, TODAY)


def problems(session, content, name="thon.csv", commune=None):
    with pytest.raises(BadFile) as caught:
        read(session, content, name, commune)
    return caught.value.problems


def places(session, content, **options):
    return [(problem.row, problem.column) for problem in problems(session, content, **options)]


def record(lines):
    with db.transaction() as current:
        return operations.record_households(current, lines, actor="operator", now=NOW)


def test_a_csv_line_becomes_a_village_with_its_households(session, ia_mo):
    lines = read(session, csv_file(ROW))

    assert lines == (HouseholdLine(ia_mo, "Phung", "lang", 76, "Báo cáo xã", date(2026, 1, 31)),)


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_any_usual_separator_is_read_with_and_without_bom(session, separator, mark):
    assert len(read(session, mark + csv_file(ROW, separator=separator))) == 1


@pytest.mark.parametrize(
    "heading",
    [
        ["xã", "thôn", "loại", "số hộ", "nguồn", "ngày"],
        ["XÃ", " Thôn ", "LOẠI", "Số  Hộ", "Nguồn", "NGÀY"],
        ["xa", "thon", "loai", "so_ho", "nguon", "ngay"],
        [unicodedata.normalize("NFD", title) for title in ("xã", "thôn", "loại", "số hộ", "nguồn", "ngày")],
    ],
    ids=["vietnamese", "case and spaces", "no accents", "decomposed"],
)
def test_vietnamese_headings_are_read_however_they_are_typed(session, heading):
    assert len(read(session, csv_file(ROW, heading=heading))) == 1


def test_columns_may_stand_in_any_order_beside_a_running_number(session):
    content = csv_file(["1", *reversed(ROW)], heading=["STT", *reversed(HEADING)])

    assert read(session, content)[0].households == 76


def test_excel_cells_keep_their_types(session):
    cells = [23938, 3, "Thôn", 76.0, "Báo cáo", datetime(2026, 1, 31)]  # noqa: DTZ001  Excel has no zones

    (line,) = read(session, xlsx_file(cells), "thon.xlsx")

    assert (line.village, line.kind, line.households, line.as_of) == ("3", "thon", 76, date(2026, 1, 31))


@pytest.mark.parametrize("typed", ["31/01/2026", "2026-01-31"])
def test_both_date_forms_are_read(session, typed):
    assert read(session, csv_file(row(as_of=typed)))[0].as_of == date(2026, 1, 31)


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


def test_thousands_are_read_as_vietnamese_writes_them(session):
    assert read(session, csv_file(row(households="1.234")))[0].households == 1234


def test_typed_names_are_normalised(session):
    typed = unicodedata.normalize("NFD", "  Plei \u200b Ốp ")

    assert read(session, csv_file(row(village=typed)))[0].village == "Plei Ốp"


def test_blank_lines_are_skipped_and_rows_keep_their_numbers(session):
    content = csv_file(ROW, ["", "", "", "", "", ""], row(households="0"))

    assert places(session, content) == [(4, "households")]


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("households", '"12,5"'),
        ("households", ""),
        ("commune", ""),
        ("commune", "99999"),
        ("commune", "Xã Không Có"),
        ("village", ""),
        ("village", "=1+1"),
        ("kind", "xóm lạ"),
        ("source", ""),
        ("as_of", "2026-06-02"),
    ],
)
def test_a_wrong_value_is_listed_with_its_row_and_column(session, column, typed):
    content = csv_file(row(village="Khác"), row(**{column: typed}))

    assert places(session, content) == [(3, column)]


def test_every_problem_of_every_row_is_listed(session):
    content = csv_file(row(households="0", as_of="x"), row(kind="y"), row(commune="z", source=""))

    found = problems(session, content)

    assert [(problem.row, problem.column) for problem in found] == [
        (2, "households"),
        (2, "as_of"),
        (3, "kind"),
        (4, "commune"),
        (4, "source"),
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


@pytest.mark.parametrize(
    ("heading", "wrong"),
    [
        (HEADING[:5], {"as_of"}),
        ([*HEADING, "màu"], {"màu"}),
        ([*HEADING, "thôn"], {"thôn"}),
        (["a", "b", "c", "d", "e", "f"], {*"abcdef", *HEADING}),
    ],
    ids=["missing", "unknown", "twice", "no heading"],
)
def test_wrong_columns_are_problems_of_the_heading(session, heading, wrong):
    found = problems(session, csv_file([*ROW, "x"][: len(heading)], heading=heading))

    assert {problem.row for problem in found} == {1}
    assert {problem.column for problem in found} >= {column for column in wrong if column not in HEADING}
    assert len(found) == len(wrong)


def test_a_value_beyond_the_last_column_is_a_problem(session):
    assert [problem.row for problem in problems(session, csv_file([*ROW, "x"]))] == [2]


def test_formulas_and_merged_cells_are_problems(session):
    content = xlsx_file(
        row(households="=70+6"), row(village="Khác"), change=lambda book: book.active.merge_cells("E2:E3")
    )

    assert places(session, content, name="x.xlsx") == [(2, "E"), (2, "households"), (3, "source")]


def test_a_date_that_excel_made_of_a_name_is_a_problem(session):
    cells = [*ROW]
    cells[1] = datetime(2026, 1, 2)  # noqa: DTZ001  Excel has no zones

    assert places(session, xlsx_file(cells), name="x.xlsx") == [(2, "village")]


def test_every_sheet_with_rows_is_read_and_named(session):
    def more_sheets(book):
        book.create_sheet("Trống")
        second = book.create_sheet("Xã khác")
        second.append(HEADING)
        second.append(row(village="Khác", households="0"))

    (problem,) = problems(session, xlsx_file(ROW, change=more_sheets), "x.xlsx")

    assert (problem.sheet, problem.row) == ("Xã khác", 2)


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
        row(commune=commune.code, village=str(n), kind="thon") for commune in communes for n in range(1, 13)
    ]

    done = record(read(session, csv_file(*rows)))

    assert len(done) == 135 * 12
    assert {summary.households for summary in queries.commune_summaries(session, province.path, TODAY)} == {
        12 * 76
    }
