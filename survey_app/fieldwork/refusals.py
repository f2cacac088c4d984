"""Why an act on a survey was refused, in words that say what to do next."""

from http import HTTPStatus

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _


class CannotPublish(DomainError):
    """The survey is not ready: the message says what is missing."""


class WrongState(DomainError):
    """The act does not fit what the survey has come to."""


class FrameClosed(DomainError):
    """The frame is settled once the phones are closed."""


class TooManySlips(DomainError):
    """More live slips than households and spares."""


class NotReplaced(DomainError):
    """Slips that cannot be replaced by new ones as they were named."""


class DatesReversed(DomainError):
    """The survey would close before it opens."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("The last day lies before the first day."))


class MorePresentThanAsked(DomainError):
    """More households are said to have been present than the village has."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, households: int) -> None:
        super().__init__(
            _(
                "The village has %(households)s households in this survey. Count households, not people; if the number "
                "of the village is wrong, correct it first.",
                households=households,
            )
        )


class ReasonNeeded(DomainError):
    """An act that goes on paper needs its reason."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class SurveyChanged(DomainError):
    """Somebody else saved the survey meanwhile."""
