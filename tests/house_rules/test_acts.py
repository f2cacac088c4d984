"""Every act that is written to the audit log has words in the room that writes it, and no words are left over."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

import survey_app
from survey_app import audit
from survey_app.audit import Words
from survey_app.i18n import lazy_gettext
from tests.source import nodes

_APP = Path(survey_app.__path__[0])
_NAMED = re.compile(r"[a-z]+\.[a-z_]+")


def module_of(file):
    return importlib.import_module(".".join(("survey_app", *file.relative_to(_APP).with_suffix("").parts)))


@cache
def records(file):
    """The calls in this module that note an act."""
    if "audit.record(" not in file.read_text(encoding="utf-8"):
        return ()
    calls = (node for node in nodes(file) if isinstance(node, ast.Call))
    return tuple(call for call in calls if ast.unparse(call.func) == "audit.record")


def acts_in(file, expression):
    """What an expression in the place of the act can be: a constant, one of two, or a constant handed on."""
    if isinstance(expression, ast.IfExp):
        return acts_in(file, expression.body) | acts_in(file, expression.orelse)
    known = vars(module_of(file))
    try:
        return {str(eval(ast.unparse(expression), dict(known)))}  # noqa: S307  # our own source
    except NameError:
        return {value for value in known.values() if isinstance(value, str) and _NAMED.fullmatch(value)}


def written():
    """Each act with the rooms that note it; a module of the ground floor is a room of its own here."""
    rooms = {}
    for file in sorted(_APP.rglob("*.py")):
        room = file.relative_to(_APP).with_suffix("").parts[0]
        for call in records(file):
            for act in acts_in(file, call.args[2]):
                rooms.setdefault(act, set()).add(room)
    return rooms


def worded():
    """Each act with the room that says it in words."""
    rooms = {}
    for file in sorted(_APP.rglob("*.py")):
        if re.search(r"^WORDS = (audit\.)?Words\(", file.read_text(encoding="utf-8"), re.MULTILINE):
            room = file.relative_to(_APP).with_suffix("").parts[0]
            rooms |= dict.fromkeys(module_of(file).WORDS.acts, room)
    return rooms


def test_every_act_that_is_written_has_words_and_no_words_are_without_an_act(app):
    registered = {name[1] for name in app.extensions["audit_words"] if name[0] == "act"}

    assert {
        "fieldwork.publish",
        "results.seal",
        "accounts.refused",
        "fieldwork.tell_meeting_late",
    } <= registered
    assert registered == written().keys()


def test_the_words_of_an_act_are_said_by_a_room_that_writes_it():
    writers = written()

    assert {act: room for act, room in worded().items() if room not in writers[act]} == {}


def test_what_is_noted_of_an_act_has_words(app):
    noted = {
        keyword.arg
        for file in _APP.rglob("*.py")
        for call in records(file)
        for keyword in call.keywords
        if keyword.arg not in {None, "at", "changes"}
    }
    registered = {name[1] for name in app.extensions["audit_words"] if name[0] == "detail"}

    assert noted - registered == set()


def test_acts_are_noted_by_the_one_function_under_its_own_name():
    borrowed = [
        str(file)
        for file in _APP.rglob("*.py")
        if re.search(r"from survey_app\.audit import [^\n]*\brecord\b", file.read_text(encoding="utf-8"))
    ]

    assert borrowed == []


def test_two_rooms_do_not_say_one_act_in_different_words(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "audit_words", dict(app.extensions["audit_words"]))

    with pytest.raises(ValueError, match=r"results\.seal has words already"):
        audit.register(app, Words(acts={"results.seal": lazy_gettext("Today")}))
