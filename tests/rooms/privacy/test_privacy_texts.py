"""What households wrote in words: who reads it, what the Front decides, how a name is taken out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app import db, keys
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting.models import SealedResponse
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import State, Survey
from survey_app.i18n import force_locale
from survey_app.privacy import redaction, retention, texts
from survey_app.privacy.models import TextReview
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.reporting import blocks, narrative, papers
from survey_app.reporting.report_notes import Notes
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import verification
from tests.pages import Page
from tests.rooms.sealing.conftest import NOW

PAGE = "/can-bo/dot/0001/y-kien/remarks"
INDEX = "/can-bo/dot/0001/y-kien"
READERS_OF_ALL = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.AUDITOR)
NAMED = "Ông Siu Thử đổ rác ra suối"
SMALL = "Làng tôi ít nhà"
NASTY = '<img src=x onerror=alert(1)>"><script>'


def remark(number: int) -> str:
    return f"Đường thôn còn lầy, ý kiến {number:02}"


@pytest.fixture
def written(surveys):
    """A sealed survey: twelve texts of a large village, a name and markup among them, one text of a small village."""
    surveys.make(households={"Lớn": 40, "Nhỏ": 19})
    surveys.answer("0001", "Lớn", {"roads": SATISFIED}, times=10)
    for number in range(10):
        surveys.answer("0001", "Lớn", {"roads": DISSATISFIED, "remarks": remark(number)})
    for text in (NAMED, NASTY):
        surveys.answer("0001", "Lớn", {"roads": SATISFIED, "remarks": text})
    surveys.answer("0001", "Nhỏ", {"roads": SATISFIED}, times=18)
    surveys.answer("0001", "Nhỏ", {"roads": SATISFIED, "remarks": SMALL})
    surveys.seal()
    return surveys


def exact():
    db.session().rollback()
    survey = fieldwork.survey(db.session(), "0001")
    (asked,) = texts.disclosed(db.session(), survey, Audience.EXACT)
    return {one.text: one for one in asked.shown.texts}


def decide(decision: str, *chosen: str) -> int:
    """The Front decides so on these texts."""
    handles = [exact()[text].handle for text in chosen]
    with db.transaction() as current:
        survey = fieldwork.survey(current, "0001")
        wanted = dict.fromkeys(handles, decision)
        return texts.moderate(current, survey, "remarks", wanted, actor="user:1", now=NOW)


def release_ten() -> None:
    decide("released", *(remark(number) for number in range(10)))


def tag(**by_number: str) -> None:
    """The Front says what these remarks are about."""
    chosen = {exact()[remark(int(number[1:]))].handle: word for number, word in by_number.items()}
    with db.transaction() as current:
        survey = fieldwork.survey(current, "0001")
        texts.moderate(current, survey, "remarks", {}, tags=chosen, actor="user:1", now=NOW)


def counted():
    db.session().rollback()
    return [(one.tag, one.texts) for one in texts.tag_counts(db.session(), "0001")]


@pytest.mark.both_engines
def test_the_front_tags_texts_and_the_report_counts_the_released_ones_from_ten_on(written):
    tag(n0="Đường")
    assert counted() == []  # nobody has decided on it
    release_ten()
    tag(**{f"n{number}": "Đường" for number in range(9)})
    assert counted() == []
    tag(n9="đường")
    assert counted() == [("Đường", 10)]
    decide("insulting", remark(9))
    assert counted() == []


def test_a_few_texts_of_a_tag_are_not_told_apart(written):
    release_ten()
    tag(**{f"n{number}": "Đường" if number < 8 else "Rác" for number in range(10)})

    assert counted() == [("Rác", None), ("Đường", None)]


def test_a_tag_set_on_the_page_stands_there_and_in_the_report_but_no_text_does(app, client, written):
    release_ten()
    written.sign_in(app, Role.FRONT_COMMUNE)
    with client.session_transaction() as session:
        session["confirmed_at"] = datetime.now(UTC).timestamp()
    form = next(one for one in Page(client.get(PAGE).text).forms if "decision" in str(one.fields))
    typed = {f"tag-{exact()[remark(number)].handle}": "Đường:  lầy" for number in range(10)}

    reply = client.post(form.action, data=form.data(**typed))

    db.session().rollback()
    with force_locale("vi"):
        paper = narrative.report(
            papers.notice(db.session(), "0001"), Notes(reasons="đường lầy: mùa mưa\nRác: thu gom"), NOW,
            tags=texts.tag_counts(db.session(), "0001"),
        )  # fmt: skip
    said = " ".join(" ".join(blocks.texts(paper)).split())
    assert reply.status_code == 303
    assert 'value="Đường lầy"' in client.get(PAGE).text
    assert re.search("Đường lầy – 10 ý kiến viết của các hộ (– )?mùa mưa", said)
    assert "Rác – thu gom" in said or "Rác thu gom" in said
    assert remark(3) not in said
    (noted,) = [one for one in acts(texts.MODERATE) if one.details.get("tags")]
    assert set(noted.details["tags"].values()) == {"Đường lầy"}
    handle, survey = exact()[remark(3)].handle, fieldwork.survey(db.session(), "0001")
    held, _told = texts.text_of(db.session(), survey, "remarks", handle)
    with db.transaction() as current:
        redaction.redact(current, "0001", held, "remarks", "nêu tên", actor="user:1", now=NOW)
    assert counted() == []


def test_of_two_who_tag_at_once_the_second_changes_only_what_she_typed_and_is_told_of_the_rest(
    app, client, written
):
    release_ten()
    written.sign_in(app, Role.FRONT_COMMUNE)
    with client.session_transaction() as session:
        session["confirmed_at"] = datetime.now(UTC).timestamp()
    form = next(one for one in Page(client.get(PAGE).text).forms if "decision" in str(one.fields))
    here, there = (f"tag-{exact()[remark(number)].handle}" for number in (1, 2))
    tag(n1="Đường")

    other = client.post(form.action, data=form.data(**{there: "Rác"}))
    same = client.post(form.action, data=form.data(**{here: "Cầu"}))

    assert other.status_code == 303
    assert [exact()[remark(number)].tag for number in (1, 2)] == ["Đường", "Rác"]
    assert same.status_code == texts.DecidedMeanwhile.status
    assert 'value="Cầu"' in same.text
    assert "Đang lưu: Đường" in same.text


def acts(act: str):
    db.session().rollback()
    return db.session().scalars(select(AuditEvent).where(AuditEvent.act == act)).all()


@pytest.mark.parametrize("role", READERS_OF_ALL)
def test_front_province_and_auditor_read_every_text_and_reading_is_noted(app, client, written, role):
    written.sign_in(app, role)

    found = client.get(PAGE)

    assert all(remark(number) in found.text for number in range(10))
    assert (NAMED in found.text, SMALL in found.text) == (True, True)
    assert [noted.details for noted in acts("results.texts")] == [{"question": "remarks", "page": 1}]


def test_no_page_says_which_village_or_which_answer_a_text_is_of(app, client, written):
    submissions = db.session().scalars(select(SealedResponse.id)).all()
    leaves = db.session().scalars(select(SealedResponse.leaf)).all()
    written.sign_in(app, Role.FRONT_COMMUNE)

    shown = client.get(PAGE).text + client.get(INDEX).text

    assert [name for name in ("Lớn", "Nhỏ", "98001001", *submissions, *leaves) if name in shown] == []


def test_the_order_of_the_texts_is_the_same_at_every_look(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)

    first, second = (client.get(PAGE).text for _look in range(2))

    places = [first.index(remark(number)) for number in range(10)]
    assert places == [second.index(remark(number)) for number in range(10)]
    handles = [one.handle for one in exact().values()]
    assert handles == sorted(handles)


def test_markup_in_a_text_is_shown_as_letters(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)

    found = client.get(PAGE)

    assert "&lt;img src=x onerror=alert(1)&gt;" in found.text
    assert "<img" not in found.text
    redaction = client.get(f"{PAGE}/{exact()[NASTY].handle}/xoa")
    assert "<img" not in redaction.text


def test_before_the_front_released_ten_texts_the_commune_reads_none(app, client, written):
    decide("released", *(remark(number) for number in range(9)))
    written.sign_in(app, Role.COMMUNE)

    for address in (INDEX, PAGE):
        found = client.get(address)
        assert found.status_code == 200
        assert "Đường thôn" not in found.text


def test_the_commune_reads_released_texts_alone_and_none_of_a_small_village(app, client, written):
    release_ten()
    decide("released", SMALL)
    decide("names_person", NAMED)
    written.sign_in(app, Role.COMMUNE)

    found = client.get(PAGE)

    assert all(remark(number) in found.text for number in range(10))
    assert [text for text in (NAMED, SMALL, "onerror") if text in found.text] == []
    assert [one.handle for one in exact().values() if one.handle in found.text] == []


def test_the_commune_reads_nothing_of_a_cancelled_survey(app, client, written):
    release_ten()
    with db.transaction() as current:
        current.get_one(Survey, "0001").state = State.ANNULLED
    written.sign_in(app, Role.COMMUNE)

    assert "Đường thôn" not in client.get(PAGE).text


@pytest.mark.parametrize("address", [INDEX, PAGE])
def test_while_a_survey_runs_nobody_reads_a_text(app, client, surveys, address):
    surveys.make(households={"Lớn": 40})
    surveys.answer("0001", "Lớn", {"remarks": NAMED})
    surveys.sign_in(app, Role.FRONT_PROVINCE, surveys.province)

    found = client.get(address)

    assert (found.status_code, NAMED in found.text) == (403, False)


def test_there_is_no_page_of_a_question_that_is_not_answered_in_words(app, client, surveys):
    surveys.make(households={"Lớn": 40})
    surveys.seal()
    surveys.sign_in(app, Role.FRONT_COMMUNE)

    assert client.get("/can-bo/dot/0001/y-kien/roads").status_code == 404


def test_the_front_decides_on_a_page_of_texts_and_the_note_quotes_none(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)
    known = exact()
    form = Page(client.get(PAGE).text).form(action=f"{PAGE}?page=1")

    reply = client.post(
        form.action,
        data=form.data(
            **{
                f"decision-{known[remark(0)].handle}": "released",
                f"decision-{known[NAMED].handle}": "names_person",
            }
        ),
    )

    assert reply.status_code == 303
    assert (exact()[remark(0)].decision, exact()[NAMED].decision) == ("released", "names_person")
    assert exact()[remark(1)].decision is None
    (noted,) = acts("results.moderate")
    assert noted.details == {
        "question": "remarks",
        "decisions": {
            known[remark(0)].handle[:16]: "released",
            known[NAMED].handle[:16]: "names_person",
        },
    }


def test_a_page_opened_earlier_changes_no_decision_that_its_reader_did_not_touch(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)
    form = Page(client.get(PAGE).text).form(action=f"{PAGE}?page=1")
    decide("names_person", NAMED)

    client.post(form.action, data=form.data(**{f"decision-{exact()[remark(0)].handle}": "released"}))

    assert exact()[NAMED].decision == "names_person"


def test_who_decides_second_on_a_text_sees_the_other_decision_first(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)
    form = Page(client.get(PAGE).text).form(action=f"{PAGE}?page=1")
    decide("names_person", NAMED)
    handle = exact()[NAMED].handle

    refused = client.post(form.action, data=form.data(**{f"decision-{handle}": "released"}))

    assert (refused.status_code, exact()[NAMED].decision) == (409, "names_person")
    page = Page(refused.text)
    assert "nêu tên" in page.text("p")
    again = page.form(action=f"{PAGE}?page=1")
    assert again.data()[f"decision-{handle}"] == ["released"]
    assert client.post(form.action, data=again.data()).status_code == 303
    assert exact()[NAMED].decision == "released"


@pytest.mark.parametrize("decision", ["", "published", "x" * 50])
def test_what_is_no_decision_is_not_recorded(written, decision):
    assert decide(decision, NAMED) == 0
    assert db.session().scalar(select(func.count()).select_from(TextReview)) == 0


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.COMMUNE, Role.AUDITOR])
def test_nobody_but_the_front_decides_or_takes_out(app, client, written, role):
    app.config["WTF_CSRF_ENABLED"] = False
    handle = exact()[NAMED].handle
    written.sign_in(app, role)

    replies = [
        client.post(PAGE, data={f"seen-{handle}": "", f"decision-{handle}": "released"}),
        client.get(f"{PAGE}/{handle}/xoa"),
        client.post(f"{PAGE}/{handle}/xoa", data={"reason": "Nêu tên"}),
    ]

    assert [reply.status_code for reply in replies] == [403, 403, 403]
    assert exact()[NAMED].decision is None


def confirmed(client, ago: timedelta = timedelta()) -> None:
    with client.session_transaction() as running:
        running["confirmed_at"] = (datetime.now(UTC) - ago).timestamp()


def test_taking_a_text_out_asks_who_one_is(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)
    confirmed(client, ago=timedelta(hours=1))

    asked = client.get(f"{PAGE}/{exact()[NAMED].handle}/xoa")

    assert asked.status_code == 302
    assert asked.location.startswith("/dang-nhap/lai")


def test_a_name_is_taken_out_in_two_steps_and_the_seal_still_agrees(app, client, written):
    written.sign_in(app, Role.FRONT_COMMUNE)
    confirmed(client)
    handle = exact()[NAMED].handle
    address = f"{PAGE}/{handle}/xoa"

    asked = client.get(address)
    form = Page(asked.text).forms[-2]
    refused = client.post(address, data=form.data(reason=" "))
    there = NAMED in exact()
    done = client.post(address, data=form.data(reason="Nêu tên một người"))

    assert NAMED in asked.text
    assert (refused.status_code, there, done.status_code) == (422, True, 303)
    assert (NAMED in exact(), exact()[None].handle) == (False, handle)
    assert verification.verify(db.session(), "0001", keys.store()).equal
    (noted,) = acts("results.redact")
    assert noted.details["reason"] == "Nêu tên một người"
    assert noted.actor == "user:1"
    shown = client.get(PAGE)
    assert NAMED not in shown.text
    assert client.get(address).status_code == 404


def test_a_text_that_was_taken_out_after_its_release_is_not_shown_to_the_commune(app, client, written):
    release_ten()
    decide("released", NAMED)
    submission, _told = texts.text_of(
        db.session(), fieldwork.survey(db.session(), "0001"), "remarks", exact()[NAMED].handle
    )
    with db.transaction() as current:
        redaction.redact(current, "0001", submission, "remarks", "Nêu tên", actor="user:1", now=NOW)
    written.sign_in(app, Role.COMMUNE)

    assert NAMED not in client.get(PAGE).text


def test_more_texts_than_fit_stand_on_pages_that_follow_one_another(app, client, surveys):
    surveys.make(households={"Lớn": 80})
    for number in range(60):
        surveys.answer("0001", "Lớn", {"roads": SATISFIED, "remarks": remark(number)})
    surveys.seal()
    surveys.sign_in(app, Role.AUDITOR, surveys.province)

    pages = [client.get(f"{PAGE}?page={number}").text for number in (1, 2, 99, "x")]

    found = [{number for number in range(60) if remark(number) in page} for page in pages]
    assert ([len(part) for part in found], found[0] | found[1]) == ([50, 10, 10, 50], set(range(60)))


def test_decisions_go_with_the_answers_they_were_made_on(app, client, written):
    decide("names_person", NAMED)

    with db.transaction() as current:
        retention.remove_answers(current, "0001", NOW + timedelta(days=1), actor="operator", now=NOW)

    assert db.session().scalar(select(func.count()).select_from(TextReview)) == 0
    written.sign_in(app, Role.FRONT_COMMUNE)
    assert "01/06/2026" in client.get(PAGE).text
