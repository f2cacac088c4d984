"""The kinds of unit and the words for them, read from the register's `kinds.csv`.

The words are Vietnamese in every language of the interface: they are parts of names.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from survey_app import names

DATA = Path(__file__).parent / "data"

#: Kinds of the units that communes were formed from, as people write them before a name.
#: "Số" between the kind and a number: "Thôn số 3" is village 3.
_NUMBERED = re.compile(r"^[sS][ốỐ]\s+(?=\d)")
_ROMAN = {
    word: number
    for number, word in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)
}
_FORMER_WORDS = ("xã", "thị trấn", "phường")


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit: its key in the database, its word before a name, and what people write instead."""

    key: str
    word: str
    #: Whether a commune-level unit may be of it today; there are no towns (thị trấn) any more.
    is_commune: bool
    is_village: bool
    also: tuple[str, ...]


@cache
def all_kinds() -> dict[str, UnitKind]:
    """Every kind by its key."""
    with (DATA / "kinds.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: UnitKind(
                row["kind"],
                row["word"],
                bool(row["commune"]),
                bool(row["village"]),
                tuple(filter(None, row["also"].split("|"))),
            )
            for row in csv.DictReader(file)
        }


def village_kinds() -> tuple[UnitKind, ...]:
    """The kinds a village may have."""
    return tuple(kind for kind in all_kinds().values() if kind.is_village)


def full_name(kind: str, name: str, old_unit: str = "") -> str:
    """The name with its kind before it and, where it is on record, the former commune that tells two villages apart.

    The only place where the name of a unit is put together: pages, lists, files and papers print what this gives.

    >>> full_name("to_dan_pho", "3"), full_name("thon", "3", "Ia Mơ"), full_name("thon", "3", "thị trấn Chư Ty")
    ('Tổ dân phố 3', 'Thôn 3 (xã cũ Ia Mơ)', 'Thôn 3 (thị trấn cũ Chư Ty)')
    """
    full = f"{all_kinds()[kind].word} {name}"
    return f"{full} ({_former(old_unit)})" if old_unit else full


def village_kind(text: str) -> UnitKind | None:
    """The kind that somebody meant, with or without accents, or None.

    >>> village_kind("TỔ dân phố").key, village_kind("to_dan_pho").key
    ('to_dan_pho', 'to_dan_pho')
    """
    wanted = names.plain(text)
    return next(
        (
            kind
            for kind in village_kinds()
            if wanted in {names.plain(word) for word in (kind.key, *_words(kind))}
        ),
        None,
    )


def bare_name(kind: UnitKind, name: str) -> str:
    """A name without the word of its own kind, so that "Thôn 3" of kind thôn is village 3.

    >>> bare_name(all_kinds()["thon"], "THÔN số 3"), bare_name(all_kinds()["thon"], "Làng Một")
    ('3', 'Làng Một')
    """
    tidied = names.tidy(name)
    word = _word_before(kind, tidied)
    bare = tidied[len(word) :].lstrip(" .:") if word else tidied
    return _NUMBERED.sub("", bare) if word else bare


def kind_before(name: str) -> UnitKind | None:
    """The kind whose word stands before a name, the longest where several do, or None.

    >>> kind_before("Khối phố 5").key, kind_before("TDP số 7").key, kind_before("Kép")
    ('khoi_pho', 'to_dan_pho', None)
    """
    tidied = names.tidy(name)
    return (
        max(village_kinds(), key=lambda kind: len(_word_before(kind, tidied)), default=None)
        if any(_word_before(kind, tidied) for kind in village_kinds())
        else None
    )


def without_kinds(name: str) -> str:
    """A name as people compare it who do not agree on its kind: without any kind's words, accents and spaces.

    >>> without_kinds("Làng Kép") == without_kinds("Thôn Kép") == without_kinds("KÉP")
    True
    >>> without_kinds("Bạc II") == without_kinds("bac 2"), without_kinds("Tổ dân phố số 07")
    (True, '7')
    """
    bare = names.tidy(name)
    while (kind := kind_before(bare)) is not None:
        bare = bare_name(kind, bare)
    words = [str(_ROMAN.get(word, word)) for word in names.plain(bare).split()]
    return "".join(word.lstrip("0") or word for word in words)


def _former(old_unit: str) -> str:
    """A former unit as it is in a village's name; without a word for its kind it was a commune."""
    for word in _FORMER_WORDS:
        length = len(word)
        if names.identity(old_unit[:length]) == names.identity(word) and old_unit[length : length + 1] == " ":
            return f"{word} cũ {old_unit[length + 1 :]}"
    return f"{_FORMER_WORDS[0]} cũ {old_unit}"


def _word_before(kind: UnitKind, tidied: str) -> str:
    """The longest of a kind's words that stands before a name, or ""."""
    found = [
        tidied[: len(word)]
        for word in _words(kind)
        if names.identity(tidied[: len(word)]) == names.identity(word)
        and tidied[len(word) : len(word) + 1] in {" ", ".", ":"}
        and tidied[len(word) :].strip(" .:")
    ]
    return max(found, key=len, default="")


def _words(kind: UnitKind) -> tuple[str, ...]:
    return (kind.word, *kind.also)
