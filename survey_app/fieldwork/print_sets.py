"""Sets of slips: those of all villages of a survey that leave in one download, begun once and voided as one.

Codes are not kept, so a download that broke off cannot be taken up again: its slips are voided and a new set is made.
The page that asks names the set, so that a second press is known; one set is made at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import Select, and_, exists, func, select, update
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.errors import DomainError
from survey_app.fieldwork import batches
from survey_app.fieldwork.batches import Slips
from survey_app.fieldwork.models import (
    BEFORE_THE_END,
    IN_THE_FIELD,
    FrameRow,
    PrintBatch,
    PrintSet,
    PrintSetBatch,
    Progress,
    Purpose,
)
from survey_app.fieldwork.operations import hold, require_state
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore


class SetAlreadyBegun(DomainError):
    """The same press came twice, or another set of the survey is not finished."""

    code = "bo-phieu-da-lam"
    status = HTTPStatus.CONFLICT


class NothingToPrint(DomainError):
    """Every village has its slips."""

    code = "da-du-phieu"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing was made: every village has its slips already. To print some again, void them first; "
                "new slips have new codes."
            )
        )


class SetEnded(DomainError):
    """The set was voided while it was being made."""

    def __init__(self) -> None:
        super().__init__(_("This set was voided while it was being made."))


class SetInUse(DomainError):
    """Households may hold slips of the set, so one person alone does not void it."""

    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _(
                "Households of these villages have answered already, so slips of this set may have been handed out. "
                "Ask the other body to void the set."
            )
        )


@dataclass(frozen=True, slots=True)
class SetView:
    """A set as the page of papers shows it."""

    id: str
    begun_at: datetime
    #: Villages it was begun for, and those whose slips were made.
    villages: int
    made: int
    slips: int
    finished_at: datetime | None
    voided_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        """Whether its download is running or broke off."""
        return self.finished_at is None and self.voided_at is None


def sets(session: Session, survey_id: str) -> tuple[SetView, ...]:
    """Every set of the survey, newest first."""
    mine = and_(PrintSetBatch.survey_id == PrintSet.survey_id, PrintSetBatch.set_id == PrintSet.id)
    batch = and_(PrintBatch.survey_id == PrintSetBatch.survey_id, PrintBatch.id == PrintSetBatch.batch_id)
    made, slips = func.count(PrintBatch.id), func.coalesce(func.sum(PrintBatch.slips), 0)
    rows = session.execute(
        select(PrintSet, made, slips)
        .outerjoin(PrintSetBatch, mine)
        .outerjoin(PrintBatch, batch)
        .where(PrintSet.survey_id == survey_id)
        .group_by(PrintSet.survey_id, PrintSet.id)
        .order_by(PrintSet.begun_at.desc(), PrintSet.id)
    )
    return tuple(
        SetView(row.id, row.begun_at, row.villages, count, total, row.finished_at, row.voided_at)
        for row, count, total in rows
    )


def print_set(session: Session, survey_id: str, set_id: str) -> SetView:
    """One set. Raises SurveyNotFound."""
    found = next((item for item in sets(session, survey_id) if item.id == set_id), None)
    if found is None:
        raise SurveyNotFound
    return found


def of_request(session: Session, survey_id: str, payload: Mapping[str, object]) -> SetView | None:
    """The set that a request of two bodies is about; None for requests about something else."""
    asked = payload.get("print_set")
    return None if asked is None else print_set(session, survey_id, str(asked))


def begin(
    session: Session,
    survey_id: str,
    set_id: str,
    *,
    instead_of: str,
    spare_percent: int,
    actor: str,
    now: datetime,
) -> tuple[int, ...]:
    """Begin a set; the ids of the villages that lack slips. `instead_of` is an unfinished set to be voided first.

    Raises SetAlreadyBegun, NothingToPrint, SetInUse, and WrongState before publishing or after the phones closed.
    """
    survey = hold(session, survey_id)
    if survey.purpose != Purpose.DECISION:
        raise SurveyNotFound
    if session.get(PrintSet, (survey_id, set_id)) is not None:
        raise SetAlreadyBegun(
            _("Nothing was made a second time: this press came twice. The first download has all slips.")
        )
    if instead_of:
        _void_unfinished(session, survey_id, instead_of, actor=actor, now=now)
    if session.scalar(select(_unfinished(survey_id).exists())):
        raise SetAlreadyBegun(
            _(
                "Nothing was made: another download of this survey is running or broke off. Wait until it has "
                "ended, or void it as one and make the slips again."
            )
        )
    lacking = _lacking(session, survey_id, spare_percent)
    if not lacking:
        require_state(survey, *BEFORE_THE_END)
        raise NothingToPrint
    session.add(PrintSet(survey_id=survey_id, id=set_id, villages=len(lacking), begun_by=actor, begun_at=now))
    audit.record(
        session,
        actor,
        "fieldwork.begin_set",
        f"survey:{survey_id}",
        at=now,
        print_set=set_id,
        villages=len(lacking),
    )
    return lacking


def make_next(
    session: Session,
    survey_id: str,
    set_id: str,
    unit_id: int,
    *,
    spare_percent: int,
    actor: str,
    now: datetime,
    keys: KeyStore,
) -> Slips | None:
    """The slips that a village of the set lacks; None where it lacks none any more.

    The caller commits before the first byte of the village's files. Raises SetEnded when the set was voided meanwhile.
    """
    hold(session, survey_id)
    found = session.get_one(PrintSet, (survey_id, set_id))
    if found.voided_at is not None:
        raise SetEnded
    count = batches.slips_lacking(session, survey_id, unit_id, spare_percent)
    if count == 0:
        return None
    made = batches.make_slips(
        session, survey_id, unit_id, count, spare_percent=spare_percent, actor=actor, now=now, keys=keys
    )
    session.add(PrintSetBatch(survey_id=survey_id, batch_id=made.batch_id, set_id=set_id))
    return made


def finish(session: Session, survey_id: str, set_id: str, *, actor: str, now: datetime) -> None:
    """Note that the last byte of the set was sent. Raises SetEnded when it was voided meanwhile."""
    hold(session, survey_id)
    found = session.get_one(PrintSet, (survey_id, set_id))
    if found.voided_at is not None:
        raise SetEnded
    found.finished_at = now
    audit.record(session, actor, "fieldwork.finish_set", f"survey:{survey_id}", at=now, print_set=set_id)


def void(session: Session, survey_id: str, set_id: str, *, reason: str, actor: str, now: datetime) -> None:
    """Make the unspent codes of a whole set worthless. What was answered with them stays answered."""
    survey = hold(session, survey_id)
    require_state(survey, *IN_THE_FIELD)
    found = session.get(PrintSet, (survey_id, set_id))
    if found is None or found.voided_at is not None:
        raise SurveyNotFound
    found.voided_at = now
    session.execute(
        update(PrintBatch)
        .where(
            PrintBatch.survey_id == survey_id,
            PrintBatch.id.in_(_batches_of(survey_id, set_id)),
            PrintBatch.voided_at.is_(None),
        )
        .values(voided_at=now, void_reason=reason)
    )
    audit.record(
        session, actor, "fieldwork.void_set", f"survey:{survey_id}", at=now, print_set=set_id, reason=reason
    )


def _void_unfinished(session: Session, survey_id: str, set_id: str, *, actor: str, now: datetime) -> None:
    """Void a download that broke off, on the word of who makes it again: nobody can have answered with its slips."""
    if not session.scalar(select(_unfinished(survey_id).where(PrintSet.id == set_id).exists())):
        return
    villages = select(PrintBatch.unit_id).where(
        PrintBatch.survey_id == survey_id, PrintBatch.id.in_(_batches_of(survey_id, set_id))
    )
    answered = exists().where(
        Progress.survey_id == survey_id, Progress.unit_id.in_(villages), Progress.answered > 0
    )
    if session.scalar(select(answered)):
        raise SetInUse
    void(session, survey_id, set_id, reason=_("The download broke off."), actor=actor, now=now)
    session.flush()  # what counts as live is asked next


def _unfinished(survey_id: str) -> Select[str]:
    return select(PrintSet.id).where(
        PrintSet.survey_id == survey_id, PrintSet.finished_at.is_(None), PrintSet.voided_at.is_(None)
    )


def _batches_of(survey_id: str, set_id: str) -> Select[int]:
    return select(PrintSetBatch.batch_id).where(
        PrintSetBatch.survey_id == survey_id, PrintSetBatch.set_id == set_id
    )


def _lacking(session: Session, survey_id: str, spare_percent: int) -> tuple[int, ...]:
    """Villages that may have more slips now."""
    survey = hold(session, survey_id)
    asked = session.scalars(
        select(FrameRow.unit_id).where(FrameRow.survey_id == survey_id).order_by(FrameRow.unit_id)
    )
    return tuple(
        unit_id
        for unit_id in asked
        if survey.state in batches.making_states(session, survey_id, unit_id)
        and batches.slips_lacking(session, survey_id, unit_id, spare_percent) > 0
    )
