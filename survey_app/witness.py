"""How far the database had come, noted in the key folder: the head of the audit log, and the codes spent.

A backup that was restored is behind its witness, and would take codes a second time that were used since. The witness
goes forward only, by the minute job and at each seal, and never backward but by an operator's act. It is in no backup:
who restores everything on an empty machine finds none, and says so too.
"""

import json
import os
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from flask import Flask, current_app
from flask_babel import LazyString
from sqlalchemy.orm import Session

from survey_app import audit, key_marks
from survey_app.i18n import lazy_gettext as _l
from survey_app.keys import WITNESS, KeyStore

#: Codes spent by survey: of every survey that runs, and of those named.
Spent: TypeAlias = Callable[[Session, Collection[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Lost:
    """Codes of a survey that were spent and, by this database, can be used again."""

    survey: str
    known: int
    found: int


@dataclass(frozen=True, slots=True)
class Gap:
    """In what the database is behind its witness."""

    #: A few words, in the language of the one who reads them.
    reason: LazyString
    acts_known: int | None
    acts_found: int
    lost: tuple[Lost, ...]


def init_app(app: Flask, spent: Spent) -> None:
    """Tell how spent codes are counted, which is a room's to know."""
    app.extensions["codes_spent"] = spent


def write(session: Session, keys: KeyStore, now: datetime) -> None:
    """Note how far this database has come; `session` may write, and has nothing else to commit.

    Raises OSError, as on a full disk.
    """
    acts, digest = audit.head(session)
    spent = dict(_spent(session, ()))
    _put(_file(keys), {"acts": acts, "digest": digest, "spent": spent, "at": now.isoformat()})
    key_marks.expect(session, key_marks.WITNESS, now)


def gap(session: Session, keys: KeyStore) -> Gap | None:
    """In what the database is behind its witness; None when it is not, and where no witness was ever written."""
    try:
        noted = json.loads(_file(keys).read_text(encoding="utf-8"))
        known = {str(survey): int(count) for survey, count in noted["spent"].items()}
        acts_known = int(noted["acts"])
    except FileNotFoundError:
        if not key_marks.is_expected(session, key_marks.WITNESS):
            return None
        return Gap(_l("the witness of the database is missing"), None, audit.head(session)[0], ())
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        words = _l("the witness of the database cannot be read (%(kind)s)", kind=type(error).__name__)
        return Gap(words, None, audit.head(session)[0], ())
    return _compared(session, keys, known, acts_known)


def _compared(session: Session, keys: KeyStore, known: Mapping[str, int], acts_known: int) -> Gap | None:
    found = _spent(session, known.keys())
    lost = tuple(
        Lost(survey, count, found.get(survey, 0))
        for survey, count in sorted(known.items())
        if found.get(survey, 0) < count
    )
    reason = audit.contradiction(session, _file(keys))
    if reason is None and lost:
        reason = _l("fewer codes are spent than are known outside: an older backup was restored")
    return None if reason is None else Gap(reason, acts_known, audit.head(session)[0], lost)


def _spent(session: Session, named: Collection[str]) -> Mapping[str, int]:
    count: Spent = current_app.extensions["codes_spent"]
    return count(session, named)


def _file(keys: KeyStore) -> Path:
    return keys.folder / WITNESS


def _put(file: Path, content: Mapping[str, object]) -> None:
    """Replace the file in one step, on the disk before anybody relies on it."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(16)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
