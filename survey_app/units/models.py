"""Tables of the register of units: province, communes, villages, each valid for a period."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class Level(StrEnum):
    PROVINCE = "province"
    COMMUNE = "commune"
    VILLAGE = "village"
    #: Until 30 June 2025 only.
    DISTRICT = "district"


class Unit(Base):
    """A unit under one code for one period. Codes are reused, so a code is never without its period."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        Index("ix_units_path", "path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(10))
    #: A key of `data/kinds.csv`, like xa, phuong, thon or to_dan_pho.
    kind: Mapped[str] = mapped_column(String(20))
    #: Without the kind, like "Biển Hồ".
    name: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date]
    #: Last day in force; None while it is.
    valid_to: Mapped[date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    #: Ids from the province down, like "/1/24/310/"; a subtree is a prefix.
    path: Mapped[str] = mapped_column(String(80))
    #: Former unit of a village, where a merged commune has two villages of one name.
    old_unit: Mapped[str] = mapped_column(String(120), default="")


class Succession(Base):
    """Land and people of an old unit passed to a new one: whole, part or unchanged."""

    __tablename__ = "unit_successions"
    __table_args__ = (CheckConstraint("how IN ('whole', 'part', 'unchanged')", name="how_known"),)

    old_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    how: Mapped[str]
    note: Mapped[str] = mapped_column(String(200), default="")


class HouseholdCount(Base):
    """Households of a village as its commune reports them. The newest row counts; older ones stay."""

    __tablename__ = "household_counts"
    __table_args__ = (CheckConstraint("households > 0", name="households_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    households: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(40))
