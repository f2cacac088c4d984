"""A new survey begun as an earlier one was: form, aim, contact and the days of a year later."""

from datetime import UTC, date, datetime

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import calendar, frames, queries
from survey_app.fieldwork.models import State, Survey
from survey_app.units.queries import civil
from tests.pages import form_with


@pytest.fixture
def officer(sign_in, commune):
    return sign_in(Role.COMMUNE, commune.unit)


@pytest.fixture
def sealed(commune, make_survey, move_on):
    return move_on(make_survey(commune), State.SEALED)


def test_the_earlier_survey_fills_the_form_in_and_the_draft_is_saved_as_it_stands(officer, commune, sealed):
    with db.transaction() as current:
        current.get_one(Survey, sealed.id).keyed_twice = True
    link = f"/can-bo/dot/moi?theo={sealed.id}"
    assert link in officer.get(f"/can-bo/dot/{sealed.id}").text

    page = officer.get(link)
    filled = form_with(page.text, "plan_number").data()
    saved = officer.post(link, data=filled | {"plan_number": "15/KH-MTTQ", "anyway": "1"})

    assert saved.status_code == 302
    db.session().rollback()  # what the page saved is younger than what this test has read
    new = queries.survey(db.session(), saved.location.rpartition("/")[2])
    assert (new.aim, new.contact, new.purpose, new.instrument_id) == (
        sealed.aim, sealed.contact, sealed.purpose, sealed.instrument_id,
    )  # fmt: skip
    assert new.keyed_twice
    assert new.first_day == calendar.year_later(sealed.first_day)
    assert new.last_day - new.first_day == sealed.last_day - sealed.first_day
    assert (filled["plan_number"], new.plan_number) == ([""], "15/KH-MTTQ")
    assert {line.unit.id for line in frames.frame(db.session(), new.id)} == {
        village.id for village in commune.villages.values()
    }


def test_days_of_long_ago_begin_tomorrow(officer, sealed):
    with db.transaction() as current:
        row = current.get_one(Survey, sealed.id)
        row.opens_at, row.closes_at = calendar.opening(date(2023, 3, 1)), calendar.closing(date(2023, 3, 10))

    filled = form_with(officer.get(f"/can-bo/dot/moi?theo={sealed.id}").text, "plan_number").data()

    first, last = (date.fromisoformat(filled[name][0]) for name in ("opens_on", "closes_on"))
    assert (first - civil(datetime.now(UTC))).days == 1
    assert (last - first).days == 9


def test_a_survey_of_another_commune_cannot_be_copied(officer, make_commune, make_survey):
    other = make_survey(make_commune("98002", "Khác"))

    assert officer.get(f"/can-bo/dot/moi?theo={other.id}").status_code == 404
    assert officer.get("/can-bo/dot/moi?theo=%00").status_code in {400, 404}
