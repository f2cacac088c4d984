"""Every way an answer is refused: the code of the interface, the status, and words that say whether it is safe."""

from datetime import date
from http import HTTPStatus

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.templating import day

#: Problems named in one message; who sends thousands of unknown questions gets no echo of them all.
_MOST_NAMED = 30


class UnknownCode(DomainError):
    """Right in form, but no slip has it. The only refusal that counts as a guess."""

    code = "ma-khong-dung"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _("This code does not exist. Please compare it with your slip, or ask for a new slip.")
        )


class OtherSurvey(DomainError):
    """A sound code whose number names another survey than the one that is keyed; nothing was guessed."""

    code = "dot-khac"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, number: str) -> None:
        super().__init__(
            _(
                "This slip is of another survey (number %(number)s). Put it aside; it is not keyed here.",
                number=number,
            )
        )


class CodeUsed(DomainError):
    code = "ma-da-dung"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This code has already been used: one slip counts once. "
                "If it was not your household, please tell the Front."
            )
        )


class AnsweredByPhone(CodeUsed):
    """The household of a paper slip had answered by phone; never when, where or what."""

    def __init__(self) -> None:
        DomainError.__init__(
            self,
            _(
                "This household has already answered by phone, and that answer counts. The slip is noted; put it aside."
            ),
        )


class KeyedBefore(CodeUsed):
    """The paper slip is an answer already."""

    def __init__(self) -> None:
        DomainError.__init__(self, _("This slip has already been keyed. Put it with the keyed ones."))


class KeyedJustNow(CodeUsed):
    """The clerk types the code of the slip that is still held."""

    def __init__(self) -> None:
        DomainError.__init__(self, _("You have just keyed this slip; it can still be mended above."))


class SetAside(CodeUsed):
    """Used, but what it answered was annulled with its village, which is being asked again."""

    def __init__(self, contact: str) -> None:
        annulled = _(
            "This slip was used, but the answers of your village were annulled and do not count. The village is "
            "asked again with new slips; this one can no longer be used."
        )
        asking = _("To ask about it, call %(contact)s.", contact=contact) if contact else ""
        DomainError.__init__(self, f"{annulled} {asking}".strip())


class OtherContent(DomainError):
    code = "noi-dung-khac"

    def __init__(self) -> None:
        super().__init__(_("This slip was already sent with other answers. The first answers count."))


class CodeVoid(DomainError):
    code = "ma-da-huy"
    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            _("This slip was cancelled. Please ask for a new one; your household can still answer.")
        )


class NotOpenYet(DomainError):
    code = "chua-mo"
    status = HTTPStatus.FORBIDDEN
    keep = True

    def __init__(self, first_day: str) -> None:
        super().__init__(_("The survey opens on %(day)s. Please keep your slip until then.", day=first_day))


class PhonesClosed(DomainError):
    code = "da-dong"
    status = HTTPStatus.GONE

    def __init__(self, number: str, last_day: date) -> None:
        """`last_day` is the last civil day on which phones were open."""
        self.number = number
        self.last_day = day(last_day)
        super().__init__(
            _(
                "Survey %(number)s is closed for phones; this answer was not counted. "
                "A paper slip may still be handed in.",
                number=number,
            )
        )


class Annulled(DomainError):
    code = "da-dong"
    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(_("This survey was cancelled. Your answer was not counted."))


class AlreadySealed(DomainError):
    code = "da-chot"
    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(_("The result is final; this answer was not counted."))


class ChannelNotAllowed(DomainError):
    code = "khong-duoc-phep"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(_("This answer may not be sent in this way. It was not counted."))


class Malformed(DomainError):
    code = "khong-doc-duoc"
    status = HTTPStatus.BAD_REQUEST

    def __init__(self) -> None:
        super().__init__(_("The answer could not be read; nothing was stored."))


class WrongAnswers(DomainError):
    """`problems` are sentences by question key; each names its question as the form does, never by its key."""

    code = "khong-hop-le"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: dict[str, str]) -> None:
        named = "; ".join(list(problems.values())[:_MOST_NAMED])
        super().__init__(
            _("Some answers do not fit the form; nothing was stored yet. %(problems)s", problems=named)
        )
        self.problems = problems


class WrongKeying(WrongAnswers):
    """The same of a slip on a clerk's page, which says at each place what is wrong there."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(problems)
        self.message = problems.get("") or ngettext(
            "Not saved yet: %(num)d place below waits for you.",
            "Not saved yet: %(num)d places below wait for you.",
            len(problems),
        )


class TooManyGuesses(DomainError):
    code = "thu-lai-sau"
    status = HTTPStatus.TOO_MANY_REQUESTS
    keep = True
    retry_after = 60

    def __init__(self) -> None:
        super().__init__(
            _("Too many wrong codes came from here. Please wait one minute, then try again; nothing is lost.")
        )


class TooManyFromHere(DomainError):
    """Too many answers came through an open link from one network; `seconds` from now the next minute begins."""

    code = "thu-lai-sau"
    status = HTTPStatus.TOO_MANY_REQUESTS
    keep = True

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "Many answers came from this network within one minute. Your slip is not lost: "
                "please wait a minute, then send once more."
            )
        )


class OpenedTooOften(DomainError):
    """Looked at too often today; `seconds` from now the next day begins."""

    code = "mo-qua-nhieu"
    status = HTTPStatus.TOO_MANY_REQUESTS
    keep = True

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "This slip was opened too many times today. The slip is safe, and an answer already sent counts. "
                "Please open it tomorrow, or hand in the paper slip."
            )
        )
