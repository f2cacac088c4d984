"""Every text has a Vietnamese translation that keeps its placeholders and is in normal form C."""

import ast
import gettext
import re
import unicodedata
from pathlib import Path

import pytest
import wtforms
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask_babel import force_locale
from wtforms import StringField
from wtforms.validators import DataRequired

from survey_app.forms import StaffForm
from tests.source import nodes

PROJECT = Path(__file__).resolve().parents[2]
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "lazy_gettext": None, "_l": None, "N_": None,
}  # fmt: skip
#: Sentences of the form library that a person can meet.
OF_THE_FORMS = (
    "This field is required.", "Not a valid choice.", "Not a valid date value.", "Not a valid integer value.",
    "Number must be between %(min)s and %(max)s.", "Number must be at least %(min)s.", "Invalid Choice: could not coerce.",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def catalogue():
    with (PROJECT / "translations" / "vi" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="vi")


@pytest.fixture(scope="module")
def extracted():
    """Every text of code and templates, with where it stands."""
    with (PROJECT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {}
    for filename, line, message, _comments, context in extract_from_dir(
        str(PROJECT / "survey_app"), methods, options, keywords=KEYWORDS
    ):
        found.setdefault((message if isinstance(message, str) else message[0], context), f"{filename}:{line}")
    return found


def strings(message):
    """The forms of a message's text and of its translation."""
    return [text if isinstance(text, tuple | list) else (text,) for text in (message.id, message.string)]


def test_every_text_of_code_and_templates_is_in_the_catalogue(catalogue, extracted):
    missing = {
        f"{where}: {text}"
        for (text, context), where in extracted.items()
        if catalogue.get(text, context) is None
    }

    assert len(extracted) > 300
    assert missing == set()


def test_every_text_is_translated_and_none_is_a_guess(catalogue):
    empty = [message.id for message in catalogue if message.id and not all(strings(message)[1])]
    guessed = [message.id for message in catalogue if message.id and message.fuzzy]

    assert empty == guessed == []


def test_what_the_manual_quotes_from_a_screen_is_said_there_word_for_word(catalogue, extracted):
    """So that who renames a button finds every sentence of the manual that names it."""
    said = [
        translation
        for message in catalogue
        for text, translation in zip(*strings(message), strict=False)
        if (text, message.context) in extracted or (strings(message)[0][0], message.context) in extracted
    ]
    whole = {text for text in said if "%(" not in text}
    filled = [_filled_in(text) for text in said if len(_PLACEHOLDER.sub("", text)) > 5]
    quoted = {
        words: chapter.name
        for chapter in (PROJECT / "survey_app" / "manual" / "templates" / "manual" / "chapters").glob(
            "*.html"
        )
        for words in re.findall(r'on_screen\("([^"]+)"\)', chapter.read_text(encoding="utf-8"))
    }

    assert len(quoted) > 50
    assert {
        words: chapter
        for words, chapter in quoted.items()
        if words not in whole and not any(pattern.fullmatch(words) for pattern in filled)
    } == {}


def _filled_in(text):
    """What a screen says once a number or a short word stands in each place of `text`."""
    return re.compile(r"[\w ]{1,12}".join(map(re.escape, re.split(r"%\(\w+\)[sd]", text))))


def test_the_tests_read_the_catalogue_as_it_is_written_now(catalogue):
    """The compiled file is no part of the source, so an older one may lie there."""
    with (PROJECT / "translations" / "vi" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert {message.id for message in catalogue if message.id and not isinstance(message.id, tuple)
            if compiled.pgettext(message.context or "", message.id) != message.string
            and compiled.gettext(message.id) != message.string} == set()  # fmt: skip


def test_every_translation_keeps_the_placeholders_of_its_text(catalogue):
    changed = []
    for message in catalogue:
        texts, translations = strings(message)
        wanted = set(_PLACEHOLDER.findall(texts[-1]))
        optional = set(_PLACEHOLDER.findall(texts[0])) ^ wanted
        for translation in translations if message.id else ():
            if set(_PLACEHOLDER.findall(translation)) ^ wanted - optional or translation.count("%(") != len(
                _PLACEHOLDER.findall(translation)
            ):
                changed.append(message.id)

    assert changed == []


def test_every_translation_is_in_normal_form(catalogue):
    odd = [message.id for message in catalogue if message.id
           for text in strings(message)[1] if text != unicodedata.normalize("NFC", text)]  # fmt: skip

    assert odd == []


def test_sentences_of_the_form_library_are_translated_and_still_said_by_it():
    with (PROJECT / "translations" / "vi" / "LC_MESSAGES" / "wtforms.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    said = "".join(path.read_text(encoding="utf-8") for path in Path(wtforms.__file__).parent.rglob("*.py"))

    texts = {strings(message)[0][0]: strings(message)[1] for message in catalogue if message.id}
    assert set(OF_THE_FORMS) <= set(texts)
    assert all(all(translations) for translations in texts.values())
    assert [text for text in texts if text not in said] == []


def test_a_form_complains_in_the_language_of_its_reader(app):
    class Asking(StaffForm):
        name = StringField(validators=[DataRequired()])

    errors = []
    for language in ("vi", "en"):
        with app.test_request_context("/", method="POST"), force_locale(language):
            form = Asking(meta={"csrf": False})
            form.validate()
            errors.append(str(form.name.errors[0]))

    assert errors == ["Xin điền mục này.", "This field is required."]


def test_a_text_without_values_writes_a_percent_sign_once():
    """Nothing is put into it, so two signs would be read as two. Templates put values into every text."""
    filled_in_later = PROJECT / "survey_app" / "rulebooks" / "problem_words.py"
    doubled = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sorted((PROJECT / "survey_app").rglob("*.py"))
        if path != filled_in_later
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in KEYWORDS
        and not node.keywords
        and any(isinstance(one, ast.Constant) and "%%" in str(one.value) for one in node.args)
    ]

    assert doubled == []
