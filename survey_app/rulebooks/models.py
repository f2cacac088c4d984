"""Tables of the rule books: frameworks by version, services ticked, findings made earlier; targets with figures."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class FrameworkVersion(Base):
    """One version of a framework document; a change is a new version, so that a pinned one stays readable."""

    __tablename__ = "framework_versions"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(40))


class YearFramework(Base):
    """Which framework the province reports a year against."""

    __tablename__ = "year_frameworks"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    framework_key: Mapped[str] = mapped_column(String(60))
    framework_version: Mapped[int]


class ServiceTick(Base):
    """An essential service that a unit says it offers online (Decision 924/QĐ-TTg of 2 August 2022)."""

    __tablename__ = "service_ticks"
    __table_args__ = (
        CheckConstraint(
            "service IN "
            "('health', 'education', 'community_supervision', 'security', 'environment', 'culture')",
            name="service_known",
        ),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(String(30), primary_key=True)
    note: Mapped[str] = mapped_column(String(500))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(40))


class EarlierRecognition(Base):
    """A commune found to meet an indicator before, by a decision with number and date."""

    __tablename__ = "earlier_recognitions"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    decision_number: Mapped[str] = mapped_column(String(60))
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(40))


class ItDeclaration(Base):
    """What a commune declares of its use of information technology in a year, and what the province decided on it."""

    __tablename__ = "it_declarations"
    __table_args__ = (
        CheckConstraint("decision IN ('accepted', 'sent_back')", name="decision_known"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_with_its_moment"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(2000))
    #: Where it can be looked up: an address, or the number of a document.
    evidence: Mapped[str] = mapped_column(String(500))
    declared_by: Mapped[str] = mapped_column(String(40))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: None while it waits; a further declaration waits again.
    decision: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeclarationFile(Base):
    """The file that a commune gives with its declaration of a year, besides address or number."""

    __tablename__ = "declaration_files"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("evidence_files.digest"))


class TargetTerms(Base):
    """What a plan asks of a target from a year on, entered by the province. Rows are added and never changed."""

    __tablename__ = "target_terms"
    __table_args__ = (
        CheckConstraint("goal > 0", name="goal_positive"),
        CheckConstraint("until >= since", name="ends_after_it_begins"),
    )

    #: Of the province.
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(500))
    #: Basis points of a share, or a number.
    goal: Mapped[int]
    comparison: Mapped[str] = mapped_column(String(2))
    #: Years.
    since: Mapped[int]
    until: Mapped[int]
    source_number: Mapped[str] = mapped_column(String(100))
    source_date: Mapped[date]
    source_article: Mapped[str] = mapped_column(String(100))
    entered_by: Mapped[str] = mapped_column(String(40))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TargetFigure(Base):
    """What a unit reports of a target in a year. A further figure is a further row; the newest accepted one counts."""

    __tablename__ = "target_figures"
    __table_args__ = (
        CheckConstraint("n >= 0", name="n_not_negative"),
        CheckConstraint("whole >= n", name="whole_at_least_n"),
        CheckConstraint("decision IN ('accepted', 'sent_back')", name="decision_known"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_with_its_moment"),
    )

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    #: Of how many, for a share; None else.
    whole: Mapped[int | None]
    #: Where it can be looked up: an address, or number and date of a document; "" where there is only a file.
    evidence: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str | None] = mapped_column(ForeignKey("evidence_files.digest"))
    entered_by: Mapped[str] = mapped_column(String(40))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: None while it waits; what the office in charge enters is accepted with it.
    decision: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
