"""Free texts in raw answers, each named by the digest that its answer's leaf holds too."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from survey_app.collecting import leaves
from survey_app.fieldwork.queries import SurveyView
from survey_app.questions.instrument import Question
from survey_app.sealing.counting import RawAnswer


def questions_of(survey: SurveyView) -> tuple[Question, ...]:
    """The questions of the survey's form that are answered in words."""
    return tuple(question for question in survey.instrument.questions if question.kind.row.is_text)


def handles(survey: SurveyView, answers: Iterable[RawAnswer]) -> dict[str, list[str]]:
    """The texts in these answers, by question, for the figure that counts them."""
    found: dict[str, list[str]] = {question.key: [] for question in questions_of(survey)}
    for answer in answers:
        for key, handle, _text in texts_in(answer.answers, found):
            found[key].append(handle)
    return {key: sorted(those) for key, those in found.items()}


def texts_in(answers: Mapping[str, Any], keys: Mapping[str, object]) -> Iterator[tuple[str, str, str | None]]:
    """Question, handle and words of each text in one answer; None for words that were taken out."""
    for key in keys:
        value = answers.get(key)
        if isinstance(value, dict):
            yield key, leaves.text_digest(value), value.get("text")
