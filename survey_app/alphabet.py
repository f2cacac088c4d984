"""The one order in which names are listed: the Vietnamese alphabet, and numbers as numbers (Thôn 2 before Thôn 10).

A database knows neither, so whatever people read in order is sorted here, never by a column of names.
"""

import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

#: Letters of each word, then its tones, then the text itself.
Place: TypeAlias = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...], str]

#: The 29 letters, with f, j, w and z where dictionaries put them; short vowels and barred or hooked consonants of Jrai
#: and Bahnar come each behind its own letter.
_LETTERS = "aăâbƀcčdđeĕêfghiĭjklmnñoŏôơpqrstuŭưvwxyz"
_PLACES = {letter: place for place, letter in enumerate(_LETTERS, start=1)}
#: Grave, hook above, tilde, acute, dot below: the order in which dictionaries have the tones, behind the level one.
_TONES = {mark: rank for rank, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
_WORD = re.compile(r"\d+|(?:[^\W\d_]|[\u0300-\u036f])+")


@lru_cache(maxsize=4096)
def reading_order(name: str) -> Place:
    """A sorting key. Tones count only between names of the same letters, as in spreadsheets and dictionaries.

    >>> sorted(["Thôn 10", "Thôn 2", "Đăk Pơ", "Dun", "Ấp Mới", "Áp", "Ân", "An Lạc"], key=reading_order)
    ['An Lạc', 'Áp', 'Ân', 'Ấp Mới', 'Dun', 'Đăk Pơ', 'Thôn 2', 'Thôn 10']
    >>> sorted(["mạ", "má", "ma", "mã", "mả", "mà"], key=reading_order)
    ['ma', 'mà', 'mả', 'mã', 'má', 'mạ']
    """
    text = unicodedata.normalize("NFC", name)
    words = [_placed(word) for word in _WORD.findall(text.casefold())]
    return tuple(letters for letters, _tones in words), tuple(tones for _letters, tones in words), text


def _placed(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Places of a word's letters, and its tones; a number comes before every word, by its size."""
    if word.isdecimal():
        return (0, int(word)), ()
    marks = unicodedata.normalize("NFD", word)
    letters = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    return (
        tuple(_PLACES.get(letter, len(_LETTERS) + ord(letter)) for letter in letters),
        tuple(_TONES[mark] for mark in marks if mark in _TONES),
    )
