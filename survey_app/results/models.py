"""Tables of what is looked at after the seal, and of what is taken out of it."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class SealedSign(Base):
    """What was counted of answers and networks when they were sealed, apart from the seal; see `signs`.

    `n` of `of`, of a village, or of the commune for F9. The row of F9 is there for every survey that was looked at.
    """

    __tablename__ = "sealed_signs"
    __table_args__ = (CheckConstraint("sign IN ('F5', 'F6', 'F9')", name="sign_known"),)

    survey_id: Mapped[str] = mapped_column(String(4), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[str] = mapped_column(String(2), primary_key=True)
    n: Mapped[int]
    of: Mapped[int]
    #: F5: the power of ten below which the chance lies; 0 for the others.
    rarity: Mapped[int]


class Callback(Base):
    """The call-back sample of a survey and what it was drawn from."""

    __tablename__ = "callbacks"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    size: Mapped[int]
    #: Ticked rows by village code when the sample was drawn. With the digest of the seal it gives the sample again.
    ticked: Mapped[dict[str, int]] = mapped_column(JSON)
    drawn_by: Mapped[str] = mapped_column(String(40))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallbackReplies(Base):
    """What the households of a call-back sample said, in counts. Triggers refuse changes."""

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


class Posting(Base):
    """A notice at one place. What turns out wrong, or is known later, is a further row that replaces this one."""

    __tablename__ = "postings"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "replaces"], ["postings.survey_id", "postings.number"]),
        UniqueConstraint("survey_id", "replaces"),
        CheckConstraint("posted_until >= posted_from", name="ends_after_it_begins"),
        CheckConstraint("replaces < number", name="replaces_an_older_one"),
    )

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    #: A village that was asked, or the commune itself.
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    place: Mapped[str] = mapped_column(String(200))
    posted_from: Mapped[date]
    #: The day it was taken down, or was last seen hanging; None while nobody has said.
    posted_until: Mapped[date | None]
    #: The number of the row that this one replaces.
    replaces: Mapped[int | None]
    #: Why it replaces another; "" for a first row.
    reason: Mapped[str] = mapped_column(String(500))
    #: Whether this row says that there never was such a posting.
    is_withdrawn: Mapped[bool]
    recorded_by: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
