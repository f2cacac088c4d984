"""What a handover passes on of surveys: drafts of one person, and running surveys that tell villagers to call them."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import names
from survey_app.accounts.handover import OpenWork
from survey_app.accounts.models import User
from survey_app.fieldwork.models import IN_THE_FIELD, State, Survey
from survey_app.i18n import gettext as _


def open_work(session: Session, user_id: int, now: datetime) -> Iterator[OpenWork]:
    """Drafts that the person began, and running surveys that name the person or their number as the contact."""
    drafts = select(Survey).where(Survey.state == State.DRAFT, Survey.created_by == f"user:{user_id}")
    for survey in session.scalars(drafts.order_by(Survey.id)):
        yield OpenWork(_("Draft of survey %(number)s", number=survey.id), "", f"/can-bo/dot/{survey.id}")
    person = session.get_one(User, user_id)
    running = select(Survey).where(Survey.unit_id == person.unit_id, Survey.state.in_(IN_THE_FIELD))
    for survey in session.scalars(running.order_by(Survey.id)):
        if _names(survey.contact, person):
            yield OpenWork(
                _(
                    "Survey %(number)s tells villagers to call: %(contact)s",
                    number=survey.id,
                    contact=survey.contact,
                ),
                _("Papers in the field keep this; see that somebody answers that number."),
                f"/can-bo/dot/{survey.id}",
            )


def _names(contact: str, person: User) -> bool:
    digits = "".join(letter for letter in contact if letter.isdecimal())
    is_called = bool(person.telephone) and person.telephone in digits
    return is_called or names.identity(person.name) in names.identity(contact)
