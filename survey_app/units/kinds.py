"""The kinds of unit and the words for them: those of the register's `kinds.csv`, and villages of the settings.

The words are Vietnamese in every language of the interface: they are parts of names.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import current_app

from survey_app import names
from survey_app.config import Settings, SettingsFault, VillageKind

DATA = Path(__file__).parent / "data"

#: Kinds of the units that communes were formed from, as people write them before a name.
#: "Số" between the kind and a number: "Thôn số 3" is village 3.
_NUMBERED = re.compile(r"^[sS][ốỐ]\s+(?=\d)")
_ROMAN = {
    word: number
    for number, word in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)
}
_FORMER_WORDS = ("xã", "thị trấn", "phường")


def _(text: str) -> str:
    """Marks a sentence for the catalogues: it is said before there is an application that could translate."""
    return text


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit: its key in the database, its word before a name, and what people write instead."""

    key: str
    word: str
    #: Whether a commune-level unit may be of it today; there are no towns (thị trấn) any more.
    is_commune: bool
    is_village: bool
    also: tuple[str, ...]


def all_kinds() -> Mapping[str, UnitKind]:
    """Every kind by its key."""
    settings: Settings | None = current_app.extensions.get("settings") if current_app else None
    return _all_kinds(settings.village_kinds if settings else ())


def refuse_taken(added: Iterable[VillageKind]) -> None:
    """Raises SettingsFault for a kind of the settings that the register has already."""
    for one in added:
        if one.kind in _all_kinds(()):
            raise SettingsFault(_("village_kinds: “%(kind)s” is in the register already"), kind=one.kind)


def known(key: str) -> UnitKind:
    """The kind of a unit that is held; one that was taken out of the settings is called by its key."""
    return all_kinds().get(key) or UnitKind(key, key.replace("_", " ").capitalize(), False, False, ())


@cache
def _all_kinds(added: tuple[VillageKind, ...]) -> Mapping[str, UnitKind]:
    with (DATA / "kinds.csv").open(encoding="utf-8", newline="") as file:
        shipped = {
            row["kind"]: UnitKind(
                row["kind"],
                row["word"],
                bool(row["commune"]),
                bool(row["village"]),
                tuple(filter(None, row["also"].split("|"))),
            )
            for row in csv.DictReader(file)
        }
    return shipped | {one.kind: UnitKind(one.kind, one.word, False, True, one.also) for one in added}


def village_kinds() -> tuple[UnitKind, ...]:
    """The kinds a village may have."""
    return tuple(kind for kind in all_kinds().values() if kind.is_village)


def full_name(kind: str, name: str, old_unit: str = "") -> str:
    """The name with its kind before it and, where it is on record, the former commune that tells two villages apart.

    The only place where the name of a unit is put together: pages, lists, files and papers print what this gives.

    >>> full_name("to_dan_pho", "3"), full_name("thon", "3", "Ia Mơ"), full_name("thon", "3", "thị trấn Chư Ty")
    ('Tổ dân phố 3', 'Thôn 3 (xã cũ Ia Mơ)', 'Thôn 3 (thị trấn cũ Chư Ty)')
    """
    full = f"{known(kind).word} {name}"
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
    """The kind whose word comes before a name, the longest where several do, or None.

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
    """The longest of a kind's words that comes before a name, or ""."""
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
