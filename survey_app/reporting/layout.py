"""What papers of this house have in common around their contents: head, foot, who signs, and for whom."""

from datetime import datetime
from enum import StrEnum

from survey_app.config import VIETNAM
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.reporting.blocks import Letterhead, SignatureRoom
from survey_app.reporting.house_style import HouseStyle
from survey_app.units.queries import UnitView


class Signer(StrEnum):
    """Who signs for the Standing Board."""

    CHAIR = "chair"
    #: A deputy, in the chair's place.
    DEPUTY = "deputy"


def head(style: HouseStyle, unit: UnitView, kind: str, now: datetime) -> Letterhead:
    """The head of a paper that the Front of a unit issues; `kind` gives the letters of its number."""
    return Letterhead(
        style.committee_of(unit), style.standing, style.number(kind), place_and_day(unit.full_name, now)
    )


def village_head(style: HouseStyle, unit: UnitView, village: str, now: datetime) -> Letterhead:
    """The head of a paper of a village, which has no number."""
    return Letterhead(
        style.committee_of(unit), style.village_body_of(village), "", place_and_day(village, now)
    )


def place_and_day(place: str, now: datetime) -> str:
    """Place and day with room for a pen: who signs says on which day."""
    return _("%(place)s, day …… month …… year %(year)s", place=place, year=now.astimezone(VIETNAM).year)


def foot(survey: SurveyView, digest: str = "") -> str:
    """What tells every sheet of this survey from any other."""
    said = [_("Survey %(number)s", number=survey.id)]
    if survey.rehearsal:
        said.append(_("TRIAL – does not count"))
    if digest:
        said.append(_("Digest, first 20 letters") + f": {digest}")
    return " · ".join(said)


def for_the_front(style: HouseStyle, signer: Signer) -> SignatureRoom:
    """Who signs for the Standing Board of the Front."""
    board = _("ON BEHALF OF THE %(body)s", body=style.standing.upper())
    heads = (board, _("CHAIR")) if signer is Signer.CHAIR else (board, _("FOR THE CHAIR"), _("DEPUTY CHAIR"))
    return SignatureRoom(heads, asked())


def committee(several: int) -> SignatureRoom:
    """The people who counted."""
    return SignatureRoom((_("Counting committee"),), asked(), several)


def peoples_committee(unit: UnitView) -> SignatureRoom:
    """The government's side of a commune."""
    return SignatureRoom((_("People's Committee of %(commune)s", commune=unit.running_name),), asked())


def second_body(survey: SurveyView, *, without_commune: bool) -> SignatureRoom:
    """Who signs beside the commune's Front: the government, or the Front above where the commune did not sign."""
    if not without_commune:
        return peoples_committee(survey.unit)
    return SignatureRoom((_("Fatherland Front Committee of the province"),), asked())


def receivers(*bodies: str) -> tuple[str, ...]:
    """Who gets a paper, as such lists are written."""
    return tuple(f"– {body};" for body in bodies)


def asked() -> str:
    """What is asked of those who sign."""
    return _("(signature, full name, date)")
