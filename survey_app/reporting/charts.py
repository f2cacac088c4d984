"""Charts as SVG files for <img>: text as paths, because such files load no font.

The page shows the same numbers in a table.
"""

import io
from collections.abc import Sequence

from survey_app import heavy

_GREEN = "#0b6e4f"
_INK = "#1b1b1b"
_INCHES_WIDE = 4.8
_INCHES_PER_BAR = 0.36
#: Room to the right of the longest bar for its number, as a share of its length.
_ROOM = 1.12


def bars(counts: Sequence[tuple[str, int]]) -> bytes:
    """Horizontal bars in the order given, with names and numbers; equal counts give equal bytes."""
    names = [name for name, _count in counts]
    numbers = [count for _name, count in counts]
    matplotlib = heavy.matplotlib()
    with matplotlib.rc_context(
        {"svg.fonttype": "path", "svg.hashsalt": "bars", "font.size": 11, "text.color": _INK}
    ):
        figure = matplotlib.figure.Figure(
            figsize=(_INCHES_WIDE, _INCHES_PER_BAR * len(counts) + 0.2), layout="constrained"
        )
        axes = figure.add_subplot()
        drawn = axes.barh(names, numbers, color=_GREEN, height=0.62)
        axes.bar_label(drawn, padding=5)
        axes.invert_yaxis()
        axes.set_xlim(0, max([1, *numbers]) * _ROOM)
        axes.xaxis.set_visible(False)
        axes.tick_params(axis="y", length=0, labelcolor=_INK)
        for side in ("top", "right", "bottom"):
            axes.spines[side].set_visible(False)
        axes.spines["left"].set_color("#c9d3cf")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
