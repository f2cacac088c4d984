"""What people write themselves in the report of a survey; every figure beside it comes from the seal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.reporting.models import ReportNotes

SAVED = "reporting.notes"


@dataclass(frozen=True, slots=True)
class Notes:
    """How it was prepared, reasons and proposals as lines "tag: sentence", and the assessment."""

    preparation: str = ""
    reasons: str = ""
    assessment: str = ""

    @property
    def by_tag(self) -> Mapping[str, tuple[str, ...]]:
        """The sentences by the tag that a person put before them, in the order of first use; "" for no tag.

        >>> Notes(reasons="Môi trường: rác\\nĐường: hẹp\\nMôi trường: nước\\nkhác").by_tag
        {'Môi trường': ('rác', 'nước'), 'Đường': ('hẹp',), '': ('khác',)}
        """
        found: dict[str, tuple[str, ...]] = {}
        for line in filter(None, map(str.strip, self.reasons.splitlines())):
            tag, colon, said = line.partition(":")
            key, sentence = (tag.strip(), said.strip()) if colon and said.strip() else ("", line)
            found[key] = (*found.get(key, ()), sentence)
        return found


def notes_of(session: Session, survey_id: str) -> Notes:
    """What was written; nothing yet is three empty texts."""
    row = session.get(ReportNotes, survey_id)
    return Notes(row.preparation, row.reasons, row.assessment) if row else Notes()


def save(session: Session, survey_id: str, notes: Notes, *, actor: str, now: datetime) -> None:
    """Keep the texts; the audit log holds what they were and are, because the report prints them."""
    before = notes_of(session, survey_id)
    row = db.hold(session, ReportNotes, survey_id) or ReportNotes(survey_id=survey_id)
    row.preparation, row.reasons, row.assessment = notes.preparation, notes.reasons, notes.assessment
    row.saved_by, row.saved_at = actor, now
    session.add(row)
    changed = audit.changes(asdict(before), asdict(notes))
    audit.record(session, actor, SAVED, f"survey:{survey_id}", at=now, **changed)
