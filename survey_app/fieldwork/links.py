"""Where a survey's page leads. Rooms register their pages; who may open one decides who is shown the way to it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import Flask, current_app, url_for
from flask_babel import LazyString

from survey_app import access
from survey_app.access import Role
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import SurveyView


def _always(survey: SurveyView) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Link:
    """A page about a survey, for as long as the survey is in one of `states`."""

    endpoint: str
    text: LazyString
    states: Collection[State]
    #: Whether people come for it: it is a button above, not in the list below.
    leads: bool = False
    purposes: Collection[Purpose] = (Purpose.DECISION,)
    only: Callable[[SurveyView], bool] = _always

    def is_open(self, survey: SurveyView, role: Role) -> bool:
        """Whether the page exists for this survey now, and for this role."""
        fits = survey.purpose in self.purposes and survey.state in self.states and self.only(survey)
        return fits and access.may_open(role, self.endpoint)


@dataclass(frozen=True, slots=True)
class Way:
    """A link as the page prints it."""

    url: str
    text: str
    leads: bool


def register(app: Flask, *links: Link) -> None:
    """Show these links on the pages of surveys, after those registered before."""
    app.extensions.setdefault("survey_links", []).extend(links)


def ways(survey: SurveyView, role: Role) -> tuple[Way, ...]:
    """Every page about the survey that somebody with this role may open now."""
    known: list[Link] = current_app.extensions.get("survey_links", [])
    return tuple(
        Way(url_for(link.endpoint, survey_id=survey.id), str(link.text), link.leads)
        for link in known
        if link.is_open(survey, role)
    )
