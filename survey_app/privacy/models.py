"""Tables of what is taken out of stored answers, what keeps it there, and what people ask about their data."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class ErasurePermit(Base):
    """Leave to take something out of the sealed answers of a survey; never there after a commit. See `permits`."""

    __tablename__ = "erasure_permits"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)


class ErasingTries(Base):
    """The one row that says when erasing may ask for its locks again, after it found a table in use."""

    __tablename__ = "erasing_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: In a row, since it last succeeded.
    failures: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)


class TextReview(Base):
    """What the Front decided on one written opinion; nothing of the text and no time, which the audit log has."""

    __tablename__ = "text_reviews"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    question: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: SHA-256 over salt and text, in hexadecimal, as the answer's own leaf holds it.
    handle: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: One of `scoring.texts.DECISIONS`.
    decision: Mapped[str] = mapped_column(String(20))
    #: What the text is about, in a word or two of the Front; "" while nobody said.
    tag: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))


class DataRequest(Base):
    """What somebody asked about their personal data. Names nobody, unless the one who asked wanted it."""

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('access', 'correction', 'erasure', 'objection')", name="kind_known"),
        CheckConstraint("due_on > received_on", name="due_later"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the person who recorded it: the request is seen there and above.
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    #: How the office finds the person again: a number of its incoming mail, or what the person chose to leave.
    reference: Mapped[str] = mapped_column(String(200))
    received_on: Mapped[date]
    due_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DataRequestAnswer(Base):
    """What was answered. Never edited: a correction is a further answer."""

    __tablename__ = "data_request_answers"

    request_id: Mapped[int] = mapped_column(ForeignKey("data_requests.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(String(1000))
    answered_by: Mapped[str] = mapped_column(String(40))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Complaint(Base):
    """A complaint about a result. While one is open nothing that could answer it is destroyed."""

    __tablename__ = "complaints"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), index=True)
    note: Mapped[str] = mapped_column(String(500))
    opened_by: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How it was settled; None while it is open.
    outcome: Mapped[str | None] = mapped_column(String(500))
    closed_by: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PublicRemark(Base):
    """A remark of the public on a consultation (phản ánh, kiến nghị), sent by the form or brought to the commune."""

    __tablename__ = "public_remarks"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("(entered_by IS NULL) = (entered_for IS NULL)", name="entered_for_a_body"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"))
    #: Counted from 1 within the survey: what the one who sent it notes.
    number: Mapped[int]
    #: SHA-256 over the id that the page made and the text, in hexadecimal: sent twice is stored once.
    sent_as: Mapped[str] = mapped_column(String(64), unique=True)
    #: "" once it was taken out.
    text: Mapped[str] = mapped_column(String(2000))
    received_on: Mapped[date]
    #: The body (`access.Body`) whose officer entered it at the commune, and who; None from the public form.
    entered_for: Mapped[str | None] = mapped_column(String(10))
    entered_by: Mapped[str | None] = mapped_column(String(40))
    #: One of `results.public_remarks.DECISIONS`; None while the Front has not read it.
    decision: Mapped[str | None] = mapped_column(String(20))


class PublicRemarkAnswer(Base):
    """What was answered, by which body of which unit. Never edited: a correction is a further answer."""

    __tablename__ = "public_remark_answers"

    remark_id: Mapped[int] = mapped_column(ForeignKey("public_remarks.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(2000))
    #: The body (`access.Body`) that answers, and its unit; the person is for the log alone.
    body: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    answered_by: Mapped[str] = mapped_column(String(40))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
