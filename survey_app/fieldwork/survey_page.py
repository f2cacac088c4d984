"""What other rooms have to say on the page of a survey. Rooms register providers; this module knows no subject."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.fieldwork.queries import SurveyView


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or two in the reader's language; `urgent` when somebody has to act on it."""

    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page that another room draws: its template, and what that shows as `found`."""

    template: str
    found: object


Provider: TypeAlias = Callable[[Session, SurveyView], Iterable[Sentence]]
#: What the part is depends on who looks; None where there is none.
PartProvider: TypeAlias = Callable[[Session, SurveyView, Identity], Part | None]


def register(app: Flask, provider: Provider) -> None:
    """Have `provider` asked whenever a survey's page is opened, after those registered before it."""
    app.extensions.setdefault("survey_sentences", []).append(provider)


def sentences(session: Session, survey: SurveyView) -> tuple[Sentence, ...]:
    """Everything there is to say of this survey, urgent things first."""
    providers: list[Provider] = current_app.extensions.get("survey_sentences", [])
    found = [item for provider in providers for item in provider(session, survey)]
    return tuple(sorted(found, key=lambda item: not item.urgent))


def register_part(app: Flask, provider: PartProvider) -> None:
    """Have `provider` asked for a part of every survey's page."""
    app.extensions.setdefault("survey_parts", []).append(provider)


def parts(session: Session, survey: SurveyView, person: Identity) -> tuple[Part, ...]:
    """The parts that other rooms draw for this reader."""
    providers: list[PartProvider] = current_app.extensions.get("survey_parts", [])
    found = (provider(session, survey, person) for provider in providers)
    return tuple(part for part in found if part is not None)
