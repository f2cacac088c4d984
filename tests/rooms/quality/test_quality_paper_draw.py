"""Twenty paper slips that signers compare with what was keyed: drawn by the seal, told by role, never changed."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting import leaves
from survey_app.collecting.models import Response, SealedResponse, SecondKeyingRow
from survey_app.fieldwork.models import Channel, Purpose, State, Survey
from survey_app.keys import store
from survey_app.privacy import redaction, retention
from survey_app.quality import paper_draw
from survey_app.quality.models import PaperComparison
from survey_app.quality.paper_draw import SlipComparison, SlipOutcome
from survey_app.sealing import queries
from survey_app.sealing.models import Seal
from tests.pages import Page
from tests.readers import words
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY

PAGE = "/can-bo/dot/0001/boc-tham-phieu-giay"
SIGNING = "/can-bo/dot/0001/ky"
MINUTES = "/can-bo/dot/0001/doi-chieu/bien-ban.pdf"
WRITERS = (Role.FRONT_COMMUNE, Role.FRONT_PROVINCE, Role.AUDITOR)
HOSTILE = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def counted(surveys):
    """A survey in counting: 30 answers of two villages on paper, 15 by phone."""
    surveys.make(households={"Linh Cang": 40, "Phung": 20})
    surveys.answer("0001", "Linh Cang", HAPPY, times=15)
    surveys.answer("0001", "Linh Cang", UNHAPPY, times=24, channel=Channel.PAPER_ENTRY)
    surveys.answer("0001", "Phung", HAPPY | {"remarks": HOSTILE}, times=6, channel=Channel.PAPER_ENTRY)
    return surveys


@pytest.fixture
def sealed(counted):
    counted.seal()
    return counted


@pytest.fixture
def enter(app, client, sealed):
    """Continue as a person of that role, who has just confirmed the password."""

    def sign_in(role, unit=None):
        sealed.sign_in(app, role, unit)
        with client.session_transaction() as session:
            session["confirmed_at"] = datetime.now(UTC).timestamp()
        return client

    return sign_in


def fresh():
    current = db.session()
    current.rollback()
    return current


def drawn(**options):
    return paper_draw.paper_draw(fresh(), "0001", store(), **{"with_answers": True, **options})


def record(**found):
    """Keep findings by number of the slip, as "n1"."""
    slips = {f"n{slip.number}": slip.leaf for slip in drawn().slips}
    with db.transaction() as current:
        return paper_draw.record(
            current, "0001", {slips[number]: one for number, one in found.items()}, actor="user:1", now=NOW
        )


def send(client, **fields):
    form = Page(client.get(PAGE).text).form(class_="drawn")
    return client.post(
        PAGE, data=form.data(**{name.replace("_", "-"): value for name, value in fields.items()})
    )


def outcome():
    found = paper_draw.outcome(fresh(), "0001")
    return found.drawn, found.matching, found.differing, found.not_found, found.open


def test_anybody_with_digest_and_answers_repeats_the_draw_with_hmac_alone(sealed):
    digest = fresh().scalars(select(Seal.digest)).one()
    paper = fresh().scalars(select(SealedResponse.leaf).where(SealedResponse.channel == Channel.PAPER_ENTRY))
    lots = {
        leaf: hmac.new(bytes.fromhex(digest), f"paper:{leaf}".encode(), hashlib.sha256).digest()
        for leaf in paper
    }

    found = drawn()

    assert {slip.leaf for slip in found.slips} == set(sorted(lots, key=lots.__getitem__)[:20])
    assert [slip.slip for slip in found.slips] == [leaves.receipt("0001", slip.leaf) for slip in found.slips]
    assert found == drawn()


def test_fewer_paper_answers_than_twenty_are_all_drawn(linh_cang):
    linh_cang.seal()

    assert len(drawn().slips) == 11
    assert outcome() == (11, 0, 0, 0, 11)


def test_before_the_seal_nothing_is_drawn(app, client, counted):
    counted.sign_in(app, Role.FRONT_COMMUNE)

    refused = client.get(PAGE)

    assert refused.status_code == 403
    with pytest.raises(queries.NotSealed):
        drawn()


@pytest.mark.parametrize("role", WRITERS)
def test_front_and_auditor_see_what_was_keyed_as_text_and_looking_is_noted(sealed, enter, role):
    unit = sealed.province if role is Role.FRONT_PROVINCE else None

    page = enter(role, unit).get(PAGE)

    assert page.status_code == 200
    assert page.text.count("Đường sá") == 20
    assert "<script>alert" not in page.text
    noted = fresh().scalars(select(AuditEvent).where(AuditEvent.act == "results.exact")).all()
    assert [event.details for event in noted] == [{"form": "paper_draw"}]
    assert 'class="drawn"' in page.text


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.PROVINCE])
def test_the_governments_officers_see_slips_and_outcomes_but_no_answer_and_no_note(sealed, enter, role):
    record(n1=SlipComparison(SlipOutcome.DIFFERS, "Câu 1 ghi hài lòng"))

    page = enter(role, sealed.province if role is Role.PROVINCE else None).get(PAGE)

    assert all(slip.slip in page.text for slip in drawn().slips)
    assert "Phiếu giấy ghi khác" in page.text
    assert "Đường sá" not in page.text
    assert "Câu 1 ghi hài lòng" not in page.text
    assert 'class="drawn"' not in page.text


def test_others_do_not_record(sealed, enter, app):
    app.config["WTF_CSRF_ENABLED"] = False
    others = [role for role in Role if role not in WRITERS]

    replies = {role: enter(role).post(PAGE, data={"outcome-1": "matches"}).status_code for role in others}

    assert replies == dict.fromkeys(others, 403)


def test_another_commune_finds_nothing(sealed, enter):
    assert enter(Role.FRONT_COMMUNE, sealed.other_commune()).get(PAGE).status_code == 404


def test_what_was_found_is_kept_and_summed_up(sealed, enter):
    saved = send(
        enter(Role.FRONT_COMMUNE),
        outcome_1="matches", outcome_2="differs", note_2="Đã báo hai bên", outcome_3="not_found",
    )  # fmt: skip

    assert saved.status_code == 303
    assert outcome() == (20, 1, 1, 1, 17)
    assert drawn().slips[1].found == SlipComparison(SlipOutcome.DIFFERS, "Đã báo hai bên")
    noted = fresh().scalars(select(AuditEvent).where(AuditEvent.act == "results.paper_compared")).one()
    assert noted.details == {"matches": 1, "differs": 1, "not_found": 1}


def test_a_correction_is_a_further_row_and_the_newest_counts(sealed, enter):
    send(enter(Role.AUDITOR), outcome_1="differs", outcome_2="matches")

    send(enter(Role.FRONT_COMMUNE), outcome_1="matches")

    rows = (
        fresh().scalars(select(PaperComparison).order_by(PaperComparison.leaf, PaperComparison.number)).all()
    )
    assert sorted((row.number, row.outcome) for row in rows) == [
        (1, "differs"),
        (1, "matches"),
        (2, "matches"),
    ]
    assert outcome() == (20, 2, 0, 0, 18)


def test_a_page_opened_earlier_replaces_no_finding_unseen(sealed, enter):
    client = enter(Role.FRONT_COMMUNE)
    record(n1=SlipComparison(SlipOutcome.DIFFERS, "Xem lại"))
    stale = Page(client.get(PAGE).text).form(class_="drawn")
    record(n1=SlipComparison(SlipOutcome.MATCHES), n2=SlipComparison(SlipOutcome.DIFFERS, "Bà Kpă so"))

    untouched = client.post(PAGE, data=stale.data(**{"outcome-3": "matches"}))
    refused = client.post(PAGE, data=stale.data(**{"outcome-2": "matches", "outcome-4": "matches"}))

    assert (untouched.status_code, refused.status_code) == (303, 409)
    assert outcome() == (20, 2, 1, 0, 17)
    page = Page(refused.text)
    assert "Bà Kpă so" in page.text("p")
    again = page.form(class_="drawn")
    assert [again.data()[f"outcome-{number}"] for number in (1, 2, 4)] == [["matches"]] * 3
    assert client.post(PAGE, data=again.data()).status_code == 303
    assert outcome() == (20, 4, 0, 0, 16)


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome_2": "whatever"},
        {"note_2": "có ghi chú mà chưa chọn"},
        {"outcome_2": "matches", "note_2": "x" * 301},
    ],
    ids=["unknown outcome", "note alone", "note too long"],
)
def test_a_refusal_keeps_what_was_chosen_and_typed_and_stores_nothing(sealed, enter, fields):
    refused = send(enter(Role.FRONT_COMMUNE), outcome_1="differs", note_1="Xem lại", **fields)

    kept = Page(refused.text).form(class_="drawn").data()
    assert refused.status_code == 422
    assert (kept["outcome-1"], kept["note-1"]) == (["differs"], ["Xem lại"])
    assert kept["note-2"] == [fields.get("note_2", "")]
    assert outcome() == (20, 0, 0, 0, 20)


def test_slips_are_compared_after_signing_too_but_not_once_the_survey_is_annulled(sealed, enter):
    with db.transaction() as current:
        current.get_one(Survey, "0001").state = State.SIGNED
    signed = send(enter(Role.FRONT_COMMUNE), outcome_1="matches")
    form = Page(enter(Role.FRONT_COMMUNE).get(PAGE).text).form(class_="drawn")
    with db.transaction() as current:
        current.get_one(Survey, "0001").state = State.ANNULLED

    annulled = enter(Role.FRONT_COMMUNE).post(PAGE, data=form.data(**{"outcome-2": "matches"}))

    assert (signed.status_code, annulled.status_code) == (303, 409)
    assert outcome() == (20, 1, 0, 0, 19)


def test_the_database_refuses_to_change_what_was_found(sealed):
    record(n1=SlipComparison(SlipOutcome.DIFFERS))

    for change in ("UPDATE paper_comparisons SET outcome = 'matches'", "DELETE FROM paper_comparisons"):
        with pytest.raises(DBAPIError), db.transaction() as current:
            current.execute(text(change))


def test_a_text_taken_out_is_named_so(sealed, enter):
    row = next(slip for slip in drawn().slips if slip.village.endswith("Phung"))
    submission = fresh().scalars(select(SealedResponse.id).where(SealedResponse.leaf == row.leaf)).one()
    with db.transaction() as current:
        redaction.redact(current, "0001", submission, "remarks", "Có tên người", actor="operator", now=NOW)

    assert enter(Role.AUDITOR).get(PAGE).text.count("đã được gỡ theo yêu cầu") == 1


def test_when_the_answers_are_removed_what_was_found_stays(sealed, enter):
    record(n1=SlipComparison(SlipOutcome.MATCHES), n2=SlipComparison(SlipOutcome.NOT_FOUND))
    with db.transaction() as current:
        retention.remove_answers(current, "0001", NOW + timedelta(days=1), actor="operator", now=NOW)

    page = enter(Role.FRONT_COMMUNE).get(PAGE)

    assert (page.status_code, drawn().slips) == (200, ())
    assert outcome() == (20, 1, 0, 1, 18)


@pytest.mark.usefixtures("undrawn")
def test_signing_page_and_minutes_say_how_paper_was_keyed(counted, enter_after_checks):
    enter = enter_after_checks
    record(n1=SlipComparison(SlipOutcome.MATCHES), n2=SlipComparison(SlipOutcome.DIFFERS))

    signing = Page(enter(Role.COMMUNE).get(SIGNING).text).text("dd")
    minutes = enter(Role.FRONT_COMMUNE).get(MINUTES)

    for told in (signing, words(minutes.data)):
        assert (
            "Bốc thăm 20 phiếu: 1 phiếu khớp, 1 phiếu khác, 0 phiếu không tìm thấy, 18 phiếu chưa đối chiếu"
            in told
        )
        assert "2 trên 30 phiếu; 1 phiếu khác" in told
        assert "cần đối chiếu: Thôn Linh Cang (1 trên 2 phiếu)" in told
        assert "nhập lại chưa đủ một phần mười: Thôn Linh Cang, Thôn Phung" in told


@pytest.fixture
def enter_after_checks(app, client, counted):
    """Two slips of Linh Cang were keyed again, one of them otherwise; then the survey was sealed."""
    village = counted.village("Linh Cang").id
    found = select(Response.leaf).where(Response.channel == Channel.PAPER_ENTRY, Response.unit_id == village)
    first, second = sorted(db.session().scalars(found))[:2]
    for leaf, differs in ((first, False), (second, True)):
        db.session().add(SecondKeyingRow(survey_id="0001", leaf=leaf, unit_id=village, differs=differs))
    db.session().commit()
    counted.seal()

    def sign_in(role):
        counted.sign_in(app, role)
        with client.session_transaction() as session:
            session["confirmed_at"] = datetime.now(UTC).timestamp()
        return client

    return sign_in


def test_open_feedback_has_no_draw(app, client, surveys):
    surveys.make("0002", purpose=Purpose.FEEDBACK, state=State.OPEN)
    surveys.sign_in(app, Role.FRONT_COMMUNE)

    assert client.get("/can-bo/dot/0002/boc-tham-phieu-giay").status_code == 404


def test_nothing_of_the_draw_is_public(sealed, client):
    record(n1=SlipComparison(SlipOutcome.DIFFERS, "Ghi chú riêng"))

    pages = [client.get("/ket-qua/0001"), client.get("/ket-qua/0001/du-lieu.json")]

    assert [page.status_code for page in pages] == [200, 200]
    assert all("Ghi chú riêng" not in page.text and "paper_comp" not in page.text for page in pages)
