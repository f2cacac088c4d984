"""What the forms of keying send: read for the first keying and for the second one, and why it is not taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from survey_app.collecting import wording
from survey_app.collecting.models import KeyingWay
from survey_app.collecting.refusals import WrongKeying
from survey_app.collecting.views import raw_answers
from survey_app.i18n import gettext as _
from survey_app.questions import keyed
from survey_app.questions.answers import read_answers
from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.keyed import Exceptions
from survey_app.questions.reading import AnswerProblem, Value

#: Fields in which numbers of items are typed, by what they are to `keyed`.
FIELDS = {"dissatisfied": "_not", "blank": "_blank", "count": "_count"}


@dataclass(frozen=True, slots=True)
class KeyedSlip:
    """A slip as it was keyed; with a reason its answers are all None."""

    answers: Mapping[str, Value]
    invalid_reason: str
    way: KeyingWay


def invalid_reasons() -> dict[str, str]:
    """Why a paper slip may be invalid, in words; the keys are stored."""
    return {
        "all_blank": _("Nothing is ticked"),
        "unreadable": _("The marks cannot be read"),
        "both_ticked": _("Both boxes are ticked throughout"),
        "not_official": _("It is not an issued slip or it is torn"),
    }


def way(instrument: Instrument, asked: str) -> KeyingWay:
    """The way that is asked for, if the form can be keyed so."""
    is_offered = bool(keyed.items(instrument))
    return KeyingWay.EXCEPTIONS if is_offered and asked != KeyingWay.DIGITS else KeyingWay.DIGITS


def typed(form: Mapping[str, str]) -> Exceptions:
    """The numbers that were typed."""
    return Exceptions(**{name: form.get(field, "") for name, field in FIELDS.items()})


def marked(answers: Mapping[str, Value]) -> dict[str, object]:
    """Answers as the screen shows them when they are mended: a blank one is marked as such."""
    return {key: "" if value is None else value for key, value in answers.items()}


def read(instrument: Instrument, form: MultiDict[str, str]) -> KeyedSlip:
    """What was keyed. Raises WrongKeying with every problem, by question or by field of numbers."""
    found, reason = way(instrument, form.get("_way", "")), form.get("_invalid", "")
    if reason:
        _require_known(reason)
        return KeyedSlip(read_answers(instrument, {}).answers, reason, found)
    raw = raw_answers(instrument, form)
    if found is KeyingWay.EXCEPTIONS:
        numbers = keyed.read_exceptions(instrument, typed(form))
        if numbers.problems:
            raise WrongKeying({FIELDS[name]: _problem_text(one) for name, one in numbers.problems.items()})
        raw |= {key: value or "" for key, value in numbers.answers.items()}
    return KeyedSlip(_answers(instrument, raw, instrument.answerable), "", found)


def read_again(instrument: Instrument, form: MultiDict[str, str], asked: tuple[Question, ...]) -> KeyedSlip:
    """What a second person keyed, digit by digit, of the questions asked again. Raises WrongKeying."""
    reason = form.get("_invalid", "")
    if reason:
        _require_known(reason)
        return KeyedSlip({}, reason, KeyingWay.DIGITS)
    return KeyedSlip(_answers(instrument, raw_answers(instrument, form), asked), "", KeyingWay.DIGITS)


def _answers(
    instrument: Instrument, raw: Mapping[str, object], asked: tuple[Question, ...]
) -> dict[str, Value]:
    reading = read_answers(instrument, raw)
    left_out = {question.key for question in instrument.answerable} - {question.key for question in asked}
    problems = {key: one for key, one in reading.problems.items() if key not in left_out}
    forgotten = {
        question.key: AnswerProblem("unmarked")
        for question in keyed.unmarked(instrument, raw, reading.answers)
        if question in asked
    }
    answers = {key: value for key, value in reading.answers.items() if key not in left_out}
    if not any(answers.values()) and not problems:
        raise _nothing_keyed()
    if problems or forgotten:
        raise WrongKeying({key: wording.problem(one) for key, one in (forgotten | problems).items()})
    return answers


def _require_known(reason: str) -> None:
    if reason not in invalid_reasons():
        raise WrongKeying({"": _("Choose the reason from the list.")})


def _nothing_keyed() -> WrongKeying:
    """The refusal of a slip on which nothing was keyed, though no reason says that it is blank."""
    return WrongKeying({"": _("Nothing was keyed. If the slip is blank, choose “Nothing is ticked” below.")})


def _problem_text(found: AnswerProblem) -> str:
    """What is wrong with typed numbers."""
    if found.code == "no_such_item":
        return _("There is no item %(item)s on the slip that is satisfied or not.", **found.params)
    if found.code == "twice":
        return _("Item %(item)s is named twice.", **found.params)
    if found.code == "other_count":
        return _("%(count)s items are named above. Compare with the slip and count again.", **found.params)
    return _("Type numbers with a space between them, like 3 17.")
