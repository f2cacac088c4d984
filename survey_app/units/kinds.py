"""The kinds of unit and the words for them, read from the register's `kinds.csv`.

The words are Vietnamese in every language of the interface: they are parts of names.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from survey_app.units import names

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of unit: its key in the database, its word before a name, and what people write instead."""

    key: str
    word: str
    is_village: bool
    also: tuple[str, ...]


@cache
def all_kinds() -> dict[str, Kind]:
    """Every kind by its key."""
    with (DATA / "kinds.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: Kind(
                row["kind"], row["word"], bool(row["village"]), tuple(filter(None, row["also"].split("|")))
            )
            for row in csv.DictReader(file)
        }


def village_kinds() -> tuple[Kind, ...]:
    """The kinds a village may have."""
    return tuple(kind for kind in all_kinds().values() if kind.is_village)


def full_name(kind: str, name: str) -> str:
    """The name with its kind before it.

    >>> full_name("to_dan_pho", "3")
    'Tổ dân phố 3'
    """
    return f"{all_kinds()[kind].word} {name}"


def village_kind(text: str) -> Kind | None:
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


def bare_name(kind: Kind, name: str) -> str:
    """A name without the word of its own kind, so that "Thôn 3" of kind thôn is village 3.

    >>> bare_name(all_kinds()["thon"], "THÔN 3"), bare_name(all_kinds()["thon"], "Làng Một")
    ('3', 'Làng Một')
    """
    tidied = names.tidy(name)
    for word in _words(kind):
        length = len(word)
        if names.identity(tidied[:length]) == names.identity(word) and tidied[length : length + 1] == " ":
            return tidied[length + 1 :]
    return tidied


def _words(kind: Kind) -> tuple[str, ...]:
    return (kind.word, *kind.also)
