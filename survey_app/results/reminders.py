"""What this room puts on people's lists: a survey whose counting is over and that could not be sealed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.access import BODIES, Identity
from survey_app.accounts.todo import Todo
from survey_app.fieldwork.calendar import SEALING_TAKES
from survey_app.fieldwork.models import State, Survey
from survey_app.i18n import gettext as _
from survey_app.results.models import RefusedSeal
from survey_app.units.models import Unit

#: Differences that stand on a list; the operator's command names them all.
_SHOWN = 3


def note_refusal(session: Session, survey_id: str, differences: Sequence[str], now: datetime) -> None:
    """Keep why a seal was refused, for the people who have to act; the newest refusal of a survey counts."""
    row = session.get(RefusedSeal, survey_id)
    if row is None:
        row = RefusedSeal(survey_id=survey_id)
        session.add(row)
    row.refused_at, row.differences = now, list(differences)


def todos(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """One line for each survey of the subtree whose seal was refused, or that nobody came to seal."""
    if identity.role not in BODIES:
        return
    refused = _refused(session, identity.unit_path)
    for row in refused:
        yield Todo(
            title=_("Survey %(survey)s could not be sealed", survey=row.survey_id),
            detail=_(
                "What is stored does not agree: %(differences)s. Nothing was changed and no answer is lost. Next step: "
                "tell the operator of the server, whose command “results close” names every difference; if a village "
                "is wrong, both bodies can set its answers aside and ask it again.",
                differences="; ".join(row.differences[:_SHOWN]),
            ),
            url=url_for("fieldwork.page", survey_id=row.survey_id),
            urgent=True,
        )
    told = {row.survey_id for row in refused}
    for survey_id in _overdue(session, identity.unit_path, now):
        if survey_id not in told:
            yield Todo(
                title=_("Survey %(survey)s is not sealed yet", survey=survey_id),
                detail=_(
                    "Counting is over, but nothing came to seal it: the server's minute job is not running, or its "
                    "clock is in doubt. No answer is lost. Please tell the operator of the server."
                ),
                url=url_for("fieldwork.page", survey_id=survey_id),
                urgent=True,
            )


def _refused(session: Session, unit_path: str) -> tuple[RefusedSeal, ...]:
    """Refusals of surveys that still wait; one that was sealed or cancelled since has none to act on."""
    rows = session.scalars(
        select(RefusedSeal)
        .join(Survey, Survey.id == RefusedSeal.survey_id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(Unit.path.startswith(unit_path, autoescape=True), Survey.state == State.COUNTING)
        .order_by(RefusedSeal.survey_id)
    )
    return tuple(rows)


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
