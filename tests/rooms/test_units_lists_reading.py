"""Lists as offices send them: what is understood, what is left out and named, what is refused; without the register."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
import xlsxwriter

from survey_app import names, opening_lists
from survey_app.config import VillageKind
from survey_app.office_files import understood
from survey_app.opening import FileRefused
from survey_app.units import kinds
from survey_app.units.finding import Owner
from survey_app.units.lists.reading import read

OFFICES = Path(__file__).parents[1] / "offices"
TODAY = date(2026, 11, 28)
OWNER = Owner(
    "23764 Xã Ia Grai",
    frozenset({"23764", names.identity("Ia Grai"), names.identity("Xã Ia Grai")}),
    {names.identity("Ia Tô"): "Xã Ia Tô", names.identity("Xã Ia Tô"): "Xã Ia Tô"},
)
#: The same where another commune of the register is known.
AMONG_OTHERS = replace(
    OWNER, others=frozenset({"23722", names.identity("Ia Mơ"), names.identity("Xã Ia Mơ")})
)
HEADING = ("STT", "Tên thôn, làng", "Tổng số hộ")


@pytest.fixture(autouse=True)
def context(app):
    with app.test_request_context("/?lang=en"):
        yield


def reading(content, name="danh-sach", owner=OWNER):
    return read(understood(opening_lists.read(content), name), owner, TODAY)


def of_case(name):
    return reading((OFFICES / name).read_bytes(), name)


def book(*rows, change=lambda sheet: None, **sheets):
    made = openpyxl.Workbook()
    for cells in rows:
        made.active.append(cells)
    change(made.active)
    for title, more in sheets.items():
        for cells in more:
            (made[title] if title in made.sheetnames else made.create_sheet(title)).append(cells)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def word(*rows, above=(), merge=()):
    made = docx.Document()
    for paragraph in above:
        made.add_paragraph(paragraph)
    table = made.add_table(0, len(rows[0]))
    for cells in rows:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = str(text)
    for (top, left), (bottom, right) in merge:
        table.cell(top, left).merge(table.cell(bottom, right))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def villages(found):
    return [(entry.kind, entry.village, entry.households) for entry in found.entries]


def left_out(found):
    return [(one.sheet, one.row) for one in found.left_out]


def places(found):
    return [(problem.sheet, problem.row) for problem in found.problems]


# The files that stand beside this test, as they came


def test_the_report_as_communes_make_it():
    found = of_case("01-commune-report.xlsx")

    assert villages(found) == [
        ("thon", "Hưng Bình", 215), ("thon", "Đoàn Kết", 188), ("lang", "Kép", 97),
        ("lang", "Bạc 1", 76), ("lang", "Bạc 2", 81), ("lang", "O Ngó", 64),
    ]  # fmt: skip
    assert found.problems == ()
    assert {entry.days for entry in found.entries} == {("2026-10-31",)}
    assert {entry.source for entry in found.entries} == {""}
    assert [row for _sheet, row in left_out(found)] == [1, 2, 4, 5, 15, 18, 19, 20]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("03-guidance-and-list-sheets.xlsx", [("lang", "Kép", 97), ("lang", "Bạc 1", 76)]),
        ("05-values-written-once.xlsx", [("lang", "Một Lần A", 97), ("lang", "Một Lần B", 90), ("lang", "Một Lần C", 80)]),
        ("06-headings.xlsx", [("lang", "Tiêu Đề 2", 97)]),
        ("08-tcvn3.xlsx", [("lang", "Kép", 97), ("thon", "Đoàn Kết", 188), ("lang", "Bạc 1", 76)]),
        ("10-hidden-sheet.xlsx", [("lang", "Kép Ẩn", 97)]),
        ("12b-thon-lang-kep.xlsx", [("thon", "Làng Kép", 99)]),
        ("14-html-named.xls", [("lang", "Kép", 97)]),
        ("16-strict-ooxml.xlsx", [("lang", "Chặt", 97)]),
    ],
)  # fmt: skip
def test_a_file_is_understood(name, expected):
    found = of_case(name)

    assert villages(found) == expected
    assert found.problems == ()


def test_sheets_of_guidance_and_of_words_are_named_as_left_out():
    assert left_out(of_case("03-guidance-and-list-sheets.xlsx")) == [("Hướng dẫn", 0), ("DanhMuc", 0)]


def test_what_is_filled_down_is_told():
    first, second, third = of_case("05-values-written-once.xlsx").entries

    assert first.notes == ()
    assert [len(entry.notes) for entry in (second, third)] == [3, 4]
    assert {(entry.source, entry.days) for entry in (first, second, third)} == {("Báo cáo", ("2026-10-31",))}


def test_an_old_encoding_is_shown_with_its_name():
    first, *_others = of_case("08-tcvn3.xlsx").entries

    assert "TCVN3" in first.notes[0]
    assert "Lµng KÐp" in first.notes[0]
    assert first.source == "Báo cáo của xã"


def test_a_hidden_sheet_is_not_taken_and_said():
    assert left_out(of_case("10-hidden-sheet.xlsx")) == [("2019", 0)]


def test_a_web_page_named_xls_is_named_with_the_way_out():
    assert any("web page" in note and ".xlsx" in note for note in of_case("14-html-named.xls").notes)


def test_every_kind_of_village_is_known():
    found = of_case("18-kinds-of-villages.xlsx")

    assert [(entry.kind, entry.village) for entry in found.entries] == [
        ("khu_vuc", "1"), ("khu_vuc", "4a"), ("khoi", "3"), ("xom", "2"), ("khoi_pho", "5"), ("plei", "Ốp"),
        ("bon", "Dâng"), ("tieu_khu", "9"), ("doi", "4"), ("to_dan_pho", "7"), ("to_dan_pho", "8"), ("ap", "1A"),
    ]  # fmt: skip


def test_an_unknown_kind_says_which_there_are_and_how_one_is_added():
    (problem,) = reading(book(("thôn", "loại", "số hộ"), ("Kép", "trại", 9))).problems

    assert "xóm" in problem.expected
    assert "village_kinds" in problem.expected


def test_a_kind_of_the_settings_is_a_kind_everywhere(app):
    trai = VillageKind("trai", "Trại", ("Tr",))
    app.extensions["settings"] = replace(app.extensions["settings"], village_kinds=(trai,))
    rows = book(("Tên trại", "loại", "số hộ"), ("Trại Kép", "", 9), ("Tr. Ốp", "", 8), ("Mơ", "trại", 7))

    found = reading(rows)

    assert villages(found) == [("trai", "Kép", 9), ("trai", "Ốp", 8), ("trai", "Mơ", 7)]
    assert found.problems == ()
    assert kinds.full_name("trai", "Kép") == "Trại Kép"


def test_a_kind_that_was_taken_out_of_the_settings_is_still_readable():
    assert kinds.full_name("trai_moi", "Kép") == "Trai moi Kép"


def test_days_with_one_meaning_are_read_with_two_are_asked_and_others_listed():
    found = of_case("33-dates.xlsx")
    read_days = {entry.row: entry.days for entry in found.entries}

    assert {row for row, days in read_days.items() if days == ("2026-10-31",)} == {
        2,
        3,
        4,
        5,
        6,
        7,
        10,
        11,
        12,
    }
    assert {row for row, days in read_days.items() if len(days) == 2} == {14, 15, 16}
    assert [row for _sheet, row in places(found)] == [8, 9, 13]


def test_a_name_of_a_hundred_letters_is_whole():
    content = (OFFICES / "37-long-village-name.csv").read_bytes().replace(b"23938", b"23764")

    (entry,) = reading(content).entries

    assert len(entry.village) == 100


def test_a_village_in_two_sheets_is_told_with_both():
    (problem,) = of_case("40-duplicate-in-another-sheet.xlsx").problems

    assert problem.sheet == "Tháng 10"
    assert "Sheet" in problem.found


def test_all_wrong_cells_are_listed_at_once():
    found = of_case("41-heading-hides-rows.xlsx")

    assert [(problem.row, problem.column) for problem in found.problems] == [
        (2, "tổng số hộ"), (2, "ngày"), (3, "xã"), (3, "loại"), (3, "tổng số hộ"),
    ]  # fmt: skip


def test_an_old_excel_file_with_a_heading_in_two_rows_and_a_hidden_sheet():
    found = of_case("50-old-excel.xls")

    assert villages(found) == [("lang", "Ốp", 64), ("thon", "2", 128)]
    assert {entry.days for entry in found.entries} == {("2026-09-30",)}
    assert left_out(found) == [("Cũ", 0), ("Sheet1", 1), ("Sheet1", 2), ("Sheet1", 8)]
    assert found.problems == ()


# What else offices send


def test_hidden_rows_and_columns_are_not_taken_and_said():
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True

    found = reading(book((*HEADING, "Số hộ năm 2019"), (1, "Làng A", 5, 4), (2, "Làng B", 6, 4), change=hide))

    assert villages(found) == [("lang", "A", 5)]
    assert left_out(found) == [("Sheet", 3)]
    assert any("hidden" in note for note in found.notes)


def test_hidden_rows_and_columns_are_told_where_only_the_values_can_be_read():
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(OFFICES / "16-strict-ooxml.xlsx") as source,
        zipfile.ZipFile(packed, "w") as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb'(<row [^>]*?r="2")', rb'\1 hidden="true"', part)
                part = part.replace(
                    b"<sheetData>", b'<cols><col min="7" max="7" hidden="1"/></cols><sheetData>'
                )
            target.writestr(name, part)

    (sheet,) = understood(opening_lists.read(packed.getvalue()), "x.xlsx").sheets

    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {6})


def test_a_file_whose_hidden_rows_nobody_can_tell_says_so():
    assert any("Hidden rows" in note for note in of_case("50-old-excel.xls").notes)
    assert not any("Hidden rows" in note for note in of_case("01-commune-report.xlsx").notes)


def test_two_columns_of_households_are_asked_back():
    (problem,) = reading(book(("thôn", "Số hộ năm 2025", "Số hộ năm 2026"), ("Làng A", 5, 6))).problems

    assert "2025" in problem.found
    assert "2026" in problem.found


def test_a_formula_counts_with_the_result_that_was_saved_and_not_without():
    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made)
    sheet = workbook.add_worksheet("Biểu")
    sheet.write_row(0, 0, HEADING)
    sheet.write_row(1, 0, (1, "Làng A"))
    sheet.write_formula(1, 2, "=3+4", None, 7)
    workbook.close()

    assert villages(reading(made.getvalue())) == [("lang", "A", 7)]
    (problem,) = reading(book(HEADING, (1, "Làng A", "=3+4"))).problems
    assert "=3+4" in problem.found


def test_the_files_own_sum_is_kept_and_is_no_village():
    found = reading(
        book(HEADING, (1, "Làng A", 5), (2, "Làng B", 6), ("", "Tổng cộng:", 11), ("", "Người lập biểu", ""))
    )

    assert (found.total, len(found.entries), found.problems) == (11, 2, ())


def test_sums_in_the_middle_are_no_villages_and_hide_no_village_without_its_number():
    found = reading(
        book(
            HEADING,
            ("I", "Cụm 1", 11),
            (1, "Làng A", 5),
            (2, "Làng B", 6),
            ("", "Cộng cụm 1", 11),
            ("II", "Cụm 2", None),
            (3, "Làng C", 7),
            (4, "Làng D", None),
            ("", "Cộng (II)", 7),
            ("", "Tổng cộng", 18),
        )  # fmt: skip
    )

    assert villages(found) == [("lang", "A", 5), ("lang", "B", 6), ("lang", "C", 7)]
    assert (places(found), found.total) == ([("Sheet", 8)], 18)
    assert [row for _sheet, row in left_out(found)] == [2, 5, 6, 9, 10]


def test_a_commune_with_its_sum_is_no_village_and_names_where_those_below_were():
    of_today = reading(book(HEADING, ("", "Xã Ia Grai", 11), (1, "Làng A", 5), (2, "Làng B", 6)))
    of_before = reading(
        book(
            HEADING,
            ("I", "Xã Ia Tô (cũ)", 11),
            (1, "Làng A", 5),
            (2, "Làng B", 6),
            ("II", "Xã Ia Grai cũ", 7),
            (1, "Làng A", 7),
        )
    )

    assert (of_today.total, len(of_today.entries), of_today.problems) == (11, 2, ())
    assert [(entry.village, entry.old_unit) for entry in of_before.entries] == [
        ("A", "Xã Ia Tô"), ("B", "Xã Ia Tô"), ("A", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(("totals", "whole"), [((5, 6), 11), ((5, 5), 5), ((5, 6, 11), 11)], ids=str)
def test_the_sums_of_several_sheets_are_added_unless_one_adds_up_the_others(totals, whole):
    sheets = {
        f"Cụm {number}": (HEADING, (1, f"Làng {chr(65 + number)}", 1), ("", "Tổng cộng", total))
        for number, total in enumerate(totals)
    }

    assert reading(book(**sheets)).total == whole


def test_rows_of_another_commune_are_left_out_and_named_and_so_is_a_list_of_others_alone():
    heading = ("Tên xã", "Thôn", "Số hộ", "Nguồn")
    rows = (
        ("Ia Mơ", "Làng A", 5, "Báo cáo 1"),
        ("", "Làng B", 6, ""),
        ("Ia Grai", "Làng C", 7, ""),
        ("", "Cộng", 18, ""),
    )

    both = reading(book(heading, *rows), owner=AMONG_OTHERS)
    other = reading(book(heading, *rows[:2]), owner=AMONG_OTHERS)
    unknown = reading(book(heading, ("Ia Gai", "Làng A", 5, "")), owner=AMONG_OTHERS)
    slip = reading(book(heading, rows[2], ("Ia Mơ", "Làng A", 5, "")), owner=AMONG_OTHERS)

    assert (villages(both), both.entries[0].source, both.total) == ([("lang", "C", 7)], "Báo cáo 1", None)
    assert [row for _sheet, row in left_out(both)] == [2, 3, 5]
    assert (other.entries, [problem.found for problem in other.problems]) == ((), ["The list is of Ia Mơ."])
    assert (places(unknown), places(slip)) == ([("Sheet", 2)], [("Sheet", 3)])


def test_numbers_that_a_program_turned_into_days_are_told_as_days():
    found = reading(book(HEADING, (1, "Làng A", date(1900, 3, 16)), (2, "Làng B", 6)))

    assert [(problem.row, problem.found) for problem in found.problems] == [(2, "“16/03/1900” is a date.")]


def test_running_numbers_before_the_names_are_no_part_of_them():
    rows = (("Tên thôn", "Số hộ"), ("1. Thôn 1", 5), ("2) Làng Kép", 6), ("3- Tổ 5", 7))

    assert villages(reading(book(*rows))) == [("thon", "1", 5), ("lang", "Kép", 6), ("to_dan_pho", "5", 7)]
    assert [entry.written for entry in reading(book(rows[0], ("7. Thôn 1", 5), rows[2])).entries][
        0
    ] == "7. Thôn 1"


@pytest.mark.parametrize(
    "heading", [("STT", "Họ và tên chủ hộ", "Số khẩu"), ("STT", "Tên chủ hộ", "Thôn", "Số khẩu")], ids=len
)
def test_a_list_of_households_by_name_is_called_so(heading):
    (problem,) = reading(book(heading, (1, "Nguyễn Văn A", "Thôn 2", 4)[: len(heading)])).problems

    assert "single households" in problem.found


def test_a_sum_without_a_word_is_a_sum_and_another_number_without_a_name_is_a_problem():
    rows = (HEADING, (1, "Làng A", 5), (2, "Làng B", 6))

    assert (reading(book(*rows, ("", "", 11))).total, reading(book(*rows, ("", "", 11))).problems) == (11, ())
    assert places(reading(book(*rows, ("", "", 12)))) == [("Sheet", 4)]


def test_a_sheet_called_like_a_former_commune_tells_where_its_villages_were():
    found = reading(book(**{"Ia Tô": (HEADING, (1, "Làng A", 5)), "Ia Grai": (HEADING, (1, "Làng A", 6))}))

    assert [(entry.village, entry.old_unit) for entry in found.entries] == [("A", "Xã Ia Tô"), ("A", "")]


def test_more_rows_than_a_commune_has_villages_are_refused_before_they_are_read():
    content = "thôn;số hộ\n" + "".join(f"Làng {number};5\n" for number in range(1, 2_010))

    assert len(reading(content.encode()).problems) == 1


def test_an_open_document_is_read_without_its_hidden_row():
    def cell(text, kind="string"):
        value = f' office:value="{text}"' if kind == "float" else ""
        return (
            f'<table:table-cell office:value-type="{kind}"{value}><text:p>{text}</text:p></table:table-cell>'
        )

    rows = "".join(
        f"<table:table-row{hidden}>{cell(village)}{cell(count, kind)}</table:table-row>"
        for hidden, village, count, kind in (
            ("", "Thôn", "Số hộ", "string"),
            ("", "Làng A", "5", "float"),
            (' table:visibility="collapse"', "Làng B", "6", "float"),
        )
    )
    names_used = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        package.writestr(
            "content.xml",
            f"<office:document-content {names_used}><office:body><office:spreadsheet>"
            '<table:table table:name="Biểu"><table:table-column table:number-columns-repeated="2"/>'
            f'<table:table-column table:visibility="collapse"/>{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )

    found = reading(packed.getvalue())

    assert villages(found) == [("lang", "A", 5)]
    assert left_out(found) == [("Biểu", 3)]
    assert any("3" in note and "hidden" in note for note in found.notes)


def test_a_word_file_with_tracked_changes_is_named():
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word(("Thôn", "Số hộ"), ("Làng A", "5")))) as source,
        zipfile.ZipFile(changed, "w") as target,
    ):
        for part in source.namelist():
            body = source.read(part)
            target.writestr(
                part,
                body.replace(b"<w:r>", b'<w:ins w:id="1"><w:r>', 1) if part == "word/document.xml" else body,
            )

    with pytest.raises(FileRefused) as caught:
        opening_lists.read(changed.getvalue())

    assert caught.value.word == "tracked_changes"


@pytest.mark.parametrize(
    "said",
    [
        "Tổng hộ", "Cả xã", "Toàn xã Ia Grai", "Toàn phường Diên Hồng", "TOÀN XÃ (2 THÔN)", "Tổng hộ toàn xã",
        "T.cộng", "T/cộng", "TC", "Tổng hợp", "Tổng kết", "Cộng chung", "Chung toàn xã", "Luỹ kế", "Số hộ toàn xã",
        "Sum", "Tong cong toan xa", "Tong so ho", "Ia Grai", "UBND xã Ia Grai",
    ],
)  # fmt: skip
def test_a_sum_is_no_village_whatever_an_office_calls_it(said):
    rows = ["1;Thôn 1;97", "2;Thôn 2;55"]
    for row in (f";{said};152", f"{said};;152", f"3;{said};152"):
        for lines in ([row, *rows], [*rows, row]):
            found = reading("\n".join([";".join(HEADING), *lines]).encode())

            assert villages(found) == [("thon", "1", 97), ("thon", "2", 55)], lines
            assert (found.problems, found.total) == ((), 152), lines


def test_a_row_that_may_be_a_sum_is_marked_by_its_number_or_by_the_communes_name():
    rows = (HEADING, ("", "Hết thảy", 152), (1, "Thôn 1", 97), (2, "Thôn 2", 55), (3, "Làng Ia Grai", 7))
    numbered = (HEADING, (1, 1, 97), (2, 2, 97), (3, 3, 55))

    marked = [
        [entry.written for entry in reading(book(*one)).entries if entry.may_be_sum]
        for one in (rows[:4], rows, (*rows[:1], *rows[2:], (4, "Ia Grai", 8)), numbered)
    ]

    assert marked == [["Hết thảy"], [], ["Ia Grai"], []]
    assert [entry.households for entry in reading(book(*numbered)).entries] == [97, 97, 55]


def test_a_village_called_like_a_sum_is_a_village():
    assert villages(reading(book(HEADING, (1, "Thôn Cộng Hòa", 5), (2, "Thôn Tổng Phú", 6)))) == [
        ("thon", "Cộng Hòa", 5),
        ("thon", "Tổng Phú", 6),
    ]


def test_a_village_without_its_number_is_a_problem_and_not_left_out():
    found = reading(book(HEADING, (1, "Làng A", 5), (2, "Làng B", None), (3, "Làng C", 4)))

    assert places(found) == [("Sheet", 3)]


def test_groups_numbers_of_columns_and_a_second_heading_are_left_out():
    found = reading(
        book(
            HEADING,
            ("(1)", "(2)", "(3)"),
            ("I", "Xã Ia Tô (cũ)", None),
            (1, "Làng A", 5),
            HEADING,
            (2, "Làng B", 6),
        )  # fmt: skip
    )

    assert villages(found) == [("lang", "A", 5), ("lang", "B", 6)]
    assert [row for _sheet, row in left_out(found)] == [2, 3, 5]
    assert {entry.old_unit for entry in found.entries} == {"Xã Ia Tô"}


def test_a_former_commune_in_the_column_of_communes_tells_where_a_village_was():
    found = reading(
        book(("Tên xã", "thôn", "số hộ"), ("Ia Tô", "Làng A", 5), ("Ia Grai", "Làng B", 6), ("Ia Mơ", "C", 1))
    )

    assert [entry.old_unit for entry in found.entries] == ["Xã Ia Tô", ""]
    assert places(found) == [("Sheet", 4)]


def test_a_table_of_a_word_file_is_read_with_its_title_and_merged_heading():
    content = word(
        ("TT", "Tên thôn", "Số hộ", "Số hộ"), ("TT", "Tên thôn", "Tổng số", "Hộ nghèo"), ("1", "Thôn 2", "1.234", "5"),
        above=("THỐNG KÊ SỐ HỘ", "Số liệu tính đến ngày 30 tháng 9 năm 2026"),
        merge=(((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 3))),
    )  # fmt: skip

    found = reading(content)

    assert villages(found) == [("thon", "2", 1234)]
    assert found.entries[0].days == ("2026-09-30",)


def test_rows_pasted_from_a_program_are_read_with_and_without_a_heading():
    assert villages(reading("STT\tThôn\tSố hộ\n1\tThôn 1\t90\n".encode())) == [("thon", "1", 90)]
    assert villages(reading("1\tLàng Kép\t97\n2\tLàng Bạc\t81\n".encode())) == [
        ("lang", "Kép", 97),
        ("lang", "Bạc", 81),
    ]
    assert len(reading("Làng Kép\t97\t388\n".encode()).problems) == 1


def test_the_lines_of_a_message_are_rows_where_every_line_names_a_village_and_its_number():
    lines = "Thôn 1: 1.120 hộ\n- Thôn 2 - 98\nLàng Kép 97 hộ.\n\nTổng: 1.315 hộ\n"

    found = reading(lines.encode())

    assert villages(found) == [("thon", "1", 1120), ("thon", "2", 98), ("lang", "Kép", 97)]
    assert (found.total, [row for _sheet, row in left_out(found)]) == (1315, [5])
    assert len(reading("Thôn 1: 120 hộ\nThôn 2 chưa có\n".encode()).problems) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_text_is_read_in_any_encoding_and_with_any_separator(encoding, separator):
    rows = (("thôn", "số hộ", "nguồn"), ("Làng Kép", "97", "Báo cáo"))
    text = "\r\n".join(separator.join(cells) for cells in rows)
    if encoding == "cp1258":  # accents behind the letters, as Windows writes them
        text = (
            text.replace("ố", "ô\u0301")
            .replace("ộ", "ô\u0323")
            .replace("ồ", "ô\u0300")
            .replace("à", "a\u0300")
        )

    (entry,) = reading(text.encode(encoding)).entries

    assert (entry.village, entry.source) == ("Kép", "Báo cáo")


@pytest.mark.parametrize(
    ("heading", "name", "encoding"),
    [("Tªn th«n;Sè hé", "Lµng B¹c", "TCVN3"), ("Teân thoân;Soá hoä", "Laøng Baïc", "VNI")],
    ids=["TCVN3", "VNI"],
)
def test_a_text_in_an_old_encoding_is_converted_heading_and_all(heading, name, encoding):
    (entry,) = reading(f"{heading}\n{name};81\n".encode("cp1252")).entries

    assert entry.village == "Bạc"
    assert encoding in entry.notes[0]


def test_letters_lost_on_the_way_are_a_problem():
    (problem,) = reading("thôn;số hộ\nLàng K?p;97\n".encode()).problems

    assert "?" in problem.found


@pytest.mark.parametrize("name", ["Làng 村", "Làng Кеп", "Làng ½", "Làng 😀"])
def test_letters_of_other_alphabets_are_refused(name):
    assert len(reading(f"thôn;số hộ\n{name};97\n".encode()).problems) == 1


@pytest.mark.parametrize("name", ["Plei Kơ̆ng", "Buôn Čư Ƀlang", "Đê Ktŭh", "M’nông", "Kon Jơ Drĭ"])
def test_names_in_jrai_and_bahnar_are_names(name):
    (entry,) = reading(f"thôn;loại;số hộ\n{name};làng;97\n".encode()).entries

    assert entry.village == name


@pytest.mark.parametrize(
    ("content", "word_for_it"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n", "picture"),
        (b"{\\rtf1 x}", "rich_text"),
        (b"MIME-Version: 1.0\n", "web_archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "old_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "damaged"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b'<?xml version="1.0"?><rss/>', "other_xml"),
        (b"<html><body><p>a</p></body></html>", "no_table"),
    ],
)
def test_what_is_no_list_is_called_by_its_name(content, word_for_it):
    with pytest.raises(FileRefused) as caught:
        opening_lists.read(content)

    assert caught.value.word == word_for_it


def test_an_xml_workbook_of_2003_is_read_without_its_hidden_row():
    content = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
    <Worksheet ss:Name="Biểu"><Table><Column/><Column ss:Index="4" ss:Span="1" ss:Hidden="1"/>
    <Row><Cell><Data ss:Type="String">thôn</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">số hộ</Data></Cell></Row>
    <Row><Cell><Data ss:Type="String">Làng A</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">5</Data></Cell></Row>
    <Row ss:Hidden="1"><Cell><Data ss:Type="String">Làng B</Data></Cell></Row>
    </Table></Worksheet></Workbook>"""

    found = reading(content.encode())

    assert villages(found) == [("lang", "A", 5)]
    assert left_out(found) == [("Biểu", 3)]
    assert sum("hidden" in note for note in found.notes) == 2


def test_an_empty_file_and_one_without_a_heading_say_so():
    assert "empty" in reading(b"").problems[0].found
    assert "heading" in reading("ghi chú\nchưa có số liệu\n".encode()).problems[0].found


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (datetime(2026, 10, 31, 23, 59), ("2026-10-31",)),  # noqa: DTZ001  Excel has no zones
        ("đến ngày 31/10/2026", ("2026-10-31",)),
        ("20261031", ("2026-10-31",)),
        ("1/11/2026", ("2026-11-01",)),
    ],
)
def test_a_day_alone_in_its_column_is_read(typed, expected):
    (entry,) = reading(book(("thôn", "số hộ", "ngày"), ("Làng A", 5, typed))).entries

    assert entry.days == expected
