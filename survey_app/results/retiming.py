"""What two bodies changed of the announced days and hours: every page, paper and file of a result says it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.approvals import requests as approvals
from survey_app.fieldwork import acts, calendar
from survey_app.fieldwork.acts import Act
from survey_app.i18n import gettext as _
from survey_app.templating import day, moment


@dataclass(frozen=True, slots=True)
class Retiming:
    """One change that was agreed to, and the new end of phones or of keying."""

    act: Act
    until: datetime
    reason: str


def changes(session: Session, survey_id: str) -> tuple[Retiming, ...]:
    """Every change of the survey's days, in the order in which they were asked for."""
    agreed = (
        found
        for found in approvals.approvals_of(session, acts.subject(survey_id))
        if found.decision == "approved"
    )
    return tuple(
        Retiming(Act(found.act), until, found.reason)
        for found in agreed
        if (until := acts.new_end(found)) is not None
    )


def sentence(change: Retiming) -> str:
    """The change as pages and papers tell it."""
    said = {"day": day(calendar.last_day(change.until)), "reason": change.reason.rstrip(" .")}
    match change.act:
        case Act.EXTEND:
            return _("Phones were kept open until the end of %(day)s because: %(reason)s.", **said)
        case Act.SHORTEN:
            return _("Phones were closed earlier, at the end of %(day)s, because: %(reason)s.", **said)
        case Act.EXTEND_COUNTING:
            return _("Paper was keyed until the end of %(day)s because: %(reason)s.", **said)
        case Act.REOPEN:
            when = moment(change.until)
            return _(
                "Closed phones were opened again until %(when)s because: %(reason)s.",
                when=when, reason=said["reason"],
            )  # fmt: skip
        case Act.PUBLISH | Act.ANNUL | Act.VOID_BATCH | Act.VOID_SET | Act.ANNUL_VILLAGE:
            raise ValueError(change.act)
