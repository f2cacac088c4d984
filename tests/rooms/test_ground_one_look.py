"""One look: on every page of officers one filled button at most, the way to the page, states in the same words."""

import re

import pytest

from survey_app.access import Role
from survey_app.fieldwork import wording
from survey_app.fieldwork.models import State
from tests.pages import Page

FOLDED = re.compile(r"<details(?! class=\"account\").*?</details>", re.DOTALL)
SITE = re.compile(r"<header class=\"site-header\".*?</header>|<footer.*?</footer>", re.DOTALL)
QUIET = {"secondary", "contrast", "outline", "link-button", "default-button"}


def filled_buttons(html: str) -> list[str]:
    """Buttons as the reader's eye finds them first; those folded away are found when they are wanted."""
    shown = FOLDED.sub("", SITE.sub("", html))
    found = []
    for tag, attributes in Page(shown).tags:
        is_button = tag == "button" and attributes.get("type", "submit") == "submit"
        is_link = tag == "a" and attributes.get("role") == "button"
        if (is_button or is_link) and not QUIET & set(attributes.get("class", "").split()):
            found.append(f"{tag} {attributes}")
    return found


PAGES = {
    Role.COMMUNE: (
        "/can-bo", "/can-bo/dot", "/can-bo/dot/moi", "/can-bo/dot/gop-y-nhanh", "/can-bo/gop-y", "/can-bo/dot/{}",
        "/can-bo/dot/{}/hop", "/can-bo/mau-phieu", "/can-bo/mau-phieu/1", "/can-bo/don-vi/98001", "/can-bo/tai-khoan",
        "/can-bo/tai-khoan/moi", "/can-bo/mat-khau", "/can-bo/phien",
    ),
    Role.FRONT_COMMUNE: ("/can-bo", "/can-bo/dot/{}", "/can-bo/yeu-cau"),
    Role.CLERK: ("/can-bo", "/can-bo/nhap-phieu"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "address"), [(role, address) for role, pages in PAGES.items() for address in pages]
)
def test_a_page_has_one_filled_button_at_most(make_commune, make_survey, sign_in, role, address):
    commune = make_commune()
    survey = make_survey(commune)

    page = sign_in(role, commune.unit).get(address.format(survey.id), follow_redirects=True)

    assert page.status_code == 200
    assert len(filled_buttons(page.text)) <= 1, filled_buttons(page.text)


def test_what_waits_for_the_reader_has_the_one_filled_button_of_a_survey(make_commune, make_survey, sign_in):
    commune = make_commune()
    page = f"/can-bo/dot/{make_survey(commune).id}"
    officer = sign_in(Role.COMMUNE, commune.unit)
    for asked in ("xin-huy", "xin-gia-han"):
        form = Page(officer.get(page).text).form(action=f"{page}/{asked}")
        reasons = {name: "Thôn báo sai số hộ." for name in dict(form.fields) if name.endswith("reason")}
        days = {name: "2099-06-01" for name in dict(form.fields) if name.endswith("closes_on")}
        assert officer.post(form.action, data=form.data(**reasons, **days)).status_code == 302

    (button,) = filled_buttons(sign_in(Role.FRONT_COMMUNE, commune.unit).get(page).text)

    assert "/duyet/" in button


def test_a_draft_of_a_form_has_one_filled_button_to_freeze_it(make_commune, sign_in):
    officer = sign_in(Role.COMMUNE, make_commune().unit)
    copy = next(
        form for form in Page(officer.get("/can-bo/mau-phieu").text).forms if "/tu-mau/" in form.action
    )

    (button,) = filled_buttons(officer.post(copy.action, data=copy.data(), follow_redirects=True).text)

    assert button.startswith("button")


@pytest.mark.parametrize("state", list(State), ids=str)
def test_a_state_is_said_in_one_word_with_one_colour(make_commune, make_survey, sign_in, state):
    if state is State.SIGNED:
        assert wording.survey_state_name(state)
        return
    commune = make_commune()
    survey = make_survey(commune, state)
    client = sign_in(Role.COMMUNE, commune.unit)

    badges = [
        re.findall(r'<span class="badge badge-(\w+)">([^<]+)</span>', client.get(address).text)
        for address in (f"/can-bo/dot/{survey.id}", "/can-bo/dot")
    ]

    assert badges[0][0] == badges[1][0] == (state.value, wording.survey_state_name(state))


def test_below_the_menu_a_page_says_the_way_to_it(make_commune, make_survey, sign_in):
    commune = make_commune()
    survey = make_survey(commune)
    client = sign_in(Role.COMMUNE, commune.unit)

    def way(address):
        part = client.get(address).text.partition('<nav class="crumbs')[2].partition("</nav>")[0]
        return [link["href"] for link in Page(part).all("a")]

    assert way("/can-bo/dot") == ["/can-bo"]
    assert way(f"/can-bo/dot/{survey.id}") == ["/can-bo", "/can-bo/dot"]
    assert way(f"/can-bo/dot/{survey.id}/hop") == ["/can-bo", "/can-bo/dot", f"/can-bo/dot/{survey.id}"]
    assert way("/can-bo") == []
