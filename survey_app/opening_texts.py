"""Texts with separators, web pages and the XML of old workbooks, as plain sheets for `opening_lists`."""

import csv
import io
import re
import unicodedata
from typing import Any

from lxml import etree, html

from survey_app import letters
from survey_app.opening import MAX_COLUMNS, MAX_ROWS, CellCounter, FileRefused, bounded, refuse_definitions

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_XML = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_SEPARATORS = ",;\t|"
#: "Thôn 1: 120 hộ", "Làng Kép 97 hộ": a village and its number as people write them into a message.
_IN_A_MESSAGE = re.compile(
    r"(?:[-+•*]\s*)?(.+?)(?:\s*[:=–-]\s*(\d[\d.]*)(?:\s*hộ)?|\s+(\d[\d.]*)\s*hộ)\s*[.;]?", re.I
)


def decoded(content: bytes) -> tuple[str, str | None]:
    """The text of a file, and the name of its encoding where it is an old one. Raises FileRefused."""
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    if marked is None and b"\x00" in content[:200]:
        marked = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    try:
        text = content.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise FileRefused("neither") from error
        return _old(content)
    if "\x00" in text:
        raise FileRefused("neither")
    return text, None


def separated(text: str) -> dict[str, Any]:
    """The rows of a text whose columns are separated by the sign that divides it most evenly, or lines of a message."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found = [_IN_A_MESSAGE.fullmatch(unicodedata.normalize("NFC", line)) for _number, line in lines]
    if len(lines) > 1 and not any(sign in text for sign in _SEPARATORS) and all(found):
        found_rows = [
            (number, [one[1], one[2] or one[3]])
            for (number, _line), one in zip(lines, found, strict=True)
            if one
        ]
        return _sheet(None, found_rows, CellCounter())
    said = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    separator = said[1] if said else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, before = [], 0
    try:
        for cells in reader:
            if not (said and before == 0):
                rows.append((before + 1, [*cells[:MAX_COLUMNS]]))
            before = reader.line_num
    except csv.Error as error:
        raise FileRefused("row_unreadable", row=reader.line_num) from error
    return _sheet(None, rows, CellCounter())


def web_page(text: str) -> list[dict[str, Any]]:
    """The tables of a web page, innermost ones where a page is laid out with tables."""
    try:
        page = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", text))
    except (etree.ParserError, ValueError) as error:
        raise FileRefused("damaged") from error
    counter = CellCounter()
    tables = [table for table in page.iter("table") if table.find(".//table") is None]
    if not tables:
        raise FileRefused("no_table")
    return [_web_table(table, f"Bảng {number}", counter) for number, table in enumerate(tables, start=1)]


def old_xml(content: bytes) -> list[dict[str, Any]]:
    """The sheets of an "XML Spreadsheet 2003"."""
    refuse_definitions(content)
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(content, parser)
        counter = CellCounter()
        return [_xml_sheet(sheet, counter) for sheet in root.iter(f"{_XML}Worksheet")]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileRefused("damaged") from error


def _old(content: bytes) -> tuple[str, str | None]:
    """Bytes that are not UTF-8: Windows-1258 where that reads as Vietnamese, else as they are, for others to repair."""
    try:
        text = unicodedata.normalize("NFC", content.decode("cp1258"))
    except UnicodeDecodeError:
        text = ""
    words = text.replace("?", "")
    if text and not letters.foreign(words) and letters.repaired(words) is None:
        return text, "Windows-1258"
    return content.decode("cp1252", errors="replace"), None


def _separator(text: str) -> str:
    lines = [line for line in text.splitlines()[:40] if line.strip()]
    return max(
        _SEPARATORS,
        key=lambda sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines)),
    )


def _sheet(
    name: str | None, rows: list[tuple[int, list[Any]]], counter: CellCounter, **marks: Any
) -> dict[str, Any]:
    return {
        "name": name, "rows": list(bounded(rows, name, counter)), "hidden": False, "above": [], "merged": [],
        "hidden_rows": [], "hidden_columns": [], **marks,
    }  # fmt: skip


def _web_table(table: Any, name: str, counter: CellCounter) -> dict[str, Any]:
    rows: list[tuple[int, list[Any]]] = []
    merged, hidden, taken = [], [], set()
    for number, line in enumerate(table.iter("tr"), start=1):
        if number > MAX_ROWS:
            raise FileRefused("too_many_rows", sheet=name, row=number)
        if "display:none" in (line.get("style") or "").replace(" ", ""):
            hidden.append(number)
        cells: list[Any] = []
        for cell in line.iterchildren("td", "th"):
            while (number, len(cells)) in taken:
                cells.append("")
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            if wide > 1 or high > 1:
                merged.append((number, len(cells), number + high - 1, len(cells) + wide - 1))
                taken |= {
                    (number + down, len(cells) + right) for down in range(1, high) for right in range(wide)
                }
            cells += [" ".join(cell.text_content().split()), *[""] * (wide - 1)]
        rows.append((number, cells[:MAX_COLUMNS]))
    return _sheet(name, rows, counter, merged=merged, hidden_rows=hidden)


def _span(cell: Any, name: str) -> int:
    said = cell.get(name) or "1"
    return max(1, min(int(said), MAX_COLUMNS)) if said.isdecimal() else 1


def _xml_sheet(sheet: Any, counter: CellCounter) -> dict[str, Any]:
    rows: list[tuple[int, list[Any]]] = []
    merged, hidden, number = [], [], 0
    for line in sheet.iter(f"{_XML}Row"):
        number = int(line.get(f"{_XML}Index", number + 1))
        if number > MAX_ROWS:
            raise FileRefused("too_many_rows", sheet=sheet.get(f"{_XML}Name"), row=number)
        if line.get(f"{_XML}Hidden") == "1":
            hidden.append(number)
        cells: list[Any] = []
        for cell in line.iterchildren(f"{_XML}Cell"):
            place = min(int(cell.get(f"{_XML}Index", len(cells) + 1)), MAX_COLUMNS + 1) - 1
            cells += [""] * (place - len(cells)) + [_xml_value(cell.find(f"{_XML}Data"))]
            wide, high = int(cell.get(f"{_XML}MergeAcross", 0)), int(cell.get(f"{_XML}MergeDown", 0))
            if wide or high:
                merged.append((number, place, number + min(high, MAX_ROWS), place + min(wide, MAX_COLUMNS)))
                cells += [""] * min(wide, MAX_COLUMNS)
        rows.append((number, cells[:MAX_COLUMNS]))
    columns, place = list[int](), 0
    for column in sheet.iter(f"{_XML}Column"):
        place = int(column.get(f"{_XML}Index", place + 1))
        last = place + int(column.get(f"{_XML}Span", 0))
        if column.get(f"{_XML}Hidden") == "1":
            columns += range(place - 1, min(last, MAX_COLUMNS))
        place = last
    visible = sheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "SheetVisible")
    return _sheet(
        sheet.get(f"{_XML}Name"), rows, counter,
        merged=merged, hidden_rows=hidden, hidden_columns=columns, hidden=visible != "SheetVisible",
    )  # fmt: skip


def _xml_value(data: Any) -> Any:
    if data is None:
        return ""
    text, kind = "".join(data.itertext()), data.get(f"{_XML}Type")
    if kind == "Number":
        return float(text)
    return ["moment", text[:19]] if kind == "DateTime" else text
