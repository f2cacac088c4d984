"""Tickets: proof that a form was opened before the phones closed, by the server's clock. They name nobody."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from survey_app.keys import KeyStore

_LIFETIME = timedelta(days=30)


def issue(keys: KeyStore, survey_id: str, now: datetime) -> str:
    """A ticket for one survey, issued now."""
    text: str = _serializer(keys).dumps([survey_id, int(now.timestamp())])
    return text


def issued_at(keys: KeyStore, ticket: str, survey_id: str, now: datetime) -> datetime | None:
    """When the ticket was issued; None when it is forged, of another survey, or older than 30 days."""
    try:
        number, seconds = _serializer(keys).loads(ticket)
    except (BadSignature, ValueError, TypeError):
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment if number == survey_id and now - moment <= _LIFETIME else None


def _serializer(keys: KeyStore) -> URLSafeSerializer:
    return URLSafeSerializer(keys.session_secret(), salt="form-ticket")
