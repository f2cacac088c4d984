"""Notes in the audit log of what was refused: pages of other units or roles, forms that no page of ours sent, guessing.

Notes who, which kind of page and the status; never an address, because it may name what is not theirs. Bounded by the
hour for each person, and for everybody who is not signed in together, so that nobody floods the log. A page that does
not exist looks the same as one of another unit.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, g, request

from survey_app import audit, db, throttle
from survey_app.access import Identity
from survey_app.errors import DATABASE_AWAY
from survey_app.suspicion import Suspicion, suspected

#: Notes of one person in an hour, or of one suspicion of people not signed in; what comes after them in that hour
#: is refused and not noted.
LIMIT = 20

REFUSED, SUSPECTED = "accounts.refused", "accounts.suspected"
_NOBODY, _HERE = "nobody", "server"
_REFUSALS = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_MINUTES = 60


@dataclass(frozen=True, slots=True)
class _Note:
    """What is noted of one reply; `counted_as` is what its limit is counted for."""

    act: str
    actor: str
    subject: str
    counted_as: str
    details: dict[str, object]


def init_app(app: Flask) -> None:
    """Look at every reply on its way out."""
    app.after_request(_look_at)


def _look_at(response: Response) -> Response:
    note = _note(g.get("identity"), suspected(), response.status_code)
    if note is None:
        return response
    now = datetime.now(UTC)
    key = throttle.subject_key(note.act, note.counted_as, now)
    try:
        if not throttle.is_blocked(db.session(), key, now, limit=LIMIT, minutes=_MINUTES):
            _record(note, key, now)
    except DATABASE_AWAY:
        return response  # the refusal itself does not wait for the note of it
    return response


def _note(person: Identity | None, suspicion: Suspicion | None, status: int) -> _Note | None:
    details: dict[str, object] = {"page": request.endpoint, "status": status}
    if suspicion is not None:
        details["suspicion"] = suspicion
        if person is None:
            return _Note(SUSPECTED, _NOBODY, _HERE, f"{_NOBODY} {suspicion}", details)
        return _Note(SUSPECTED, person.actor, person.actor, person.actor, details)
    if person is None or status not in _REFUSALS or request.url_rule is None:
        return None
    return _Note(REFUSED, person.actor, person.actor, person.actor, details)


def _record(note: _Note, key: str, now: datetime) -> None:
    with db.transaction() as current:
        throttle.record_failure(current, key, now)
        audit.record(current, note.actor, note.act, note.subject, at=now, **note.details)
