"""Reconciliation: slips, receipt lists and counted households set against each other, village by village.

issued = handed out + returned + voided, and counted ≤ ticked. A difference is put in words and never decides anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.collecting import paper
from survey_app.collecting.models import KeyingWay
from survey_app.fieldwork import absences
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.queries import BatchView, SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import gettext as _
from survey_app.quality import comparison, paper_draw
from survey_app.quality.balance import SlipBalance
from survey_app.quality.comparison import Reconciliation
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.keying import DrawOutcome, SecondKeying
from survey_app.sealing import queries, signatures
from survey_app.sealing.signatures import Signature


@dataclass(frozen=True, slots=True)
class VillageSlips:
    """One village's slips, list and count."""

    village: Reconciliation
    #: Where its slips are.
    balance: SlipBalance
    #: Slips made on the server for this village, and those of them in batches that were voided there.
    made: int
    voided: int
    #: Filled slips that were brought back and never keyed.
    unkeyed: int = 0

    @property
    def live(self) -> int:
        """Slips whose batch is not void."""
        return self.made - self.voided

    @property
    def spares(self) -> int:
        """Live slips beyond one for each household."""
        return max(self.live - self.village.line.households, 0)

    @property
    def differences(self) -> tuple[str, ...]:
        """What does not agree, each a sentence; empty when all does."""
        receipts = self.village.receipts
        if receipts is None:
            return (_("The receipt list has not been entered."),)
        found = []
        if receipts.issued != self.live:
            came = _(
                "%(live)d slips are on the server, %(issued)d came to the village.",
                live=self.live,
                issued=receipts.issued,
            )
            found.append(came)
        if receipts.missing > 0:
            found.append(
                _("%(count)d slips are neither handed out nor returned nor spoilt.", count=receipts.missing)
            )
        if receipts.missing < 0:
            found.append(_("%(count)d slips more are accounted for than came.", count=-receipts.missing))
        if self.unkeyed:
            found.append(_("%(count)d filled slips were brought back and never keyed.", count=self.unkeyed))
        if self.village.exceeds_list:
            more = self.village.answered - receipts.ticked
            found.append(_("%(count)d households more were counted than signed for a slip.", count=more))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class SurveySlips:
    """Everything of a survey that its minutes show."""

    survey: SurveyView
    villages: tuple[VillageSlips, ...]
    digest: str
    signatures: tuple[Signature, ...]
    annulments: tuple[AnnulmentView, ...]
    #: How paper was keyed: what keying again found by village, and what signers found with drawn slips in hand.
    keyed_again: tuple[SecondKeying, ...]
    paper_draw: DrawOutcome
    #: What the back-check puts beside the result; None where it contradicts nothing.
    contradiction: Contradiction | None
    #: By village id: households that were away, as its head said, and slips whose household had answered by phone.
    absent: Mapping[int, int]
    by_phone: Mapping[int, int]
    #: Slips by the way they were keyed.
    ways: Mapping[KeyingWay, int]

    def named_counts(self, counts: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
        """Counts above 0 with the names of their villages, in their order."""
        units = ((row.village.line.unit, counts.get(row.village.line.unit.id, 0)) for row in self.villages)
        return tuple((unit.full_name, count) for unit, count in units if count)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the villages by unit code."""
        return {row.village.line.unit.code: row.village.line.unit.full_name for row in self.villages}

    @property
    def agrees(self) -> bool:
        """Whether no village has a difference, and neither keying again, drawn slips nor the back-check found one."""
        checks = (self.paper_draw.differing, self.paper_draw.not_found)
        keyed_well = not any(checks) and not any(village.needs_comparison for village in self.keyed_again)
        return (
            keyed_well
            and self.contradiction is None
            and not any(village.differences for village in self.villages)
        )


def of_survey(session: Session, survey_id: str) -> SurveySlips:
    """The slips of a sealed survey. Raises SurveyNotFound, NotSealed."""
    found = comparison.comparison(session, survey_id)
    batches, unkeyed = surveys.batches(session, survey_id), queries.unkeyed_slips(session, survey_id)
    return SurveySlips(
        survey=found.survey,
        villages=tuple(
            _village(village, batches, unkeyed, balance)
            for village, balance in zip(found.villages, found.balances, strict=True)
        ),
        digest=found.digest,
        signatures=signatures.signatures(session, survey_id),
        annulments=found.annulments,
        keyed_again=paper_draw.keyed_again(session, survey_id),
        paper_draw=paper_draw.outcome(session, survey_id),
        contradiction=found.contradiction,
        absent=absences.absences(session, survey_id),
        by_phone=paper.answered_by_phone(session, survey_id),
        ways=paper.keyed_by_way(session, survey_id),
    )


def _village(
    village: Reconciliation, batches: Iterable[BatchView], unkeyed: Mapping[int, int], balance: SlipBalance
) -> VillageSlips:
    own = [batch for batch in batches if batch.unit_id == village.line.unit.id]
    voided = sum(batch.slips for batch in own if batch.voided_at is not None)
    missing = unkeyed.get(village.line.unit.id, 0)
    made = sum(batch.slips for batch in own)
    return VillageSlips(village, balance, made, voided, unkeyed=missing)
