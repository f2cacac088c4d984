"""What was answered, counted: integers that can be added, stored and compared bit by bit.

A tally knows no rate, no household outside it and no disclosure rule. Tallies of villages add up to the
commune's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.questions.answers import is_valid_slip
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument, Question
from survey_app.questions.kinds import Result
from survey_app.questions.reading import Value


@dataclass(frozen=True, slots=True)
class ItemTally:
    """One two-way item over the valid slips."""

    key: str
    satisfied: int = 0
    dissatisfied: int = 0
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one group of slips. `items` are the scored questions in order, the closing item apart."""

    valid: int
    invalid: int
    #: Valid slips with at least one scored "dissatisfied".
    dissatisfied_slips: int
    #: Valid slips with at least one scored "satisfied".
    satisfied_slips: int
    items: tuple[ItemTally, ...]
    closing: ItemTally | None
    #: Question key -> option code -> slips, valid or not, for closed questions that are not two-way.
    options: Mapping[str, Mapping[str, int]]

    @property
    def answered(self) -> int:
        """Households that handed in a slip, valid or not."""
        return self.valid + self.invalid

    @property
    def satisfied(self) -> int:
        """Scored answers "satisfied" over all items."""
        return sum(item.satisfied for item in self.items)

    @property
    def dissatisfied(self) -> int:
        """Scored answers "dissatisfied" over all items."""
        return sum(item.dissatisfied for item in self.items)


def empty(instrument: Instrument) -> Tally:
    """The tally of no slips."""
    return count(instrument, ())


def count(instrument: Instrument, answers: Iterable[Mapping[str, Value]]) -> Tally:
    """The tally of these slips. Blanks are counted on valid slips only; an unreadable answer is a blank."""
    everything = tuple(answers)
    valid = [slip for slip in everything if is_valid_slip(instrument, slip)]
    closing = instrument.closing
    return Tally(
        valid=len(valid),
        invalid=len(everything) - len(valid),
        dissatisfied_slips=_slips_with(DISSATISFIED, instrument, valid),
        satisfied_slips=_slips_with(SATISFIED, instrument, valid),
        items=tuple(_count_item(question, valid) for question in instrument.scored),
        closing=_count_item(closing, valid) if closing else None,
        options={
            question.key: _count_options(question, everything) for question in _unscored_closed(instrument)
        },
    )


def add(tallies: Iterable[Tally]) -> Tally:
    """The tally of all slips together. Raises ValueError for none, or for tallies of different questions."""
    first, *others = tallies
    total = first
    for tally in others:
        total = _add_two(total, tally)
    return total


def dump(tally: Tally) -> dict[str, Any]:
    """The tally as JSON-able integers, in a stable shape."""
    return {
        "valid": tally.valid,
        "invalid": tally.invalid,
        "dissatisfied_slips": tally.dissatisfied_slips,
        "satisfied_slips": tally.satisfied_slips,
        "items": [dump_item(item) for item in tally.items],
        "closing": dump_item(tally.closing) if tally.closing else None,
        "options": {key: dict(counts) for key, counts in tally.options.items()},
    }


def load(document: Mapping[str, Any]) -> Tally:
    """The tally that `dump` wrote."""
    closing = document["closing"]
    return Tally(
        valid=document["valid"],
        invalid=document["invalid"],
        dissatisfied_slips=document["dissatisfied_slips"],
        satisfied_slips=document["satisfied_slips"],
        items=tuple(ItemTally(**item) for item in document["items"]),
        closing=ItemTally(**closing) if closing else None,
        options={key: dict(counts) for key, counts in document["options"].items()},
    )


def _count_item(question: Question, valid: Iterable[Mapping[str, Value]]) -> ItemTally:
    answers = [slip.get(question.key) for slip in valid]
    satisfied, dissatisfied = (
        sum(answers.count(code) for code in question.codes_of(side)) for side in (SATISFIED, DISSATISFIED)
    )
    return ItemTally(question.key, satisfied, dissatisfied, len(answers) - satisfied - dissatisfied)


def _slips_with(side: str, instrument: Instrument, valid: Iterable[Mapping[str, Value]]) -> int:
    on_side = [(question.key, question.codes_of(side)) for question in instrument.scored]
    return sum(any(slip.get(key) in codes for key, codes in on_side) for slip in valid)


def _unscored_closed(instrument: Instrument) -> tuple[Question, ...]:
    return tuple(question for question in instrument.questions if question.kind.row.result is Result.COUNTS)


def _count_options(question: Question, slips: Iterable[Mapping[str, Value]]) -> dict[str, int]:
    counts = dict.fromkeys(question.option_codes, 0)
    for slip in slips:
        given = slip.get(question.key)
        for code in given if isinstance(given, tuple | list) else (given,):
            if code in counts:
                counts[code] += 1
    return counts


def _add_two(one: Tally, other: Tally) -> Tally:
    if (one.closing is None) != (other.closing is None):
        raise ValueError("tallies of different questions cannot be added")
    return Tally(
        valid=one.valid + other.valid,
        invalid=one.invalid + other.invalid,
        dissatisfied_slips=one.dissatisfied_slips + other.dissatisfied_slips,
        satisfied_slips=one.satisfied_slips + other.satisfied_slips,
        items=tuple(_add_items(a, b) for a, b in zip(one.items, other.items, strict=True)),
        closing=_add_items(one.closing, other.closing) if one.closing and other.closing else None,
        options=_add_options(one.options, other.options),
    )


def _add_items(one: ItemTally, other: ItemTally) -> ItemTally:
    if one.key != other.key:
        raise ValueError("tallies of different questions cannot be added")
    return ItemTally(
        one.key,
        one.satisfied + other.satisfied,
        one.dissatisfied + other.dissatisfied,
        one.blank + other.blank,
    )


def _add_options(
    one: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    if one.keys() != other.keys():
        raise ValueError("tallies of different questions cannot be added")
    return {
        key: {code: n + other[key].get(code, 0) for code, n in counts.items()} for key, counts in one.items()
    }


def dump_item(item: ItemTally) -> dict[str, Any]:
    """The counts of one item as JSON carries them."""
    return {
        "key": item.key,
        "satisfied": item.satisfied,
        "dissatisfied": item.dissatisfied,
        "blank": item.blank,
    }
