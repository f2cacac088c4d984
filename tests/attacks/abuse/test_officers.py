"""Abuse cases S32 to S40: what people with an account, or with somebody else's, must not manage."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import audit, db, files
from survey_app.access import Role
from survey_app.accounts import denials, passwords
from survey_app.accounts import operations as accounts
from survey_app.accounts.models import User
from survey_app.authoring import queries as instruments
from survey_app.fieldwork import codes, queries
from survey_app.fieldwork.models import State, Survey
from tests.pages import Page
from tests.rooms.test_ground_access import address, staff_routes

PASSWORD = "bến nước đầu làng"


@pytest.fixture
def officer(app, commune):
    """An account of the commune with a password; its number."""
    with db.transaction() as current:
        made = accounts.create_account(
            current, email="an@mau", name="Nguyễn Văn An", role=Role.COMMUNE, unit_id=commune.unit.id,
            actor=audit.OPERATOR, now=datetime.now(UTC),
        )  # fmt: skip
        accounts.set_password(current, made.user_id, PASSWORD)
    return made.user_id


def enter(client, email="an@mau", password=PASSWORD, next="", **options):
    form = Page(client.get("/dang-nhap", **options).text).form(action="/dang-nhap")
    return client.post("/dang-nhap", data=form.data(email=email, password=password, next=next), **options)


def state_of(survey):
    db.session().rollback()
    return queries.survey(db.session(), survey.id).state


def test_s32_surveys_results_exports_and_batches_of_another_commune_do_not_exist(
    client, make_commune, survey, slips, sign_in
):
    sign_in(Role.COMMUNE, make_commune("98002", "Khác").unit)
    (batch,) = queries.batches(db.session(), survey.id)
    base = f"/can-bo/dot/{survey.id}"

    paths = (
        "",
        "/ket-qua",
        "/ket-qua.csv",
        "/ket-qua.xlsx",
        "/in",
        "/ap-phich/A4.pdf",
        f"/huy-phieu/{batch.id}",
    )
    assert {client.get(base + path).status_code for path in paths} == {404}


def test_s33_a_frozen_form_is_not_edited(app, client, commune, sign_in):
    app.config["WTF_CSRF_ENABLED"] = False
    form = instruments.latest_frozen(db.session(), "xa-ntm")
    sign_in(Role.PROVINCE, commune.province)
    base = f"/can-bo/mau-phieu/{form.id}"

    replies = [
        client.post(f"{base}/cau", data={"kind": "number", "revision": form.revision}),
        client.post(f"{base}/cau/planning", data={"text_vi": "Khác", "revision": form.revision}),
        client.post(f"{base}/chung", data={"title_vi": "Khác", "languages": "vi", "revision": form.revision}),
    ]

    assert {reply.status_code for reply in replies} <= {403, 404, 409}
    db.session().rollback()
    assert instruments.latest_frozen(db.session(), "xa-ntm").digest == form.digest


def test_s34_a_role_taken_away_and_a_closed_account_count_at_the_next_request(client, officer):
    enter(client)
    assert client.get("/can-bo/dot/moi").status_code == 200

    with db.transaction() as current:
        current.get_one(User, officer).role = Role.VIEWER
    assert client.get("/can-bo/dot/moi").status_code == 403
    with db.transaction() as current:
        current.get_one(User, officer).active = False
    assert client.get("/can-bo").status_code == 302


def test_s32_what_was_refused_is_noted_with_who_and_which_page_and_without_the_address(
    app, client, survey, make_commune, sign_in
):
    sign_in(Role.COMMUNE, make_commune("98002", "Bên").unit)
    actor = app.extensions["identity_loader"]().actor

    statuses = [
        client.get(path).status_code for path in (f"/can-bo/dot/{survey.id}", "/can-bo/nhat-ky", "/khong-co")
    ]

    notes = refusals()
    assert statuses == [404, 403, 404]
    assert [note.details for note in notes] == [
        {"page": "fieldwork.page", "status": 404},
        {"page": "journal.audit_log", "status": 403},
    ]
    assert {note.actor for note in notes} == {note.subject for note in notes} == {actor}
    assert survey.id not in str([(note.subject, note.details) for note in notes])


def test_s32_nobody_floods_the_log_with_refusals(client, survey, make_commune, sign_in):
    sign_in(Role.COMMUNE, make_commune("98002", "Bên").unit)

    statuses = {client.get(f"/can-bo/dot/{survey.id}").status_code for _time in range(denials.LIMIT + 5)}

    assert statuses == {404}
    assert len(refusals()) == denials.LIMIT


@pytest.mark.usefixtures("one_minute")
def test_forged_posts_and_guessing_of_who_is_not_signed_in_are_noted_without_code_or_address_and_bounded(
    client, survey, slips
):
    foreign = {
        "headers": {"Origin": "https://evil.example"},
        "environ_overrides": {"REMOTE_ADDR": "203.0.113.7"},
    }
    for _time in range(denials.LIMIT + 5):
        assert client.post(f"/k/{slips[0]}", data={}, **foreign).status_code == 403
    assert client.post("/dang-nhap", data={"email": "an@mau"}).status_code == 400
    for _time in range(12):
        client.get(f"/k/{codes.new_code(survey.id)}")

    notes = refusals(denials.SUSPECTED)
    told = [note.details for note in notes]
    assert (
        told.count({"page": "collecting.answer", "status": 403, "suspicion": "other_site"}) == denials.LIMIT
    )
    assert told[denials.LIMIT :] == [
        {"page": "accounts.sign_in", "status": 400, "suspicion": "forged_form"},
        {"page": "collecting.form", "status": 404, "suspicion": "guessing"},
    ]
    assert {(note.actor, note.subject) for note in notes} == {("nobody", "server")}
    assert not any(secret in str(told) for secret in (slips[0], survey.id, "203.0.113", "evil", "an@mau"))


def refusals(act=denials.REFUSED):
    """What the audit log holds of refused requests, oldest first."""
    current = db.session()
    current.rollback()
    noted = select(audit.AuditEvent).where(audit.AuditEvent.act == act)
    return current.scalars(noted.order_by(audit.AuditEvent.id)).all()


def test_s35_ten_wrong_passwords_make_the_name_wait_and_an_unknown_name_is_treated_alike(
    client, officer, monkeypatch
):
    hashed, matches = [], passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda kept, typed: hashed.append(typed) or matches(kept, typed)
    )
    for _time in range(10):
        for name in ("an@mau", "ai@mau"):
            assert enter(client, name, "không phải").status_code == 422
            assert hashed == ["không phải"], "both cost one hash"
            hashed.clear()

    assert {enter(client, name).status_code for name in ("an@mau", "ai@mau")} == {429}
    locked = select(audit.AuditEvent.subject).where(audit.AuditEvent.act == "accounts.locked_out")
    assert sorted(db.session().scalars(locked)) == sorted(["user:unknown", f"user:{officer}"])


def test_s35_another_spelling_of_the_name_gives_no_further_tries(client, officer):
    for spelling in ("an@mau", "ａn@mau", "aｎ@mau", "an＠mau", "AN@mau"):
        for _time in range(2):
            assert enter(client, spelling, "không phải").status_code == 422

    assert {enter(client, name).status_code for name in ("an@mau", "an@ｍau")} == {429}


def test_s36_a_planted_session_does_not_survive_signing_in_nor_a_kept_one_signing_out(app, client, officer):
    with client.session_transaction() as planted:
        planted["planted"] = "evil"
    enter(client)
    kept = client.get_cookie("can_bo").value
    with client.session_transaction() as running:
        assert "planted" not in running
    form = Page(client.get("/can-bo").text).form(action="/dang-xuat")
    client.post("/dang-xuat", data=form.data())

    thief = app.test_client()
    thief.set_cookie("can_bo", kept)

    assert thief.get("/can-bo").location == "/dang-nhap?next=/can-bo"


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_PROVINCE])
def test_s37_no_act_of_staff_happens_without_the_token_of_its_page(
    app, client, commune, survey, slips, sign_in, role
):
    (batch,) = queries.batches(db.session(), survey.id)
    known = {"survey_id": survey.id, "village": commune.villages["Phung"].code, "code": commune.unit.code,
             "batch": str(batch.id), "kind": "csv"}  # fmt: skip
    sign_in(role, commune.province if role is Role.FRONT_PROVINCE else commune.unit)
    events = audit_events()
    actor = app.extensions["identity_loader"]().actor

    accepted = {
        rule.rule: status
        for rule, method in staff_routes(app)
        if method == "POST" and role in app.view_functions[rule.endpoint].access_roles
        for status in [client.post(address(rule, known)).status_code]
        if status != 400
    }

    assert accepted == {}
    assert state_of(survey) is State.OPEN
    assert audit_events() == events
    notes = refusals(denials.SUSPECTED)
    assert 0 < len(notes) <= denials.LIMIT
    assert {(note.actor, note.details["suspicion"], note.details["status"]) for note in notes} == {
        (actor, "forged_form", 400)
    }


def audit_events():
    """Acts on record, without the notes of what was refused."""
    db.session().rollback()
    done = select(audit.AuditEvent).where(audit.AuditEvent.act != denials.SUSPECTED)
    return len(db.session().scalars(done).all())


def test_s38_signing_in_never_leads_off_the_site(app, officer):
    targets = ["//evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example", "https://evil.example",
               "javascript:alert(1)", "/\t/evil.example", " //evil.example", "///evil.example", "\x01/x"]  # fmt: skip

    for target in targets:
        reply = enter(app.test_client(), next=target)

        assert reply.status_code == 302
        assert re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]*", reply.location), target


@pytest.mark.parametrize(
    ("typed", "safe"),
    [("../../x", "x"), ("a\r\nSet-Cookie: x=1", "a-Set-Cookie-x-1"), ('"; x="', "x"), ("Phiếu xã Đak Pơ.pdf", "Phieu-xa-Dak-Po.pdf"),
     ("CON.\0pdf", "CON.-pdf"), ("..", "tep"), ("\u202efdp.exe", "fdp.exe")],
)  # fmt: skip
def test_s39_a_file_leaves_under_a_safe_name_from_memory(app, typed, safe):
    with app.test_request_context():
        reply = files.download(b"x", typed, files.CSV)

    assert reply.headers.getlist("Content-Disposition") == [f"attachment; filename={safe}.csv"]
    assert reply.headers["Cache-Control"] == "no-store"


def test_s40_results_stay_closed_while_the_survey_is_open_and_small_groups_after_it(app, client, surveys):
    happy = dict.fromkeys(("roads", "water", "overall"), "satisfied")
    surveys.make(households={"Linh Cang": 76, "Lớn": 300, "Nhỏ": 9}, state=State.OPEN)
    surveys.answer("0001", "Linh Cang", happy, times=71)
    surveys.answer("0001", "Linh Cang", dict.fromkeys(happy, "dissatisfied"))
    surveys.answer("0001", "Nhỏ", happy, times=8)
    surveys.answer("0001", "Lớn", happy, times=200)
    surveys.answer("0001", "Lớn", dict.fromkeys(happy, "dissatisfied"), times=50)
    surveys.sign_in(app, Role.COMMUNE)
    base = "/can-bo/dot/0001/ket-qua"

    assert {client.get(base + ending).status_code for ending in ("", ".csv", ".xlsx")} == {403}
    surveys.session.rollback()
    with db.transaction() as current:
        survey = current.get_one(Survey, "0001")
        survey.state, survey.counting_ends_at = State.COUNTING, datetime.now(UTC)
    surveys.seal("0001")
    for told in (client.get(base).text, client.get(f"{base}.csv").text):
        told = told.replace("\u00a0", " ")
        assert "≥ 86 %" in told
        assert "98,61" not in told
        (small,) = re.findall(r"[^\n]*Nhỏ[^\n]*(?:\n[^\n]*){0,4}", told)[:1]
        assert "100" not in small
