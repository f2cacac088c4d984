"""Keying paper slips: by whom, what is refused, and that a refusal keeps every key stroke."""

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.collecting.models import InvalidPaper, Response
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import Channel, Progress, Purpose, State
from tests.pages import Page


@pytest.fixture
def slips(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 3)


@pytest.fixture
def key_in(survey):
    """Open an empty slip, fill it in, save it, and have its receipt."""

    def save(client, **fields):
        address = f"/can-bo/nhap-phieu/{survey.id}"
        form = Page(client.get(f"{address}?cach=tung-so").text).form(class_="paper-form")
        reply = client.post(address, data=form.keyed(**fields))
        if reply.status_code == 302:
            client.post(f"{address}/luu", data={"csrf_token": form.data()["csrf_token"]})
        return reply

    return save


def responses():
    current = db.session()
    current.rollback()
    return current.scalars(select(Response)).all()


def kept(page):
    return Page(page.text).form(class_="paper-form").data()


def test_a_keyed_slip_is_stored_as_paper_of_its_village(commune, slips, clerk, key_in):
    saved = key_in(clerk, _code=slips[0].lower(), planning="satisfied", transport="dissatisfied")

    (row,) = responses()
    assert saved.status_code == 302
    assert (row.channel, row.unit_id) == (Channel.PAPER_ENTRY, commune.villages["Phung"].id)
    assert (row.answers["planning"], row.answers["transport"]) == ("satisfied", "dissatisfied")


def test_the_next_page_is_an_empty_slip_and_says_what_was_stored(slips, clerk, key_in):
    saved = key_in(clerk, _code=slips[0], planning="satisfied")

    page = clerk.get(saved.location)

    assert "Phung" in page.text
    assert "planning" not in {name for name, value in kept(page).items() if value != [""]}


def test_an_invalid_slip_is_counted_in_coverage_with_its_reason_and_no_answers(survey, slips, clerk, key_in):
    key_in(clerk, _code=slips[0], _invalid="unreadable", planning="satisfied")

    (row,) = responses()
    invalid = db.session().scalars(select(InvalidPaper)).one()
    assert set(row.answers.values()) == {None}
    assert (invalid.reason, invalid.slips) == ("unreadable", 1)
    assert db.session().scalars(select(Progress.answered)).one() == 1


def test_reasons_of_invalid_slips_add_up(slips, clerk, key_in):
    for code in slips[:2]:
        key_in(clerk, _code=code, _invalid="all_blank")

    assert db.session().scalars(select(InvalidPaper.slips)).one() == 2


@pytest.mark.parametrize(
    "fields", [{"_invalid": "bad weather"}, {"planning": "maybe"}], ids=["reason", "answer"]
)
def test_a_choice_that_is_not_on_the_screen_is_refused(slips, clerk, key_in, fields):
    assert key_in(clerk, _code=slips[0], **fields).status_code == 422
    assert not responses()


def test_a_mistyped_code_keeps_everything_that_was_keyed(slips, clerk, key_in):
    wrong = slips[0][:-1] + ("0" if slips[0][-1] != "0" else "2")

    page = key_in(clerk, _code=wrong, planning="dissatisfied", transport="satisfied")

    assert page.status_code == 422
    assert (kept(page)["_code"], kept(page)["planning"], kept(page)["transport"]) == (
        [wrong], ["dissatisfied"], ["satisfied"],
    )  # fmt: skip


def test_a_slip_that_was_used_by_phone_is_refused_and_the_phone_counts(
    client, slips, clerk, key_in, submission
):
    client.post("/api/v1/submissions", json=submission(code=slips[0]))

    page = key_in(clerk, _code=slips[0], planning="dissatisfied")

    assert page.status_code == 409
    assert kept(page)["planning"] == ["dissatisfied"]
    assert [row.channel for row in responses()] == [Channel.SELF_ONLINE]


def test_a_slip_of_another_survey_is_not_known_here(
    commune, make_commune, make_survey, hand_out, clerk, key_in
):
    elsewhere = make_commune("98002", "Khác")
    (code,) = hand_out(make_survey(elsewhere), elsewhere.villages["Phung"])

    assert key_in(clerk, _code=code).status_code == 422
    assert not responses()


def test_paper_is_keyed_after_the_phones_closed(survey, slips, clerk, key_in, move_on):
    move_on(survey, State.COUNTING)

    assert key_in(clerk, _code=slips[0], planning="satisfied").status_code == 302


def test_a_code_alone_does_not_burn_a_slip(survey, slips, clerk, key_in):
    first = key_in(clerk, _code=slips[0])
    second = key_in(clerk, _code=slips[0], planning="satisfied")

    assert first.status_code == 422
    assert second.status_code == 302


def test_paper_is_no_longer_keyed_after_sealing(survey, slips, clerk, key_in, move_on):
    move_on(survey, State.SEALED)

    page = key_in(clerk, _code=slips[0], planning="satisfied")

    assert page.status_code == 410
    assert kept(page)["planning"] == ["satisfied"]


def test_saving_the_same_screen_twice_counts_once(survey, slips, clerk):
    address = f"/can-bo/nhap-phieu/{survey.id}"
    data = (
        Page(clerk.get(f"{address}?cach=tung-so").text)
        .form(class_="paper-form")
        .keyed(_code=slips[0], planning="satisfied")
    )

    first, second = (clerk.post(address, data=data) for _time in range(2))
    clerk.post(f"{address}/luu", data=data)
    third = clerk.post(address, data=data)

    assert (first.status_code, second.status_code, third.status_code) == (302, 302, 302)
    assert len(responses()) == 1


def test_a_lost_key_keeps_everything_that_was_keyed(app, survey, slips, clerk, key_in):
    pepper = app.extensions["keys"].folder / "peppers" / survey.id
    content = pepper.read_bytes()
    pepper.unlink()

    page = key_in(clerk, _code=slips[0], planning="dissatisfied")
    pepper.write_bytes(content)
    again = clerk.post(f"/can-bo/nhap-phieu/{survey.id}", data=kept(page))
    clerk.post(f"/can-bo/nhap-phieu/{survey.id}/luu", data=kept(page))

    assert (page.status_code, again.status_code) == (503, 302)
    assert responses()[0].answers["planning"] == "dissatisfied"


def test_a_screen_without_its_token_is_refused(survey, slips, clerk):
    assert clerk.post(f"/can-bo/nhap-phieu/{survey.id}", data={"_code": slips[0]}).status_code == 400
    assert not responses()


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.VIEWER, Role.DIGITAL_TEAM])
def test_nobody_else_keys_paper(commune, survey, sign_in, role):
    assert sign_in(role, commune.unit).get(f"/can-bo/nhap-phieu/{survey.id}").status_code == 403


def test_a_clerk_of_another_commune_finds_nothing(make_commune, survey, sign_in):
    client = sign_in(Role.CLERK, make_commune("98002", "Khác").unit)

    assert client.get(f"/can-bo/nhap-phieu/{survey.id}").status_code == 404


def test_a_clerk_with_one_survey_is_led_straight_to_it(survey, clerk):
    assert clerk.get("/can-bo/nhap-phieu").location == f"/can-bo/nhap-phieu/{survey.id}"


def test_a_clerk_without_a_survey_gets_a_page_that_says_so(commune, make_survey, clerk):
    make_survey(commune, purpose=Purpose.FEEDBACK)

    assert clerk.get("/can-bo/nhap-phieu").status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_who_keys_codes_that_do_not_exist_waits_like_any_caller_and_nobody_else_does(
    commune, survey, slips, clerk, key_in, sign_in
):
    tried = [
        key_in(clerk, _code=codes.new_code(survey.id), planning="satisfied").status_code for _try in range(10)
    ]
    refused = key_in(clerk, _code=slips[0], planning="satisfied")
    colleague = key_in(sign_in(Role.FRONT_COMMUNE, commune.unit), _code=slips[0], planning="satisfied")

    assert tried == [422] * 10
    assert refused.status_code == 429
    assert kept(refused)["_code"] == [slips[0]]
    assert colleague.status_code == 302


def look(client, survey, code):
    """What is said of a code before the answers are keyed."""
    form = Page(client.get(f"/can-bo/nhap-phieu/{survey.id}?cach=tung-so").text).form(class_="paper-form")
    reply = client.post(form.attributes["data-look"], data=form.keyed(_code=code))
    return reply.json["message"]


def test_a_code_is_looked_at_before_the_answers_and_spends_nothing(
    client, commune, make_commune, make_survey, survey, hand_out, slips, clerk, key_in, submission
):
    elsewhere = make_commune("98002", "Khác")
    (other,) = hand_out(make_survey(elsewhere), elsewhere.villages["Phung"])
    client.post("/api/v1/submissions", json=submission(code=slips[0]))

    said = {
        "used": look(clerk, survey, slips[0]),
        "mistyped": look(clerk, survey, slips[1][:-1] + ("0" if slips[1][-1] != "0" else "2")),
        "unknown": look(clerk, survey, codes.new_code(survey.id)),
        "other survey": look(clerk, survey, other),
    }

    assert all(said.values())
    assert len(set(said.values())) == len(said)
    assert [look(clerk, survey, slips[1]) for _time in range(2)] == ["", ""]
    assert key_in(clerk, _code=slips[1], planning="satisfied").status_code == 302


def test_what_is_wrong_with_a_code_stands_at_the_code_and_takes_the_focus(survey, slips, clerk, key_in):
    page = Page(key_in(clerk, _code=codes.new_code(survey.id), planning="satisfied").text)

    (field,) = [found for found in page.all("input") if found.get("name") == "_code"]
    assert (field["aria-invalid"], "autofocus" in field) == ("true", True)
    assert set(field["aria-describedby"].split()) <= {found.get("id") for found in page.all("small")}


@pytest.mark.usefixtures("one_minute")
def test_looking_at_codes_is_slowed_down_like_keying_them(survey, slips, clerk):
    said = [look(clerk, survey, codes.new_code(survey.id)) for _try in range(11)]

    assert len(set(said[:10])) == 1
    assert look(clerk, survey, slips[0]) == said[10] != said[0]
