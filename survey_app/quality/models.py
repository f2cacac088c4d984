"""Tables of what asks to be compared: paradata counted at sealing, the back-check sample, drawn paper slips."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class SealedParadataRow(Base):
    """What was counted of answers and networks when they were sealed, apart from the seal; see `sealed_paradata`.

    `n` of `of`, of a village, or of the commune for F9. The row of F9 is there for every survey that was looked at.
    """

    __tablename__ = "sealed_signs"
    __table_args__ = (CheckConstraint("sign IN ('F5', 'F6', 'F9')", name="sign_known"),)

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[str] = mapped_column(String(2), primary_key=True)
    n: Mapped[int]
    of: Mapped[int]
    #: F5: the power of ten below which the chance lies; 0 for the others.
    rarity: Mapped[int]


class BackCheck(Base):
    """The back-check sample of a survey and what it was drawn from."""

    __tablename__ = "callbacks"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    size: Mapped[int]
    #: Ticked rows by village code when the sample was drawn. With the digest of the seal it gives the sample again.
    ticked: Mapped[dict[str, int]] = mapped_column(JSON)
    drawn_by: Mapped[str] = mapped_column(String(40))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BackCheckReplies(Base):
    """What the households of a back-check sample said, in counts. Triggers refuse changes."""

    __tablename__ = "callback_replies"

    survey_id: Mapped[str] = mapped_column(ForeignKey("callbacks.survey_id"), primary_key=True)
    #: Counts from 1: a correction is a further row, and the newest counts.
    number: Mapped[int] = mapped_column(primary_key=True)
    confirmed: Mapped[int]
    denied: Mapped[int]
    not_reached: Mapped[int]
    noted_by: Mapped[str] = mapped_column(String(40))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperComparison(Base):
    """What a signer or auditor found holding one drawn paper slip beside its keyed answers. Triggers refuse changes."""

    __tablename__ = "paper_comparisons"
    __table_args__ = (
        CheckConstraint("outcome IN ('matches', 'differs', 'not_found')", name="outcome_known"),
    )

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    leaf: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Counts from 1: a correction is a further row, and the newest counts.
    number: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(300))
    noted_by: Mapped[str] = mapped_column(String(40))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
