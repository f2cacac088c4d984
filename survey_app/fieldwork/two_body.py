"""The acts of this room that two bodies agree on, as the one table of acts has them: what is read before deciding."""

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.approvals import registry
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.registry import DecisionBasis, TwoBodyAct
from survey_app.authoring import confirmation
from survey_app.authoring import queries as instruments
from survey_app.authoring.confirmation import ScoredWording
from survey_app.fieldwork import (
    acts,
    agreed,
    answering,
    decision_facts,
    frames,
    notice_counts,
    print_sets,
    queries,
    rulebook,
)
from survey_app.fieldwork.scope import own_survey
from survey_app.keys import store


def where(asked: ApprovalView) -> str:
    """Address of the page on which the request is decided."""
    return url_for("fieldwork.decide", survey_id=acts.survey_of(asked), approval_id=asked.id)


def shown(session: Session, asked: ApprovalView, person: Identity, now: datetime) -> DecisionBasis:
    """The survey as it is, and what would change."""
    survey = own_survey(acts.survey_of(asked))
    answered, as_of = answering.answered_hourly(session, survey.id)
    return DecisionBasis(
        heading=f"{registry.act_name(asked.act)}: {survey.unit.full_name}",
        template="fieldwork/decision_basis.html",
        back=url_for("fieldwork.page", survey_id=survey.id),
        values={
            "survey": survey,
            "book": rulebook.named(session, survey),
            "counts_by": notice_counts.of(session, survey.id),
            "frame": frames.frame(session, survey.id),
            "batches": queries.batches(session, survey.id),
            "print_set": print_sets.of_request(session, survey.id, asked.payload),
            "answered": answering.answered_by_door(answered),
            "as_of": as_of,
            "said": decision_facts.facts(session, survey),
            "new_last_day": acts.new_last_day(asked),
            "new_end_of_counting": acts.new_end_of_counting(asked),
            "open_until": acts.open_until(asked),
            "digest": instruments.instrument(session, survey.instrument_id).digest or "",
            "wording_state": ScoredWording.SAMPLE
            if survey.is_outside_programme
            else confirmation.scored_wording(session, survey.instrument_id, survey.unit.path),
        },
    )


def carry_out(session: Session, decided: ApprovalView, by: Identity, now: datetime) -> None:
    """What was agreed to, done with the keys of this installation."""
    acts.carry_out(session, decided, actor=by.actor, now=now, keys=store())


TABLE = tuple(
    TwoBodyAct(act, row.words, row.needs, where, shown, carry_out, is_on_survey_page=True)
    for act, row in agreed.TABLE.items()
)
