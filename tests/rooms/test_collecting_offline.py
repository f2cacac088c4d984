"""What phones keep for the time without a network: the empty form of a survey, the worker, and old addresses."""

import re
from dataclasses import replace

import pytest

from survey_app.config import SettingsFault, load_settings
from survey_app.fieldwork.models import Purpose, State
from tests.pages import Page

#: What a page that holds a form may do, and nothing else: its one style by its digest, scripts, worker and calls of its own.
_POLICY = re.compile(
    r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'self'; connect-src 'self'; "
    r"worker-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_the_policy_of_the_form_allows_its_own_worker_and_calls_and_nothing_else(client, slip):
    assert _POLICY.fullmatch(client.get(f"/k/{slip}").headers["Content-Security-Policy"])


def test_the_empty_form_of_a_survey_is_that_of_a_household_without_its_own_fields(client, survey, slip):
    form = Page(client.get(f"/k/{slip}").text).form(id="phieu").data()

    shell = client.get(f"/phieu/vo/{survey.id}.vi")

    empty = Page(shell.text).form(id="phieu").data()
    assert (empty["_id"], empty["_ticket"]) == ([""], [""])
    assert set(form) == set(empty)
    assert _POLICY.fullmatch(shell.headers["Content-Security-Policy"])
    assert "Làng Phung" not in shell.text
    assert "góp ý, không dùng để chấm điểm" not in shell.text


def test_the_empty_form_is_in_every_language(client, survey):
    english = client.get(f"/phieu/vo/{survey.id}.en")

    assert Page(english.text).all("html")[0]["lang"] == "en"


def test_the_empty_form_of_an_open_link_says_that_it_is_no_score(client, commune, make_survey):
    feedback = make_survey(commune, purpose=Purpose.FEEDBACK)

    of_link = client.get(f"/phieu/vo/g-{feedback.link}.vi")

    assert "không dùng để chấm điểm" in of_link.text


@pytest.mark.parametrize("name", ["9999.vi", "0001.xx", "g-abcdef.vi", "%00.vi", "x.vi"])
def test_no_empty_form_of_what_is_not_there(client, survey, name):
    assert client.get(f"/phieu/vo/{name}").status_code == 404


@pytest.mark.parametrize("state", [State.COUNTING, State.SEALED])
def test_no_empty_form_of_a_survey_that_is_not_open(client, survey, move_on, state):
    move_on(survey, state)

    assert client.get(f"/phieu/vo/{survey.id}.vi").status_code == 404


def test_the_form_says_until_when_a_kept_slip_can_be_sent_with_a_ticket_and_without(client, survey, slip):
    form = Page(client.get(f"/k/{slip}").text).form(id="phieu")

    assert re.fullmatch(r"\d\d/\d\d/\d{4}", form.attributes["data-han"])
    # Without a ticket it counts while phones are open, and no day longer.
    assert form.attributes["data-han-may"] == survey.last_day.strftime("%d/%m/%Y")


def test_the_worker_stands_at_the_root_is_asked_for_again_and_reaches_nothing_else(client):
    worker = client.get("/sw.js")

    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_an_old_host_serves_respondents_and_takes_their_slips_and_nothing_else(app, client, slip, submission):
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, former_hosts=frozenset({"phieu-cu.vn"}))
    old = {"Host": "phieu-cu.vn", "Sec-Fetch-Site": "same-origin", "Origin": "https://phieu-cu.vn"}

    form = client.get(f"/k/{slip}", headers=old)
    stored = client.post("/api/v1/submissions", json=submission(code=slip), headers=old)

    assert (form.status_code, stored.status_code) == (200, 201)
    assert client.get("/sw.js", headers=old).status_code == 200
    assert client.get("/can-bo", headers=old).status_code == 400
    assert client.get(f"/k/{slip}", headers=old | {"Host": "khac.vn"}).status_code == 400


@pytest.mark.parametrize(
    ("written", "hosts"),
    [('former_hosts = ["cu.vn", "Cu-Hon.vn"]', {"cu.vn", "cu-hon.vn"}), ('former_hosts = "a.vn b.vn"', {"a.vn", "b.vn"})],
)  # fmt: skip
def test_old_hosts_are_a_list_or_stand_with_blanks_between_them(tmp_path, written, hosts):
    (tmp_path / "settings.toml").write_text(written, encoding="utf-8")

    assert load_settings(tmp_path).former_hosts == hosts


@pytest.mark.parametrize("written", ['former_hosts = "https://cu.vn"', "former_hosts = [3]"])
def test_an_old_host_with_a_scheme_is_refused(tmp_path, written):
    (tmp_path / "settings.toml").write_text(written, encoding="utf-8")

    with pytest.raises(SettingsFault, match="former_hosts"):
        load_settings(tmp_path)
