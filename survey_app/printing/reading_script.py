"""The form as it is read aloud at a meeting of the village: all hear one question, and all tick together.

In the languages of the form alone. The sentences between the questions are ours and exist in the languages of the
interface; in another the paper says so, and the reader says them in own words. Knows no slip and nobody who came.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from flask import render_template

from survey_app import files
from survey_app.config import LANGUAGES
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale
from survey_app.printing import spoken, ticks
from survey_app.questions.instrument import Instrument, Question
from survey_app.templating import answers_in_words, wording

#: How often each question is read, and how long everybody has to tick it afterwards.
TIMES_READ, SECONDS_TO_TICK = 2, 10


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question as it is read; its number is the one on the slip. Notes have none."""

    number: int | None
    question: Question
    #: When it is to be answered at all; empty for always.
    only_if: str


@dataclass(frozen=True, slots=True)
class ReadingScript:
    """What is read in one language."""

    language: str
    questions: tuple[ReadQuestion, ...]
    #: Words above the boxes of most questions, in the order of the slip; empty where no question has two ways.
    answers: tuple[str, ...]
    #: Whether questions were left out because the slip leaves them to the phone.
    shortened: bool
    #: Whether the sentences between the questions exist in this language.
    is_led: bool
    minutes: int


def script(instrument: Instrument, language: str) -> ReadingScript:
    """What is read of the paper slip, in a language of the form. Raises SlipTooFull."""
    with force_locale("vi"):
        paper = ticks.tick_boxes(instrument)
    with force_locale(language):
        questions = tuple(_questions(instrument, {line.question.key for line in paper.lines}))
        first = next(iter(instrument.scored), None)
        answers = () if first is None else tuple(words for _code, words in answers_in_words(first))
        took = sum(_seconds(read.question) for read in questions)
    return ReadingScript(
        language, questions, answers, paper.shortened, language in LANGUAGES, max(1, ceil(took / 60))
    )


def html(survey: SurveyView, language: str, template: str) -> str:
    """A page or a paper with the script, wholly in that language. Raises SlipTooFull."""
    read = script(survey.instrument, language)
    with force_locale(language):
        return render_template(
            template, survey=survey, script=read, times=TIMES_READ, seconds_to_tick=SECONDS_TO_TICK
        )


def pdf(survey: SurveyView, language: str) -> bytes:
    """The script on A4. Raises SlipTooFull."""
    return files.pdf(html(survey, language, "printing/print/reading_script.html"))


def _questions(instrument: Instrument, on_paper: set[str]) -> Iterator[ReadQuestion]:
    numbers = {question.key: number for number, question in enumerate(instrument.answerable, start=1)}
    for question in instrument.questions:
        number = numbers.get(question.key)
        if number is None or question.key in on_paper:
            yield ReadQuestion(number, question, ticks.only_if(instrument, question, numbers))


def _seconds(question: Question) -> int:
    if not question.kind.row.is_asked:
        return spoken.seconds(wording(question.text))
    answers = " ".join(words for _code, words in answers_in_words(question))
    return TIMES_READ * spoken.seconds(f"{wording(question.text)} {answers}") + SECONDS_TO_TICK
