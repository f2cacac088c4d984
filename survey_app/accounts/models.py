"""Tables of staff accounts: sessions, second factors, invitations, and forms kept for who typed them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, UtcDateTime


class User(Base):
    """An account: one person in one role at one unit; closed, never deleted."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case; a name to sign in with, not necessarily a mailbox.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    #: Digits alone, to reach the person and, where nothing else was chosen, to sign in with; "" where it is not known.
    telephone: Mapped[str] = mapped_column(String(15), default="", server_default=text("''"))
    #: argon2id; None until the invitation is accepted.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    #: Raised by "sign out everywhere" and by a new password: older sessions end.
    session_epoch: Mapped[int] = mapped_column(default=0)
    #: A printed demo password: refused unless the server listens on loopback, until changed.
    demo_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """One signed-in browser. When, and nothing about where: no address, no kind of device."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the random mark in the cookie.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: To the minute.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeptForm(Base):
    """A form that could not be saved, for the account that typed it; nobody but its browser can read it."""

    __tablename__ = "kept_forms"

    mark: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    #: Where it was typed, and where it was sent to.
    page: Mapped[str] = mapped_column(String(2000))
    action: Mapped[str] = mapped_column(String(2000))
    #: Encrypted under a key that is in a cookie of that browser alone.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SecondFactor(Base):
    """The authenticator app of one person, once a first code from it was right."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    #: Encrypted under a key that is not in the database.
    secret: Mapped[str] = mapped_column(String(300))
    #: Time step of the newest code taken; that code and older ones are refused.
    last_step: Mapped[int]
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A printed code that stands in for the phone, once. Only a keyed digest is stored."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FactorReset(Base):
    """A lost second factor: one colleague asks to take it off, another one does it."""

    __tablename__ = "factor_resets"
    __table_args__ = (
        CheckConstraint("confirmed_by <> asked_by AND confirmed_by <> user_id", name="confirmed_by_another"),
        CheckConstraint("asked_by <> user_id", name="asked_by_another"),
        # One open request for one person.
        Index(
            "uq_factor_resets_open",
            "user_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Handover(Base):
    """One person's work passed to another of the same role and unit; the first one's sign-in ended in the same act."""

    __tablename__ = "handovers"
    __table_args__ = (CheckConstraint("from_user <> to_user", name="to_somebody_else"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_user: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    to_user: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    by_user: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A link that lets one person choose a password, once. Only a digest of its token is stored."""

    __tablename__ = "invitations"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
