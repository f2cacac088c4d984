"""What each person has to do today. Rooms register providers; this module knows none of their subjects."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.access import Identity


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, and where; texts in the reader's language."""

    title: str
    detail: str
    url: str
    urgent: bool = False


Provider: TypeAlias = Callable[[Session, Identity, datetime], Iterable[Todo]]


def register(app: Flask, provider: Provider) -> None:
    """Have `provider` asked whenever somebody opens their list, after those registered before it."""
    app.extensions.setdefault("todo_providers", []).append(provider)


def todos(session: Session, identity: Identity, now: datetime) -> tuple[Todo, ...]:
    """Everything `identity` has to do, urgent things first, else in the order of the providers."""
    providers: list[Provider] = current_app.extensions.get("todo_providers", [])
    found = [item for provider in providers for item in provider(session, identity, now)]
    return tuple(sorted(found, key=lambda item: not item.urgent))
