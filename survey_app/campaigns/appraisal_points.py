"""What is open of a signed result when the Front of the province appraises it. Reads; decides nothing."""

from collections.abc import Mapping
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
from survey_app.rulebooks.pins import PinnedBookMissing
from survey_app.scoring import flags
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.flags import Limits
from survey_app.templating import number


class PointKind(StrEnum):
    """What can be open besides what stands before signing."""

    COVERAGE = "coverage"
    NOT_COMPARED = "not_compared"
    FLAGS = "flags"


#: In the order in which they are told.
_KINDS = (PointKind.COVERAGE, *OpenKind, PointKind.NOT_COMPARED, PointKind.FLAGS)


@dataclass(frozen=True, slots=True)
class AppraisalPoint:
    """This many of one kind: of this module, or of those that stand before signing."""

    kind: str
    count: int


def of_survey(session: Session, survey: SurveyView) -> tuple[AppraisalPoint, ...]:
    """What is open, in the order in which it is told."""
    counts: dict[str, int] = {
        point.kind.value: point.count for point in open_points.of_survey(session, survey)
    }
    drawn = paper_draw.outcome(session, survey.id)
    is_compared = drawn.drawn > drawn.open or survey.id in back_checks.recorded(session, [survey.id])
    counts |= {
        PointKind.COVERAGE: int(_misses_coverage(session, survey)),
        PointKind.NOT_COMPARED: int(not is_compared),
        PointKind.FLAGS: _flags(session, survey.id),
    }
    return loaded(counts)


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


def _flags(session: Session, survey_id: str) -> int:
    limits = Limits()
    [consultation] = paradata.gather(session, [survey_id], limits).consultations
    return len(flags.flags(consultation, limits))


def _misses_coverage(session: Session, survey: SurveyView) -> bool:
    try:
        judged = verdicts.of_survey(session, survey, Audience.EXACT)
    except PinnedBookMissing:  # The findings block says so; nothing can be compared with a book that is gone.
        return False
    found = judged.verdicts.findings if judged else ()
    missed = {Verdict.NOT_MET, Verdict.INSUFFICIENT_EVIDENCE}
    return any(one.requirement.kind is RequirementKind.COVERAGE and one.verdict in missed for one in found)
