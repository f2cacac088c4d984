"""What the room of results knows of a survey and somebody should read before deciding on it; it registers that here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.fieldwork.queries import SurveyView


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the page that asks for a decision, in the reader's language."""

    label: str
    value: str


Provider: TypeAlias = Callable[[Session, SurveyView], Iterable[Fact]]


def supply(app: Flask, provider: Provider) -> None:
    """Have `provider` asked whenever somebody is about to decide on a survey."""
    app.extensions["decision_facts"] = provider


def facts(session: Session, survey: SurveyView) -> tuple[Fact, ...]:
    """What is shown of this survey."""
    provider: Provider = current_app.extensions["decision_facts"]
    return tuple(provider(session, survey))
