"""How a province's Front heads, numbers and closes its papers."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class PaperSettings(Base):
    """One row for a province whose Front changed anything; "" stands for what the product prints by itself."""

    __tablename__ = "paper_settings"

    province_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, autoincrement=False)
    #: With {unit}, which becomes the commune.
    committee: Mapped[str] = mapped_column(String(200))
    standing: Mapped[str] = mapped_column(String(100))
    #: With {village}.
    village_body: Mapped[str] = mapped_column(String(200))
    #: With {kind}, which becomes the letters of the kind of paper.
    number_pattern: Mapped[str] = mapped_column(String(60))
    #: The document that lays the papers out; "" while none is known, and every paper says so.
    layout_source: Mapped[str] = mapped_column(String(300))
    minutes_closing: Mapped[str] = mapped_column(String(1000))
    notice_closing: Mapped[str] = mapped_column(String(1000))
    report_closing: Mapped[str] = mapped_column(String(1000))
    #: Who gets the papers, one a line.
    receivers: Mapped[str] = mapped_column(String(1000))
    #: The document by which notices of villages tell exact counts; "" while they tell bands.
    exact_source: Mapped[str] = mapped_column(String(300))
    #: Since when that document is on record: surveys published before keep what their households were told.
    exact_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
