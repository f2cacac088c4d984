"""Acts that count ask again who acts: a screen left open on a desk neither asks, decides, signs nor hands out codes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import acts, queries
from survey_app.fieldwork.models import State
from tests.rooms.test_ground_access import address

#: Every page that must not work from a screen left open. Adding an act for a body, a page that shows codes or links,
#: or answers slip by slip means adding a line here.
_ACTS = {
    # One body asks: that is its consent.
    "fieldwork.ask_publish", "fieldwork.ask_extend", "fieldwork.ask_shorten", "fieldwork.ask_annul",
    "fieldwork.ask_void", "fieldwork.correct", "annulling.ask",
    # The other decides; both sign; the province accepts, and settles what suspends the destruction of a key.
    "fieldwork.decide", "annulling.decide", "signing.page", "custody.accept", "custody.settle",
    "accounts.paper", "accounts.check_paper", "accounts.deputies_page", "accounts.end_deputyship",
    # Codes of slips, links to accounts, answers slip by slip.
    "fieldwork_print.make_slips", "accounts.invite", "accounts.renew", "accounts.close", "accounts.reopen",
    "accounts.reset", "sets.auditor_set", "texts.redact",
    # Whether the clock is right, after which phones close and results are sealed.
    "clock.page",
    # What a result is held against.
    "authoring.confirm", "authoring.unconfirm", "signals.draw", "signals.replies",
}  # fmt: skip
_VALUES = {"kind": "csv"}


def test_a_stale_session_is_asked_again_at_every_act_that_counts(app, client, commune, sign_in):
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.extensions["settings"] = replace(app.extensions["settings"], paper_signatures=True)
    hours_ago = (datetime.now(UTC) - timedelta(hours=3)).timestamp()
    acts = [rule for rule in app.url_map.iter_rules() if rule.endpoint in _ACTS]
    open_to_stale = []
    for rule in acts:
        role = next(role for role in Role if role in app.view_functions[rule.endpoint].access_roles)
        sign_in(role, commune.unit)
        with client.session_transaction() as running:
            running["confirmed_at"] = hours_ago
        for method in rule.methods & {"GET", "POST"}:
            typed = {"typed": "kept"} if method == "POST" else None
            reply = client.open(address(rule, _VALUES), method=method, data=typed)
            led = reply.status_code == 302 and reply.location.startswith("/dang-nhap/lai?next=")
            kept = reply.status_code == 403 and 'name="typed" value="kept"' in reply.text
            if not (led if method == "GET" else kept):
                open_to_stale.append((rule.endpoint, method, reply.status_code))

    assert {rule.endpoint for rule in acts} == _ACTS
    assert open_to_stale == []


def test_what_was_asked_before_the_seal_cannot_be_agreed_to_after_it(
    app, client, commune, survey, sign_in, move_on
):
    app.config["WTF_CSRF_ENABLED"] = False
    asked = f"/can-bo/dot/{survey.id}/xin-huy"
    sign_in(Role.COMMUNE, commune.unit).post(asked, data={"annul-reason": "In sai phiếu"})
    move_on(survey, State.COUNTING)
    move_on(survey, State.SEALED)
    [found] = acts.requests(db.session(), survey.id)

    sign_in(Role.FRONT_COMMUNE, commune.unit)
    reply = client.post(f"/can-bo/dot/{survey.id}/duyet/{found.id}", data={"decision": "approved"})

    db.session().rollback()
    assert reply.status_code == 409
    assert queries.survey(db.session(), survey.id).state is State.SEALED
    assert acts.requests(db.session(), survey.id)[0].decision is None


def test_a_correction_of_the_households_stands_under_today_of_the_other_body(
    app, client, commune, survey, sign_in
):
    app.config["WTF_CSRF_ENABLED"] = False
    address = f"/can-bo/dot/{survey.id}/khung/{commune.villages['Phung'].code}"
    sign_in(Role.COMMUNE, commune.unit).post(address, data={"households": "20", "reason": "Đếm lại"})

    own = client.get("/can-bo").text
    others = sign_in(Role.FRONT_COMMUNE, commune.unit).get("/can-bo").text

    assert "100 → 20 (Đếm lại)" in others
    assert "Đếm lại" not in own
