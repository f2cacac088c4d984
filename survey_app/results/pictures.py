"""Rates as pictures: the weakest first, each held against what is asked of it. Addresses for <img>.

Draws what it is given, after disclosure; the page that shows a picture has the same figures in a table.
"""

from collections.abc import Iterable
from fractions import Fraction

from survey_app import charts, drawing
from survey_app.charts import Bar
from survey_app.scoring.rates import Rate
from survey_app.templating import percent

_ALL = 10_000


def ranked(rates: Iterable[tuple[str, Rate]]) -> str:
    """The rates by name, the lowest first, equal ones in the order given."""
    return against((name, rate, None) for name, rate in rates)


def against(rates: Iterable[tuple[str, Rate, int | None]]) -> str:
    """The same, each with a line at the basis points that are asked of it; none where nothing is."""
    lowest_first = sorted(rates, key=lambda one: Fraction(one[1].n, one[1].of))
    return drawing.data_uri(charts.bars(_bar(*one) for one in lowest_first))


def _bar(name: str, rate: Rate, asked: int | None) -> Bar:
    line = None if asked is None else Fraction(asked, _ALL)
    return Bar(name[:1].upper() + name[1:], Fraction(rate.n, rate.of), percent(rate), line)
