"""Files that leave the product: safe names, formula-safe cells, and bytes that no cache keeps.

Knows nothing of what is in them.
"""

import csv
import gc
import io
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response

from survey_app import heavy


@dataclass(frozen=True, slots=True)
class Percent:
    """A per cent as it is printed: a number in a workbook, `text` in CSV.

    Hundredths and no fraction, so that a spreadsheet cannot round it onto a threshold that it only comes near.
    """

    hundredths: int
    text: str


@dataclass(frozen=True, slots=True)
class Decimal:
    """An exact number as it is printed: a number in a workbook, `text` in CSV, where "1.5" would become a day."""

    value: float
    text: str


Cell = str | int | float | Percent | Decimal | None
#: Tables by their names, the first row of each being the heading.
Sheets = Mapping[str, Iterable[Sequence[Cell]]]

#: Two decimals with the reader's own decimal sign, as in "98,61 %".
_PERCENT_FORMAT = r"0.00\ %"

_OF_THREAD = threading.local()

#: Of CSS.
_MM_PER_PIXEL = 25.4 / 96

#: Full-width signs too: some spreadsheets read them as the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file that leaves the product."""

    suffix: str
    content_type: str

    def named(self, stem: str) -> str:
        """The name of such a file."""
        return f"{stem}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class TableFormat(FileFormat):
    """A kind of file that holds tables; every table that leaves can be had in each of them."""

    #: What people choose it by.
    name: str
    write: Callable[[Sheets], bytes | Iterable[bytes]]
    #: Whether it keeps several tables apart.
    has_sheets: bool


def download(body: bytes | Iterable[bytes], stem: str, form: FileFormat) -> Response:
    """An attachment that browsers neither cache nor sniff; `stem` may hold anything a person typed."""
    response = Response(body, content_type=form.content_type)
    response.headers.set("Content-Disposition", "attachment", filename=form.named(safe_name(stem)))
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


def csv_tables(sheets: Sheets) -> Iterator[bytes]:
    """One table as `csv_rows` has it; several below one another, each under its name."""
    if len(sheets) == 1:
        return csv_rows(next(iter(sheets.values())))
    return csv_rows(row for name, rows in sheets.items() for row in ((name,), *rows, ()))


def xlsx(sheets: Sheets) -> bytes:
    """A workbook of `sheets`; text cells stay text."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with heavy.xlsxwriter().Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        percent = book.add_format({"num_format": _PERCENT_FORMAT})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.add_write_handler(Percent, partial(_write_percent, percent))
            sheet.add_write_handler(Decimal, _write_decimal)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row, bold if number == 0 else None)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return buffer.getvalue()


CSV = TableFormat("csv", "text/csv; charset=utf-8", "CSV", csv_tables, has_sheets=False)
XLSX = TableFormat(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "Excel (XLSX)",
    xlsx,
    has_sheets=True,
)
#: The formats of tables, by suffix, in the order in which pages offer them.
TABLES = {table.suffix: table for table in (XLSX, CSV)}
#: The part of an address that names one of them.
TABLE_SUFFIX = f"<any({', '.join(TABLES)}):suffix>"

PDF = FileFormat("pdf", "application/pdf")
DOCX = FileFormat("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
JSON = FileFormat("json", "application/json")
HTML_PAGE = FileFormat("html", "text/html; charset=utf-8")
#: The formats of papers, by suffix, in the order in which pages offer them; and the part of an address that names one.
PAPERS = {paper.suffix: paper for paper in (PDF, DOCX)}
PAPER_SUFFIX = f"<any({', '.join(PAPERS)}):suffix>"
ZIP = FileFormat("zip", "application/zip")
PNG = FileFormat("png", "image/png")
JPEG = FileFormat("jpg", "image/jpeg")
SCRIPT = FileFormat("js", "text/javascript; charset=utf-8")


def _write_percent(style: Any, sheet: Any, row: int, column: int, cell: Percent, _style: Any = None) -> int:
    """A per cent that a workbook can sort and compare; 98,61 % is stored as 0.9861."""
    written: int = sheet.write_number(row, column, cell.hundredths / 10_000, style)
    return written


def _write_decimal(sheet: Any, row: int, column: int, cell: Decimal, style: Any = None) -> int:
    written: int = sheet.write_number(row, column, cell.value, style)
    return written


def _inert(cell: Cell) -> str | int | float | None:
    """A typed text that Excel would run gets an apostrophe; numbers stay numbers (ASVS 5.0, 1.2.10)."""
    if isinstance(cell, Percent | Decimal):
        return cell.text
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Collect no garbage meanwhile: a layout makes a million objects that live until it is done, and every collection
    looks at all of them again, which is a seventh of the time. They are let go right afterwards.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_garbage_kept()
def pdf(html: str) -> bytes:
    """`html` printed as PDF. The document must hold everything itself: nothing is ever fetched."""
    printed: bytes = _document(html).write_pdf(font_config=_fonts())
    return printed


@_garbage_kept()
def pdf_finished(html: str, finish: Callable[[Any, Any], None]) -> bytes:
    """`html` printed as PDF once `finish` has changed it: it gets the laid-out document and the pydyf PDF."""
    printed: bytes = _document(_named(html)).write_pdf(finisher=finish, font_config=_fonts())
    return printed


@_garbage_kept()
def pdf_repeating(html: str, order: Callable[[Mapping[str, int], int], Sequence[int]]) -> bytes | None:
    """`html` printed as PDF with its pages in the order wanted, where one may come several times and is drawn once.

    `order` gets the page, counted from 0, on which each name in `data-at` begins, and how many pages there are; where
    it wants none, nothing is printed.
    """
    laid_out = _document(_named(html)).render(font_config=_fonts())
    begins = {name: spot.page for name, spot in places_of(laid_out).items()}
    wanted = order(begins, len(laid_out.pages))
    if not wanted:
        return None
    printed: bytes = laid_out.write_pdf(finisher=lambda _document, made: _repeat(made, wanted))
    return printed


def _repeat(made: Any, wanted: Sequence[int]) -> None:
    """Put the pages of a pydyf PDF into the order wanted; a page that comes again shares what is drawn on it."""
    pydyf = heavy.pydyf()
    drawn, used = made.pages["Kids"][::3], set()
    numbers = []
    for place in wanted:
        page = made.objects[drawn[place]]
        if place in used:
            page = pydyf.Dictionary(page)
            made.add_object(page)
        used.add(place)
        numbers.append(page.number)
    made.pages["Kids"] = pydyf.Array([part for number in numbers for part in (number, 0, "R")])
    made.pages["Count"] = len(numbers)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is on a laid-out page, in millimetres from its upper left corner."""

    #: Counted from 0.
    page: int
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


@_garbage_kept()
def places(html: str) -> dict[str, Spot]:
    """Where the elements of `html` are that have a name in `data-at`; of those of one name the first one counts."""
    return places_of(_document(_named(html)).render(font_config=_fonts()))


@_garbage_kept()
def pdf_with_places(html: str) -> tuple[bytes, dict[str, Spot]]:
    """`html` printed as PDF, and `places` of the very same pages."""
    laid_out = _document(_named(html)).render(font_config=_fonts())
    return laid_out.write_pdf(), places_of(laid_out)


def places_of(laid_out: Any) -> dict[str, Spot]:
    """The same of a document that was laid out already."""
    found: dict[str, Spot] = {}
    for number, page in enumerate(laid_out.pages):
        for name, corners in page.anchors.items():
            left, top, right, bottom = (_MM_PER_PIXEL * corner for corner in corners)
            found.setdefault(name, Spot(number, left, top, right - left, bottom - top))
    return found


def _named(html: str) -> str:
    """`html` with an id for the first of each name in `data-at`: the renderer says where ids are."""
    seen: set[str] = set()

    def name(found: re.Match[str]) -> str:
        if found[1] in seen:
            return ""
        seen.add(found[1])
        return f' id="{found[1]}"'

    return re.sub(r' data-at="([^"]*)"', name, html)


def _fonts() -> Any:
    """The fonts of this machine, looked up once for each thread: a document with a look-up of its own never gives back
    a quarter of a megabyte. No document brings fonts along, so nothing of one is left for the next.
    """
    found = getattr(_OF_THREAD, "fonts", None)
    if found is None:
        found = _OF_THREAD.fonts = heavy.weasyprint().text.fonts.FontConfiguration()
    return found


def _document(html: str) -> Any:
    weasyprint = heavy.weasyprint()
    return weasyprint.HTML(string=html, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols=("data",)))
