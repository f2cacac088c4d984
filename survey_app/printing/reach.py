"""Whether the address in a printed QR can be reached: one of the server itself opens on no phone.

Papers of a real survey are then refused before a code is made; those of a rehearsal or of the sample province are
printed, marked, so that everything can be tried on one machine.
"""

from http import HTTPStatus

from survey_app.config import Settings
from survey_app.errors import DomainError
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _


class LeadsNowhere(DomainError):
    """The papers would print an address that no phone can open."""

    code = "dia-chi-noi-bo"
    status = HTTPStatus.CONFLICT

    def __init__(self, public_url: str) -> None:
        super().__init__(
            _(
                "Nothing was printed: the papers would print %(address)s, which opens on the server alone and on no "
                "phone. The operator sets public_url in the settings to the address that villagers reach.",
                address=public_url,
            )
        )


def require(survey: SurveyView, settings: Settings) -> None:
    """Raises LeadsNowhere for papers of a real survey that would lead nowhere."""
    if settings.opens_here_alone and not settings.demo and not survey.rehearsal:
        raise LeadsNowhere(settings.public_url)
