"""How addresses of pages are read and written."""

from collections.abc import Callable
from functools import cache

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, Rule


class RowNumber(IntegerConverter):
    """An integer in an address that a database column can hold; larger ones are a page that does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


class LateRule(Rule):
    """Compiles what writes its address when one is first written: for all rules that is a fifteenth of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(super()._compile_builder)
        return lambda rule, /, **values: compiled(append_unknown)(rule, **values)


def init_app(app: Flask) -> None:
    """Before the first page is registered."""
    app.url_map.converters["int"] = RowNumber
    app.url_rule_class = LateRule
