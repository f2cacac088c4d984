"""A unit's result: its tally beside its frame, with every rate that follows from the two.

Exact figures. What of them may be shown, and to whom, is `disclosure`'s task; what they mean for a target is
`criteria`'s.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from survey_app.scoring import rates, tallies
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.rates import Range, Rate
from survey_app.scoring.tallies import Tally


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The result of one unit; `households` is 0 without a frame, `channels` counts answers by door."""

    unit: str
    households: int
    tally: Tally
    channels: Mapping[str, int]
    #: By question, of the commune alone: quartiles cannot be added.
    numbers: Mapping[str, Quartiles] = field(default_factory=dict)

    @property
    def coverage(self) -> Rate | None:
        """Households that answered of those in the frame."""
        return rates.coverage(self.tally, self.households)

    @property
    def pooled(self) -> Rate | None:
        """The satisfaction score."""
        return rates.pooled_rate(self.tally)

    @property
    def closing(self) -> Rate | None:
        """The closing item, reported apart."""
        return rates.closing_rate(self.tally)

    @property
    def items(self) -> Mapping[str, Rate | None]:
        """The rate of every scored item, by key."""
        return {item.key: rates.item_rate(item, self.tally.valid) for item in self.tally.items}

    @property
    def range(self) -> Range | None:
        """Where the pooled rate of all households must lie."""
        return rates.honest_range(self.tally, self.households)

    @property
    def exceeds_frame(self) -> bool:
        """Whether more households answered than the frame holds: an error to show, never to clip."""
        return self.tally.answered > self.households


def roll_up(unit: str, cards: Iterable[Scorecard]) -> Scorecard:
    """The result of the larger unit, by adding counts. Raises ValueError for no cards."""
    parts = tuple(cards)
    channels: Counter[str] = Counter()
    for card in parts:
        channels.update(card.channels)
    return Scorecard(
        unit=unit,
        households=sum(card.households for card in parts),
        tally=tallies.add(card.tally for card in parts),
        channels=dict(channels),
    )
