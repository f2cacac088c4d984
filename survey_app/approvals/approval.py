"""One request and its decision as a value: who asked, who decided, and whom it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from survey_app import access
from survey_app.access import Identity, Role
from survey_app.approvals.agreement import Agreement
from survey_app.approvals.papers import Outcome, PaperView
from survey_app.approvals.parties import Party


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
        if paper is not None and paper.outcome is Outcome.CONFIRMED:
            return Party(paper.signer, self.decided_as, stands_in, on_paper=paper.on_paper)
        return Party(self.decided_by_name or "", self.decided_as, stands_in, self.decided_for)

    @property
    def waits_for_paper(self) -> bool:
        """Whether a signed paper has to be confirmed before anything else is decided."""
        return self.decision is None and self.paper is not None and self.paper.outcome is None

    def stands_in(self, role: Role | None) -> bool:
        """Whether somebody of the province acted in this role for a unit below it."""
        return role in access.PROVINCIAL and self.unit_path.count("/") > 2

    def may_decide(self, person: Identity) -> bool:
        """Whether it waits for `person`."""
        return self.decision is None and not self.waits_for_paper and self.is_for(person)

    def may_confirm(self, person: Identity) -> bool:
        """Whether `person` may be the second one to look at the scan of a signed paper."""
        return (
            self.waits_for_paper
            and self.paper is not None
            and self.paper.uploaded_by != person.user_id
            and self.is_for(person)
        )

    def is_for(self, person: Identity) -> bool:
        """Whether `person` is of the side that decides: not the one who asked, and on the unit or above it."""
        return (
            person.role in self.needs.deciders(self.requested_as)
            and person.user_id != self.requested_by
            and person.covers(self.unit_path)
        )
