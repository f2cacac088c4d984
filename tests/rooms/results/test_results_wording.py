"""Every reason for hiding a table has a sentence of its own, and items are named by their topics alone."""

import json
from pathlib import Path

from survey_app import authoring
from survey_app.questions import document
from survey_app.results import wording
from survey_app.scoring.disclosure import Withheld


def test_every_reason_for_withholding_a_table_has_a_sentence_of_its_own(app):
    with app.test_request_context():
        told = {wording.withheld(why) for why in Withheld}

    assert len(told) == len(Withheld)


def test_items_are_named_without_what_all_questions_say_alike(app):
    library = Path(authoring.__file__).parent / "library"
    form = document.load(json.loads((library / "xa-ntm.json").read_text("utf-8")))

    with app.test_request_context("/?lang=vi"):
        found = wording.items_in_short(form)

    assert found["transport"] == "giao thông (đường sá) của xã"
    assert not any("Ông/bà" in words for words in found.values())
    assert found.keys() == {question.key for question in form.scored}
