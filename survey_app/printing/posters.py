"""The poster of a survey, A4 or A3: who asks, why, until when, and how to know that the QR is genuine.

A decision survey's poster leads to the page where a household types the code of its slip; a feedback survey's
leads to its open link and says that it is never scored. Knows no code.
"""

from http import HTTPStatus

from flask import render_template

from survey_app import drawing, files
from survey_app.config import Settings
from survey_app.errors import DomainError
from survey_app.fieldwork import way_in
from survey_app.fieldwork.models import BEFORE_THE_END
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.printing import reach

#: Paper sizes, and the millimetres on paper of one millimetre of the A4 design.
SIZES = {"A4": 1.0, "A3": 1.41421}


class PosterTooLate(DomainError):
    """A poster for a survey that takes no answers by phone would send people to a closed door."""

    code = "khong-can-ap-phich"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _("A poster can be printed once the survey is published and until its phones close.")
        )


def is_in_time(survey: SurveyView) -> bool:
    """Whether the survey takes answers by phone, now or later."""
    return survey.state in BEFORE_THE_END


def pdf(survey: SurveyView, settings: Settings, size: str) -> bytes:
    """The poster as one page of `size`, a key of SIZES, in Vietnamese. Raises PosterTooLate, LeadsNowhere."""
    if not is_in_time(survey):
        raise PosterTooLate
    reach.require(survey, settings)
    return drawn(survey, settings, size)


def drawn(survey: SurveyView, settings: Settings, size: str) -> bytes:
    """The same whether or not anything can still be answered: what hung, for the file of the survey."""
    leads_to = way_in.door(survey, settings.public_url)
    with force_locale("vi"):
        page = render_template(
            "printing/print/poster.html",
            survey=survey,
            decision=survey.purpose.asks_households,
            typed=leads_to.typed,
            typed_size=round(min(13.0, 176 / (0.64 * len(leads_to.typed))), 2),
            host=settings.public_url.partition("://")[2],
            qr=drawing.data_uri(drawing.qr_svg(leads_to.qr)),
            size=size,
            settings=settings,
            millimetre=SIZES[size],
        )
    return files.pdf(page)
