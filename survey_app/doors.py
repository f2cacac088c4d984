"""Conditions without which the installation does not work at all, checked before requests, commands and the minute job.

Without its own keys, or on an older database than it had, an installation would do harm that nobody can undo: sign what
nobody can check, take a used code again. `db`, `keys`, `audit` and `ops` stay open, because who repairs needs them.
A pepper is not asked for here: it stops its own survey alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from flask import Flask, current_app, request
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_app import audit, command_line, config, db, key_marks, keys, witness
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import in_english
from survey_app.key_marks import Fault, Lack
from survey_app.keys import SESSION, SIGNING, KeyStore

Arguments = ParamSpec("Arguments")

#: Groups of commands that repair, or bring the database to where the others can look at it.
REPAIRING = frozenset({"db", "keys", "audit", "ops"})
#: Pages that say how the installation is, and the files that pages are drawn with.
_TELLING = frozenset({"healthz", "ready", "static"})
#: Seconds for which a server believes what it found: nothing, and something.
_SOUND, _UNSOUND = 60, 5


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that is in the way of working."""

    #: A few English words for the one who watches the server; they name no place on the disk.
    reason: str
    #: What it is and what to do, for the one who sits at the machine.
    message: str


class NotSound(DomainError):
    """The installation must not work as it is. A phone keeps its answer; `message` is for the operator alone."""

    code = "may-chu-ban"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    keep = True


def init_app(app: Flask) -> None:
    """Guard the requests of `app`; called before anything else looks at one."""
    app.extensions["doors"] = {"until": 0.0, "closed": False}
    app.before_request(_guard_request)


def guard_commands(app: Flask) -> None:
    """Guard every command that the rooms registered, but for those that repair.

    Each act is guarded, not its group, so that `--help` and a mistyped option are answered on any installation.
    """
    for name, command in command_line.named_leaves(app.cli):
        guarded = name in REPAIRING or getattr(command.callback, "guarded", False)
        if command.callback is not None and not guarded:
            command.callback = with_appcontext(_guarded(command.callback))


def obstacles(session: Session) -> tuple[Obstacle, ...]:
    """Everything that is in the way of working."""
    return (*_of_keys(session, keys.store()), *_of_age(session, keys.store()))


def require_sound(session: Session) -> None:
    """Raises NotSound with everything that is in the way of working."""
    found = obstacles(session)
    if found:
        raise NotSound(" ".join(obstacle.message for obstacle in found))


def _guarded(act: Callable[Arguments, Any]) -> Callable[Arguments, Any]:
    """An act that works on a sound installation alone; the refusal is put into words like every other."""

    @wraps(act)
    def on_sound(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Any:
        try:
            require_sound(db.session())
        except SQLAlchemyError:
            db.session().rollback()  # the command meets the same fault, and says so in a sentence
        return act(*args, **kwargs)

    on_sound.guarded = True  # type: ignore[attr-defined]  # so that a second application in a process adds nothing
    return on_sound


def _guard_request() -> None:
    """Look at the first request and then once a minute, because a database can be exchanged under a running server."""
    if request.endpoint in _TELLING:
        return
    state, now = current_app.extensions["doors"], time.monotonic()
    if now >= state["until"]:
        try:
            state["closed"] = bool(obstacles(db.session()))
        except SQLAlchemyError:
            return  # the request meets the same fault, and says so in its own way
        finally:
            db.session().rollback()
        state["until"] = now + (_UNSOUND if state["closed"] else _SOUND)
    if state["closed"]:
        raise NotSound(_("The server is busy for a moment. Nothing is lost: please send again shortly."))
    if current_app.secret_key is None:
        current_app.secret_key = keys.store().session_secret()


def _of_keys(session: Session, store: KeyStore) -> tuple[Obstacle, ...]:
    return tuple(
        Obstacle(reason=f"{name(fault.name)} {fault.lack.value.replace('_', ' ')}", message=message)
        for fault, message in ((fault, sentence(fault, store)) for fault in key_marks.faults(session, store))
    )


def _of_age(session: Session, store: KeyStore) -> tuple[Obstacle, ...]:
    """What tells that an older database lies here than the one that was used last."""
    found = []
    behind = witness.gap(session, store)
    if behind is not None:
        message = _(
            "This is not the newest database of this installation: %(reason)s. Put back the newest backup. If this is "
            "the newest there is: flask --app wsgi ops accept-restored --reason … says which codes can be used "
            "again, writes it into the audit log, and opens the doors.",
            reason=behind.reason,
        )
        found.append(Obstacle(in_english(behind.reason), message))
    try:
        outside = audit.contradiction(session, config.settings().audit_head_file)
    except audit.HeadUnreadable:
        outside = (
            None  # the health check warns: the storage of another holder must not be able to stop a survey
        )
    if outside is not None:
        message = _(
            "The audit log is not the one that its second holder knows: %(fault)s. Put back the newest backup. If this "
            "is the true log, its holder replaces the head kept outside: flask --app wsgi audit head --json",
            fault=outside,
        )
        found.append(Obstacle(in_english(outside), message))
    return tuple(found)


def name(key: str) -> str:
    """The key in English words, for machines."""
    return {SESSION: "session secret", SIGNING: "signing key"}[key]


def sentence(fault: Fault, store: KeyStore) -> str:
    """What is wrong with a key, and the way out."""
    key = _("session secret") if fault.name == SESSION else _("signing key")
    if fault.lack is Lack.NOT_CREATED:
        return _(
            "The %(key)s of this installation was not created yet (key folder %(folder)s). A new installation: "
            "run once: flask --app wsgi keys create. One that was used before: put back the newest archive of "
            "the keys first.",
            key=key,
            folder=store.folder,
        )
    what = (
        _("The %(key)s is missing from the key folder %(folder)s.", key=key, folder=store.folder)
        if fault.lack is Lack.MISSING
        else _(
            "The %(key)s in the key folder %(folder)s is not the one of this database.",
            key=key,
            folder=store.folder,
        )
    )
    return f"{what} {_way_out(fault.name)}"


def _way_out(key: str) -> str:
    if key == SESSION:
        return _(
            "Put back the file “session” from an archive of “keys backup”, or check the setting key_dir. If it "
            "is lost for good: flask --app wsgi keys renew session --reason … – everybody then signs in again and "
            "sets up the code from the phone again, and an answer that a phone kept since before the phones closed "
            "is not taken any more."
        )
    return _(
        "Put back the file “signing” from an archive of “keys backup”, or check the setting key_dir. If it is lost "
        "for good: flask --app wsgi keys renew signing --reason … – what was signed before is then checked "
        "with the earlier public key alone, which is kept in the key folder."
    )
