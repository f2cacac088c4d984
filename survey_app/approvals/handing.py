"""What a handover passes on of requests and deputies when one person leaves."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.accounts.handover import OpenWork, Passing
from survey_app.approvals import deputies, registry, requests
from survey_app.approvals.models import Approval, PaperSignature
from survey_app.i18n import gettext as _
from survey_app.templating import moment


def open_work(session: Session, user_id: int, now: datetime) -> Iterator[OpenWork]:
    """Requests that the person made and nobody has decided, scans that wait for a second person, deputyships."""
    scans = select(PaperSignature.approval_id).where(
        PaperSignature.uploaded_by == user_id, PaperSignature.outcome.is_(None)
    )
    asked = Approval.requested_by == user_id
    for row in requests.waiting(session, asked | Approval.id.in_(scans)):
        subject = row.subject.partition(":")[2]
        if row.requested_by == user_id:
            title = _("Asked: %(act)s (%(subject)s)", act=registry.act_name(row.act), subject=subject)
        else:
            title = _(
                "Signed on paper, to be confirmed: %(act)s (%(subject)s)",
                act=registry.act_name(row.act),
                subject=subject,
            )
        yield OpenWork(
            title, _("since %(moment)s", moment=moment(row.requested_at)), registry.decision_page(row)
        )
    for deputyship in deputies.deputyships(session, user_id, now):
        yield OpenWork(
            _(
                "%(deputy)s signs in place of %(name)s",
                deputy=deputyship.deputy_name,
                name=deputyship.user_name,
            ),
            "",
            "/can-bo/ky-thay",
        )


def take_over(session: Session, passing: Passing) -> None:
    """Who signed in somebody's place is followed by the successor, if that is possible; else the deputyship ends."""
    deputies.pass_on(session, passing.old, passing.new, actor=passing.by.actor, now=passing.now)
