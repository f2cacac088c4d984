"""Charts as SVG files for <img>: text as paths, because such files load no font.

The page shows the same numbers in a table.
"""

import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from survey_app import heavy

_GREEN = "#0b6e4f"
_AMBER = "#8a5a00"
_INK = "#1b1b1b"
#: Letters of a name in one line.
_LETTERS = 42
_INCHES_WIDE = 4.8
_INCHES_PER_BAR = 0.36
#: Room to the right of the longest bar for its number, as a share of its length.
_ROOM = 1.12


def shares(rows: Sequence[tuple[str, int, int]]) -> bytes:
    """For each name, satisfied and not satisfied side by side in one bar, with both numbers."""
    names = ["\n".join(textwrap.wrap(name, _LETTERS)) for name, _yes, _no in rows]
    yes, no = [row[1] for row in rows], [row[2] for row in rows]
    with _drawing() as matplotlib:
        figure = matplotlib.figure.Figure(
            figsize=(_INCHES_WIDE * 1.5, _INCHES_PER_BAR * 1.6 * len(rows) + 0.4), layout="constrained"
        )
        axes = figure.add_subplot()
        for counts, left, colour in ((yes, None, _GREEN), (no, yes, _AMBER)):
            drawn = axes.barh(names, counts, left=left, color=colour, height=0.62)
            axes.bar_label(
                drawn, labels=[str(count or "") for count in counts], label_type="center", color="white"
            )
        return _finished(figure, axes, max([1, *map(sum, zip(yes, no, strict=True))]))


def bars(counts: Sequence[tuple[str, int]]) -> bytes:
    """Horizontal bars in the order given, with names and numbers; equal counts give equal bytes."""
    names = [name for name, _count in counts]
    numbers = [count for _name, count in counts]
    with _drawing() as matplotlib:
        figure = matplotlib.figure.Figure(
            figsize=(_INCHES_WIDE, _INCHES_PER_BAR * len(counts) + 0.2), layout="constrained"
        )
        axes = figure.add_subplot()
        drawn = axes.barh(names, numbers, color=_GREEN, height=0.62)
        axes.bar_label(drawn, padding=5)
        return _finished(figure, axes, max([1, *numbers]))


@contextmanager
def _drawing() -> Iterator[Any]:
    """The library with the settings of every chart; equal counts give equal bytes."""
    matplotlib = heavy.matplotlib()
    with matplotlib.rc_context(
        {"svg.fonttype": "path", "svg.hashsalt": "bars", "font.size": 11, "text.color": _INK}
    ):
        yield matplotlib


def _finished(figure: Any, axes: Any, longest: int) -> bytes:
    axes.invert_yaxis()
    axes.set_xlim(0, longest * _ROOM)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=_INK)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color("#c9d3cf")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
