"""Where results were posted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


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
