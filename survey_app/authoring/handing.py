"""What a handover passes on of forms: drafts that one person saved last."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.accounts.handover import OpenWork
from survey_app.authoring.models import InstrumentRecord
from survey_app.i18n import gettext as _
from survey_app.templating import wording


def open_work(session: Session, user_id: int, now: datetime) -> Iterator[OpenWork]:
    """Forms that are not frozen and that the person saved last."""
    drafts = select(InstrumentRecord).where(
        InstrumentRecord.frozen_at.is_(None), InstrumentRecord.edited_by == f"user:{user_id}"
    )
    for form in session.scalars(drafts.order_by(InstrumentRecord.id)):
        title = wording(form.document["title"])
        yield OpenWork(_("Draft of the form “%(title)s”", title=title), "", f"/can-bo/mau-phieu/{form.id}")
