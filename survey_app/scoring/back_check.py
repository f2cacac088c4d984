"""Back-checks: which households to ask again by telephone, and what their replies can and cannot say.

The sample is drawn among the ticked rows of the paper receipt lists: a household that signed for its slip can say
whether it answered. The platform knows how many rows are ticked, never who is in them: a row is named by its
village and its place among the ticked rows, counted from the top of the paper. The draw has no randomness of its own:
anybody with the signed digest repeats it.

A reply changes no score. It says how many rows are at least false, no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Literal

from survey_app.scoring import samples

#: Households called by default: one false row in ten is then found 95 times of 100.
USUAL_SAMPLE = 30
#: The confidence of every bound in this module, in per cent.
CONFIDENCE = 95

Effect = Literal["nothing_said", "nothing_found", "contradicted"]


@dataclass(frozen=True, slots=True, order=True)
class TickedRow:
    """One ticked row: `place` counts the ticked rows of the village's list from the top, from 1."""

    village: str
    place: int


@dataclass(frozen=True, slots=True)
class Replies:
    """What the households of the sample said: that they answered, that they did not, or nothing."""

    confirmed: int
    denied: int
    not_reached: int

    def __post_init__(self) -> None:
        if min(self.confirmed, self.denied, self.not_reached) < 0:
            raise ValueError("replies cannot be fewer than none")

    @property
    def reached(self) -> int:
        """Households that said something."""
        return self.confirmed + self.denied


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the replies say of all ticked rows, with 95 % confidence each way, if who was not reached is like the rest.

    nothing_said: nobody was reached. nothing_found: all who were reached confirm, so at most `at_most_false` rows
    are false. contradicted: somebody denies, so at least `at_least_false` are.
    """

    effect: Effect
    at_least_false: int
    at_most_false: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is beside every finding on a result that the back-check contradicts: "to be compared", no verdict.

    `denied` of the `reached` households say that they did not answer, so at least `at_least_false` of the `ticked`
    rows are false.
    """

    denied: int
    reached: int
    at_least_false: int
    ticked: int


def draw(digest: str, ticked: Mapping[str, int], size: int = USUAL_SAMPLE) -> tuple[TickedRow, ...]:
    """The sample, in the order of the lists: every ticked row alike, by the signed digest (hexadecimal) alone.

    Each row gets HMAC-SHA-256 under the digest's bytes over "village:place" in ASCII; the `size` smallest values are
    drawn. With fewer rows all are. Raises ValueError for a digest that is not hexadecimal or a negative count.

    >>> draw("00" * 32, {"23938001": 3, "23938002": 2}, size=2)
    (TickedRow(village='23938001', place=3), TickedRow(village='23938002', place=2))
    """
    key = bytes.fromhex(digest)
    if not key or size < 0 or any(count < 0 for count in ticked.values()):
        raise ValueError("a draw needs a digest, and counts that are not negative")
    rows = {
        f"{village}:{place}": TickedRow(village, place)
        for village, count in ticked.items()
        for place in range(1, count + 1)
    }
    return tuple(sorted(rows[name] for name in samples.draw(key, rows, size)))


def chance_to_find(rows: int, false_rows: int, sample: int) -> float:
    """The chance that a sample of ticked rows holds at least one false one; exact (hypergeometric).

    Assumes that the household of a false row is reached and says so. 10 % false rows give 95 % or more with 30:

    >>> round(chance_to_find(rows=2000, false_rows=200, sample=30), 2)
    0.96
    """
    _require_population(rows, false_rows)
    drawn = min(sample, rows)
    return 1 - comb(rows - false_rows, drawn) / comb(rows, drawn)


def chance_without_list(
    households: int, counted: int, false_answers: int, sample: int = USUAL_SAMPLE
) -> float:
    """The chance to notice false answers by asking any `sample` households of the frame whether they answered.

    Without a list nobody knows who is said to have answered, so a "no" contradicts nothing. All that is left is
    to find fewer "yes" than the counted coverage allows, by a one-sided exact test at 5 %. At 80 % coverage, with
    a tenth of the answers false, that notices it 19 times of 100; between 13 and 44 from 65 to 95 %:

    >>> round(chance_without_list(households=100_000, counted=80_000, false_answers=8_000), 2)
    0.19
    """
    _require_population(households, counted)
    _require_population(counted, false_answers)
    drawn = min(sample, households)
    if counted == households:
        # Everybody is said to have answered: here one "no" is a contradiction, as on a list.
        return chance_to_find(households, false_answers, drawn)
    surprising = _surprisingly_few(households, counted, drawn)
    return float(_at_most(surprising, households, counted - false_answers, drawn))


def meaning(rows: int, replies: Replies) -> Meaning:
    """What the replies say of `rows` ticked rows. Raises ValueError when more were asked than there are rows."""
    if replies.reached + replies.not_reached > rows:
        raise ValueError("more households were asked than rows are ticked")
    effect: Effect = "nothing_said"
    if replies.reached:
        effect = "contradicted" if replies.denied else "nothing_found"
    return Meaning(effect, _least_false(rows, replies), _most_false(rows, replies))


def contradiction(rows: int, replies: Replies) -> Contradiction | None:
    """The contradiction that `replies` put beside a result; None where nobody denies. One denial is enough."""
    if not replies.denied:
        return None
    found = meaning(rows, replies)
    return Contradiction(replies.denied, replies.reached, found.at_least_false, rows)


def _least_false(rows: int, replies: Replies) -> int:
    """The fewest false rows under which more than 5 of 100 draws deny as often; never below those that denied."""
    if not replies.denied:
        return 0
    low, high = replies.denied, rows - replies.confirmed
    while low < high:
        middle = (low + high) // 2
        if _at_least(replies.denied, rows, middle, replies.reached) * 100 > 100 - CONFIDENCE:
            high = middle
        else:
            low = middle + 1
    return low


def _most_false(rows: int, replies: Replies) -> int:
    """The most false rows under which more than 5 of 100 draws deny as seldom."""
    low, high = replies.denied, rows - replies.confirmed
    while low < high:
        middle = (low + high + 1) // 2
        if _at_most(replies.denied, rows, middle, replies.reached) * 100 > 100 - CONFIDENCE:
            low = middle
        else:
            high = middle - 1
    return low


def _surprisingly_few(population: int, special: int, drawn: int) -> int:
    """The largest number of special ones in a sample that 5 % of samples or fewer stay at or below; -1 for none."""
    fewest = -1
    while _at_most(fewest + 1, population, special, drawn) * 100 <= 100 - CONFIDENCE:
        fewest += 1
    return fewest


def _at_most(found: int, population: int, special: int, drawn: int) -> Fraction:
    """The chance that a sample drawn without putting back holds at most `found` special ones; exact at 5 % too."""
    ways = sum(comb(special, n) * comb(population - special, drawn - n) for n in range(min(found, drawn) + 1))
    return Fraction(ways, comb(population, drawn))


def _at_least(found: int, population: int, special: int, drawn: int) -> Fraction:
    return 1 - _at_most(found - 1, population, special, drawn)


def _require_population(all_: int, special: int) -> None:
    if not 0 <= special <= all_ or all_ == 0:
        raise ValueError("a part cannot be larger than the whole, nor the whole be nothing")
