"""Which column of a list of villages holds what, by the words of its heading.

They are read without accents; the words for kinds of villages come from the list of kinds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from survey_app import letters, names, office_tables
from survey_app.i18n import pgettext
from survey_app.office_files import OfficeRow, OfficeSheet
from survey_app.office_tables import Heading
from survey_app.units import kinds

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
#: What is around "hộ" where all households are meant, not the poor ones or those of one people.
_HOUSEHOLD_WORDS = frozenset(
    {
        "tong", "so", "cong", "ho", "gia", "dinh", "dan", "hien", "co", "mat", "luong", "thuc", "te", "toan", "thon",
        "lang", "nam", "thang", "quy", "ky", "dau", "cuoi", "trong", "tren", "dia", "ban", "dang", "cu", "tru", "cua",
        "thuoc",
    }
)  # fmt: skip
#: The columns of a list that we write ourselves.
_WRITTEN = ("commune", "village", "kind", "households", "source", "as_of", "old_unit")
_SPLIT_COMMUNE = frozenset(["ten", "ma", "xa", "phuong", "dac", "khu"])


def find(sheet: OfficeSheet) -> Heading | None:
    """The heading of a list of villages in a sheet, or None where no row is one."""
    return office_tables.find(sheet, key_of, {"village", "households"})


def key_of(title: str) -> str:
    """What a column of that title holds, or "" where the list has no use for it.

    >>> [key_of(title) for title in ("Tên thôn, làng", "Tổng số hộ (hộ)", "Hộ nghèo", "Tính đến ngày", "Tªn th«n")]
    ['village', 'households', '', 'as_of', 'village']
    """
    return next((key for meant in letters.readings(title) if (key := _key(meant))), "")


def is_of_people(titles: Iterable[str]) -> bool:
    """Whether titles speak of single households by name: nobody's name belongs into a list of villages.

    >>> is_of_people(["STT", "Họ và tên chủ hộ", "Số khẩu"]), is_of_people(["Tên thôn", "Họ tên trưởng thôn"])
    (True, False)
    """
    return any(re.search(r"\bchu ho\b", names.plain(title)) for title in titles)


def column_title(key: str) -> str:
    """What the column is called in the reader's language; any language's is understood."""
    titles: dict[str, str] = {
        "commune": pgettext("column", "commune"),
        "village": pgettext("column", "village"),
        "kind": pgettext("column", "kind"),
        "households": pgettext("column", "households"),
        "source": pgettext("column", "source"),
        "as_of": pgettext("column", "as_of"),
        "old_unit": pgettext("column", "old_unit"),
    }
    return titles[key]


def row() -> tuple[str, ...]:
    """The heading row of a list that we write, in the reader's language."""
    return tuple(map(column_title, _WRITTEN))


def without_heading(rows: Sequence[OfficeRow]) -> Mapping[str, int] | None:
    """The columns of rows that came without their heading, where only one reading is possible.

    A running number is nobody's households; one column of words and one of other numbers must be left.
    """
    width = max((len(row.cells) for row in rows), default=0)
    words, numbers = [], []
    for column in range(width):
        said = [text for row in rows if (text := office_tables.text_of(row.cell(column)))]
        if not said:
            continue
        digits = [text.replace(".", "") for text in said]
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
