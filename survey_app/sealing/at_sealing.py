"""What other rooms do when a survey is sealed: they register it here, because this room knows none of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.queries import SurveyView
from survey_app.sealing.counting import RawAnswer

#: Keeps something of the answers, in the transaction of the seal and before it is written.
Keep: TypeAlias = Callable[[Session, SurveyView, Sequence[FrameLine], Sequence[RawAnswer]], None]
#: Comes behind a seal that is committed, with the moment and who sealed; opens its own transactions.
Follow: TypeAlias = Callable[[datetime, str], object]

_KEEP, _FOLLOW = "at_sealing.keep", "at_sealing.follow"


def supply_keep(app: Flask, keep: Keep) -> None:
    """Have this kept at every seal."""
    app.extensions[_KEEP] = keep


def supply_follow(app: Flask, follow: Follow) -> None:
    """Have this done behind every seal."""
    app.extensions[_FOLLOW] = follow


def keep(
    session: Session, survey: SurveyView, frame: Sequence[FrameLine], answers: Sequence[RawAnswer]
) -> None:
    """Keep what is needed of the answers; afterwards nothing tells any more when they came."""
    supplied: Keep = current_app.extensions[_KEEP]
    supplied(session, survey, frame, answers)


def follow(now: datetime, actor: str) -> None:
    """Call it once the seal is committed; what is not done here the minute job does."""
    registered: Follow = current_app.extensions[_FOLLOW]
    registered(now, actor)
