"""A long list a page at a time, by a number in the address. Knows nothing of what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from survey_app.forms import carried_number

Row = TypeVar("Row")


@dataclass(frozen=True)  # without slots, which Python 3.11 cannot join with `Generic`
class Page(Generic[Row]):
    """One page of a list; `number` begins at 1."""

    rows: tuple[Row, ...]
    number: int
    pages: int


def page(rows: Sequence[Row], asked: str | None, size: int) -> Page[Row]:
    """The page that the address asks for, or the nearest there is: a list may have become shorter.

    >>> page("abcde", "3", 2), page("abcde", "4", 2).number, page("", None, 2).pages
    (Page(rows=('e',), number=3, pages=3), 3, 1)
    """
    pages = max(1, -(-len(rows) // size))
    number = min(max(1, carried_number(asked)), pages)
    return Page(tuple(rows[(number - 1) * size : number * size]), number, pages)
