"""Two communes of a province with their people, and a browser without JavaScript for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import operations as accounts
from survey_app.authoring import drafts, editing, operations, queries
from survey_app.authoring.queries import InstrumentView
from survey_app.questions.kinds import Kind
from survey_app.units import queries as units
from survey_app.units.models import Unit

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
PASSWORD = "bến nước đầu làng"


@dataclass(frozen=True)
class Place:
    """Gia Lai with two of its communes, and another province: ids of units, and their paths by id."""

    province: int
    bien_ho: int
    ia_ly: int
    elsewhere: int
    paths: dict[int, str]


@pytest.fixture
def place(app: Flask) -> Place:
    with db.transaction() as current:
        province = _add_unit(current, None, "52", "province", "tinh", "Gia Lai")
        bien_ho = _add_unit(current, province, "23560", "commune", "xa", "Biển Hồ")
        ia_ly = _add_unit(current, province, "23722", "commune", "xa", "Ia Ly")
        elsewhere = _add_unit(current, None, "66", "province", "tinh", "Đắk Lắk")
        made = [province, bien_ho, ia_ly, elsewhere]
        found = Place(*(unit.id for unit in made), paths={unit.id: unit.path for unit in made})
        operations.load_library(current, NOW)
    return found


@pytest.fixture
def person(place: Place) -> Callable[..., Identity]:
    """Makes an account and gives its identity."""

    def make(role: Role, unit_id: int, name: str = "") -> Identity:
        name = name or f"Người {role}"
        with db.transaction() as current:
            made = accounts.create_account(
                current,
                email=f"{role}.{unit_id}.{len(name)}",
                name=name,
                role=role,
                unit_id=unit_id,
                actor=audit.OPERATOR,
                now=NOW,
            )
            accounts.set_password(current, made.user_id, PASSWORD)
        return Identity(made.user_id, name, role, unit_id, place.paths[unit_id])

    return make


@pytest.fixture
def officer(person: Callable[..., Identity], place: Place) -> Identity:
    return person(Role.COMMUNE, place.bien_ho, "Rơ Châm H’Ly")


@pytest.fixture
def front(person: Callable[..., Identity], place: Place) -> Identity:
    return person(Role.FRONT_PROVINCE, place.province, "Siu Thị Mặt Trận")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def draft(officer: Identity, desk: Desk) -> int:
    """A draft of xã Biển Hồ that started from xa-ntm."""
    return desk.start(officer, "xa-ntm")


@pytest.fixture
def locked_draft(officer: Identity, front: Identity, desk: Desk) -> int:
    """A draft of xã Biển Hồ that started from a form the province Front confirmed."""
    return desk.start_from(officer, desk.confirmed_form(front))


class Desk:
    """What people do with forms, without a browser."""

    def start(self, who: Identity, key: str) -> int:
        """A draft of the person's unit from the newest frozen version of `key`."""
        return self.start_from(who, queries.latest_frozen(db.session(), key).id)

    def start_from(self, who: Identity, template_id: int) -> int:
        with db.transaction() as current:
            template = queries.instrument(current, template_id)
            unit = units.unit(current, who.unit_id)
            return operations.start_from_template(current, template, unit, actor=who.actor, now=NOW)

    def freeze(self, who: Identity, instrument_id: int) -> str:
        with db.transaction() as current:
            revision = queries.instrument(current, instrument_id).revision
            return operations.freeze(current, instrument_id, revision=revision, actor=who.actor, now=NOW)

    def confirm(
        self, who: Identity, instrument_id: int, *, number: str = "12/HD-MTTQ", on: date = TODAY
    ) -> None:
        with db.transaction() as current:
            operations.confirm(current, instrument_id, number=number, on=on, actor=who.actor, now=NOW)

    def confirmed_form(self, front: Identity) -> int:
        """A frozen copy of xa-ntm that the province Front confirmed."""
        made = self.start(front, "xa-ntm")
        self.freeze(front, made)
        self.confirm(front, made)
        return made

    def look(self, instrument_id: int) -> InstrumentView:
        db.session().rollback()
        return queries.instrument(db.session(), instrument_id)

    def change(self, who: Identity, instrument_id: int, key: str, **values: object) -> editing.SavedEdit:
        """Store one question with other values, as somebody who has just opened it."""
        with db.transaction() as current:
            view = queries.instrument(current, instrument_id)
            stored = drafts.question(view.document, key)
            assert stored is not None
            return editing.save_question(
                current,
                instrument_id,
                {**stored, **values},
                revision=view.revision,
                seen=drafts.fingerprint(stored),
                actor=who.actor,
                now=NOW,
            )

    def add(self, who: Identity, instrument_id: int, kind: Kind) -> str:
        with db.transaction() as current:
            revision = queries.instrument(current, instrument_id).revision
            return editing.add_question(
                current, instrument_id, kind, after="", revision=revision, actor=who.actor, now=NOW
            )


class Visitor:
    """A signed-in person's browser: follows forms by their tokens, like a browser without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def post(self, address: str, page: TestResponse, **typed: object) -> TestResponse:
        """Send `typed` to `address` with the token that `page` holds."""
        return self.client.post(address, data={"csrf_token": hidden(page, "csrf_token"), **typed})

    def submit(self, address: str, page: TestResponse, act: str = "save", **typed: object) -> TestResponse:
        """Send the edit form of `page` as it stands, but for what is `typed`."""
        return self.client.post(address, data={**fields(page), "act": act, **typed})


@pytest.fixture
def visit(app: Flask) -> Callable[[Identity], Visitor]:
    def sign_in(who: Identity) -> Visitor:
        client = app.test_client()
        page = client.get("/dang-nhap")
        email = f"{who.role}.{who.unit_id}.{len(who.name)}"
        form = {"email": email, "password": PASSWORD, "csrf_token": hidden(page, "csrf_token")}
        assert client.post("/dang-nhap", data=form).status_code == 302
        return Visitor(client)

    return sign_in


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None, name
    return found[1]


def fields(page: TestResponse) -> dict[str, object]:
    """What a browser would send of the edit form on the page."""
    return _FormReader.read(page.text)


class _FormReader(HTMLParser):
    """Collects the fields of the form marked data-autosave."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, object] = {}
        self.inside = False
        self.area: str | None = None
        self.select: str | None = None

    @classmethod
    def read(cls, html: str) -> dict[str, object]:
        reader = cls()
        reader.feed(html)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = "data-autosave" in given
        if not self.inside:
            return
        name = given.get("name") or ""
        if tag == "input":
            self._input(name, given)
        elif tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.found):
            self.found[self.select] = given.get("value") or ""

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        if given.get("type") != "checkbox":
            self.found[name] = given.get("value") or ""
        elif "checked" in given:
            ticked = self.found.setdefault(name, [])
            assert isinstance(ticked, list)
            ticked.append(given.get("value") or "y")

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.found[self.area] = str(self.found[self.area]) + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            # A browser drops the line break that opens a text area and sends the others as CRLF.
            text = str(self.found[self.area])
            self.found[self.area] = text.removeprefix("\r\n").removeprefix("\n").replace("\n", "\r\n")
            self.area = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False


def _add_unit(current, parent: Unit | None, code: str, level: str, kind: str, name: str) -> Unit:
    unit = Unit(code=code, level=level, kind=kind, name=name, valid_from=date(2025, 7, 1), path="")
    unit.parent_id = parent.id if parent else None
    current.add(unit)
    current.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    return unit
