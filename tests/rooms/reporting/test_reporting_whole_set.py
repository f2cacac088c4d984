"""One press after the seal gives every paper: who gets which, and a workbook that goes on counting."""

import io
import zipfile

import openpyxl
import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.reporting import papers, workbook
from tests.rooms.sealing.conftest import BLANK, HAPPY, UNHAPPY, Surveys

SET = "/can-bo/dot/0001/giay-to/ca-bo.zip"


@pytest.fixture
def sealed(app):
    made = Surveys(db.session())
    made.make(households={"Linh Cang": 76, "Hà Lam": 60, "Vắng": 30})
    made.answer("0001", "Linh Cang", HAPPY, times=71)
    made.answer("0001", "Linh Cang", UNHAPPY)
    made.answer("0001", "Hà Lam", HAPPY, times=20)
    made.answer("0001", "Hà Lam", BLANK)
    made.seal()
    return made


def names(reply):
    archive = zipfile.ZipFile(io.BytesIO(reply.data))
    assert archive.testzip() is None
    return archive.namelist()


def releases():
    db.session().rollback()
    return db.session().scalars(select(AuditEvent).where(AuditEvent.act == "reporting.release")).all()


@pytest.mark.usefixtures("undrawn")
def test_the_front_gets_every_paper_in_every_format_and_the_release_is_noted(app, client, sealed):
    sealed.sign_in(app, Role.FRONT_COMMUNE)

    held = names(client.get(SET))

    stems = ("01-bien-ban-kiem-phieu", "02-bang-tong-hop", "03-bien-ban-tung-thon")
    notices = ("04-ban-niem-yet-xa", "06-bao-cao", "05-ban-niem-yet-tung-thon")
    expected = [f"{stem}-0001.{form}" for stem in (*stems, *notices) for form in ("pdf", "docx")]
    assert held == [*expected, "02-bang-tong-hop-0001.xlsx"]
    assert [row.details for row in releases()] == [{"form": "ca-bo"}]


@pytest.mark.usefixtures("undrawn")
def test_the_commune_gets_what_may_be_posted_and_no_exact_count_of_a_village(app, client, sealed):
    sealed.sign_in(app, Role.COMMUNE)

    reply = client.get(SET)

    assert [name[:2] for name in names(reply)] == ["04", "04", "06", "06", "05", "05", "02"]
    book = openpyxl.load_workbook(
        io.BytesIO(zipfile.ZipFile(io.BytesIO(reply.data)).read("02-ket-qua-0001.xlsx"))
    )
    said = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert "142" not in said
    assert releases() == []


def test_sums_and_rates_of_the_workbook_are_formulas_that_say_what_the_papers_say(sealed):
    found = papers.exact(db.session(), "0001")
    content = workbook.table(found)

    written = openpyxl.load_workbook(io.BytesIO(content))
    counted = openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    sheet, told = written.worksheets[0], counted.worksheets[0]
    last = sheet.max_row
    assert sheet.auto_filter.ref == "A1:K4"
    assert sheet.cell(last, 3).value == "=SUBTOTAL(9,C2:C4)"
    assert sheet.cell(last, 11).value == f'=IF(J{last}=0,"",I{last}/J{last})'
    total = found.total.card
    assert told.cell(last, 3).value == total.tally.answered == 93
    assert told.cell(last, 11).value == pytest.approx(total.pooled.n / total.pooled.of)
    away = next(row for row in range(2, last) if told.cell(row, 1).value == "Thôn Vắng")
    assert told.cell(away, 11).value in {None, ""}
    shares = [row for row in counted.worksheets[1].iter_rows(min_row=2, values_only=True) if row[4]]
    assert shares
    assert all(row[6] == pytest.approx(row[2] / row[4]) for row in shares)
    items = counted.worksheets[2]
    lines = {line.name: line for line in found.villages}
    first = found.result.item_lines[0].tally.key
    assert {items.cell(row, 1).value: items.cell(row, 3).value for row in range(2, items.max_row)} == {
        name: (line.item(first).n if line.item(first) else 0) for name, line in lines.items()
    }
