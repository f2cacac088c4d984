"""Why a request, a decision, a deputy or a signed paper was refused, each named for what happened."""

from http import HTTPStatus

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _


class ApprovalNotFound(DomainError):
    code = "khong-co-de-nghi"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such request in your unit."))


class ApprovalRefused(DomainError):
    """The request or the decision is not this person's to make."""

    code = "khong-duoc-phe-duyet"
    status = HTTPStatus.FORBIDDEN


class ApprovalOpen(DomainError):
    """The same act on the same subject already waits for the other body."""

    code = "dang-cho-phe-duyet"

    def __init__(self) -> None:
        super().__init__(
            _("The same request is already waiting for the other body. Nothing was sent a second time.")
        )


class ApprovalDecided(DomainError):
    code = "da-quyet-dinh"

    def __init__(self) -> None:
        super().__init__(_("This request has already been decided. Reload the page to see the decision."))


class DeputyRefused(DomainError):
    """Nobody can be named, or ended, as asked for."""

    code = "khong-ky-thay-duoc"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class PaperRefused(DomainError):
    """A signed paper cannot be taken, or confirmed, as asked for."""

    code = "khong-nhan-ban-ky"


class ReasonMissing(DomainError):
    code = "thieu-ly-do"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _("Please give a reason, in at most 500 characters, so that the other body knows what to change.")
        )
