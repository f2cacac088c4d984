"""The one table of acts that two bodies agree on; the rooms that carry them out register them.

One request, one page to decide on, one line of today and one signed paper serve every act of the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from flask import Flask, current_app
from flask_babel import LazyString
from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.approvals.agreement import Agreement
from survey_app.approvals.approval import ApprovalView


@dataclass(frozen=True, slots=True)
class DecisionBasis:
    """What somebody reads before deciding."""

    heading: str
    #: The part of the page that shows it, and what that part needs.
    template: str
    values: Mapping[str, Any]
    #: Where the person came from, and where the decision leads back to.
    back: str


#: Reads what this person is shown before deciding.
Show: TypeAlias = Callable[[Session, ApprovalView, Identity, datetime], DecisionBasis]
#: Does what was agreed to, in the transaction of the decision.
CarryOut: TypeAlias = Callable[[Session, ApprovalView, Identity, datetime], None]


@dataclass(frozen=True, slots=True)
class TwoBodyAct:
    """One act that takes two: asked by one side, decided by the other, and only then carried out."""

    #: As approvals and the audit log name it, like "fieldwork.publish"; never changed.
    key: str
    words: LazyString
    needs: Agreement
    #: Address of the page on which a request is decided.
    where: Callable[[ApprovalView], str]
    basis: Show
    carry_out: CarryOut
    #: Whether the page of the survey that the request is about lists it.
    is_on_survey_page: bool = False


def register(app: Flask, *acts: TwoBodyAct) -> None:
    """Put acts into the table."""
    table = app.extensions.setdefault("two_body_acts", {})
    for act in acts:
        if act.key in table:
            raise ValueError(f"{act.key} is registered twice")
        table[act.key] = act


def acts() -> Mapping[str, TwoBodyAct]:
    """Every act by its name, in the order of the rooms."""
    found: Mapping[str, TwoBodyAct] = current_app.extensions["two_body_acts"]
    return found


def act(key: str) -> TwoBodyAct:
    """The act of that name. Raises KeyError: nobody ever asks for what is not in the table."""
    return acts()[key]


def act_name(key: str) -> str:
    """The act in words."""
    return str(act(key).words)


def decision_page(asked: ApprovalView) -> str:
    """Address of the page on which the request is decided."""
    return act(asked.act).where(asked)
