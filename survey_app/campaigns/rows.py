"""One unit on the province's board, and what follows from how far it has come. Reads nothing."""

from dataclasses import dataclass

from survey_app.campaigns.milestones import Done, Milestone, Milestones
from survey_app.campaigns.waits import Reason, Wait
from survey_app.criteria.findings import Finding, Verdict
from survey_app.criteria.frameworks import RequirementKind
from survey_app.fieldwork.models import TAKING_ANSWERS, State
from survey_app.results.speaking import AboveFrame
from survey_app.rulebooks.pins import NamedBook
from survey_app.rulebooks.queries import ServiceNote
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.rates import Rate
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit. `coverage` of a running survey is of the last full hour; `pooled` waits for the seal."""

    unit: UnitView
    in_scope: bool
    survey_id: str | None
    state: State | None
    coverage: Rate | None
    pooled: Rate | None
    #: Too few valid slips for this reader: the rates are not shown.
    is_hidden: bool
    #: The consultation half; None for a unit out of scope, or a rule book without such a condition.
    event: Finding | None
    conditions: tuple[Finding, ...]
    wait: Wait | None
    services: tuple[ServiceNote, ...]
    #: Purposes of the surveys of the year in which something was answered by phone.
    heard: frozenset[str]
    #: Whether one of them is a purpose that a feedback target accepts.
    is_answered_online: bool
    #: What the back-check puts beside the finding; None where it contradicts nothing.
    contradiction: Contradiction | None
    #: The rule book that the survey pinned, where the year is reported against another one: then both are named.
    pinned: NamedBook | None
    #: Villages in which more households answered than were asked, to be shown beside the finding.
    above_frame: tuple[AboveFrame, ...]
    #: Of the sealed survey that speaks for the unit; both False where there is none.
    is_signed: bool
    used_confirmed_form: bool
    #: Whether the province has to decide on the signed result: never appraised, or answered by the commune.
    is_to_appraise: bool
    #: What the register calls the unit today, where that is not what it was called when the survey was sealed.
    called_now: str | None
    #: How far it has come, with day and person.
    milestones: Milestones

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The consultation half first, then every other condition."""
        return (*((self.event,) if self.event else ()), *self.conditions)

    @property
    def finding(self) -> Verdict | None:
        """The verdict on the consultation half; None out of scope."""
        if not self.in_scope:
            return None
        return self.event.verdict if self.event else Verdict.NOT_CONFIGURED

    @property
    def awaits(self) -> tuple[str, ...]:
        """What has to happen before that verdict can be given."""
        return self.event.awaits if self.in_scope and self.event else ()

    @property
    def declared_half(self) -> Verdict | None:
        """The verdict on the half that is declared; None out of scope, and for a rule book without one."""
        found = (one.verdict for one in self.conditions if one.requirement.kind is RequirementKind.DECLARED)
        return next(found, None)

    @property
    def meets_both_halves(self) -> bool:
        """Whether the consultation is met and the declared half is accepted."""
        return self.finding is Verdict.MET and self.declared_half is Verdict.MET

    @property
    def is_not_asked(self) -> bool:
        """Whether it misses the consultation half because asking has not begun; no verdict is due then."""
        return self.finding is Verdict.NOT_MET and self.state in {None, State.DRAFT, State.PUBLISHED}

    @property
    def is_being_asked(self) -> bool:
        """Whether it misses the consultation half because it is not counted yet; no verdict is due then either."""
        return self.finding is Verdict.NOT_MET and self.state in TAKING_ANSWERS

    @property
    def is_unsigned(self) -> bool:
        """Whether its rates and conditions are of a sealed result that nobody signed, even where the event is met."""
        return self.state is State.SEALED

    @property
    def reached_coverage(self) -> bool:
        """Whether the signed survey that speaks meets every condition on coverage, of which there is one at least."""
        found = [one.verdict for one in self.conditions if one.requirement.kind is RequirementKind.COVERAGE]
        return self.is_signed and bool(found) and set(found) == {Verdict.MET}

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody has to act for this unit before it can meet the indicator, late or not."""
        return self._still_waits and self.wait is not None and self.wait.needs_somebody

    @property
    def is_late(self) -> bool:
        """Whether the day of its own step has passed: the one a campaign names, or the survey's own."""
        return self._still_waits and self.wait is not None and self.wait.is_overdue

    @property
    def awaits_front(self) -> bool:
        """Whether its Front has been asked to agree to publishing and has not decided."""
        return self._still_waits and self.wait is not None and self.wait.reason is Reason.AWAITING_FRONT

    @property
    def _still_waits(self) -> bool:
        is_to_post = self.wait is not None and self.wait.reason is Reason.NOT_POSTED
        return self.in_scope and (self.finding is not Verdict.MET or is_to_post)

    @property
    def steps(self) -> tuple[tuple[Milestone, Done], ...]:
        """The milestones reached, in the order of the work."""
        return tuple((one, self.milestones[one]) for one in Milestone if one in self.milestones)

    @property
    def newest_milestone(self) -> tuple[Milestone, Done] | None:
        """The last one reached, in the order of the work; coverage is beside the others and is none of them."""
        reached = [step for step in self.steps if step[0] is not Milestone.COVERAGE]
        return reached[-1] if reached else None
