"""Notes in the audit log of what signed-in people were refused: pages of other units, pages closed to their role.

Notes who, which kind of page and the status; never an address, because it may name what is not theirs. Bounded by the
hour for each person, so that nobody floods the log. A page that does not exist looks the same as one of another unit.
"""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, g, request

from survey_app import audit, db, throttle
from survey_app.access import Identity
from survey_app.errors import DATABASE_AWAY

#: Notes of one person in an hour; what comes after them in that hour is refused and not noted.
LIMIT = 20

_REFUSED = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_MINUTES = 60


def init_app(app: Flask) -> None:
    """Look at every reply on its way out."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    person: Identity | None = g.get("identity")
    if person is None or response.status_code not in _REFUSED or request.url_rule is None:
        return response
    now = datetime.now(UTC)
    key = throttle.subject_key("refused", str(person.user_id), now)
    try:
        if not throttle.is_blocked(db.session(), key, now, limit=LIMIT, minutes=_MINUTES):
            _record(person, key, response.status_code, now)
    except DATABASE_AWAY:
        return response  # the refusal itself does not wait for the note of it
    return response


def _record(person: Identity, key: str, status: int, now: datetime) -> None:
    with db.transaction() as current:
        throttle.record_failure(current, key, now)
        audit.record(
            current,
            person.actor,
            "accounts.refused",
            person.actor,
            at=now,
            page=request.endpoint,
            status=status,
        )
