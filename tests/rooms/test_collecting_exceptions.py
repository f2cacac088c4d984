"""Keying by exception on its page: what is stored, what is asked again, and that no key stroke is lost."""

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.collecting.models import DeskCounter, PaperSlip, Response
from tests.pages import Page
from tests.rooms.test_collecting_paper import kept


@pytest.fixture
def slips(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 3)


@pytest.fixture
def key_in(survey, clerk):
    """Save a slip as it stands on the page that a clerk gets first."""

    def save(**typed):
        form = Page(clerk.get(address(survey)).text).form(class_="paper-form")
        return clerk.post(address(survey), data=form.data(**typed), follow_redirects=True)

    return save


def address(survey):
    return f"/can-bo/nhap-phieu/{survey.id}"


def store_now(clerk, survey):
    page = Page(clerk.get(address(survey)).text)
    clerk.post(f"{address(survey)}/luu", data=page.form(class_="paper-form").data())


def rows(table):
    current = db.session()
    current.rollback()
    return current.scalars(select(table)).all()


def test_a_slip_is_stored_as_its_exceptions_say_and_so_is_the_way(survey, slips, clerk, key_in):
    page = key_in(_code=slips[0][-14:], _not="1 3", _blank="20", _count="3")
    store_now(clerk, survey)

    (stored,), (slip,) = rows(Response), rows(PaperSlip)
    said = [stored.answers[question.key] for question in survey.instrument.answerable]
    assert said == ["dissatisfied", "satisfied", "dissatisfied", *["satisfied"] * 16, None]
    assert (slip.leaf, slip.way) == (stored.leaf, "exceptions")
    assert [(row.outcome, row.slips) for row in rows(DeskCounter)] == [("exceptions", 1)]
    assert "17 hài lòng" in page.text
    assert "2 không, 1 để trống" in page.text


def test_a_slip_without_exceptions_is_all_satisfied_and_its_nought_is_typed(survey, slips, clerk, key_in):
    refused = key_in(_code=slips[0])
    saved = key_in(_code=slips[0], _count="0")

    assert refused.status_code == 422
    assert "20 hài lòng" in saved.text


def test_another_count_is_told_beside_it_and_everything_typed_stays(slips, key_in):
    page = key_in(_code=slips[0], _not="4 11", _blank="2", _count="2")

    data = kept(page)
    assert (page.status_code, data["_code"], data["_not"], data["_blank"]) == (
        422,
        [slips[0]],
        ["4 11"],
        ["2"],
    )
    assert "Ở trên đã gõ 3 mục" in page.text
    assert rows(Response) == []


EVERY = " ".join(str(number) for number in range(1, 21))
#: What is typed, where it is told, in which words. "" is the head of the page.
REFUSED = [
    ({"_not": "ba", "_count": "1"}, "_not", "Xin gõ các số cách nhau bằng dấu cách, như 3 17."),
    (
        {"_not": "3 21", "_count": "2"},
        "_not",
        "Trên phiếu không có mục số 21 thuộc loại hài lòng hay không.",
    ),
    ({"_not": "3 5", "_blank": "5", "_count": "3"}, "_blank", "Mục 5 được gõ hai lần."),
    ({"_not": "3 5", "_count": "1"}, "_count", "Ở trên đã gõ 2 mục. Xin dò với phiếu và đếm lại."),
    ({"_not": "3 x", "_blank": "y", "_count": "2"}, "", "Chưa lưu: còn 2 chỗ ở dưới chờ ông/bà."),
    (
        {"_blank": EVERY, "_count": "20"},
        "",
        "Chưa nhập câu nào. Nếu phiếu để trống, hãy chọn “Không đánh dấu ô nào” ở cuối.",
    ),
    ({"_not": "3", "_count": "1", "_invalid": "mưa"}, "", "Hãy chọn lý do trong danh sách."),
]


def test_each_refusal_of_a_keyed_slip_has_its_words_at_its_place_and_keeps_every_key(slips, key_in):
    for typed, place, words in REFUSED:
        page = key_in(_code=slips[0], **typed)

        at, fields = f'id="{place}-problem" ' if place else "", kept(page)
        assert (page.status_code, f'{at}role="alert">{words}<' in page.text) == (422, True), typed
        assert fields["_code"] == [slips[0]]
        assert {name: fields[name] for name in typed if name != "_invalid"} == {
            name: [value] for name, value in typed.items() if name != "_invalid"
        }
    assert rows(Response) == []


def test_a_slip_that_is_blank_throughout_is_no_slip_of_exceptions(slips, key_in):
    assert key_in(_code=slips[0], _blank=EVERY, _count="20").status_code == 422
    assert key_in(_code=slips[0], _invalid="all_blank").status_code == 200


def test_the_way_that_was_chosen_stays_and_is_stored(survey, slips, clerk, key_in):
    clerk.get(f"{address(survey)}?cach=tung-so")
    form = Page(clerk.get(address(survey)).text).form(class_="paper-form")
    clerk.post(address(survey), data=form.keyed(_code=slips[0], planning="dissatisfied"))
    store_now(clerk, survey)

    (slip,) = rows(PaperSlip)
    assert slip.way == "digits"


def test_digit_by_digit_a_choice_that_is_not_marked_is_not_taken_for_blank(survey, slips, clerk):
    form = Page(clerk.get(f"{address(survey)}?cach=tung-so").text).form(class_="paper-form")

    refused = clerk.post(address(survey), data=form.data(_code=slips[0], planning="satisfied", transport=""))

    assert (refused.status_code, rows(Response)) == (422, [])
    assert (kept(refused)["planning"], kept(refused)["transport"]) == (["satisfied"], [""])
    assert "Dòng này chưa chọn: xin chọn câu trả lời, hoặc “Để trống”." in refused.text


def test_mending_shows_the_exceptions_again_and_asks_for_their_count(survey, slips, clerk, key_in):
    page = Page(key_in(_code=slips[0], _not="1 3", _count="2").text)
    mend = page.form(action=f"{address(survey)}/sua")

    form = Page(clerk.post(mend.action, data=mend.data(), follow_redirects=True).text).form(
        class_="paper-form"
    )
    again = clerk.post(address(survey), data=form.data())
    clerk.post(address(survey), data=form.data(_not="1", _count="1"))
    store_now(clerk, survey)

    (stored,) = rows(Response)
    assert (form.data()["_not"], form.data()["_count"], again.status_code) == (["1 3"], [""], 422)
    assert list(stored.answers.values()).count("dissatisfied") == 1
