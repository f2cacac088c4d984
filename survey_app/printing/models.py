"""The blank pages of slips that were printed: a reader of scans compares with them."""

from typing import Any

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base


class BlankSlipPage(Base):
    """The answering side of a survey's slips as it was printed, without QR and code: nothing of a household.

    One for all slips that look alike. A later look, with other days or from a newer program, is another row.
    """

    __tablename__ = "blank_slip_pages"

    survey_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: SHA-256, in hex, of the page before it is laid out and of what lays it out.
    look: Mapped[str] = mapped_column(String(64), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    #: Where on it is what, in millimetres; see `blank_pages`.
    layout: Mapped[dict[str, Any]] = mapped_column(JSON)
