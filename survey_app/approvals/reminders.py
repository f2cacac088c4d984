"""What waits for a person to decide, or for their second look at a signed paper, on the list of today."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.accounts.todo import Section, Todo
from survey_app.approvals import passed_over, registry, waiting
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.papers import PaperView
from survey_app.i18n import gettext as _
from survey_app.templating import day
from survey_app.units import queries as units


def todos(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """One line for each request that waits for the person, whatever act it asks for."""
    for asked in approvals.open_approvals(session, identity):
        if asked.may_decide(identity, now):
            yield _decision(session, asked, identity, now)
        elif asked.paper is not None and asked.may_confirm(identity, now):
            yield _second_look(asked, asked.paper)
        elif asked.requested_as.body is identity.body:
            yield _of_others(session, asked, now)


def _decision(session: Session, asked: ApprovalView, person: Identity, now: datetime) -> Todo:
    why = _(
        "%(unit)s, survey %(number)s: %(name)s asks for your decision.",
        unit=units.unit(session, asked.unit_id).full_name,
        number=asked.subject.partition(":")[2],
        name=asked.requested_by_name,
    )
    return Todo(
        title=_("Decide: %(act)s", act=registry.act_name(asked.act)),
        detail=f"{why} {passed_over.notice(asked, person.role, now)}".strip(),
        url=registry.decision_page(asked),
        urgent=True,
    )


def _of_others(session: Session, asked: ApprovalView, now: datetime) -> Todo:
    """What the own body asked and another has to decide: whom it waits for, and since when."""
    return Todo(
        title=_(
            "%(act)s, survey %(number)s",
            act=registry.act_name(asked.act),
            number=asked.subject.partition(":")[2],
        ),
        detail=waiting.sentence(session, asked, now),
        url=registry.decision_page(asked),
        section=Section.OTHERS,
        message=waiting.message(session, asked, now),
    )


def _second_look(asked: ApprovalView, paper: PaperView) -> Todo:
    return Todo(
        title=_("Confirm a decision signed on paper by %(name)s", name=paper.signer),
        detail=_(
            "%(name)s uploaded the scan. It counts once you have compared it, by %(day)s at the latest.",
            name=paper.uploaded_by_name,
            day=day(paper.last_day),
        ),
        url=f"/can-bo/phe-duyet/{asked.id}/ban-giay",
        urgent=True,
    )
