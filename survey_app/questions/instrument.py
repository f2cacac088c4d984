"""A questionnaire as data: what is asked, in which words, and what counts as satisfied.

Knows nothing of storage, of surveys or of who answers. `document` makes instruments out of JSON and refuses
bad ones; code elsewhere may therefore trust an `Instrument` it is handed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from survey_app.questions.kinds import Kind, Result

#: Language tag -> wording. "vi" is always present.
Text = Mapping[str, str]

SATISFIED = "satisfied"
DISSATISFIED = "dissatisfied"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer; `counts` says on which side a two-way answer is tallied and is None elsewhere."""

    code: str
    label: Text
    counts: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """The question is shown when the answer to an earlier `question` is, or includes, one of `answers`."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One card of the form."""

    key: str
    kind: Kind
    text: Text
    help: Text = field(default_factory=dict)
    required: bool = False
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    #: The overall question at the end of the slip, reported apart from the pooled rate.
    closing: bool = False
    #: The item's name or number is known only from memory and must be checked against the official list.
    from_memory: bool = False
    source: str = ""
    minimum: int | None = None
    maximum: int | None = None

    @property
    def scored(self) -> bool:
        """Whether the answer enters the pooled rate."""
        return self.kind.row.two_way and not self.closing

    @property
    def option_codes(self) -> tuple[str, ...]:
        """The answers a closed question accepts, in the order shown; empty for open questions and notes."""
        return tuple(self.kind.row.fixed) or tuple(option.code for option in self.options)

    def counts_as(self, code: object) -> str | None:
        """SATISFIED or DISSATISFIED, the side an answer is tallied on; None for a blank or unreadable one."""
        return next((option.counts for option in self.options if option.code == code), None)

    def codes_of(self, side: str) -> tuple[str, ...]:
        """The answers that are tallied on that side."""
        return tuple(option.code for option in self.options if option.counts == side)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of a questionnaire."""

    key: str
    version: int
    title: Text
    languages: tuple[str, ...]
    #: The level of recognition that the form serves, such as "xa" or "xa-nang-cao".
    level: str
    #: A reference form that has still to be checked against the one the Front issues.
    sample: bool
    source: str
    #: Number and date of the Front's confirmation; None until it has confirmed the form.
    confirmation: str | None
    questions: tuple[Question, ...]

    @property
    def scored(self) -> tuple[Question, ...]:
        """The questions that make the pooled rate, in order."""
        return tuple(question for question in self.questions if question.scored)

    @property
    def closing(self) -> Question | None:
        """The closing item, where the form has one."""
        return next((question for question in self.questions if question.closing), None)

    @property
    def others(self) -> tuple[Question, ...]:
        """The questions beside the items that have a result of their own."""
        apart = {Result.RATE, Result.NOTHING}
        return tuple(question for question in self.questions if question.kind.row.result not in apart)

    @property
    def answerable(self) -> tuple[Question, ...]:
        """Every question that takes an answer: all but the notes."""
        return tuple(question for question in self.questions if question.kind.row.is_asked)

    def question(self, key: str) -> Question | None:
        """The question of that key, or None."""
        return next((question for question in self.questions if question.key == key), None)
