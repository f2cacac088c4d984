"""Refusals of accounts, invitations and sign-ins, each named for what happened."""

from datetime import datetime
from http import HTTPStatus

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.templating import moment


class AccountNotFound(DomainError):
    """No such account in the caller's subtree."""

    code = "khong-co-tai-khoan"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such account in your unit."))


class NotYourAccount(DomainError):
    """The account belongs to a role that the caller does not manage."""

    code = "khong-duoc-quan-ly"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            _(
                "You may not manage this account. The Front manages its own accounts; the government side "
                "manages the others."
            )
        )


class AccountRefused(DomainError):
    """An account cannot be made as asked for."""

    code = "tai-khoan-khong-hop-le"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NameTaken(DomainError):
    """Another account has this sign-in name."""

    code = "ten-da-co"

    def __init__(self, email: str) -> None:
        super().__init__(
            _("The sign-in name %(name)s already has an account. Choose another one.", name=email)
        )


class AlreadyHandedOver(DomainError):
    """Somebody has passed this person's work on already."""

    code = "da-ban-giao"

    def __init__(self, name: str, successor: str, at: datetime) -> None:
        super().__init__(
            _(
                "The work of %(name)s was handed over to %(successor)s at %(moment)s. Nothing was changed now.",
                name=name,
                successor=successor,
                moment=moment(at),
            )
        )


class HandoverNotFound(DomainError):
    """No such handover, or not this person's to see."""

    code = "khong-co-ban-giao"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such handover."))


class FactorMissing(DomainError):
    """The account has no second factor to speak of."""

    code = "khong-co-ma-xac-thuc"

    def __init__(self) -> None:
        super().__init__(
            _("This account has no second factor. Who needs one sets it up at the next sign-in.")
        )


class ResetRefused(DomainError):
    """A lost second factor is not this person's to take off, or not any more."""

    code = "khong-duoc-go-ma"


class InvitationUnknown(DomainError):
    code = "loi-moi-khong-co"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation is not known. Check that the whole link was copied, or ask for "
                "a new letter: a new letter makes the older one invalid."
            )
        )


class InvitationOver(DomainError):
    """The invitation was used, is too old, or its account was closed."""

    code = "loi-moi-het-han"
    status = HTTPStatus.GONE
