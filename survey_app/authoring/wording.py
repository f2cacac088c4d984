"""The room's sentences: what kinds, levels and languages are called, and what each problem of a draft means.

The pure rooms report problems as codes; here each becomes a sentence that says what to do. A test holds the
two together.
"""

from collections.abc import Callable, Mapping

from survey_app.authoring import levels
from survey_app.i18n import gettext as _
from survey_app.i18n import own_language_name
from survey_app.questions.problems import LONGEST_KEY, Problem
from survey_app.templating import wording as in_language

Params = Mapping[str, str | int]


#: What the shipped forms for quick feedback are for; never for a decision survey.
QUICK = "gop-y"


#: The level of forms that serve no recognition.
OTHER = "khac"


def level_name(key: str) -> str:
    """What recognition the form serves; a level we have no name for is shown as it is written."""
    found = levels.level(key)
    if found is not None:
        return f"{in_language(found.title)} ({found.since}–{found.until})"
    return {OTHER: _("Other subject"), QUICK: _("Quick feedback on a service")}.get(key, key)


def level_source(key: str) -> str:
    """The document that has the level, or that none is on record."""
    found = levels.level(key)
    return (found.source if found else "") or _("no document of it is on record")


def form_levels() -> tuple[str, ...]:
    """Levels an author may choose; a template may bring another."""
    return (*(one.key for one in levels.levels()), OTHER)


def language_name(tag: str) -> str:
    """The language in the reader's words, where we have them, else in its own."""
    known = {"vi": _("Vietnamese"), "en": _("English"), "jra": _("Jrai"), "bdq": _("Bahnar")}
    return known.get(tag) or own_language_name(tag)


def sentence(problem: Problem) -> str:
    """The problem as one sentence in the reader's language, with what to do about it."""
    return SENTENCES[problem.code](problem.params)


def _missing_wording(params: Params) -> str:
    language = language_name(str(params["language"]))
    field = str(params["field"])
    if field == "title":
        return _("The title is missing in %(language)s.", language=language)
    if field == "text":
        return _("The wording of the question is missing in %(language)s.", language=language)
    if field == "help":
        return _(
            "The help text is missing in %(language)s: write it, or remove it in the other languages too.",
            language=language,
        )
    return _("A choice has no words in %(language)s.", language=language)


def _field_name(params: Params) -> str:
    name = str(params.get("field", ""))
    return {
        "title": _("title"),
        "text": _("wording of the question"),
        "help": _("help text"),
        "label": _("choice"),
        "source": _("source"),
        "minimum": _("smallest number"),
        "maximum": _("largest number"),
        "languages": _("languages"),
        "questions": _("questions"),
        "number": _("number of the document"),
        "options": _("choices"),
        "condition": _("condition"),
    }.get(name, name)


def _other_question(params: Params) -> str:
    return str(params["question"])


SENTENCES: Mapping[str, Callable[[Params], str]] = {
    "wrong_type": lambda p: _("The field “%(field)s” holds a value of the wrong type.", field=_field_name(p)),
    "unknown_field": lambda p: _("The field “%(field)s” is not known; it may be misspelt.", field=p["field"]),
    "too_many": lambda p: _(
        "Too many entries in “%(field)s”: at most %(limit)s.", field=_field_name(p), limit=p["limit"]
    ),
    "forbidden_character": lambda p: _(
        "“%(field)s” contains a control character that cannot be printed. Type that place again.",
        field=_field_name(p),
    ),
    "too_long": lambda p: _(
        "“%(field)s” is too long: at most %(limit)s characters.", field=_field_name(p), limit=p["limit"]
    ),
    "bad_key": lambda p: _(
        "“%(field)s” must be a key of at most %(limit)s letters without accents, digits, - and _.",
        field=_field_name(p),
        limit=LONGEST_KEY,
    ),
    "out_of_range": lambda p: _("The number in “%(field)s” is too large.", field=_field_name(p)),
    "bad_version": lambda p: _("The version must be a whole number from 1."),
    "unknown_kind": lambda p: _("This kind of question does not exist."),
    "no_title": lambda p: _("The form has no Vietnamese title."),
    "no_vietnamese": lambda p: _("Vietnamese must be among the languages of the form."),
    "duplicate_language": lambda p: _(
        "The language %(language)s is listed twice.", language=language_name(str(p["language"]))
    ),
    "duplicate_key": lambda p: _("Two questions have the same key. Remove one of them."),
    "no_scored_question": lambda p: _(
        "The form has no scored question. Add at least one question of the kind “satisfied or not satisfied”."
    ),
    "several_closing_items": lambda p: _(
        "More than one question is marked as the closing item. Keep only one."
    ),
    "missing_wording": _missing_wording,
    "options_not_allowed": lambda p: _("This kind of question has no choices of its own. Remove them."),
    "too_few_options": lambda p: _("Too few choices: write at least %(fewest)s.", fewest=p["fewest"]),
    "duplicate_option": lambda p: _("Two choices have the same key. Remove one of them and write it again."),
    "not_two_way": lambda p: _(
        "A scored question has exactly two answers, satisfied and not satisfied. Choose the kind again."
    ),
    "counts_not_allowed": lambda p: _(
        "Only questions of the kind “satisfied or not satisfied” are counted as scored."
    ),
    "closing_not_satisfaction": lambda p: _(
        "The closing item must be a question “satisfied or not satisfied”."
    ),
    "range_not_allowed": lambda p: _("Only a number has a smallest and a largest value."),
    "minimum_above_maximum": lambda p: _("The smallest number is larger than the largest one."),
    "condition_on_scored_item": lambda p: _(
        "A scored question and the closing item are asked of everybody: remove the condition."
    ),
    "condition_on_unknown_question": lambda p: _(
        "The condition looks at question “%(question)s”, which is no longer in the form.",
        question=_other_question(p),
    ),
    "condition_on_later_question": lambda p: _(
        "The condition looks at question “%(question)s”, which comes later. Move this question below it.",
        question=_other_question(p),
    ),
    "condition_on_impossible_answer": lambda p: _(
        "The condition names no answer that question “%(question)s” offers. Choose the answers again.",
        question=_other_question(p),
    ),
    "required_note": lambda p: _("A note takes no answer, so it cannot be required."),
}
