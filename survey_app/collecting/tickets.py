"""Tickets: proof that the form of one slip was opened before the phones closed, by the server's clock.

A ticket names nobody and no slip: the slip is in the key of its signature, so that a ticket is none of any other slip
and nothing that is stored or sent tells whose it was.
"""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from survey_app.keys import KeyStore

_LIFETIME = timedelta(days=30)
_PURPOSE = b"form-ticket"


def issue(keys: KeyStore, survey_id: str, code_mac: bytes | None, now: datetime) -> str:
    """A ticket for the slip with this code, issued now; without a code for a whole feedback survey."""
    text: str = _serializer(keys, code_mac).dumps([survey_id, int(now.timestamp())])
    return text


def issued_at(
    keys: KeyStore, ticket: str, survey_id: str, code_mac: bytes | None, now: datetime
) -> datetime | None:
    """When the ticket was issued; None when it is forged, of another survey or slip, or older than 30 days."""
    try:
        number, seconds = _serializer(keys, code_mac).loads(ticket)
    except (BadSignature, ValueError, TypeError):
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment if number == survey_id and now - moment <= _LIFETIME else None


def _serializer(keys: KeyStore, code_mac: bytes | None) -> URLSafeSerializer:
    return URLSafeSerializer(keys.session_secret(), salt=_PURPOSE + (code_mac or b""))
