"""Secondary suppression: what follows of villages when all that is said of them is taken from their commune's counts.

A reader knows how each item was answered in the whole commune, and of each village its slips and perhaps a band. Every
count then lies between two ends, and the ends of one village move those of the others, because together they must give
the commune. `tells` says whether bands close the ends so far that a count is as good as published. Knows no audience
and no wording; `disclosure` does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from survey_app.scoring.tallies import ItemTally

#: Numbers that must stay possible above the least: this many, or in small villages this part of the slips.
WIDTH = 5
PART = 10
#: Rounds of passing ends on between villages; more only help where the ends already lie close together.
_ROUNDS = 6

#: The least and the most a count can be.
Ends = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of one village: ends of its dissatisfied and satisfied slips, and of its satisfied answers."""

    slips: int
    dissatisfied_slips: Ends
    satisfied_slips: Ends
    satisfied: Ends
    #: Whether nobody may learn that some household here is dissatisfied (satisfied), unless the commune says so.
    guards_dissatisfied: bool = True
    guards_satisfied: bool = True
    #: Where its answers are shown by number: a count may be known once it must be this large. None: never.
    open_from: int | None = None


@dataclass(slots=True)
class _Village:
    """Ends of one village's counts, which only ever come closer."""

    slips: int
    no_slips: Ends
    yes_slips: Ends
    yes: Ends
    no: Ends
    blank: Ends


def untold(slips: int, items: int) -> Known:
    """A village of which only the number of slips is known."""
    return Known(slips, (0, slips), (0, slips), (0, slips * items))


def tells(items: Sequence[ItemTally], known: Sequence[Known]) -> bool:
    """Whether some count of a village is said too closely, and less closely by the commune's counts alone."""
    plain = [untold(village.slips, len(items)) for village in known]
    guarded = [(village.guards_dissatisfied, village.guards_satisfied) for village in known]
    pairs = zip(_counts(items, known, guarded), _counts(items, plain, guarded), strict=True)
    open_from = (
        village.open_from for village in known if village.slips for _count in range(3 + 2 * len(items))
    )
    return any(
        with_bands.ends != without.ends
        and (with_bands.is_close or (with_bands.guarded and with_bands.ends[0] > without.ends[0]))
        and (fewest is None or with_bands.ends[0] < fewest)
        for (with_bands, without), fewest in zip(pairs, open_from, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """A count of a village that could be anything up to `possible`, and its ends."""

    possible: int
    ends: Ends
    guarded: bool = False

    @property
    def is_close(self) -> bool:
        """Whether the ends leave too little open."""
        return PART * (self.ends[1] - self.ends[0]) < min(PART * WIDTH, self.possible)


def _counts(
    items: Sequence[ItemTally], known: Sequence[Known], guarded: Sequence[tuple[bool, bool]]
) -> Iterator[_Count]:
    """Every count of every village where somebody answered."""
    villages = _narrow(items, known)
    slips = sum(village.slips for village in villages)
    for place, village in enumerate(villages):
        if village.slips == 0:
            continue
        guards_no, guards_yes = guarded[place]
        yield _Count(village.slips, village.no_slips, guards_no)
        yield _Count(village.slips, village.yes_slips, guards_yes)
        yield _Count(village.slips * len(items), village.yes)
        no_caps, yes_caps = (
            [other.no_slips[1] for other in villages],
            [other.yes_slips[1] for other in villages],
        )
        no = _by_item([item.dissatisfied for item in items], no_caps, place, village.no)
        yes = _by_item([item.satisfied for item in items], yes_caps, place, village.yes)
        for item, item_no, item_yes in zip(items, no, yes, strict=True):
            # Of one item too, satisfied, dissatisfied and blank make the village's slips.
            blank = max(0, item.blank - (slips - village.slips)), min(item.blank, village.slips)
            yield _Count(village.slips, _rest(village.slips, item_no, item_yes, blank), guards_no)
            yield _Count(village.slips, _rest(village.slips, item_yes, item_no, blank), guards_yes)


def _rest(whole: int, part: Ends, one: Ends, other: Ends) -> Ends:
    """Ends of a part of a whole that has two others."""
    return _both(part, (whole - one[1] - other[1], whole - one[0] - other[0]))


def _by_item(counts: Sequence[int], caps: Sequence[int], place: int, pooled: Ends) -> Iterator[Ends]:
    """Ends of each item of the village at `place`: what others cannot hold, and what its other items cannot."""
    others = sum(caps) - caps[place]
    most = [min(caps[place], count) for count in counts]
    for count, own in zip(counts, most, strict=True):
        yield max(0, count - others, pooled[0] - (sum(most) - own)), min(own, pooled[1])


def _narrow(items: Sequence[ItemTally], known: Sequence[Known]) -> list[_Village]:
    """The ends of every village once they have been passed on to the others."""
    villages = [_start(village, len(items)) for village in known]
    for _round in range(_ROUNDS):
        _share(villages, "yes", sum(item.satisfied for item in items))
        _share(villages, "no", sum(item.dissatisfied for item in items))
        _share(villages, "blank", sum(item.blank for item in items))
        _cap(villages, items)
        for village in villages:
            _agree(village, len(items))
    return villages


def _start(known: Known, items: int) -> _Village:
    answers = known.slips * items
    # A valid slip says something, so one answer of each is not blank.
    blank = (0, answers - known.slips)
    return _Village(
        known.slips, known.dissatisfied_slips, known.satisfied_slips, known.satisfied, (0, answers), blank
    )


def _share(villages: Sequence[_Village], name: str, total: int) -> None:
    """Bring the ends of one count together, knowing what all villages have of it."""
    for village in villages:
        low, high = getattr(village, name)
        least = sum(getattr(other, name)[0] for other in villages) - low
        most = sum(getattr(other, name)[1] for other in villages) - high
        setattr(village, name, _both((low, high), (total - most, total - least)))


def _cap(villages: Sequence[_Village], items: Iterable[ItemTally]) -> None:
    """No item can have more answers in a village than slips that gave such an answer to anything."""
    no, yes = [item.dissatisfied for item in items], [item.satisfied for item in items]
    for counts, slips, answers in ((no, "no_slips", "no"), (yes, "yes_slips", "yes")):
        caps = [getattr(village, slips)[1] for village in villages]
        for village, cap in zip(villages, caps, strict=True):
            held = [max(0, count - (sum(caps) - cap)) for count in counts]
            ends = sum(held), sum(min(cap, count) for count in counts)
            setattr(village, answers, _both(getattr(village, answers), ends))
            setattr(village, slips, _both(getattr(village, slips), (max(held, default=0), village.slips)))


def _agree(village: _Village, items: int) -> None:
    """Bring together the ends that must agree within one village."""
    answers = village.slips * items
    yes, no, blank = village.yes, village.no, village.blank
    village.yes = _rest(answers, yes, no, blank)
    village.no = _rest(answers, no, yes, blank)
    village.blank = _rest(answers, blank, yes, no)
    village.no_slips, village.no = _slips_and_answers(village.no_slips, village.no, items)
    village.yes_slips, village.yes = _slips_and_answers(village.yes_slips, village.yes, items)
    silent_no, silent_yes = village.slips - village.yes_slips[1], village.slips - village.no_slips[1]
    village.no_slips = _both(village.no_slips, (silent_no, village.slips))
    village.yes_slips = _both(village.yes_slips, (silent_yes, village.slips))


def _slips_and_answers(slips: Ends, answers: Ends, items: int) -> tuple[Ends, Ends]:
    """A slip with such an answer has from one to `items` of them."""
    slips = _both(slips, (-(-answers[0] // items), answers[1]))
    return slips, _both(answers, (slips[0], slips[1] * items))


def _both(one: Ends, other: Ends) -> Ends:
    return max(one[0], other[0]), min(one[1], other[1])
