"""Forms and rule books, field by field: each one misspelt, of another type, and each limit at, below and above it."""

import copy
import json

import pytest

from survey_app.criteria import framework_document
from survey_app.criteria.frameworks import InvalidFramework
from survey_app.questions import answers, document, numbers
from survey_app.questions.document import InvalidInstrument
from survey_app.questions.kinds import Kind
from survey_app.questions.problems import Problem

WORDS = {"vi": "Lời", "en": "Words"}
TWO_WAY = [
    {"code": "satisfied", "label": WORDS, "counts": "satisfied"},
    {"code": "dissatisfied", "label": WORDS, "counts": "dissatisfied"},
]
SOURCE = {"number": "01/QĐ", "date": "2026-01-01", "article": "Điều 1"}

#: Every field of every part, filled in.
FORM = {
    "key": "form", "version": 3, "title": WORDS, "languages": ["vi", "en"], "level": "xa", "sample": True,
    "source": "QĐ 1", "confirmation": "Số 2",
    "questions": [
        {
            "key": "roads", "kind": "satisfaction", "text": WORDS, "help": WORDS, "required": True,
            "options": TWO_WAY, "condition": None, "closing": False, "from_memory": True, "source": "Mục 1",
            "minimum": None, "maximum": None,
        },
        {
            "key": "why", "kind": "number", "text": WORDS, "minimum": 1, "maximum": 9,
            "condition": {"question": "roads", "answers": ["dissatisfied"]},
        },
    ],
}  # fmt: skip
BOOK = {
    "key": "book", "version": 3, "title": WORDS, "period_from": "2026-01-01", "period_to": "2026-12-31",
    "demo": True,
    "requirements": [
        {
            "key": "pooled", "indicator": "8.4", "kind": "pooled_rate", "title": WORDS, "quote": "Lời",
            "threshold": {"basis_points": 9000, "comparison": ">=", "source": SOURCE, "days": None},
            "source": SOURCE, "seen_elsewhere": ["90 %"], "phone_slips": None,
        },
        {
            "key": "event", "indicator": "8.4", "kind": "consultation_event", "title": WORDS,
            "phone_slips": {"least": 2, "source": SOURCE},
        },
        {
            "key": "posting", "indicator": "8.4", "kind": "posting_days", "title": WORDS,
            "threshold": {"days": 3, "comparison": ">", "source": SOURCE},
        },
    ],
    "targets": [
        {
            "key": "half", "title": WORDS, "kind": "communes_meeting_indicator", "basis_points": 5000,
            "comparison": ">=", "source": SOURCE, "in_scope_levels": ["xa"],
            "accepts": ["decision", "feedback"],
        },
    ],
}  # fmt: skip


FORM, BOOK = json.loads(json.dumps(FORM)), json.loads(json.dumps(BOOK))  # no part stands in two places


def problems(made):
    """What is wrong with a form or a rule book; nothing where it is read."""
    load = document.load if made.get("questions") is not None else framework_document.load
    try:
        load(made)
    except (InvalidInstrument, InvalidFramework) as refused:
        return list(refused.problems)
    return []


def part(made, path):
    for step in path:
        made = made[step]
    return made


def changed(sound, path, value):
    """A copy of the document with another value at that place."""
    made = copy.deepcopy(sound)
    part(made, path[:-1])[path[-1]] = value
    return made


def objects(value, path=()):
    """Where the document has fields that somebody may misspell; wordings have languages instead."""
    if isinstance(value, dict) and "vi" not in value:
        yield path
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from objects(inner, (*path, step))


FIELDS = [
    pytest.param(sound, path, field, id=".".join(map(str, (sound["key"], *path, field))))
    for sound in (FORM, BOOK)
    for path in objects(sound)
    for field in part(sound, path)
]
#: Where a part that has a key is named by it; what lies inside a part is named by that part.
NAMES = {
    (sound["key"], group, place): one["key"]
    for sound, groups in ((FORM, ["questions"]), (BOOK, ["requirements", "targets"]))
    for group in groups
    for place, one in enumerate(sound[group])
}


def test_the_two_documents_are_sound_and_come_back_as_they_were():
    assert problems(FORM) == problems(BOOK) == []

    form, book = document.dump(document.load(FORM)), framework_document.dump(framework_document.load(BOOK))
    for sound, written in ((FORM, form), (BOOK, book)):
        for path in objects(sound):
            for field, value in part(sound, path).items():
                if not isinstance(value, dict | list) and value is not None:
                    assert part(written, (*path, field)) == value


@pytest.mark.parametrize(("sound", "path", "field"), FIELDS)
def test_a_misspelt_field_is_named_with_its_place(sound, path, field):
    made = copy.deepcopy(sound)
    inside = part(made, path)
    inside[f"{field}x"] = inside[field]
    where = NAMES.get((sound["key"], *path[:2]), "")

    assert problems(made) == [Problem("unknown_field", where, {"field": f"{field}x"})]


@pytest.mark.parametrize(("sound", "path", "field"), FIELDS)
def test_a_value_of_another_type_is_refused_where_it_stands(sound, path, field):
    right = part(sound, (*path, field))
    for value in (True, 1.5, object(), [object()], {"a": object()}):
        if not type(value) is type(right) is bool:
            found = {problem.code for problem in problems(changed(sound, (*path, field), value))}

            assert {"wrong_type", "bad_key", "unknown_field"} & found, value


def numbered(count):
    return [{"key": f"q{n}", "kind": "note", "text": WORDS} for n in range(count)]


def choice(count):
    return {
        "key": "why", "kind": "single_choice", "text": WORDS,
        "options": [{"code": f"c{n}", "label": WORDS} for n in range(count)],
    }  # fmt: skip


BIG = 10**15 - 1
#: Document, place, accepted values at the limit, refused values beyond it, the problem.
LIMITS = {
    "version of a form": (FORM, ("version",), [1, BIG], [0], Problem("bad_version")),
    "key of a form": (FORM, ("key",), ["a", "k" * 60], ["k" * 61, "", "-a"], Problem("bad_key", "", {"field": "key"})),
    "source of a form": (
        FORM, ("source",), ["", "x" * 2000], ["x" * 2001], Problem("too_long", "", {"field": "source", "limit": 2000}),
    ),
    "wording of a question": (
        FORM, ("questions", 0, "text", "vi"), ["x", "x" * 2000], ["x" * 2001],
        Problem("too_long", "roads", {"field": "text", "limit": 2000}),
    ),
    "questions of a form": (
        FORM, ("questions",), [[FORM["questions"][0], *numbered(299)]], [[FORM["questions"][0], *numbered(300)]],
        Problem("too_many", "", {"field": "questions", "limit": 300}),
    ),
    "options of a question": (
        FORM, ("questions", 1), [choice(2), choice(300)], [choice(1)], Problem("too_few_options", "why", {"fewest": 2}),
    ),
    "most options of a question": (
        FORM, ("questions", 1), [choice(300)], [choice(301)], Problem("too_many", "why", {"field": "options", "limit": 300}),
    ),
    "range of a number": (
        FORM, ("questions", 1, "minimum"), [9, 8, 0, -BIG], [10, BIG], Problem("minimum_above_maximum", "why"),
    ),
    "smallest minimum": (
        FORM, ("questions", 1, "minimum"), [-BIG], [-BIG - 1], Problem("out_of_range", "why", {"field": "minimum"}),
    ),
    "largest maximum": (
        FORM, ("questions", 1, "maximum"), [1, BIG], [BIG + 1], Problem("out_of_range", "why", {"field": "maximum"}),
    ),
    "version of a book": (BOOK, ("version",), [1], [0, None], Problem("bad_version")),
    "end of a period": (
        BOOK, ("period_to",), ["2026-01-01", "2026-01-02"], ["2025-12-31"], Problem("period_ends_before_it_begins"),
    ),
    "missing end of a period": (BOOK, ("period_to",), ["2026-12-31"], [None], Problem("no_period")),
    "missing beginning of a period": (BOOK, ("period_from",), ["2026-12-31"], [None], Problem("no_period")),
    "share of a threshold": (
        BOOK, ("requirements", 0, "threshold", "basis_points"), [0, 1, 10_000], [-1, 10_001],
        Problem("out_of_range", "pooled", {"field": "basis_points", "minimum": 0, "maximum": 10_000}),
    ),
    "days of a threshold": (
        BOOK, ("requirements", 2, "threshold", "days"), [1, BIG], [0, -1],
        Problem("out_of_range", "posting", {"field": "days", "minimum": 1}),
    ),
    "slips by phone": (
        BOOK, ("requirements", 1, "phone_slips", "least"), [1, 2], [0, None],
        Problem("out_of_range", "event", {"field": "least", "minimum": 1}),
    ),
    "share of a target": (
        BOOK, ("targets", 0, "basis_points"), [0, 10_000], [-1, 10_001],
        Problem("out_of_range", "half", {"field": "basis_points", "minimum": 0, "maximum": 10_000}),
    ),
    "missing share of a target": (
        BOOK, ("targets", 0, "basis_points"), [1], [None], Problem("target_needs_basis_points", "half"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sound", "path", "within", "beyond", "problem"), LIMITS.values(), ids=LIMITS.keys())
def test_a_limit_itself_is_accepted_and_the_next_value_is_refused(sound, path, within, beyond, problem):
    dump = (
        (lambda made: document.dump(document.load(made)))
        if sound is FORM
        else (lambda made: framework_document.dump(framework_document.load(made)))
    )
    for value in within:
        made = changed(sound, path, value)
        assert problems(made) == []
        assert isinstance(value, dict | list) or part(dump(made), path) == value
    for value in beyond:
        assert problems(changed(sound, path, value))[0] == problem


#: A rule that the whole document must keep, and the only problem when one thing breaks it.
RULES = {
    "title of a form": (FORM, ("title",), {"en": "Words"}, [Problem("no_title")]),
    "a wording of a title": (
        FORM, ("title",), {"vi": "Lời"}, [Problem("missing_wording", "", {"language": "en", "field": "title"})],
    ),
    "help in one language": (
        FORM, ("questions", 0, "help"), {"vi": "Lời"},
        [Problem("missing_wording", "roads", {"language": "en", "field": "help"})],
    ),
    "no help at all": (FORM, ("questions", 0, "help"), {}, []),
    "a word of an option": (
        FORM, ("questions", 0, "options", 1, "label"), {"en": "No"},
        [Problem("missing_wording", "roads", {"language": "vi", "field": "option dissatisfied"})],
    ),
    "a language twice": (
        FORM, ("languages",), ["vi", "en", "en"], [Problem("duplicate_language", "", {"language": "en"})],
    ),
    "Vietnamese left out": (FORM, ("languages",), ["en"], [Problem("no_vietnamese")]),
    "a key twice": (FORM, ("questions", 1, "key"), "roads", [Problem("duplicate_key", "roads")]),
    "an unknown kind": (FORM, ("questions", 1, "kind"), "grid", [
        Problem("unknown_kind", "why"), Problem("range_not_allowed", "why"),
    ]),
    "a smallest answer of a note": (
        FORM, ("questions", 1), {"key": "n", "kind": "note", "text": WORDS, "maximum": 0},
        [Problem("range_not_allowed", "n")],
    ),
    "only one closing item": (
        FORM, ("questions", 1), {**FORM["questions"][0], "key": "end", "closing": True}, [],
    ),
    "a condition on several answers": (
        FORM, ("questions", 1, "condition", "answers"), ["satisfied", "dissatisfied"], [],
    ),
    "a condition on one impossible answer of two": (
        FORM, ("questions", 1, "condition", "answers"), ["satisfied", "other"],
        [Problem("condition_on_impossible_answer", "why", {"question": "roads"})],
    ),
    "a condition on nothing known": (
        FORM, ("questions", 1, "condition", "question"), "no",
        [Problem("condition_on_unknown_question", "why", {"question": "no"})],
    ),
    "title of a book": (BOOK, ("title",), {"en": "Words"}, [Problem("no_title")]),
    "title of a target": (BOOK, ("targets", 0, "title"), {}, [Problem("no_title", "half")]),
    "a key of two parts": (BOOK, ("targets", 0, "key"), "pooled", [Problem("duplicate_key", "pooled")]),
    "days beside a share": (
        BOOK, ("requirements", 0, "threshold", "days"), 3, [Problem("threshold_needs_basis_points", "pooled")],
    ),
    "a share beside days": (
        BOOK, ("requirements", 2, "threshold", "basis_points"), 3, [Problem("threshold_needs_days", "posting")],
    ),
    "slips by phone of a rate": (
        BOOK, ("requirements", 0, "phone_slips"), {"least": 1, "source": SOURCE},
        [Problem("phone_slips_without_event", "pooled")],
    ),
    "an event with a threshold": (
        BOOK, ("requirements", 1, "threshold"), {"basis_points": 1, "comparison": ">", "source": SOURCE},
        [Problem("event_with_threshold", "event")],
    ),
    "a source without an article": (
        BOOK, ("targets", 0, "source", "article"), "", [Problem("source_needs_number_date_and_article", "half")],
    ),
    "a quotation without a date": (BOOK, ("requirements", 0, "source", "date"), None, []),
    "an unknown purpose": (BOOK, ("targets", 0, "accepts"), ["mood"], [Problem("unknown_value", "half", {"field": "accepts"})]),
    "no purpose": (BOOK, ("targets", 0, "accepts"), [], []),
    "a forbidden character": (
        BOOK, ("requirements", 0, "quote"), "a\x00b", [Problem("forbidden_character", "pooled", {"field": "quote"})],
    ),
    "a list that is none": (
        BOOK, ("requirements", 0, "seen_elsewhere"), "90 %", [Problem("wrong_type", "pooled", {"field": "seen_elsewhere"})],
    ),
    "no date": (
        BOOK, ("period_from",), "2026-02-30", [Problem("bad_date", "", {"field": "period_from"})],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sound", "path", "value", "expected"), RULES.values(), ids=RULES.keys())
def test_one_broken_rule_is_the_only_problem(sound, path, value, expected):
    assert problems(changed(sound, path, value)) == expected


def test_a_part_without_a_key_is_named_by_its_place():
    assert problems(changed(FORM, ("questions", 1, "key"), None)) == [
        Problem("bad_key", "#2", {"field": "key"})
    ]
    assert [problem.where for problem in problems(changed(BOOK, ("requirements", 2, "key"), None))] == [
        "requirement #3"
    ]
    assert [problem.where for problem in problems(changed(BOOK, ("targets", 0, "key"), None))] == [
        "target #1"
    ]


def test_a_long_misspelt_field_is_named_by_its_beginning():
    made = {**FORM, "x" * 61: 1}

    assert problems(made) == [Problem("unknown_field", "", {"field": "x" * 60})]


def test_problems_without_a_place_are_worded_as_of_the_document():
    with pytest.raises(InvalidInstrument, match=r"^\.: bad_version; roads: unknown_field$"):
        document.load({**changed(FORM, ("questions", 0, "colour"), 1), "version": 0})


def make_form(**fields):
    return document.load(
        {**FORM, "questions": [FORM["questions"][0], {"key": "why", "text": WORDS, **fields}]}
    )


#: Kind of question, answers that are read at the limit, answers beyond it with the problem.
ANSWERS = {
    "short text": ({"kind": "short_text"}, ["x" * 200], ["x" * 201], ("too_long", {"limit": 200})),
    "long text": ({"kind": "long_text"}, ["x" * 2000], ["x" * 2001], ("too_long", {"limit": 2000})),
    "smallest number": ({"kind": "number", "minimum": 2}, ["2", "2.01"], ["1.99", "1"], ("out_of_range", {"minimum": 2})),
    "largest number": ({"kind": "number", "maximum": 2}, ["2", "1.99"], ["2.01", "3"], ("out_of_range", {"maximum": 2})),
    "digits": (
        {"kind": "number"}, ["9" * 15, 10**15 - 1, -(10**15) + 1], ["9" * 16, 10**15, -(10**15)],
        ("out_of_range", {"digits": 15}),
    ),
    "whole number typed": ({"kind": "number", "minimum": 0}, [0, "0"], [-1, "-0.1"], ("out_of_range", {"minimum": 0})),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "within", "beyond", "problem"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_at_the_limit_is_read_and_the_next_is_refused(fields, within, beyond, problem):
    form = make_form(**fields)

    for raw in within:
        assert answers.read_answers(form, {"roads": "satisfied", "why": raw}).problems == {}
    for raw in beyond:
        refused = answers.read_answers(form, {"roads": "satisfied", "why": raw})
        found = refused.problems["why"]
        assert (found.code, dict(found.params), refused.answers["why"]) == (*problem, None)


def test_an_unknown_question_is_named_by_its_first_eighty_letters():
    found = answers.read_answers(make_form(kind="note"), {"roads": "satisfied", "x" * 81: "y", 7: "z"})

    assert set(found.problems) == {"x" * 80, "int"}


#: What each kind is, read at a glance: result, two-way, options, several, range, keyed twice, closed, text, asked.
KINDS = {
    "satisfaction": ("rate", True, True, False, False, True, True, False, True),
    "single_choice": ("counts", False, True, False, False, True, True, False, True),
    "multiple_choice": ("counts", False, True, True, False, True, True, False, True),
    "five_faces": ("counts", False, False, False, False, True, True, False, True),
    "number": ("quartiles", False, False, False, True, True, False, False, True),
    "short_text": ("texts", False, False, False, False, False, False, True, True),
    "long_text": ("texts", False, False, False, False, False, False, True, True),
    "note": ("nothing", False, False, False, False, False, False, False, False),
}


def test_what_each_kind_of_question_is():
    names = (
        "result",
        "two_way",
        "has_options",
        "several",
        "has_range",
        "keyed_twice",
        "is_closed",
        "is_text",
        "is_asked",
    )

    assert {kind.value: tuple(getattr(kind.row, name) for name in names) for kind in Kind} == KINDS


def test_an_answer_is_tallied_on_the_side_that_its_option_counts_on():
    roads = document.load(FORM).question("roads")

    assert roads.codes_of("satisfied") == ("satisfied",)
    assert roads.codes_of("dissatisfied") == ("dissatisfied",)
    assert [roads.counts_as(code) for code in ("satisfied", "dissatisfied", None)] == [
        "satisfied",
        "dissatisfied",
        None,
    ]


@pytest.mark.parametrize("typed", ["1,5", "1.5", "x", ""])
def test_what_is_no_whole_number_is_said_to_be_none(typed):
    with pytest.raises(numbers.NotANumber):
        numbers.whole(typed)
