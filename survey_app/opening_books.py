"""Workbooks and Word files as plain sheets, for `opening_lists`: values, merged cells, hiding."""

import io
import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import docx
import openpyxl
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from survey_app.opening import MAX_COLUMNS, MAX_ROWS, CellCounter, FileRefused, bounded

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def workbook(content: bytes) -> list[dict[str, Any]]:
    """The sheets of a workbook of any kind, with the values its program showed last. Raises FileRefused."""
    counter = CellCounter()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            _sheet(book, about.name, about.visible is not SheetVisibleEnum.Visible, counter)
            for about in book.sheets_metadata
            if about.typ is SheetTypeEnum.WorkSheet
        ]
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # the library has one error for everything, and passes on those of its parsers
        raise FileRefused("locked" if "password" in str(error).casefold() else "damaged") from error


def modern_workbook(content: bytes) -> list[dict[str, Any]]:
    """The same of an .xlsx, with hidden rows and columns and with formulas that nobody has calculated."""
    sheets = workbook(content)
    hidden = _hidden_parts(content)
    for sheet in sheets:
        sheet["hidden_rows"], sheet["hidden_columns"] = hidden.get(sheet["name"], ([], []))
    if _is_strict(content):
        return sheets
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # what only the other library can read has no formula without a value
        return sheets
    for sheet in sheets:
        if sheet["name"] in book.sheetnames:
            _mark_formulas(sheet, book[sheet["name"]])
    return sheets


def open_document(content: bytes) -> list[dict[str, Any]]:
    """The same of an .ods, with hidden rows and columns."""
    sheets = workbook(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = _parsed(package, "content.xml")
    for table in root.iter(f"{_TABLE}table"):
        for sheet in sheets:
            if sheet["name"] == table.get(f"{_TABLE}name"):
                sheet["hidden_rows"] = [number + 1 for number in _invisible(table, "row", MAX_ROWS)]
                sheet["hidden_columns"] = list(_invisible(table, "column", MAX_COLUMNS))
    return sheets


def _invisible(table: Any, kind: str, most: int) -> Iterator[int]:
    """Places from 0 of the rows or columns of an open table that are not shown."""
    place = 0
    for one in table.iter(f"{_TABLE}table-{kind}"):
        times = int(one.get(f"{_TABLE}number-{kind}s-repeated", "1"))
        if one.get(f"{_TABLE}visibility", "visible") != "visible":
            yield from range(place, min(place + times, most))
        place += times


def document(content: bytes) -> list[dict[str, Any]]:
    """The tables of a Word file, with the paragraphs before each. Refuses one with tracked changes."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = package.read("word/document.xml")
    if b"<w:ins " in body or b"<w:del " in body:
        raise FileRefused("tracked_changes")
    counter, above = CellCounter(), list[str]()
    sheets: list[dict[str, Any]] = []
    try:
        parts = list(docx.Document(io.BytesIO(content)).iter_inner_content())
    except MemoryError:
        raise
    except Exception as error:  # python-docx raises whatever its parsers meet
        raise FileRefused("damaged") from error
    for part in parts:
        if isinstance(part, Paragraph):
            above += [part.text] if part.text.strip() else []
        elif isinstance(part, Table):
            sheets.append(_word_table(part, f"Bảng {len(sheets) + 1}", above, counter))
            above = []
    if not sheets:
        raise FileRefused("no_table")
    return sheets


def _sheet(book: CalamineWorkbook, name: str, is_hidden: bool, counter: CellCounter) -> dict[str, Any]:
    found = book.get_sheet_by_name(name)
    last = found.end[0] + 1 if found.end else 0
    if last > MAX_ROWS:
        raise FileRefused("too_many_rows", sheet=name, row=last)
    rows = found.to_python(skip_empty_area=False) if found.end else []
    read = (
        (number, [_value(cell) for cell in cells[:MAX_COLUMNS]]) for number, cells in enumerate(rows, start=1)
    )
    merged = [
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in found.merged_cell_ranges or ()
    ]
    return _plain(name, bounded(read, name, counter), merged=merged, hidden=is_hidden)


def _plain(name: str, rows: Iterable[tuple[int, list[Any]]], **marks: Any) -> dict[str, Any]:
    return {
        "name": name, "rows": list(rows), "hidden": False, "above": [], "merged": [],
        "hidden_rows": [], "hidden_columns": [], **marks,
    }  # fmt: skip


def _value(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return ["moment", cell.isoformat()]
    if isinstance(cell, date):
        return ["day", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    return str(cell) if isinstance(cell, timedelta) else cell


def _is_strict(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return b"purl.oclc.org/ooxml" in package.read("xl/workbook.xml")


def _hidden_parts(content: bytes) -> dict[str, tuple[list[int], list[int]]]:
    """Rows from 1 and columns from 0 that are hidden, by name of sheet; told by the file, whatever reads its values."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        inside = frozenset(package.namelist())
        if "xl/_rels/workbook.xml.rels" not in inside:
            return {}
        book, links = (_parsed(package, name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
        parts = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")) for link in links}
        found = {}
        for sheet in book.iter("{*}sheet"):
            by = next((value for name, value in sheet.items() if name.endswith("}id")), "")
            part = posixpath.normpath(parts.get(by, "/")).lstrip("/")
            if part in inside:
                found[sheet.get("name", "")] = _hidden_in(io.BytesIO(package.read(part)))
    return found


def _hidden_in(part: io.BytesIO) -> tuple[list[int], list[int]]:
    rows, columns, number = [], list[int](), 0
    for _event, element in etree.iterparse(
        part, tag=("{*}row", "{*}col"), resolve_entities=False, no_network=True, huge_tree=False
    ):
        is_hidden = element.get("hidden") in {"1", "true"}
        if etree.QName(element).localname == "row":
            number = int(element.get("r", number + 1))
            rows += [number] if is_hidden else []
        elif is_hidden:
            first, last = int(element.get("min", 1)), int(element.get("max", 1))
            columns += range(first - 1, min(last, MAX_COLUMNS))
        element.clear()
    return rows, columns


def _parsed(package: zipfile.ZipFile, name: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(package.read(name), parser)


def _mark_formulas(sheet: dict[str, Any], other: Any) -> None:
    for number, cells in sheet["rows"]:
        width = min(other.max_column, MAX_COLUMNS)
        cells += [""] * (width - len(cells))
        for column in range(width):
            if cells[column] in ("", None):
                formula = other.cell(number, column + 1)
                if formula.data_type == "f":
                    cells[column] = ["formula", str(getattr(formula.value, "text", formula.value))]


def _word_table(table: Table, name: str, above: list[str], counter: CellCounter) -> dict[str, Any]:
    places: dict[Any, list[tuple[int, int]]] = {}
    texts: dict[Any, str] = {}
    for number, row in enumerate(table.rows, start=1):
        if number > MAX_ROWS:
            raise FileRefused("too_many_rows", sheet=name, row=number)
        for column, cell in enumerate(row.cells[:MAX_COLUMNS], start=row.grid_cols_before):
            places.setdefault(cell._tc, []).append((number, column))
            texts.setdefault(cell._tc, cell.text)
    first = {found[0]: texts[cell] for cell, found in places.items()}
    width = max((column for found in places.values() for _number, column in found), default=-1) + 1
    height = max((number for found in places.values() for number, _column in found), default=0)
    rows = (
        (number, [first.get((number, column), "") for column in range(width)])
        for number in range(1, height + 1)
    )
    merged = [(*found[0], *found[-1]) for found in places.values() if len(found) > 1]
    return _plain(name, bounded(rows, name, counter), merged=sorted(merged), above=above)
