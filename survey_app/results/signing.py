"""Two bodies sign a sealed result: one signs and asks, the other looks at the same page and signs or refuses.

People sign as audited acts, and by hand on the printed minutes; the server's own key signed when it sealed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import Identity
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.errors import DomainError
from survey_app.fieldwork import acts
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.decision_facts import Fact
from survey_app.fieldwork.models import WITH_SEAL, Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.quality import back_checks, comparison, paper_draw
from survey_app.results import disclosed, open_points
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.open_points import OpenPoint
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.keying import DrawOutcome, SecondKeying
from survey_app.sealing import queries, signatures
from survey_app.sealing.models import ReceiptList, Seal
from survey_app.sealing.queries import Unkeyed
from survey_app.templating import number


class CannotSign(DomainError):
    """Only a sealed result can be signed, and only once."""

    code = "khong-the-ky"

    def __init__(self) -> None:
        super().__init__(_("Only a sealed result that is not signed yet can be signed. Reload the page."))


@dataclass(frozen=True, slots=True)
class BeforeSigning:
    """What somebody reads before signing: the commune's totals, the slips, and what has not come in."""

    result: DisclosedResult
    slips_made: int
    slips_voided: int
    #: As the Front read them off the receipt lists; None while no list was entered.
    slips_returned: int | None
    unkeyed: Unkeyed
    #: Villages with paper answers, and what keying one slip in ten again has found there.
    keyed_again: tuple[SecondKeying, ...]
    paper_draw: DrawOutcome
    #: What is open; who signs over it says why.
    open_points: tuple[OpenPoint, ...]
    #: What the back-check puts beside the result; None where it contradicts nothing.
    contradiction: Contradiction | None


def before_signing(session: Session, survey_id: str, audience: Audience) -> BeforeSigning:
    """Raises SurveyNotFound, and NotSealed before the seal."""
    batches = surveys.batches(session, survey_id)
    survey = surveys.survey(session, survey_id)
    return BeforeSigning(
        result=disclosed.result(session, survey_id, audience),
        slips_made=sum(batch.slips for batch in batches),
        slips_voided=sum(batch.slips for batch in batches if batch.voided_at is not None),
        slips_returned=_returned(session, survey_id),
        unkeyed=queries.unkeyed(session, survey_id),
        keyed_again=paper_draw.keyed_again(session, survey_id),
        paper_draw=paper_draw.outcome(session, survey_id),
        open_points=open_points.of_survey(session, survey) if survey.state is State.SEALED else (),
        contradiction=back_checks.contradictions(session, [survey_id]).get(survey_id),
    )


def known_before_deciding(session: Session, survey: SurveyView) -> Iterator[Fact]:
    """What this room knows of a survey whose phones are closed: slips that came back, and flags."""
    if survey.purpose is not Purpose.DECISION or survey.phones_closed_at is None:
        return
    returned = _returned(session, survey.id)
    lists = _("receipt lists not entered yet") if returned is None else number(returned)
    yield Fact(_("Slips that came back"), lists)
    if survey.state in WITH_SEAL:
        flags = comparison.comparison(session, survey.id).flags
        yield Fact(_("Flags to compare with the papers"), number(len(flags)) if flags else _("none"))
        yield Fact(_("Digest, first 20 letters"), (queries.scorecard(session, survey.id).digest or "")[:20])


def ask(session: Session, survey: SurveyView, *, reason: str = "", by: Identity, now: datetime) -> int:
    """Sign for the own body and ask the other; the number of the request.

    Raises CannotSign, ApprovalOpen, SignedOverOpenPoints.
    """
    digest = _require_sealed(session, survey.id)
    points = open_points.of_survey(session, survey)
    open_points.require_reason(points, reason)
    asked = approvals.request_approval(
        session,
        act=signatures.ACT,
        subject=acts.subject(survey.id),
        unit_id=survey.unit.id,
        payload={"digest": digest},
        reason=reason,
        by=by,
        now=now,
    )
    open_points.record(session, survey.id, asked, points, is_second=False, reason=reason, by=by, now=now)
    return asked


def carry_out(session: Session, decided: ApprovalView, by: Identity, now: datetime) -> None:
    """Make the result signed, once the other body has agreed.

    Raises CannotSign, also when what was sealed is not what the first body signed, and SignedOverOpenPoints.
    """
    survey_id = acts.survey_of(decided)
    digest = _require_sealed(session, survey_id)
    if decided.payload["digest"] != digest:
        raise CannotSign
    reason, points = (
        decided.decision_reason,
        open_points.of_survey(session, surveys.survey(session, survey_id)),
    )
    open_points.require_reason(points, reason)
    open_points.record(session, survey_id, decided.id, points, is_second=True, reason=reason, by=by, now=now)
    survey = session.get_one(Survey, survey_id)
    survey.state = State.SIGNED
    survey.revision += 1
    role = decided.decided_as
    stand_in = {"stand_in": role} if decided.stands_in(role) else {}
    audit.record(
        session,
        by.actor,
        signatures.ACT,
        decided.subject,
        at=now,
        digest=digest,
        approval=decided.id,
        **stand_in,
    )


def _require_sealed(session: Session, survey_id: str) -> str:
    """The digest of a sealed result, whose state is held to the end of the transaction."""
    survey = db.hold(session, Survey, survey_id)
    seal = session.get(Seal, survey_id)
    if survey is None or survey.state != State.SEALED or seal is None:
        raise CannotSign
    return seal.digest


def _returned(session: Session, survey_id: str) -> int | None:
    """Slips that came back unused or spoilt, by the receipt lists; None while no list was entered."""
    returned = select(func.sum(ReceiptList.returned + ReceiptList.voided))
    return session.scalar(returned.where(ReceiptList.survey_id == survey_id))
