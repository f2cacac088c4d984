"""Where results were posted, over what they were signed, and what communes say they will do."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import AppendOnly, Base, UtcDateTime

POSTING_TRIGGERS = AppendOnly("postings", "refuse_posting_change", "a posting on record never changes")


class Posting(Base):
    """A notice at one place. What turns out wrong, or is known later, is a further row that replaces this one."""

    __tablename__ = POSTING_TRIGGERS.table
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


class SignedOver(Base):
    """What was open when somebody signed a result all the same, and why. Rows are added and never changed."""

    __tablename__ = "signed_over"

    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), primary_key=True)
    #: Whether the second side said it, in agreeing; the first says it in asking.
    is_second: Mapped[bool] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), index=True)
    #: How many were open by the word of `open_points.OpenKind`.
    points: Mapped[dict[str, int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    said_by: Mapped[str] = mapped_column(String(40))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Pledge(Base):
    """What a commune says it will do after a result, in its own words; notices and the public page print it."""

    __tablename__ = "pledges"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(2000))
    saved_by: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostingPhoto(Base):
    """A photo of a notice where it hangs, given with one row of the record. Rows are added and never changed."""

    __tablename__ = "posting_photos"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "number"], ["postings.survey_id", "postings.number"]),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("evidence_files.digest"), primary_key=True)
