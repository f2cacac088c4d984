"""Which audience of `scoring.disclosure` a person belongs to."""

from survey_app import access
from survey_app.access import Identity
from survey_app.scoring.disclosure import Audience


def audience_of(identity: Identity) -> Audience:
    """Which figures a person sees: the Front, the province and the auditor exact ones, others bands."""
    return Audience.EXACT if identity.role in access.SEE_EXACT_FIGURES else Audience.STAFF
