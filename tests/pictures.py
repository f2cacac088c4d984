"""What the pictures of a page say: the words of every chart that it holds."""

import base64
import re

from lxml import etree

_PICTURE = re.compile(r'<img class="chart" src="data:image/svg\+xml;base64,([^"]+)"')
_SVG = "{http://www.w3.org/2000/svg}"


def charts(page: str) -> list[list[str]]:
    """The words of each chart in their order: names and figures."""
    return [[_plain(text.text) for text in one.iter(f"{_SVG}text")] for one in drawn(page)]


def drawn(page: str) -> list[etree._Element]:
    """Each chart as a tree."""
    return [etree.fromstring(base64.b64decode(found)) for found in _PICTURE.findall(page)]


def ruled(picture: etree._Element) -> int:
    """How many bars of a chart are held against a line."""
    return sum("fill: none; stroke: #ffffff" in path.get("style", "") for path in picture.iter(f"{_SVG}path"))


def tables(page: str) -> str:
    """The words of the tables of a page, one blank between."""
    return _plain(" ".join(" ".join(table.itertext()) for table in etree.HTML(page).iter("table")))


def _plain(text: str) -> str:
    return " ".join(text.split())
