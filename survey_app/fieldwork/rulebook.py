"""The rule book that a survey is under: the one pinned when it was published, or the one a draft would pin.

That is the one of the year, unless the room that had the survey drafted chose another: it registers which.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.criteria.frameworks import Framework
from survey_app.fieldwork import calendar
from survey_app.fieldwork.models import Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.rulebooks import pins
from survey_app.rulebooks import queries as rulebooks
from survey_app.rulebooks.pins import NamedBook, Pin
from survey_app.units import queries as units

#: Key and version of the rule book chosen for the survey, also for one only typed yet; None for that of the year.
Chooser: TypeAlias = Callable[[Session, Survey], tuple[str, int] | None]


def supply(app: Flask, chooser: Chooser) -> None:
    """Have `chooser` asked for every survey that is published."""
    app.extensions["rulebook_chooser"] = chooser


def pin(session: Session, survey: Survey, now: datetime) -> Pin:
    """Fix the rule book chosen for the survey, or else that of the year in which the phones are to close."""
    commune = units.unit(session, survey.unit_id)
    taken = pins.take(
        session,
        commune.province_id,
        calendar.last_day(survey.closes_at).year,
        wanted=_chosen(session, survey),
        now=now,
    )
    survey.rulebook_key, survey.rulebook_version = taken.key, taken.version
    survey.rulebook_digest, survey.rulebook_chosen = taken.digest, taken.is_chosen
    return taken


def named(session: Session, survey: SurveyView) -> NamedBook:
    """The rule book of the survey, as its page names it. Raises FrameworkNotFound for a draft when there is none."""
    if survey.rulebook is not None:
        return pins.named(session, [survey.rulebook])[survey.rulebook]
    wanted = _chosen(session, session.get_one(Survey, survey.id))
    return pins.coming(session, survey.unit.province_id, survey.last_day.year, wanted=wanted)


def out_of_period(session: Session, survey: Survey) -> Framework | None:
    """The rule book chosen for the survey where its period does not hold the year in which the phones are to close."""
    wanted = _chosen(session, survey)
    book = rulebooks.version(session, *wanted) if wanted else None
    return book if book and not book.holds(calendar.last_day(survey.closes_at).year) else None


def _chosen(session: Session, survey: Survey) -> tuple[str, int] | None:
    chooser: Chooser = current_app.extensions["rulebook_chooser"]
    return chooser(session, survey)
