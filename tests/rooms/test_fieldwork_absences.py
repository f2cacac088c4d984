"""Households that are away: a number for each village, beside how many answered and in no rate."""

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.fieldwork import absences, frames
from survey_app.fieldwork.models import State
from survey_app.fieldwork.refusals import WrongState
from tests.pages import Page

pytestmark = pytest.mark.both_engines(long="postgresql")


def address(survey):
    return f"/can-bo/dot/{survey.id}/vang-mat"


def fields(commune, **told):
    return {f"village_{commune.villages[name].code}": count for name, count in told.items()}


def save(client, survey, commune, **told):
    form = Page(client.get(address(survey)).text).form(novalidate="")
    return client.post(address(survey), data=form.data(**fields(commune, **told)))


def stored(commune, survey):
    current = db.session()
    current.rollback()
    found = absences.absences(current, survey.id)
    return {name: found[unit.id] for name, unit in commune.villages.items() if unit.id in found}


@pytest.mark.both_engines
def test_numbers_are_kept_changed_and_taken_back_and_each_change_is_noted(commune, survey, officer):
    save(officer, survey, commune, Phung="3", Bang="0")
    save(officer, survey, commune, Phung="4", Bang="")

    assert stored(commune, survey) == {"Phung": 4}
    noted = db.session().scalars(select(AuditEvent.details).where(AuditEvent.act == absences.NOTE)).all()
    phung, bang = (f"unit:{commune.villages[name].id}/absent" for name in ("Phung", "Bang"))
    assert [one["changes"] for one in noted] == [
        {phung: [None, 3], bang: [None, 0]},
        {phung: [3, 4], bang: [0, None]},
    ]


@pytest.mark.parametrize("typed", ["21", "-1", "ba"])
def test_what_cannot_be_is_refused_and_stays_on_the_page(commune, survey, officer, typed):
    refused = save(officer, survey, commune, Phung=typed)

    assert (refused.status_code, stored(commune, survey)) == (422, {})
    assert f'value="{typed}"' in refused.text


def test_they_stand_beside_the_missing_and_change_no_number_of_households(commune, survey, officer):
    save(officer, survey, commune, Phung="3")

    page = officer.get(f"/can-bo/dot/{survey.id}").text
    assert "vắng: 3" in page
    assert sum(line.households for line in frames.frame(db.session(), survey.id)) == 32


@pytest.mark.both_engines
def test_the_second_of_two_who_save_is_told(commune, survey, officer, sign_in):
    form = Page(officer.get(address(survey)).text).form(novalidate="")
    save(officer, survey, commune, Phung="3")

    refused = officer.post(address(survey), data=form.data(**fields(commune, Phung="5")))

    assert (refused.status_code, stored(commune, survey)) == (409, {"Phung": 3})


def test_after_the_seal_nothing_is_told_any_more(commune, survey, officer, move_on):
    move_on(survey, State.SEALED)

    assert officer.get(address(survey)).status_code == 404
    with pytest.raises(WrongState), db.transaction() as current:
        absences.note_absences(current, survey.id, {}, actor="user:1", now=survey.opens_at)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.FRONT_COMMUNE, 200), (Role.CLERK, 200), (Role.VIEWER, 403), (Role.DIGITAL_TEAM, 403)],
)
def test_commune_front_and_clerk_may_tell(commune, survey, sign_in, role, status):
    assert sign_in(role, commune.unit).get(address(survey)).status_code == status
