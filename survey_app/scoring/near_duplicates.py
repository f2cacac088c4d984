"""Near-duplicates: answers that repeat each other more than chance explains, whole slips (F5) or free texts (F9).

Sees answers while it counts and gives counts alone: no answer, no text and no item leaves this module.

Villages are small and nearly unanimous, so equal slips are the usual thing: a share of equal ones says nothing. What
is asked instead is whether people who are dissatisfied with something name the very same things more often than
chance: given how many things each of them named, and how often each thing was named in that village. Where all are
satisfied, where all name the one road, and where somebody is dissatisfied with everything, there is nothing to find.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Whether each scored item was answered "satisfied", in the order of the form; None for a blank.
Vector = tuple[bool | None, ...]

#: Texts shorter than this are the same in many houses ("Không có ý kiến").
TEXT_LETTERS = 20
#: Beyond this nobody needs to know how rare it is.
_RAREST = 99


@dataclass(frozen=True, slots=True)
class Sameness:
    """The group of equal answers that chance explains least, of the `compared` answers.

    Its chance lies below ten to the power of minus `rarity`; 0 and 0 where chance explains every group.
    """

    same: int
    compared: int
    rarity: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """How many households wrote the text that most of them wrote, of those who wrote a text of some length."""

    times: int
    texts: int


def sameness(vectors: Iterable[Vector]) -> Sameness:
    """The least likely group of equal answers in one village.

    Compares answers without a blank that are dissatisfied with something: a page left blank is left blank by many.
    The chance of a group is Chernoff's upper bound for a binomial, times the number of other answers that name as
    many things, because the group was chosen after looking. So the true chance is smaller.
    """
    complete = [vector for vector in vectors if None not in vector and not all(vector)]
    named = [frozenset(place for place, ok in enumerate(vector) if not ok) for vector in complete]
    groups = Counter(named)
    if not groups or max(groups.values()) == 1:
        return Sameness(0, len(named), 0)
    items = len(complete[0])
    odds = _odds(named, items)
    sums = _sums_of_products(odds)
    of_size = Counter(map(len, named))
    found = (
        (
            _rarity(
                named_by, of_size[len(things)], _chance(things, odds, sums), math.comb(items, len(things))
            ),
            named_by,
        )
        for things, named_by in groups.items()
    )
    rarity, same = max(found)
    return Sameness(same if rarity else 0, len(named), rarity)


def most_repeated(answers: Iterable[Iterable[str]]) -> Repeated:
    """The text that most households wrote, however they set spaces, capitals and accents; `answers` by household."""
    texts = [{_normal(text) for text in answer} for answer in answers]
    long = [{text for text in answer if len(text) >= TEXT_LETTERS} for answer in texts]
    times = Counter(text for answer in long for text in answer)
    return Repeated(max(times.values(), default=0), sum(map(bool, long)))


def _odds(named: Sequence[frozenset[int]], items: int) -> list[float]:
    """The odds with which each item is named here; a half is added to both sides, so that none is 0 or infinite."""
    times: Mapping[int, int] = Counter(place for things in named for place in things)
    return [(times.get(place, 0) + 0.5) / (len(named) - times.get(place, 0) + 0.5) for place in range(items)]


def _sums_of_products(odds: Sequence[float]) -> list[float]:
    """For every k the sum, over all choices of k items, of the product of their odds."""
    sums = [1.0] + [0.0] * len(odds)
    for of_item in odds:
        for k in range(len(odds), 0, -1):
            sums[k] += sums[k - 1] * of_item
    return sums


def _chance(things: frozenset[int], odds: Sequence[float], sums: Sequence[float]) -> float:
    """That somebody who names as many things names these, if items are named independently of each other."""
    return min(1.0, math.prod(odds[place] for place in things) / sums[len(things)])


def _rarity(times: int, of: int, chance: float, others: int) -> int:
    """The power of ten below which the chance lies that `times` or more of `of` do what each does with `chance`."""
    share = times / of
    if times == 1 or share <= chance:
        return 0
    apart = share * math.log(share / chance)
    if share < 1:
        apart += (1 - share) * math.log((1 - share) / (1 - chance))
    powers = (of * apart - math.log(others)) / math.log(10)
    return max(0, min(_RAREST, math.floor(powers)))


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
