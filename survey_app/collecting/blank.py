"""The form that nobody has filled in yet: drawn and compressed once for a survey as it is, a village and a language.

It differs from reader to reader in the submission id and the ticket alone, which are at its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app, render_template

from survey_app import config
from survey_app.collecting.packing import PackedPage, pack
from survey_app.collecting.queries import Door
from survey_app.fieldwork import calendar
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import current_language

_KEPT = "blank_forms"
#: Forms kept at once, of about 8 kB each.
_MOST_KEPT = 1000
#: What the drawn form has in place of its submission id and its ticket: signs that no text holds.
_MARKS = {"_id": "\uf8f0", "_ticket": "\uf8f1"}


@dataclass(frozen=True, slots=True)
class Blank:
    """A form with marks where the reader's own fields belong."""

    survey: SurveyView
    start: PackedPage
    end: str

    def with_fields(self, fields: Mapping[str, str], encoding: str | None) -> bytes:
        """The page of one reader; the fields are plain letters and need no escaping."""
        end = self.end
        for name, mark in _MARKS.items():
            end = end.replace(mark, fields[name])
        return self.start.ended(end.encode(), encoding)


def init_app(app: Flask) -> None:
    """Room for the forms this process has drawn."""
    app.extensions[_KEPT] = {}
    app.jinja_env.globals["last_day_to_send"] = last_day_to_send


def last_day_to_send(survey: SurveyView) -> date:
    """The last civil day on which a form that is open now can still be sent: paper is keyed until then too."""
    if survey.link:
        return survey.last_day
    keying = Keying.by(config.settings())
    return calendar.last_day(survey.counting_ends_at or keying.ends(survey.closes_at))


def form(door: Door) -> Blank:
    """The form of this door in the language of this request."""
    kept: dict[tuple[str, int, str, str], Blank] = current_app.extensions[_KEPT]
    key = door.survey.id, door.unit_id, door.unit_name, current_language()
    found = kept.get(key)
    if found is None or found.survey != door.survey:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        found = kept[key] = _drawn(door)
    return found


def _drawn(door: Door) -> Blank:
    page = render_template(
        "collecting/form.html", door=door, answers={}, problems={}, controls=_MARKS, again=None
    )
    start, field, end = page.partition('<input type="hidden" name="_id"')
    return Blank(door.survey, pack(start.encode()), field + end)
