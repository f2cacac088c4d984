"""Uploaded lists: what is unreadable or dangerous is refused before it costs anything."""

import io
import zipfile

import openpyxl
import pytest

from survey_app.office_files import BadFile, open_office_file
from survey_app.opening import MAX_PARTS
from tests.opening import open_files_here

__all__ = ["open_files_here"]


def problems(content):
    with pytest.raises(BadFile) as caught:
        open_office_file(content, "thon")
    return caught.value.problems


def workbook(change=lambda sheet: None):
    book = openpyxl.Workbook()
    book.active.append(["heading"])
    change(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "damaged"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b"\x89PNG\x00\x00", "picture"),
        (b"\x01\x02\x00\x00", "neither"),
        (b'commune,"' + b"x" * 200_000, "row cannot be read"),
        (b"a,b\n" * 20_001, "row 20001"),
        (b"x" * (2 * 1024 * 1024 + 1), "2 MB"),
    ],
    ids=["xls", "broken zip", "image", "binary", "huge cell", "rows", "big"],
)
def test_a_file_that_is_no_list_says_why(content, part):
    (problem,) = problems(content)

    assert part in problem.found


def test_a_workbook_with_a_damaged_part_is_called_damaged():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>" * 100)
    content = bytearray(packed.getvalue())
    content[content.index(b"xl/workbook.xml") + len("xl/workbook.xml")] ^= (
        0xFF  # the first byte that was deflated
    )

    (problem,) = problems(bytes(content))

    assert "damaged" in problem.found


@pytest.mark.real_opening
def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * (30 * 1024 * 1024))

    assert len(packed.getvalue()) < 100_000
    assert len(problems(packed.getvalue())) == 1


def test_a_workbook_of_a_thousand_files_is_refused_before_they_are_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(MAX_PARTS):
            package.writestr(f"xl/worksheets/sheet{number}.xml", b"<x/>")

    assert len(problems(packed.getvalue())) == 1


def test_a_document_type_in_a_workbook_is_refused():
    good, bad = io.BytesIO(workbook()), io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/workbook.xml":
                part = b'<!DOCTYPE x [<!ENTITY a "b">]>' + part
            target.writestr(name, part)

    assert len(problems(bad.getvalue())) == 1


def test_a_stray_cell_far_below_is_refused_without_reading_up_to_it():
    (problem,) = problems(workbook(lambda sheet: sheet.cell(1_000_000, 1, "x")))

    assert problem.row == 1_000_000


def test_more_cells_than_any_list_has_are_refused_before_they_are_parsed():
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/workbook.xml", "<workbook/>")
        target.writestr("xl/worksheets/sheet1.xml", b"<c r='A1'/>" * 400_001)

    assert len(problems(package.getvalue())) == 1


def test_a_line_break_inside_quotes_keeps_the_numbers_of_later_rows():
    (sheet,) = open_office_file(b'a,b\n"x\ny",1\n\nz,2\n', "x.csv").sheets

    assert [row.number for row in sheet.rows] == [1, 2, 5]
