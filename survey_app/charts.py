"""Charts as SVG pictures: a bar under each name, in the fonts of the pages, as wide as a telephone.

The page that shows one has the same numbers in a table. A picture loads no font and needs none: it names those that
pages name, and the machine of the reader has one of them.
"""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

_FONTS = "Noto Sans, system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif"
_BAR, _TRACK, _INK = "#0b6e4f", "#e3e9e6", "#1b1b1b"
#: Of the drawing; a telephone of 360 px shows it about as large as it is here.
_WIDTH, _LONGEST_BAR = 340, 258
_SIZE, _LINE, _THICK, _GAP = 15, 19, 15, 12
#: Letters of a name in one line.
_LETTERS = 42


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `share` is its length, from 0 to 1; `line` is where a line stands that it is held against."""

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
    drawn, top = [], 0
    for row in rows:
        lines = textwrap.wrap(row.name, _LETTERS) or [""]
        drawn.append(_bar(row, lines, top))
        top += len(lines) * _LINE + _THICK + _GAP
    style = f'font-family="{_FONTS}" font-size="{_SIZE}" fill="{_INK}"'
    box = f'viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {style}>{"".join(drawn)}</svg>'.encode()


def _bar(row: Bar, lines: Sequence[str], top: int) -> str:
    words = "".join(
        f'<text y="{top + (place + 1) * _LINE - 4}">{escape(line)}</text>' for place, line in enumerate(lines)
    )
    below = top + len(lines) * _LINE
    label = f'<text x="{_WIDTH}" y="{below + _THICK - 2}" text-anchor="end">{escape(row.label)}</text>'
    return (
        f"{words}{_box(below, _LONGEST_BAR, _TRACK)}{_box(below, _pixels(row.share), _BAR)}"
        f"{_held_against(row.line, below)}{label}"
    )


def _box(top: int, width: int, colour: str) -> str:
    return f'<rect y="{top}" width="{width}" height="{_THICK}" fill="{colour}"/>' if width else ""


def _held_against(line: Fraction | None, top: int) -> str:
    """Black within white, so that it is seen on the bar and beside it."""
    if line is None:
        return ""
    path = f'd="M{_pixels(line)} {top - 3}v{_THICK + 6}"'
    return f'<path {path} stroke="#fff" stroke-width="6"/><path {path} stroke="{_INK}" stroke-width="3"/>'


def _pixels(share: Fraction) -> int:
    """Something is seen of everything that is more than nothing."""
    return max(round(min(share, Fraction(1)) * _LONGEST_BAR), 1 if share > 0 else 0)
