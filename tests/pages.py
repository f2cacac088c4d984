"""HTML as a plain browser sees it: forms that can be filled in and sent, and one inspection for every page.

Knows no page of ours and runs no JavaScript.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_NAMED_BY_THEMSELVES = frozenset({"hidden", "submit", "button", "image", "reset"})

Attributes = dict[str, str]


@dataclass
class Form:
    """One form: `action` and the fields as they would be sent; buttons by name and value."""

    attributes: Attributes
    fields: list[tuple[str, str]] = field(default_factory=list)
    #: Names of groups of which one may be chosen.
    choices: set[str] = field(default_factory=set)

    @property
    def action(self) -> str:
        return self.attributes.get("action", "")

    def data(self, **changes: str | list[str]) -> dict[str, list[str]]:
        """What the browser sends after these changes; an empty list leaves a field out."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        return sent | {name: [value] if isinstance(value, str) else value for name, value in changes.items()}

    def keyed(self, **changes: str | list[str]) -> dict[str, list[str]]:
        """What a clerk sends after these changes who marks every other choice as blank."""
        return {name: [""] for name in self.choices} | self.data(**changes)


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.tags: list[tuple[str, Attributes]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[tuple[str, Attributes]] = []
        self._path = ""
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._textarea: str | None = None
        self.feed(html)
        self.close()

    def form(self, **attributes: str) -> Form:
        """The form with these attributes, by default the only one."""
        (found,) = [
            form
            for form in self.forms
            if all(form.attributes.get(name.removesuffix("_")) == value for name, value in attributes.items())
        ]
        return found

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for found, attributes in self.tags if found == tag]

    def text(self, tag: str) -> str:
        """What stands in the elements of that name."""
        return " ".join(" ".join(self.texts.get(tag, [])).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        attributes["^"] = self._path
        self.tags.append((tag, attributes))
        if tag not in _VOID:
            self._open.append((tag, attributes))
            self._path = f"{self._path} {tag}".lstrip()
            self.texts.setdefault(tag, [])
        if tag == "form":
            self.forms.append(Form(attributes))
        elif tag == "input":
            self._input(attributes)
        elif tag == "select":
            self._select = (attributes.get("name", ""), [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((attributes.get("value", ""), "selected" in attributes))
        elif tag == "textarea":
            self._textarea = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            self._send(name, *chosen)
            self._select = None
        if tag == "textarea" and self._textarea is not None:
            name = next(found.get("name", "") for opened, found in reversed(self._open) if opened == tag)
            self._send(name, self._textarea.removeprefix("\n"))
            self._textarea = None
        if tag in self._path.split():
            while self._open.pop()[0] != tag:
                pass
            self._path = " ".join(name for name, _found in self._open)

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea += data
        for tag in set(self._path.split()):
            self.texts[tag].append(data)

    def _input(self, attributes: Attributes) -> None:
        kind = attributes.get("type", "text")
        if kind == "radio" and self.forms:
            self.forms[-1].choices.add(attributes.get("name", ""))
        if kind in {"submit", "button", "image", "reset", "file"}:
            return
        if kind in {"radio", "checkbox"} and "checked" not in attributes:
            return
        self._send(attributes.get("name", ""), attributes.get("value", "on" if kind == "checkbox" else ""))

    def _send(self, name: str, *values: str) -> None:
        if name and any(tag == "form" for tag, _found in self._open):
            self.forms[-1].fields.extend((name, value) for value in values)


def form_with(html: str, field: str) -> Form:
    """The one form of a page that has this field, as a browser sends it back."""
    [found] = [form for form in Page(html).forms if field in dict(form.fields)]
    return found


def save_over(client: Any, address: str, data: Mapping[str, object]) -> Any:
    """Send a form of values that replace others, as somebody who has read both and saves all the same."""
    reply = client.post(address, data=data)
    if reply.status_code != HTTPStatus.CONFLICT:
        return reply
    [seen] = [
        value
        for form in Page(reply.text).forms
        if form.action in {address, ""}
        for name, value in form.fields
        if name == "seen"
    ]
    return client.post(address, data={**data, "seen": seen})


@lru_cache(maxsize=2)
def parsed(html: str) -> Page:
    """The page, parsed once for its inspection and for the test that looks at it next; only to be read."""
    return Page(html)


#: Pages that were found sound, by their text without what is drawn for each request.
_sound: set[int] = set()
_DRAWN = re.compile(r'value="?[\w.-]{60,}"?')


def faults(html: str) -> list[str]:
    """What every page of ours must have and this one lacks; empty for a sound page, which is read once."""
    known = hash(_DRAWN.sub("", html))
    if known in _sound:
        return []
    found = _read_faults(parsed(html))
    if not found:
        _sound.add(known)
    return found


def _read_faults(page: Page) -> list[str]:
    found = []
    if not any(attributes.get("lang") for attributes in page.all("html")):
        found.append("<html> names no language")
    if not page.text("title"):
        found.append("no title")
    if len(page.all("h1")) != 1:
        found.append(f"{len(page.all('h1'))} first headings instead of one")
    ids = Counter(attributes["id"] for _tag, attributes in page.tags if "id" in attributes)
    found += [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    labelled = {attributes["for"] for attributes in page.all("label") if "for" in attributes}
    found += [f"<{tag} name={attributes.get('name')!r}> has no label" for tag, attributes in page.tags
              if tag in {"input", "select", "textarea"} and not _has_name(attributes, labelled)]  # fmt: skip
    found += [
        f"<img src={attributes.get('src')!r}> has no alt"
        for attributes in page.all("img")
        if "alt" not in attributes
    ]
    found += [f"<{tag}> has {name!r}" for tag, attributes in page.tags for name in attributes
              if name == "style" or name.startswith("on")]  # fmt: skip
    return found


def _has_name(attributes: Attributes, labelled: set[str]) -> bool:
    if attributes.get("type") in _NAMED_BY_THEMSELVES or attributes.get("id") in labelled:
        return True
    return (
        bool(attributes.get("aria-label") or attributes.get("aria-labelledby"))
        or "label" in attributes["^"].split()
    )


def numbers(text: str) -> set[str]:
    """The numbers that a page or a file prints, each whole: three digits within a digest or a token are none."""
    return set(re.findall(r"(?<![\w.,+/=-])\d+(?:[.,/]\d+)*(?![\w+/=-])", re.sub(r"<[^>]+>", " ", text)))
