"""The life of a survey: drafted, agreed by two bodies, extended, cancelled. In the field: `test_fieldwork_field`."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from survey_app import db, jobs
from survey_app.access import Role
from survey_app.approvals import requests as approvals
from survey_app.audit import AuditEvent
from survey_app.authoring import queries as instruments
from survey_app.fieldwork import acts, frames, operations, queries, refusals
from survey_app.fieldwork.models import FrameRow, Purpose, State, Survey
from survey_app.i18n import force_locale
from survey_app.keys import store
from survey_app.reporting import blocks, notice_papers, papers
from survey_app.units import queries as units
from survey_app.units.models import Unit
from tests.pages import Page

DAY = timedelta(days=1)


@pytest.fixture
def two_bodies(commune, sign_in):
    """Continue as the commune or as its Front."""

    def enter(body):
        return sign_in({"commune": Role.COMMUNE, "front": Role.FRONT_COMMUNE}[body], commune.unit)

    return enter


def state_of(survey):
    current = db.session()
    current.rollback()
    return queries.survey(current, survey.id).state


def press(client, address, which, **fields):
    """Open a page, fill in one of its forms and send it; follow to where it leads."""
    page = Page(client.get(address).text)
    (form,) = [
        form for form in page.forms if form.action.endswith(which) or (not form.action and which == address)
    ]
    return client.post(form.action or address, data=form.data(**fields), follow_redirects=True)


def ask(client, survey, what, **fields):
    return press(client, f"/can-bo/dot/{survey.id}", what, **fields)


def decide(client, survey, decision="approved", **fields):
    (waiting,) = [
        item for item in approvals.approvals_of(fresh(), acts.subject(survey.id)) if item.decision is None
    ]
    address = f"/can-bo/dot/{survey.id}/duyet/{waiting.id}"
    page = client.get(address)
    forms = [
        form
        for form in Page(page.text).forms
        if "/can-bo/ngon-ngu" not in form.action and "dang-xuat" not in form.action
    ]
    data = forms[0].data(decision=decision, **fields) if forms else {}
    return client.post(address, data=data)


def fresh():
    current = db.session()
    current.rollback()
    return current


def acts_noted(survey):
    return list(
        fresh().scalars(
            select(AuditEvent.act).where(AuditEvent.subject == f"survey:{survey.id}").order_by(AuditEvent.id)
        )
    )


def new_survey_form(client, **changes):
    page = Page(client.get("/can-bo/dot/moi").text)
    (form,) = [form for form in page.forms if any(name == "plan_number" for name, _value in form.fields)]
    today = units.civil(datetime.now(UTC))
    fields = {
        "level": "xa",
        "plan_number": "12/KH-MTTQ",
        "aim": "Để xét công nhận",
        "contact": "Bà Hoa, 0269 123 456",
        "opens_on": (today + DAY).isoformat(),
        "closes_on": (today + 14 * DAY).strftime("%d/%m/%Y"),
    }
    return client.post("/can-bo/dot/moi", data=form.data(**fields | changes))


def test_a_commune_drafts_a_survey_of_all_its_counted_villages(commune, two_bodies):
    reply = new_survey_form(two_bodies("commune"))

    number = reply.location.rpartition("/")[2]
    assert reply.status_code == 302
    assert [line.households for line in frames.frame(fresh(), number)] == [12, 20]


@pytest.mark.parametrize(
    ("level", "form"),
    [("xa", "xa-ntm"), ("xa-nang-cao", "xa-ntm-nang-cao"), ("xa-nhom-2", "xa-ntm-2026"), ("xa-hien-dai", "xa-ntm-2026")],
)  # fmt: skip
def test_the_form_follows_from_what_the_commune_aims_at(commune, two_bodies, level, form):
    reply = new_survey_form(two_bodies("commune"), level=level)

    drafted = queries.survey(fresh(), reply.location.rpartition("/")[2])
    assert (drafted.level, drafted.instrument.key) == (level, form)


def test_a_form_of_another_level_is_refused_and_a_commune_cannot_aim_at_a_wards(commune, two_bodies):
    other = instruments.latest_frozen(db.session(), "xa-ntm-nang-cao").id
    client = two_bodies("commune")

    assert new_survey_form(client, level="xa-nhom-1", instrument=str(other)).status_code == 422
    assert new_survey_form(client, level="phuong").status_code == 422
    assert new_survey_form(client, level="").status_code == 422


def test_a_wards_form_is_marked_as_a_sample_on_screen_and_paper_and_meets_nothing(
    make_commune, make_survey, sign_in, client
):
    ward = make_commune("98002", "Pleiku", Một=40)
    with db.transaction() as current:
        current.execute(update(Unit).where(Unit.code == "98002").values(kind="phuong"))
    survey = make_survey(ward, State.SEALED)
    person = sign_in(Role.FRONT_COMMUNE, ward.unit)

    page, public = person.get(f"/can-bo/dot/{survey.id}").text, client.get(f"/ket-qua/{survey.id}").text
    with force_locale("vi"):
        told = blocks.texts(
            notice_papers.notice(papers.notice(fresh(), survey.id), "https://x.vn", datetime.now(UTC))
        )
    said = "Phường không thuộc chương trình"
    assert not survey.confirmed
    assert said in page
    assert said in public
    assert any(said in text for text in told)
    assert 'id="conditions"' not in page + public


@pytest.mark.parametrize(
    "changes",
    [{"closes_on": "01/01/2020"}, {"opens_on": "tomorrow"}, {"aim": ""}, {"villages": []}, {"plan_date": "32/13/2026"},
     {"instrument": "999999"}, {"purpose": "fun"}, {"contact": "x" * 121},
     {"contact": "Xã Mẫu"}, {"contact": "Bà Hoa, số 12"}],
    ids=str,
)  # fmt: skip
def test_a_draft_with_a_mistake_is_shown_again_with_everything_typed(commune, two_bodies, changes):
    reply = new_survey_form(two_bodies("commune"), plan_number="77/KH", **changes)

    assert reply.status_code == 422
    assert "77/KH" in reply.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"plan_number": "12/KH-MTTQ"}, "has the same number"),
        ({"plan_number": "13/KH"}, "runs in the same days"),
        ({"plan_number": ""}, "plan is missing"),
    ],
    ids=["the same plan", "the same days", "no plan"],
)
def test_what_stands_against_a_survey_is_said_before_the_draft_is_saved(
    client, commune, make_survey, two_bodies, changes, sentence
):
    make_survey(commune)
    two_bodies("commune")
    client.set_cookie("ngon_ngu", "en")

    told = new_survey_form(client, aim="Lời đã gõ", **changes)

    assert (told.status_code, sentence in told.text, "Lời đã gõ" in told.text) == (409, True, True)
    assert len(queries.surveys_under(fresh(), commune.unit.path)) == 1
    saved = new_survey_form(client, anyway="1", **changes)
    assert saved.status_code == 302
    assert len(queries.surveys_under(fresh(), commune.unit.path)) == 2


def test_a_draft_does_not_stand_against_itself(client, commune, two_bodies):
    browser = two_bodies("commune")
    address = f"{new_survey_form(browser).location}/sua"
    page = Page(browser.get(address).text)
    (form,) = [form for form in page.forms if any(name == "plan_number" for name, _value in form.fields)]

    assert browser.post(address, data=form.data(aim="Khác")).status_code == 302


def test_a_rehearsal_and_an_open_link_may_have_the_plan_and_the_days_of_another(
    commune, make_survey, two_bodies
):
    make_survey(commune)

    rehearsal = new_survey_form(two_bodies("commune"), rehearsal="y")

    assert rehearsal.status_code == 302


def test_the_list_of_forms_says_which_the_front_has_not_confirmed(client, commune, two_bodies):
    two_bodies("commune")
    client.set_cookie("ngon_ngu", "en")

    page = client.get("/can-bo/dot/moi")

    assert "a sample that the Front has not confirmed" in page.text


def test_a_number_typed_with_a_nul_is_stored_without_it(commune, two_bodies):
    reply = new_survey_form(two_bodies("commune"), plan_number="7\0/KH")

    assert queries.survey(fresh(), reply.location.rpartition("/")[2]).plan_number == "7/KH"


def test_the_second_of_two_people_who_save_a_draft_is_told_and_keeps_what_was_typed(
    commune, make_survey, two_bodies
):
    survey = make_survey(commune, State.DRAFT)
    address = f"/can-bo/dot/{survey.id}/sua"
    client = two_bodies("commune")
    (first, second) = (
        next(
            form
            for form in Page(client.get(address).text).forms
            if any(name == "aim" for name, _ in form.fields)
        )
        for _time in range(2)
    )

    saved = client.post(address, data=first.data(aim="Của người thứ nhất"))
    refused = client.post(address, data=second.data(aim="Của người thứ hai"))

    assert (saved.status_code, refused.status_code) == (302, 409)
    assert "Của người thứ hai" in refused.text
    assert queries.survey(fresh(), survey.id).aim == "Của người thứ nhất"


def test_a_survey_is_published_when_the_commune_asks_and_the_front_agrees(commune, make_survey, two_bodies):
    survey = make_survey(commune, State.DRAFT)
    ask(two_bodies("commune"), survey, "/xin-cong-bo")

    reply = decide(two_bodies("front"), survey)

    assert reply.status_code == 303
    assert state_of(survey) is State.PUBLISHED
    assert "fieldwork.publish" in acts_noted(survey)
    assert len(store().pepper(survey.id)) == 32


def test_the_body_that_asked_may_not_agree(commune, make_survey, two_bodies):
    survey = make_survey(commune, State.DRAFT)
    client = two_bodies("commune")
    ask(client, survey, "/xin-cong-bo")
    (waiting,) = approvals.approvals_of(fresh(), acts.subject(survey.id))
    token = dict(Page(client.get(f"/can-bo/dot/{survey.id}").text).forms[0].fields)["csrf_token"]

    reply = client.post(
        f"/can-bo/dot/{survey.id}/duyet/{waiting.id}", data={"decision": "approved", "csrf_token": token}
    )

    assert reply.status_code in {403, 409}
    assert state_of(survey) is State.DRAFT


def test_a_refusal_needs_a_reason_and_leaves_the_draft(commune, make_survey, two_bodies):
    survey = make_survey(commune, State.DRAFT)
    ask(two_bodies("commune"), survey, "/xin-cong-bo")
    front = two_bodies("front")

    without, given = decide(front, survey, "refused"), decide(front, survey, "refused", reason="Sai số hộ")

    assert (without.status_code // 100, given.status_code) == (4, 303)
    assert state_of(survey) is State.DRAFT


def test_what_is_asked_for_shows_on_the_other_bodys_list_of_today(commune, make_survey, two_bodies):
    survey = make_survey(commune, State.DRAFT)
    ask(two_bodies("commune"), survey, "/xin-cong-bo")

    assert f"/can-bo/dot/{survey.id}/duyet/" in two_bodies("front").get("/can-bo").text


def test_publishing_pins_the_rule_book_and_names_it_on_the_page_and_in_the_log(
    commune, make_survey, client, two_bodies
):
    survey = make_survey(commune, State.DRAFT)
    two_bodies("commune")
    before = client.get(f"/can-bo/dot/{survey.id}").text
    with db.transaction() as current:
        operations.publish(current, survey.id, actor="operator", now=datetime.now(UTC), keys=store())

    pin = queries.survey(fresh(), survey.id).rulebook
    noted = fresh().scalars(select(AuditEvent.details).where(AuditEvent.act == "fieldwork.publish")).one()
    assert (pin.is_chosen, len(pin.digest)) == (False, 64)
    assert (noted["rulebook"], noted["version"], noted["digest"]) == (pin.key, pin.version, pin.digest)
    page = client.get(f"/can-bo/dot/{survey.id}").text
    assert f"phiên bản {pin.version} (mặc định)" in page
    assert "khi công bố sẽ ghim bộ này" in before
    assert "khi công bố sẽ ghim bộ này" not in page


def test_a_decision_survey_without_a_frame_is_not_published(commune, make_survey, two_bodies):
    survey = make_survey(commune, State.DRAFT)
    with db.transaction() as current:
        current.execute(delete(FrameRow).where(FrameRow.survey_id == survey.id))

    with pytest.raises(operations.CannotPublish), db.transaction() as current:
        operations.publish(current, survey.id, actor="operator", now=datetime.now(UTC), keys=store())

    assert state_of(survey) is State.DRAFT


def test_two_decision_surveys_of_one_commune_may_not_overlap(commune, make_survey):
    make_survey(commune)

    with pytest.raises(operations.CannotPublish):
        make_survey(commune, State.PUBLISHED)


def test_a_second_decision_survey_may_follow_the_first(commune, make_survey):
    first = make_survey(commune)

    second = make_survey(commune, State.PUBLISHED, opens_at=first.closes_at, closes_at=first.closes_at + DAY)

    assert state_of(second) is State.PUBLISHED


@pytest.mark.parametrize("state", [State.ANNULLED, State.SEALED])
def test_a_commune_may_be_asked_again_after_the_end(commune, make_survey, state):
    make_survey(commune, state)

    assert make_survey(commune).state is State.OPEN


def test_another_commune_and_a_rehearsal_may_run_at_the_same_time(commune, make_commune, make_survey):
    make_survey(commune)

    assert make_survey(commune, rehearsal=True).state is State.OPEN
    assert make_survey(make_commune("98002", "Khác")).state is State.OPEN


@pytest.mark.parametrize("first", list(Purpose))
def test_feedback_on_the_same_items_may_not_run_beside_a_decision_survey(commune, make_survey, first):
    second = Purpose.FEEDBACK if first is Purpose.DECISION else Purpose.DECISION
    make_survey(commune, purpose=first)

    with pytest.raises(operations.CannotPublish):
        make_survey(commune, purpose=second)


def test_two_feedback_surveys_may_run_side_by_side(commune, make_survey):
    make_survey(commune, purpose=Purpose.FEEDBACK)

    assert make_survey(commune, purpose=Purpose.FEEDBACK).state is State.OPEN


def test_a_survey_that_would_close_before_it_opens_is_refused(commune, make_survey):
    now = datetime.now(UTC)

    with pytest.raises(refusals.DatesReversed):
        make_survey(commune, State.DRAFT, opens_at=now, closes_at=now - DAY)


def test_a_survey_whose_last_day_has_passed_is_not_published(commune, make_survey):
    now = datetime.now(UTC)

    with pytest.raises(operations.CannotPublish):
        make_survey(commune, opens_at=now - 3 * DAY, closes_at=now - DAY)


def test_the_phones_stay_open_longer_when_both_bodies_agree(commune, make_survey, two_bodies):
    survey = make_survey(commune)
    later = survey.last_day + 3 * DAY
    ask(
        two_bodies("front"),
        survey,
        "/xin-gia-han",
        **{"extend-closes_on": later.isoformat(), "extend-reason": "Mưa lũ"},
    )

    decide(two_bodies("commune"), survey)

    assert queries.survey(fresh(), survey.id).last_day == later


def test_a_day_that_cannot_be_is_refused_at_once_and_what_was_typed_stays(commune, make_survey, two_bodies):
    survey = make_survey(commune)
    typed = {"extend-closes_on": survey.last_day.isoformat(), "extend-reason": "Mưa lũ"}

    refused = ask(two_bodies("front"), survey, "/xin-gia-han", **typed)

    assert "Ngày cuối mới phải sau ngày cuối hiện nay." in refused.text
    assert "Mưa lũ" in refused.text
    assert approvals.approvals_of(fresh(), acts.subject(survey.id)) == ()


def test_a_survey_is_not_extended_into_the_days_of_the_next_one(commune, make_survey):
    survey = make_survey(commune)
    make_survey(
        commune, State.PUBLISHED, opens_at=survey.closes_at + DAY, closes_at=survey.closes_at + 5 * DAY
    )

    with pytest.raises(operations.WrongState), db.transaction() as current:
        operations.extend(
            current,
            survey.id,
            survey.closes_at + 2 * DAY,
            reason="x",
            actor="operator",
            now=datetime.now(UTC),
        )


def test_a_survey_is_not_made_shorter(commune, make_survey):
    survey = make_survey(commune)

    with pytest.raises(operations.WrongState), db.transaction() as current:
        operations.extend(
            current, survey.id, survey.closes_at - DAY, reason="x", actor="operator", now=datetime.now(UTC)
        )


def test_a_survey_is_annulled_with_its_reason_when_both_bodies_agree(commune, make_survey, two_bodies):
    survey = make_survey(commune)
    ask(two_bodies("commune"), survey, "/xin-huy", **{"annul-reason": "Phát nhầm phiếu của xã khác"})

    decide(two_bodies("front"), survey)

    assert state_of(survey) is State.ANNULLED
    assert "Phát nhầm phiếu" in two_bodies("commune").get(f"/can-bo/dot/{survey.id}").text


def test_annulling_without_a_reason_is_asked_again(commune, make_survey, two_bodies):
    survey = make_survey(commune)

    assert ask(two_bodies("commune"), survey, "/xin-huy").status_code == 422


def test_a_batch_is_voided_when_both_bodies_agree(commune, make_survey, hand_out, two_bodies):
    survey = make_survey(commune)
    hand_out(survey, commune.villages["Phung"], 20)
    address = f"/can-bo/dot/{survey.id}/huy-phieu/1"
    client = two_bodies("front")
    (form,) = [
        form
        for form in Page(client.get(address).text).forms
        if any(name == "reason" for name, _ in form.fields)
    ]
    client.post(address, data=form.data(reason="Mất trên đường"))

    decide(two_bodies("commune"), survey)

    (batch,) = queries.batches(fresh(), survey.id)
    assert batch.voided_at is not None


def test_a_draft_is_thrown_away_and_its_number_is_never_given_again(commune, make_survey, two_bodies):
    survey = make_survey(commune, State.DRAFT)

    ask(two_bodies("commune"), survey, "/bo")

    assert fresh().get(Survey, survey.id) is None
    assert make_survey(commune, State.DRAFT).id > survey.id


def test_an_open_survey_is_not_edited_nor_thrown_away(commune, make_survey, two_bodies):
    survey = make_survey(commune)
    client = two_bodies("commune")
    token = dict(Page(client.get(f"/can-bo/dot/{survey.id}").text).forms[0].fields)["csrf_token"]

    assert client.post(f"/can-bo/dot/{survey.id}/bo", data={"csrf_token": token}).status_code == 409
    assert state_of(survey) is State.OPEN


def test_every_job_of_the_minute_can_run_twice_on_an_empty_database(app):
    now = datetime.now(UTC)

    assert set(jobs.run_due(now)) == set(jobs.run_due(now))


def test_a_clerk_is_led_only_to_pages_that_open_to_a_clerk(commune, make_survey, sign_in):
    survey = make_survey(commune, closes_at=datetime.now(UTC) + DAY)
    client = sign_in(Role.CLERK, commune.unit)

    links = [link["href"] for link in Page(client.get("/can-bo").text).all("a")]
    replies = {link: client.get(link).status_code for link in links if survey.id in (link or "")}

    assert replies == {f"/can-bo/nhap-phieu/{survey.id}": 200}
