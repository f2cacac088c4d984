"""Tables of the province's year: a campaign, the days by which each step is to be done, and the communes it is for."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class Campaign(Base):
    """A plan of the province or its Front, opened for many communes in one step."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="window"),
        UniqueConstraint("province_id", "year", "title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    province_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    #: The year in which the phones close.
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    plan_number: Mapped[str] = mapped_column(String(60))
    plan_date: Mapped[date | None]
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(40))
    #: The rule book that its surveys are published under; None for the one that the province chose for the year.
    rulebook_key: Mapped[str | None] = mapped_column(String(60))
    rulebook_version: Mapped[int | None]


class CampaignDeadline(Base):
    """The last day for one step."""

    __tablename__ = "campaign_deadlines"
    __table_args__ = (
        CheckConstraint(
            "step IN ('households', 'approved', 'printed', 'sealed', 'signed', 'posted')", name="step_known"
        ),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[date]


class CampaignCommune(Base):
    """A commune of a campaign with what it aims at. Numbers of surveys stay here when their drafts are thrown away."""

    __tablename__ = "campaign_communes"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    #: What recognition it aims at; the form was chosen by it.
    level: Mapped[str] = mapped_column(String(20))
    #: The survey drafted for it, or the one it had already.
    survey_id: Mapped[str] = mapped_column(String(10))
    #: Whether that survey was there before the campaign.
    had_one: Mapped[bool]
    #: The rehearsal drafted beside it; "" for none.
    rehearsal_id: Mapped[str] = mapped_column(String(10))


class Appraisal(Base):
    """One thing said of a signed result when it was appraised. Rows are added and never changed."""

    __tablename__ = "appraisals"
    __table_args__ = (CheckConstraint("step IN ('accepted', 'changes', 'answered')", name="step_known"),)

    survey_id: Mapped[str] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    #: Counted from 1 within the survey: of two who decide at once the second finds it taken.
    number: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(10))
    #: What has to change, why an open point was passed over, or what the commune did; "" where nothing was open.
    reason: Mapped[str] = mapped_column(String(1000))
    #: How many were open, by kind.
    points: Mapped[dict[str, int]] = mapped_column(JSON)
    #: Whether several were accepted in one step.
    together: Mapped[bool]
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutsideConsultation(Base):
    """Counts of a consultation held on paper outside, with the scan of its minutes. Rows are added, never changed."""

    __tablename__ = "outside_consultations"
    __table_args__ = (
        CheckConstraint("held_until >= held_from", name="days_in_order"),
        CheckConstraint(
            "0 <= valid AND valid <= answered AND answered <= households", name="counts_in_order"
        ),
        CheckConstraint("(satisfied IS NULL) = (possible IS NULL)", name="both_or_none"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    held_from: Mapped[date]
    held_until: Mapped[date]
    #: Number and date of the minutes.
    document: Mapped[str] = mapped_column(String(200))
    households: Mapped[int]
    answered: Mapped[int]
    valid: Mapped[int]
    #: Satisfied answers and possible ones, over all items, where the minutes give them.
    satisfied: Mapped[int | None]
    possible: Mapped[int | None]
    media_type: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    entered_by: Mapped[str] = mapped_column(String(40))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
