"""Double entry of paper slips: how many are keyed twice, and from when on their differences are too many.

Nothing here changes an answer. The limit is this product's own start value, printed as such wherever it is used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.reading import Value
from survey_app.scoring import samples

#: One slip in this many is keyed again by another person, where the survey does not ask for all.
ONE_IN = 10
#: Slips that may differ, of all keyed again, in per cent; above it the papers of the village are looked at.
MOST_DIFFERING = 1
#: Slips that a signer compares with what was keyed.
SIGNERS_DRAW = 20
#: Comes before each leaf in that draw, so that no other draw under the digest is the same.
_NAME = "paper:"


@dataclass(frozen=True, slots=True)
class SecondKeying:
    """What keying again found in one village. `paper` counts its paper answers, where that may be said."""

    unit: str
    checked: int
    differing: int
    paper: int | None = None
    #: One slip in how many is keyed again in this survey.
    one_in: int = ONE_IN

    @property
    def missing(self) -> int:
        """Slips still to be keyed again; 0 where the paper answers may not be said yet."""
        return max(sample_size(self.paper or 0, self.one_in) - self.checked, 0)

    @property
    def needs_comparison(self) -> bool:
        """Whether more slips differ than may: in integers, so that nothing is rounded away."""
        return self.differing * 100 > self.checked * MOST_DIFFERING


@dataclass(frozen=True, slots=True)
class DrawOutcome:
    """What comparing the drawn slips with the paper has found so far, in counts."""

    drawn: int
    matching: int
    differing: int
    not_found: int

    @property
    def open(self) -> int:
        """Drawn slips nobody has compared yet."""
        return self.drawn - self.matching - self.differing - self.not_found


def sample_size(slips: int, one_in: int) -> int:
    """How many of a village's paper slips are keyed again: one in `one_in`, rounded up.

    >>> [sample_size(slips, 10) for slips in (0, 1, 10, 11)], sample_size(11, 1)
    ([0, 1, 1, 2], 11)
    """
    return -(-slips // one_in)


def signers_draw(digest: str, of_paper: Iterable[str]) -> tuple[str, ...]:
    """The leaves drawn by the digest of a seal (hexadecimal) among those of the paper answers."""
    names = samples.draw(bytes.fromhex(digest), (_NAME + leaf for leaf in of_paper), SIGNERS_DRAW)
    return tuple(name.removeprefix(_NAME) for name in names)


def keyed_again(instrument: Instrument) -> tuple[Question, ...]:
    """The questions that are keyed twice: all but free text, in which two people never agree to the letter."""
    return tuple(question for question in instrument.answerable if question.kind.row.keyed_twice)


def differs(questions: Iterable[Question], first: Mapping[str, Value], second: Mapping[str, Value]) -> bool:
    """Whether two keyings of one slip disagree in any of these questions."""
    return any(first.get(question.key) != second.get(question.key) for question in questions)
