"""The appraisal: one by one where something is open or the seal drew it, the rest together; never in silence."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Body, Identity, Role
from survey_app.accounts.models import User
from survey_app.accounts.todo import Section
from survey_app.approvals.models import Approval
from survey_app.audit import AuditEvent
from survey_app.campaigns import against_rule, appraisal_points, appraisals, appraising, todos
from survey_app.campaigns.appraisals import Said
from survey_app.campaigns.milestones import Milestone
from survey_app.campaigns.models import Appraisal
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Survey
from survey_app.privacy.models import Complaint
from survey_app.quality.models import BackCheck, BackCheckReplies
from survey_app.rulebooks import pins
from survey_app.sealing import signatures
from survey_app.units import queries as units
from tests.pages import Page
from tests.provinces import NOW
from tests.readers import words

LIST = "/can-bo/tinh/2026/tham-dinh"


def page_of(number):
    return f"/can-bo/dot/{number}/tham-dinh"


@pytest.fixture
def front(province):
    return Identity(7, "Rơ Châm Hiền", Role.FRONT_PROVINCE, province.unit.id, province.unit.path)


@pytest.fixture
def signed(province):
    """A signed result that was called back, so that nothing is open; its number. Seals differ."""

    def made(name, *, kind="xa", is_compared=True, **sealed):
        commune = province.commune(name, kind=kind)
        number = province.signed(commune, digest=f"{province.made:064d}", **sealed)
        if is_compared:
            province.session.add(
                BackCheck(
                    survey_id=number,
                    size=5,
                    ticked={f"{commune.code}001": 80},
                    drawn_by="operator",
                    drawn_at=NOW,
                )
            )
            province.session.flush()
            province.session.add(
                BackCheckReplies(
                    survey_id=number,
                    number=1,
                    confirmed=5,
                    denied=0,
                    not_reached=0,
                    noted_by="operator",
                    noted_at=NOW,
                )
            )
        province.session.commit()
        return number

    return made


@pytest.fixture
def complain(province):
    def made(number):
        province.session.add(
            Complaint(survey_id=number, note="Tôi chưa nhận phiếu", opened_by="operator", opened_at=NOW)
        )
        province.session.commit()

    return made


@pytest.fixture
def pinned(province):
    """Let a survey be published under the rule book of the demonstration."""
    province.use()

    def made(number):
        survey = province.session.get_one(Survey, number)
        pin = pins.take(province.session, province.unit.id, 2026, now=NOW)
        survey.rulebook_key, survey.rulebook_version = pin.key, pin.version
        survey.rulebook_digest, survey.rulebook_chosen = pin.digest, pin.is_chosen
        province.session.commit()

    return made


@pytest.fixture
def decide(front):
    def made(number, *, is_accepted=True, reason="", seen=0):
        with db.transaction() as current:
            appraisals.decide(
                current, number, is_accepted=is_accepted, reason=reason, seen=seen, by=front, now=NOW
            )

    return made


@pytest.fixture
def confirmed(province, client):
    """Sign in as somebody who has just shown who they are."""

    def made(role=Role.FRONT_PROVINCE, unit=None):
        province.sign_in(role, unit)
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()

    return made


def listed(province):
    province.session.rollback()
    return appraising.of_year(province.session, units.unit(province.session, province.unit.id), 2026, NOW)


def kinds(number):
    current = db.session()
    current.rollback()
    return [one.kind for one in appraisal_points.of_survey(current, surveys.survey(current, number))]


@pytest.mark.both_engines
def test_of_two_who_accept_at_once_the_second_is_told_and_one_row_stands(signed, decide):
    number = signed("A")
    decide(number)

    with pytest.raises(appraisals.AppraisedMeanwhile):
        decide(number)

    assert [one.step for one in appraisals.history(db.session(), number)] == [Said.ACCEPTED]


def test_nothing_compared_is_an_open_point_and_is_not_accepted_without_a_reason(signed, decide, province):
    number = signed("A", is_compared=False)

    with pytest.raises(appraisals.WithoutReason):
        decide(number)
    decide(number, reason="Xã miền núi, sẽ đối chiếu quý sau")
    [said] = appraisals.history(db.session(), number)

    assert kinds(number) == ["not_compared"]
    assert [point.kind for point in said.points] == ["not_compared"]
    assert said.reason == "Xã miền núi, sẽ đối chiếu quý sau"


def test_a_complaint_without_an_answer_and_coverage_below_the_rule_are_open_points(
    signed, complain, pinned, decide
):
    reached, missed, disputed = signed("A"), signed("B", satisfied=10, valid=10), signed("C")
    for number in (reached, missed):
        pinned(number)
    complain(disputed)

    assert [kinds(one) for one in (reached, missed, disputed)] == [[], ["coverage"], ["open_complaints"]]
    with pytest.raises(appraisals.WithoutReason):
        decide(missed)


def test_a_ward_is_held_against_no_condition_of_the_rule_book(signed, pinned, decide, province):
    ward = signed("Phường", kind="phuong", satisfied=10, valid=10)
    pinned(ward)

    assert kinds(ward) == []
    assert against_rule.standings(province.session, province.board().rows) == ()
    decide(ward)


def test_a_change_is_asked_for_with_a_reason_answered_and_then_accepted(signed, decide, province):
    number = signed("A")
    officer = Identity(9, "Siu Bình", Role.COMMUNE, 1, "/1/")

    with pytest.raises(appraisals.WithoutReason):
        decide(number, is_accepted=False)
    decide(number, is_accepted=False, reason="Thiếu biên bản thôn 3")
    with pytest.raises(appraisals.AppraisedMeanwhile):
        decide(number, seen=0)
    with db.transaction() as current:
        appraisals.answer(current, number, "Đã bổ sung", seen=1, by=officer, now=NOW)
    decide(number, seen=2)

    said = [(one.step, one.reason) for one in appraisals.history(db.session(), number)]
    assert said == [
        (Said.CHANGES, "Thiếu biên bản thôn 3"),
        (Said.ANSWERED, "Đã bổ sung"),
        (Said.ACCEPTED, ""),
    ]


def test_what_is_sent_back_is_not_accepted_before_the_commune_answered_nor_answered_unasked(
    signed, decide, province
):
    number = signed("A")
    officer = Identity(9, "Siu Bình", Role.COMMUNE, 1, "/1/")

    with pytest.raises(appraisals.AppraisedMeanwhile), db.transaction() as current:
        appraisals.answer(current, number, "Đã sửa", seen=0, by=officer, now=NOW)


def test_only_a_signed_decision_survey_is_appraised(province, decide):
    number = province.sealed(province.commune("A"))

    with pytest.raises(appraisals.NotToAppraise):
        decide(number)


def test_the_unusual_and_five_drawn_are_single_and_the_rest_is_accepted_together(signed, province):
    ordinary = [signed(f"Số {place}") for place in range(8)]
    odd = signed("Lạ", is_compared=False)

    found = listed(province)

    assert odd in {one.survey_id for one in found.single}
    assert len(found.single) == 1 + appraising.DRAWN
    assert len(found.together) == len(ordinary) - appraising.DRAWN
    assert {one.survey_id for one in found.together} <= set(ordinary)


def test_the_board_counts_what_the_page_of_the_appraisal_lists_as_waiting(signed, province, front, decide):
    back, answered, done = (signed(name) for name in ("Trả lại", "Trả lời", "Xong"))
    wards = {signed(name, kind="phuong") for name in ("Phố", "Chợ")}
    for number in (back, answered):
        decide(number, is_accepted=False, reason="Bổ sung")
    with db.transaction() as current:
        appraisals.answer(current, answered, "Đã bổ sung", seen=1, by=front, now=NOW)
    decide(done)

    waiting = {one.survey_id for one in listed(province).all if one.waits}
    assert waiting == {answered, *wards}
    assert province.board().to_appraise == len(waiting)


def test_those_together_are_accepted_in_one_press_and_what_changed_meanwhile_is_left_out(
    signed, province, client, confirmed, decide
):
    for place in range(8):
        signed(f"Số {place}")
    first, second, third = (one.survey_id for one in listed(province).together)
    confirmed()
    form = Page(client.get(LIST).text).form(method="post", action=None)
    decide(second)

    sent = client.post(LIST, data=form.data())
    told = client.get(LIST).text

    assert "Cần thẩm định: 5 kết quả đã ký" in client.get("/can-bo/tinh/2026").text
    assert sent.status_code == 303
    assert "Đã chấp nhận 2 kết quả." in told
    assert "Bỏ lại 1 kết quả" in told
    assert {one.survey_id for one in listed(province).accepted} == {first, second, third}
    assert appraisals.history(db.session(), first)[0].together


def test_a_survey_that_is_not_in_the_rest_cannot_be_slipped_into_it(signed, province, client, confirmed):
    odd = signed("Lạ", is_compared=False)
    for place in range(6):
        signed(f"Số {place}")
    confirmed()
    form = Page(client.get(LIST).text).form(method="post", action=None)

    client.post(LIST, data=form.data(survey=[odd]))

    assert appraisals.history(db.session(), odd) == ()


@pytest.mark.usefixtures("undrawn")
def test_the_page_decides_and_the_board_and_the_report_of_the_year_tell_it(
    signed, province, client, confirmed
):
    number = signed("Ký", is_compared=False)
    confirmed()
    form = Page(client.get(page_of(number)).text).form(action=page_of(number))

    bare = client.post(page_of(number), data=form.data(decision="accepted"))
    sent = client.post(
        page_of(number), data=form.data(decision="accepted", reason="Đã gọi lại ngoài hệ thống")
    )
    page = client.get(page_of(number) + "?lang=en").text
    report = words(client.get("/can-bo/tinh/2026/bao-cao.pdf").data)
    db.session().rollback()
    acts = db.session().scalars(select(AuditEvent.act).where(AuditEvent.subject == f"survey:{number}")).all()

    assert (bare.status_code, sent.status_code) == (422, 303)
    assert "Đã gọi lại ngoài hệ thống" in page
    assert "Đã gọi lại ngoài hệ thống" in report
    assert Milestone.ACCEPTED in province.board().rows[0].milestones
    assert "campaigns.appraise" in acts


def test_the_commune_reads_the_request_on_its_list_of_today_and_answers(
    signed, province, client, confirmed, decide
):
    number = signed("A")
    commune = province.session.get_one(Survey, number).unit_id
    decide(number, is_accepted=False, reason="Thiếu biên bản thôn 3")
    flagged = {"flags": 4, "not_compared": 1}
    province.session.add(
        Appraisal(survey_id=number, number=2, step="changes", reason="Xem lại", points=flagged, together=False,
                  made_by="operator", made_at=NOW)
    )  # fmt: skip
    province.session.commit()
    unit = units.unit(province.session, commune)
    confirmed(Role.COMMUNE, unit)

    today = client.get("/can-bo").text
    page = client.get(page_of(number) + "?lang=en").text
    form = Page(client.get(page_of(number)).text).form(action=page_of(number) + "/tra-loi")
    sent = client.post(page_of(number) + "/tra-loi", data=form.data(reason="Đã bổ sung"))

    assert "Xem lại" in today
    assert "nothing was compared" in page
    assert "flags to compare" not in page
    assert sent.status_code == 303
    db.session().rollback()
    assert appraisals.newest(db.session(), [number])[number].step is Said.ANSWERED


@pytest.mark.parametrize(
    ("role", "lists", "decides"),
    [
        (Role.PROVINCE, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.FRONT_COMMUNE, 403, 403),
        (Role.VIEWER, 403, 403),
    ],
)
def test_only_the_front_of_the_province_decides(signed, province, client, role, lists, decides):
    number = signed("A")
    province.sign_in(role)

    assert client.get(LIST).status_code == lists
    assert client.post(page_of(number), data={}).status_code == decides


def test_a_commune_sees_since_when_its_signed_result_waits_for_the_front_of_the_province(
    signed, province, app
):
    number = signed("A")
    commune = surveys.survey(province.session, number).unit
    person = Identity(9, "Siu Bình", Role.COMMUNE, commune.id, commune.path)
    signer = User(
        email="an@thu", name="An", password_hash=None, role=Role.COMMUNE, unit_id=commune.id, created_at=NOW
    )
    province.session.add(signer)
    province.session.flush()
    province.session.add(
        Approval(
            act=signatures.ACT,
            subject=f"survey:{number}",
            unit_id=commune.id,
            payload={},
            reason="",
            requested_by=signer.id,
            requested_body=Body.GOVERNMENT,
            requested_as=Role.COMMUNE,
            requested_at=NOW,
            decision="approved",
            decided_by=signer.id,
            decided_as=Role.FRONT_COMMUNE,
            decided_at=NOW,
            decision_reason="",
        )
    )
    with app.test_request_context("/can-bo"):
        (waits,) = todos.to_appraise(province.session, person, NOW)

    assert (waits.section, number in waits.title) == (Section.OTHERS, True)
    assert page_of(number) in waits.message.text
