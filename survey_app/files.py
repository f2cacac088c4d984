"""Files that leave the product: safe names, formula-safe cells, and bytes that no cache keeps.

Knows nothing of what is in them.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pydyf
import xlsxwriter
from flask import Response
from weasyprint import HTML
from weasyprint.urls import URLFetcher

Cell = str | int | float | None

#: Full-width signs too: some spreadsheets read them as the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def download(body: bytes | Iterable[bytes], name: str, content_type: str) -> Response:
    """An attachment that browsers neither cache nor sniff; `name` may hold anything a person typed."""
    response = Response(body, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=safe_name(name))
    response.headers["Cache-Control"] = "no-store"
    return response


def safe_name(name: str) -> str:
    """`name` in plain letters, digits, dots and dashes.

    >>> safe_name("../../Phiếu xã Đak Pơ.pdf")
    'Phieu-xa-Dak-Po.pdf'
    """
    plain = (
        unicodedata.normalize("NFKD", name.replace("Đ", "D").replace("đ", "d"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain).strip(".-") or "tep"


def csv_rows(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """`rows` as CSV that Excel opens in Vietnamese and never as a formula; UTF-8 with BOM, one chunk a row."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_inert(cell) for cell in row])
        yield line.getvalue().encode()


def xlsx(sheets: dict[str, Iterable[Sequence[Cell]]]) -> bytes:
    """A workbook of `sheets` (name → rows, the first being the heading); text cells stay text."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row, bold if number == 0 else None)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return buffer.getvalue()


def _inert(cell: Cell) -> Cell:
    """A typed text that Excel would run gets an apostrophe; numbers stay numbers (ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def pdf(html: str) -> bytes:
    """`html` printed as PDF. The document must hold everything itself: nothing is ever fetched."""
    printed: bytes = _document(html).write_pdf()
    return printed


def pdf_in_layers(html: str, pages: Iterable[Sequence[int]]) -> bytes:
    """`html` laid out once, then printed in piles: each page shows the laid-out pages of those numbers, from 0.

    What is the same on hundreds of sheets is laid out and stored a single time. All are of one paper size.
    """

    def pile_up(_document: object, made: pydyf.PDF) -> None:
        layers = [made.objects[number] for number in made.pages["Kids"][::3]]
        save, restore = pydyf.Stream([b"q"]), pydyf.Stream([b"Q"])
        made.add_object(save)
        made.add_object(restore)
        made.pages.update(Kids=pydyf.Array(), Count=0)
        for pile in pages:
            parts = pydyf.Array()
            for number in pile:
                parts += (save.reference, layers[number]["Contents"], restore.reference)
            made.add_page(pydyf.Dictionary({**layers[pile[0]], "Contents": parts}))

    printed: bytes = _document(html).write_pdf(finisher=pile_up)
    return printed


def page_count(html: str) -> int:
    """How many pages `html` would take, to find out whether a text fits."""
    return len(_document(html).render().pages)


def _document(html: str) -> HTML:
    return HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
