"""Disclosure control: what may be said of a result, and to whom; the one place that hides figures, for all readers.

The commune's table is the official result and is exact: rates, items, closing item, channels. Below the
commune everybody but the signers gets the coverage, exactly, and one coded band of the pooled rate, nothing
per item and no verdict. The rules, of which "too few" is the first:

- no table for a commune with fewer valid slips than its audience's threshold;
- no band for a village under 20 valid slips, no matter who looks: below that a band says either nothing or that
  nearly everybody complained;
- fewer than 10 dissatisfied households, none included, read as one: "at least ⌊100(n - 10)/n⌋ %", 86 for 71
  of 72; the mirror case, from 25 slips on, reads "at most ⌈1000/n⌉ %". Many blanks can put the rate below the
  first figure: then the band starts lower, so that it stays true;
- other bands are steps of 5, 10, 20, 25 or 50 points, the smallest that leaves six households open, joined at
  both ends where the ten known there would leave fewer than six open;
- no median or quartile of fewer than 20 numbers, and none of a village;
- when the bands, taken from the commune's exact items, would tell some count of a village too closely, all bands are
  withheld: see `subtraction`.

A commune in which one village alone answered has, in its official table, that village's figures: this is the
published result of the commune and is not hidden. The exact figures of villages are for signed papers, for
the Front, the province and the auditor. Where a document of the province's Front asks for it, notices give the pooled
counts of those villages that `tell_on_notices` finds can be shown without giving another one away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, assert_never

from survey_app.scoring import quartiles, subtraction
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.rates import Range, Rate
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.tallies import ItemTally

#: Fewer dissatisfied (or satisfied) households than this are never shown apart from none.
PROTECTED = 10
SMALLEST_BANDED_VILLAGE = 20
#: A band holds at least this many households, so that its ends are five apart.
NARROWEST_BAND = 6
STEPS = (5, 10, 20, 25, 50)
#: Under this many slips the mirror case is not told apart: between the two coded ends too few would be left.
SMALLEST_MIRRORED_VILLAGE = 2 * PROTECTED + NARROWEST_BAND - 1


class Withheld(StrEnum):
    """Why a figure is not said. Public and signed tables hold the values."""

    TOO_FEW = "too_few"
    #: It would tell another village's figure by subtraction.
    COMPLEMENT = "complement"
    #: Fewer than ten answers came after a figure that is public.
    FEW_NEW = "few_new"


class Audience(StrEnum):
    """Who is looking. EXACT is signed papers, the Front, the province and the auditor; its use is logged."""

    PUBLIC = "public"
    STAFF = "staff"
    EXACT = "exact"

    @property
    def sees_exactly(self) -> bool:
        """Whether nothing is hidden from it."""
        match self:
            case Audience.EXACT:
                return True
            case Audience.PUBLIC | Audience.STAFF:
                return False
            case _:
                assert_never(self)


#: Valid slips below which a commune has no table.
SMALLEST_COMMUNE = {Audience.PUBLIC: 20, Audience.STAFF: 10, Audience.EXACT: 0}


@dataclass(frozen=True, slots=True)
class Band:
    """The coded pooled rate of a village.

    at_least: `low` per cent or more. at_most: `high` or less. between: from `low` up to, not including,
    `high` (100 included). exact_rate: `rate`, for papers alone.
    """

    kind: Literal["at_least", "at_most", "between", "exact_rate"]
    low: int = 0
    high: int = 100
    rate: Rate | None = None

    @property
    def low_bound(self) -> int | None:
        """The per cent that the rate reaches; None where it says nothing of that."""
        match self.kind:
            case "at_least" | "between":
                return self.low
            case "at_most" | "exact_rate":
                return None
            case _ as unknown:
                assert_never(unknown)

    @property
    def high_bound(self) -> int | None:
        """The per cent that the rate does not pass; None where it says nothing of that."""
        match self.kind:
            case "at_most" | "between":
                return self.high
            case "at_least" | "exact_rate":
                return None
            case _ as unknown:
                assert_never(unknown)

    @property
    def is_closed(self) -> bool:
        """Whether the upper bound itself belongs to it."""
        return self.low_bound is None or self.high == 100

    @property
    def is_coded(self) -> bool:
        """Whether it says less than the rate itself."""
        return self.rate is None

    @property
    def says_few_are_dissatisfied(self) -> bool:
        """Whether who knows these rules reads from it that fewer than PROTECTED households are dissatisfied."""
        return self.low_bound is not None and self.high_bound is None


@dataclass(frozen=True, slots=True)
class DisclosedVillage:
    """What may be said of one village. `hidden_because` says why there is no band."""

    unit: str
    households: int
    answered: int
    coverage: Rate | None
    band: Band | None
    hidden_because: Withheld | None
    #: Every count, for the audience EXACT alone.
    exact: Scorecard | None


@dataclass(frozen=True, slots=True)
class DisclosedCommune:
    """What may be said of one commune. With `hidden_because` set, coverage is all there is."""

    unit: str
    households: int
    answered: int
    coverage: Rate | None
    valid: int | None
    invalid: int | None
    pooled: Rate | None
    closing: Rate | None
    range: Range | None
    items: tuple[ItemTally, ...]
    closing_item: ItemTally | None
    channels: Mapping[str, int]
    #: Counts of unscored closed questions; a question with a cell from 1 to 9 is left out.
    options: Mapping[str, Mapping[str, int]]
    #: Median and quartiles by question for a number; a question that fewer than 20 answered is left out, for everybody.
    numbers: Mapping[str, Quartiles]
    villages: tuple[DisclosedVillage, ...]
    hidden_because: Withheld | None = None


def disclose(commune: Scorecard, villages: Iterable[Scorecard], *, audience: Audience) -> DisclosedCommune:
    """The commune and its villages as this audience may see them, villages in the order given."""
    parts = tuple(villages)
    if commune.tally.valid < SMALLEST_COMMUNE[audience]:
        return _hidden(commune, parts)
    return DisclosedCommune(
        unit=commune.unit,
        households=commune.households,
        answered=commune.tally.answered,
        coverage=commune.coverage,
        valid=commune.tally.valid,
        invalid=commune.tally.invalid,
        pooled=commune.pooled,
        closing=commune.closing,
        range=commune.range,
        items=commune.tally.items,
        closing_item=commune.tally.closing,
        channels=dict(commune.channels),
        options=commune.tally.options if audience.sees_exactly else _safe_options(commune.tally.options),
        numbers={key: found for key, found in commune.numbers.items() if found.answers >= quartiles.FEWEST},
        villages=_disclose_villages(commune, parts, audience),
    )


def disclose_village(card: Scorecard, *, audience: Audience) -> DisclosedVillage:
    """One village alone. Beside its commune's table use `disclose`, which guards against subtraction."""
    if audience.sees_exactly:
        band = Band("exact_rate", rate=card.pooled) if card.pooled else None
        return _village(card, band=band, hidden_because=None if band else Withheld.TOO_FEW, exact=card)
    if card.tally.valid < SMALLEST_BANDED_VILLAGE:
        return _village(card, hidden_because=Withheld.TOO_FEW)
    return _village(card, band=_band(card))


def _disclose_villages(
    commune: Scorecard, villages: Sequence[Scorecard], audience: Audience
) -> tuple[DisclosedVillage, ...]:
    disclosed = tuple(disclose_village(card, audience=audience) for card in villages)
    if audience.sees_exactly or not _subtraction_tells(commune, villages, disclosed):
        return disclosed
    return tuple(
        _village(card, hidden_because=shown.hidden_because or Withheld.COMPLEMENT)
        for card, shown in zip(villages, disclosed, strict=True)
    )


def tell_on_notices(commune: Scorecard, villages: Iterable[Scorecard]) -> dict[str, Rate]:
    """Satisfied answers of all answers by village, where a notice may print them beside everything that is public.

    Only villages whose band says already that at least PROTECTED households are dissatisfied and as many satisfied.
    Where the counts would tell something of another village, or of one item in the same, the smallest of them goes
    back to its band, and so on until they tell nothing.
    """
    cards = tuple(villages)
    shown = disclose(commune, cards, audience=Audience.PUBLIC)
    if shown.hidden_because is not None or not cards:
        return {}
    may = {
        card.unit
        for card, one in zip(cards, shown.villages, strict=True)
        if one.band is not None
        and one.band.kind == "between"
        and card.tally.valid >= SMALLEST_MIRRORED_VILLAGE
    }
    for smallest in sorted((card for card in cards if card.unit in may), key=lambda one: one.tally.valid):
        known = [
            _counted(card, one) if card.unit in may else _known(card, one)
            for card, one in zip(cards, shown.villages, strict=True)
        ]
        if not subtraction.tells(commune.tally.items, known):
            break
        may.remove(smallest.unit)
    return {card.unit: card.pooled for card in cards if card.unit in may and card.pooled is not None}


def withhold(commune: Scorecard) -> DisclosedCommune:
    """How many answered and nothing of what they said, where an earlier figure is public and few came after it."""
    return replace(_hidden(commune, ()), hidden_because=Withheld.FEW_NEW)


def _hidden(commune: Scorecard, villages: Sequence[Scorecard]) -> DisclosedCommune:
    return DisclosedCommune(
        unit=commune.unit,
        households=commune.households,
        answered=commune.tally.answered,
        coverage=commune.coverage,
        valid=None,
        invalid=None,
        pooled=None,
        closing=None,
        range=None,
        items=(),
        closing_item=None,
        channels={},
        options={},
        numbers={},
        villages=tuple(_village(card, hidden_because=Withheld.TOO_FEW) for card in villages),
        hidden_because=Withheld.TOO_FEW,
    )


def _village(
    card: Scorecard,
    *,
    band: Band | None = None,
    hidden_because: Withheld | None = None,
    exact: Scorecard | None = None,
) -> DisclosedVillage:
    return DisclosedVillage(
        unit=card.unit,
        households=card.households,
        answered=card.tally.answered,
        coverage=card.coverage,
        band=band,
        hidden_because=hidden_because,
        exact=exact,
    )


def _band(card: Scorecard) -> Band | None:
    n, pooled = card.tally.valid, card.pooled
    if pooled is None:
        return None
    edges = _edges(n, len(card.tally.items))
    low = max(edge for edge in edges if edge < 100 and pooled.at_least(edge * 100))
    if card.tally.dissatisfied_slips < PROTECTED:
        coded = 100 * (n - PROTECTED) // n
        return Band("at_least", low=coded if pooled.at_least(coded * 100) else low)
    if card.tally.satisfied_slips < PROTECTED and n >= SMALLEST_MIRRORED_VILLAGE:
        return Band("at_most", high=-(-100 * PROTECTED // n))
    return Band("between", low=low, high=min(edge for edge in edges if edge > low))


def _edges(n: int, items: int) -> tuple[int, ...]:
    """Where the bands of a village with n valid slips begin and end, in per cent.

    The end bands must hold, in answers, the ten households known to be there and six more.

    >>> _edges(72, items=19), _edges(24, items=1)
    ((0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100), (0, 100))
    """
    # One household more than the narrowest band, for the one that the known ends can take away.
    step = next(step for step in STEPS if step * n >= 100 * (NARROWEST_BAND + 1))
    margin = 100 * (PROTECTED + NARROWEST_BAND)
    answers = n * items
    inner = (edge for edge in range(step, 100, step) if margin <= edge * answers <= 100 * answers - margin)
    return (0, *inner, 100)


def _subtraction_tells(
    commune: Scorecard, villages: Sequence[Scorecard], disclosed: Sequence[DisclosedVillage]
) -> bool:
    """Whether the bands, taken from the commune's figures, tell a count of some village too closely."""
    if all(shown.band is None for shown in disclosed):
        return False
    known = [_known(card, shown) for card, shown in zip(villages, disclosed, strict=True)]
    return subtraction.tells(commune.tally.items, known)


def _known(card: Scorecard, shown: DisclosedVillage) -> subtraction.Known:
    """What a reader who knows these rules, and the village's valid slips, takes from its band."""
    n, items = card.tally.valid, len(card.tally.items)
    band = shown.band
    if band is None:
        return subtraction.untold(n, items)
    below = band.high * n * items
    if band.kind == "at_least":
        coded = 100 * (n - PROTECTED) // n
        # Below the usual figure it is a step that says where the rate lies.
        steps = (edge for edge in (coded, *_edges(n, items)) if edge > band.low)
        below = min(steps) * n * items - 1 if band.low != coded else 100 * n * items
    elif band.kind == "between" and band.high < 100:
        below -= 1
    least_yes = PROTECTED if band.kind == "between" and n >= SMALLEST_MIRRORED_VILLAGE else 0
    return subtraction.Known(
        slips=n,
        dissatisfied_slips=(0, PROTECTED - 1) if band.says_few_are_dissatisfied else (PROTECTED, n),
        satisfied_slips=(0, PROTECTED - 1) if band.kind == "at_most" else (least_yes, n),
        satisfied=(-(-band.low * n * items // 100), below // 100),
        guards_dissatisfied=band.says_few_are_dissatisfied,
        guards_satisfied=band.kind == "at_most",
    )


def _counted(card: Scorecard, shown: DisclosedVillage) -> subtraction.Known:
    """What a reader takes from a village's band and from its satisfied answers by number."""
    satisfied = sum(item.satisfied for item in card.tally.items)
    return replace(_known(card, shown), satisfied=(satisfied, satisfied), open_from=PROTECTED)


def _safe_options(options: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    return {
        key: counts
        for key, counts in options.items()
        if not any(0 < cell < PROTECTED for cell in counts.values())
    }
