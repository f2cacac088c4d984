"""Papers of the tests, each laid out once: laying out takes longer than drawing and than the rest of most tests."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from survey_app import files


@lru_cache(maxsize=48)
def _laid_out(read: Callable[[str], Any], html: str, fonts: Any) -> Any:
    """`html` as laid out with the fonts of one thread: no two threads may draw with the same."""
    return read(html).render(font_config=fonts)


class Once:
    """What the product asks of a document, of pages that may have been laid out before."""

    def __init__(self, read: Callable[[str], Any], html: str) -> None:
        self.read = read
        self.html = html

    def render(self, *, font_config: Any) -> Any:
        """The pages with a list of used fonts of their own, because drawing fills it."""
        return _laid_out(self.read, self.html, font_config).copy()

    def write_pdf(self, *, font_config: Any, finisher: Callable[[Any, Any], None] | None = None) -> bytes:
        printed: bytes = self.render(font_config=font_config).write_pdf(finisher=finisher)
        return printed


def lay_out_once() -> None:
    """Have documents that say the same share their pages, and one that is printed whole its file."""
    read = files._document
    files._document = lambda html: Once(read, html)
    files.pdf = lru_cache(maxsize=256)(files.pdf)
    files.pdf_with_places = lru_cache(maxsize=64)(files.pdf_with_places)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper comes as the page it would be drawn from: the same words, for tests that do not look at its sheets."""
    monkeypatch.setattr(files, "pdf", lambda html: html.encode())
    monkeypatch.setattr(files, "pdf_repeating", lambda _html, _order: None)
