"""The kinds of question, one row each: how an answer is read, what the author writes, what the answers come to.

Nothing elsewhere asks which kind a question is: pure rooms, operations and pages ask its row, and every medium finds by
the kind's name the one template that draws it. A new kind is its row here and that template.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from survey_app.questions import reading
from survey_app.questions.reading import Value


def N_(text: str) -> str:  # noqa: N802  # the name by which words to be translated are collected
    """Words of a row; the rooms that show them translate them."""
    return text


#: Characters of an answer in words, after NFC.
SHORTER_TEXT, LONGER_TEXT = 200, 2000


class Kind(StrEnum):
    """What sort of answer a question takes, by the name that documents know it by. Each has its row below."""

    SATISFACTION = "satisfaction"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    FIVE_FACES = "five_faces"
    NUMBER = "number"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NOTE = "note"

    @property
    def row(self) -> "KindRow":
        """What a question of this kind is."""
        return _ROWS[self]


class Result(StrEnum):
    """What the answers to a question come to, on every page, file and paper of results."""

    #: Satisfied of all valid slips: an item, or the closing item.
    RATE = "rate"
    #: How many chose each answer.
    COUNTS = "counts"
    #: Median and quartiles of the commune.
    QUARTILES = "quartiles"
    #: Texts, which those entitled read on screen.
    TEXTS = "texts"
    #: Nothing was asked.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class KindRow:
    """What a kind of question is."""

    #: What authors choose it by, in English.
    name: str
    #: The canonical answer out of what was sent and the codes the question accepts.
    read: Callable[[object, Sequence[str]], Value]
    result: Result
    #: Whether it counts as satisfied or not: then it is asked of everybody, and a confirmed form fixes it.
    two_way: bool = False
    #: Whether its answers are in the document.
    has_options: bool = False
    #: The answers that the kind itself brings, from worst to best, with their words in English.
    fixed: dict[str, str] = field(default_factory=dict)
    #: Whether one person may choose several of its answers.
    several: bool = False
    #: Whether the author may set a smallest and a largest answer.
    has_range: bool = False
    #: Whether paper slips are keyed twice: not free text, in which two people never agree to the letter.
    keyed_twice: bool = False
    #: Characters that an answer in words may have.
    most_characters: int | None = None
    #: The faces that its card draws, from worst ("1") to best ("5").
    faces: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether an answer is one or several of a list of codes."""
        return self.has_options or bool(self.fixed)

    @property
    def is_text(self) -> bool:
        """Whether an answer is free text: stored beside its salt, hashed apart, read by few."""
        return self.result is Result.TEXTS

    @property
    def is_asked(self) -> bool:
        """Whether it takes an answer at all."""
        return self.result is not Result.NOTHING


_FIVE_FACES = {
    "1": N_("Very dissatisfied"),
    "2": N_("Dissatisfied"),
    "3": N_("So-so"),
    "4": N_("Satisfied"),
    "5": N_("Very satisfied"),
}


_ROWS = {
    Kind.SATISFACTION: KindRow(
        N_("Satisfied or not satisfied"), reading.one_of, Result.RATE,
        two_way=True, has_options=True, keyed_twice=True, faces=("1", "5"),
    ),
    Kind.SINGLE_CHOICE: KindRow(
        N_("One choice"), reading.one_of, Result.COUNTS,
        has_options=True, keyed_twice=True,
    ),
    Kind.MULTIPLE_CHOICE: KindRow(
        N_("Several choices"), reading.several_of, Result.COUNTS,
        has_options=True, several=True, keyed_twice=True,
    ),
    Kind.FIVE_FACES: KindRow(
        N_("Five faces"), reading.one_of, Result.COUNTS,
        fixed=_FIVE_FACES, keyed_twice=True, faces=tuple(_FIVE_FACES),
    ),
    Kind.NUMBER: KindRow(
        N_("Number"), reading.number, Result.QUARTILES,
        has_range=True, keyed_twice=True,
    ),
    Kind.SHORT_TEXT: KindRow(N_("Short text"), reading.text(SHORTER_TEXT), Result.TEXTS, most_characters=SHORTER_TEXT),
    Kind.LONG_TEXT: KindRow(N_("Long text"), reading.text(LONGER_TEXT), Result.TEXTS, most_characters=LONGER_TEXT),
    Kind.NOTE: KindRow(N_("Note, nothing to answer"), reading.nothing, Result.NOTHING),
}  # fmt: skip
