"""What officers and operators did: an append-only list of acts.

Never holds a code, a receipt, an answer or an address.
"""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app.db import Base, UtcDateTime

#: The actor of every command: whoever holds the machine.
OPERATOR = "operator"


class AuditEvent(Base):
    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    #: The act as room.verb, like "fieldwork.publish".
    act: Mapped[str] = mapped_column(String(60))
    #: What it was done to, like "survey:0A7" or "unit:12".
    subject: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, object]] = mapped_column(JSON)


def record(session: Session, actor: str, act: str, subject: str, *, at: datetime, **details: object) -> None:
    """Note one act in the caller's transaction, so that act and note stand or fall together."""
    session.add(AuditEvent(at=at, actor=actor, act=act, subject=subject, details=details))
