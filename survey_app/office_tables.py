"""The table in a sheet that an office sends: where its heading is, and which of its rows are no entry.

Knows no column of any list: who reads one says what a title means. A heading is within the first rows of a
sheet, in one row or two, with merged cells. Sums, signatures, numbers of columns and names of groups are recognised
by what is in them. Everything that is not taken is named.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from survey_app import letters, names
from survey_app.i18n import gettext as _
from survey_app.office_files import (
    Formula,
    OfficeCell,
    OfficeFile,
    OfficeRow,
    OfficeSheet,
    RowProblem,
    Wrong,
    shortened,
)

#: Rows in which a heading is looked for.
SEARCHED_ROWS = 30

_SUMS = (
    "tổng", "cộng", "t.cộng", "t/cộng", "tcộng", "tc", "t.c", "tổng hợp", "tổng kết", "cộng chung", "lũy kế", "sum",
    "total",
)  # fmt: skip
#: With whatever follows: "Toàn xã Ia Grai", "Tổng hộ (2 thôn)".
_SUM_STARTS = (
    "tổng cộng", "tổng số", "tổng hộ", "tổng toàn", "tổng cả", "tổng chung", "cộng toàn", "cộng cả", "cộng xã",
    "chung toàn", "chung cả", "toàn xã", "toàn phường", "toàn đặc khu", "cả xã", "cả phường", "cả đặc khu",
    "số hộ toàn", "số hộ cả",
)  # fmt: skip
_SUM_WORDS = frozenset(names.identity(word) for word in (*_SUMS, *_SUM_STARTS))
_SUM_BEGINNINGS = tuple(names.identity(word) + " " for word in _SUM_STARTS)
#: The same as somebody types it who has no Vietnamese keyboard; only where no letter has a mark.
_PLAIN_SUM_WORDS = frozenset(names.plain(word) for word in (*_SUMS, *_SUM_STARTS))
_PLAIN_SUM_BEGINNINGS = tuple(names.plain(word) + " " for word in _SUM_STARTS)
#: "3", "II.": a running number that a program wrote as text.
_COUNTED = re.compile(r"[\d.,()\s-]+|[IVX]+[.)]?")
#: "Cộng cụm 1", "Tổng (I+II)": a sum in the middle of a list says what it adds up. "Cộng Hòa" is a name.
_SUM_OF_A_PART = re.compile(
    r"(?:tổng|cộng)\s+(?:\(|(?:cụm|khu|khối|tổ|nhóm|phần|mục|trang|các|xã|phường|thôn|làng|[ivx]+|[a-h]|\d+)\b)",
    re.I,
)
_SIGNATURES = (
    "người lập", "người tổng hợp", "người báo cáo", "chủ tịch", "phó chủ tịch", "kt. chủ tịch", "tm.", "tm ", "t/m",
    "ủy ban nhân dân", "thủ trưởng", "cán bộ", "công chức", "kế toán", "trưởng thôn", "nơi nhận", "ghi chú", "lưu",
    "xác nhận", "ký tên", "(ký", "(đã ký", "ký,", "mặt trận", "ban thường trực", "đại diện", "ngày tháng năm",
)  # fmt: skip
_DITTO = frozenset(
    {'"', "''", "”", "“", "″", "nt", "-nt-", "- nt -", "n/t", '-"-', '- " -', "//", "như trên"}
)
_GROUP_NUMBER = re.compile(r"(?:[IVX]+|[A-H])[.)]?")
_GROUP = re.compile(r"(?:địa bàn |thuộc )?(?:xã|phường|thị trấn|cụm|khu vực chung)\b", re.I)
#: "Xã Ia Tô (cũ)", "I. Phường Pleiku": no village is called so.
_COMMUNE = re.compile(r"(?:[IVX]+[.)]\s*)?(?:UBND\s+)?(?:xã|phường|thị trấn|đặc khu)\s", re.I)
_PLACE_AND_DAY = re.compile(r"ngày\s*[\d.…_ ]*\s*tháng", re.I)

#: What a column of that title holds, or "" where the list has no use for it.
KeyOf: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows of a heading, the column of each value by its key, and the titles of columns that are not used."""

    first_row: int
    last_row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    unused: tuple[str, ...]
    #: Keys that are over two columns or more, with their titles.
    twice: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no entry, or a whole sheet (row 0)."""

    sheet: str
    row: int
    why: str


@dataclass(slots=True)
class Findings:
    """Rows left out, problems and sentences about all sheets of one file."""

    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, sheet: str, row: int, column: str, wrong: Wrong) -> None:
        self.problems.append(RowProblem(sheet, row, column, wrong.found, wrong.expected))

    def leave_out(self, sheet: str, row: int, why: str) -> None:
        self.left_out.append(LeftOut(sheet, row, why))


def key_of(title: str, titles: Mapping[str, Collection[str]]) -> str:
    """The key of what is called so, whatever stands in brackets behind it, or ""; `titles` in plain letters."""
    for meant in letters.readings(title):
        said = names.plain(meant.partition("(")[0]) or names.plain(meant)
        for key, forms in titles.items():
            if said in forms:
                return key
    return ""


def find(sheet: OfficeSheet, key_of: KeyOf, wanted: Collection[str]) -> Heading | None:
    """The heading of a list in a sheet, with two columns at least, one of them `wanted`; None where no row is one."""
    best: Heading | None = None
    rows = [row for row in sheet.rows if row.number not in sheet.hidden_rows][:SEARCHED_ROWS]
    for place, row in enumerate(rows):
        for height in (1, 2):
            if place + height > len(rows) or rows[place + height - 1].number - row.number >= height:
                continue
            found = _heading(sheet, rows[place : place + height], key_of)
            if _worth(found) > _worth(best):
                best = found
    if not best or len(best.columns) < 2 or not set(wanted) & set(best.columns):
        return None
    return _deepened(sheet, rows, best, key_of)


def tables(
    file: OfficeFile, find_heading: Callable[[OfficeSheet], Heading | None], findings: Findings, row: str
) -> Iterator[tuple[OfficeSheet, Heading | None]]:
    """The sheets of a file that hold a list, with its heading; without one only where no sheet has one.

    `row` says what one row is for, in a file that is empty.
    """
    shown = [sheet for sheet in file.sheets if sheet.rows and not sheet.is_hidden]
    found = {sheet.name: find_heading(sheet) for sheet in shown}
    findings.notes += file.notes
    for sheet in file.sheets:
        if sheet.is_hidden and sheet.rows:
            findings.leave_out(sheet.name, 0, _("The sheet is hidden."))
    for sheet in shown:
        heading = found[sheet.name]
        if heading is not None:
            findings.notes += _said_of(sheet, heading)
            for above in sheet.rows:
                if above.number < heading.first_row:
                    findings.leave_out(sheet.name, above.number, _("It is above the heading."))
        elif any(found.values()):
            findings.leave_out(
                sheet.name, 0, _("This sheet is not a list: it does not have the heading of one.")
            )
            continue
        yield sheet, heading
    if not file.sheets or not any(sheet.rows for sheet in file.sheets):
        findings.note(file.name, 1, "", Wrong(_("The file is empty."), row))
    elif not shown:
        findings.note(
            file.name,
            1,
            "",
            Wrong(
                _("All sheets of the file are hidden."),
                _("the sheet of the list shown: in Excel right-click a sheet, Unhide"),
            ),
        )


def no_heading(example: str) -> Wrong:
    """What is wrong with a sheet without a heading; `example` names the titles that are looked for."""
    return Wrong(_("No heading was found in the first %(number)s rows.", number=SEARCHED_ROWS), example)


def text_of(cell: OfficeCell) -> str:
    """A cell as one line of text, whole numbers without decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else names.tidy(str(cell))


def texts(row: OfficeRow) -> list[str]:
    """The cells of a row that hold anything, as text."""
    return [text for cell in row.cells if (text := text_of(cell))]


def is_filled(cell: OfficeCell) -> bool:
    return isinstance(cell, Formula) or bool(text_of(cell))


def repaired_text(cell: OfficeCell, likely: str, notes: list[str]) -> str:
    """A cell as text, letters of an old encoding repaired and noted. Raises Wrong for what is no text."""
    if isinstance(cell, Formula):
        raise Wrong(
            _("There is a formula that nobody has calculated: %(formula)s", formula=shortened(cell.text)),
            _("the file opened in Excel and saved again, or the value itself"),
        )
    if isinstance(cell, bool | date):
        raise Wrong(
            _("“%(value)s” is not a text.", value=shortened(str(cell))),
            _("a text; in Excel give the cell the format Text"),
        )
    text = str(cell) if isinstance(cell, str) else text_of(cell)
    repair = letters.repaired(text, likely)
    if repair:
        notes.append(
            _(
                "Written in %(encoding)s: “%(before)s” read as “%(after)s”.",
                encoding=repair.encoding,
                before=shortened(names.tidy(text)),
                after=shortened(names.tidy(repair.text)),
            )
        )
    return names.tidy(repair.text if repair else text)


def old_encoding(body: Iterable[OfficeRow], column: int) -> str:
    """The old encoding that most cells of a column speak of, or ""."""
    found = [
        repair.encoding
        for row in body
        if isinstance(cell := row.cell(column), str) and (repair := letters.repaired(cell))
    ]
    return max(set(found), key=found.count) if found else ""


def is_ditto(text: str) -> bool:
    """Whether a cell says: the same as above."""
    return text.casefold().strip(" .") in _DITTO or text in _DITTO


def is_sum(row: OfficeRow, last: int) -> bool:
    """Whether a row adds up others: its first words, up to that column, say so."""
    for cell in row.cells[: last + 1]:
        text = text_of(cell) if isinstance(cell, str) else ""
        if text and not _COUNTED.fullmatch(text):
            return _says_sum(text)
    return False


def _says_sum(text: str) -> bool:
    said, plain = names.identity(re.sub(r"[:(].*", "", text).strip(" .-")), names.plain(text)
    in_words = said in _SUM_WORDS or said.startswith(_SUM_BEGINNINGS)
    without_accents = plain in _PLAIN_SUM_WORDS or plain.startswith(_PLAIN_SUM_BEGINNINGS)
    return in_words or _SUM_OF_A_PART.match(text) is not None or text.isascii() and without_accents


def is_signature(row: OfficeRow) -> bool:
    """Whether a row is signed or dated, or names who gets the paper."""
    said = [text_of(cell).casefold() for cell in row.cells if isinstance(cell, str)]
    return any(text.startswith(_SIGNATURES) or _PLACE_AND_DAY.search(text) for text in said if text)


def is_column_numbers(row: OfficeRow) -> bool:
    """Whether a row numbers the columns: (1), (2), (3) or A, B, 1, 2."""
    said = [text.strip("()[] ") for text in texts(row)]
    if len(said) < 2 or not all(re.fullmatch(r"[A-Z]|\d{1,2}(?:\s*=.*)?", text) for text in said):
        return False
    numbers = [int(found[0]) for text in said if (found := re.match(r"\d+", text))]
    return (
        numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        if numbers
        else len(set(said)) == len(said)
    )


def is_heading_again(row: OfficeRow, columns: Mapping[str, int], key_of: KeyOf) -> bool:
    """Whether the heading is repeated, as at the top of a printed page."""
    same = [key_of(text_of(row.cell(column))) == key for key, column in columns.items()]
    return len(same) > 1 and all(same)


def is_group(row: OfficeRow, name: OfficeCell) -> bool:
    """Whether a row only names the entries below it, like "I. Xã Ia Tô (cũ)"; `name` is its cell of names."""
    said = texts(row)
    numbered = len(said) > 1 and said[0] != text_of(name) and bool(_GROUP_NUMBER.fullmatch(said[0]))
    return numbered or bool(said and (_GROUP.match(said[-1]) or re.match(r"[IVX]+[.)]\s", said[0])))


def is_commune(text: str) -> bool:
    """Whether a text is called like a commune, of today or before: a row of one holds the sum of its villages."""
    return _COMMUNE.match(text) is not None


def _worth(heading: Heading | None) -> int:
    return len(heading.columns) * 2 - (heading.last_row > heading.first_row) if heading else 0


def _heading(sheet: OfficeSheet, rows: Sequence[OfficeRow], key_of: KeyOf) -> Heading:
    first, last = rows[0].number, rows[-1].number
    columns: dict[str, int] = {}
    shown: dict[str, str] = {}
    twice: dict[str, list[str]] = {}
    unused: list[str] = []
    for column in range(max(len(row.cells) for row in rows)):
        title = " ".join(_titles(sheet, rows, column))
        if not title or column in sheet.hidden_columns:
            continue
        key = key_of(title)
        if not key:
            unused.append(title)
        elif key in columns:
            twice.setdefault(key, [shown[key]]).append(title)
        else:
            columns[key], shown[key] = column, title
    return Heading(
        first, last, columns, shown, tuple(unused), {key: tuple(said) for key, said in twice.items()}
    )


def _deepened(sheet: OfficeSheet, rows: Sequence[OfficeRow], found: Heading, key_of: KeyOf) -> Heading:
    """The same heading down to where cells merged with its first row end."""
    last = max(
        (bottom for top, _l, bottom, _r in sheet.merged if top == found.first_row), default=found.last_row
    )
    within = [row for row in rows if found.first_row <= row.number <= min(last, found.first_row + 3)]
    deeper = _heading(sheet, within, key_of) if last > found.last_row else found
    return replace(deeper, last_row=last) if set(deeper.columns) >= set(found.columns) else found


def _titles(sheet: OfficeSheet, rows: Sequence[OfficeRow], column: int) -> list[str]:
    """The words over a column from above, a merged cell counting for each of its columns."""
    titles: list[str] = []
    for row in rows:
        cell = row.cell(column)
        for top, left, bottom, right in sheet.merged:
            if top <= row.number <= bottom and left <= column <= right:
                cell = row.cell(left) if top == row.number else None
        text = names.tidy(cell) if isinstance(cell, str) else ""
        if text and text not in titles:
            titles.append(text)
    return titles


def _said_of(sheet: OfficeSheet, heading: Heading) -> Iterator[str]:
    """Where the heading is, and which columns were not read."""
    if heading.first_row == heading.last_row:
        yield _("%(sheet)s: heading in row %(first)s.", sheet=sheet.name, first=heading.first_row)
    else:
        yield _(
            "%(sheet)s: heading in rows %(first)s and %(last)s.",
            sheet=sheet.name,
            first=heading.first_row,
            last=heading.last_row,
        )
    if heading.unused:
        titles = ", ".join(f"“{shortened(title)}”" for title in heading.unused)
        yield _("%(sheet)s: not used are the columns %(titles)s.", sheet=sheet.name, titles=titles)
    for column in sorted(sheet.hidden_columns):
        yield _(
            "%(sheet)s: column %(number)s is hidden and was not read.", sheet=sheet.name, number=column + 1
        )
