"""The authoring screen without JavaScript, as a browser sends its forms."""

import html

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.authoring import drafts, queries
from survey_app.questions.kinds import Kind

BASE = "/can-bo/mau-phieu"
HOSTILE = ("<script>alert(1)</script>", "{{7*7}}", "%s %(x)s", '"><svg onload=x>')


def test_the_list_shows_the_library_as_samples_and_offers_to_start(officer, visit):
    page = visit(officer).get(BASE)

    assert page.status_code == 200
    for key in ("xa-ntm", "xa-ntm-nang-cao", "xa-ntm-2026"):
        assert f"{key} ·" in page.text
    assert page.text.count('class="badge badge-unsure"') == 10


def test_a_commune_officer_starts_from_a_template(officer, visit, desk):
    browser = visit(officer)
    template = queries.latest_frozen(db.session(), "xa-ntm").id

    reply = browser.post(f"{BASE}/tu-mau/{template}", browser.get(BASE))

    made = int(reply.location.rsplit("/", 1)[1])
    assert desk.look(made).template_id == template
    assert browser.get(reply.location).text.count('class="card question-card"') == 20


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stands_literally_everywhere(officer, visit, title):
    browser = visit(officer)
    typed = {"title_vi": title, "languages": ["vi"], "level": "xa", "source": title}

    reply = browser.submit(f"{BASE}/moi", browser.get(f"{BASE}/moi"), **typed)

    for address in (BASE, reply.location, f"{reply.location}/xem-thu", f"{reply.location}/chung"):
        page = browser.get(address)
        assert page.status_code == 200
        assert html.escape(title, quote=False) in page.text.replace("&#34;", '"')
        assert title not in page.text or title == html.escape(title)


def test_a_title_is_needed_in_each_chosen_language_and_what_was_typed_stays(officer, visit):
    browser = visit(officer)
    typed = {"title_vi": "", "title_en": "Roads", "languages": ["vi", "en"], "level": "xa"}

    page = browser.submit(f"{BASE}/moi", browser.get(f"{BASE}/moi"), **typed)

    assert page.status_code == 422
    assert 'value="Roads"' in page.text
    assert 'id="title_vi-error"' in page.text


@pytest.mark.parametrize("kind", list(Kind))
def test_a_question_of_every_kind_is_added_and_saved(officer, visit, draft, desk, kind):
    browser = visit(officer)
    page = browser.get(f"{BASE}/{draft}")
    address = browser.post(f"{BASE}/{draft}/cau", page, kind=kind.value, revision="1").location

    reply = browser.submit(address, browser.get(address), text_vi=" Câu\r\nhai dòng ", text_en="A line")

    assert reply.status_code == 302
    stored = drafts.question(desk.look(draft).document, address.rsplit("/", 1)[1])
    assert stored["kind"] == kind
    assert stored["text"] == {"vi": "Câu\nhai dòng", "en": "A line"}
    assert browser.get(f"{BASE}/{draft}").status_code == 200


def test_saving_a_question_untouched_changes_no_word_of_it(officer, visit, draft, desk):
    browser = visit(officer)
    before = desk.look(draft).document

    for item in before["questions"]:
        address = f"{BASE}/{draft}/cau/{item['key']}"
        assert browser.submit(address, browser.get(address)).status_code == 302

    assert desk.look(draft).document == before


def test_choices_are_written_in_rows_and_emptied_ones_disappear(officer, visit, draft, desk):
    key = desk.add(officer, draft, Kind.SINGLE_CHOICE)
    browser, address = visit(officer), f"{BASE}/{draft}/cau/{key}"
    wider = browser.submit(
        address,
        browser.get(address),
        act="add_row",
        option_0_vi="Đường",
        option_0_en="Road",
        option_1_vi="Nước",
    )
    assert 'value="Đường"' in wider.text
    browser.submit(address, wider, option_2_vi="Điện", option_2_en="Power", option_1_en="Water")

    browser.submit(address, browser.get(address), option_1_vi="", option_1_en="")

    options = drafts.question(desk.look(draft).document, key)["options"]
    assert [option["label"]["vi"] for option in options] == ["Đường", "Điện"]
    assert [option["code"] for option in options] == ["o1", "o3"]


def test_why_is_asked_after_dissatisfied(officer, visit, draft, desk):
    key = desk.add(officer, draft, Kind.LONG_TEXT)
    browser, address = visit(officer), f"{BASE}/{draft}/cau/{key}"
    chosen = browser.submit(
        address,
        browser.get(address),
        act="show_answers",
        text_vi="Vì sao?",
        text_en="Why?",
        condition_on="planning",
    )
    browser.submit(address, chosen, condition_answers="dissatisfied")

    view = desk.look(draft)
    assert drafts.question(view.document, key)["condition"] == {
        "question": "planning",
        "answers": ["dissatisfied"],
    }
    assert view.problems == ()
    assert 'data-if="planning"' in browser.get(f"{BASE}/{draft}/xem-thu").text


def test_a_condition_without_an_answer_is_refused_and_the_answers_are_shown(officer, visit, draft, desk):
    key = desk.add(officer, draft, Kind.LONG_TEXT)
    browser, address = visit(officer), f"{BASE}/{draft}/cau/{key}"

    page = browser.submit(address, browser.get(address), text_vi="Vì sao?", condition_on="planning")

    assert page.status_code == 422
    assert "Vì sao?" in page.text
    assert 'name="condition_answers"' in page.text


@pytest.mark.parametrize("typed", [{"text_vi": "dài" * 800}, {"text_vi": "chuông\x07"}, {"minimum": "mười"}])
def test_what_cannot_be_stored_is_refused_with_the_typing_kept(officer, visit, draft, desk, typed):
    key = desk.add(officer, draft, Kind.NUMBER)
    browser, address = visit(officer), f"{BASE}/{draft}/cau/{key}"

    page = browser.submit(address, browser.get(address), text_en="kept too", **typed)

    assert page.status_code == 422
    assert next(iter(typed.values())) in page.text
    assert "kept too" in page.text


def test_the_second_editor_sees_both_texts_who_saved_and_may_save_over(officer, front, visit, draft, desk):
    browser, address = visit(officer), f"{BASE}/{draft}/cau/planning"
    opened = browser.get(address)
    desk.change(front, draft, "planning", text={"vi": "Lời của Mặt trận", "en": "Front"})

    told = browser.submit(address, opened, text_vi="Lời của xã", text_en="Commune")

    assert told.status_code == 409
    for words in ("Lời của Mặt trận", "Lời của xã", front.name, "09:00 01/06/2026"):
        assert words in told.text
    assert browser.submit(address, told).status_code == 302
    assert drafts.question(desk.look(draft).document, "planning")["text"]["vi"] == "Lời của xã"


def test_a_question_removed_meanwhile_is_put_in_again_by_saving(officer, front, visit, draft, desk):
    browser, address = visit(officer), f"{BASE}/{draft}/cau/planning"
    opened = browser.get(address)
    other = visit(front)
    other.post(f"{address}/xoa", other.get(f"{address}/xoa"), revision="1")

    told = browser.submit(address, opened, text_vi="Lời của xã")

    assert told.status_code == 409
    assert "Lời của xã" in told.text
    assert browser.submit(address, told).status_code == 302
    assert drafts.question(desk.look(draft).document, "planning")["text"]["vi"] == "Lời của xã"


def test_editing_a_version_frozen_meanwhile_says_to_make_a_new_version_and_keeps_the_typing(
    officer, visit, draft, desk
):
    browser, address = visit(officer), f"{BASE}/{draft}/cau/planning"
    opened = browser.get(address)
    desk.freeze(officer, draft)

    told = browser.submit(address, opened, text_vi="Lời mới")

    assert told.status_code == 409
    assert "Lời mới" in told.text
    assert browser.get(address).status_code == 409


def test_the_settings_keep_the_words_of_a_language_that_is_unticked(officer, visit, draft, desk):
    browser, address = visit(officer), f"{BASE}/{draft}/chung"
    browser.submit(address, browser.get(address), languages=["vi"])

    browser.submit(address, browser.get(address), languages=["vi", "en"], title_en="Consultation")

    view = desk.look(draft)
    assert view.problems == ()
    assert view.document["questions"][0]["text"]["en"]


def test_the_button_just_pressed_has_the_focus_again(officer, visit, draft, desk):
    browser = visit(officer)
    page = browser.get(f"{BASE}/{draft}")

    reply = browser.post(f"{BASE}/{draft}/cau/planning/chuyen", page, nut="xuong", revision="1")

    assert [item["key"] for item in desk.look(draft).document["questions"]][1] == "planning"
    after = browser.get(reply.location).text
    assert after.count("autofocus") == 1
    assert 'value="xuong"' in after[after.index("autofocus") - 200 : after.index("autofocus")]


def test_the_check_lists_every_problem_at_once_with_the_way_to_it(officer, visit, draft, desk):
    first = desk.add(officer, draft, Kind.SINGLE_CHOICE)
    second = desk.add(officer, draft, Kind.SHORT_TEXT)

    page = visit(officer).get(f"{BASE}/{draft}")

    check = page.text[
        page.text.index('id="kiem-tra"') : page.text.index("</section>", page.text.index('id="kiem-tra"'))
    ]
    assert check.count(f"#cau-{first}") == 3
    assert check.count(f"#cau-{second}") == 2
    assert "disabled" in page.text


def test_locked_questions_have_a_note_and_no_buttons(officer, visit, locked_draft):
    browser = visit(officer)

    page = browser.get(f"{BASE}/{locked_draft}")

    assert "/mo-khoa" in page.text
    assert f"{BASE}/{locked_draft}/cau/planning" not in page.text
    assert browser.get(f"{BASE}/{locked_draft}/cau/planning").status_code == 409
    assert '<option value="satisfaction">' not in page.text


def test_unlocking_is_an_explicit_act(officer, visit, locked_draft, desk):
    browser = visit(officer)

    browser.post(f"{BASE}/{locked_draft}/mo-khoa", browser.get(f"{BASE}/{locked_draft}"), revision="1")

    assert not desk.look(locked_draft).locked
    assert browser.get(f"{BASE}/{locked_draft}/cau/planning").status_code == 200


def test_the_province_front_confirms_a_frozen_version_and_nobody_else(front, officer, visit, draft, desk):
    desk.freeze(officer, draft)
    browser = visit(front)
    page = browser.get(f"{BASE}/{draft}")

    wrong = browser.post(f"{BASE}/{draft}/xac-nhan", page, number="12/HD", on="hôm qua")
    right = browser.post(f"{BASE}/{draft}/xac-nhan", page, number="12/HD-MTTQ", on="2026-05-20")

    assert wrong.status_code == 422
    assert 'value="12/HD"' in wrong.text
    assert right.status_code == 302
    assert desk.look(draft).confirmed_number == "12/HD-MTTQ"
    own = visit(officer)
    assert own.post(f"{BASE}/{draft}/xac-nhan", own.get(f"{BASE}/{draft}"), number="1").status_code == 403


def test_the_province_front_takes_a_confirmation_back_and_says_why(front, officer, visit, desk):
    form = desk.confirmed_form(front)
    browser = visit(front)
    address = f"{BASE}/{form}/rut-xac-nhan"
    shown = browser.get(f"{BASE}/{form}")
    page = browser.get(address)

    wrong = browser.post(address, page, reason=" ")
    right = browser.post(address, page, reason="Nhầm văn bản")

    assert address in shown.text
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert desk.look(form).confirmed_number is None
    assert visit(officer).get(address).status_code == 403


def test_a_draft_is_thrown_away_only_after_a_second_question(officer, visit, draft, desk):
    browser = visit(officer)
    page = browser.get(f"{BASE}/{draft}")
    asked = browser.get(f"{BASE}/{draft}/bo")

    done = browser.post(f"{BASE}/{draft}/bo", asked, revision="1")

    assert f"{BASE}/{draft}/bo" in page.text
    assert done.status_code == 302
    assert browser.get(f"{BASE}/{draft}").status_code == 404


def test_a_neighbour_gets_404_and_a_clerk_403(person, place, visit, draft):
    neighbour = visit(person(Role.COMMUNE, place.ia_ly))
    clerk = visit(person(Role.CLERK, place.bien_ho))

    for address in (f"{BASE}/{draft}", f"{BASE}/{draft}/xem-thu", f"{BASE}/{draft}/chung"):
        assert neighbour.get(address).status_code == 404
        assert clerk.get(address).status_code == 403


def test_a_viewer_reads_but_finds_no_way_to_change(person, place, visit, draft):
    viewer = visit(person(Role.VIEWER, place.bien_ho))

    page = viewer.get(f"{BASE}/{draft}")

    assert page.status_code == 200
    assert "/chuyen" not in page.text
    assert "/chot" not in page.text
    assert viewer.post(f"{BASE}/{draft}/chot", page, revision="1").status_code == 403


def test_the_library_belongs_to_nobody_and_cannot_be_edited(officer, front, visit):
    sample = queries.latest_frozen(db.session(), "xa-ntm").id

    for browser in (visit(officer), visit(front)):
        assert browser.get(f"{BASE}/{sample}").status_code == 200
        assert browser.get(f"{BASE}/{sample}/cau/planning").status_code == 403


def test_the_preview_speaks_both_languages_and_names_what_it_leaves_out(officer, visit, draft, desk):
    desk.add(officer, draft, Kind.SHORT_TEXT)
    browser = visit(officer)

    vietnamese = browser.get(f"{BASE}/{draft}/xem-thu")
    english = browser.get(f"{BASE}/{draft}/xem-thu?lang=en")

    assert ">quy hoạch</span>" in vietnamese.text
    assert ">the planning</span>" in english.text
    assert 'class="box bad"' in vietnamese.text


def test_garbled_requests_are_refused_without_a_crash(officer, visit, draft, desk):
    browser = visit(officer)
    page = browser.get(f"{BASE}/{draft}")
    before = desk.look(draft)

    replies = [
        browser.post(f"{BASE}/{draft}/cau", page, kind="nonsense", revision="1"),
        browser.post(f"{BASE}/{draft}/cau/planning/chuyen", page, nut="ngang", revision="1"),
        browser.post(f"{BASE}/{draft}/cau/planning/chuyen", page, nut="len", revision="9" * 50),
        browser.post(f"{BASE}/{draft}/cau/planning", page, shown_kind="satisfaction", rows="-3"),
        browser.post(f"{BASE}/{draft}/cau/%22%3E%3Csvg", page, shown_kind="note"),
        browser.post(f"{BASE}/tu-mau/999999", page),
    ]

    assert [reply.status_code for reply in replies] == [400, 400, 409, 422, 404, 404]
    assert desk.look(draft).document == before.document


def test_the_editor_says_in_which_type_the_slip_will_be_and_how_much_is_too_long(officer, visit, draft, desk):
    """While the wording can still be changed, not when slips are printed."""
    browser, address = visit(officer), f"{BASE}/{draft}/tren-giay"

    def said():
        return html.unescape(browser.get(address).text.partition('id="tren-giay"')[2].partition("</p>")[0])

    assert f'href="{address}"' in browser.get(f"{BASE}/{draft}").text
    assert "cỡ chữ 9,5" in said()

    letter = desk.add(officer, draft, Kind.LONG_TEXT)
    desk.change(officer, draft, letter, text={"vi": "Bà con góp ý thêm gì? " * 20, "en": "What else?"})
    assert "những câu khác chỉ hỏi trên điện thoại" in said()

    for item in desk.look(draft).document["questions"]:
        if drafts.kind_row(item).two_way:
            desk.change(officer, draft, item["key"], text={"vi": "rất dài " * 30, "en": "long"})
    assert "Quá dài so với phiếu giấy, chừng" in said()
    assert "notice-warning" in browser.get(address).text
