"""The survey that an address names, for views of every room: of the reader's own units, or open to everybody.

Otherwise the page does not exist: a survey of another unit, a draft, one that never was and one without such a page
look the same from outside.
"""

from collections.abc import Collection

from survey_app import access, db
from survey_app.fieldwork import queries
from survey_app.fieldwork.models import PUBLIC, Purpose, State
from survey_app.fieldwork.queries import SurveyView

#: In which somebody without an account gets its page; figures only in `PUBLIC`: one cancelled has no result.
ANNOUNCED = (*PUBLIC, State.ANNULLED)


def public_survey(number: str, states: Collection[State]) -> SurveyView:
    """The survey of that number, in letters of either size, if it is in one of `states`. Raises SurveyNotFound."""
    found = queries.survey(db.session(), number.upper())
    if found.state not in states:
        raise queries.SurveyNotFound
    return found


def own_survey(survey_id: str) -> SurveyView:
    """The survey in the signed-in person's subtree. Raises SurveyNotFound, which a browser sees as 404."""
    return queries.scoped_survey(db.session(), survey_id, access.identity())


def own_decision_survey(survey_id: str) -> SurveyView:
    """The same where a feedback survey has no such page: it counts no households. Raises SurveyNotFound."""
    found = own_survey(survey_id)
    if found.purpose is not Purpose.DECISION:
        raise queries.SurveyNotFound
    return found
