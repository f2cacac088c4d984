"""What a chat shows of a link: who asks and for what, and never the code or the village of a slip."""

import pytest

from survey_app.fieldwork.models import Purpose
from tests.pages import Page


def preview(page):
    """The words of the preview by what they are for."""
    tags = Page(page.text).all("meta")
    return {tag["property"].removeprefix("og:"): tag["content"] for tag in tags if "property" in tag}


def test_the_link_of_a_slip_says_who_asks_and_for_what_and_nothing_of_the_slip(
    client, commune, make_survey, hand_out
):
    survey = make_survey(commune)
    [code] = hand_out(survey, commune.villages["Phung"])

    shown = preview(client.get(f"/k/{code.replace(' ', '')}"))

    assert shown == {
        "title": survey.instrument.title["vi"],
        "description": f"MTTQ Xã Mẫu · Đợt {survey.id}. Mỗi hộ một phiếu, chừng ba phút. Không bắt buộc trả lời.",
    }


def test_the_open_link_says_that_it_is_feedback_and_has_a_picture(client, commune, make_survey):
    survey = make_survey(commune, purpose=Purpose.FEEDBACK)

    shown = preview(client.get(f"/g/{survey.link}"))

    assert shown["title"] == survey.instrument.title["vi"]
    assert "MTTQ Xã Mẫu" in shown["description"]
    assert "không dùng để chấm điểm" in shown["description"]
    assert shown["image"].endswith(f"/g/{survey.link}/anh.png")


@pytest.mark.parametrize("address", ["/k", "/k/0001000000000000", "/kiem-tra", "/g/khong-co"])
def test_pages_of_no_survey_say_it_in_general_and_repeat_no_code(client, commune, make_survey, address):
    make_survey(commune)

    shown = preview(client.get(address))

    assert shown["description"].startswith("Mặt trận Tổ quốc hỏi các hộ")
    assert "0001000000000000" not in "".join(shown.values())


def test_the_page_of_a_result_says_whose_it_is(client, commune, make_survey):
    shown = preview(client.get(f"/ket-qua/{make_survey(commune).id}"))

    assert "Xã Mẫu" in shown["title"]
    assert shown["description"].startswith("Phiếu lấy ý kiến")
