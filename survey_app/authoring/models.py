"""The table of instruments: drafts that people edit and versions that are frozen."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class InstrumentRecord(Base):
    """One version of one instrument. Frozen means: document and digest never change again."""

    __tablename__ = "instruments"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        CheckConstraint("(frozen_at IS NULL) = (digest IS NULL)", name="frozen_has_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    #: A `questions.document`, possibly with problems while it is a draft.
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Owner; None for the shipped library, which everybody may use and nobody edits.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    #: Id of the frozen template whose scored wording this one must keep in a decision survey.
    #: None: started from nothing, or let go of its template.
    template_id: Mapped[int | None] = mapped_column(ForeignKey("instruments.id"))
    #: Counts edits; an edit of an older revision is refused, and the second editor told.
    revision: Mapped[int] = mapped_column(default=1)
    edited_by: Mapped[str] = mapped_column(String(40))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str | None] = mapped_column(String(64))
    #: The Front's confirmation of the wording: its document's number and date, who recorded it.
    confirmed_number: Mapped[str | None] = mapped_column(String(60))
    confirmed_on: Mapped[date | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(40))
