"""How a province's Front heads its papers, what comes back signed, and what people write in reports."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class PaperSettings(Base):
    """One row for a province whose Front changed anything; "" stands for what the product prints by itself."""

    __tablename__ = "paper_settings"

    province_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, autoincrement=False)
    #: With {unit}, which becomes the commune.
    committee: Mapped[str] = mapped_column(String(200))
    standing: Mapped[str] = mapped_column(String(100))
    #: With {village}.
    village_body: Mapped[str] = mapped_column(String(200))
    #: With {kind}, which becomes the letters of the kind of paper.
    number_pattern: Mapped[str] = mapped_column(String(60))
    #: The document that lays the papers out; "" while none is known, and every paper says so.
    layout_source: Mapped[str] = mapped_column(String(300))
    minutes_closing: Mapped[str] = mapped_column(String(1000))
    notice_closing: Mapped[str] = mapped_column(String(1000))
    report_closing: Mapped[str] = mapped_column(String(1000))
    #: Who gets the papers, one a line.
    receivers: Mapped[str] = mapped_column(String(1000))
    saved_by: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignedPaper(Base):
    """A paper that came back signed and stamped, or a photo of where it hangs. Rows are added and never changed."""

    __tablename__ = "signed_papers"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(20))
    #: SHA-256 of the file.
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_by: Mapped[str] = mapped_column(String(40))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportNotes(Base):
    """What people write themselves in the report of a survey: how it was prepared, what was said, what follows."""

    __tablename__ = "report_notes"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    preparation: Mapped[str] = mapped_column(String(4000))
    #: Lines "tag: sentence".
    reasons: Mapped[str] = mapped_column(String(8000))
    assessment: Mapped[str] = mapped_column(String(4000))
    saved_by: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
