"""Forms that could not be saved, kept for the account that typed them, for a day at most.

Encrypted under a key that only the browser of that person has, in a cookie: what a clerk keys holds a household's code
beside its answers, and neither the database nor the server's own keys may ever tell them together. Passwords and files
are not kept. Knows no page.
"""

import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.accounts.models import KeptForm
from survey_app.forms import Posted

#: How long a form is kept.
LASTS = timedelta(days=1)

#: Of one account; the oldest go first.
MOST = 20

#: Longer ones are not kept: no form of ours holds this many words.
LARGEST = 500_000

_NONCE = 12
_MARK_BYTES = 18


@dataclass(frozen=True, slots=True)
class FormAsSent:
    """A form as it was sent: to which address, from which page, with what in it."""

    mark: str
    page: str
    action: str
    posted: Posted
    kept_at: datetime


def new_key() -> str:
    """A key for the cookie of one browser."""
    return urlsafe_b64encode(AESGCM.generate_key(256)).decode()


def is_key(text: str) -> bool:
    """Whether a cookie holds a key."""
    return _key(text) is not None


def keep(
    session: Session, posted: Posted, *, user_id: int, page: str, action: str, key: str, now: datetime
) -> str | None:
    """The mark under which the form lies; None when it is too large."""
    mark = secrets.token_urlsafe(_MARK_BYTES)
    plain = json.dumps({"fields": posted.fields, "files": posted.files}).encode()
    held = _key(key)
    if held is None or len(plain) > LARGEST:
        return None
    nonce = os.urandom(_NONCE)
    content = nonce + AESGCM(held).encrypt(nonce, plain, _bound(mark, user_id))
    older = select(KeptForm.mark).where(KeptForm.user_id == user_id)
    newest = older.order_by(KeptForm.kept_at.desc(), KeptForm.mark).limit(MOST - 1)
    _delete(session, user_id, set(session.scalars(older)) - set(session.scalars(newest)))
    session.add(KeptForm(mark=mark, user_id=user_id, page=page, action=action, content=content, kept_at=now))
    return mark


def find(session: Session, mark: str, *, user_id: int, key: str, now: datetime) -> FormAsSent | None:
    """The form under that mark, for the account that typed it and in the browser in which it was typed."""
    mine = select(KeptForm).where(KeptForm.mark == mark, KeptForm.user_id == user_id)
    row = session.scalar(mine.where(KeptForm.kept_at > now - LASTS))
    held = _key(key)
    if row is None or held is None:
        return None
    try:
        plain = AESGCM(held).decrypt(row.content[:_NONCE], row.content[_NONCE:], _bound(mark, user_id))
    except InvalidTag:
        return None
    found = json.loads(plain)
    posted = Posted(tuple((name, value) for name, value in found["fields"]), tuple(found["files"]))
    return FormAsSent(mark, row.page, row.action, posted, row.kept_at)


def waiting(session: Session, user_id: int, now: datetime) -> tuple[tuple[str, str, datetime], ...]:
    """Mark, page and moment of what is kept for an account, the newest first."""
    mine = select(KeptForm.mark, KeptForm.page, KeptForm.kept_at).where(
        KeptForm.user_id == user_id, KeptForm.kept_at > now - LASTS
    )
    rows = session.execute(mine.order_by(KeptForm.kept_at.desc(), KeptForm.mark))
    return tuple((row.mark, row.page, row.kept_at) for row in rows)


def let_go(session: Session, mark: str, *, user_id: int) -> None:
    """Forget one form, because it was sent or thrown away."""
    _delete(session, user_id, {mark})


def forget(session: Session, now: datetime) -> int:
    """Delete what was kept long enough; how many rows went."""
    over = delete(KeptForm).where(KeptForm.kept_at <= now - LASTS)
    return session.connection().execute(over).rowcount


def _delete(session: Session, user_id: int, marks: Collection[str]) -> None:
    session.execute(
        delete(KeptForm).where(KeptForm.user_id == user_id, KeptForm.mark.in_(marks)),
        execution_options={"synchronize_session": False},
    )


def _key(text: str) -> bytes | None:
    try:
        found = urlsafe_b64decode(text)
    except ValueError:
        return None
    return found if len(found) == 32 else None


def _bound(mark: str, user_id: int) -> bytes:
    return f"{mark} {user_id}".encode()
