"""A consultation that a commune held on paper outside this product: its counts with the scan of its minutes, apart.

It is read beside the province's sums and never added to them: it has no codes, no seal and no answer by phone, so it is
no consultation held online and meets nothing that asks for one. A correction is a further row, and the newest counts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import attachments, audit
from survey_app.accounts import queries as accounts
from survey_app.campaigns.models import OutsideConsultation
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.scoring.rates import Rate, rate
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView

ENTERED = "campaigns.enter_outside"


class NoScan(DomainError):
    """The file is not a whole PDF, PNG or JPEG, or is too large."""

    code = "khong-phai-ban-quet-bien-ban"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is not a whole PDF, PNG or JPEG of up to 5 MB, whatever its name says. Scan the paper again."
            )
        )


class NothingOutside(DomainError):
    """There is no such entry of the commune and year."""

    code = "khong-co-dot-giay-ngoai"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such consultation on record."))


@dataclass(frozen=True, slots=True)
class OutsideCounts:
    """What the minutes say. Counts are of households; answers are those to scored items, None where none are given."""

    held_from: date
    held_until: date
    document: str
    households: int
    answered: int
    valid: int
    satisfied: int | None = None
    possible: int | None = None

    @property
    def coverage(self) -> Rate | None:
        """Households that answered of those asked."""
        return rate(self.answered, self.households)

    @property
    def pooled(self) -> Rate | None:
        """Satisfied answers of those possible, where the minutes give them."""
        return rate(self.satisfied, self.possible or 0) if self.satisfied is not None else None


@dataclass(frozen=True, slots=True)
class OutsideView:
    """One entry."""

    unit: UnitView
    year: int
    number: int
    counts: OutsideCounts
    digest: str
    media_type: str
    #: The name of the person.
    entered_by: str
    entered_at: datetime


def of_year(session: Session, path: str, year: int) -> tuple[OutsideView, ...]:
    """The newest entry of each commune at or below a path, by name."""
    last = (
        select(OutsideConsultation.unit_id, func.max(OutsideConsultation.number).label("number"))
        .where(OutsideConsultation.year == year)
        .group_by(OutsideConsultation.unit_id)
        .subquery()
    )
    rows = session.scalars(
        select(OutsideConsultation)
        .join(
            last,
            (last.c.unit_id == OutsideConsultation.unit_id) & (last.c.number == OutsideConsultation.number),
        )
        .join(Unit, Unit.id == OutsideConsultation.unit_id)
        .where(OutsideConsultation.year == year, Unit.path.startswith(path, autoescape=True))
        .order_by(OutsideConsultation.unit_id)
    ).all()
    return tuple(sorted(_views(session, rows), key=lambda one: one.unit.in_order))


def history(session: Session, unit_id: int, year: int) -> tuple[OutsideView, ...]:
    """Every entry of a commune and year, the newest first."""
    rows = session.scalars(
        select(OutsideConsultation)
        .where(OutsideConsultation.unit_id == unit_id, OutsideConsultation.year == year)
        .order_by(OutsideConsultation.number.desc())
    ).all()
    return tuple(_views(session, rows))


def enter(
    session: Session,
    unit: UnitView,
    year: int,
    counts: OutsideCounts,
    scan: bytes,
    *,
    actor: str,
    now: datetime,
) -> int:
    """Keep what the minutes say, with their scan; the number of the entry. Raises NoScan."""
    media_type = attachments.media_type(scan)
    if media_type is None:
        raise NoScan
    registering.hold(session, [unit.id])
    last = session.scalar(
        select(func.max(OutsideConsultation.number)).where(
            OutsideConsultation.unit_id == unit.id, OutsideConsultation.year == year
        )
    )
    digest, number = hashlib.sha256(scan).hexdigest(), (last or 0) + 1
    session.add(
        OutsideConsultation(
            unit_id=unit.id, year=year, number=number, held_from=counts.held_from, held_until=counts.held_until,
            document=counts.document, households=counts.households, answered=counts.answered, valid=counts.valid,
            satisfied=counts.satisfied, possible=counts.possible, media_type=media_type, digest=digest, content=scan,
            entered_by=actor, entered_at=now,
        )
    )  # fmt: skip
    audit.record(
        session, actor, ENTERED, f"unit:{unit.id}", at=now, year=year, number=number, document=counts.document,
        households=counts.households, answered=counts.answered, valid=counts.valid, digest=digest,
    )  # fmt: skip
    return number


def scan_of(session: Session, unit_id: int, year: int, number: int) -> tuple[str, bytes]:
    """Media type and bytes of a scan. Raises NothingOutside."""
    row = session.get(OutsideConsultation, (unit_id, year, number))
    if row is None:
        raise NothingOutside
    return row.media_type, row.content


def _views(session: Session, rows: Iterable[OutsideConsultation]) -> list[OutsideView]:
    found = list(rows)
    names = accounts.names_of(session, {row.entered_by for row in found})
    places = units.units(session, {row.unit_id for row in found})
    return [
        OutsideView(
            places[row.unit_id], row.year, row.number,
            OutsideCounts(
                row.held_from, row.held_until, row.document, row.households, row.answered, row.valid, row.satisfied,
                row.possible,
            ),
            row.digest, row.media_type, names[row.entered_by], row.entered_at,
        )
        for row in found
    ]  # fmt: skip
