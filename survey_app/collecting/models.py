"""Tables of answers. Spent codes and responses share no key, no time and no order."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class SpentCode(Base):
    __tablename__ = "spent_codes"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    code_mac: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class ResponseColumns:
    """One household's answers: no person, address, agent, language, day or time."""

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: The uuid4 the client made.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: The village, or the commune for feedback.
    unit_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    #: Question key → value; a free text as {"text", "salt"}. See `stored`.
    answers: Mapped[dict[str, object]] = mapped_column(JSON)
    leaf: Mapped[str] = mapped_column(String(64))


class Response(ResponseColumns, Base):
    """An answer of a survey that is not sealed yet."""

    __tablename__ = "responses"
    __table_args__ = {"sqlite_with_rowid": False}


class SealedResponse(ResponseColumns, Base):
    """A response moved here in random order when its survey was sealed.

    Triggers refuse to change or delete it, but for redaction and retention.
    """

    __tablename__ = "sealed_responses"
    __table_args__ = {"sqlite_with_rowid": False}


class AnnulledResponse(ResponseColumns, Base):
    """A response of a village whose answers were annulled, moved here in random order: on record, never counted.

    Triggers refuse to change or delete it, but for redaction and retention.
    """

    __tablename__ = "annulled_responses"
    __table_args__ = {"sqlite_with_rowid": False}


class RetainedLeaf(Base):
    """The leaf of an answer that retention removed: the receipt is still found, the list still checked."""

    __tablename__ = "retained_leaves"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    leaf: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Whether the answer was annulled with its village and so is in the list of those that do not count.
    annulled: Mapped[bool] = mapped_column(server_default=false())


class InvalidPaper(Base):
    """Why paper slips of a village were found invalid: counts by reason, tied to no slip."""

    __tablename__ = "invalid_papers"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(30), primary_key=True)
    slips: Mapped[int]


class KeyingWay(StrEnum):
    """How a paper slip was keyed."""

    #: The numbers of what is not satisfied or blank; the rest is satisfied.
    EXCEPTIONS = "exceptions"
    DIGITS = "digits"
    SCAN = "scan"


class PaperSlip(Base):
    """The code of a paper slip that came to be keyed, encrypted under the survey's pepper, and the leaf of its answer.

    After the seal the drawn slips alone; see `paper`.
    """

    __tablename__ = "paper_slips"
    __table_args__ = (
        CheckConstraint("way IN ('exceptions', 'digits', 'scan')", name="way_known"),
        CheckConstraint("(leaf IS NULL) = (way IS NULL)", name="keyed_some_way"),
        {"sqlite_with_rowid": False},
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    slip: Mapped[bytes] = mapped_column(LargeBinary(64), primary_key=True)
    unit_id: Mapped[int]
    #: None where its household had answered by phone.
    leaf: Mapped[str | None] = mapped_column(String(64))
    way: Mapped[str | None] = mapped_column(String(10))


class DeskCounter(Base):
    """Paper slips of a village that came to be keyed, in counts by what became of them; tied to no slip."""

    __tablename__ = "desk_counters"
    __table_args__ = (
        CheckConstraint("outcome IN ('exceptions', 'digits', 'scan', 'by_phone')", name="outcome_known"),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    #: The way it was keyed, or "by_phone" where its household had answered by phone.
    outcome: Mapped[str] = mapped_column(String(10), primary_key=True)
    slips: Mapped[int]


class PaperKeyer(Base):
    """Who has keyed paper of a village: who did does not key its slips a second time. Tied to no slip."""

    __tablename__ = "paper_keyers"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True)


class HeldSlip(Base):
    """A clerk's slip that can still be mended, or what became of the one before; see `held`.

    `content` is encrypted under the survey's pepper: no column joins a code, an answer or a submission id to anybody.
    """

    __tablename__ = "held_slips"
    __table_args__ = {"sqlite_with_rowid": False}

    user_id: Mapped[int] = mapped_column(primary_key=True)
    #: "held" or "last".
    place: Mapped[str] = mapped_column(String(4), primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(10))
    #: When its minute began; None once it is no longer held.
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ScannedSlip(Base):
    """A scanned slip that waits for its clerk's look, counted nowhere; see `scanned`.

    What was read and the picture are encrypted under the survey's pepper, and gone once the clerk has decided.
    """

    __tablename__ = "scanned_slips"
    __table_args__ = (
        UniqueConstraint("survey_id", "mark", name="uq_scanned_slips_mark"),
        {"sqlite_with_rowid": False},
    )

    #: A uuid4: nothing follows from it.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int]
    #: The order of the stack.
    place: Mapped[int]
    #: Whether a line, or the code, is for a person to decide.
    doubtful: Mapped[bool]
    #: What tells a slip from another without saying which it is; None while its code is not known.
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes] = mapped_column(LargeBinary)


class SecondKeyingRow(Base):
    """Whether a paper slip, keyed again without seeing the first keying, says what is stored; never by whom or when.

    Rewritten in random order at sealing; then triggers refuse to add, change or delete one.
    """

    __tablename__ = "second_keyings"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    leaf: Mapped[str] = mapped_column(String(64), primary_key=True)
    unit_id: Mapped[int]
    differs: Mapped[bool]


class TenMinuteCounter(Base):
    """How many households of a village answered by phone in ten minutes, tied to no answer; see `paradata`."""

    __tablename__ = "activity_counters"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    #: The first moment of the ten minutes.
    ten_minutes: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    #: Whether they were sent faster than anybody reads, or without having opened the form.
    fast: Mapped[bool] = mapped_column(primary_key=True)
    answers: Mapped[int]


class NetworkCounter(Base):
    """How many own phones of a village answered from which of 64 groups of networks, until sealing; see `networks`.

    One row for all groups of a village: the number of the transaction that wrote it last names no group.
    """

    __tablename__ = "network_counters"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[list[int]] = mapped_column(JSON)
