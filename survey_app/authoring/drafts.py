"""Editing a questionnaire that may still have problems: pure functions from document to document.

A document is the JSON that `questions.document` reads, its fields well typed because only forms, templates
and checked imports make one. Knows no database, no revision and no lock; whether the result may be frozen
is decided by `questions`.
"""

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from survey_app.questions import document
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument
from survey_app.questions.kinds import Kind, KindRow
from survey_app.questions.problems import Problem

Document: TypeAlias = dict[str, Any]
Part: TypeAlias = dict[str, Any]

#: What the two-way answers are called unless the author writes otherwise.
_TWO_WAY = (
    (SATISFIED, {"vi": "Hài lòng", "en": "Satisfied"}),
    (DISSATISFIED, {"vi": "Không hài lòng", "en": "Not satisfied"}),
)
_SETTINGS = ("title", "languages", "level", "source")


def empty(key: str, values: Part) -> Document:
    """A questionnaire without questions, with the `values` of its settings."""
    blank = {"key": key, "version": 1, "sample": False, "confirmation": None, "questions": []}
    return with_settings(blank, values)


def derived(template: Mapping[str, Any], *, key: str, version: int, confirmation: str | None) -> Document:
    """A copy to go on with under another key or version.

    A wording the Front confirmed is no sample any more.
    """
    copied = copy.deepcopy(dict(template))
    sample = copied["sample"] and confirmation is None
    return {**copied, "key": key, "version": version, "sample": sample, "confirmation": confirmation}


def settings(draft: Document) -> Part:
    """What the author says about the questionnaire as a whole."""
    return {name: draft[name] for name in _SETTINGS}


def with_settings(draft: Document, values: Part) -> Document:
    """The draft with another title, languages, level and source."""
    return {**draft, **{name: values[name] for name in _SETTINGS}}


def numbers(draft: Document) -> dict[str, int | None]:
    """Number of each question by its key, as the respondent sees it: notes have none."""
    numbered: dict[str, int | None] = {}
    asked = 0
    for item in draft["questions"]:
        asked += kind_row(item).is_asked
        numbered[item["key"]] = asked if kind_row(item).is_asked else None
    return numbered


def kind_row(item: Part) -> KindRow:
    """What the table of kinds says of this question."""
    return Kind(item["kind"]).row


def question(draft: Document, key: str) -> Part | None:
    """The question of that key, or None."""
    return next((item for item in draft["questions"] if item["key"] == key), None)


def blank_question(draft: Document, kind: Kind) -> Part:
    """A new question of that kind under a key that the draft does not use."""
    used = {item["key"] for item in draft["questions"]}
    key = next(f"q{number}" for number in range(1, len(used) + 2) if f"q{number}" not in used)
    blank: Part = {
        "key": key,
        "kind": kind.value,
        "text": {},
        "help": {},
        "required": False,
        "options": [],
        "condition": None,
        "closing": False,
        "from_memory": False,
        "source": "",
        "minimum": None,
        "maximum": None,
    }
    return of_kind(blank, kind, draft["languages"])


def copy_of(draft: Document, item: Part) -> Part:
    """The same question under a key that the draft does not use; a copy of the closing item is an ordinary one."""
    blank = blank_question(draft, Kind(item["kind"]))
    return {**item, "key": blank["key"], "closing": False}


def of_kind(item: Part, kind: Kind, languages: Iterable[str]) -> Part:
    """The question turned into another kind, with what that needs and without what it has no place for."""
    changed = {**item, "kind": kind.value}
    if kind.row.two_way:
        changed |= {
            "condition": None,
            "options": item["options"] if _is_two_way(item) else _two_way(languages),
        }
    else:
        kept = [{**option, "counts": None} for option in item["options"]]
        changed |= {"closing": False, "options": kept if kind.row.has_options else []}
    if not kind.row.has_range:
        changed |= {"minimum": None, "maximum": None}
    if not kind.row.is_asked:
        changed["required"] = False
    return changed


def with_question(draft: Document, item: Part, *, after: str = "") -> Document:
    """The draft with `item` in the place of the question of its key.

    A new one goes behind the question `after`, or to the end; never behind a closing item at the end.
    """
    items = list(draft["questions"])
    places = [place for place, other in enumerate(items) if other["key"] == item["key"]]
    if places:
        items[places[0]] = item
    else:
        before_closing = bool(items) and items[-1]["closing"] and not item["closing"]
        end = len(items) - 1 if before_closing else len(items)
        wanted = next((place + 1 for place, other in enumerate(items) if other["key"] == after), end)
        items.insert(min(wanted, end), item)
    return {**draft, "questions": items}


def without_question(draft: Document, key: str) -> Document:
    """The draft without that question."""
    return {**draft, "questions": [item for item in draft["questions"] if item["key"] != key]}


def moved(draft: Document, key: str, step: int) -> Document:
    """The draft with that question one place up (-1) or down (+1); unchanged at either end."""
    items = list(draft["questions"])
    place = next((place for place, item in enumerate(items) if item["key"] == key), None)
    if place is not None and 0 <= place + step < len(items):
        items[place], items[place + step] = items[place + step], items[place]
    return {**draft, "questions": items}


def is_locked(item: Part) -> bool:
    """Whether a confirmed template fixes this question: a scored item or the closing item."""
    return bool(kind_row(item).two_way or item["closing"])


def locked_part(draft: Document) -> list[Part]:
    """The questions that a confirmed template fixes, in order."""
    return [item for item in draft["questions"] if is_locked(item)]


def answers_of(item: Part) -> tuple[str, ...]:
    """Codes of the answers that a condition on this question may name."""
    return tuple(kind_row(item).fixed) or tuple(option["code"] for option in item["options"])


def new_option_code(used: Iterable[str]) -> str:
    """A code for one more option, unlike the `used` ones."""
    taken = set(used)
    return next(f"o{number}" for number in range(1, len(taken) + 2) if f"o{number}" not in taken)


def wording(draft: Document) -> dict[str, object]:
    """Everything that pages and papers print of a form, one line each, like "roads/text/vi"; and the order."""
    questions = {str(item["key"]): item for item in draft["questions"]}
    rest = {name: value for name, value in draft.items() if name != "questions"}
    return {**_lines(rest, ""), **_lines(questions, ""), "order": list(questions)}


def _lines(value: object, place: str) -> dict[str, object]:
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        parts = {str(number): one for number, one in enumerate(value, start=1)}.items()
    else:
        return {place: value}
    return {
        name: leaf
        for part, inner in parts
        for name, leaf in _lines(inner, f"{place}/{part}" if place else str(part)).items()
    }


def fingerprint(part: Part | None) -> str:
    """A short digest of one part, to notice that somebody else changed it meanwhile.

    "" for a part that is not there.
    """
    if part is None:
        return ""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]


def readable(draft: Document) -> tuple[Instrument | None, tuple[Problem, ...]]:
    """The instrument, or None with every reason why it is none."""
    try:
        return document.load(draft), ()
    except document.InvalidInstrument as refused:
        return None, refused.problems


def showable(draft: Document) -> tuple[Instrument | None, tuple[str, ...]]:
    """What can be shown of the draft, questions with problems left out, and the keys left out.

    None when it has a problem that is no question's, such as no scored question at all.
    """
    left_out: list[str] = []
    while True:
        rest = {**draft, "questions": [item for item in draft["questions"] if item["key"] not in left_out]}
        instrument, problems = readable(rest)
        faulty = {problem.where for problem in problems} & {item["key"] for item in rest["questions"]}
        if instrument is not None or not faulty:
            return instrument, tuple(item["key"] for item in draft["questions"] if item["key"] in left_out)
        left_out.extend(faulty)


def _is_two_way(item: Part) -> bool:
    return {option["counts"] for option in item["options"]} == {SATISFIED, DISSATISFIED}


def _two_way(languages: Iterable[str]) -> list[Part]:
    known = tuple(languages)
    return [
        {"code": code, "label": {tag: text for tag, text in label.items() if tag in known}, "counts": code}
        for code, label in _TWO_WAY
    ]
