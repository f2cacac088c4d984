"""The menu of staff pages. Rooms register their entries; this module knows none of their pages.

Who is shown an entry follows from the rule of the view it leads to, so the menu never promises a page that is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString

from survey_app import access
from survey_app.access import Identity


class Place(StrEnum):
    """Where on the page an entry is shown."""

    #: In the bar at the top: the work of the person's role.
    MAIN = "main"
    #: Below the person's own name.
    ACCOUNT = "account"
    FOOTER = "footer"


def _anybody(person: Identity) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page of the menu, for those whom its view lets in."""

    endpoint: str
    text: LazyString
    #: Where it is among the entries of its place, lowest first; hundreds leave room between two rooms.
    order: int
    place: Place = Place.MAIN
    #: Which of those who may open the page also have it in their menu.
    only: Callable[[Identity], bool] = _anybody

    def is_for(self, person: Identity) -> bool:
        """Whether this person has the entry in the menu."""
        return access.lets_in(person.role, self.endpoint) and self.only(person)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as the page prints it."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A page that lies between an entry of the menu and the pages below it, found by an argument of their address."""

    argument: str
    endpoint: str
    #: What it is called, from the argument's value.
    text: Callable[[object], str]


def init_app(app: Flask) -> None:
    """Let the layout of staff pages ask for the entries of a place, and for the way to a page."""
    app.extensions["menu"] = []
    app.extensions["menu_steps"] = []
    app.jinja_env.globals["menu"] = items
    app.jinja_env.globals["crumbs"] = crumbs


def register_step(app: Flask, *steps: Step) -> None:
    """Show these pages on the way to those whose address has their argument."""
    app.extensions["menu_steps"].extend(steps)


def crumbs() -> tuple[MenuItem, ...]:
    """The way from the list of today down to this page, itself left out; empty on the pages of the menu."""
    person = access.current_identity()
    if person is None or request.endpoint is None:
        return ()
    above = [item for item in items(Place.MAIN) if request.path.startswith(f"{item.url}/")]
    steps: list[Step] = current_app.extensions["menu_steps"]
    arguments = request.view_args or {}
    between = [
        MenuItem(
            url_for(step.endpoint, **{step.argument: arguments[step.argument]}),
            step.text(arguments[step.argument]),
        )
        for step in steps
        if step.argument in arguments
        and step.endpoint != request.endpoint
        and access.may_open(person.role, step.endpoint)
    ]
    return (*above, *between)


def register(app: Flask, *entries: MenuEntry) -> None:
    """Show these entries to those whom their views let in."""
    app.extensions["menu"].extend(entries)
    app.extensions["menu"].sort(key=lambda entry: (entry.order, entry.endpoint))


def items(place: str) -> tuple[MenuItem, ...]:
    """What the signed-in person has in the menu at this place; nothing when nobody is signed in."""
    person = access.current_identity()
    if person is None:
        return ()
    entries: list[MenuEntry] = current_app.extensions["menu"]
    return tuple(
        MenuItem(url_for(entry.endpoint), str(entry.text))
        for entry in entries
        if entry.place == place and entry.is_for(person)
    )
