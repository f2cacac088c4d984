"""Tables of what two bodies agree on: requests and decisions, deputies, decisions signed by hand."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class Approval(Base):
    """An act that one body asked for and the other body decides on. Never edited after the decision."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("decision IN ('approved', 'refused', 'withdrawn')", name="decision_known"),
        # One open request for one act on one subject.
        Index(
            "uq_approvals_open",
            "subject",
            "act",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Like "fieldwork.publish"; the room that owns the act carries it out.
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    #: What the act needs besides its subject, like a new closing date.
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    requested_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    requested_body: Mapped[str] = mapped_column(String(12))
    #: The role in which the person asked, and below in which the other decided: the province may stand in.
    requested_as: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_as: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str] = mapped_column(String(500), default="")


class Deputyship(Base):
    """Somebody who decides is away and names who signs in their place, from one day to another."""

    __tablename__ = "deputyships"
    __table_args__ = (
        CheckConstraint("deputy_id <> user_id", name="somebody_else"),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    starts_on: Mapped[date]
    #: The last day, included.
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Set when either of the two ended it early.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeputisedAct(Base):
    """One side of a request, the asking or the deciding, that a deputy took in the place of somebody else."""

    __tablename__ = "deputised_acts"
    __table_args__ = (CheckConstraint("step IN ('request', 'decision')", name="step_known"),)

    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(10), primary_key=True)
    deputyship_id: Mapped[int] = mapped_column(ForeignKey("deputyships.id"))


class PaperSignature(Base):
    """A decision signed by hand: its scan, and the second person who compares it with the paper."""

    __tablename__ = "paper_signatures"
    __table_args__ = (
        CheckConstraint("decision IN ('approved', 'refused')", name="decision_known"),
        CheckConstraint("outcome IN ('confirmed', 'rejected', 'lapsed')", name="outcome_known"),
        CheckConstraint("checked_by <> uploaded_by", name="checked_by_another"),
        # One scan at a time waits for its second person.
        Index(
            "uq_paper_signatures_open",
            "approval_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), index=True)
    decision: Mapped[str] = mapped_column(String(10))
    #: Why not, as the paper says it; empty for an approval.
    reason: Mapped[str] = mapped_column(String(500))
    #: Who signed, as the paper names them; not necessarily somebody with an account.
    signer: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date]
    media_type: Mapped[str] = mapped_column(String(20))
    #: SHA-256 of the scan.
    digest: Mapped[str] = mapped_column(String(64))
    scan: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    uploaded_as: Mapped[str] = mapped_column(String(20))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Until when the second person may confirm.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: None while it waits.
    outcome: Mapped[str | None] = mapped_column(String(10))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why the second person did not confirm.
    remark: Mapped[str] = mapped_column(String(500), default="")
