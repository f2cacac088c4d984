"""The half of an indicator that a commune declares: its use of information technology, with evidence, year by year.

The commune declares, the province accepts or sends back with a reason; nothing of it is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.criteria.findings import Declared
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.rulebooks.models import DeclarationFile, ItDeclaration
from survey_app.units.models import Unit

DECLARED = "rulebooks.declare"
DECIDED = "rulebooks.decide"


class NothingDeclared(DomainError):
    """There is no declaration of that commune and year."""

    code = "chua-khai"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("The commune has declared nothing for the year."))


class DeclarationDecided(DomainError):
    """What was decided on is not what is on record: somebody decided, or the commune declared again."""

    code = "da-co-nguoi-quyet-dinh"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody decided on this, or the commune declared again, after you opened the page. Look again."
            )
        )


class DeclaredWithoutEvidence(DomainError):
    """A declaration that nobody can look up."""

    code = "khai-thieu-minh-chung"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("Give an address, number and date of a document, or a file."))


class SentBackWithoutReason(DomainError):
    """A declaration was sent back without saying why."""

    code = "thieu-ly-do"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("Say what the commune has to change."))


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """One declaration and what became of it."""

    what: str
    evidence: str
    declared_at: datetime
    state: Declared
    #: Why it was sent back; "" else.
    reason: str
    decided_at: datetime | None
    #: SHA-256 of the file given with it, or None.
    digest: str | None


def of_year(session: Session, unit_path: str, year: int) -> Mapping[int, DeclarationView]:
    """By unit id, for every unit at or below the path that declared something; one statement."""
    is_same = (DeclarationFile.unit_id == ItDeclaration.unit_id) & (
        DeclarationFile.year == ItDeclaration.year
    )
    rows = session.execute(
        select(ItDeclaration, DeclarationFile.digest)
        .join(Unit, Unit.id == ItDeclaration.unit_id)
        .outerjoin(DeclarationFile, is_same)
        .where(Unit.path.startswith(unit_path, autoescape=True), ItDeclaration.year == year)
        .order_by(ItDeclaration.unit_id)
    )
    return {row.unit_id: _view(row, digest) for row, digest in rows}


def declare(
    session: Session,
    unit_id: int,
    year: int,
    *,
    what: str,
    evidence: str,
    digest: str | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Keep what the commune declares; the same again changes nothing, anything else waits for the province again.

    A file stays with it until another is given. Raises DeclaredWithoutEvidence.
    """
    row = db.hold(session, ItDeclaration, (unit_id, year))
    kept = db.hold(session, DeclarationFile, (unit_id, year))
    held = kept.digest if kept else None
    if not evidence.strip() and not (digest or held):
        raise DeclaredWithoutEvidence
    before = {"what": row.what, "evidence": row.evidence, "file": held} if row else {}
    changes = audit.changes(before, {"what": what, "evidence": evidence, "file": digest or held})
    if not changes:
        return
    if digest and digest != held:
        session.merge(DeclarationFile(unit_id=unit_id, year=year, digest=digest))
    row = row or ItDeclaration(unit_id=unit_id, year=year)
    row.what, row.evidence, row.declared_by, row.declared_at = what, evidence, actor, now
    row.decision, row.reason, row.decided_by, row.decided_at = None, "", None, None
    session.add(row)
    audit.record(session, actor, DECLARED, f"unit:{unit_id}", at=now, year=year, **changes)


def decide(
    session: Session,
    unit_id: int,
    year: int,
    *,
    is_accepted: bool,
    reason: str,
    seen: str,
    actor: str,
    now: datetime,
) -> None:
    """Accept or send back the declaration that was `seen` (`mark`). Raises what this module names."""
    row = db.hold(session, ItDeclaration, (unit_id, year))
    if row is None:
        raise NothingDeclared
    if row.decision is not None or mark(_view(row)) != seen:
        raise DeclarationDecided
    if not is_accepted and not reason.strip():
        raise SentBackWithoutReason
    row.decision = (Declared.ACCEPTED if is_accepted else Declared.SENT_BACK).value
    row.reason, row.decided_by, row.decided_at = reason, actor, now
    audit.record(
        session, actor, DECIDED, f"unit:{unit_id}", at=now, year=year, decision=row.decision, reason=reason
    )


def mark(declaration: DeclarationView) -> str:
    """By which a decision says what it is on."""
    return declaration.declared_at.isoformat()


def _view(row: ItDeclaration, digest: str | None = None) -> DeclarationView:
    state = Declared(row.decision) if row.decision else Declared.WAITING
    return DeclarationView(row.what, row.evidence, row.declared_at, state, row.reason, row.decided_at, digest)
