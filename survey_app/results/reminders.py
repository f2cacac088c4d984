"""What this room puts on people's lists: a survey whose counting is over and that could not be sealed."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.access import FRONT, OFFICERS, Identity
from survey_app.accounts.todo import Todo
from survey_app.fieldwork.calendar import SEALING_TAKES
from survey_app.fieldwork.models import State, Survey
from survey_app.i18n import gettext as _
from survey_app.units.models import Unit


def todos(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """One line for each survey of the subtree that should be sealed and is not."""
    if identity.role not in (*FRONT, *OFFICERS):
        return
    for survey_id in _overdue(session, identity.unit_path, now):
        yield Todo(
            title=_("Survey %(survey)s could not be sealed", survey=survey_id),
            detail=_(
                "Counting is over, but the stored figures do not agree or the server's minute job is not "
                "running. No answer is lost. Please tell the operator of the server."
            ),
            url=url_for("results.page", survey_id=survey_id),
            urgent=True,
        )


def _overdue(session: Session, unit_path: str, now: datetime) -> tuple[str, ...]:
    """Surveys not sealed though counting is over: the seal was refused, or the minute job stands."""
    rows = session.scalars(
        select(Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(unit_path, autoescape=True),
            Survey.state == State.COUNTING,
            Survey.counting_ends_at < now - SEALING_TAKES,
        )
        .order_by(Survey.id)
    )
    return tuple(rows)
