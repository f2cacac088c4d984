"""The questions of a form that nobody has filled in yet, drawn once for each form and language.

Drawing them is most of the work of showing a page, and a frozen form never changes. Knows nothing of who asks.
"""

from flask import Flask, current_app, get_template_attribute

from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import current_language

_KEPT = "blank_cards"
_MOST_KEPT = 100


def init_app(app: Flask) -> None:
    """Room for the questions this process has drawn."""
    app.extensions[_KEPT] = {}


def cards(survey: SurveyView) -> str:
    """The questions of the survey's form as HTML, in the language of this request, without answers."""
    kept: dict[tuple[int, str], str] = current_app.extensions[_KEPT]
    key = survey.instrument_id, current_language()
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = get_template_attribute("collecting/cards.html", "cards")(survey.instrument, {}, {})
    return kept[key]
