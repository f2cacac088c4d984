"""What counts as a password and how it is kept: argon2id, and the same work for a name that does not exist.

Knows no account and no request.
"""

import unicodedata
from http import HTTPStatus
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _

#: Length alone decides; rules of composition only make passwords predictable (NIST SP 800-63B, 5.1.1.2).
MIN_LENGTH = 12
MAX_LENGTH = 128

#: Hash of a random text nobody kept, with the parameters of `_hasher`: used when there is no account.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$jsJRojUFrAVfaO821fbdDA$qkswg9z42KueXq5jjsow/x6VIFP6KSzJ4btnLhPPfoM"

_hasher = PasswordHasher()

#: One hash takes 64 MiB and a core; more than two at once would let sign-ins starve the villagers' form.
_turn = BoundedSemaphore(2)


class WeakPassword(DomainError):
    """The password may not be used."""

    code = "mat-khau-yeu"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def check(password: str, email: str) -> None:
    """Raises WeakPassword unless `password` is 12 to 128 characters and not the sign-in name itself."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword(
            _(
                "A password has %(least)s to %(most)s characters. A short sentence is easy to remember.",
                least=MIN_LENGTH,
                most=MAX_LENGTH,
            )
        )
    if _normal(password).casefold() == _normal(email).casefold():
        raise WeakPassword(_("The password may not be the same as the sign-in name."))


def hashed(password: str) -> str:
    """The argon2id hash to store. Takes about a tenth of a second: call it outside a transaction."""
    with _turn:
        return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one hashed; without a hash the answer is no, after the same work."""
    try:
        with _turn:
            _hasher.verify(password_hash or _NOBODY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    """One spelling for one password, whichever way a keyboard composes Vietnamese letters."""
    return unicodedata.normalize("NFKC", password)
