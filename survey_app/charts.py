"""Charts as SVG pictures: a bar under each name, in the fonts of the pages, as wide as a telephone.

The page that shows one has the same numbers in a table. A picture loads no font and needs none: it names those that
pages name, and the machine of the reader has one of them.
"""

import io
import textwrap
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from survey_app import heavy

_FONTS = ("Noto Sans", "system-ui", "-apple-system", "Segoe UI", "Roboto", "DejaVu Sans")
_BAR, _TRACK, _INK = "#0b6e4f", "#e3e9e6", "#1b1b1b"
#: Of the drawing, in pixels; a telephone of 360 shows it about as large as it is here.
_WIDTH, _LONGEST_BAR = 340, 258
_SIZE, _LINE, _THICK, _GAP = 15, 19, 15, 12
#: Letters of a name in one line.
_LETTERS = 42
_PIXELS_PER_INCH, _POINTS_PER_PIXEL = 96, 0.75
#: Equal bars give equal bytes; text stays text.
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bars",
    "font.family": "sans-serif",
    "font.sans-serif": _FONTS,
    "font.size": _SIZE * _POINTS_PER_PIXEL,
    "text.color": _INK,
    "text.parse_math": False,
}


#: The library's settings belong to the process, and a server has several threads.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `share` is its length, from 0 to 1; `line` is where a line is drawn that it is held against."""

    name: str
    share: Fraction
    label: str
    line: Fraction | None = None


def counts(rows: Sequence[tuple[str, int]], written: Callable[[int], str]) -> bytes:
    """Bars of counts in the order given, the longest over the whole width, `written` as people read them."""
    longest = max([1, *(count for _name, count in rows)])
    return bars(Bar(name, Fraction(count, longest), written(count)) for name, count in rows)


def bars(rows: Iterable[Bar]) -> bytes:
    """The bars in the order given; equal bars give equal bytes."""
    return _drawn(tuple(rows))


@lru_cache(maxsize=256)  # a sealed result is drawn the same for all who look at it
def _drawn(rows: Sequence[Bar]) -> bytes:
    matplotlib = heavy.matplotlib()
    broken = [textwrap.wrap(row.name, _LETTERS) or [""] for row in rows]
    height = sum(len(lines) * _LINE + _THICK + _GAP for lines in broken) or 1
    with _one_at_a_time, matplotlib.rc_context(_SETTINGS):
        figure = matplotlib.figure.Figure(figsize=(_WIDTH / _PIXELS_PER_INCH, height / _PIXELS_PER_INCH))
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        top = 0
        for row, lines in zip(rows, broken, strict=True):
            _draw(axes, row, lines, top)
            top += len(lines) * _LINE + _THICK + _GAP
        written = io.BytesIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _draw(axes: Any, row: Bar, lines: Sequence[str], top: int) -> None:
    for number, line in enumerate(lines, start=1):
        axes.text(0, top + number * _LINE - 4, line)
    middle = top + len(lines) * _LINE + _THICK / 2
    axes.barh(middle, _LONGEST_BAR, height=_THICK, color=_TRACK)
    axes.barh(middle, _pixels(row.share), height=_THICK, color=_BAR)
    if row.line is not None:  # black within white, so that it is seen on the bar and beside it
        ends = (middle - _THICK / 2 - 3, middle + _THICK / 2 + 3)
        for colour, width in (("white", 6), (_INK, 3)):
            axes.vlines(_pixels(row.line), *ends, colors=colour, linewidth=width * _POINTS_PER_PIXEL)
    axes.text(_WIDTH, middle, row.label, ha="right", va="center")


def _pixels(share: Fraction) -> int:
    """Something is seen of everything that is more than nothing."""
    return max(round(min(share, Fraction(1)) * _LONGEST_BAR), 1 if share > 0 else 0)
