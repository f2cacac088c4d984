"""Refusals of drafting, freezing and confirming a form, each named for what happened."""

from datetime import datetime
from http import HTTPStatus

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.questions.problems import Problem
from survey_app.templating import moment


class InstrumentNotFound(DomainError):
    code = "khong-co-mau-phieu"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such form, or it does not belong to your unit."))


class NotYourInstrument(DomainError):
    """The person may read the form but not change it."""

    code = "khong-duoc-sua"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            _("Your account may read this form but not change it. Make a copy of your own instead.")
        )


class Frozen(DomainError):
    """A frozen version never changes again."""

    code = "da-chot-phien-ban"

    def __init__(self) -> None:
        super().__init__(_("This version is frozen and never changes. Please make a new version."))


class StillDraft(DomainError):
    """Only a frozen version can be used, confirmed or followed by a new one."""

    code = "chua-chot-phien-ban"

    def __init__(self) -> None:
        super().__init__(_("This version is still a draft. Freeze it first."))


class EditedMeanwhile(DomainError):
    """Somebody saved the same part after this person opened it. Nothing of either is lost."""

    code = "da-co-nguoi-sua"

    def __init__(self, by: str, at: datetime) -> None:
        super().__init__(
            _(
                "%(name)s saved a change at %(moment)s, after you opened this page. Your change was not "
                "made; open the form again to see how it is now.",
                name=by,
                moment=moment(at),
            )
        )
        self.by = by
        self.at = at


class LockedWording(DomainError):
    """The scored wording comes from a template that the Front confirmed."""

    code = "loi-cau-hoi-bi-khoa"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The scored questions are locked: their wording and order are those of the template that the "
                "Front confirmed. Nothing was changed. You may add questions that are not scored."
            )
        )


class HasProblems(DomainError):
    """A draft with problems cannot be frozen."""

    code = "con-loi"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(_("The form still has problems and was not frozen. The check lists all of them."))
        self.problems = problems


class DraftExists(DomainError):
    """There is one draft of a form at a time."""

    code = "da-co-ban-nhap"

    def __init__(self, key: str) -> None:
        super().__init__(
            _("There is already a draft of %(key)s. Freeze it before making another version.", key=key)
        )


class AlreadyConfirmed(DomainError):
    code = "da-xac-nhan"

    def __init__(self) -> None:
        super().__init__(_("The Front has already confirmed this version."))


class NotConfirmed(DomainError):
    code = "chua-xac-nhan"

    def __init__(self) -> None:
        super().__init__(_("The Front has not confirmed this version, so there is nothing to take back."))


class ConfirmationInUse(DomainError):
    """Somebody relies on the confirmation, so it stays on record."""

    code = "xac-nhan-da-dung"

    def __init__(self) -> None:
        super().__init__(
            _(
                "A survey was published with this wording, or a form was started from it, so the confirmation stays "
                "on record. Make a new version and confirm that one."
            )
        )


class InUse(DomainError):
    """A survey names the form."""

    code = "dang-dung"

    def __init__(self) -> None:
        super().__init__(_("A survey uses this draft. Choose another form for the survey first."))


class BadConfirmation(DomainError):
    """The confirmation lacks what makes it one."""

    code = "xac-nhan-khong-hop-le"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyQuestions(DomainError):
    code = "qua-nhieu-cau"

    def __init__(self, limit: int) -> None:
        super().__init__(_("A form has at most %(limit)s questions. Nothing was added.", limit=limit))


#: Refusals that leave the form where it was, so their page leads back to it.
ABOUT_A_FORM = (
    EditedMeanwhile,
    Frozen,
    StillDraft,
    LockedWording,
    HasProblems,
    DraftExists,
    AlreadyConfirmed,
    NotConfirmed,
    ConfirmationInUse,
    InUse,
    TooManyQuestions,
)
