"""The address of the page where codes are typed, as posters and pages print it: as a QR and in words. Knows no code."""

from dataclasses import dataclass

from survey_app import drawing
from survey_app.fieldwork.queries import SurveyView


@dataclass(frozen=True, slots=True)
class WayIn:
    """Where a poster leads: the text of its QR and what people type."""

    qr: str
    typed: str

    @property
    def picture(self) -> str:
        """The QR, for a page."""
        return drawing.data_uri(drawing.qr_svg(self.qr))


def door(survey: SurveyView, public_url: str) -> WayIn:
    """The page where answering begins."""
    path = "/k" if survey.purpose.asks_households else f"/g/{survey.link}"
    return WayIn(qr=f"{public_url}{path}", typed=f"{public_url.partition('://')[2]}{path}")
