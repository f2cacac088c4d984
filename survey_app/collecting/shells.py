"""The empty form of a survey, as phones keep it for the time without a network: of no village, no code and no moment.

A phone asks for it under the number of the survey, which is all of a code that this address names.
"""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.collecting import queries, replies
from survey_app.collecting.queries import Door
from survey_app.config import LANGUAGES
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import State
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.i18n import use_language

bp = Blueprint("shells", __name__, template_folder="templates")

#: What the page has to tell the form of a household from that of an open link; no code has it.
_SOME_CODE = b"some"
#: The reader's own fields: the phone fills them in.
_FIELDS = {"_id": "", "_ticket": ""}


@bp.get("/phieu/vo/<name>.<language>")
@access.public
def shell(name: str, language: str) -> ResponseReturnValue:
    """The form of a survey that is open, in one language; `name` is its number, or `g-` and its link."""
    if language not in LANGUAGES:
        abort(HTTPStatus.NOT_FOUND)
    use_language(language)
    door = _door(name)
    if door.survey.state is not State.OPEN:
        raise SurveyNotFound
    page = replies.page(
        "collecting/form.html", inside=replies.CARDS, door=door, answers={}, problems={}, controls=_FIELDS
    )
    page.headers["Cache-Control"] = "no-cache"
    return page


def _door(name: str) -> Door:
    if name.startswith("g-"):
        return queries.link_door(db.reading(), name.removeprefix("g-"))
    survey = surveys.survey(db.reading(), name)
    if survey.link is not None:
        raise SurveyNotFound
    door = Door(survey, survey.unit.id, survey.unit.code, survey.unit.full_name)
    return replace(door, code_mac=_SOME_CODE)
