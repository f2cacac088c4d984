"""The survey that an address names, for views of every room: of the reader's own units, or the page does not exist.

A survey of another unit, one that never was and one without such a page look the same from outside.
"""

from survey_app import access, db
from survey_app.fieldwork import queries
from survey_app.fieldwork.models import Purpose
from survey_app.fieldwork.queries import SurveyView


def own_survey(survey_id: str) -> SurveyView:
    """The survey in the signed-in person's subtree. Raises SurveyNotFound, which a browser sees as 404."""
    return queries.scoped_survey(db.session(), survey_id, access.identity())


def own_decision_survey(survey_id: str) -> SurveyView:
    """The same where a feedback survey has no such page: it counts no households. Raises SurveyNotFound."""
    found = own_survey(survey_id)
    if found.purpose is not Purpose.DECISION:
        raise queries.SurveyNotFound
    return found
