"""Quick feedback: one open link for each place, made and open in one act.

A place (a village, the one-stop desk, the clinic) is a feedback survey of its own, so that each has its own QR and its
own figures, and nothing says of an answer where it was given but the survey it belongs to (ADR 45). Never scored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.access import Identity
from survey_app.audit import AuditEvent
from survey_app.authoring import queries as instruments
from survey_app.authoring.queries import InstrumentView
from survey_app.authoring.wording import QUICK
from survey_app.fieldwork import calendar, drafting, operations
from survey_app.fieldwork.models import Purpose
from survey_app.keys import KeyStore
from survey_app.units import operations as units
from survey_app.units.queries import UnitView, civil

#: Most places of one act: more is a mistake of typing.
MOST_PLACES = 60
#: Days that a link is open where nobody says otherwise. Only a suggestion.
USUAL_DAYS = 30
_OPENED = "fieldwork.quick_feedback"


@dataclass(frozen=True, slots=True)
class QuickOpening:
    """What people decide: the form, whom villagers call, what they read first, and the last day."""

    commune: UnitView
    instrument_id: int
    contact: str
    aim: str
    last_day: date


def ready_forms(session: Session, person: Identity) -> tuple[InstrumentView, ...]:
    """The newest version of each form for quick feedback that this person may use: shipped ones and own copies."""
    newest: dict[str, InstrumentView] = {}
    for view in instruments.frozen_instruments(session, person):
        if view.document["level"] == QUICK:
            newest.setdefault(view.key, view)
    return tuple(newest.values())


def open_links(
    session: Session,
    plan: QuickOpening,
    places: Sequence[str],
    *,
    asked_by: str,
    actor: str,
    now: datetime,
    keys: KeyStore,
) -> tuple[str, ...]:
    """An open survey for each place, "" being the whole commune; their numbers. Raises CannotPublish.

    `asked_by` is the name that the page made for itself: a second press of it opens nothing and gives the same numbers.
    """
    units.hold(session, [plan.commune.id])
    opened = select(AuditEvent.details).where(
        AuditEvent.subject == f"unit:{plan.commune.id}", AuditEvent.act == _OPENED
    )
    for details in session.scalars(opened.order_by(AuditEvent.id.desc())):
        surveys = details["surveys"]
        if details["page"] == asked_by and isinstance(surveys, list):
            return tuple(surveys)
    numbers = tuple(_open(session, plan, place, actor, now, keys) for place in places)
    audit.record(
        session,
        actor,
        _OPENED,
        f"unit:{plan.commune.id}",
        at=now,
        surveys=list(numbers),
        page=asked_by,
    )
    return numbers


def places_typed(chosen: Iterable[str], typed: str) -> tuple[str, ...]:
    """Places ticked and typed, one a line, each once.

    >>> places_typed(["", "Trạm y tế"], "Chợ\\n\\n Trạm y tế ")
    ('', 'Trạm y tế', 'Chợ')
    """
    lines = (" ".join(line.split()) for line in typed.splitlines())
    return tuple(dict.fromkeys([*chosen, *(line for line in lines if line)]))


def _open(session: Session, plan: QuickOpening, place: str, actor: str, now: datetime, keys: KeyStore) -> str:
    drafted = drafting.SurveyDraft(
        unit_id=plan.commune.id,
        instrument_id=plan.instrument_id,
        purpose=Purpose.FEEDBACK,
        rehearsal=False,
        plan_number="",
        plan_date=None,
        aim=f"{place}: {plan.aim}" if place else plan.aim,
        contact=plan.contact,
        opens_at=calendar.opening(civil(now)),
        closes_at=calendar.closing(plan.last_day),
        place=place,
    )
    number = drafting.draft_survey(session, drafted, (), actor=actor, now=now)
    operations.publish(session, number, actor=actor, now=now, keys=keys)
    return number
