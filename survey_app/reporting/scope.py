"""The survey that an address of papers names."""

from survey_app import db
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.reporting import papers


def own_sealed_survey(survey_id: str) -> SurveyView:
    """A decision survey of the own subtree whose result counts. Raises what `papers.require_sealed` raises."""
    return papers.require_sealed(db.session(), own_decision_survey(survey_id).id)
