"""Matching of names: when two typed names are the same name.

Knows neither units nor files. Vietnamese is typed in composed and decomposed form, with the tone mark on
either vowel ("Hoà", "Hòa"), with straight and curly apostrophes: none of that makes another name.
"""

import re
import unicodedata
from functools import lru_cache

#: Grave, acute, tilde, hook above and dot below: the five marks of tone, one at most to a syllable.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))


def tidy(text: str) -> str:
    """`text` in normal form C, without invisible characters, with single spaces.

    >>> tidy(" Ia \\u200b  Mơ ")
    'Ia Mơ'
    """
    visible = "".join(
        letter for letter in text if letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf"}
    )
    return " ".join(unicodedata.normalize("NFC", visible).split())


def identity(name: str) -> str:
    """What is equal for two spellings of one name; not for reading.

    >>> identity("Thuỷ  HOÀ") == identity("thủy hòa")
    True
    >>> identity("Ia Băng") == identity("Ia Bang")
    False
    """
    return " ".join(_syllable(word) for word in tidy(name).translate(_APOSTROPHES).casefold().split())


@lru_cache(maxsize=4096)  # who reads a list asks for the same few words at every cell
def plain(text: str) -> str:
    """`text` as somebody types it who has no Vietnamese keyboard: small letters and single spaces, no marks.

    >>> plain("Số_Hộ"), plain("Đak Pơ")
    ('so ho', 'dak po')
    """
    letters = unicodedata.normalize("NFD", tidy(text).casefold().replace("đ", "d"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


def _syllable(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = sorted(letter for letter in letters if letter in _TONES)
    return "".join(letter for letter in letters if letter not in _TONES) + "".join(tones)
