"""The form on paper: its questions as lines with boxes in two columns, in the largest type that fits.

Paper asks the same questions in the same words as the phone. Where all scored questions begin and end alike
("Ông/bà có hài lòng về … không?"), those words are once above the lines, so that the lines can be read.
Knows nothing of codes.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from math import ceil

from flask import render_template

from survey_app import files
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.questions import document
from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.stem import Stem, stem
from survey_app.templating import answers_in_words

#: Type sizes tried for the tick boxes, in points: the largest that fits on the slip is taken, and none is smaller.
_SIZES = (11.0, 10.5, 10.0, 9.5, 9.0)
#: Height in millimetres of the room for lines below the QR, and on the half beside it; slips.css has the same.
ROOM_LEFT_MM, ROOM_RIGHT_MM = 55.0, 127.5
#: Height of a line of the smallest type.
_LINE_MM = _SIZES[-1] * 1.2 * 25.4 / 72


class SlipTooFull(DomainError):
    """The scored questions do not fit on a slip even in the smallest legible type."""

    code = "phieu-qua-dai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, over_mm: float) -> None:
        #: How many lines of the smallest type have no room.
        self.lines = ceil(over_mm / _LINE_MM)
        super().__init__(
            _(
                "The questions do not fit on the paper slip in legible type. "
                "Shorten their wording in a new version."
            )
        )


@dataclass(frozen=True, slots=True)
class Head:
    """What is above a column of boxes: the answer in words, and the face that it has on the phone."""

    label: str
    #: What the answer counts as, which decides the face; none where it counts as neither.
    counts: str | None


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question on paper; its number is that of the form, counting every question that takes an answer."""

    number: int
    question: Question
    text: str
    #: Whether its two answers are under the common column heads.
    in_columns: bool
    #: When it is to be answered at all; empty for always.
    only_if: str


@dataclass(frozen=True, slots=True)
class TickBoxes:
    """What is asked on paper, in which type size, and whether questions were left to the phone."""

    stem: Stem
    heads: tuple[Head, ...]
    lines: tuple[PaperQuestion, ...]
    points: float
    shortened: bool
    #: How many of the lines are below the QR; the others are on the half beside it.
    below_qr: int = 0

    @property
    def columns(self) -> tuple[tuple[PaperQuestion, ...], ...]:
        """The lines below the QR, and those beside it."""
        return self.lines[: self.below_qr], self.lines[self.below_qr :]


def tick_boxes(instrument: Instrument) -> TickBoxes:
    """The paper half of the form, in Vietnamese. Raises SlipTooFull.

    Questions that are not scored are printed while they fit, else left to the phone, and the slip says so.
    """
    found = _laid_out(_Form(document.canonical(instrument), instrument))
    if isinstance(found, float):
        raise SlipTooFull(found)
    return found


@dataclass(frozen=True, slots=True)
class PaperRoom:
    """How a form fits on its slip: in which type, or how many lines are too many."""

    #: None where not even the scored questions fit.
    points: float | None
    #: Whether what is not scored is left to the phone.
    shortened: bool = False
    lines_over: int = 0


def room(instrument: Instrument) -> PaperRoom:
    """For who is still writing the form."""
    try:
        boxes = tick_boxes(instrument)
    except SlipTooFull as full:
        return PaperRoom(None, lines_over=full.lines)
    return PaperRoom(boxes.points, boxes.shortened)


@dataclass(frozen=True, slots=True)
class _Form:
    """A form by its content, whichever object holds it."""

    content: bytes
    instrument: Instrument = field(compare=False)


@lru_cache(maxsize=32)
def _laid_out(form: _Form) -> TickBoxes | float:
    """The paper half of a form, or by how many mm it is too long; found once, because it takes a second or more."""
    instrument = form.instrument
    common, heads = stem([question.text["vi"] for question in instrument.scored]), _heads(instrument)
    every = tuple(_lines(instrument, common, heads))
    counted = tuple(line for line in every if line.question.scored or line.question.closing)
    shortened = len(counted) < len(every)
    found = _largest([TickBoxes(common, heads, every, size, shortened=False) for size in _SIZES])
    if found is None and shortened:
        found = _largest([TickBoxes(common, heads, counted, size, shortened) for size in _SIZES])
    if found is None:
        _below, over_mm = _columns(TickBoxes(common, heads, counted, _SIZES[-1], shortened))
        return over_mm
    return found


def _largest(candidates: Sequence[TickBoxes]) -> TickBoxes | None:
    """The first that fits of candidates in ever smaller type: what fits in one size fits in every smaller one."""
    first = bisect_left(
        range(len(candidates) - 1), True, key=lambda place: _placed(candidates[place]) is not None
    )
    return _placed(candidates[first])


def _placed(boxes: TickBoxes) -> TickBoxes | None:
    """The lines in their two columns; none where they do not fit."""
    below_qr, over_mm = _columns(boxes)
    return replace(boxes, below_qr=below_qr) if over_mm <= 0 else None


def _columns(boxes: TickBoxes) -> tuple[int, float]:
    """How many lines are in the first column, as full as it can be; by what the second is too long for its room."""
    page = files.places(render_template("printing/print/ticks_alone.html", boxes=boxes))
    heights = {name: place.height_mm for name, place in page.items()}
    left = ROOM_LEFT_MM - heights["head"]
    below_qr = 0
    for number in range(len(boxes.lines)):
        left -= heights[f"line {number}"]
        if left < 0:
            break
        below_qr += 1
    beside = (
        heights["table"]
        - sum(heights[f"line {number}"] for number in range(below_qr))
        + heights.get("note", 0)
    )
    return below_qr, beside - ROOM_RIGHT_MM


def _heads(instrument: Instrument) -> tuple[Head, ...]:
    first = next(iter(instrument.scored), None)
    return () if first is None else _answers(first)


def _answers(question: Question) -> tuple[Head, ...]:
    return tuple(Head(option.label["vi"], option.counts) for option in question.options)


def _lines(instrument: Instrument, common: Stem, heads: tuple[Head, ...]) -> Iterator[PaperQuestion]:
    numbers = {question.key: number for number, question in enumerate(instrument.answerable, start=1)}
    for question in instrument.answerable:
        two_way = question.kind.row.two_way and _answers(question) == heads
        text = common.rest(question.text["vi"]) if two_way else question.text["vi"]
        when = only_if(instrument, question, numbers)
        yield PaperQuestion(numbers[question.key], question, _kept_together(text), two_way, when)


def _kept_together(text: str) -> str:
    """The text with its last two words on one line, so that no line holds a single short word."""
    return "\u00a0".join(text.rsplit(" ", 1))


def only_if(instrument: Instrument, question: Question, numbers: dict[str, int]) -> str:
    """When a conditional question is to be answered, in words; empty for always."""
    earlier = question.condition and instrument.question(question.condition.question)
    if question.condition is None or not earlier:
        return ""
    labels = dict(answers_in_words(earlier))
    answers = ", ".join(labels.get(code, code) for code in question.condition.answers)
    number = numbers[earlier.key]
    said: str = _("only if the answer to question %(number)s is: %(answers)s", number=number, answers=answers)
    return said
