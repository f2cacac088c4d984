"""The second factor itself: a secret shared with a phone, the six digits of the moment, and recovery codes.

A dump of the database yields none of it: secrets are encrypted and recovery codes hashed under keys derived from the
session secret, which lives in the key folder. Knows no table and no request.
"""

import base64
import hmac
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from survey_app import access
from survey_app.keys import KeyMissing, store

#: Roles that approve, sign or look into exact figures of others.
ROLES = access.NEED_SECOND_FACTOR

#: How long an offered secret may wait on screen for its first code.
OFFER_LASTS = timedelta(minutes=30)

#: Of AES-256-GCM; a nonce is random, and one account's secret is sealed a handful of times.
_NONCE_BYTES, _TAG_BYTES = 12, 16

_RECOVERY_CODES = 10
_GROUP = 5
_DIGITS = 6

#: Crockford's base32: no letter that is read as a digit.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")


def new_secret() -> str:
    """A fresh secret of 160 bits, in base32."""
    return pyotp.random_base32()


def address(secret: str, name: str, issuer: str) -> str:
    """What the QR code tells an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer.replace(":", " "))


def sealed(secret: str, user_id: int, now: datetime) -> str:
    """`secret` encrypted for one account, to be stored or to travel in a form."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = f"{int(now.timestamp())}:{secret}".encode()
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, plain, _owner(user_id))).decode()


def opened(token: str, user_id: int) -> str:
    """The stored secret of an account. Raises KeyMissing when it was sealed under another session secret."""
    try:
        return _unsealed(token, user_id)[1]
    except InvalidTag as error:
        raise KeyMissing("session secret that sealed the second factors") from error


def offered(token: str, user_id: int, now: datetime) -> str | None:
    """The secret that a form brought back, unless it is forged, somebody else's or too old."""
    try:
        sealed_at, secret = _unsealed(token, user_id)
    except InvalidTag:
        return None
    return secret if now - sealed_at <= OFFER_LASTS else None


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose digits were typed: the running one, or one beside it for clocks that differ; else None."""
    totp, digits = pyotp.TOTP(secret), normal(typed)
    running = totp.timecode(now)
    steps = (running, running - 1, running + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def is_digits(typed: str) -> bool:
    """Whether somebody typed the phone's digits rather than a recovery code."""
    return len(normal(typed)) == _DIGITS


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 50 random bits, as printed: two groups of five."""
    return tuple(f"{_group()}-{_group()}" for _number in range(_RECOVERY_CODES))


def recovery_digest(user_id: int, typed: str) -> str:
    """What the database keeps of a recovery code, however it was typed."""
    code = normal(typed).translate(_MISREAD)
    return hmac.digest(_key(b"recovery codes"), f"{user_id}:{code}".encode(), "sha256").hex()


def normal(typed: str) -> str:
    """A code without the spaces and dashes that people put between its groups.

    >>> normal(" 123 456 "), normal("ab3de-fghjk")
    ('123456', 'AB3DEFGHJK')
    """
    letters = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _place in range(_GROUP))


def _unsealed(token: str, user_id: int) -> tuple[datetime, str]:
    """When a secret was sealed for this account, and the secret. Raises InvalidTag for anything else."""
    try:
        sealed_bytes = base64.urlsafe_b64decode(token.encode("ascii"))
    except ValueError as error:  # not ASCII, or not base64
        raise InvalidTag from error
    nonce, rest = sealed_bytes[:_NONCE_BYTES], sealed_bytes[_NONCE_BYTES:]
    if len(rest) <= _TAG_BYTES:
        raise InvalidTag
    moment, _colon, secret = _cipher().decrypt(nonce, rest, _owner(user_id)).decode().partition(":")
    return datetime.fromtimestamp(int(moment), UTC), secret


def _owner(user_id: int) -> bytes:
    """Bound to each sealed secret, so that it opens for its account alone."""
    return f"user:{user_id}".encode()


def _cipher() -> AESGCM:
    return AESGCM(_key(b"second factor secrets"))


def _key(purpose: bytes) -> bytes:
    """A key of its own for each purpose, so that none of them can be mistaken for another."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts: " + purpose)
    return derivation.derive(store().session_secret())
