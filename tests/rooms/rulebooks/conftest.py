"""A province, a commune and people with a role, for the tests of the rule books."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app import access, db
from survey_app.access import Identity, Role
from survey_app.units.models import Unit
from tests.pages import Page


@dataclass
class Place:
    """A province with two communes on the test's database."""

    app: Flask
    session: Session
    province: Unit = field(init=False)
    commune: Unit = field(init=False)
    neighbour: Unit = field(init=False)

    def __post_init__(self) -> None:
        self.province = self._unit("52", "province", "tinh", "Thử", None)
        self.commune = self._unit("98001", "commune", "xa", "Biển Hồ", self.province)
        self.neighbour = self._unit("98002", "commune", "xa", "Ia Mơ", self.province)
        self.session.commit()

    def read(self) -> Session:
        """The session, seeing what requests have written since."""
        self.session.rollback()
        return self.session

    def sign_in(self, role: Role = Role.PROVINCE, unit: Unit | None = None) -> None:
        place = unit or self.province
        person = Identity(7, "Nguyễn Văn An", role, place.id, place.path)
        access.supply_identity(self.app, lambda: person)

    def _unit(self, code: str, level: str, kind: str, name: str, parent: Unit | None) -> Unit:
        made = Unit(
            code=code,
            level=level,
            kind=kind,
            name=name,
            valid_from=date(2025, 7, 1),
            parent_id=parent.id if parent else None,
            path="",
        )
        self.session.add(made)
        self.session.flush()
        made.path = f"{parent.path if parent else '/'}{made.id}/"
        self.session.flush()
        return made


@pytest.fixture
def place(app: Flask) -> Place:
    return Place(app, db.session())


@pytest.fixture
def send(client: FlaskClient):
    """Posts a form as a browser does that has just opened `page`."""

    def post(address: str, data: dict[str, object], *, page: str) -> TestResponse:
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()
        hidden = {"csrf_token", "seen"}
        forms = Page(client.get(page).text).forms
        opened = [form for form in forms if form.action in {address.partition("?")[0], ""}]
        fields = next(form.fields for form in [*opened, *forms] if form.fields)
        return client.post(address, data=data | {name: value for name, value in fields if name in hidden})

    return post
