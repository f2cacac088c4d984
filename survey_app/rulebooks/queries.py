"""What the province keeps on record: the rule book of a year, services offered, and earlier recognitions.

Reads the shipped files beside the table, so that a fresh database already has a rule book. Judges nothing:
`criteria` does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.criteria import framework_document
from survey_app.criteria.frameworks import Framework, RequirementKind
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.rulebooks.models import EarlierRecognition, FrameworkVersion, ServiceTick, YearFramework
from survey_app.rulebooks.packaged import packaged
from survey_app.units.models import Unit

#: The essential services of Decision 924/QĐ-TTg of 2 August 2022, in its order.
SERVICES = ("health", "education", "community_supervision", "security", "environment", "culture")

#: Years that a report can be about; addresses with others lead nowhere.
YEARS = range(2016, 2101)

#: Recorded as the author of a version that came with the product.
PACKAGE = "package"


class FrameworkNotFound(DomainError):
    """No rule book of that key and version is on record."""

    code = "khong-co-khung"
    status = HTTPStatus.NOT_FOUND


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """One version of a rule book, and who put it on record; a shipped file has no moment."""

    framework: Framework
    recorded_by: str
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class InForce:
    """The rule book of one year. `is_chosen` is False while it is only the default."""

    framework: Framework
    is_chosen: bool
    #: A later version of the same key than the one chosen, or None.
    newer_version: int | None


@dataclass(frozen=True, slots=True)
class ServiceNote:
    """One essential service a unit says it offers online, and where."""

    service: str
    note: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """A unit found to meet an indicator by an earlier decision."""

    unit_id: int
    indicator: str
    year: int
    decision_number: str
    decided_on: date


def framework_for(session: Session, province_unit_id: int, year: int) -> Framework:
    """The rule book the province reports `year` against. Raises FrameworkNotFound when there is none."""
    return in_force(session, province_unit_id, year).framework


def in_force(session: Session, province_unit_id: int, year: int) -> InForce:
    """The rule book chosen for the year, or the default. Raises FrameworkNotFound.

    The default is the newest one that is no demonstration, asks for a consultation, and whose period holds a day of the
    year; failing that, the newest one that is no demonstration and asks for a consultation.
    """
    newest = newest_versions(session)
    row = session.get(YearFramework, (province_unit_id, year))
    if row is None:
        return InForce(_default(newest, year), is_chosen=False, newer_version=None)
    chosen = version(session, row.framework_key, row.framework_version)
    latest = max((view.framework.version for view in newest if view.framework.key == chosen.key), default=0)
    return InForce(chosen, is_chosen=True, newer_version=latest if latest > chosen.version else None)


def newest_versions(session: Session) -> tuple[FrameworkView, ...]:
    """The newest version of every rule book: demonstrations last, then the latest period first."""
    rows = session.scalars(select(FrameworkVersion).order_by(FrameworkVersion.key, FrameworkVersion.version))
    shipped = {book.key: FrameworkView(book, PACKAGE, None) for book in packaged()}
    newest = shipped | {row.key: _view(row) for row in rows}
    for key, view in shipped.items():
        on_record = newest[key]
        is_older = on_record.framework.version < view.framework.version
        if on_record.recorded_by == PACKAGE and is_older:  # an update of the product not on record yet
            newest[key] = view
    return tuple(sorted(newest.values(), key=_by_use))


def newest(session: Session, key: str) -> Framework:
    """The newest version of one rule book. Raises FrameworkNotFound."""
    for view in newest_versions(session):
        if view.framework.key == key:
            return view.framework
    raise FrameworkNotFound(_("There is no such rule book on record."))


def version(session: Session, key: str, number: int) -> Framework:
    """One version of one rule book. Raises FrameworkNotFound."""
    row = session.get(FrameworkVersion, (key, number))
    if row is not None:
        return _view(row).framework
    for book in packaged():
        if (book.key, book.version) == (key, number):
            return book
    raise FrameworkNotFound(_("There is no such rule book on record."))


def versions_of(session: Session, key: str) -> tuple[FrameworkView, ...]:
    """Every recorded version of one rule book, oldest first."""
    rows = select(FrameworkVersion).where(FrameworkVersion.key == key).order_by(FrameworkVersion.version)
    return tuple(_view(row) for row in session.scalars(rows))


def service_ticks(session: Session, province_path: str, year: int) -> Mapping[int, tuple[ServiceNote, ...]]:
    """Services by unit id, in the order of the decision; units that ticked none are absent."""
    rows = session.scalars(
        select(ServiceTick)
        .join(Unit, Unit.id == ServiceTick.unit_id)
        .where(Unit.path.startswith(province_path, autoescape=True), ServiceTick.year == year)
        .order_by(ServiceTick.unit_id, ServiceTick.service)
    )
    found: defaultdict[int, list[ServiceNote]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: SERVICES.index(row.service)):
        found[row.unit_id].append(ServiceNote(row.service, row.note))
    return {unit_id: tuple(notes) for unit_id, notes in found.items()}


def earlier(session: Session, province_path: str, year: int, indicator: str) -> Mapping[int, Recognition]:
    """The latest recognition of each unit for the indicator, decided in `year` or before, by unit id."""
    found = (
        one for one in recognitions(session, province_path) if one.indicator == indicator and one.year <= year
    )
    return {one.unit_id: one for one in sorted(found, key=lambda one: one.decided_on)}


def recognitions(session: Session, province_path: str) -> tuple[Recognition, ...]:
    """Every earlier recognition below the path, newest first."""
    rows = session.scalars(
        select(EarlierRecognition)
        .join(Unit, Unit.id == EarlierRecognition.unit_id)
        .where(Unit.path.startswith(province_path, autoescape=True))
        .order_by(
            EarlierRecognition.decided_on.desc(), EarlierRecognition.unit_id, EarlierRecognition.indicator
        )
    )
    return tuple(
        Recognition(row.unit_id, row.indicator, row.year, row.decision_number, row.decided_on) for row in rows
    )


def indicators(framework: Framework) -> tuple[str, ...]:
    """The indicators the rule book has conditions on, in its order."""
    return tuple(dict.fromkeys(requirement.indicator for requirement in framework.requirements))


def _view(row: FrameworkVersion) -> FrameworkView:
    return FrameworkView(framework_document.load(row.document), row.recorded_by, row.recorded_at)


def _by_use(view: FrameworkView) -> tuple[bool, int, str]:
    return view.framework.demo, -view.framework.period_from.toordinal(), view.framework.key


def _default(newest: Iterable[FrameworkView], year: int) -> Framework:
    known = [view.framework for view in newest if not view.framework.demo]
    # One that asks for no consultation yet cannot be reported against before somebody chose it.
    real = [book for book in known if book.asks(RequirementKind.CONSULTATION_EVENT)] or known
    for book in real:
        if book.holds(year):
            return book
    if not real:
        raise FrameworkNotFound(_("No rule book is on record. Please load one first."))
    return real[0]
