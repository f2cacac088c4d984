"""What waits for a second look at a signed paper, on the list of today."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.approvals import requests as approvals
from survey_app.i18n import gettext as _
from survey_app.templating import day


def papers(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """Scans of decisions signed on paper that wait for the person as the second one."""
    for asked in approvals.open_approvals(session, identity):
        if asked.paper is not None and asked.may_confirm(identity):
            yield Todo(
                title=_("Confirm a decision signed on paper by %(name)s", name=asked.paper.signer),
                detail=_(
                    "%(name)s uploaded the scan. It counts once you have compared it, by %(day)s at the latest.",
                    name=asked.paper.uploaded_by_name,
                    day=day(asked.paper.last_day),
                ),
                url=f"/can-bo/phe-duyet/{asked.id}/ban-giay",
                urgent=True,
            )
