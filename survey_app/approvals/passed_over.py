"""What is said of a side that was asked and is silent, or refused, where others may go on without it (ADR 35).

So it is with publishing and signing: where the commune does not answer, its Front and that of the province may agree
together. Its word, or that it gave none, is on pages and papers and in the audit log.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from survey_app import clock, config, working_days
from survey_app.access import Role
from survey_app.approvals import registry
from survey_app.approvals.approval import ApprovalView
from survey_app.i18n import gettext as _
from survey_app.templating import day
from survey_app.units.queries import civil

#: Full days for an answer after the day of the request. A rule of this product, to be confirmed by the Front: no
#: document that could be read names a number of days.
WORKING_DAYS = 3


@dataclass(frozen=True, slots=True)
class PassedOver:
    """One act that was agreed on without the commune."""

    act: str
    asked_at: datetime
    #: None where it gave no answer.
    refused_at: datetime | None = None
    comment: str = ""


def days_off() -> set[date]:
    """Days on which offices are closed, as the operator entered them."""
    return {off.day for off in config.settings().days_off}


def silent_from(asked_at: datetime, off: Collection[date]) -> datetime:
    """When a side that was asked then, and has not answered, counts as silent."""
    last = working_days.last_of(WORKING_DAYS, after=civil(asked_at), days_off=off)
    return working_days.end_of(last)


def refuse_by_a_doubtful_clock(session: Session, asked: ApprovalView, role: Role, now: datetime) -> None:
    """Nobody counts as silent by an hour that is in doubt, noticed by a round or not. Raises ClockDoubted."""
    is_usual = role in asked.needs.deciders(asked.requested_as)
    if not is_usual and asked.refusal is None:
        clock.require_believed(session, now, clock.machine())


def of(asked: Collection[ApprovalView]) -> tuple[PassedOver, ...]:
    """What was agreed on without the commune, in the order in which it was asked for."""
    return tuple(
        PassedOver(
            found.act,
            found.requested_at,
            found.refusal.at if found.refusal else None,
            found.refusal.reason if found.refusal else "",
        )
        for found in asked
        if found.decision == "approved" and found.is_without_second
    )


def details(decided: ApprovalView) -> dict[str, str]:
    """What the audit log says besides of a decision without the commune."""
    found = of((decided,))
    if not found:
        return {}
    if found[0].refused_at is None:
        return {"unanswered_since": civil(found[0].asked_at).isoformat()}
    return {"comment": found[0].comment}


def sentence(found: PassedOver) -> str:
    """What pages and papers say of it, the commune's word included."""
    if found.refused_at is None:
        return _(
            "%(act)s: agreed on by the commune Front and the province Front together. The commune has given no answer "
            "since %(day)s.",
            act=registry.act_name(found.act),
            day=day(found.asked_at),
        )
    return _(
        "%(act)s: agreed on by the commune Front and the province Front together. The commune did not agree (%(day)s): "
        "“%(comment)s”",
        act=registry.act_name(found.act),
        day=day(found.refused_at),
        comment=found.comment,
    )


def sentence_of(asked: ApprovalView) -> str:
    """The sentence on one request; "" where nobody was passed over."""
    return " ".join(sentence(found) for found in of((asked,)))


def notice(asked: ApprovalView, role: Role, now: datetime) -> str:
    """What somebody of this role has to know before deciding; "" where there is nothing to say."""
    if asked.decision is not None or asked.instead_from is None:
        return ""
    if role in asked.needs.sides[1]:
        return _for_the_second_side(asked, now)
    if role in asked.needs.deciders_instead(asked.requested_as):
        return _for_the_others(asked, now)
    return _for_the_one_that_asked(asked, now) if role in asked.needs.sides[0] else ""


def _for_the_second_side(asked: ApprovalView, now: datetime) -> str:
    if asked.refusal is not None:
        return _(
            "You did not agree on %(day)s, so the commune Front and the province Front may agree together at any time; "
            "your reason is then printed. Until they do, you may still agree.",
            day=day(asked.refusal.at),
        )
    if asked.is_late(now):
        return _(
            "Your time to answer is over: the commune Front and the province Front may agree together at any time. "
            "Until they do, your answer still counts."
        )
    return _(
        "Please answer by the end of %(day)s. After that, or if you do not agree, the commune Front and the province "
        "Front may agree together; your reason is then printed on pages and papers for everybody: name nobody.",
        day=_last_day(asked),
    )


def _for_the_others(asked: ApprovalView, now: datetime) -> str:
    if asked.refusal is not None:
        return _(
            "The commune did not agree (%(day)s): “%(comment)s” If you agree, the commune Front and the province Front "
            "go on without it, and every page and paper prints this.",
            day=day(asked.refusal.at),
            comment=asked.refusal.reason,
        )
    if asked.is_late(now):
        return _(
            "The commune has given no answer since %(day)s. If you agree, the commune Front and the province Front go "
            "on without it, and every page and paper says so.",
            day=day(asked.requested_at),
        )
    return _(
        "The commune has until the end of %(day)s to answer. After that you may decide with the other Front.",
        day=_last_day(asked),
    )


def _for_the_one_that_asked(asked: ApprovalView, now: datetime) -> str:
    if asked.refusal is not None:
        return _("The commune did not agree: the other Front may decide at once.")
    if asked.is_late(now):
        return _(
            "The commune has given no answer since %(day)s: the other Front may decide now.",
            day=day(asked.requested_at),
        )
    return _(
        "The commune has until the end of %(day)s to answer. After that the other Front may decide.",
        day=_last_day(asked),
    )


def _last_day(asked: ApprovalView) -> str:
    if asked.instead_from is None:
        raise ValueError("nobody goes on without the second side here")
    return day(asked.instead_from - timedelta(seconds=1))
