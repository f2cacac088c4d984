"""The rule book that a survey is under: the one pinned when it was published, or the one a draft would pin."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.fieldwork import calendar
from survey_app.fieldwork.models import Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.rulebooks import pins
from survey_app.rulebooks.pins import NamedBook, Pin
from survey_app.units import queries as units
from survey_app.units.queries import UnitView


def pin(session: Session, survey: Survey, now: datetime) -> Pin:
    """Fix the rule book of the year in which the phones are to close: the one chosen, or the default."""
    commune = units.unit(session, survey.unit_id)
    taken = pins.take(session, _province(session, commune), calendar.last_day(survey.closes_at).year, now=now)
    survey.rulebook_key, survey.rulebook_version = taken.key, taken.version
    survey.rulebook_digest, survey.rulebook_chosen = taken.digest, taken.is_chosen
    return taken


def named(session: Session, survey: SurveyView) -> NamedBook:
    """The rule book of the survey, as its page names it. Raises FrameworkNotFound for a draft when there is none."""
    if survey.rulebook is not None:
        return pins.named(session, [survey.rulebook])[survey.rulebook]
    return pins.coming(session, _province(session, survey.unit), survey.last_day.year)


def _province(session: Session, commune: UnitView) -> int:
    return units.province_of(session, commune).id
