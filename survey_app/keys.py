"""Secret files of the service: session secret, signing key, one pepper and one network key for each survey.

They live in a folder of their own, outside the database and outside data backups, so that a stolen database alone opens
no code. Session secret and signing key are made by one explicit act, never by being asked for. Knows nothing of what
the keys protect, nor which keys the database expects (`key_marks`).
"""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask import current_app

_KEY_BYTES = 32
#: The keys of the service itself, which `create` makes.
SESSION, SIGNING = "session", "signing"
#: What a secret is told apart by, without telling it.
_MARKED = {SESSION: b"mark of the session secret", "pepper": b"mark of a pepper"}
#: How far the database had come (`witness`); no key, and in no backup.
WITNESS = "witness.json"
#: Folder of the public halves of signing keys that were renewed.
_EARLIER = "earlier"
#: Folder of the network keys, which no backup of the keys may hold.
NETWORKS = "networks"


class KeyMissing(LookupError):
    """A key that should be there is not: the service must say 503, never "wrong code"."""


class KeyStore:
    """The key folder: 0700, each file 0600, written once and never overwritten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._session_secret: bytes | None = None
        self._signing_key: Ed25519PrivateKey | None = None

    def session_secret(self) -> bytes:
        """The secret that signs staff sessions and form tickets. Raises KeyMissing."""
        if self._session_secret is None:
            self._session_secret = self._read(SESSION)
        return self._session_secret

    def signing_key(self) -> Ed25519PrivateKey:
        """The server's one Ed25519 key. Raises KeyMissing."""
        if self._signing_key is None:
            self._signing_key = Ed25519PrivateKey.from_private_bytes(self._read(SIGNING))
        return self._signing_key

    def create(self, name: str) -> None:
        """Make session secret or signing key. Raises FileExistsError: no key ever takes the place of another."""
        self._write(self.folder / name, _fresh_secret() if name == SESSION else _fresh_signing_key())
        self._session_secret = self._signing_key = None  # what was read before is no longer what lies there

    def keep_public(self, public: str) -> None:
        """Keep the public half of a signing key that is gone, so that what it signed can still be checked."""
        with suppress(FileExistsError):
            self._write(self.folder / _EARLIER / _checked(public), bytes.fromhex(public))

    def public_keys(self) -> tuple[Ed25519PublicKey, ...]:
        """The public half of the signing key, then those of the keys before it. Raises KeyMissing."""
        kept = sorted((self.folder / _EARLIER).glob("[!.]*"))
        earlier = (Ed25519PublicKey.from_public_bytes(file.read_bytes()) for file in kept)
        return (self.signing_key().public_key(), *earlier)

    def mark(self, name: str) -> str | None:
        """What tells the session secret or the signing key that lies here from any other; None when none lies here.

        The mark of the signing key is its public half, in hex.
        Read from the disk each time: a file may have been exchanged since it was last used.
        """
        try:
            secret = self._read(name)
        except KeyMissing:
            return None
        if name == SIGNING:
            return _public(secret)
        return hmac.digest(secret, _MARKED[name], sha256).hex()

    def ensure_pepper(self, survey_id: str) -> str:
        """A pepper for `survey_id`, kept if it is already there (publishing that failed half way may be repeated).

        Its mark.
        """
        return _pepper_mark(self._read_or_make(self._pepper_path(survey_id), _fresh_secret))

    def pepper(self, survey_id: str, mark: str | None = None) -> bytes:
        """The pepper of `survey_id`. Raises KeyMissing, also where `mark` says that another one lies in its place."""
        try:
            pepper = self._pepper_path(survey_id).read_bytes()
        except FileNotFoundError as error:
            raise KeyMissing(f"pepper of survey {survey_id}") from error
        if mark is not None and not is_marked(pepper, mark):
            raise KeyMissing(f"pepper of survey {survey_id}: another one lies in its place")
        return pepper

    def destroy_pepper(self, survey_id: str) -> None:
        """Remove the pepper for good, if it is still there. Does not reach copies in backups of the keys."""
        _destroy(self._pepper_path(survey_id))

    def network_key(self, survey_id: str) -> bytes:
        """The key that hides networks while the survey runs; made at first use, never in a backup of the keys."""
        return self._read_or_make(self._network_path(survey_id), _fresh_secret)

    def surveys_with_network_key(self) -> tuple[str, ...]:
        """Surveys whose network key is there."""
        return tuple(sorted(path.name for path in (self.folder / NETWORKS).glob("[!.]*")))

    def destroy_network_key(self, survey_id: str) -> None:
        """Remove the network key for good, if it is still there."""
        _destroy(self._network_path(survey_id))

    def _pepper_path(self, survey_id: str) -> Path:
        return self.folder / "peppers" / _checked(survey_id)

    def _network_path(self, survey_id: str) -> Path:
        return self.folder / NETWORKS / _checked(survey_id)

    def _read(self, name: str) -> bytes:
        try:
            secret = (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise KeyMissing(name) from error
        if len(secret) != _KEY_BYTES:
            raise KeyMissing(f"{name}: cut off")
        return secret

    def _read_or_make(self, path: Path, fresh: Callable[[], bytes]) -> bytes:
        """What the file holds, made at first use by whichever thread or web node comes first."""
        if not path.exists():
            with suppress(FileExistsError):
                self._write(path, fresh())
        return path.read_bytes()

    def _write(self, path: Path, content: bytes) -> None:
        """Put the whole file in place in one step, on the disk before anybody relies on it.

        Raises FileExistsError for the second of two web nodes that race for the same key.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)
        finally:
            temporary.unlink()


def _checked(survey_id: str) -> str:
    if not survey_id.isalnum():
        raise ValueError("a survey number is letters and digits")
    return survey_id


def _destroy(path: Path) -> None:
    """Remove a key file and have the disk know it."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _fresh_secret() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


def _public(secret: bytes) -> str:
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def is_marked(pepper: bytes, mark: str) -> bool:
    """Whether it is the pepper that was made with this mark."""
    return _pepper_mark(pepper) == mark


def _pepper_mark(pepper: bytes) -> str:
    return hmac.digest(pepper, _MARKED["pepper"], sha256).hex()


def _fresh_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def store() -> KeyStore:
    """The key store of the running application."""
    held: KeyStore = current_app.extensions["keys"]
    return held
