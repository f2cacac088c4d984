"""Tables of what is final: sealed answers, tallies, the seal. Triggers refuse to change or delete them."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.collecting.models import SealedResponse
from survey_app.db import Base, UtcDateTime

__all__ = ["FeedbackFigure", "Seal", "SealedResponse", "TallyRow"]


class TallyRow(Base):
    """Counts of one village and channel: a `scoring.tallies.Tally` as a document of integers."""

    __tablename__ = "tallies"

    survey_id: Mapped[str] = mapped_column(String(4), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(12), primary_key=True)
    tally: Mapped[dict[str, object]] = mapped_column(JSON)


class Seal(Base):
    """The end of counting: what was counted, its digest and the server's signature."""

    __tablename__ = "seals"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_by: Mapped[str] = mapped_column(String(40))
    #: The commune's result, the frame, and what binds answers and tallies; no counts of a village.
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    #: Keeps the village tallies behind their hash in `document` from being guessed; for the auditor alone.
    salt: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the document's canonical JSON, in hexadecimal.
    digest: Mapped[str] = mapped_column(String(64))
    #: Ed25519 by the server's key over the bytes of the digest, in hexadecimal.
    signature: Mapped[str] = mapped_column(String(128))


class FeedbackFigure(Base):
    """A feedback survey's figures, refreshed once a day and only after ten new answers."""

    __tablename__ = "feedback_figures"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    #: The civil day in Vietnam on which they were counted.
    day: Mapped[date] = mapped_column(primary_key=True)
    tally: Mapped[dict[str, object]] = mapped_column(JSON)
