"""Disclosure control of open-ended answers: which may be read, and by whom; the one place that hides words.

A text has no village, no time and no neighbour here: texts come out ordered by their handle, a digest over a random
salt, so that the order is the same at every look and says nothing. Knows no storage and no screen.

Everybody who may see exact figures reads every text. The commune reads what the Front has released, of villages with
enough answers, and nothing at all while there are few of those. Nobody else reads any: texts are never public.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from survey_app.scoring.disclosure import Audience, Withheld

#: Texts of villages with fewer answers are never shown to the commune.
SMALLEST_VILLAGE = 20
#: With fewer texts to show, the commune is shown none.
FEWEST_TEXTS = 10

RELEASED = "released"
#: Why the Front withholds a text: a list, because a reason in words might quote it.
WITHHELD = ("names_person", "recognisable", "insulting", "no_opinion")
DECISIONS = (RELEASED, *WITHHELD)


@dataclass(frozen=True, slots=True)
class TagCount:
    """How many released texts have one tag; None where it is fewer than FEWEST_TEXTS."""

    tag: str
    texts: int | None


@dataclass(frozen=True, slots=True)
class FreeText:
    """One answer to one question in words, as it is stored and moderated."""

    #: SHA-256 over salt and text, in hexadecimal; it stays when the text is taken out.
    handle: str
    #: None once it was taken out.
    text: str | None
    #: Households of the same village that answered the survey.
    village_answers: int
    #: One of DECISIONS; None while the Front has not decided.
    decision: str | None = None
    #: What it is about, in a word or two of the Front; "" while nobody said.
    tag: str = ""


@dataclass(frozen=True, slots=True)
class DisclosedText:
    """A text as one audience may read it; handle and decision are for those who may moderate or check it."""

    text: str | None
    handle: str | None = None
    decision: str | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class DisclosedTexts:
    """The texts of one question. With `hidden_because` set there are none, and not how many there would be."""

    texts: tuple[DisclosedText, ...]
    hidden_because: Withheld | None = None

    @property
    def waiting(self) -> int:
        """Texts that nobody has decided on; always 0 for an audience without decisions."""
        return sum(found.decision is None and found.text is not None for found in self.texts if found.handle)


def disclose_texts(texts: Iterable[FreeText], *, audience: Audience) -> DisclosedTexts:
    """The texts of one question for this audience. Raises ValueError for the public, who reads none."""
    shuffled = sorted(texts, key=lambda found: found.handle)
    match audience:
        case Audience.PUBLIC:
            raise ValueError("free texts are never public")
        case Audience.EXACT:
            return DisclosedTexts(
                tuple(
                    DisclosedText(found.text, found.handle, found.decision, found.tag) for found in shuffled
                )
            )
        case Audience.STAFF:
            shown = tuple(DisclosedText(found.text) for found in shuffled if _is_for_the_commune(found))
            return (
                DisclosedTexts(shown) if len(shown) >= FEWEST_TEXTS else DisclosedTexts((), Withheld.TOO_FEW)
            )
        case _:
            assert_never(audience)


def tell_tags(tagged: Iterable[str]) -> tuple[TagCount, ...]:
    """What a paper may say of the tags of released texts: the most frequent first, and small numbers not apart.

    Nothing where all together are fewer than FEWEST_TEXTS. Tags that differ in large and small letters are one, written
    as most of them are, whatever their order.

    >>> tell_tags(["rác"] * 5 + ["Rác"] * 7 + ["Đường"] * 2)
    (TagCount(tag='Rác', texts=12), TagCount(tag='Đường', texts=None))
    """
    counted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for tag, number in sorted(Counter(tagged).items(), key=lambda found: (-found[1], found[0])):
        written.setdefault(tag.casefold(), tag)
        counted[tag.casefold()] += number
    if counted.total() < FEWEST_TEXTS:
        return ()
    ranked = sorted(counted, key=lambda key: (-max(counted[key], FEWEST_TEXTS - 1), key))
    return tuple(
        TagCount(written[key], counted[key] if counted[key] >= FEWEST_TEXTS else None) for key in ranked
    )


def _is_for_the_commune(found: FreeText) -> bool:
    released = found.text is not None and found.decision == RELEASED
    return released and found.village_answers >= SMALLEST_VILLAGE
