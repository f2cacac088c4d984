"""The attacker of published figures: what must be true of a village, given everything that is told of its commune.

Knows the rules of disclosure as well as we do, and more than is published: the valid slips of every village. Whatever
remains open is found by linear programming over all counts of all villages; ends are rounded inwards, because counts
are whole. Cells that the commune's own table already fixes are the published result and no exception: they would be
known if no village had a band.
"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from survey_app.scoring import disclosure, scorecards
from survey_app.scoring.disclosure import Audience, DisclosedCommune, DisclosedVillage
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.tallies import ItemTally, Tally

#: A cell is hidden while at least this many numbers, or this share of the slips, stay possible above its least.
WIDTH, SHARE = 5, 0.1
#: Against rounding in the solver.
_TINY = 1e-6


@dataclass(frozen=True)
class Derived:
    """A count of a village that can be told too closely: it lies from `low` to `high`."""

    commune: int
    village: int
    cell: str
    low: int
    high: int
    slips: int


def exceptions(numbers: Iterable[int]) -> Iterator[Derived]:
    """Every hidden cell of these random communes that the published figures give away, for any audience."""
    for number in numbers:
        villages = random_commune(number)
        commune = scorecards.roll_up("xa", villages)
        everything = {
            audience: disclosure.disclose(commune, villages, audience=audience)
            for audience in (Audience.PUBLIC, Audience.STAFF)
        }
        if everything[Audience.PUBLIC] == everything[Audience.STAFF]:
            del everything[Audience.STAFF]
        for told in everything.values():
            yield from derived(told, [card.tally.valid for card in villages], number)


def derived(told: DisclosedCommune, valid: Sequence[int], number: int = 0) -> Iterator[Derived]:
    """Cells of one disclosed commune that its villages' bands give away."""
    if all(village.band is None for village in told.villages) or sum(slips > 0 for slips in valid) < 2:
        return
    attack, without_bands = Attack(told, valid), None
    for village, slips in enumerate(valid):
        if slips == 0 or told.villages[village].exact is not None:
            continue
        for cell in attack.cells(village):
            low, high = attack.bounds(cell)
            answers = slips * len(told.items) if cell.name == "satisfied" else slips
            if high - low >= min(WIDTH, SHARE * answers):
                continue
            without_bands = without_bands or Attack(_without_bands(told), valid)
            if without_bands.bounds(cell) != (low, high):
                yield Derived(number, village, cell.name, low, high, slips)


@dataclass(frozen=True)
class Cell:
    """A sum of unknown counts that somebody wants to know."""

    name: str
    unknowns: tuple[int, ...]


def from_notices(numbers: Iterable[int]) -> Iterator[Derived]:
    """Cells that notices with counts give away beside everything that is public.

    In a village whose answers are told by number, a count of ten or more is no secret.
    """
    for number in numbers:
        villages = random_commune(number)
        commune = scorecards.roll_up("xa", villages)
        told = disclosure.disclose(commune, villages, audience=Audience.PUBLIC)
        counts = disclosure.tell_on_notices(commune, villages)
        yield from derived_of_notices(told, villages, {unit: rate.n for unit, rate in counts.items()}, number)


def derived_of_notices(
    told: DisclosedCommune, villages: Sequence[Scorecard], counts: Mapping[str, int], number: int = 0
) -> Iterator[Derived]:
    """Cells of one commune that follow from the counts on notices, and not from the commune's table alone."""
    if not counts:
        return
    valid = [card.tally.valid for card in villages]
    by_place = {place: counts[card.unit] for place, card in enumerate(villages) if card.unit in counts}
    attack, without = Attack(told, valid, by_place), Attack(_without_bands(told), valid)
    for place, slips in enumerate(valid):
        for cell in attack.cells(place) if slips else ():
            low, high = attack.bounds(cell)
            answers = slips * len(told.items) if cell.name == "satisfied" else slips
            is_open = place in by_place and low >= disclosure.PROTECTED
            if high - low >= min(WIDTH, SHARE * answers) or is_open:
                continue
            if without.bounds(cell) != (low, high):
                yield Derived(number, place, cell.name, low, high, slips)


class Attack:
    """All counts of all villages as unknowns, everything published as constraints on them.

    `counts` are satisfied answers that are told by number, by the village's place.
    """

    def __init__(
        self, told: DisclosedCommune, valid: Sequence[int], counts: Mapping[int, int] | None = None
    ) -> None:
        self.told, self.valid, self.items = told, valid, len(told.items)
        #: Of each village: satisfied and dissatisfied for each item, then dissatisfied and satisfied slips.
        self.stride = 2 * self.items + 2
        self.limits: list[tuple[dict[int, float], float]] = []
        self.equal: list[tuple[dict[int, float], float]] = []
        for village in range(len(valid)):
            self._any_village(village)
            self._band(village, told.villages[village])
        for village, count in (counts or {}).items():
            start = village * self.stride
            self.equal.append((dict.fromkeys(range(start, start + self.items), 1.0), count))
        for place, item in enumerate(told.items):
            for offset, count in ((0, item.satisfied), (self.items, item.dissatisfied)):
                whole = {village * self.stride + offset + place: 1.0 for village in range(len(valid))}
                self.equal.append((whole, count))
        self.size = self.stride * len(valid)
        self.matrix, self.right = _stack(self.limits, self.size)
        self.equal_matrix, self.equal_right = _stack(self.equal, self.size)
        self.most = [(0, valid[unknown // self.stride]) for unknown in range(self.size)]

    def cells(self, village: int) -> Iterator[Cell]:
        """What is hidden of a village: slips, pooled answers, and its most and least criticised items."""
        start = village * self.stride
        by_criticism = sorted(range(self.items), key=lambda place: self.told.items[place].dissatisfied)
        yield Cell("dissatisfied slips", (start + 2 * self.items,))
        yield Cell("satisfied slips", (start + 2 * self.items + 1,))
        yield Cell("satisfied", tuple(range(start, start + self.items)))
        for place in {by_criticism[0], by_criticism[-1]}:
            yield Cell(f"item {place} dissatisfied", (start + self.items + place,))
            yield Cell(f"item {place} satisfied", (start + place,))

    def bounds(self, cell: Cell) -> tuple[int, int]:
        """The least and the most the cell can be."""
        goal = np.zeros(self.size)
        goal[list(cell.unknowns)] = 1
        return math.ceil(self._least(goal) - _TINY), math.floor(-self._least(-goal) + _TINY)

    def _least(self, goal: np.ndarray) -> float:
        found = linprog(
            goal,
            A_ub=self.matrix,
            b_ub=self.right,
            A_eq=self.equal_matrix,
            b_eq=self.equal_right,
            bounds=self.most,
        )
        if not found.success:
            raise ArithmeticError(f"what is published contradicts itself: {found.message}")
        return float(found.fun)

    def _any_village(self, village: int) -> None:
        """What holds of every village, whatever is told of it."""
        start, n = village * self.stride, self.valid[village]
        yes, no = range(start, start + self.items), range(start + self.items, start + 2 * self.items)
        no_slips, yes_slips = start + 2 * self.items, start + 2 * self.items + 1
        for one_yes, one_no in zip(yes, no, strict=True):
            self._at_most({one_yes: 1, one_no: 1}, n)
        for answers, slips in ((no, no_slips), (yes, yes_slips)):
            for answer in answers:
                self._at_most({answer: 1, slips: -1}, 0)
            self._at_most({slips: 1, **dict.fromkeys(answers, -1)}, 0)
        # A valid slip says something.
        self._at_most({no_slips: -1, yes_slips: -1}, -n)

    def _band(self, village: int, told: DisclosedVillage) -> None:
        if told.band is None:
            return
        start, n, band = village * self.stride, self.valid[village], told.band
        answers = n * self.items
        pooled = dict.fromkeys(range(start, start + self.items), 100)
        no_slips, yes_slips = start + 2 * self.items, start + 2 * self.items + 1
        self._at_most({unknown: -one for unknown, one in pooled.items()}, -band.low * answers)
        if band.kind == "at_least":
            self._at_most({no_slips: 1}, disclosure.PROTECTED - 1)
            coded = 100 * (n - disclosure.PROTECTED) // n
            if band.low != coded:
                above = [edge for edge in disclosure._edges(n, self.items) if edge > band.low]
                self._at_most(pooled, min(coded, *above) * answers - 1)
            return
        self._at_most({no_slips: -1}, -disclosure.PROTECTED)
        if band.kind == "at_most":
            self._at_most({yes_slips: 1}, disclosure.PROTECTED - 1)
            return
        self._at_most(pooled, band.high * answers - (band.high < 100))
        if n >= disclosure.SMALLEST_MIRRORED_VILLAGE:
            self._at_most({yes_slips: -1}, -disclosure.PROTECTED)

    def _at_most(self, factors: dict[int, float], limit: float) -> None:
        self.limits.append((factors, limit))


def random_commune(number: int) -> list[Scorecard]:
    """A commune of one to eight villages: tiny or large, unanimous or divided, with blanks and invalid slips."""
    drawn = random.Random(f"xã {number}")
    items = drawn.choice((1, 1, 2, 3, 5, 10, 19, 20))
    villages = drawn.choice((1, 2, 2, 3, 4, 5, 6, 8))
    mood = drawn.choice((None, None, "unanimous", "near", "ordinary", "angry"))
    return [_random_village(drawn, f"{place}", items, mood) for place in range(villages)]


def _random_village(drawn: random.Random, name: str, items: int, mood: str | None) -> Scorecard:
    size = drawn.choice(
        (drawn.randint(0, 9), drawn.randint(10, 19), drawn.randint(20, 60), drawn.randint(20, 160))
    )
    mood = mood or drawn.choice(("unanimous", "near", "ordinary", "angry", "nobody"))
    unhappy = {
        "unanimous": 0.0,
        "near": drawn.choice((1, 3, 9, 10)) / max(size, 10),
        "ordinary": drawn.uniform(0.05, 0.6),
        "angry": drawn.uniform(0.7, 1),
        "nobody": 1.0,
    }[mood]
    blank, heaped = drawn.choice((0, 0, 0.02, 0.2)), drawn.random() < 0.5
    slips = [_random_slip(drawn, items, unhappy, blank, heaped=heaped) for _household in range(size)]
    valid = [slip for slip in slips if any(answer is not None for answer in slip)]
    counted = tuple(
        ItemTally(
            f"item{place}",
            sum(slip[place] is True for slip in valid),
            sum(slip[place] is False for slip in valid),
            sum(slip[place] is None for slip in valid),
        )
        for place in range(items)
    )
    tally = Tally(
        valid=len(valid),
        invalid=size - len(valid),
        dissatisfied_slips=sum(False in slip for slip in valid),
        satisfied_slips=sum(True in slip for slip in valid),
        items=counted,
        closing=None,
        options={},
    )
    return Scorecard(name, size + drawn.randint(0, 20), tally, {"self_online": size})


def _random_slip(
    drawn: random.Random, items: int, unhappy: float, blank: float, *, heaped: bool
) -> list[bool | None]:
    """One household: dissatisfied with everything or nothing where it is heaped, else item by item."""
    whole = drawn.random() >= unhappy
    return [
        None if drawn.random() < blank else (whole if heaped else drawn.random() >= unhappy)
        for _item in range(items)
    ]


def _without_bands(told: DisclosedCommune) -> DisclosedCommune:
    return replace(told, villages=tuple(replace(village, band=None) for village in told.villages))


def _stack(rows: Sequence[tuple[dict[int, float], float]], size: int) -> tuple[object, np.ndarray]:
    matrix = lil_matrix((len(rows), size))
    for place, (factors, _limit) in enumerate(rows):
        for unknown, factor in factors.items():
            matrix[place, unknown] = factor
    return matrix.tocsr(), np.array([limit for _factors, limit in rows])
