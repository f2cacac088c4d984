"""Acts that count ask again who acts: a screen left open on a desk neither asks, decides, signs nor hands out codes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import acts, queries
from survey_app.fieldwork.models import State
from tests.pages import save_over
from tests.rooms.test_ground_access import address

#: Forms of staff that do not ask again, by the reason. A new one asks again, or gets its line here.
_ASKS_NOT_AGAIN = {
    "it asks for the password itself": {"accounts.again", "accounts.password"},
    "it only forgets what the same person typed and did not send": {"accounts.throw_away"},
    "drafting: nothing is asked of anybody until two bodies agree": {
        "fieldwork.new", "fieldwork.edit", "fieldwork.discard",
        "authoring.start", "authoring.copy", "authoring.new_version", "authoring.discard", "authoring.freeze",
        "authoring.unlock", "authoring_editing.add", "authoring_editing.copy", "authoring_editing.move", "authoring_editing.remove",
        "authoring_editing.save_question", "authoring_editing.save_settings",
        # A file on record that no year uses until somebody chooses it, which asks again.
        "rulebooks.upload",
    },
    "keying: one sitting, slip after slip, told by the journal of who keyed": {
        "paper.record_slip", "paper.look_at_code", "paper.store_slip", "paper.mend_slip",
        "scans.read_stack", "scans.agree", "scans.leave_out", "scans.leave_out_pages",
        "second_keying.key_again", "second_keying.keep", "second_keying.begin_mending", "second_keying.look_at_code",
    },
    "making: nothing leaves the server, and taking what was made is noted": {"packs.order"},
    "lists: what lies on paper elsewhere, corrected by a new line and never without the old one": {
        "accounts.look_at_people", "lists.look_at", "lists.save", "lists.take_back", "units.new_village", "units.change_village", "units.end_village",
        "meetings.announce", "meetings.withdraw", "meetings.count_present", "postings.record", "postings.correct", "postings.record_everywhere", "postings.finish_everywhere", "postings.photos", "comparison.receipts", "absences.page", "signed_papers.keep", "outside.enter", "signed_papers.notes", "public_remarks.enter",
        "privacy.receive", "privacy.answer", "rulebooks.services", "declarations.declare", "plan_targets.report", "plan_targets.look_at_figures", "plan_targets.look_at_several",
    },
}  # fmt: skip

#: Pages that only show, but codes, links or answers slip by slip.
_SHOWS = {"sets.auditor_set"}
_VALUES = {"kind": "csv"}


def asks_again(app, rule):
    """Whether the view stands below `fresh`."""
    return getattr(app.view_functions[rule.endpoint], "asks_again", False)


def test_every_form_of_staff_asks_again_or_stands_on_the_list_with_its_reason(app):
    forms = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and getattr(app.view_functions[rule.endpoint], "access_roles", ())
    ]
    listed = [endpoint for endpoints in _ASKS_NOT_AGAIN.values() for endpoint in endpoints]

    assert {rule.endpoint for rule in forms if not asks_again(app, rule)} == set(listed)
    assert len(listed) == len(set(listed))


def test_a_stale_session_is_asked_again_at_every_act_that_counts(app, client, commune, sign_in):
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.extensions["settings"] = replace(app.extensions["settings"], paper_signatures=True)
    hours_ago = (datetime.now(UTC) - timedelta(hours=3)).timestamp()
    acts = [rule for rule in app.url_map.iter_rules() if asks_again(app, rule)]
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

    assert {rule.endpoint for rule in acts} >= _SHOWS
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
    officer = sign_in(Role.COMMUNE, commune.unit)
    save_over(officer, address, {"households": "20", "reason": "Đếm lại"})

    own = client.get("/can-bo").text
    others = sign_in(Role.FRONT_COMMUNE, commune.unit).get("/can-bo").text

    assert "100 → 20 (Đếm lại)" in others
    assert "Đếm lại" not in own
