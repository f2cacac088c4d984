"""Reproducible samples: anybody with the key draws the same again; no randomness of its own, and nothing to choose.

Each name gets HMAC-SHA-256 under the key; the smallest values are drawn. Knows nothing of what the names stand for.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256


def lot(key: bytes, name: str) -> bytes:
    """The value by which a name is sorted, 32 bytes; names are ASCII."""
    return hmac.digest(key, name.encode("ascii"), sha256)


def draw(key: bytes, names: Iterable[str], size: int) -> tuple[str, ...]:
    """The `size` names with the smallest lots, smallest first; all of them when there are fewer.

    Raises ValueError without a key or for a negative size.

    >>> draw(b"key", ["a", "b", "c"], 2) == draw(b"key", ["c", "b", "a"], 2)
    True
    """
    if not key or size < 0:
        raise ValueError("a draw needs a key, and a size that is not negative")
    return tuple(sorted(names, key=lambda name: (lot(key, name), name))[:size])
