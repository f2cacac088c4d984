"""Puts typed values back into a form of a finished page, as a browser would have kept them.

Works on the HTML that leaves, so that every form of every room is served alike and none can be forgotten. Knows no
request and no form class.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: Kinds of inputs that the person did not type.
_UNTOUCHED = frozenset({"file", "password", "submit", "button", "image", "reset"})
_TICKED = frozenset({"checkbox", "radio"})
_TOKEN = "csrf_token"  # noqa: S105  # the name of a field

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Filled:
    """The page with the values in it, and what has no field there any more."""

    html: str
    found: bool
    left_over: tuple[str, ...]

    def with_notice(self, notice: str) -> str:
        """The page with a notice at the top of its main part."""
        return self.html.replace(_PLACE, notice, 1)


#: Where the notice goes; no page has it, because templates escape what people write.
_PLACE = "<!--kept-->"


def fill(html: str, *, page: str, action: str, fields: Iterable[tuple[str, str]], carried: str) -> Filled:
    """`html` with `fields` in the form that is sent to `action`; `carried` are further inputs for that form."""
    filler = _Filler(page, action, fields, carried)
    filler.feed(html)
    filler.close()
    left = {name: values for name, values in filler.typed.items() if name not in filler.placed}
    words = tuple(
        value for name, values in left.items() if name != _TOKEN for value in values if value.strip()
    )
    return Filled("".join(filler.parts), filler.was_found, words)


class _Filler(HTMLParser):
    def __init__(self, page: str, action: str, fields: Iterable[tuple[str, str]], carried: str) -> None:
        super().__init__(convert_charrefs=False)
        self.page, self.action, self.carried = page, urlsplit(action).path, carried
        self.typed: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in fields:
            self.typed[name].append(value)
        self.next_of: defaultdict[str, int] = defaultdict(int)
        self.placed: set[str] = {_TOKEN}
        self.parts: list[str] = []
        self.was_found = False
        self.inside = False
        self.select: str | None = None
        self.drops_text = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        raw, given = self.get_starttag_text() or "", dict(attrs)
        if tag == "form" and not self.was_found and self._is_it(given):
            self.inside = self.was_found = True
            self.parts.append(_tag("form", [*attrs, ("data-typed", None)]) + self.carried)
        elif not self.inside:
            self.parts.append(raw)
        elif tag == "input":
            self.parts.append(self._input(attrs, raw))
        elif tag == "select":
            self.select = given.get("name")
            self.placed.add(self.select or "")
            self.parts.append(raw)
        elif tag == "option" and self.select in self.typed:
            chosen = given.get("value") in self.typed[self.select or ""]
            self.parts.append(_tag("option", _without(attrs, "selected"), "selected" if chosen else None))
        elif tag == "textarea" and given.get("name") in self.typed:
            self.parts.append(raw + "\n" + escape(self._next(given["name"] or "")))
            self.drops_text = True
        else:
            if tag == "button":
                self.placed.add(given.get("name") or "")
            self.parts.append(raw)
        if tag == "main":
            self.parts.append(_PLACE)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if tag == "input":
            self.handle_starttag(tag, attrs)
        else:
            self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.drops_text = False
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.drops_text:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def _is_it(self, form: dict[str, str | None]) -> bool:
        path = urlsplit(form.get("action") or self.page).path
        return (form.get("method") or "").lower() == "post" and path == self.action

    def _input(self, attrs: Attributes, raw: str) -> str:
        given = dict(attrs)
        kind, name = (given.get("type") or "text").lower(), given.get("name") or ""
        if kind in _UNTOUCHED or name == _TOKEN:
            return raw
        if kind in _TICKED:
            self.placed.add(name)
            ticked = (given.get("value") or "on") in self.typed.get(name, ())
            return _tag("input", _without(attrs, "checked"), "checked" if ticked else None)
        if name not in self.typed:
            return raw
        return _tag("input", [*_without(attrs, "value"), ("value", self._next(name))])

    def _next(self, name: str) -> str:
        """The value for the next field of that name: several fields may share one."""
        self.placed.add(name)
        values, place = self.typed[name], self.next_of[name]
        self.next_of[name] += 1
        return values[min(place, len(values) - 1)]


def _without(attrs: Attributes, dropped: str) -> Attributes:
    return [(name, value) for name, value in attrs if name != dropped]


def _tag(name: str, attrs: Attributes, flag: str | None = None) -> str:
    """A start tag; an attribute without a value is a flag."""
    every = [*attrs, (flag, None)] if flag else attrs
    written = (f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in every)
    return f"<{name}{''.join(written)}>"
