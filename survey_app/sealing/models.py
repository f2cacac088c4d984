"""Tables of what is final: tallies and the seal, and what leads up to it. Triggers refuse to change or delete them."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class TallyRow(Base):
    """Counts of one village and channel: a `scoring.tallies.Tally` as a document of integers."""

    __tablename__ = "tallies"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
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
    #: A `scoring.tallies.Tally`, and `numbers`: quartiles by question. The newest also has `texts`: handles of
    #: the texts that were there, by question.
    tally: Mapped[dict[str, object]] = mapped_column(JSON)


class ReceiptList(Base):
    """Totals of one village's paper receipt list, as the Front read them off; no name and no row of it."""

    __tablename__ = "receipt_lists"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_id"], ["frames.survey_id", "frames.unit_id"]),
        CheckConstraint(
            "issued >= 0 AND ticked >= 0 AND returned >= 0 AND voided >= 0", name="none_negative"
        ),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    #: Slips brought to the village.
    issued: Mapped[int]
    #: Rows ticked or signed: households that got a slip.
    ticked: Mapped[int]
    returned: Mapped[int]
    #: Slips spoilt and replaced.
    voided: Mapped[int]
    #: Filled slips that came back to be keyed; None while nobody has counted them.
    brought_back: Mapped[int | None]
    entered_by: Mapped[str] = mapped_column(String(40))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RefusedSeal(Base):
    """Why the minute job could not seal a survey when it last tried; gone once it could."""

    __tablename__ = "refused_seals"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    refused_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What contradicts itself, in Vietnamese; nothing of an answer.
    differences: Mapped[list[str]] = mapped_column(JSON)


class Recount(Base):
    """The last time that a sealed survey was counted again from its stored answers: in which night, and what came."""

    __tablename__ = "recounts"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR agrees IS NOT NULL", name="ended_with_outcome"),)

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    #: The civil day in Vietnam.
    night: Mapped[date]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: None while a job is at it, or was cut off.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Of the last recount that came to its end; None before the first.
    agrees: Mapped[bool | None]
