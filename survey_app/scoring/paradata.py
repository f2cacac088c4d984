"""Paradata as values, counted beside the answers: households, receipts on paper, modes, ten-minute slots.

Counts of villages only: no answer, no household, no code, and of networks only how large the largest was. What they
are a flag for is `flags`' task.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Self

from survey_app.scoring.near_duplicates import Repeated, Sameness

_SLOT = timedelta(minutes=10)


class Mode(StrEnum):
    """Who filled the answers in. Modes are compared with each other; a channel says itself which it is."""

    #: The household, on its own phone.
    SELF = "self_online"
    #: A helper, on another phone.
    HELPED = "assisted"
    #: The household on paper, which somebody keyed.
    KEYED = "paper_entry"


@dataclass(frozen=True, slots=True)
class Receipts:
    """Totals of a village's paper receipt list: slips brought to it, rows ticked, slips returned or voided unused."""

    issued: int
    ticked: int
    returned: int

    @property
    def missing(self) -> int:
        """Slips the papers do not account for; below 0 when they account for more than there were."""
        return self.issued - self.ticked - self.returned


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """Counts of one mode: answers, and satisfied scored answers `of` all that valid slips could give."""

    answers: int
    satisfied: int
    of: int

    def __add__(self, other: Self) -> Self:
        return replace(
            self,
            answers=self.answers + other.answers,
            satisfied=self.satisfied + other.satisfied,
            of=self.of + other.of,
        )


@dataclass(frozen=True, slots=True)
class TenMinutes:
    """Answers by phone in one slot of ten minutes, `start` in the civil time of the place.

    `fast` are those sent below two seconds an item after their form was opened, or without having opened one.
    """

    start: datetime
    answers: int
    fast: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """Answers `n` that came from one network, the one with most, `of` all from households' own phones.

    Answers in announced meetings are in neither.
    """

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Window:
    """When an announced meeting was held; both ends belong to it."""

    start: datetime
    end: datetime

    def touches(self, slot: TenMinutes) -> bool:
        """Whether any part of the slot lies in the meeting."""
        return slot.start <= self.end and self.start < slot.start + _SLOT


@dataclass(frozen=True, slots=True)
class VillageParadata:
    """What is known in counts of one unit. `satisfied` of `of` is the pooled rate; without a list no `receipts`."""

    unit: str
    households: int
    answered: int
    satisfied: int
    of: int
    receipts: Receipts | None = None
    channels: Mapping[Mode, ChannelCounts] = field(default_factory=dict)
    slots: tuple[TenMinutes, ...] = ()
    #: Announced before they began; None where nobody records meetings.
    meetings: tuple[Window, ...] | None = None
    #: None where no networks were counted.
    network: Network | None = None
    #: None where the answers were not compared with each other.
    sameness: Sameness | None = None

    @property
    def outside_meetings(self) -> tuple[TenMinutes, ...]:
        """Slots in which no meeting was announced."""
        announced = self.meetings or ()
        return tuple(slot for slot in self.slots if not any(meeting.touches(slot) for meeting in announced))


@dataclass(frozen=True, slots=True)
class SurveyParadata:
    """One commune's survey. Only communes of the same `kind` are ranked against each other."""

    unit: str
    kind: str
    villages: tuple[VillageParadata, ...]
    #: The number of the survey, where several may be of one commune.
    survey: str = ""
    #: Free texts of the whole survey; None where they were not compared.
    texts: Repeated | None = None
    #: The middle of the largest networks of villages in communes of this kind, in basis points; 0 where unknown.
    usual_network: int = 0


def total(consultation: SurveyParadata) -> VillageParadata:
    """The commune as one unit, by adding counts; its receipts only when every village's list was handed in.

    It carries no meetings, no network and no sameness: rules about those must not be asked of it.
    """
    villages = consultation.villages
    lists = [village.receipts for village in villages if village.receipts is not None]
    return VillageParadata(
        unit=consultation.unit,
        households=sum(village.households for village in villages),
        answered=sum(village.answered for village in villages),
        satisfied=sum(village.satisfied for village in villages),
        of=sum(village.of for village in villages),
        receipts=_add_receipts(lists) if lists and len(lists) == len(villages) else None,
        channels=_add_doors(villages),
        slots=_add_slots(slot for village in villages for slot in village.slots),
    )


def _add_receipts(lists: Iterable[Receipts]) -> Receipts:
    parts = tuple(lists)
    return Receipts(
        issued=sum(part.issued for part in parts),
        ticked=sum(part.ticked for part in parts),
        returned=sum(part.returned for part in parts),
    )


def _add_doors(villages: Iterable[VillageParadata]) -> dict[Mode, ChannelCounts]:
    parts: dict[Mode, list[ChannelCounts]] = defaultdict(list)
    for village in villages:
        for mode, door in village.channels.items():
            parts[mode].append(door)
    return {mode: reduce(add, doors) for mode, doors in sorted(parts.items())}


def _add_slots(slots: Iterable[TenMinutes]) -> tuple[TenMinutes, ...]:
    parts: dict[datetime, Counter[str]] = defaultdict(Counter)
    for slot in slots:
        parts[slot.start].update(answers=slot.answers, fast=slot.fast)
    return tuple(TenMinutes(start, **counts) for start, counts in sorted(parts.items()))
