"""What a row of an office's table is when it is no village: sums, signatures, numbers of columns, names of groups."""

import re
from collections.abc import Mapping, Sequence

from survey_app.units import names
from survey_app.units.lists.headings import key_of
from survey_app.units.lists.office_files import OfficeCell, OfficeRow

_SUMS = frozenset(
    names.identity(word)
    for word in ("tổng", "cộng", "tổng cộng", "tổng số", "toàn xã", "toàn phường", "cộng toàn xã", "total")
)
_SUM_STARTS = ("tổng cộng", "tổng số", "tổng toàn", "cộng toàn", "cộng xã", "cộng:", "tổng:")
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
_PLACE_AND_DAY = re.compile(r"ngày\s*[\d.…_ ]*\s*tháng", re.I)


def text_of(cell: OfficeCell) -> str:
    """A cell as one line of text, whole numbers without decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else names.tidy(str(cell))


def is_ditto(text: str) -> bool:
    """Whether a cell says: the same as above."""
    return text.casefold().strip(" .") in _DITTO or text in _DITTO


def is_sum(row: OfficeRow, columns: Mapping[str, int]) -> bool:
    """Whether a row adds up others: its first words say so, in the column of villages or left of it."""
    last = max(columns.get("village", 0), 1)
    for cell in row.cells[: last + 1]:
        text = text_of(cell) if isinstance(cell, str) else ""
        if not text:
            continue
        said = names.identity(text.strip(" :.-"))
        without_accents = text.isascii() and names.plain(text) in {"tong", "cong", "tong cong", "tong so"}
        return said in _SUMS or text.casefold().startswith(_SUM_STARTS) or without_accents
    return False


def is_signature(row: OfficeRow) -> bool:
    """Whether a row is signed or dated, or tells who gets the paper."""
    texts = [text_of(cell).casefold() for cell in row.cells if isinstance(cell, str)]
    return any(text.startswith(_SIGNATURES) or _PLACE_AND_DAY.search(text) for text in texts if text)


def is_column_numbers(row: OfficeRow) -> bool:
    """Whether a row numbers the columns: (1), (2), (3) or A, B, 1, 2."""
    texts = [text_of(cell).strip("()[] ") for cell in row.cells if text_of(cell)]
    if len(texts) < 2 or not all(re.fullmatch(r"[A-Z]|\d{1,2}(?:\s*=.*)?", text) for text in texts):
        return False
    numbers = [int(found[0]) for text in texts if (found := re.match(r"\d+", text))]
    return (
        numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        if numbers
        else len(set(texts)) == len(texts)
    )


def is_heading_again(row: OfficeRow, columns: Mapping[str, int]) -> bool:
    """Whether the heading stands there once more, as at the top of a printed page."""
    same = [key_of(text_of(row.cell(column))) == key for key, column in columns.items()]
    return len(same) > 1 and all(same)


def is_group(row: OfficeRow, columns: Mapping[str, int]) -> bool:
    """Whether a row without a number only names the villages below it, like "I. Xã Ia Tô (cũ)"."""
    texts = [text_of(cell) for cell in row.cells if text_of(cell)]
    name = text_of(row.cell(columns["village"])) if "village" in columns else ""
    numbered = len(texts) > 1 and texts[0] != name and bool(_GROUP_NUMBER.fullmatch(texts[0]))
    return numbered or bool(texts and (_GROUP.match(texts[-1]) or re.match(r"[IVX]+[.)]\s", texts[0])))


def without_heading(rows: Sequence[OfficeRow]) -> Mapping[str, int] | None:
    """The columns of rows that came without their heading, where only one reading is possible.

    A running number is nobody's households; one column of words and one of other numbers must be left.
    """
    width = max((len(row.cells) for row in rows), default=0)
    words, numbers = [], []
    for column in range(width):
        texts = [text for row in rows if (text := text_of(row.cell(column)))]
        if not texts:
            continue
        digits = [text.replace(".", "") for text in texts]
        if all(text.isdecimal() for text in digits):
            running = [int(text) for text in digits]
            if (
                running != list(range(running[0], running[0] + len(running)))
                or len(running) == 1
                and column > 0
            ):
                numbers.append(column)
        else:
            words.append(column)
    return {"village": words[0], "households": numbers[0]} if len(words) == 1 == len(numbers) else None
