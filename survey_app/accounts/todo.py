"""What each person has to do today, waits for, and follows. Rooms register providers; this module knows no subject."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.access import Identity


class Section(StrEnum):
    """The parts of the list, in their order."""

    MINE = "mine"
    #: What others have to do before the person goes on.
    OTHERS = "others"
    #: Surveys in the field.
    RUNNING = "running"
    #: What may be begun: links below the lists, the first of them as a button.
    BEGIN = "begin"


@dataclass(frozen=True, slots=True)
class Message:
    """Words that the person may send by a telephone of their own; no server sends them."""

    #: What is copied or is in the SMS, with the address that it is about.
    text: str
    #: Whose number is called, digits alone; "" where nobody's is known.
    telephone: str = ""
    #: What the button that copies says; "" for the usual words.
    label: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, and where; texts in the reader's language."""

    title: str
    detail: str
    url: str
    urgent: bool = False
    section: Section = Section.MINE
    message: Message | None = None


Provider: TypeAlias = Callable[[Session, Identity, datetime], Iterable[Todo]]


def register(app: Flask, provider: Provider) -> None:
    """Have `provider` asked whenever somebody opens their list, after those registered before it."""
    app.extensions.setdefault("todo_providers", []).append(provider)


def todos(session: Session, identity: Identity, now: datetime) -> tuple[Todo, ...]:
    """Everything `identity` has to do, urgent things first, else in the order of the providers."""
    providers: list[Provider] = current_app.extensions.get("todo_providers", [])
    found = [item for provider in providers for item in provider(session, identity, now)]
    return tuple(sorted(found, key=lambda item: not item.urgent))


def by_section(items: Iterable[Todo]) -> Mapping[Section, tuple[Todo, ...]]:
    """The list in its parts, each in the order given."""
    found = tuple(items)
    return {section: tuple(item for item in found if item.section is section) for section in Section}
