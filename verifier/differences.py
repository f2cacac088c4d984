"""How a check says that something does not agree, or that it cannot be said."""

from typing import Any


class Differs(Exception):
    """Something does not agree; `place` is a path in the file."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class NotPossible(Exception):
    """This set, or what was given beside it, does not allow the check; `reason` is a key of `words.REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def same(one: Any, other: Any, place: str) -> None:
    """Raise Differs at the first place where two values differ; true is not 1, and a missing key is a difference."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            same(one.get(key, ...), other.get(key, ...), f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            same(*pair, f"{place}.{number}")
    elif type(one) is not type(other) or one != other:
        raise Differs(place)
