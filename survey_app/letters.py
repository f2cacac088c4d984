"""The letters of Vietnamese, Jrai and Bahnar, and texts that arrive in another encoding than they were written in.

Knows neither files nor columns. A text in one of the old Vietnamese encodings (TCVN3 of the .Vn fonts, VNI) arrives as
Latin letters with odd signs: "Lµng KÐp" is "Làng Kép". Nothing is changed silently: who repairs a text gets both
the result and the name of the encoding, and shows them. The tables are the published ones of TCVN 5712:1993 and VNI.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Grave, acute, tilde, hook above and dot below, on vowels.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_CIRCUMFLEX, _BREVE, _HORN, _CARON = "\u0302", "\u0306", "\u031b", "\u030c"
#: Base letter and the marks it may bear beside one tone: Vietnamese, then the short vowels of Jrai and Bahnar.
_VOWELS = {
    "a": {"", _CIRCUMFLEX, _BREVE},
    "e": {"", _CIRCUMFLEX, _BREVE, _CIRCUMFLEX + _BREVE},
    "i": {"", _BREVE},
    "o": {"", _CIRCUMFLEX, _HORN, _BREVE, _CIRCUMFLEX + _BREVE, _HORN + _BREVE},
    "u": {"", _HORN, _BREVE, _HORN + _BREVE},
    "y": {""},
}
_CONSONANTS = {"c": {"", _CARON}, "n": {"", "\u0303"}}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzđƀ")
#: What is in names and sources beside letters and the signs of ASCII; the glottal stop has several.
_PUNCTUATION = frozenset("\u02bc\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00b4")

#: TCVN 5712 (VN3), from the place of each letter in Latin-1.
_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
#: VNI writes a vowel and, after it, a sign for its marks.
_VNI_MARKS = {
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300",
    "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300",
    "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}

#: Vowels of a syllable: those that may end it or be closed by a consonant, that never end it, that always do.
_EITHER = frozenset(["a", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "oa", "oe", "uê", "uy"])
_CLOSED = frozenset(["ă", "â", "iê", "yê", "oă", "oo", "uâ", "uô", "uyê", "ươ", "ua"])
_OPEN = frozenset(
    [
        *("ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iêu", "iu", "oai", "oao", "oay", "oeo"),
        *(
            "oi",
            "ôi",
            "ơi",
            "ua",
            "uây",
            "ui",
            "uôi",
            "uơ",
            "uya",
            "uyu",
            "ưa",
            "ưi",
            "ươi",
            "ươu",
            "ưu",
            "yêu",
        ),
    ]
)
#: Vowels whose tone is on the first letter: "mái", never "maí".
_TONE_FIRST = frozenset(
    [
        *("ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iu"),
        *("oi", "ôi", "ơi", "ua", "ui", "ưa", "ưi", "ưu"),
    ]
)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?([aăâeêioôơuưy]+)(ch|nh|ng|[cmnpt])?"
)


@dataclass(frozen=True, slots=True)
class Repair:
    """A text as it was meant, and the name of the encoding it was written in."""

    text: str
    encoding: str


@lru_cache(maxsize=4096)
def foreign(text: str) -> str:
    """The characters of `text` that no Vietnamese, Jrai or Bahnar name is written with, each once, in order.

    Digits, spaces and common punctuation are nobody's letters and pass; signs like "µ" or "¹"
    and the mark of an unreadable character do not.

    >>> foreign("Plei Kơ̆ng, buôn Čư Ƀlang (tổ 3)"), foreign("Lµng B¹c"), foreign("村")
    ('', 'µ¹', '村')
    """
    found = [whole for whole in _graphemes(unicodedata.normalize("NFD", text)) if not _is_ours(whole)]
    return "".join(dict.fromkeys(unicodedata.normalize("NFC", whole) for whole in found))


@lru_cache(maxsize=4096)
def repaired(text: str, likely: str = "") -> Repair | None:
    """What `text` was before it was read in the wrong encoding, or None where it reads well as it stands.

    `likely` is the encoding of its neighbours: it decides where a text reads well either way.

    >>> repaired("Th«n §oµn KÕt"), repaired("Laøng Keùp").text, repaired("Làng Kép")
    (Repair(text='Thôn Đoàn Kết', encoding='TCVN3 (.VnTime)'), 'Làng Kép', None)
    """
    best, best_score = None, _score(text)
    for encoding, meant in _candidates(text):
        score = _score(meant)
        if foreign(meant) or meant == text:
            continue
        if score > best_score or (encoding == likely and score == best_score):
            best, best_score = Repair(meant, encoding), score
    return best


def readings(text: str) -> tuple[str, ...]:
    """What a text may have been, in whichever encoding it was written; as it stands comes first."""
    return tuple(
        dict.fromkeys((text, *(meant for _encoding, meant in _candidates(text) if not foreign(meant))))
    )


def _candidates(text: str) -> Iterator[tuple[str, str]]:
    marked = {letter for letter in text if not letter.isascii()}
    if all(ord(letter) in _TCVN3 for letter in marked):
        yield "TCVN3 (.VnTime)", _capitals(text, text.translate(_TCVN3))
    if all(letter.casefold() in _VNI_MARKS | _VNI_LETTERS for letter in marked):
        yield "VNI", _from_vni(text)
    for encoding in ("utf-8", "cp1258"):
        try:
            meant = unicodedata.normalize("NFC", text.encode("cp1252").decode(encoding))
        except UnicodeError:
            continue
        yield {"utf-8": "UTF-8", "cp1258": "Windows-1258"}[encoding], meant
    eth = text.translate({0xD0: "Đ", 0x189: "Đ", 0xF0: "đ"})
    yield "Latin-1 (Ð)", eth


def _capitals(text: str, meant: str) -> str:
    """A font of capitals has the codes of small letters: where all else is capital, the marked letters are too."""
    letters = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return meant.upper() if len(letters) > 1 and all(letter.isupper() for letter in letters) else meant


def _from_vni(text: str) -> str:
    meant = ""
    for letter in text:
        marks = _VNI_MARKS.get(letter.casefold())
        if marks and meant and meant[-1].casefold() in "aeouyơư":
            meant = unicodedata.normalize("NFC", meant[:-1] + unicodedata.normalize("NFD", meant[-1]) + marks)
            continue
        single = _VNI_LETTERS.get(letter.casefold(), letter)
        meant += single.upper() if letter.isupper() else single
    return meant


def _score(text: str) -> tuple[bool, int]:
    """How well a text reads: nothing foreign in it, and how many of its words are Vietnamese syllables."""
    return not foreign(text), sum(
        map(_is_syllable, re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text)))
    )


def _is_syllable(word: str) -> bool:
    letters = unicodedata.normalize("NFD", word.casefold())
    toned = [place for place, letter in enumerate(letters) if letter in _TONES]
    bare = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    match = _SYLLABLE.fullmatch(bare)
    if match is None or len(toned) > 1:
        return False
    vowels, end = match[1], match[2]
    if vowels not in _EITHER | (_CLOSED if end else _OPEN):
        return False
    if toned and not end and vowels in _TONE_FIRST:
        before = unicodedata.normalize("NFC", letters[: toned[0]])
        return len(before) == match.start(1) + 1
    return True


def _graphemes(decomposed: str) -> Iterator[str]:
    whole = ""
    for letter in decomposed:
        if unicodedata.combining(letter):
            whole += letter
            continue
        if whole:
            yield whole
        whole = letter
    if whole:
        yield whole


def _is_ours(whole: str) -> bool:
    base, marks = whole[0].casefold(), whole[1:]
    category = unicodedata.category(whole[0])
    if base in _PLAIN:
        tones = [mark for mark in marks if mark in _TONES]
        others = "".join(sorted(mark for mark in marks if mark not in _TONES))
        if base in _VOWELS:
            return len(tones) <= 1 and others in {"".join(sorted(allowed)) for allowed in _VOWELS[base]}
        return marks in _CONSONANTS.get(base, {""})
    return not marks and (whole[0].isascii() or category in {"Zs", "Cc", "Cf"} or whole[0] in _PUNCTUATION)
