"""How a running survey is followed: per cent, total, days left, the plan's own goal, and never an answer."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import following, frames, operations, queries
from survey_app.fieldwork.models import Channel, Progress, State, Survey
from survey_app.sealing.models import ReceiptList
from tests.pages import Page

pytestmark = pytest.mark.both_engines(long="postgresql")

NOW = datetime.now(UTC)
PHONE, PAPER = Channel.SELF_ONLINE, Channel.PAPER_ENTRY


@pytest.fixture
def commune(make_commune):
    return make_commune(Kép=20, Ốp=12)


def answer(survey, **counted):
    """Count households of villages as `record_response` does, and let the hour pass."""
    units = {line.unit.name: line.unit.id for line in frames.frame(db.session(), survey.id)}
    with db.transaction() as current:
        for name, counts in counted.items():
            for channel, answered in counts.items():
                row = Progress(survey_id=survey.id, unit_id=units[name], channel=channel, answered=answered)
                current.add(row)
        current.flush()
        operations.copy_progress(current, NOW)


def strive(survey, percent):
    with db.transaction() as current:
        current.get_one(Survey, survey.id).goal_percent = percent
    return queries.survey(db.session(), survey.id)


def followed(survey, now=NOW):
    current = db.session()
    return following.progress(current, survey, frames.frame(current, survey.id), now)


def page_of(sign_in, commune, survey):
    """What the page says, in one line."""
    page = sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}").text
    return " ".join(re.sub("<[^>]+>", " ", page).split())


@pytest.mark.both_engines
def test_the_page_says_share_total_days_and_what_the_goal_still_needs(commune, survey, sign_in):
    survey = strive(survey, 70)
    answer(survey, Kép={PHONE: 3}, Ốp={PAPER: 1})

    text = page_of(sign_in, commune, survey)

    assert "4/32 hộ (12,50 %) · còn 7 ngày" in text
    assert "còn 19 hộ là đạt 70 % theo kế hoạch 12/KH-MTTQ" in text
    assert "điện thoại 3 · phiếu giấy đã nhập 1" in text
    assert "chưa nhập" not in text


def test_slips_that_came_back_and_are_not_keyed_are_counted_where_the_front_counted_them(
    commune, survey, sign_in
):
    village = commune.villages["Kép"]
    answer(survey, Kép={PAPER: 5})
    counted = {"issued": 20, "ticked": 20, "returned": 0, "voided": 0, "brought_back": 8}
    with db.transaction() as current:
        current.add(
            ReceiptList(
                survey_id=survey.id, unit_id=village.id, entered_by="user:1", entered_at=NOW, **counted
            )
        )

    assert followed(survey).unkeyed == 3
    assert "đã thu, chưa nhập 3" in page_of(sign_in, commune, survey)


def test_before_the_first_hour_no_share_is_said(commune, survey, sign_in):
    found = followed(survey)

    assert (found.as_of, found.total.rate, found.behind) == (None, None, ())
    assert "0,00" not in page_of(sign_in, commune, survey)


def test_a_goal_that_is_reached_is_said_without_a_verdict(commune, survey, sign_in):
    survey = strive(survey, 10)
    answer(survey, Kép={PHONE: 20})

    text = page_of(sign_in, commune, survey)

    assert "đã có 10 % số hộ trả lời, đạt mức phấn đấu của kế hoạch 12/KH-MTTQ" in text
    assert "Đạt" not in text


def test_villages_below_half_are_named_once_half_of_the_days_are_over(commune, survey):
    answer(survey, Kép={PHONE: 9}, Ốp={PHONE: 6})

    early, late = followed(survey), followed(survey, survey.closes_at - timedelta(days=1))

    assert early.behind == ()
    assert [unit.full_name for unit in late.behind] == ["Làng Kép"]


@pytest.mark.parametrize("percent", [0, 101])
def test_a_goal_is_a_share(survey, percent):
    with pytest.raises(IntegrityError):
        strive(survey, percent)


def test_a_goal_needs_the_plan_that_names_it(commune, make_survey, sign_in):
    draft = make_survey(commune, State.DRAFT)
    client, address = sign_in(Role.COMMUNE, commune.unit), f"/can-bo/dot/{draft.id}/sua"
    form = next(form for form in Page(client.get(address).text).forms if "goal_percent" in form.data())

    refused = client.post(address, data=form.data(goal_percent="70", plan_number=""))
    client.post(address, data=form.data(goal_percent="70", anyway="1"))

    assert refused.status_code == 422
    assert "Xin ghi số kế hoạch" in refused.text
    db.session().rollback()
    assert queries.survey(db.session(), draft.id).goal_percent == 70


def test_that_every_slip_is_keyed_twice_is_chosen_in_the_draft_and_read_by_who_decides(
    commune, make_survey, sign_in
):
    draft = make_survey(commune, State.DRAFT)
    client, address = sign_in(Role.COMMUNE, commune.unit), f"/can-bo/dot/{draft.id}/sua"
    form = next(form for form in Page(client.get(address).text).forms if "goal_percent" in form.data())

    client.post(address, data=form.data(keyed_twice="y", anyway="1"))

    db.session().rollback()
    assert queries.survey(db.session(), draft.id).keyed_twice
    assert "mọi phiếu do hai người nhập" in client.get(f"/can-bo/dot/{draft.id}").text
