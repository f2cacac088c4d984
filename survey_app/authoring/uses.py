"""Whether a form is in use, as the room that makes surveys says; this room knows no survey."""

from collections.abc import Callable
from enum import IntEnum

from flask import Flask, current_app
from sqlalchemy.orm import Session


class Use(IntEnum):
    """How far surveys have come with a form, the furthest of them."""

    NONE = 0
    #: A survey that is not published yet names it.
    PLANNED = 1
    #: A published survey asks it, or was published because its scored wording is this one's.
    PUBLISHED = 2


Uses = Callable[[Session, int], Use]

_NAME = "instrument_uses"


def supply(app: Flask, uses: Uses) -> None:
    """Tell how to find out; called once, by the room that makes surveys."""
    app.extensions[_NAME] = uses


def of(session: Session, instrument_id: int) -> Use:
    """How far surveys have come with this form."""
    found: Uses = current_app.extensions[_NAME]
    return found(session, instrument_id)
