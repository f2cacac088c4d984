"""The inspection that every fetched page passes finds what it is there to find."""

from pathlib import Path

import pytest

from tests.pages import Page, faults

SOUND = (
    '<!doctype html><html lang="vi"><title>Trang</title><h1 id="a">Trang</h1>'
    '<label for="x">Tên</label><input id="x" name="x"><label>Có <input type="checkbox" name="y"></label>'
    '<input name="z" aria-label="Số"><img src="a.svg" alt=""></html>'
)


def test_a_sound_page_passes():
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("what", "instead"),
    [(' lang="vi"', ""), ("<title>Trang</title>", "<title> </title>"), ("<h1", "<h2"), ("</h1>", "</h1><h1>b</h1>"),
     ('id="a"', 'id="x"'), ('for="x"', 'for="q"'), (' aria-label="Số"', ""), (' alt=""', ""),
     ('<h1 id="a"', '<h1 style="color:red" id="a"'), ('<h1 id="a"', '<h1 onclick="x()" id="a"')],
    ids=["language", "title", "no heading", "two headings", "ids", "label for nothing", "no label", "alt", "style", "script"],
)  # fmt: skip
def test_a_faulty_page_does_not(what, instead):
    assert what in SOUND

    assert len(faults(SOUND.replace(what, instead))) >= 1


def test_a_form_is_sent_as_a_browser_sends_it():
    page = Page(
        '<form action="/a"><input name="h" type="hidden" value="1"><input type="radio" name="r" value="a">'
        '<input type="radio" name="r" value="b" checked><input type="checkbox" name="c" value="x">'
        '<select name="s"><option value="1">1<option value="2" selected>2</select>'
        "<textarea name=t>\nAB\n</textarea><input type=submit name=no value=no></form>"
    )

    assert page.form(action="/a").data(h="2") == {"h": ["2"], "r": ["b"], "s": ["2"], "t": ["AB\n"]}


def test_every_browser_of_the_tests_is_patient():
    """Thirty seconds, the library's own limit, are not enough for a click on a machine that has other work."""
    folder = Path(__file__).parents[1]
    opening = {path.name for path in folder.rglob("*.py") if "." + "new_context(" in path.read_text("utf-8")}

    assert opening == {"conftest.py"}
