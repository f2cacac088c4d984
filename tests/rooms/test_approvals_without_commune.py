"""Where the commune is silent for three working days, or refuses, its Front and the province's may go on without it."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import clock, db
from survey_app.access import Body, Identity, Role
from survey_app.accounts import todo
from survey_app.accounts.models import User
from survey_app.approvals import deciding, paper_signatures, passed_over, registry, requests
from survey_app.approvals.agreement import BOTH_BODIES, FRONT_AND_COMMUNE, Agreement
from survey_app.approvals.models import Approval
from survey_app.approvals.paper_signatures import Signed
from survey_app.approvals.refusals import ApprovalDecided, ApprovalRefused
from survey_app.audit import AuditEvent
from survey_app.campaigns.waits import Reason, SurveyStep, wait_of
from survey_app.clock import ClockDoubted
from survey_app.fieldwork import acts, calendar, drafting, queries
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.refusals import CannotPublish
from survey_app.i18n import force_locale
from survey_app.keys import store
from survey_app.reporting import pack_records
from survey_app.results import signing
from survey_app.sealing import signatures
from survey_app.units import queries as units
from tests import readers
from tests.factories import advance
from tests.pages import Page

DAY = timedelta(days=1)
#: 08:00 in Vietnam on Wednesday 3 June 2026.
ASKED = datetime(2026, 6, 3, 1, 0, tzinfo=UTC)
#: The first moment of Tuesday 9 June: Thursday, Friday and Monday are over.
SILENT = datetime(2026, 6, 8, 17, 0, tzinfo=UTC)
COMMENT = "Chưa thống nhất số hộ làng Bang"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def draft(commune, make_survey):
    """A draft that opens on the day on which it is published."""
    day = units.civil(ASKED)
    return make_survey(
        commune,
        State.DRAFT,
        opens_at=calendar.opening(day - DAY),
        closes_at=calendar.closing(day + 400 * DAY),
    )


@pytest.fixture
def person(commune):
    """Somebody of that role, in the commune or in the province; the same at every call."""

    def make(role: Role, name: str = "") -> Identity:
        unit = commune.province if role in {Role.PROVINCE, Role.FRONT_PROVINCE} else commune.unit
        with db.transaction() as current:
            user = current.scalar(select(User).where(User.email == f"{role}-{unit.code}{name}@thu"))
            if user is None:
                user = User(
                    email=f"{role}-{unit.code}{name}@thu", name=f"Bà {role}", role=role, unit_id=unit.id,
                    created_at=ASKED,
                )  # fmt: skip
                current.add(user)
                current.flush()
            return Identity(user.id, user.name, role, unit.id, unit.path)

    return make


def ask(survey, by, now=ASKED):
    with db.transaction() as current:
        found = queries.survey(current, survey.id)
        return acts.request(current, found, Act.PUBLISH, payload={}, reason="", by=by, now=now)


def decide(number, by, now, *, approved=True, reason=""):
    with db.transaction() as current:
        return deciding.decide(current, number, approved=approved, reason=reason, by=by, now=now)


def state(survey):
    db.session().rollback()
    return queries.survey(db.session(), survey.id).state


def details(act):
    db.session().rollback()
    found = select(AuditEvent).where(AuditEvent.act == act).order_by(AuditEvent.id)
    return [event.details for event in db.session().scalars(found)]


def told(survey, *, locale="vi"):
    """What is printed of a survey about the commune that was passed over."""
    db.session().rollback()
    with force_locale(locale):
        made = requests.approvals_of(db.session(), acts.subject(survey.id))
        return [passed_over.sentence(found) for found in passed_over.of(made)]


@pytest.mark.parametrize(
    ("asked", "off", "expected"),
    [
        (ASKED, set(), date(2026, 6, 9)),
        (datetime(2026, 6, 5, 16, 59, tzinfo=UTC), set(), date(2026, 6, 11)),
        (datetime(2026, 6, 6, 3, 0, tzinfo=UTC), set(), date(2026, 6, 11)),
        (ASKED, {date(2026, 6, 4), date(2026, 6, 5)}, date(2026, 6, 11)),
    ],
    ids=["a Wednesday", "a Friday, a minute before midnight", "a Saturday", "two holidays between"],
)
def test_three_full_working_days_follow_the_day_of_the_request(asked, off, expected):
    found = passed_over.silent_from(asked, off)

    assert units.civil(found) == expected
    assert units.civil(found - timedelta(seconds=1)) == expected - DAY


def test_who_must_agree_is_data_of_the_act(app):
    needs = {key: act.needs for key, act in registry.acts().items()}

    assert needs["fieldwork.publish"] == needs["results.sign"] == FRONT_AND_COMMUNE
    assert {key for key, found in needs.items() if found.instead} == {"fieldwork.publish", "results.sign"}
    assert FRONT_AND_COMMUNE.askers == {Role.FRONT_COMMUNE, Role.FRONT_PROVINCE, Role.COMMUNE}
    assert FRONT_AND_COMMUNE.deciders_instead(Role.COMMUNE) == frozenset()
    assert BOTH_BODIES.deciders_instead(Role.FRONT_COMMUNE) == frozenset()


def test_an_agreement_never_lets_the_second_side_go_on_without_the_first():
    front, commune = frozenset({Role.FRONT_COMMUNE}), frozenset({Role.COMMUNE})

    with pytest.raises(ValueError, match="first side"):
        Agreement((front, commune), instead=(front, commune))


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("asker", "other"),
    [(Role.FRONT_COMMUNE, Role.FRONT_PROVINCE), (Role.FRONT_PROVINCE, Role.FRONT_COMMUNE)],
)
def test_the_other_front_decides_once_the_commune_was_silent_and_not_a_moment_before(
    draft, person, asker, other
):
    number = ask(draft, person(asker))

    with pytest.raises(ApprovalRefused):
        decide(number, person(other), SILENT - timedelta(seconds=1))
    before = state(draft)
    decided = decide(number, person(other), SILENT)

    assert (before, state(draft)) == (State.DRAFT, State.OPEN)
    assert decided.is_without_second
    assert decided.requester.stands_in is decided.decider.stands_in is False
    assert queries.survey(db.session(), draft.id).stand_ins == (Role.FRONT_PROVINCE, Role.FRONT_COMMUNE)
    assert told(draft) == [
        "Công bố đợt lấy ý kiến: do Mặt trận xã và Mặt trận tỉnh cùng quyết định. Phía xã không trả lời từ ngày "
        "03/06/2026."
    ]
    assert details("accounts.decide")[-1]["unanswered_since"] == "2026-06-03"


def test_one_front_alone_never_publishes_however_long_the_commune_is_silent(draft, person):
    number = ask(draft, person(Role.FRONT_COMMUNE))

    for alone in (person(Role.FRONT_COMMUNE), person(Role.FRONT_COMMUNE, "phó"), person(Role.PROVINCE)):
        with pytest.raises(ApprovalRefused):
            decide(number, alone, SILENT + 100 * DAY)

    assert state(draft) is State.DRAFT


def test_one_person_is_not_both_fronts_after_moving_to_the_province(draft, person):
    own = person(Role.FRONT_COMMUNE)
    number = ask(draft, own)
    province = person(Role.FRONT_PROVINCE)
    moved = Identity(own.user_id, own.name, Role.FRONT_PROVINCE, province.unit_id, province.unit_path)

    with pytest.raises(ApprovalRefused):
        decide(number, moved, SILENT)

    assert state(draft) is State.DRAFT


def test_where_the_front_is_silent_the_commune_waits_for_it(draft, person):
    number = ask(draft, person(Role.COMMUNE))

    for role in (Role.COMMUNE, Role.PROVINCE):
        with pytest.raises(ApprovalRefused):
            decide(number, person(role, "khác"), SILENT + 100 * DAY)
    decided = decide(number, person(Role.FRONT_PROVINCE), SILENT + 100 * DAY)

    assert (decided.is_without_second, decided.decider.stands_in) == (False, True)
    assert told(draft) == []


def test_a_late_answer_of_the_commune_counts_until_the_fronts_have_decided(draft, person):
    number = ask(draft, person(Role.FRONT_COMMUNE))

    decided = decide(number, person(Role.COMMUNE), SILENT + 5 * DAY)

    assert (decided.is_without_second, told(draft), state(draft)) == (False, [], State.OPEN)
    with pytest.raises(ApprovalDecided):
        decide(number, person(Role.FRONT_PROVINCE), SILENT + 6 * DAY)


@pytest.mark.both_engines
def test_what_the_commune_refused_the_two_fronts_may_ask_again_and_its_comment_is_printed(draft, person):
    first = ask(draft, person(Role.FRONT_COMMUNE))
    decide(first, person(Role.COMMUNE), ASKED + DAY, approved=False, reason=COMMENT)
    with pytest.raises(ApprovalDecided):
        decide(first, person(Role.FRONT_PROVINCE), SILENT)

    second = ask(draft, person(Role.FRONT_COMMUNE), ASKED + 2 * DAY)
    decide(second, person(Role.FRONT_PROVINCE), ASKED + 2 * DAY)

    assert state(draft) is State.OPEN
    assert told(draft) == [
        "Công bố đợt lấy ý kiến: do Mặt trận xã và Mặt trận tỉnh cùng quyết định. Phía xã không đồng ý (04/06/2026): "
        f"“{COMMENT}”"
    ]
    assert details("accounts.decide")[-1]["comment"] == COMMENT


def test_a_refusal_of_another_draft_is_none_of_this_one(draft, person):
    first = ask(draft, person(Role.FRONT_COMMUNE))
    decide(first, person(Role.COMMUNE), ASKED, approved=False, reason=COMMENT)
    with db.transaction() as current:
        survey = queries.survey(current, draft.id)
        plan = drafting.SurveyDraft(
            unit_id=survey.unit.id, instrument_id=survey.instrument_id, purpose=survey.purpose, rehearsal=False,
            plan_number="13/KH-MTTQ", plan_date=survey.plan_date, aim=survey.aim, contact=survey.contact,
            opens_at=survey.opens_at, closes_at=survey.closes_at,
        )  # fmt: skip
        drafting.change_draft(current, draft.id, plan, actor="operator", now=ASKED)

    second = ask(draft, person(Role.FRONT_COMMUNE), ASKED + DAY)

    with pytest.raises(ApprovalRefused):
        decide(second, person(Role.FRONT_PROVINCE), ASKED + DAY)
    assert state(draft) is State.DRAFT


def test_a_commune_that_agreed_after_its_refusal_has_not_refused(draft, person):
    decide(
        ask(draft, person(Role.FRONT_COMMUNE)), person(Role.COMMUNE), ASKED, approved=False, reason=COMMENT
    )
    own = ask(draft, person(Role.COMMUNE), ASKED + DAY)
    decide(own, person(Role.FRONT_COMMUNE), ASKED + DAY, approved=False, reason="Sai ngày")

    third = ask(draft, person(Role.FRONT_COMMUNE), ASKED + DAY)

    with pytest.raises(ApprovalRefused):
        decide(third, person(Role.FRONT_PROVINCE), ASKED + DAY)


def test_nobody_counts_as_silent_by_a_clock_in_doubt(draft, person):
    number = ask(draft, person(Role.FRONT_COMMUNE))
    with db.transaction() as current:
        for kind in ("believed", "doubted"):
            current.add(clock.ClockReading(kind=kind, boot="x", uptime=1, at=ASKED))

    with pytest.raises(ClockDoubted):
        decide(number, person(Role.FRONT_PROVINCE), SILENT)

    assert state(draft) is State.DRAFT
    assert decide(number, person(Role.COMMUNE), SILENT).decision == "approved"


def test_nobody_counts_as_silent_by_a_jump_that_no_round_has_noticed(draft, person):
    number, counted = ask(draft, person(Role.FRONT_COMMUNE)), clock.machine()
    with db.transaction() as current:
        current.add(clock.ClockReading(kind="believed", boot=counted.boot, uptime=counted.uptime, at=ASKED))

    with pytest.raises(ClockDoubted):
        decide(number, person(Role.FRONT_PROVINCE), SILENT)

    assert state(draft) is State.DRAFT


def test_an_unconfirmed_paper_of_a_late_commune_holds_nobody_up_and_one_in_time_does(draft, person):
    number = ask(draft, person(Role.FRONT_COMMUNE))
    signed = Signed(True, "", "Ông Chủ tịch", units.civil(ASKED), PDF)
    officer, second = person(Role.COMMUNE), person(Role.COMMUNE, "phó")
    with db.transaction() as current:
        paper_signatures.upload(current, number, signed, by=officer, now=ASKED + DAY, days_off=())
    with pytest.raises(ApprovalRefused):
        decide(number, person(Role.FRONT_PROVINCE), SILENT - timedelta(seconds=1))

    decide(number, person(Role.FRONT_PROVINCE), SILENT)

    assert state(draft) is State.OPEN
    with pytest.raises(ApprovalDecided), db.transaction() as current:
        paper_signatures.confirm(current, number, by=second, now=SILENT)


def test_a_paper_of_the_other_front_is_confirmed_by_a_second_person_of_that_front_alone(draft, person):
    number = ask(draft, person(Role.FRONT_COMMUNE))
    signed = Signed(True, "", "Bà Chủ tịch", units.civil(ASKED), PDF)
    officer, second = person(Role.FRONT_PROVINCE), person(Role.FRONT_PROVINCE, "phó")
    with pytest.raises(ApprovalRefused), db.transaction() as current:
        paper_signatures.upload(current, number, signed, by=officer, now=ASKED + DAY, days_off=())
    with db.transaction() as current:
        paper_signatures.upload(current, number, signed, by=officer, now=SILENT, days_off=())

    for other in (person(Role.COMMUNE), person(Role.FRONT_COMMUNE, "phó"), person(Role.FRONT_PROVINCE)):
        with pytest.raises(ApprovalRefused), db.transaction() as current:
            paper_signatures.confirm(current, number, by=other, now=SILENT)
    with db.transaction() as current:
        paper_signatures.confirm(current, number, by=second, now=SILENT)

    assert state(draft) is State.OPEN
    assert details("accounts.paper_confirmed")[-1]["unanswered_since"] == "2026-06-03"


def test_the_province_office_has_no_part_in_publishing_and_signing(draft, person):
    with pytest.raises(ApprovalRefused):
        ask(draft, person(Role.PROVINCE))
    number = ask(draft, person(Role.FRONT_COMMUNE))
    with pytest.raises(ApprovalRefused):
        decide(number, person(Role.PROVINCE), ASKED)


def test_lists_of_today_and_pages_say_until_when_the_commune_may_answer_and_what_comes_then(
    app, draft, person, commune, sign_in
):
    number = ask(draft, person(Role.FRONT_COMMUNE), datetime.now(UTC))

    def notice(role, now):
        db.session().rollback()
        return passed_over.notice(requests.approval(db.session(), number, person(role)), role, now)

    late = datetime.now(UTC) + 30 * DAY
    with app.test_request_context(), force_locale("vi"):
        due = {
            (role, when): notice(role, moment)
            for role in (Role.COMMUNE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.PROVINCE)
            for when, moment in (("now", datetime.now(UTC)), ("late", late))
        }
        lists = {
            when: [item.detail for item in todo.todos(db.session(), person(Role.FRONT_PROVINCE), moment)
                   if item.title == "Duyệt: Công bố đợt lấy ý kiến"]
            for when, moment in (("now", datetime.now(UTC)), ("late", late))
        }  # fmt: skip
    page = sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{draft.id}/duyet/{number}").text

    assert "xin không nêu tên ai" in due[Role.COMMUNE, "now"]
    assert "Xin trả lời trước hết ngày" in page
    assert "vẫn có hiệu lực" in due[Role.COMMUNE, "late"]
    assert "Sau đó" in due[Role.FRONT_PROVINCE, "now"]
    assert "tiến hành mà không có phía xã" in due[Role.FRONT_PROVINCE, "late"]
    assert "nay có thể quyết định" in due[Role.FRONT_COMMUNE, "late"]
    assert due[Role.PROVINCE, "now"] == due[Role.PROVINCE, "late"] == ""
    assert lists["now"] == []
    assert "tiến hành mà không có phía xã" in lists["late"][0]


@pytest.mark.parametrize("asked", [None, *Body])
def test_the_board_names_the_body_that_is_waited_for(asked):
    step = SurveyStep(State.DRAFT, ASKED + DAY, ASKED + 9 * DAY, None, asked, 10, 0)

    found = wait_of(step, has_households=True, now=ASKED, deadlines={}, is_printed=True, is_posted=True)

    expected = {
        None: Reason.NOT_SUBMITTED, Body.FRONT: Reason.AWAITING_FRONT, Body.GOVERNMENT: Reason.AWAITING_COMMUNE,
    }  # fmt: skip
    assert found.reason is expected[asked]


def backdate(days=12):
    """Let the days pass that the open request has waited."""
    with db.transaction() as current:
        for row in current.query(Approval).filter_by(decision=None):
            row.requested_at -= days * DAY


def press(client, address, *, action=None, **fields):
    page = client.get(address)
    form = Page(page.text).form(action=action or address)
    return client.post(form.action, data=form.data(**fields))


def words(paper):
    """The text of a paper, on one line."""
    assert paper.status_code == 200, paper.text
    return unicodedata.normalize("NFC", readers.words(paper.data))


def waiting(survey):
    db.session().rollback()
    found = select(Approval.id).where(Approval.decision.is_(None), Approval.subject == f"survey:{survey.id}")
    return db.session().scalars(found).one()


@pytest.mark.usefixtures("undrawn")
def test_a_silent_commune_from_the_draft_to_the_signed_papers(
    client, commune, draft, person, sign_in, hand_out, submission
):
    page, village = f"/can-bo/dot/{draft.id}", commune.villages["Phung"].code

    def front():
        return sign_in(Role.FRONT_COMMUNE, commune.unit)

    def province():
        return sign_in(Role.FRONT_PROVINCE, commune.province)

    # Publishing: the commune does not answer.
    press(front(), page, action=f"{page}/xin-cong-bo")
    address = f"{page}/duyet/{waiting(draft)}"
    early = province().get(address)
    backdate()
    asked_on = units.civil(datetime.now(UTC) - 12 * DAY).strftime("%d/%m/%Y")
    listed = province().get("/can-bo").text
    shown = client.get(address).text
    press(province(), address, decision="approved")
    silent = f"Phía xã không trả lời từ ngày {asked_on}"

    assert 'name="decision"' not in early.text
    assert address in listed
    assert silent in shown
    assert "làm thay" not in shown
    assert state(draft) is State.OPEN
    assert silent in client.get(page).text
    assert silent in client.get(f"/ket-qua/{draft.id}").text
    for name in ("ap-phich/A4.pdf", f"bia-tap/{village}.pdf", f"danh-sach/{village}.pdf"):
        assert "Do Mặt trận xã và Mặt trận tỉnh cùng công bố" in words(front().get(f"{page}/{name}"))

    # Asked, answered and sealed.
    for code in hand_out(queries.survey(db.session(), draft.id), commune.villages["Phung"], 12):
        client.post("/api/v1/submissions", json=submission(code=code))
    advance(draft.id, State.SEALED)

    # Signing: the commune refuses, and the two Fronts go on.
    press(front(), f"{page}/ky")
    press(sign_in(Role.COMMUNE, commune.unit), f"{page}/ky", decision="refused", reason=COMMENT)
    again = front().get(f"{page}/ky").text
    press(front(), f"{page}/ky")
    offered = province().get(f"{page}/ky").text
    press(province(), f"{page}/ky", decision="approved")

    assert COMMENT in again
    assert "Mặt trận cấp kia có thể quyết định ngay" in again
    assert COMMENT in offered
    assert state(draft) is State.SIGNED
    made = signatures.signatures(db.session(), draft.id)
    assert [(found.body, found.role, found.stands_in) for found in made] == [
        (Body.FRONT, Role.FRONT_COMMUNE, False),
        (Body.FRONT, Role.FRONT_PROVINCE, False),
    ]
    assert details("accounts.decide")[-1]["comment"] == COMMENT

    # Every page and paper of the result says both.
    minutes = words(front().get(f"{page}/giay-to/bien-ban-kiem-phieu.pdf"))
    for said in (
        minutes,
        words(front().get(f"{page}/giay-to/bang-tong-hop.pdf")),
        words(front().get(f"{page}/ban-niem-yet.pdf")),
        client.get(f"/ket-qua/{draft.id}").text,
        front().get(f"{page}/ket-qua").text,
        front().get(f"{page}/ket-qua.csv").text,
    ):
        assert silent in said
        assert COMMENT in said
    assert "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh" in minutes
    assert "ủy ban nhân dân" not in minutes.partition("5. ")[2].lower()
    rows = tuple(pack_records.decisions(db.session(), queries.survey(db.session(), draft.id)))
    cells = [str(cell) for row in rows for cell in row]
    assert any(silent in cell for cell in cells)
    log = sign_in(Role.AUDITOR, commune.province).get("/can-bo/nhat-ky").text
    assert COMMENT in log


def test_a_survey_in_which_nothing_is_scored_is_published_by_one_body_alone(commune, make_survey, sign_in):
    survey = make_survey(commune, State.DRAFT, purpose=Purpose.FEEDBACK)
    page = f"/can-bo/dot/{survey.id}"

    client = sign_in(Role.COMMUNE, commune.unit)
    shown = client.get(page).text
    press(client, page, action=f"{page}/xin-cong-bo")

    assert "một bên tự công bố được" in shown
    assert state(survey) is State.PUBLISHED
    assert requests.approvals_of(db.session(), acts.subject(survey.id)) == ()
    assert queries.survey(db.session(), survey.id).stand_ins == ()
    assert details("fieldwork.publish") != []


def test_what_was_asked_before_about_an_unscored_survey_is_withdrawn_when_one_body_publishes_it(
    commune, make_survey, sign_in, person
):
    survey = make_survey(commune, State.DRAFT, purpose=Purpose.FEEDBACK)
    number = ask(survey, person(Role.COMMUNE))
    page = f"/can-bo/dot/{survey.id}"

    press(sign_in(Role.FRONT_PROVINCE, commune.province), page, action=f"{page}/xin-cong-bo")

    assert state(survey) is State.PUBLISHED
    assert db.session().get_one(Approval, number).decision == "withdrawn"
    assert queries.survey(db.session(), survey.id).stand_ins == (Role.FRONT_PROVINCE,)


def test_a_scored_survey_is_never_published_by_one_body(commune, draft, person, sign_in):
    from_form = press(sign_in(Role.COMMUNE, commune.unit), f"/can-bo/dot/{draft.id}",
                      action=f"/can-bo/dot/{draft.id}/xin-cong-bo")  # fmt: skip
    assert from_form.status_code == 302
    officer, found = person(Role.COMMUNE), queries.survey(db.session(), draft.id)
    with pytest.raises(CannotPublish), db.transaction() as current:
        acts.publish_alone(current, found, by=officer, now=ASKED, keys=store())

    assert state(draft) is State.DRAFT


def test_a_seal_of_another_digest_is_not_what_the_commune_refused(commune, make_survey, move_on, person):
    survey = make_survey(commune)
    move_on(survey, State.SEALED)

    def ask_to_sign(role):
        officer = person(role)
        with db.transaction() as current:
            found = queries.survey(current, survey.id)
            return signing.ask(current, found, reason="x", by=officer, now=ASKED)

    first = ask_to_sign(Role.FRONT_COMMUNE)
    decide(first, person(Role.COMMUNE), ASKED, approved=False, reason=COMMENT)
    with db.transaction() as current:
        current.get_one(Approval, first).payload = {"digest": "0" * 64}
    second = ask_to_sign(Role.FRONT_COMMUNE)

    with pytest.raises(ApprovalRefused):
        decide(second, person(Role.FRONT_PROVINCE), ASKED)

    db.session().rollback()
    assert db.session().get_one(Survey, survey.id).state == State.SEALED


def test_what_is_withdrawn_is_in_the_log_under_its_number(commune, make_survey, person):
    survey = make_survey(commune, State.DRAFT, purpose=Purpose.FEEDBACK)
    number = ask(survey, person(Role.COMMUNE))

    with db.transaction() as current:
        taken_back = requests.withdraw_requests(
            current, acts.subject(survey.id), actor="user:1", why="Không cần nữa", now=ASKED + DAY
        )

    (found,) = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "accounts.withdraw_request"))
    assert taken_back == 1
    assert (found.actor, found.subject, found.details["approval"]) == (
        "user:1",
        acts.subject(survey.id),
        number,
    )


def test_after_a_refusal_each_side_reads_what_may_happen_now_and_the_word_of_the_commune(app, draft, person):
    first = ask(draft, person(Role.FRONT_COMMUNE))
    decide(first, person(Role.COMMUNE), ASKED + DAY, approved=False, reason=COMMENT)
    second = ask(draft, person(Role.FRONT_COMMUNE), ASKED + DAY)

    with app.test_request_context(), force_locale("vi"):
        notices = {
            role: passed_over.notice(requests.approval(db.session(), second, person(role)), role, ASKED + DAY)
            for role in (Role.COMMUNE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.PROVINCE)
        }

    assert notices[Role.FRONT_PROVINCE].startswith(f"Phía xã không đồng ý (04/06/2026): “{COMMENT}”")
    assert "04/06/2026" in notices[Role.COMMUNE]
    assert notices[Role.FRONT_COMMUNE].endswith("Mặt trận cấp kia có thể quyết định ngay.")
    assert notices[Role.PROVINCE] == ""
