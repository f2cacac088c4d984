"""Names stand in one order wherever people read them: the Vietnamese alphabet, numbers as numbers."""

import re

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import frames
from survey_app.fieldwork.models import State

pytestmark = pytest.mark.both_engines

VILLAGES = {"10": 12, "2": 12, "Đê": 12, "Dun": 12, "Ấp": 12, "An": 12}
IN_ORDER = ["Làng 2", "Làng 10", "Làng An", "Làng Ấp", "Làng Dun", "Làng Đê"]


@pytest.fixture
def commune(make_commune):
    return make_commune(**VILLAGES)


def read(page: str) -> list[str]:
    """The villages of a page, each where it first stands."""
    found = re.findall("Làng (?:2|10|An|Ấp|Dun|Đê)(?=[ :<])", page)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("state", [State.OPEN, State.SEALED])
def test_the_frame_of_a_survey_is_in_order_before_and_after_its_seal(commune, make_survey, state):
    survey = make_survey(commune, state)

    assert [line.unit.full_name for line in frames.frame(db.session(), survey.id)] == IN_ORDER


@pytest.mark.parametrize(
    "address",
    ["/can-bo/don-vi/98001", "/can-bo/dot/{}", "/can-bo/dot/moi", "/can-bo/dot/{}/hop", "/can-bo/dot/{}/in"],
    ids=["list", "progress", "boxes", "select", "papers"],
)
def test_pages_have_villages_in_order(commune, make_survey, sign_in, address):
    survey = make_survey(commune)
    role = Role.FRONT_COMMUNE if address.endswith("/in") else Role.COMMUNE

    page = sign_in(role, commune.unit).get(address.format(survey.id), follow_redirects=True)

    assert read(page.text) == IN_ORDER


def test_a_sealed_result_has_villages_in_order(commune, make_survey, sign_in):
    survey = make_survey(commune, State.SEALED)

    page = sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}/ket-qua")

    assert read(page.text) == IN_ORDER
