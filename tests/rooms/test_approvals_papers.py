"""A decision signed by hand counts once a second person has confirmed its scan, within five working days."""

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from survey_app import attachments, audit, db, working_days
from survey_app.access import Role
from survey_app.approvals import paper_signatures, parties
from survey_app.approvals.models import PaperSignature
from survey_app.approvals.papers import ScanOutcome
from survey_app.approvals.refusals import PaperRefused
from survey_app.fieldwork import acts, queries
from survey_app.fieldwork.models import State
from survey_app.i18n import force_locale
from survey_app.reporting import pack_records
from survey_app.sealing import signatures
from survey_app.units import queries as units
from tests.pages import Page

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def picture(kind):
    body = io.BytesIO()
    Image.new("RGB", (8, 8)).save(body, kind)
    return body.getvalue()


@pytest.fixture
def draft(app, make_commune, make_survey, sign_in):
    """A draft that the commune asks to publish, where paper is allowed; and the address of its paper."""
    app.extensions["settings"] = replace(app.extensions["settings"], paper_signatures=True)
    commune = make_commune()
    survey = make_survey(commune, State.DRAFT)
    client = sign_in(Role.COMMUNE, commune.unit)
    form = Page(client.get(f"/can-bo/dot/{survey.id}").text).form(
        action=f"/can-bo/dot/{survey.id}/xin-cong-bo"
    )
    client.post(form.action, data=form.data())
    (asked,) = acts.requests(db.session(), survey.id)
    return commune, survey, f"/can-bo/phe-duyet/{asked.id}/ban-giay"


def upload(client, address, body=PDF, name="quyet-dinh.pdf", **fields):
    form = Page(client.get(address).text).form(action=address)
    today = units.civil(datetime.now(UTC)).isoformat()
    typed = {"decision": "approved", "signer": "Siu H'Lan, Chủ tịch", "signed_on": today, "reason": ""}
    return send(
        client, address, form.data(**(typed | fields)) | {"scan": FileStorage(io.BytesIO(body), name)}
    )


def send(client, address, fields):
    """A form with a file as one piece, so that the client of the tests leaves no open file behind."""
    boundary, body = encode_multipart(fields)
    return client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def check(client, address, **fields):
    form = Page(client.get(address).text).form(action=f"{address}/xac-nhan")
    return client.post(form.action, data=form.data(**fields))


def request_of(survey):
    current = db.session()
    current.rollback()
    (found,) = acts.requests(current, survey.id)
    return found


def state(survey):
    db.session().rollback()
    return queries.survey(db.session(), survey.id).state


def test_a_paper_counts_when_a_second_person_has_confirmed_it(draft, sign_in):
    commune, survey, address = draft

    kept = upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)
    before = state(survey)
    confirmed = check(sign_in(Role.FRONT_COMMUNE, commune.unit, "2"), address, outcome="confirmed")

    found = request_of(survey)
    with force_locale("vi"):
        told = parties.signed_as(found.decider)
    assert (kept.status_code, before, confirmed.status_code) == (303, State.DRAFT, 303)
    assert (state(survey), found.decision, found.decided_as) == (
        State.PUBLISHED,
        "approved",
        Role.FRONT_COMMUNE,
    )
    assert told.startswith("Siu H'Lan, Chủ tịch, ký trên giấy ngày ")
    page = sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}").text
    assert "ký trên giấy ngày" in page


def test_the_province_front_may_be_the_second_person_and_then_nobody_stood_in(draft, sign_in):
    commune, survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit), address)

    check(sign_in(Role.FRONT_PROVINCE, commune.province), address, outcome="confirmed")

    assert state(survey) is State.PUBLISHED
    assert queries.survey(db.session(), survey.id).stand_ins == ()


def test_who_uploaded_it_or_belongs_to_the_other_body_cannot_confirm_it(draft, sign_in, client):
    commune, survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)
    token = Page(client.get("/can-bo/mat-khau").text).forms[0].data()["csrf_token"]

    replies = [
        sign_in(role, unit, name).post(
            f"{address}/xac-nhan", data={"csrf_token": token, "outcome": "confirmed"}
        ).status_code
        for role, unit, name in (
            (Role.FRONT_COMMUNE, commune.unit, "1"),
            (Role.COMMUNE, commune.unit, "2"),
            (Role.PROVINCE, commune.province, ""),
        )
    ]  # fmt: skip

    assert replies == [403, 403, 403]
    assert state(survey) is State.DRAFT


def test_while_a_paper_waits_nobody_decides_on_the_phone(draft, sign_in):
    commune, survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)

    found = request_of(survey)
    page = sign_in(Role.FRONT_COMMUNE, commune.unit, "2").get(f"/can-bo/dot/{survey.id}/duyet/{found.id}")

    assert 'name="decision"' not in page.text
    assert "chờ người thứ hai" in page.text


def test_a_paper_that_does_not_agree_is_refused_with_a_remark_and_the_request_is_open_again(draft, sign_in):
    commune, survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)
    second = sign_in(Role.FRONT_COMMUNE, commune.unit, "2")

    bare = check(second, address, outcome="rejected")
    told = check(second, address, outcome="rejected", remark="Thiếu dấu của Mặt trận")

    assert (bare.status_code, told.status_code, state(survey)) == (422, 303, State.DRAFT)
    found = request_of(survey)
    assert (found.decision, found.paper.outcome, found.waits_for_paper) == (None, ScanOutcome.REJECTED, False)
    assert upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address).status_code == 303


def test_a_paper_that_refuses_closes_the_request_and_publishes_nothing(draft, sign_in):
    commune, survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address, decision="refused", reason="Thiếu 2 làng")

    check(sign_in(Role.FRONT_COMMUNE, commune.unit, "2"), address, outcome="confirmed")

    found = request_of(survey)
    assert (found.decision, found.decision_reason, state(survey)) == ("refused", "Thiếu 2 làng", State.DRAFT)


def test_a_paper_nobody_confirms_in_five_working_days_lapses_for_good(draft, sign_in, app):
    commune, survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)
    due_at = request_of(survey).paper.due_at
    today = units.civil(datetime.now(UTC))

    early = paper_signatures.lapse_due(due_at - timedelta(seconds=1))
    # Nothing ends by one reading of the clock: due in rounds on two days.
    late = [paper_signatures.lapse_due(due_at + timedelta(days=days)) for days in (0, 0, 1, 1)]

    assert due_at == working_days.end_of(working_days.last_of(5, after=today, days_off=()))
    assert (early, late) == (0, [0, 0, 1, 0])
    found = request_of(survey)
    assert (found.decision, found.paper.outcome) == (None, ScanOutcome.LAPSED)
    second = app.extensions["identity_loader"]()
    with pytest.raises(PaperRefused), db.transaction() as current:
        paper_signatures.confirm(current, found.id, by=replace(second, user_id=0), now=datetime.now(UTC))


@pytest.mark.parametrize(
    "body",
    [
        b"<html>%PDF-</html>",
        b"%PDF-1.7 cut off",
        b"MZ\x90",
        b"",
        picture("GIF"),
        PDF + b" " * attachments.MAX_BYTES,
    ],
    ids=["a page named pdf", "cut off", "a program", "empty", "another picture", "too large"],
)
def test_another_kind_of_file_is_refused_and_what_was_typed_stays(draft, sign_in, body):
    commune, survey, address = draft

    reply = upload(sign_in(Role.FRONT_COMMUNE, commune.unit), address, body)

    assert reply.status_code == 422
    assert "Siu H&#39;Lan, Chủ tịch" in reply.text
    assert request_of(survey).paper is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [(PDF, "application/pdf"), (picture("PNG"), "image/png"), (picture("JPEG"), "image/jpeg")],
)
def test_a_scan_leaves_as_a_download_inside_the_own_subtree_alone(draft, sign_in, make_commune, body, kind):
    commune, _survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit), address, body, name="../../x.html")

    mine = sign_in(Role.AUDITOR, commune.province).get(f"{address}/tep")
    elsewhere = sign_in(Role.FRONT_COMMUNE, make_commune("98002", "Bên").unit).get(f"{address}/tep")

    assert (mine.data, mine.mimetype, elsewhere.status_code) == (body, kind, 404)
    assert mine.headers["Content-Disposition"].startswith("attachment; filename=ban-ky-giay-")
    assert (mine.headers["Cache-Control"], mine.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert db.session().query(audit.AuditEvent).filter_by(act="accounts.paper_read").count() == 1


def test_four_megabytes_are_taken_here_and_nowhere_else(draft, sign_in):
    commune, survey, address = draft
    body = PDF[:-6] + b" " * (4 * 1024 * 1024) + b"%%EOF\n"

    here = upload(sign_in(Role.FRONT_COMMUNE, commune.unit), address, body)
    elsewhere = send(
        sign_in(Role.COMMUNE, commune.unit),
        "/can-bo/don-vi/98001/tep",
        {"file": FileStorage(io.BytesIO(body), "x.xlsx")},
    )

    assert (here.status_code, elsewhere.status_code) == (303, 413)
    assert db.session().query(PaperSignature).one().scan == body


def test_where_paper_is_not_allowed_its_pages_do_not_exist(app, draft, sign_in):
    commune, survey, address = draft
    app.extensions["settings"] = replace(app.extensions["settings"], paper_signatures=False)
    client = sign_in(Role.FRONT_COMMUNE, commune.unit)

    assert [client.get(path).status_code for path in (address, f"{address}/tep")] == [404, 404]
    assert "ban-giay" not in client.get(f"/can-bo/dot/{survey.id}/duyet/{request_of(survey).id}").text


def test_the_second_person_finds_the_paper_on_the_list_of_today(draft, sign_in):
    commune, _survey, address = draft
    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)

    first = sign_in(Role.FRONT_COMMUNE, commune.unit, "1").get("/can-bo").text
    second = sign_in(Role.FRONT_COMMUNE, commune.unit, "2").get("/can-bo").text

    assert (address in first, address in second) == (False, True)


def test_a_result_is_signed_by_a_confirmed_paper(draft, make_survey, sign_in, make_commune):
    commune = make_commune("98003", "Ba")
    survey = make_survey(commune, State.SEALED)
    ask = sign_in(Role.COMMUNE, commune.unit)
    form = Page(ask.get(f"/can-bo/dot/{survey.id}/ky").text).form(action=f"/can-bo/dot/{survey.id}/ky")
    ask.post(form.action, data=form.data())
    (asked,) = signatures.requests(db.session(), survey.id)
    address = f"/can-bo/phe-duyet/{asked.id}/ban-giay"

    upload(sign_in(Role.FRONT_COMMUNE, commune.unit, "1"), address)
    check(sign_in(Role.FRONT_COMMUNE, commune.unit, "2"), address, outcome="confirmed")

    assert state(survey) is State.SIGNED
    _first, second = signatures.signatures(db.session(), survey.id)
    assert second.party.on_paper is not None
    assert "ký trên giấy ngày" in ask.get(f"/can-bo/dot/{survey.id}/ky").text
    rows = tuple(pack_records.decisions(db.session(), queries.survey(db.session(), survey.id)))
    assert hashlib.sha256(PDF).hexdigest() in [row[-1] for row in rows]


@pytest.mark.parametrize(("length", "kind"), [(5_242_880, "application/pdf"), (5_242_881, None)])
def test_a_file_of_five_mebibytes_is_kept_and_a_larger_one_is_not(length, kind):
    assert attachments.media_type(b"%PDF-" + b"%%EOF".rjust(length - 5)) == kind


@pytest.mark.parametrize(("behind", "kind"), [(2043, "application/pdf"), (2044, None)])
def test_a_scanner_may_put_two_kibibytes_from_the_end_mark_on_behind_a_file(behind, kind):
    assert attachments.media_type(b"%PDF-1.7" + b" " * 4096 + b"%%EOF" + b" " * behind) == kind
