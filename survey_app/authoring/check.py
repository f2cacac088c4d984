"""The check of a draft: every problem at once, and what is worth a second look.

Words what `questions` found, each with the question it is about; decides nothing itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from survey_app.authoring import drafts, wording
from survey_app.authoring.drafts import Document, Part
from survey_app.i18n import gettext as _
from survey_app.questions.problems import Problem


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the check.

    `key` and `number` name the question, None for the whole form; a note has no number.
    """

    sentence: str
    key: str | None = None
    number: int | None = None


def problems(draft: Document, found: Iterable[Problem]) -> tuple[CheckLine, ...]:
    """All that is in the way of freezing; the form as a whole first, then question by question."""
    numbers = drafts.numbers(draft)
    places = {key: place for place, key in enumerate(numbers)}
    worded = dict.fromkeys(_worded(problem, numbers) for problem in found)
    return tuple(sorted(worded, key=lambda finding: places.get(finding.key or "", -1)))


def warnings(draft: Document) -> tuple[CheckLine, ...]:
    """What does not stand in the way, but somebody should have looked at."""
    return (*_about_the_form(draft), *_about_questions(draft))


def unplaced(found: Iterable[Problem]) -> tuple[CheckLine, ...]:
    """The problems of a document that never was a draft, each with the key or place it names."""
    return tuple(CheckLine(wording.sentence(problem), problem.where or None) for problem in found)


def _worded(problem: Problem, numbers: Mapping[str, int | None]) -> CheckLine:
    named = {**problem.params}
    if "question" in named:
        # Keys mean nothing to an author; the number is what the screen shows.
        named["question"] = numbers.get(str(named["question"])) or str(named["question"])
    sentence = wording.sentence(replace(problem, params=named))
    key = problem.where if problem.where in numbers else None
    return CheckLine(sentence, key, numbers.get(problem.where))


def _about_the_form(draft: Document) -> Iterable[CheckLine]:
    if draft["sample"]:
        yield CheckLine(
            _(
                "The wording is a sample for reference. Check it against the form that the Fatherland Front "
                "issued."
            )
        )
    if "en" not in draft["languages"]:
        yield CheckLine(_("The form has no English version. That is allowed."))
    if not any(item["closing"] for item in draft["questions"]):
        yield CheckLine(_("The form has no closing item. Official forms end with one overall question."))


def _about_questions(draft: Document) -> Iterable[CheckLine]:
    numbers = drafts.numbers(draft)
    for item in draft["questions"]:
        number = numbers[item["key"]]
        if item["from_memory"]:
            yield CheckLine(
                _(
                    "The name of this item was written from memory and must be checked against the official "
                    "list."
                ),
                item["key"],
                number,
            )
        if item["required"] and drafts.kind_row(item).two_way:
            yield CheckLine(
                _(
                    "This scored question is required: a household that prefers not to answer it cannot send "
                    "the form."
                ),
                item["key"],
                number,
            )
        yield from _unread_choices(item, number)


def _unread_choices(item: Part, number: int | None) -> Iterable[CheckLine]:
    labels = [option["label"].get("vi") for option in item["options"]]
    if len(set(labels)) < len(labels):
        yield CheckLine(_("Two choices of this question read the same in Vietnamese."), item["key"], number)
