"""How a check says that something does not agree, or that it cannot be said."""

from collections.abc import Iterable, Iterator
from typing import Any


class Differs(Exception):
    """Something does not agree; `place` is a path in the file, or several with a semicolon between them."""

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
    first = next(places(one, other, place), None)
    if first is not None:
        raise Differs(first)


def all_same(pairs: Iterable[tuple[Any, Any, str]]) -> None:
    """Raise Differs naming every place where one of the pairs differs; each is two values and where they are."""
    found = [place for pair in pairs for place in places(*pair)]
    if found:
        raise Differs("; ".join(found))


def places(one: Any, other: Any, place: str) -> Iterator[str]:
    """Every place where two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from places(one.get(key, ...), other.get(key, ...), f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from places(*pair, f"{place}.{number}")
    elif type(one) is not type(other) or one != other:
        yield place
