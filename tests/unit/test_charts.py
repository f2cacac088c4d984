"""Charts as pictures: what is drawn how long, and that a picture needs nothing of the page."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

from lxml import etree

from survey_app import charts
from survey_app.charts import Bar

STYLE = Path(charts.__file__).parent / "static" / "staff.css"


def across(svg, style):
    """From where to where on its line each path with that in its style goes, in pixels."""
    paths = [path for path in etree.fromstring(svg).iter("{*}path") if style in path.get("style", "")]
    lines = [[float(x) for x in re.findall(r"[ML] ([\d.]+)", path.get("d"))] for path in paths]
    return [(round(min(line) / 0.75), round(max(line) / 0.75)) for line in lines]


def widths(svg):
    return [right - left for left, right in across(svg, f"fill: {charts._BAR}") if right > left]


def test_bars_are_as_long_as_their_share_and_a_little_is_seen():
    svg = charts.bars(
        [
            Bar("A", Fraction(1), "a"),
            Bar("B", Fraction(1, 2), "b"),
            Bar("C", Fraction(1, 9999), "c"),
            Bar("D", Fraction(0), "d"),
        ]
    )

    assert widths(svg) == [258, 129, 1]


def test_the_longest_count_takes_the_whole_width_and_no_count_at_all_is_drawn_too():
    assert widths(charts.counts([("A", 20), ("B", 5)], str)) == [258, 64]
    assert widths(charts.counts([("A", 0)], str)) == []


def test_a_line_stands_where_the_rule_is_and_more_than_all_stays_within():
    svg = charts.bars([Bar("A", Fraction(3, 2), "150 %", Fraction(1, 2))])

    assert widths(svg) == [258]
    assert across(svg, "fill: none; stroke: ") == [(129, 129), (129, 129)]
    assert across(charts.bars([Bar("A", Fraction(1), "a")]), "fill: none; stroke: ") == []


def test_a_long_name_is_broken_and_no_name_writes_into_the_picture():
    svg = charts.bars([Bar("</text><script>1</script> " + "dài " * 30, Fraction(1), "<1>")])

    words = [text.text for text in etree.fromstring(svg).iter("{*}text")]
    assert len(words) > 3
    assert max(map(len, words)) <= 42
    assert b"<script" not in svg


def test_threads_that_draw_at_once_draw_as_one_does():
    bars = [[Bar(f"Thôn {number}", Fraction(number, 24), str(number))] for number in range(24)]
    alone = [charts.bars(one) for one in bars]
    charts._drawn.cache_clear()
    was = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(charts.bars, bars))
    finally:
        sys.setswitchinterval(was)

    assert together == alone


def test_the_fonts_are_those_of_the_pages():
    assert ",".join([*charts._FONTS, "sans-serif"]) in re.sub(r'"|(?<=,)\s+', "", STYLE.read_text())
