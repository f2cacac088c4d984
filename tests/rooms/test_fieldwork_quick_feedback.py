"""Quick feedback: ready forms for the essential services and the desk, one link and one figure for each place."""

from datetime import UTC, datetime, timedelta

import pytest

from survey_app import db
from survey_app.authoring import queries as instruments
from survey_app.authoring.wording import QUICK
from survey_app.fieldwork import queries, readiness
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.rulebooks.queries import SERVICES as ESSENTIAL
from tests.pages import Page
from tests.pictures import charts

pytestmark = pytest.mark.both_engines(long="postgresql")

PAGE = "/can-bo/dot/gop-y-nhanh"
ANSWERS = {"one_stop_desk_time": "satisfied", "one_stop_desk_staff": "dissatisfied"}
SERVICES = {
    "an-ninh": "security", "giam-sat": "community_supervision", "giao-duc": "education",
    "moi-truong": "environment", "van-hoa": "culture", "y-te": "health",
}  # fmt: skip


def made(officer, form="gop-y-mot-cua", **typed):
    """What the page answers, and the surveys there are then."""
    page = Page(officer.get(PAGE).text)
    chosen = instruments.latest_frozen(db.session(), form)
    (quick,) = [form for form in page.forms if "closes_on" in form.data()]
    data = quick.data(instrument=str(chosen.id), contact="Bà Hoa, 0269 000 000", **typed)
    reply = officer.post(PAGE, data=data)
    db.session().rollback()
    return reply, queries.surveys_under(db.session(), "/")


def test_each_essential_service_and_the_desk_have_a_ready_form_marked_as_a_sample(app, officer):
    officer.get(PAGE)

    for slug, service in SERVICES.items():
        form = instruments.latest_frozen(db.session(), f"gop-y-{slug}").instrument
        assert form.sample
        assert "mẫu" in form.title["vi"]
        assert {question.key.startswith(service) for question in form.scored} == {True}
    assert set(SERVICES.values()) == set(ESSENTIAL)
    assert instruments.latest_frozen(db.session(), "gop-y-mot-cua").document["level"] == QUICK


def test_one_press_opens_a_link_and_shows_its_qr_address_poster_and_words_to_send(officer):
    reply, (survey,) = made(officer)
    page = officer.get(reply.location).text

    assert (survey.state, survey.purpose, survey.place) == (State.OPEN, Purpose.FEEDBACK, "")
    assert "open-qr" in page
    assert f"https://khaosat.example.vn/g/{survey.link}" in page
    assert f"/can-bo/dot/{survey.id}/ap-phich/A4.pdf" in page
    assert "Xã Mẫu mời bà con góp ý: Góp ý về Bộ phận một cửa (mẫu)." in page


def test_each_place_has_a_link_a_poster_and_figures_of_its_own(officer, submission):
    _reply, found = made(officer, places=["Làng Phung"], others="Trạm y tế\n\n Trạm y tế ")
    by_place = {survey.place: survey for survey in found}
    for _answer in range(10):
        sent = officer.post(
            "/api/v1/submissions", json=submission(link=by_place["Trạm y tế"].link, answers=ANSWERS)
        )
        assert sent.status_code == 201
    officer.application.test_cli_runner().invoke(args=["fieldwork", "tick"])

    page = officer.get("/can-bo/gop-y").text

    assert set(by_place) == {"Làng Phung", "Trạm y tế"}
    assert len({survey.link for survey in found}) == 2
    assert page.count("chưa đủ mười") == 1
    assert page.index("Làng Phung") < page.index("Trạm y tế")
    poster = officer.get(f"/can-bo/dot/{by_place['Trạm y tế'].id}/ap-phich/A4.pdf")
    assert poster.data.startswith(b"%PDF")


@pytest.mark.both_engines
def test_a_second_press_of_one_page_opens_nothing_and_leads_to_the_same(officer):
    page = Page(officer.get(PAGE).text)
    (quick,) = [form for form in page.forms if "closes_on" in form.data()]
    chosen = instruments.latest_frozen(db.session(), "gop-y-mot-cua")
    data = quick.data(instrument=str(chosen.id), contact="Bà Hoa, 0269 000 000")

    replies = [officer.post(PAGE, data=data) for _press in range(2)]
    db.session().rollback()

    assert len({(reply.status_code, reply.location) for reply in replies}) == 1
    assert len(queries.surveys_under(db.session(), "/")) == 1


def test_many_places_are_one_line_of_today_and_none_of_them_closes_soon(officer):
    closes_on = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    places = "\n".join(f"Quầy {number}" for number in range(8))
    made(officer, places=[], others=places, closes_on=closes_on)

    main = Page(officer.get("/can-bo").text).text("main")

    assert main.count("Góp ý về Bộ phận một cửa (mẫu): 8 nơi") == 1
    assert "sắp đóng" not in main
    assert "Quầy" not in main


@pytest.mark.both_engines
def test_a_chart_and_figures_come_from_the_tenth_answer_on(officer, submission):
    _reply, (survey,) = made(officer)
    client, tick = officer, officer.application.test_cli_runner()
    for _answer in range(9):
        client.post("/api/v1/submissions", json=submission(link=survey.link, answers=ANSWERS))
    tick.invoke(args=["fieldwork", "tick"])
    before = client.get(f"/can-bo/dot/{survey.id}/ket-qua")
    client.post("/api/v1/submissions", json=submission(link=survey.link, answers=ANSWERS))
    tick.invoke(args=["fieldwork", "tick"])
    after = client.get(f"/can-bo/dot/{survey.id}/ket-qua")

    assert before.status_code == 403
    assert len(charts(after.text)) == 1
    assert charts(client.get(f"/ket-qua/{survey.id}").text) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"contact": "Bà Hoa"}, "số điện thoại"),
        ({"places": [], "others": " "}, "ít nhất một nơi"),
        ({"others": "\n".join(map(str, range(60)))}, "nhiều nhất 60 nơi"),
        ({"others": "a" * 121}, "dài nhất 120 chữ"),
        ({"closes_on": "2020-01-01"}, "Ngày cuối đã qua."),
    ],
    ids=["nobody to call", "no place", "too many", "long name", "over"],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(officer, typed, said):
    reply, found = made(officer, **typed) if "contact" not in typed else _without_number(officer)

    assert reply.status_code == 422
    assert said in reply.text
    assert found == ()


def _without_number(officer):
    page = Page(officer.get(PAGE).text)
    (quick,) = [form for form in page.forms if "closes_on" in form.data()]
    reply = officer.post(PAGE, data=quick.data(contact="Bà Hoa"))
    return reply, queries.surveys_under(db.session(), "/")


def test_a_form_for_feedback_asks_for_no_decision(commune, officer, make_survey):
    officer.get(PAGE)
    draft = make_survey(commune, State.DRAFT)
    with db.transaction() as current:
        quick = instruments.latest_frozen(current, "gop-y-y-te")
        current.get_one(Survey, draft.id).instrument_id = quick.id

    found = readiness.obstacles(db.session(), draft.id, datetime.now(UTC) + timedelta(hours=1))

    assert any("feedback alone" in sentence or "chỉ để góp ý" in sentence for sentence in found)
