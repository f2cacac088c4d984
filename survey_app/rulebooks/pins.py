"""The rule book a survey was published under: pinned by key, version and digest, and read back for good.

A year may be reported against another book later; what was pinned stays what the survey was asked under.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from survey_app.criteria import framework_document
from survey_app.criteria.frameworks import Framework
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.questions.instrument import Text
from survey_app.rulebooks import operations, queries
from survey_app.rulebooks.models import FrameworkVersion


class PinnedBookMissing(DomainError):
    """The rule book that a survey pinned is not on record any more, or does not say any more what it said."""

    code = "khung-da-ghim-khong-con"
    status = HTTPStatus.CONFLICT

    def __init__(self, pin: "Pin") -> None:
        super().__init__(
            _(
                "Rule book %(key)s, version %(version)s, is not on record as it was when the survey was published. "
                "An operator must restore it before verdicts are given.",
                key=pin.key,
                version=pin.version,
            )
        )


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a rule book. `is_chosen` is False where it applied as the default, chosen by nobody."""

    key: str
    version: int
    #: SHA-256 over the canonical JSON of the document on record.
    digest: str
    is_chosen: bool

    def is_of(self, framework: Framework) -> bool:
        """Whether that is the rule book pinned; versions on record never change."""
        return (self.key, self.version) == (framework.key, framework.version)


@dataclass(frozen=True, slots=True)
class PinnedBook:
    """The rule book behind a pin; `document` is what its digest is over."""

    pin: Pin
    framework: Framework
    document: Mapping[str, object]


def take(
    session: Session,
    province_unit_id: int,
    year: int,
    *,
    wanted: tuple[str, int] | None = None,
    now: datetime,
) -> Pin:
    """The pin of the rule book that is wanted, by key and version, or else of the one in force for the year.

    It is on record from now on. Raises FrameworkNotFound.
    """
    found, is_chosen = _wanted(session, province_unit_id, year, wanted)
    framework = operations.keep(session, found, now=now)
    row = session.get_one(FrameworkVersion, (framework.key, framework.version))
    return Pin(row.key, row.version, framework_document.document_digest(row.document), is_chosen)


def pinned(session: Session, pin: Pin) -> PinnedBook:
    """The rule book as it was pinned. Raises PinnedBookMissing."""
    row = session.get(FrameworkVersion, (pin.key, pin.version))
    if row is None or framework_document.document_digest(row.document) != pin.digest:
        raise PinnedBookMissing(pin)
    return PinnedBook(pin, framework_document.load(row.document), row.document)


@dataclass(frozen=True, slots=True)
class NamedBook:
    """A rule book as pages and papers name it."""

    title: Text
    version: int
    is_chosen: bool


def named(session: Session, pins: Iterable[Pin]) -> Mapping[Pin, NamedBook]:
    """How pinned rule books are named, in one statement; one that is gone is named by its key."""
    wanted = set(pins)
    rows = session.scalars(
        select(FrameworkVersion)
        .where(
            tuple_(FrameworkVersion.key, FrameworkVersion.version).in_({(p.key, p.version) for p in wanted})
        )
        .order_by(FrameworkVersion.key, FrameworkVersion.version)
    )
    found = (
        {(row.key, row.version): framework_document.load(row.document).title for row in rows}
        if wanted
        else {}
    )
    return {
        pin: NamedBook(found.get((pin.key, pin.version), {"vi": pin.key}), pin.version, pin.is_chosen)
        for pin in wanted
    }


def coming(
    session: Session, province_unit_id: int, year: int, *, wanted: tuple[str, int] | None
) -> NamedBook:
    """The rule book that publishing would pin now. Raises FrameworkNotFound."""
    framework, is_chosen = _wanted(session, province_unit_id, year, wanted)
    return NamedBook(framework.title, framework.version, is_chosen)


def _wanted(
    session: Session, province_unit_id: int, year: int, wanted: tuple[str, int] | None
) -> tuple[Framework, bool]:
    """The rule book, and whether somebody chose it."""
    if wanted is not None:
        return queries.version(session, *wanted), True
    in_force = queries.in_force(session, province_unit_id, year)
    return in_force.framework, in_force.is_chosen
