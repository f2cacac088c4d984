"""One request and its decision as a value: who asked, who decided, and whom it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from survey_app import access
from survey_app.access import Identity, Role
from survey_app.approvals.agreement import Agreement, Side
from survey_app.approvals.papers import PaperView, ScanOutcome
from survey_app.approvals.parties import Party


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the second side said when it did not agree to the same request."""

    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """What one side asked and, once made, the decision of the other."""

    id: int
    act: str
    subject: str
    unit_id: int
    unit_path: str
    payload: Mapping[str, object]
    reason: str
    requested_by: int
    requested_by_name: str
    requested_as: Role
    requested_at: datetime
    #: "approved", "refused" or "withdrawn".
    decision: str | None
    decided_by_name: str | None
    decided_as: Role | None
    decided_at: datetime | None
    decision_reason: str
    #: Name of the person whose deputy asked or decided, if a deputy did.
    requested_for: str | None
    decided_for: str | None
    #: The newest decision signed by hand, whatever became of it.
    paper: PaperView | None
    #: Who must agree to this act.
    needs: Agreement
    #: From when on others may decide without the second side (`Agreement.instead`); None where they never may.
    instead_from: datetime | None
    #: That side's word on the same request, made before; None where it has given no answer.
    refusal: Refusal | None
    #: Accounts that took over from the person who asked, and answer for the request.
    requester_heirs: frozenset[int]

    @property
    def requester(self) -> Party:
        """Who asked, for `parties.signed_as`."""
        role = self.requested_as
        return Party(self.requested_by_name, role, self.stands_in(role), self.requested_for)

    @property
    def decider(self) -> Party | None:
        """Who decided, for `parties.signed_as`; None before, and for what was withdrawn."""
        if self.decided_as is None:
            return None
        stands_in, paper = self.stands_in(self.decided_as), self.paper
        if paper is not None and paper.outcome is ScanOutcome.CONFIRMED:
            return Party(paper.signer, self.decided_as, stands_in, on_paper=paper.on_paper)
        return Party(self.decided_by_name or "", self.decided_as, stands_in, self.decided_for)

    @property
    def waits_for_paper(self) -> bool:
        """Whether a signed paper has to be confirmed before anything else is decided."""
        return self.decision is None and self.paper is not None and self.paper.outcome is None

    @property
    def is_without_second(self) -> bool:
        """Whether it was decided by those who may go on where the second side is silent or refuses."""
        return self.decided_as in self.needs.deciders_instead(self.requested_as)

    def stands_in(self, role: Role | None) -> bool:
        """Whether somebody of the province acted in this role in place of the body of a unit below it."""
        is_below = self.unit_path.count("/") > 2
        return role in access.PROVINCIAL and is_below and not self.is_without_second

    def deciders(self, now: datetime) -> Side:
        """Roles that may decide now."""
        usual = self.needs.deciders(self.requested_as)
        return usual | self.needs.deciders_instead(self.requested_as) if self.is_late(now) else usual

    def is_late(self, now: datetime) -> bool:
        """Whether the second side has had its time, or has refused already."""
        return self.instead_from is not None and self.instead_from <= now

    def may_decide(self, person: Identity, now: datetime) -> bool:
        """Whether it waits for `person`."""
        return self.decision is None and not self.is_held_up(person.role, now) and self.is_for(person, now)

    def is_held_up(self, role: Role, now: datetime) -> bool:
        """Whether a signed paper has to be confirmed before somebody of this role decides.

        The paper of a side that has had its time holds nobody up: what is not confirmed is no answer.
        """
        if not self.waits_for_paper or self.paper is None:
            return False
        is_of_the_late = self.paper.uploaded_as in self.needs.sides[1] and self.is_late(now)
        return not (is_of_the_late and role in self.needs.deciders_instead(self.requested_as))

    def may_confirm(self, person: Identity, now: datetime) -> bool:
        """Whether `person` may be the second one to look at the scan of a signed paper."""
        return (
            self.waits_for_paper
            and self.paper is not None
            and self.paper.uploaded_by != person.user_id
            and self.is_for(person, now)
            and self.needs.are_one_side(self.requested_as, frozenset({self.paper.uploaded_as, person.role}))
        )

    def is_for(self, person: Identity, now: datetime) -> bool:
        """Whether `person` is of a side that decides: not who asked or succeeded them, and on the unit or above it."""
        return (
            person.role in self.deciders(now)
            and person.user_id not in {self.requested_by, *self.requester_heirs}
            and person.covers(self.unit_path)
        )
