"""The findings block: what is said of a survey by the rule book it pinned, as its pages show it.

The survey's page, that of its result and the public page show the same, each as its reader may see it; papers and
files print its lines (`rulebooks.conditions`).
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app import access
from survey_app.access import Identity
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.survey_page import Part
from survey_app.i18n import gettext as _
from survey_app.results import verdicts
from survey_app.results.verdicts import Judged
from survey_app.rulebooks import conditions
from survey_app.rulebooks.conditions import ConditionLine
from survey_app.rulebooks.pins import PinnedBookMissing
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import audiences

TEMPLATE = "results/findings.html"


@dataclass(frozen=True, slots=True)
class FindingsBlock:
    """What the block shows; `broken` says why there are no verdicts where there should be some."""

    judged: Judged | None
    lines: tuple[ConditionLine, ...] = ()
    broken: str = ""


def block(session: Session, survey: SurveyView, audience: Audience) -> FindingsBlock | None:
    """The block of one survey as this audience may read it; None where nothing is to be said."""
    try:
        judged = verdicts.of_survey(session, survey, audience)
    except PinnedBookMissing as missing:
        return FindingsBlock(None, broken=missing.message)
    return FindingsBlock(judged, conditions.lines(judged.verdicts.findings)) if judged else None


def part(session: Session, survey: SurveyView, person: Identity) -> Part | None:
    """The block for the survey's page, for those who may read results."""
    if not access.may_open(person.role, "results.page"):
        return None
    found = block(session, survey, audiences.audience_of(person))
    return Part(TEMPLATE, found) if found else None


def back_check_text(judged: Judged) -> str:
    """What became of the back-check, where the rule book does not ask for one; "" where it is a condition."""
    if judged.asks_back_check or not judged.is_sealed:
        return ""
    if not judged.is_back_checked:
        return _("The rule book asks for no back-check, and none was made.")
    return _("The rule book asks for no back-check; one was made, and its replies are on record.")
