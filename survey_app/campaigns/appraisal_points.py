"""What is open of a signed result when the Front of the province appraises it. Reads; decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from sqlalchemy.orm import Session

from survey_app.criteria.findings import Verdict
from survey_app.criteria.frameworks import RequirementKind
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.quality import back_checks, paper_draw, paradata
from survey_app.results import open_points, verdicts
from survey_app.results.open_points import OpenKind, OpenPoint
from survey_app.scoring import flags
from survey_app.scoring.flags import Limits
from survey_app.templating import number


class PointKind(StrEnum):
    """What can be open besides what is open before signing."""

    COVERAGE = "coverage"
    NOT_COMPARED = "not_compared"
    FLAGS = "flags"


#: In the order in which they are shown.
_KINDS = (PointKind.COVERAGE, *OpenKind, PointKind.NOT_COMPARED, PointKind.FLAGS)


@dataclass(frozen=True, slots=True)
class AppraisalPoint:
    """This many of one kind: of this module, or of those that are open before signing."""

    kind: str
    count: int


def of_survey(session: Session, survey: SurveyView) -> tuple[AppraisalPoint, ...]:
    """What is open, in the order in which it is shown."""
    return of_surveys(session, [survey])[survey.id]


def of_surveys(session: Session, found: Sequence[SurveyView]) -> Mapping[str, tuple[AppraisalPoint, ...]]:
    """The same of each of these signed surveys of one province, by its number."""
    numbers = [survey.id for survey in found]
    before_signing = open_points.of_surveys(session, found)
    drawn, called_back = paper_draw.outcomes(session, numbers), back_checks.recorded(session, numbers)
    misses, flagged = _miss_coverage(session, found), _flags(session, numbers)
    return {
        number: loaded(
            {point.kind.value: point.count for point in before_signing[number]}
            | {
                PointKind.COVERAGE: int(number in misses),
                PointKind.NOT_COMPARED: int(
                    drawn[number].drawn <= drawn[number].open and number not in called_back
                ),
                PointKind.FLAGS: flagged.get(number, 0),
            }
        )
        for number in numbers
    }


def loaded(counts: Mapping[str, int]) -> tuple[AppraisalPoint, ...]:
    """Points from counts by kind, as they are stored."""
    return tuple(AppraisalPoint(kind, counts[kind]) for kind in _KINDS if counts.get(kind))


def text(point: AppraisalPoint) -> str:
    """One point with its count."""
    if point.kind in set(OpenKind):
        return open_points.text(OpenPoint(OpenKind(point.kind), point.count))
    match PointKind(point.kind):
        case PointKind.COVERAGE:
            said = _("coverage does not reach what the rule book asks for")
        case PointKind.NOT_COMPARED:
            said = _("nothing was compared: no drawn slip, and no back-check")
        case PointKind.FLAGS:
            said = _("flags to compare with the papers: %(count)s", count=number(point.count))
        case _ as unknown:
            assert_never(unknown)
    return said


def _flags(session: Session, numbers: Sequence[str]) -> Mapping[str, int]:
    limits = Limits()
    found = paradata.gather(session, numbers, limits).consultations
    return {one.survey: len(flags.flags(one, limits)) for one in found}


def _miss_coverage(session: Session, found: Sequence[SurveyView]) -> frozenset[str]:
    """Those that speak for their commune and do not reach the coverage of the rule book under which they were asked."""
    missed = {Verdict.NOT_MET, Verdict.INSUFFICIENT_EVIDENCE}
    return frozenset(
        number
        for number, judged in verdicts.of_sealed(session, found).items()
        if any(
            one.requirement.kind is RequirementKind.COVERAGE and one.verdict in missed
            for one in judged.findings
        )
    )
