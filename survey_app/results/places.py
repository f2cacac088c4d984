"""Feedback place by place: what each open link has brought so far. Never scored.

Every place is a survey of its own and is disclosed by itself, from the tenth answer on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app import alphabet
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import PUBLIC, Purpose
from survey_app.fieldwork.queries import SurveyView
from survey_app.results import disclosed
from survey_app.results.disclosed import DisclosedResult
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import queries


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """One place; `result` is None before ten answers."""

    survey: SurveyView
    result: DisclosedResult | None

    @property
    def name(self) -> str:
        """The place, or the commune where the link hangs nowhere in particular."""
        return self.survey.place or self.survey.unit.full_name


def places(session: Session, unit_path: str) -> tuple[PlaceResult, ...]:
    """Every published feedback survey of the subtree, by form and then by place; rehearsals are left out."""
    return _in_order(
        PlaceResult(survey, _figures(session, survey))
        for survey in surveys.surveys_under(session, unit_path)
        if survey.purpose is Purpose.FEEDBACK and survey.state in PUBLIC and not survey.rehearsal
    )


def _figures(session: Session, survey: SurveyView) -> DisclosedResult | None:
    try:
        return disclosed.result(session, survey.id, Audience.STAFF)
    except (queries.NotSealed, queries.NoFiguresYet):
        return None


def _in_order(found: Iterable[PlaceResult]) -> tuple[PlaceResult, ...]:
    return tuple(
        sorted(
            found,
            key=lambda place: (
                place.survey.instrument.key,
                alphabet.reading_order(place.name),
                place.survey.id,
            ),
        )
    )
