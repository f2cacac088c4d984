"""What counts as a password and how it is kept: argon2id, and the same work for a name that does not exist.

Knows no account and no request.
"""

import re
import unicodedata
from functools import cache
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _

#: Length alone decides; rules of composition only make passwords predictable (NIST SP 800-63B, 5.1.1.2).
MIN_LENGTH = 12
MAX_LENGTH = 128

#: Words that somebody who guesses at this product would begin with, without accents (`docs/security/rules.md`).
CONTEXT_WORDS = (
    "khaosat", "hailong", "nongthonmoi", "nongthon", "mattran", "toquoc", "vietnam", "uybannhandan", "uyban", "nhandan",
    "gialai", "binhdinh", "pleiku", "canbo", "quantri", "hethong", "matkhau", "phieu", "admin", "password",
    "survey",
)  # fmt: skip
#: Letters that must be left of a password when those words and the sign-in name are taken out of it.
_LETTERS_OF_ITS_OWN = 4
_SHORTEST_WORD = 5

_KNOWN = Path(__file__).parent / "data" / "known_passwords.txt"

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
    """Raises WeakPassword unless `password` is 12 to 128 characters and none that guessing begins with."""
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
    if _normal(password).casefold() in _known():
        raise WeakPassword(_("This password is in lists of stolen passwords. Please choose another one."))
    if _is_of_this_place(password, email):
        raise WeakPassword(
            _("This password is made of names of this survey or of yours. Please add words of your own.")
        )


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


@cache
def _known() -> frozenset[str]:
    return frozenset(_KNOWN.read_text(encoding="utf-8").splitlines())


def _is_of_this_place(password: str, email: str) -> bool:
    """Whether next to nothing is left of the letters when the words everybody here would try are taken out."""
    own = [part for part in re.split(r"[^a-z]+", _plain(email)) if len(part) >= _SHORTEST_WORD]
    letters = re.sub(r"[^a-z]+", "", _plain(password))
    words = sorted((*CONTEXT_WORDS, *own), key=len, reverse=True)
    rest = re.sub("|".join(re.escape(word) for word in words), "", letters)
    return rest != letters and len(rest) < _LETTERS_OF_ITS_OWN


def _plain(text: str) -> str:
    """Small letters without accents."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def _normal(password: str) -> str:
    """One spelling for one password, whichever way a keyboard composes Vietnamese letters."""
    return unicodedata.normalize("NFKC", password)
