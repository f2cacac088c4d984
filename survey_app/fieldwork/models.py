"""Tables of one fielding: the survey, its frame, its slips by batch, and how many households answered."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime
from survey_app.scoring.paradata import Mode


class State(StrEnum):
    """How far a survey has come, in the order of the work; cancelled surveys, stored as annulled, stay on record."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPEN = "open"
    COUNTING = "counting"
    SEALED = "sealed"
    SIGNED = "signed"
    ANNULLED = "annulled"

    @property
    def is_before_the_end(self) -> bool:
        """Whether phones are open, or will be."""
        return self in BEFORE_THE_END

    @property
    def is_in_the_field(self) -> bool:
        """Whether villages have or get slips: published and not sealed yet."""
        return self in IN_THE_FIELD

    @property
    def takes_answers(self) -> bool:
        """Whether slips can still be answered, on paper alone once the phones are closed."""
        return self in TAKING_ANSWERS

    @property
    def has_seal(self) -> bool:
        """Whether its figures are final."""
        return self in WITH_SEAL

    @property
    def is_public(self) -> bool:
        """Whether everybody may know of it: published, and not annulled."""
        return self in PUBLIC

    @property
    def is_over(self) -> bool:
        """Whether nobody answers it any more."""
        return self in WITH_SEAL or self is State.ANNULLED


#: Phones are open, or will be.
BEFORE_THE_END = (State.PUBLISHED, State.OPEN)
#: Slips can be answered.
TAKING_ANSWERS = (State.OPEN, State.COUNTING)
#: Villages have or get slips: published and not sealed yet.
IN_THE_FIELD = (State.PUBLISHED, *TAKING_ANSWERS)
#: Figures are final.
WITH_SEAL = (State.SEALED, State.SIGNED)
#: Published, and not annulled.
PUBLIC = (*IN_THE_FIELD, *WITH_SEAL)


class Purpose(StrEnum):
    """A decision survey is scored and needs a code per household; a feedback survey is an open link, never scored."""

    DECISION = "decision"
    FEEDBACK = "feedback"

    @property
    def asks_households(self) -> bool:
        """Whether households of a frame answer, each with its code, instead of anybody by an open link."""
        match self:
            case Purpose.DECISION:
                return True
            case Purpose.FEEDBACK:
                return False
            case _:
                assert_never(self)

    @property
    def is_scored(self) -> bool:
        """Whether its result is a score of the unit."""
        match self:
            case Purpose.DECISION:
                return True
            case Purpose.FEEDBACK:
                return False
            case _:
                assert_never(self)


class Medium(StrEnum):
    """What an answer was given on: the two doors that officers know."""

    PHONE = "phone"
    PAPER = "paper"


class Channel(StrEnum):
    """How an answer came. MEETING is paper of a meeting's batch, marked when it is keyed; a phone there is a phone."""

    SELF_ONLINE = "self_online"
    ASSISTED = "assisted"
    PAPER_ENTRY = "paper_entry"
    MEETING = "meeting"

    @property
    def mode(self) -> Mode:
        """Who fills the answers in; who may send them, and what they are compared with, follows from this."""
        match self:
            case Channel.SELF_ONLINE:
                return Mode.SELF
            case Channel.ASSISTED:
                return Mode.HELPED
            case Channel.PAPER_ENTRY | Channel.MEETING:
                return Mode.KEYED
            case _:
                assert_never(self)

    @property
    def medium(self) -> Medium:
        """Whether it is a phone or paper; every count "by phone" and every rule for paper asks this."""
        match self.mode:
            case Mode.SELF | Mode.HELPED:
                return Medium.PHONE
            case Mode.KEYED:
                return Medium.PAPER
            case _ as unknown:
                assert_never(unknown)

    @property
    def is_of_meeting(self) -> bool:
        """Whether it came in a meeting's batch; minutes count it apart."""
        return self is Channel.MEETING

    @classmethod
    def on(cls, medium: Medium) -> tuple["Channel", ...]:
        """The channels of a medium, for statements."""
        return tuple(channel for channel in cls if channel.medium is medium)


def answers_on(medium: Medium, channels: Mapping[str, int]) -> int:
    """How many of the answers counted by channel were given on this medium."""
    return sum(count for channel, count in channels.items() if Channel(channel).medium is medium)


class SurveyNumber(Base):
    """Source of survey numbers: each is given once and never again, even when its draft is thrown away."""

    __tablename__ = "survey_numbers"
    __table_args__ = {"sqlite_autoincrement": True}

    number: Mapped[int] = mapped_column(primary_key=True)


class Survey(Base):
    """One fielding of one frozen instrument version in one commune. Its id is the number printed in its codes."""

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="window"),
        CheckConstraint("purpose IN ('decision', 'feedback')", name="purpose_known"),
        CheckConstraint("goal_percent BETWEEN 1 AND 100", name="goal_in_percent"),
        CheckConstraint(
            "state IN ('draft', 'published', 'open', 'counting', 'sealed', 'signed', 'annulled')",
            name="state_known",
        ),
    )

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    #: A rehearsal is marked THỬ on every page and paper and can never count.
    rehearsal: Mapped[bool] = mapped_column(default=False)
    #: Whether every paper slip is keyed by two persons, instead of one in ten.
    keyed_twice: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether the Front had confirmed the scored wording when the survey was published.
    confirmed: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    #: The Front's plan that orders this consultation.
    plan_number: Mapped[str] = mapped_column(String(60))
    plan_date: Mapped[date | None]
    #: Share of households that the plan strives for, in per cent; followed and never judged. None where it names none.
    goal_percent: Mapped[int | None]
    #: Where the open link of a feedback survey hangs, like "Trạm y tế xã"; "" for the whole commune.
    place: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    #: What recognition the commune aims at, a key of `authoring/data/levels.json`; "" where nobody said.
    level: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    #: What it is for, in the commune's words, shown before the form.
    aim: Mapped[str] = mapped_column(String(500))
    #: Whom villagers may call.
    contact: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When keying of paper ends; set when the phones close.
    counting_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phones_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Random path of /g/<link>; feedback surveys only.
    link: Mapped[str | None] = mapped_column(String(32), unique=True)
    #: Random path of the bundle covers' count pages.
    cover_token: Mapped[str] = mapped_column(String(32), unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(40))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Roles that published it in place of the commune's own bodies, with commas: of the province, or both Fronts where
    #: the commune was silent or refused.
    stand_ins: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    annulled_reason: Mapped[str | None] = mapped_column(String(500))
    #: The rule book in force when it was published, by key, version and digest; None while it is a draft.
    rulebook_key: Mapped[str | None] = mapped_column(String(60))
    rulebook_version: Mapped[int | None]
    rulebook_digest: Mapped[str | None] = mapped_column(String(64))
    #: False where nobody had chosen a rule book for the year, so that the default was pinned.
    rulebook_chosen: Mapped[bool | None]
    #: The document by which notices of its villages give counts, fixed at publishing; "" where they show bands.
    notice_number: Mapped[str] = mapped_column(String(100), default="", server_default=text("''"))
    notice_dated: Mapped[date | None]
    notice_body: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    #: What tells the survey's pepper from any other, written down when it was made; see `KeyStore.ensure_pepper`.
    pepper_mark: Mapped[str | None] = mapped_column(String(64))
    #: Set when the pepper was destroyed on purpose; until then a missing pepper is a fault.
    pepper_destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeCounts(Base):
    """One row for a province whose Front ever set that notices give counts; a number of "" stands for bands."""

    __tablename__ = "notice_counts"

    province_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(100))
    dated: Mapped[date | None]
    body: Mapped[str] = mapped_column(String(200))
    saved_by: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FrameRow(Base):
    """Households of one village that are asked, as the survey counts them now."""

    __tablename__ = "frames"
    __table_args__ = (CheckConstraint("households > 0", name="households_positive"),)

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    households: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date] = mapped_column(Date)


class SealedUnit(Base):
    """What the commune or a village of a sealed survey was called when it was sealed. Triggers refuse changes."""

    __tablename__ = "sealed_units"

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    old_unit: Mapped[str] = mapped_column(String(120))
    #: Kind, name and former unit together, as every page and paper prints them.
    printed: Mapped[str] = mapped_column(String(300))


class AbsentHouseholds(Base):
    """How many households of a village were away while they were asked, as its head said; see `absences`."""

    __tablename__ = "absent_households"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_id"], ["frames.survey_id", "frames.unit_id"]),
        CheckConstraint("households >= 0", name="none_negative"),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    households: Mapped[int]


class FrameCorrection(Base):
    """A correction of the frame after publishing: old and new number both stay and print."""

    __tablename__ = "frame_corrections"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_id"], ["frames.survey_id", "frames.unit_id"]),
        CheckConstraint("households > 0", name="households_positive"),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    households_before: Mapped[int]
    households: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_by: Mapped[str] = mapped_column(String(40))


class PrintBatch(Base):
    """Slips of one village made in one download; voided as a whole."""

    __tablename__ = "print_batches"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_id"], ["frames.survey_id", "frames.unit_id"]),
        CheckConstraint("slips > 0", name="slips_positive"),
    )

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    slips: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str | None] = mapped_column(String(500))


class PrintSet(Base):
    """The slips of all villages of a survey that leave in one download; voided as one when it broke off."""

    __tablename__ = "print_sets"
    __table_args__ = (CheckConstraint("villages > 0", name="villages_positive"),)

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    #: Made by the page that asks, so that a second press is known.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    villages: Mapped[int]
    begun_by: Mapped[str] = mapped_column(String(40))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When its last byte was sent; none while it is made and where it broke off.
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PrintSetBatch(Base):
    """A batch of slips that was made in a set."""

    __tablename__ = "print_set_batches"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "batch_id"], ["print_batches.survey_id", "print_batches.id"]),
        ForeignKeyConstraint(["survey_id", "set_id"], ["print_sets.survey_id", "print_sets.id"]),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    set_id: Mapped[str] = mapped_column(String(32))


class Meeting(Base):
    """A meeting of a village at which many may answer at once. Never changed: a mistake is withdrawn, announced again.

    Once it has begun, the households that were present are counted; paper of the meeting is keyed under this count.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_id"], ["frames.survey_id", "frames.unit_id"]),
        CheckConstraint("ends_at > starts_at", name="in_order"),
        CheckConstraint("present > 0", name="present_positive"),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200))
    announced_by: Mapped[str] = mapped_column(String(40))
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(40))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Households present, as counted there; None until somebody says it.
    present: Mapped[int | None]


class SlipRow(Base):
    """A code that may answer for its village. The code itself is nowhere; nothing says which household holds it."""

    __tablename__ = "slips"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    code_mac: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    unit_id: Mapped[int]
    print_batch: Mapped[int]


class VillageAnnulment(Base):
    """What households of a village answered was set aside, with its reason, and the village is asked again.

    Written once by two bodies, never changed.
    """

    __tablename__ = "village_annulments"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_id"], ["frames.survey_id", "frames.unit_id"]),
        CheckConstraint("round > 0", name="round_positive"),
        CheckConstraint("answers >= 0 AND slips >= 0", name="none_negative"),
    )

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    #: Which time of asking this ended: 1 for the first.
    round: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    #: Answers that do not count any more.
    answers: Mapped[int]
    #: Slips of the village whose batches were not void until then, used or not.
    slips: Mapped[int]
    annulled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))


class Progress(Base):
    """Households that answered, counted in the transaction that stores each answer."""

    __tablename__ = "progress"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(12), primary_key=True)
    answered: Mapped[int]


class HourlyProgress(Base):
    """The copy of `progress` that screens read, taken once an hour so that nobody can watch single answers arrive."""

    __tablename__ = "hourly_progress"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(12), primary_key=True)
    answered: Mapped[int]
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
