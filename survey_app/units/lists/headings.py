"""Where the heading of an office's table is, and which column holds what. Knows no village and no number.

A heading stands within the first rows of a sheet, in one row or two, with merged cells. Its words are read without
accents; the words for kinds of villages come from the list of kinds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from survey_app import letters
from survey_app.units import kinds, names
from survey_app.units.lists.office_files import OfficeRow, OfficeSheet

#: Rows in which a heading is looked for.
SEARCHED_ROWS = 30

_EXACT: Mapping[str, frozenset[str]] = {
    "village": frozenset({"village", "ten", "ten goi"}),
    "kind": frozenset({"kind"}),
    "households": frozenset({"households", "ho", "tong ho"}),
    "source": frozenset({"source"}),
    "as_of": frozenset(
        {
            "as of", "ngay", "thoi diem", "tinh den", "tinh den ngay", "den ngay", "ngay so lieu", "ngay thang",
            "thoi gian", "ngay tinh", "ngay cap nhat", "ngay thong ke", "thoi diem thong ke", "thoi diem so lieu",
            "so lieu den ngay", "so lieu tinh den ngay", "ngay thang nam", "thoi diem tinh", "thoi diem lay so lieu",
        }
    ),
    "commune": frozenset(
        {"commune", "xa", "phuong", "ma xa", "ten xa", "ma phuong", "ten phuong", "ma don vi", "ma don vi hanh chinh"}
    ),
    "old_unit": frozenset(
        {
            "old unit", "xa cu", "don vi cu", "thuoc xa cu", "xa phuong cu", "ten xa cu", "xa truoc sap nhap",
            "xa truoc khi sap nhap", "xa cu truoc sap nhap", "don vi truoc sap nhap", "thuoc xa truoc sap nhap",
            "don vi hanh chinh cu", "xa thi tran cu",
        }
    ),
}  # fmt: skip
_STARTS = {"kind": ("loai",), "source": ("nguon", "can cu so lieu", "can cu")}
#: What a column of villages may be called beside the words of the kinds.
_VILLAGE_WORDS = frozenset(
    {
        "ten", "cac", "va", "hoac", "danh", "sach", "don", "vi", "dia", "ban", "cum", "dan", "cu", "thuoc", "xa", "so",
        "hieu",
    }
)  # fmt: skip
#: What stands around "hộ" where all households are meant, not the poor ones or those of one people.
_HOUSEHOLD_WORDS = frozenset(
    {
        "tong", "so", "cong", "ho", "gia", "dinh", "dan", "hien", "co", "mat", "luong", "thuc", "te", "toan", "thon",
        "lang", "nam", "thang", "quy", "ky", "dau", "cuoi", "trong", "tren", "dia", "ban", "dang", "cu", "tru", "cua",
        "thuoc",
    }
)  # fmt: skip
_SPLIT_COMMUNE = frozenset(["ten", "ma", "xa", "phuong", "dac", "khu"])


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows of a heading, the column of each value by its key, and the titles of columns that are not used."""

    first_row: int
    last_row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    unused: tuple[str, ...]
    #: Keys that stand over two columns or more, with their titles.
    twice: Mapping[str, tuple[str, ...]]


def find(sheet: OfficeSheet) -> Heading | None:
    """The heading of a list of villages in a sheet, or None where no row is one."""
    best: Heading | None = None
    rows = [row for row in sheet.rows if row.number not in sheet.hidden_rows][:SEARCHED_ROWS]
    for place, row in enumerate(rows):
        for height in (1, 2):
            if place + height > len(rows) or rows[place + height - 1].number - row.number >= height:
                continue
            found = _heading(sheet, rows[place : place + height])
            if _worth(found) > _worth(best):
                best = found
    if not best or len(best.columns) < 2 or not {"village", "households"} & set(best.columns):
        return None
    return _deepened(sheet, rows, best)


def key_of(title: str) -> str:
    """What a column of that title holds, or "" where the list has no use for it.

    >>> [key_of(title) for title in ("Tên thôn, làng", "Tổng số hộ (hộ)", "Hộ nghèo", "Tính đến ngày", "Tªn th«n")]
    ['village', 'households', '', 'as_of', 'village']
    """
    return next((key for meant in letters.readings(title) if (key := _key(meant))), "")


def _key(title: str) -> str:
    said = names.plain(re.sub(r"\([^)]*\)", " ", title)) or names.plain(title)
    words = said.split()
    if not words:
        return ""
    for key, titles in _EXACT.items():
        if said in titles:
            return key
    for key, starts in _STARTS.items():
        if said.startswith(starts):
            return key
    if set(words) <= _SPLIT_COMMUNE and {"xa", "phuong"} & set(words):
        return "commune"
    if "ho" in words and all(word in _HOUSEHOLD_WORDS or word.isdecimal() for word in words):
        return "households"
    kind_words = _kind_words()
    if set(words) & kind_words and set(words) <= kind_words | _VILLAGE_WORDS:
        return "village"
    return "village" if said in {"don vi", "ten don vi", "dia ban", "ten dia ban"} else ""


def _kind_words() -> frozenset[str]:
    return frozenset(
        word
        for kind in kinds.village_kinds()
        for said in (kind.word, *kind.also)
        for word in names.plain(said).split()
    )


def _worth(heading: Heading | None) -> int:
    return len(heading.columns) * 2 - (heading.last_row > heading.first_row) if heading else 0


def _heading(sheet: OfficeSheet, rows: Sequence[OfficeRow]) -> Heading:
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


def _deepened(sheet: OfficeSheet, rows: Sequence[OfficeRow], found: Heading) -> Heading:
    """The same heading down to where cells merged with its first row end."""
    last = max(
        (bottom for top, _l, bottom, _r in sheet.merged if top == found.first_row), default=found.last_row
    )
    within = [row for row in rows if found.first_row <= row.number <= min(last, found.first_row + 3)]
    deeper = _heading(sheet, within) if last > found.last_row else found
    return replace(deeper, last_row=last) if set(deeper.columns) >= set(found.columns) else found


def _titles(sheet: OfficeSheet, rows: Sequence[OfficeRow], column: int) -> list[str]:
    """The words over a column from above, a merged cell standing over each of its columns."""
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
