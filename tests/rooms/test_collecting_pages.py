"""The respondent's pages in a browser without JavaScript: every step, and nothing typed is ever lost."""

import contextlib
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select

from survey_app import db
from survey_app.access import Role
from survey_app.collecting import crowding, leaves
from survey_app.collecting.models import Response, SpentCode
from survey_app.collecting.queries import link_door
from survey_app.collecting.refusals import TooManyFromHere
from survey_app.config import VIETNAM
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import Purpose, State
from survey_app.results import set_views
from survey_app.throttle import Failure
from tests.pages import Page

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def rich(commune, make_form, make_survey, hand_out):
    """A code of a survey whose form has every kind of question."""
    words = {"vi": "Có", "en": "Yes"}
    form = make_form(
        ask("note", "note"),
        ask("who", "single_choice", options=[option("head"), option("other")]),
        ask("which", "short_text", condition={"question": "who", "answers": ["other"]}),
        ask("media", "multiple_choice", options=[option("radio"), option("phone")]),
        ask("people", "number", minimum=1, maximum=20),
        ask("mood", "five_faces"),
        ask("remarks", "long_text", help=words),
    )
    found = make_survey(commune, form=form)
    return hand_out(found, commune.villages["Phung"])[0]


def ask(key, kind, **more):
    return {"key": key, "kind": kind, "text": {"vi": f"Câu {key}?", "en": f"Question {key}?"}} | more


def option(code):
    return {"code": code, "label": {"vi": f"Là {code}", "en": f"Is {code}"}}


def send_form(client, page, address, step="review", **answers):
    """Fill in the form of a page and press one of its buttons."""
    form = Page(page.text).form(id="phieu")
    button = {"_switch": step[1:]} if step.startswith(">") else {"_step": step}
    return client.post(form.action or address, data=form.data(**answers, **button), headers=OWN)


def answers_stored():
    current = db.session()
    current.rollback()
    return [row.answers for row in current.scalars(select(Response).order_by(Response.id))]


def spent():
    current = db.session()
    current.rollback()
    return current.scalar(select(func.count()).select_from(SpentCode))


def test_a_household_answers_looks_over_changes_and_sends(client, slip):
    address = f"/k/{slip}"

    form = client.get(address)
    review = send_form(client, form, address, planning="satisfied", transport="satisfied")
    back = send_form(client, review, address, "change")
    review_again = send_form(client, back, address, transport="dissatisfied")
    thanks = send_form(client, review_again, address, "send")

    assert [page.status_code for page in (form, review, back, review_again, thanks)] == [
        200,
        200,
        200,
        200,
        201,
    ]
    ids = [
        dict(Page(page.text).form(id="phieu").fields)["_id"] for page in (form, review, back, review_again)
    ]
    assert len(set(ids)) == 1
    (answers,) = answers_stored()
    assert (answers["planning"], answers["transport"], answers["income"]) == (
        "satisfied",
        "dissatisfied",
        None,
    )


def test_what_the_pages_tell_of_single_answers_and_receipts_is_what_the_roles_allow(client, slip):
    form = client.get(f"/k/{slip}")
    thanks = send_form(client, form, f"/k/{slip}", "send", planning="satisfied")
    check = client.get("/kiem-tra")

    assert set(set_views.AUDITORS) == {Role.FRONT_PROVINCE, Role.AUDITOR}
    assert "Chỉ Mặt trận tỉnh, kiểm tra viên xem được từng phiếu" in form.text
    assert "mức làm tròn của từng thôn" in form.text
    for page in (thanks, check):
        assert "Xin đừng đưa" in page.text
        assert "Mặt trận tỉnh hoặc kiểm tra viên có biên nhận" in page.text
    for page in (form, thanks, check):
        assert "không ai biết" not in page.text
        assert "không tìm lại được" not in page.text


def test_looking_and_reviewing_spend_nothing(client, slip):
    address = f"/k/{slip}"

    send_form(client, client.get(address), address, planning="satisfied")

    assert spent() == 0


def test_sending_the_page_twice_thanks_twice_and_counts_once(client, slip):
    address = f"/k/{slip}"
    review = send_form(client, client.get(address), address, planning="satisfied")

    first, second = (send_form(client, review, address, "send") for _time in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert receipt_of(first) == receipt_of(second)
    assert len(answers_stored()) == 1


@pytest.mark.parametrize("step", ["review", "change", ">en"])
def test_a_page_that_a_browser_kept_tells_no_answer_once_it_was_sent(client, slip, step):
    address = f"/k/{slip}"
    review = send_form(client, client.get(address), address, planning="dissatisfied")
    thanks = send_form(client, review, address, "send", _plain="1")

    again = send_form(client, review, address, step, _plain="1")

    assert thanks.headers["Clear-Site-Data"] == '"cache"'
    language = "?lang=en" if step == ">en" else ""
    assert (again.status_code, unquote(again.location)) == (303, address + language)
    assert "Phiếu này đã được gửi" in client.get(address).text


def test_a_second_tab_of_the_same_slip_is_told_that_it_has_answered(client, slip):
    address = f"/k/{slip}"
    first, second = client.get(address), client.get(address)
    send_form(client, first, address, "send", planning="satisfied")

    refused = send_form(client, second, address, "send", planning="dissatisfied")

    assert refused.status_code == 409
    assert len(answers_stored()) == 1
    assert Page(refused.text).text("dd").startswith("Không hài lòng")


def test_switching_the_language_keeps_every_answer_the_id_and_the_ticket(client, rich):
    address = f"/k/{rich}"
    form = client.get(address)
    before = Page(form.text).form(id="phieu").data()

    english = send_form(
        client,
        form,
        address,
        ">en",
        planning="dissatisfied",
        remarks="Đường\nlầy",
        media=["radio", "phone"],
        mood="2",
    )

    after = Page(english.text).form(id="phieu").data()
    assert (english.status_code, Page(english.text).all("html")[0]["lang"]) == (200, "en")
    assert (after["_id"], after["_ticket"]) == (before["_id"], before["_ticket"])
    assert after["planning"] == ["dissatisfied"]
    assert after["remarks"] == ["Đường\nlầy"]
    assert (after["media"], after["mood"]) == (["radio", "phone"], ["2"])


def test_the_chosen_language_stays_through_review_and_thanks(client, slip):
    address = f"/k/{slip}"
    english = send_form(client, client.get(address), address, ">en", planning="satisfied")
    review = send_form(client, english, address)
    thanks = send_form(client, review, address, "send")

    assert [Page(page.text).all("html")[0]["lang"] for page in (review, thanks)] == ["en", "en"]


def test_switching_the_language_before_anything_is_answered_leads_to_a_page_that_can_be_fetched(client, slip):
    address = f"/k/{codes.normalise(slip)}"

    switched = send_form(client, client.get(address), address, ">en", transport="")

    assert (switched.status_code, switched.location) == (303, f"{address}?lang=en")
    assert Page(client.get(switched.location).text).all("html")[0]["lang"] == "en"


@pytest.mark.parametrize(
    ("step", "plain"), [("review", True), ("change", True), (">en", True), ("review", False)]
)
def test_a_browser_without_scripts_may_keep_what_a_post_led_to_so_that_back_shows_it(
    client, slip, step, plain
):
    address = f"/k/{slip}"
    form = client.get(address)
    without = {} if plain else {"_plain": []}

    reply = send_form(client, form, address, step, planning="satisfied", **without)

    assert form.headers["Cache-Control"] == "no-store"
    assert reply.headers["Cache-Control"] == ("private, no-cache" if plain else "no-store")


def test_nothing_is_chosen_before_somebody_chooses(client, rich):
    page = Page(client.get(f"/k/{rich}").text)

    assert not [field for field in page.all("input") if "checked" in field]


def test_what_was_taken_back_is_left_blank_and_stays_so_when_the_language_is_switched(client, slip):
    address = f"/k/{slip}"

    english = send_form(client, client.get(address), address, ">en", planning="satisfied", transport="")

    after = Page(english.text).form(id="phieu").data()
    assert (after["planning"], after.get("transport"), after.get("income")) == (["satisfied"], None, None)


def test_a_blank_slip_is_sent_by_a_second_deliberate_act_alone(client, slip):
    address = f"/k/{slip}"
    review = send_form(client, client.get(address), address)

    asked = send_form(client, review, address, "send")
    back = send_form(client, asked, address, "change")
    assert (asked.status_code, back.status_code, spent()) == (422, 200, 0)
    (box,) = [field for field in Page(asked.text).all("input") if field.get("name") == "_blank"]
    assert (box["aria-invalid"], "autofocus" in box, "checked" in box) == ("true", True, False)

    thanks = send_form(client, asked, address, "send", _blank="1")
    again = send_form(client, asked, address, "send", _blank="1")
    assert (thanks.status_code, again.status_code, spent()) == (201, 200, 1)


def test_enter_in_a_text_leads_on_and_does_not_switch_the_language(client, rich):
    page = Page(client.get(f"/k/{rich}").text)

    first = next(
        button
        for button in page.all("button")
        if button.get("form") == "phieu" or "form" in button["^"].split()
    )
    assert (first["name"], first["value"]) == ("_step", "review")


def test_a_language_that_does_not_exist_is_vietnamese(client, slip):
    page = client.get(f"/k/{slip}?lang=xx")

    assert Page(page.text).all("html")[0]["lang"] == "vi"


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("who", "nobody"), ("which", "x" * 5000), ("media", "smoke"), ("people", "many"), ("mood", "9"),
     ("remarks", "x" * 5000), ("planning", "maybe")],
)  # fmt: skip
def test_a_problem_is_tied_to_the_question_and_takes_the_focus_whatever_its_kind(client, rich, key, wrong):
    address = f"/k/{rich}"
    others = {} if key == "who" else {"who": "other"}

    page = Page(send_form(client, client.get(address), address, **others, **{key: wrong}).text)

    (focused,) = [found for _tag, found in page.tags if "autofocus" in found]
    assert focused["name"] == key
    tied = [found for _tag, found in page.tags if f"e-{key}" in found.get("aria-describedby", "").split()]
    assert tied
    assert any(found.get("aria-invalid") == "true" for found in [*tied, focused])
    assert f"e-{key}" in {found.get("id") for found in page.all("p")}


def test_help_condition_and_the_word_required_are_tied_to_the_field_of_a_text(
    client, commune, make_form, make_survey, hand_out
):
    words = {"vi": "Vài lời", "en": "Some words"}
    form = make_form(
        ask("who", "single_choice", options=[option("head"), option("other")], help=words),
        ask("which", "short_text", condition={"question": "who", "answers": ["other"]}),
        ask("name", "short_text", required=True, help=words),
        key="chu",
    )
    code = hand_out(make_survey(commune, form=form), commune.villages["Phung"])[0]

    html = client.get(f"/k/{code}").text

    page = Page(html)
    by_name = {found.get("name"): found for found in page.all("input")}
    assert by_name["which"]["aria-describedby"] == "c-which m-which"
    assert (by_name["name"]["aria-labelledby"], by_name["name"]["aria-describedby"]) == (
        "l-name",
        "h-name m-name",
    )
    assert "<small>Vài lời</small></legend>" in html.partition('id="q-who"')[2]
    assert '<legend id="l-name">' in html
    assert "bắt buộc" in html.partition('<legend id="l-name">')[2].partition("</legend>")[0]


def test_the_number_to_call_is_a_link_that_calls(client, slip):
    assert '<a href="tel:0269000000">0269 000 000</a>' in client.get(f"/k/{slip}").text


def test_wrong_answers_are_named_with_links_and_everything_typed_stays(client, rich):
    address = f"/k/{rich}"

    page = send_form(
        client, client.get(address), address, people="nhiều", remarks="x" * 2001, planning="satisfied"
    )

    parsed = Page(page.text)
    links = [link["href"] for link in parsed.all("a") if link["href"].startswith("#")]
    kept = parsed.form(id="phieu").data()
    assert page.status_code == 422
    assert links == ["#q-people", "#q-remarks"]
    assert (kept["people"], kept["remarks"], kept["planning"]) == (["nhiều"], ["x" * 2001], ["satisfied"])
    assert spent() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("people", "0"), ("people", "21"), ("people", "1e999"), ("people", "NaN"), ("people", "9" * 400),
     ("mood", "6"), ("who", "nobody"), ("who", ["head", "other"]), ("planning", "maybe"), ("remarks", "a\0b"),
     ("unheard_of", "1"), ("media", ["radio", "smoke"])],
)  # fmt: skip
def test_an_answer_that_does_not_fit_the_form_is_422_and_spends_nothing(client, rich, field, value):
    page = send_form(client, client.get(f"/k/{rich}"), f"/k/{rich}", "send", **{field: value})

    assert page.status_code == 422
    assert spent() == 0


def test_text_is_measured_after_composing_its_characters(client, rich):
    decomposed = "e\u0302\u0301" * 2000

    page = send_form(client, client.get(f"/k/{rich}"), f"/k/{rich}", "send", remarks=decomposed)

    assert page.status_code == 201
    assert answers_stored()[0]["remarks"]["text"] == "ế" * 2000


def test_direction_marks_and_zero_width_characters_are_stored_as_typed(client, rich):
    page = send_form(client, client.get(f"/k/{rich}"), f"/k/{rich}", "send", remarks="a\u202eb\u200bc")

    assert page.status_code == 201
    assert answers_stored()[0]["remarks"]["text"] == "a\u202eb\u200bc"


def test_markup_in_an_answer_is_shown_as_text(client, rich):
    page = send_form(
        client, client.get(f"/k/{rich}"), f"/k/{rich}", remarks="<img src=x onerror=alert(1)>{{7*7}}"
    )

    assert page.status_code == 200
    assert not Page(page.text).all("img")
    assert "{{7*7}}" in page.text


def test_an_answer_whose_question_is_not_asked_is_dropped_before_storing(client, rich):
    address = f"/k/{rich}"
    dropped = send_form(client, client.get(address), address, "send", who="head", which="cháu")

    assert dropped.status_code == 201
    assert answers_stored()[0]["which"] is None


def test_an_answer_whose_question_is_asked_is_stored(client, rich):
    send_form(
        client, client.get(f"/k/{rich}"), f"/k/{rich}", "send", who="other", which="cháu", media=["phone"]
    )

    (answers,) = answers_stored()
    assert (answers["which"]["text"], answers["media"]) == ("cháu", ["phone"])


def test_a_receipt_is_found_however_it_is_typed_and_shows_no_content(client, slip):
    thanks = send_form(client, client.get(f"/k/{slip}"), f"/k/{slip}", "send", planning="dissatisfied")
    receipt = receipt_of(thanks)

    verdicts = [
        client.post("/kiem-tra", data={"receipt": typed})
        for typed in (
            receipt,
            receipt.lower().replace("–", "-"),
            receipt.removeprefix("BN ").replace(" ", ""),
        )
    ]

    assert all("Có" in Page(page.text).text("b") for page in verdicts)
    assert all("Không hài lòng" not in page.text for page in verdicts)


def test_a_receipt_that_nobody_got_is_answered_no(client, survey):
    page = client.post("/kiem-tra", data={"receipt": leaves.receipt(survey.id, "00" * 32)})

    assert (page.status_code, Page(page.text).text("b")[:5]) == (200, "Không")


@pytest.mark.parametrize("typed", ["", "x", "1" * 21, "1" * 500, "\0", "𝟙" * 20, "ﷺ" * 20, "U" * 20, "%_%"])
def test_whatever_is_typed_as_a_receipt_gets_a_page(client, survey, typed):
    page = client.post("/kiem-tra", data={"receipt": typed})

    assert page.status_code == 422
    assert Page(page.text).form(action="/kiem-tra").data()["receipt"] == [typed]


def test_after_sealing_a_receipt_is_still_found(client, survey, slip, move_on):
    receipt = receipt_of(
        send_form(client, client.get(f"/k/{slip}"), f"/k/{slip}", "send", planning="satisfied")
    )
    move_on(survey, State.SEALED)

    assert "Có" in Page(client.post("/kiem-tra", data={"receipt": receipt}).text).text("b")


def test_open_feedback_is_stored_for_the_commune_and_says_that_it_is_no_score(client, commune, make_survey):
    survey = make_survey(commune, purpose=Purpose.FEEDBACK)
    address = f"/g/{survey.link}"

    form = client.get(address)
    thanks = [
        send_form(client, client.get(address), address, "send", planning="satisfied") for _time in range(2)
    ]

    assert "không dùng để chấm điểm" in form.text
    assert [page.status_code for page in thanks] == [201, 201]
    assert len(answers_stored()) == 2
    assert spent() == 0


def test_an_open_link_takes_only_so_many_answers_a_minute_from_one_network_and_keeps_what_was_typed(
    client, commune, make_survey, submission
):
    survey = make_survey(commune, purpose=Purpose.FEEDBACK)
    door = link_door(db.session(), survey.link)
    address = f"/g/{survey.link}"

    def send_in_a_crowd():
        form, now = client.get(address), datetime.now(UTC)
        with contextlib.suppress(TooManyFromHere):
            for _neighbour in range(crowding.ANSWERS_A_MINUTE + 1):
                crowding.admit(door, "127.0.0.0/24", now)
        page = send_form(client, form, address, "send", planning="satisfied")
        return page, client.post("/api/v1/submissions", json=submission(link=survey.link))

    # A minute that ends between crowd and sending lets the first one pass, never both.
    crowds = (send_in_a_crowd(), send_in_a_crowd())
    waiting, by_machine = next(two for two in crowds if {reply.status_code for reply in two} == {429})
    before = len(answers_stored())
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.7"}}
    typed = Page(waiting.text).form().data()

    assert 0 < int(waiting.headers["Retry-After"]) <= 60
    assert typed["planning"] == ["satisfied"]
    assert (by_machine.status_code, by_machine.json["keep"]) == (429, True)
    crowding.admit(replace(door, code_mac=b"a household"), "127.0.0.0/24", datetime.now(UTC))
    assert client.post(address, data=typed, headers=OWN, **elsewhere).status_code == 201
    assert len(answers_stored()) == before + 1
    crowding.admit(door, "127.0.0.0/24", datetime.now(UTC) + timedelta(minutes=1))


def test_a_link_that_nobody_gave_is_404(client, survey):
    unknown = client.get("/g/abcdef")
    assert unknown.status_code == 404
    assert "hỏi lại người đã đưa đường dẫn" in unknown.text
    assert client.post("/g/abcdef", data={}, headers=OWN).status_code == 404


def test_a_rehearsal_says_so_on_every_page(client, commune, make_survey, hand_out):
    survey = make_survey(commune, rehearsal=True)
    (code,) = hand_out(survey, commune.villages["Phung"])
    address = f"/k/{code}"

    form = client.get(address)
    review = send_form(client, form, address)
    thanks = send_form(client, review, address, "send")

    assert all("THỬ" in page.text for page in (form, review, thanks))


@pytest.mark.usefixtures("one_minute")
def test_eleven_wrong_codes_within_a_minute_have_to_wait_and_mistypes_do_not_count(client, survey, slip):
    for _number in range(12):
        client.get(f"/k/{mistyped(slip)}")
    statuses = [client.get(f"/k/{codes.new_code(survey.id)}").status_code for _number in range(12)]

    assert statuses == [404] * 10 + [429] * 2


@pytest.mark.usefixtures("one_minute")
def test_after_the_minute_the_true_code_of_a_village_that_guessed_works(client, survey, slip):
    form = client.get(f"/k/{slip}")
    for _number in range(10):
        client.get(f"/k/{codes.new_code(survey.id)}")
    waiting = send_form(client, form, f"/k/{slip}", "send", planning="satisfied", _ticket="of no form")
    the_minute_passes()

    thanks = client.post(f"/k/{slip}", data=Page(waiting.text).form().data(), headers=OWN)

    assert (waiting.status_code, thanks.status_code) == (429, 201)
    assert waiting.headers["Retry-After"] == "60"


def test_no_code_and_no_answer_is_ever_logged(client, rich, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    address = f"/k/{rich}"
    review = send_form(client, client.get(address), address, remarks="bí mật của tôi")
    thanks = send_form(client, review, address, "send")
    client.get(address)
    client.post("/k", data={"code": rich})
    client.post("/kiem-tra", data={"receipt": receipt_of(thanks)})

    out, err = capfd.readouterr()
    logged = "".join(record.getMessage() for record in caplog.records if record.name != "asyncio") + out + err
    for secret in (rich, codes.normalise(rich), "bí mật của tôi", receipt_of(thanks)):
        assert secret not in logged


def mistyped(code):
    return code[:-1] + ("0" if code[-1] != "0" else "2")


def receipt_of(page):
    return re.search(r"BN \d{4,} – \d{3} \d{4} \d{4}", Page(page.text).text("p"))[0]


def the_minute_passes():
    """What was counted lies sixty seconds further back."""
    with db.transaction() as current:
        for row in current.scalars(select(Failure).order_by(Failure.minute)).all():
            row.minute -= timedelta(seconds=60)
            current.flush()  # the oldest first, so that none takes the place of another


def test_a_form_is_shown_and_looked_over_by_one_question_to_the_database_each(client, slip, statements):
    for fetch in (
        client.get,
        lambda path: client.post(path, data={"planning": "satisfied", "_step": "review"}),
    ):
        fetch(f"/k/{slip}")
        statements.clear()

        fetch(f"/k/{slip}")

        assert len(statements) == 1


def test_a_closed_page_says_until_when_paper_is_taken_when_the_result_comes_and_whom_to_call(
    client, survey, slip, move_on
):
    closed = move_on(survey, State.COUNTING).phones_closed_at

    page = client.get(f"/k/{slip}")

    assert page.status_code == 410
    assert Page(page.text).text("h1") == "Đã hết hạn trả lời bằng điện thoại"
    # Ended before the announced day: the page names the day on which the phones closed.
    assert f"Đợt {survey.id} đã kết thúc ngày {closed.astimezone(VIETNAM):%d/%m/%Y}" in page.text
    assert re.search(r"Phiếu giấy còn được nhận đến hết ngày \d\d/\d\d/\d{4}", page.text)
    assert re.search(r"Sớm nhất từ ngày \d\d/\d\d/\d{4} có kết quả: quét lại chính mã QR này", page.text)
    assert 'href="tel:0269000000"' in page.text
    assert "chưa được tính" not in page.text


def test_who_lost_the_reply_finds_by_scanning_again_that_the_slip_is_stored(client, slip):
    address = f"/k/{slip}"
    send_form(client, client.get(address), address, "send", planning="satisfied")

    page = client.get(address)

    assert page.status_code == 409
    assert "đã gửi và đã được lưu" in page.text
    assert 'class="box"' in page.text  # good news, not in the colour of an error
    assert "Nếu trong nhà chưa ai trả lời: xin gọi" in page.text
    assert 'href="tel:0269000000"' in page.text


def test_a_code_that_nobody_has_leads_to_the_number_of_its_survey_and_else_to_that_on_the_slip(
    client, survey, slip
):
    of_survey = client.get(f"/k/{codes.new_code(survey.id)}")
    of_nothing = client.post("/k", data={"code": "1234"})

    assert (of_survey.status_code, 'href="tel:0269000000"' in of_survey.text) == (404, True)
    assert "xin gọi số in trên phiếu" in of_nothing.text
    assert Page(of_nothing.text).text("title").startswith("Chưa đúng – ")


def test_a_link_says_whom_to_ask_once_phones_are_closed_and_leads_to_the_result_once_it_is_sealed(
    client, commune, make_survey, move_on
):
    survey = make_survey(commune, purpose=Purpose.FEEDBACK)
    move_on(survey, State.COUNTING)
    closed = client.get(f"/g/{survey.link}")
    move_on(survey, State.SEALED)

    assert (closed.status_code, "tel:0269000000" in closed.text) == (410, True)
    assert client.get(f"/g/{survey.link}").location == f"/ket-qua/{survey.id}"


@pytest.mark.parametrize("path", ["/k", "/kiem-tra", "/kiem-tra/phieu", "/k/1234", "/g/abcdef"])
def test_every_page_that_is_fetched_has_the_switch_and_carries_the_language_on(client, survey, path):
    page = Page(client.get(f"{path}?lang=en").text)

    assert page.all("html")[0]["lang"] == "en"
    switches = [button["value"] for button in page.all("button") if button.get("name") == "_switch"]
    assert "?lang=vi" in {link["href"] for link in page.all("a")} or switches == ["vi"]
    inside = [link["href"] for link in page.all("a") if link["href"].startswith("/")]
    assert [link for link in inside if not link.endswith("?lang=en")] == []
    posts = [form for form in page.forms if form.attributes.get("method") == "post"]
    assert [dict(form.fields).get("_lang") for form in posts] == ["en"] * len(posts)
    assert [tag for tag, found in page.tags if tag == "main"] == ["main"]


@pytest.mark.parametrize(
    ("path", "field"), [("/k", "code"), ("/kiem-tra", "receipt"), ("/kiem-tra/phieu", "slip")]
)
def test_what_is_typed_by_half_stays_when_the_language_is_switched_and_is_no_mistake(client, path, field):
    form = next(form for form in Page(client.get(path).text).forms if field in dict(form.fields))

    page = client.post(path, data=form.data(**{field: "0001 23", "_switch": "en"}), headers=OWN)

    english = Page(page.text)
    assert (page.status_code, english.all("html")[0]["lang"]) == (200, "en")
    assert english.form(action=path).data()[field] == ["0001 23"]
    assert 'role="alert"' not in page.text


def test_thanks_and_refusals_are_said_in_the_language_that_is_chosen_there(client, slip):
    address = f"/k/{slip}"
    form = client.get(address)
    thanks = send_form(client, form, address, "send", planning="satisfied")
    switch = Page(thanks.text).form().data(_lang="en")

    english = client.post(address, data=switch, headers=OWN)
    forged = client.post(address, data=switch | {"_leaf": "0" * 64}, headers=OWN)
    refused = send_form(client, form, address, "send", _id=[], planning="dissatisfied")
    again = client.post(address, data=Page(refused.text).forms[0].data(_lang="en"), headers=OWN)

    assert (english.status_code, Page(english.text).text("h1")) == (200, "Thank you for answering!")
    assert receipt_of(english) == receipt_of(thanks)
    assert "_id" not in switch
    assert forged.status_code == 400
    assert (refused.status_code, again.status_code) == (409, 409)
    assert Page(again.text).text("h1") == "This slip was sent already"
    assert spent() == 1
