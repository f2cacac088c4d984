"""Paper of a meeting is keyed as a batch of its own: it says which meeting the slips in hand came from.

A meeting whose households present were counted can be named; its slips are those of its village alone. They are paper
like any other and are told apart by their channel. A phone at a meeting is a phone.
"""

from http import HTTPStatus

from sqlalchemy.orm import Session

from survey_app.collecting.queries import Door
from survey_app.errors import DomainError
from survey_app.fieldwork import meetings
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.models import Channel
from survey_app.i18n import gettext as _


class NotOfTheMeeting(DomainError):
    """The slip is of another village than the one that met."""

    code = "phieu-khac-thon"
    status = HTTPStatus.CONFLICT

    def __init__(self, village: str) -> None:
        super().__init__(
            _(
                "This slip is of %(village)s, and the batch is of a meeting of another village. Put it with the slips "
                "of its village.",
                village=village,
            )
        )


class NoSuchMeeting(DomainError):
    """The meeting was not counted, or is none of this survey."""

    code = "khong-co-cuoc-hop"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(
            _("Choose again which slips you key: the households of this meeting were not counted.")
        )


def meeting(session: Session, survey_id: str, typed: str) -> MeetingView | None:
    """The meeting that a form names; None for slips of no meeting. Raises NoSuchMeeting."""
    if not typed:
        return None
    found = next((one for one in meetings.counted(session, survey_id) if str(one.id) == typed), None)
    if found is None:
        raise NoSuchMeeting
    return found


def channel(door: Door, batch: MeetingView | None) -> Channel:
    """How a slip came that lies in this batch, or in none. Raises NotOfTheMeeting."""
    if batch is None:
        return Channel.PAPER_ENTRY
    if batch.unit_id != door.unit_id:
        raise NotOfTheMeeting(door.unit_name)
    return Channel.MEETING
