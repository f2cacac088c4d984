"""What the answers to a question for a number come to: how many there are, their median and their quartiles.

Exact: numbers are decimal strings, and a half between two of them is written out. There are none of few answers, for
nobody: with less than FEWEST a quartile is next to one household's own number. So nothing else of the numbers is
kept beside the answers, and no village has quartiles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, localcontext
from typing import Any

from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.kinds import Result
from survey_app.questions.reading import Value

FEWEST = 20
#: The sum of two numbers of fifteen digits before and after the point, exactly.
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Of the numbers that `answers` households gave, a quarter is at most `lower`, half at most `median`."""

    answers: int
    lower: str
    median: str
    upper: str


def of_numbers(values: Iterable[str]) -> Quartiles | None:
    """Median and quartiles, or None of fewer than FEWEST numbers.

    The number in that place of the ordered list; where the place falls between two numbers, the middle of them. So
    the median is what spreadsheets call it.

    >>> of_numbers(["2.5", "1"] * 10)
    Quartiles(answers=20, lower='1', median='1.75', upper='2.5')
    """
    ordered = sorted(map(Decimal, values))
    if len(ordered) < FEWEST:
        return None
    lower, median, upper = (_quantile(ordered, quarters) for quarters in (1, 2, 3))
    return Quartiles(len(ordered), lower, median, upper)


def of_slips(instrument: Instrument, slips: Iterable[Mapping[str, Value]]) -> dict[str, Quartiles]:
    """By question, of all slips, valid or not; a question that few answered with a number is absent."""
    everything = tuple(slips)
    found = {
        question.key: of_numbers(
            value for slip in everything if isinstance(value := slip.get(question.key), str)
        )
        for question in asked(instrument)
    }
    return {key: quartiles for key, quartiles in found.items() if quartiles is not None}


def asked(instrument: Instrument) -> tuple[Question, ...]:
    """The questions for a number, in the order of the form."""
    return tuple(
        question for question in instrument.questions if question.kind.row.result is Result.QUARTILES
    )


def dump(found: Mapping[str, Quartiles]) -> dict[str, dict[str, Any]]:
    """As plain JSON."""
    return {key: asdict(quartiles) for key, quartiles in found.items()}


def load(document: Mapping[str, Mapping[str, Any]]) -> dict[str, Quartiles]:
    """What `dump` wrote."""
    return {key: Quartiles(**quartiles) for key, quartiles in document.items()}


def _quantile(ordered: list[Decimal], quarters: int) -> str:
    whole, rest = divmod(len(ordered) * quarters, 4)
    with localcontext(prec=_DIGITS):
        found = ordered[whole] if rest else (ordered[whole - 1] + ordered[whole]) / 2
    plain = f"{found:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
