"""A commune's list on the page: looked at before anything is saved, every doubt decided, taken back with one press."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork.models import State
from survey_app.units import queries as units
from tests.pages import Page, form_with, save_over

OFFICES = Path(__file__).parents[1] / "offices"
HEADING = "thôn;loại;số hộ;nguồn;ngày\n"
#: What `make_commune` has entered of each village.
AS_MADE = "Báo cáo của xã;31/01/2026"

pytestmark = pytest.mark.both_engines(long="postgresql")


def listed(commune):
    db.session().rollback()
    found = units.villages(db.session(), commune.unit.id, units.civil(datetime.now(UTC)))
    return {village.unit.full_name: village.households for village in found}


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=20, Bang=120)


def page_of(commune):
    return f"/can-bo/don-vi/{commune.unit.code}"


def look_at(client, commune, *rows, **answers):
    """The page that shows what these rows would do; answers fill in its form."""
    address = page_of(commune)
    form = form_with(client.get(address).text, "pasted")
    text = HEADING + "".join(f"{row}\n" for row in rows)
    return client.post(f"{address}/tep", data=form.data(pasted=text, **answers))


def agree(client, commune, shown, **answers):
    return client.post(f"{page_of(commune)}/tep/luu", data=form_with(shown.text, "state").data(**answers))


def asked(shown):
    """Names of the fields that must be decided."""
    return sorted({tag["name"] for tag in Page(shown.text).all("input") if tag.get("type") == "radio"})


def take_back(client, commune):
    form = form_with(client.get(page_of(commune)).text, "change")
    return client.post(f"{page_of(commune)}/tep/hoan-tac", data=form.data())


def test_nothing_is_saved_before_the_officer_agrees(officer, commune):
    rows = (f"Phung;làng;25;{AS_MADE}", f"Bang;làng;120;{AS_MADE}", f"Mới;thôn;9;{AS_MADE}")

    shown = look_at(officer, commune, *rows)

    before = listed(commune)
    saved = agree(officer, commune, shown)
    assert (shown.status_code, asked(shown)) == (200, [])
    assert "20 → 25" in shown.text
    assert before == {"Làng Bang": 120, "Làng Phung": 20}
    assert saved.status_code == 303
    assert listed(commune) == {"Làng Bang": 120, "Làng Phung": 25, "Thôn Mới": 9}


@pytest.mark.both_engines
def test_one_press_takes_the_list_back_as_a_whole(officer, commune):
    rows = ("Phung;thôn;25;Báo cáo mới;28/02/2026", f"Bang;làng;120;{AS_MADE}", f"Mới;thôn;9;{AS_MADE}")
    agree(officer, commune, look_at(officer, commune, *rows))

    assert take_back(officer, commune).status_code == 303

    assert listed(commune) == {"Làng Bang": 120, "Làng Phung": 20}
    assert 'name="change"' not in officer.get(page_of(commune)).text
    assert asked(look_at(officer, commune, *rows)) == []


def test_a_number_that_a_survey_uses_is_not_taken_back(officer, commune, make_survey, sign_in):
    form = form_with(officer.get(page_of(commune)).text, "change").data()
    make_survey(commune, State.OPEN)
    officer = sign_in(Role.COMMUNE, commune.unit)

    officer.post(f"{page_of(commune)}/tep/hoan-tac", data=form)

    assert 'name="change"' not in officer.get(page_of(commune)).text
    assert listed(commune) == {"Làng Bang": 120, "Làng Phung": 20}


def test_what_was_changed_since_is_not_taken_back(officer, commune):
    agree(officer, commune, look_at(officer, commune, f"Phung;làng;25;{AS_MADE}"), missing="keep")
    stale = form_with(officer.get(page_of(commune)).text, "change").data()
    village = f"{page_of(commune)}/thon/{commune.villages['Phung'].code}"
    values = {
        "kind": "lang",
        "name": "Phung",
        "old_unit": "",
        "households": "26",
        "source": "x",
        "as_of": "01/03/2026",
    }
    save_over(officer, village, form_with(officer.get(village).text, "households").data(**values))

    officer.post(f"{page_of(commune)}/tep/hoan-tac", data=stale)

    assert listed(commune)["Làng Phung"] == 26


def test_a_number_of_a_change_that_is_none_takes_nothing_back(officer, commune):
    form = form_with(officer.get(page_of(commune)).text, "change")

    answer = officer.post(f"{page_of(commune)}/tep/hoan-tac", data=form.data(change="9" * 5000))

    assert answer.status_code == 303
    assert listed(commune) == {"Làng Bang": 120, "Làng Phung": 20}


def test_what_the_file_lacks_is_asked_once_for_all_rows(officer, commune):
    form = form_with(officer.get(page_of(commune)).text, "pasted")
    shown = officer.post(
        f"{page_of(commune)}/tep", data=form.data(pasted="Tên thôn\tSố hộ\nMới\t9\nPhung\t20\nBang\t120\n")
    )

    refused = agree(officer, commune, shown, source="Báo cáo", as_of="31/02/2026", kind="xom")
    saved = agree(officer, commune, refused, as_of="28/02/2026")

    assert (shown.status_code, refused.status_code, saved.status_code) == (200, 422, 303)
    assert listed(commune) == {"Làng Bang": 120, "Làng Phung": 20, "Xóm Mới": 9}


@pytest.mark.parametrize(
    ("answer", "stands"), [("98001001", {"Làng Kép": 99}), ("new", {"Làng Kép": 94, "Thôn Làng Kép": 99})]
)
def test_a_village_that_is_called_nearly_so_is_asked_about(make_commune, sign_in, answer, stands):
    commune = make_commune(Kép=94)
    officer = sign_in(Role.COMMUNE, commune.unit)
    shown = look_at(officer, commune, f"Làng Kép;thôn;99;{AS_MADE}")
    (question,) = asked(shown)

    open_ = agree(officer, commune, shown)
    again = agree(officer, commune, open_, **{question: answer}, missing="keep")
    if again.status_code == 422:  # the other village is then not in the file
        again = agree(officer, commune, again, **{question: answer}, missing="keep")

    assert open_.status_code == 422
    assert again.status_code == 303
    assert listed(commune) == stands


def test_a_number_with_a_zero_before_it_may_be_the_same_village(officer, commune):
    rows = (f"Thôn 01;thôn;9;{AS_MADE}", f"Thôn 1;thôn;9;{AS_MADE}", f"Tổ 1;tổ dân phố;9;{AS_MADE}")

    assert [name.partition("-")[0] for name in asked(look_at(officer, commune, *rows))] == ["missing", "twin"]


@pytest.mark.parametrize(("answer", "stands"), [("file", 12), ("ten", 120), ("keep", 120)])
def test_a_number_ten_times_off_is_asked_about(officer, commune, answer, stands):
    shown = look_at(officer, commune, "Bang;làng;12;Báo cáo mới;28/02/2026", f"Phung;làng;20;{AS_MADE}")
    (question,) = asked(shown)

    assert agree(officer, commune, shown).status_code == 422
    assert agree(officer, commune, shown, **{question: answer}).status_code == 303
    assert listed(commune)["Làng Bang"] == stands


@pytest.mark.parametrize(("answer", "stands"), [("file", 21), ("keep", 20)])
def test_a_number_older_than_the_one_held_is_asked_about(officer, commune, answer, stands):
    shown = look_at(officer, commune, "Phung;làng;21;Báo cáo;30/01/2026", f"Bang;làng;120;{AS_MADE}")
    (question,) = asked(shown)

    assert "20" in Page(shown.text).text("fieldset")
    assert agree(officer, commune, shown, **{question: answer}).status_code == 303
    assert listed(commune)["Làng Phung"] == stands


def test_a_file_does_not_restore_a_number_that_another_officer_changed(officer, commune):
    agree(officer, commune, look_at(officer, commune, "Phung;làng;25;Đếm lại;31/01/2026"), missing="keep")

    shown = look_at(officer, commune, f"Phung;làng;20;{AS_MADE}", f"Bang;làng;121;{AS_MADE}")

    assert len(asked(shown)) == 1
    assert "Bà commune" in Page(shown.text).text("fieldset")
    assert agree(officer, commune, shown).status_code == 422
    assert listed(commune)["Làng Phung"] == 25


@pytest.mark.both_engines
def test_a_list_that_somebody_changed_meanwhile_is_shown_again(officer, commune):
    rows = (f"Phung;làng;25;{AS_MADE}", f"Bang;làng;120;{AS_MADE}")
    mine, theirs = (
        look_at(officer, commune, *rows),
        look_at(officer, commune, f"Phung;làng;27;{AS_MADE}", rows[1]),
    )
    agree(officer, commune, theirs)

    again = agree(officer, commune, mine)

    assert again.status_code == 409
    assert "27 → 25" in again.text
    assert listed(commune)["Làng Phung"] == 27
    assert agree(officer, commune, again).status_code == 303
    assert listed(commune)["Làng Phung"] == 25


def test_villages_that_the_file_does_not_name_stay_or_end_as_the_officer_says(officer, commune):
    shown = look_at(officer, commune, f"Phung;làng;21;{AS_MADE}")
    ended = {"missing": "ended", "ended": commune.villages["Bang"].code}

    assert agree(officer, commune, shown).status_code == 422
    assert agree(officer, commune, shown, missing="ended", ended_on="31/03/2026").status_code == 422
    assert agree(officer, commune, shown, **ended, ended_on="").status_code == 422
    assert agree(officer, commune, shown, **ended, ended_on="31/03/2026").status_code == 303
    assert listed(commune) == {"Làng Phung": 21}
    take_back(officer, commune)
    assert listed(commune) == {"Làng Bang": 120, "Làng Phung": 20}


def test_a_village_marked_as_ended_while_all_are_kept_is_a_contradiction(officer, commune):
    shown = look_at(officer, commune, f"Phung;làng;21;{AS_MADE}")
    marked = {"ended": commune.villages["Bang"].code, "ended_on": "31/03/2026"}

    refused = agree(officer, commune, shown, missing="keep", **marked)

    assert (refused.status_code, listed(commune)) == (422, {"Làng Bang": 120, "Làng Phung": 20})
    assert {"name": "ended", "value": marked["ended"], "checked": ""}.items() <= next(
        tag.items() for tag in Page(refused.text).all("input") if tag.get("name") == "ended"
    )


@pytest.mark.parametrize(("answer", "stands"), [("drop", {}), ("new", {"Thôn Hết thảy": 152})])
def test_a_number_that_adds_up_the_others_is_asked_about_and_nothing_chosen(
    make_commune, sign_in, answer, stands
):
    commune = make_commune(Kép=97)
    officer = sign_in(Role.COMMUNE, commune.unit)
    rows = [f"{name};;{number};{AS_MADE}" for name, number in (("Làng Kép", 97), ("Thôn 2", 55))]
    shown = look_at(officer, commune, *rows, f"Hết thảy;;152;{AS_MADE}")
    (question,) = asked(shown)

    refused = agree(officer, commune, shown)
    saved = agree(officer, commune, shown, **{question: answer})
    if answer == "new":  # a village is of some kind
        saved = agree(officer, commune, saved, **{question: answer}, kind="thon")

    assert (refused.status_code, saved.status_code) == (422, 303)
    assert listed(commune) == {"Làng Kép": 97, "Thôn 2": 55} | stands


def test_the_files_own_sum_is_compared(officer, commune):
    rows = (f"Phung;làng;20;{AS_MADE}", f"Bang;làng;120;{AS_MADE}")

    right, wrong = (look_at(officer, commune, *rows, f"Tổng cộng;;{total};;").text for total in (140, 141))

    assert "✓" in right
    assert "✓" not in wrong
    assert "141" in wrong


def test_a_file_with_problems_shows_all_of_them_and_no_way_to_save(officer, commune):
    sent = {"file": (io.BytesIO((OFFICES / "41-heading-hides-rows.xlsx").read_bytes()), "thon.xlsx")}

    shown = officer.post(
        f"{page_of(commune)}/tep", data=form_with(officer.get(page_of(commune)).text, "pasted").data() | sent
    )

    assert shown.status_code == 422
    assert 'name="state"' not in shown.text


def test_pasted_rows_with_a_problem_are_mended_where_they_are(officer, commune):
    refused = look_at(officer, commune, f"Phung;làng;hai mươi;{AS_MADE}", f"Xóm Mới;xóm;9;{AS_MADE}")

    form = form_with(refused.text, "pasted")
    again = officer.post(
        form.action, data=form.data(pasted=form.data()["pasted"][0].replace("hai mươi", "25"))
    )

    assert (refused.status_code, again.status_code) == (422, 200)
    assert form_with(again.text, "state")


def test_a_page_of_a_preview_is_worth_nothing_in_another_commune(make_commune, officer, commune, sign_in):
    shown = look_at(officer, commune, f"Phung;làng;25;{AS_MADE}")
    other = make_commune("98002", "Bên")

    refused = agree(sign_in(Role.COMMUNE, other.unit), other, shown)

    assert refused.status_code == 303
    assert listed(other) == {"Làng Bang": 12, "Làng Phung": 20}
