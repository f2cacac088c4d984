"""What each act that two bodies agree on checks before it is asked for and does once agreed: one row an act.

Knows neither who asks nor the page on which it is decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from flask_babel import LazyString
from sqlalchemy.orm import Session

from survey_app.access import Role
from survey_app.approvals.agreement import BOTH_BODIES, FRONT_AND_COMMUNE, Agreement
from survey_app.approvals.approval import ApprovalView
from survey_app.fieldwork import batches, counting, operations, print_sets, readiness
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import CannotPublish
from survey_app.i18n import lazy_gettext as _l
from survey_app.keys import KeyStore


class Act(StrEnum):
    """As approvals and the audit log name them; never changed."""

    PUBLISH = "fieldwork.publish"
    EXTEND = "fieldwork.extend"
    SHORTEN = "fieldwork.shorten"
    EXTEND_COUNTING = "fieldwork.extend_counting"
    REOPEN = "fieldwork.reopen"
    ANNUL = "fieldwork.annul"
    VOID_BATCH = "fieldwork.void_batch"
    VOID_SET = "fieldwork.void_set"


class Until(StrEnum):
    """Which end an act moves."""

    LAST_DAY = "last_day"
    HOUR = "hour"
    END_OF_KEYING = "end_of_keying"

    @property
    def stored_as(self) -> str:
        """The name under which a request keeps the new moment."""
        match self:
            case Until.LAST_DAY | Until.HOUR:
                return "closes_at"
            case Until.END_OF_KEYING:
                return "counting_ends_at"
            case _ as unknown:
                assert_never(unknown)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed to, and by whom and when it is done."""

    survey_id: str
    approval: ApprovalView
    actor: str
    now: datetime
    keys: KeyStore

    @property
    def reason(self) -> str:
        return self.approval.reason


#: Refuses what would be refused afterwards, so that nobody is asked to agree to it.
Check: TypeAlias = Callable[[Session, SurveyView, Mapping[str, object], datetime], None]
Do: TypeAlias = Callable[[Session, Agreed], None]


@dataclass(frozen=True, slots=True)
class SurveyAct:
    """One act: its words, what it does, what it checks and who must agree."""

    words: LazyString
    do: Do
    check: Check
    needs: Agreement = BOTH_BODIES
    needs_reason: bool = True
    #: On the button of the small form that asks for it; None where it is asked for on a page of its own.
    button: LazyString | None = None
    #: Which end it moves, and what pages, papers and files of a result then say, with `day` or `when` and `reason`.
    until: Until | None = None
    moved: LazyString | None = None


def until(act: str) -> Until | None:
    """Which end the act moves; None also for acts of other rooms."""
    return TABLE[Act(act)].until if act in set(Act) else None


def moment(payload: Mapping[str, object], until: Until) -> datetime:
    """The new end that a request asks for."""
    return datetime.fromisoformat(str(payload[until.stored_as]))


def _nothing(session: Session, survey: SurveyView, payload: Mapping[str, object], now: datetime) -> None:
    """Whether it can be done is found out when it is done."""


def _is_ready(session: Session, survey: SurveyView, payload: Mapping[str, object], now: datetime) -> None:
    missing = readiness.obstacles(session, survey.id, now)
    if missing:
        raise CannotPublish(" ".join(missing))


def _publish(session: Session, what: Agreed) -> None:
    stand_ins = _stand_ins(what.approval)
    operations.publish(
        session, what.survey_id, actor=what.actor, now=what.now, keys=what.keys, stand_ins=stand_ins
    )


def _stand_ins(approval: ApprovalView) -> tuple[Role, ...]:
    """Roles that acted in place of the commune's own bodies: of the province, or both Fronts without the commune."""
    roles, both = (approval.requested_as, approval.decided_as), approval.is_without_second
    return tuple(role for role in Role if role in roles and (both or approval.stands_in(role)))


def _is_later(session: Session, survey: SurveyView, payload: Mapping[str, object], now: datetime) -> None:
    operations.require_later_end(survey.closes_at, moment(payload, Until.LAST_DAY), now)


def _extend(session: Session, what: Agreed) -> None:
    closes_at = moment(what.approval.payload, Until.LAST_DAY)
    operations.extend(session, what.survey_id, closes_at, reason=what.reason, actor=what.actor, now=what.now)


def _is_earlier(session: Session, survey: SurveyView, payload: Mapping[str, object], now: datetime) -> None:
    closes_at = moment(payload, Until.LAST_DAY)
    operations.require_earlier_end(survey.opens_at, survey.closes_at, closes_at, now)


def _shorten(session: Session, what: Agreed) -> None:
    closes_at = moment(what.approval.payload, Until.LAST_DAY)
    operations.shorten(session, what.survey_id, closes_at, reason=what.reason, actor=what.actor, now=what.now)


def _is_later_keying(
    session: Session, survey: SurveyView, payload: Mapping[str, object], now: datetime
) -> None:
    counting.require_later_end(survey, moment(payload, Until.END_OF_KEYING), now)


def _extend_counting(session: Session, what: Agreed) -> None:
    ends_at = moment(what.approval.payload, Until.END_OF_KEYING)
    counting.extend(session, what.survey_id, ends_at, reason=what.reason, actor=what.actor, now=what.now)


def _is_to_come(session: Session, survey: SurveyView, payload: Mapping[str, object], now: datetime) -> None:
    counting.require_hour_to_come(survey, moment(payload, Until.HOUR), now)


def _reopen(session: Session, what: Agreed) -> None:
    closes_at = moment(what.approval.payload, Until.HOUR)
    counting.reopen(session, what.survey_id, closes_at, reason=what.reason, actor=what.actor, now=what.now)


def _annul(session: Session, what: Agreed) -> None:
    operations.annul(session, what.survey_id, reason=what.reason, actor=what.actor, now=what.now)


def _void_batch(session: Session, what: Agreed) -> None:
    batch = int(str(what.approval.payload["batch"]))
    batches.void_batch(session, what.survey_id, batch, reason=what.reason, actor=what.actor, now=what.now)


def _void_set(session: Session, what: Agreed) -> None:
    print_set = str(what.approval.payload["print_set"])
    print_sets.void(session, what.survey_id, print_set, reason=what.reason, actor=what.actor, now=what.now)


TABLE: Mapping[Act, SurveyAct] = {
    Act.PUBLISH: SurveyAct(
        _l("Publish the survey"), _publish, _is_ready, FRONT_AND_COMMUNE, needs_reason=False
    ),
    Act.EXTEND: SurveyAct(
        _l("Keep the phones open longer"),
        _extend,
        _is_later,
        button=_l("Ask to keep the phones open longer"),
        until=Until.LAST_DAY,
        moved=_l("Phones were kept open until the end of %(day)s because: %(reason)s."),
    ),
    Act.SHORTEN: SurveyAct(
        _l("Let the phones close earlier"),
        _shorten,
        _is_earlier,
        button=_l("Ask to let the phones close earlier"),
        until=Until.LAST_DAY,
        moved=_l("Phones were closed earlier, at the end of %(day)s, because: %(reason)s."),
    ),
    Act.EXTEND_COUNTING: SurveyAct(
        _l("Give more time to key paper"),
        _extend_counting,
        _is_later_keying,
        button=_l("Ask for more time to key paper"),
        until=Until.END_OF_KEYING,
        moved=_l("Paper was keyed until the end of %(day)s because: %(reason)s."),
    ),
    Act.REOPEN: SurveyAct(
        _l("Open the phones again"),
        _reopen,
        _is_to_come,
        button=_l("Ask to open the phones again"),
        until=Until.HOUR,
        moved=_l("Closed phones were opened again until %(when)s because: %(reason)s."),
    ),
    Act.ANNUL: SurveyAct(_l("Cancel the survey"), _annul, _nothing, button=_l("Ask to cancel the survey")),
    Act.VOID_BATCH: SurveyAct(_l("Void a batch of slips"), _void_batch, _nothing),
    Act.VOID_SET: SurveyAct(_l("Void all slips of one download"), _void_set, _nothing),
}
