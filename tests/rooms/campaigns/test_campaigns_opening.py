"""One campaign for many communes in one step, and what "late" means once steps have days of their own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts import operations as accounts
from survey_app.authoring.models import InstrumentRecord
from survey_app.campaigns import campaigns, opening
from survey_app.campaigns.deadlines import DueStep
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.waits import Reason
from survey_app.fieldwork import calendar, drafting, readiness, rulebook
from survey_app.fieldwork.models import FrameRow, State, Survey
from survey_app.questions import document
from survey_app.rulebooks import operations as rulebooks
from survey_app.rulebooks.models import FrameworkVersion
from survey_app.rulebooks.packaged import packaged
from tests.pages import Page
from tests.provinces import FORM, NOW

NEW = "/can-bo/tinh/ke-hoach/moi"
DAY = timedelta(days=1)
WINDOW = (date(2026, 6, 20), date(2026, 6, 30))
DAYS = {
    DueStep.HOUSEHOLDS: date(2026, 5, 30),
    DueStep.APPROVED: date(2026, 6, 10),
    DueStep.PRINTED: date(2026, 6, 19),
    DueStep.SEALED: date(2026, 7, 8),
    DueStep.SIGNED: date(2026, 7, 13),
    DueStep.POSTED: date(2026, 7, 15),
}


@pytest.fixture
def officer(province):
    return Identity(1, "An", Role.PROVINCE, province.unit.id, province.unit.path)


@pytest.fixture
def open_it(province, officer):
    """Open a campaign for communes, all with the form of the province; its number."""

    def opened(*communes, now=NOW, **changes):
        plan = opening.CampaignOpening(
            title="Đợt 1 năm 2026", plan_number="12/KH-MTTQ-BTT", plan_date=None, goal_percent=70, aim="Để biết.",
            contact="Mặt trận tỉnh, 0269 000 000", opens_on=WINDOW[0], closes_on=WINDOW[1], rehearsal=None,
            deadlines=DAYS,
        )  # fmt: skip
        aims = {commune.id: opening.Aim("xa", province.instrument.id) for commune in communes}
        with db.transaction() as current:
            return opening.open_campaign(
                current, province.unit, replace(plan, **changes), aims, by=officer, now=now
            )

    return opened


@pytest.fixture
def advanced(province):
    """A form of another level."""
    record = InstrumentRecord(
        key="cao", version=1, document=document.dump(replace(FORM, key="cao", level="xa-nang-cao")),
        edited_by="operator", edited_at=NOW, frozen_at=NOW, digest="1" * 64,
    )  # fmt: skip
    province.session.add(record)
    province.session.commit()
    return record


@pytest.fixture
def fill(province, client):
    """The form as it is shown, filled in and sent by somebody of the province."""

    def sent(role=Role.PROVINCE, **fields):
        province.sign_in(role)
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()
        form = Page(client.get(NEW).text).form(action=None)
        values = {
            "title": "Đợt 1", "plan_number": "12/KH", "aim": "Để biết bà con hài lòng không.",
            "contact": "Mặt trận tỉnh, 0269 000 000", "level": "xa",
        }  # fmt: skip
        return client.post(NEW + "?lang=en", data=form.data(**values | fields))

    return sent


def surveys(province):
    province.session.rollback()
    return {row.unit_id: row for row in province.session.scalars(select(Survey).order_by(Survey.id))}


def households(survey):
    return db.session().scalars(select(FrameRow.households).where(FrameRow.survey_id == survey.id)).all()


@pytest.mark.both_engines
def test_one_step_drafts_a_survey_for_every_commune_and_publishes_none(province, open_it):
    first, second = province.commune("A", households=120), province.commune("B", households=None)

    number = open_it(first, second)
    drafts = surveys(province)

    assert {row.state for row in drafts.values()} == {State.DRAFT}
    assert drafts[first.id].plan_number == "12/KH-MTTQ-BTT"
    assert [households(drafts[one.id]) for one in (first, second)] == [[120], []]
    assert [one.survey_id for one in campaigns.members(db.session(), number)] == [
        drafts[first.id].id,
        drafts[second.id].id,
    ]


def test_the_front_of_the_commune_is_the_contact_where_its_number_is_known(province, open_it):
    known, unknown = province.commune("A"), province.commune("B")
    with db.transaction() as current:
        accounts.create_account(
            current, email="a@thu", name="Siu", telephone="0905123456", role=Role.FRONT_COMMUNE, unit_id=known.id,
            actor="operator", now=NOW,
        )  # fmt: skip

    open_it(known, unknown)

    assert "0905123456" in surveys(province)[known.id].contact
    assert surveys(province)[unknown.id].contact == "Mặt trận tỉnh, 0269 000 000"


def test_a_rehearsal_comes_first_as_a_second_draft(province, open_it):
    commune = province.commune("A")

    number = open_it(commune, rehearsal=(date(2026, 6, 10), date(2026, 6, 12)))
    [member] = campaigns.members(db.session(), number)
    rehearsal = db.session().get_one(Survey, member.rehearsal_id)

    assert rehearsal.rehearsal
    assert rehearsal.closes_at < db.session().get_one(Survey, member.survey_id).opens_at


def test_a_commune_that_asks_in_those_days_keeps_its_survey(province, open_it):
    commune = province.commune("A")
    had = province.survey(commune, State.PUBLISHED, opens_at=NOW + 15 * DAY, closes_at=NOW + 25 * DAY)

    number = open_it(commune)
    [member] = campaigns.members(db.session(), number)

    assert (member.survey_id, member.had_one) == (had, True)
    assert len(surveys(province)) == 1


@pytest.mark.both_engines
def test_a_second_press_opens_nothing(province, open_it):
    commune = province.commune("A")
    open_it(commune)

    with pytest.raises(opening.CampaignThere):
        open_it(commune)

    assert db.session().scalars(select(Campaign.title)).all() == ["Đợt 1 năm 2026"]


def test_late_is_past_the_day_of_the_own_step_and_not_merely_unfinished(province, open_it):
    ready, empty, outside = (
        province.commune("A"),
        province.commune("B", households=None),
        province.commune("C"),
    )
    open_it(ready, empty)

    rows = {row.unit.id: row for row in province.board().rows}

    assert all(rows[one.id].needs_somebody for one in (ready, empty, outside))
    assert [rows[one.id].is_late for one in (ready, empty, outside)] == [False, True, False]
    assert (rows[empty.id].wait.reason, rows[empty.id].wait.due) == (Reason.NO_HOUSEHOLDS, date(2026, 5, 30))
    assert not rows[ready.id].wait.is_overdue
    assert province.row(ready, now=datetime(2026, 6, 10, 16, 59, tzinfo=UTC)).wait.is_overdue is False
    assert province.row(ready, now=datetime(2026, 6, 10, 17, 0, tzinfo=UTC)).wait.is_overdue


def test_a_sealed_result_is_late_once_the_day_for_signing_has_passed(province, open_it):
    commune = province.commune("A")
    province.sealed(commune, sealed_at=NOW)
    window = {"opens_on": date(2026, 5, 20), "closes_on": date(2026, 6, 5)}
    open_it(commune, deadlines=DAYS | {DueStep.SIGNED: date(2026, 6, 2)}, **window)

    today, later = province.row(commune), province.row(commune, now=NOW + 2 * DAY)

    assert (today.is_late, later.is_late) == (False, True)


def test_of_two_campaigns_of_a_year_the_newer_sets_the_days(province, open_it):
    commune = province.commune("A", households=None)
    open_it(commune)
    open_it(commune, title="Đợt 2", deadlines=DAYS | {DueStep.HOUSEHOLDS: date(2026, 6, 5)})

    assert province.row(commune).wait.due == date(2026, 6, 5)


def test_the_page_opens_it_for_the_rural_communes_each_with_the_form_of_its_aim(
    province, client, fill, advanced
):
    plain, aiming, left_out = (province.commune(name) for name in ("A", "B", "C"))
    ward = province.commune("P", kind="phuong")

    sent = fill(**{f"aim_{aiming.id}": "xa-nang-cao", f"aim_{left_out.id}": ""})
    page = client.get(sent.location + "?lang=en").text
    drafts = surveys(province)

    assert sent.status_code == 303
    assert {unit: row.instrument_id for unit, row in drafts.items()} == {
        plain.id: province.instrument.id,
        aiming.id: advanced.id,
    }
    assert {unit: row.level for unit, row in drafts.items()} == {plain.id: "xa", aiming.id: "xa-nang-cao"}
    assert ward.id not in drafts
    assert "2 communes" in page
    assert "Advanced new rural commune" in page
    assert "Đợt 1" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"contact": "Mặt trận"}, "phone number"),
        ({"closes_on": "2020-01-01"}, "lies before the first day"),
        ({"rehearsal_opens_on": "2026-01-01"}, "a first and a last day"),
        ({"day_signed": "2020-01-01"}, "before that of the step before it"),
        ({"goal_percent": "101"}, "100"),
        ({"rulebook": "ntm-2026-2030:1", "closes_on": "2031-12-31"}, "does not hold 2031"),
    ],
    ids=["no-number", "reversed", "half-rehearsal", "steps", "goal", "another-period"],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_opened(province, client, fill, typed, said):
    province.commune("A")
    sent = fill(**typed)

    assert sent.status_code == 422
    assert surveys(province) == {}
    assert said in sent.text


def test_days_are_changed_by_the_province_and_the_second_of_two_is_told(province, client, open_it):
    number = open_it(province.commune("A", households=None))
    province.sign_in(Role.FRONT_PROVINCE)
    with client.session_transaction() as running:
        running["confirmed_at"] = datetime.now(UTC).timestamp()
    page = f"/can-bo/tinh/ke-hoach/{number}"
    form = Page(client.get(page).text).form(action=f"{page}/han")

    first = client.post(f"{page}/han", data=form.data(day_households="2026-06-05"))
    second = client.post(f"{page}/han", data=form.data(day_households="2026-06-07"))

    assert (first.status_code, second.status_code) == (303, 409)
    province.session.rollback()  # the pages wrote in sessions of their own
    assert opening.days_of(db.session(), number)[DueStep.HOUSEHOLDS] == date(2026, 6, 5)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.VIEWER, Role.COMMUNE, Role.FRONT_COMMUNE])
def test_only_the_two_bodies_of_the_province_open_one(province, client, role):
    province.sign_in(role)

    assert client.get(NEW).status_code == 403


def test_a_campaign_of_another_province_does_not_exist(province, client, open_it):
    number = open_it(province.commune("A"))
    other = province._unit("97", "province", "tinh", "Khác", None)
    province.session.commit()
    province.sign_in(Role.PROVINCE, other)

    assert client.get(f"/can-bo/tinh/ke-hoach/{number}").status_code == 404


def test_a_draft_made_before_the_villages_were_entered_asks_all_of_them_once_it_is_opened(
    province, client, open_it
):
    commune = province.commune("A", households=None)
    open_it(commune)
    draft = surveys(province)[commune.id]
    village = province.session.scalars(select(FrameRow.unit_id)).first()
    assert village is None
    province.households(commune, 55)
    province.sign_in(Role.COMMUNE, commune)

    form = Page(client.get(f"/can-bo/dot/{draft.id}/sua").text).form(action=None)

    assert form.data()["villages"]


def test_a_survey_is_published_under_the_rule_book_that_its_campaign_chose(province, client, fill, open_it):
    chosen, plain = province.commune("A"), province.commune("B")
    sent = fill(rulebook="ntm-2026-2030:1", **{f"aim_{plain.id}": ""})
    open_it(plain)
    page = client.get(sent.location).text
    pinned = {}
    with db.transaction() as current:
        for unit, row in surveys(province).items():
            pinned[unit] = rulebook.pin(current, current.get_one(Survey, row.id), NOW)

    assert (pinned[chosen.id].key, pinned[chosen.id].version) == ("ntm-2026-2030", 1)
    assert pinned[chosen.id].is_chosen
    assert pinned[plain.id].key != "ntm-2026-2030"
    assert "Bộ tiêu chí của các đợt:" in page


def test_the_rule_book_of_a_campaign_holds_for_a_draft_made_again_in_its_newest_version_and_for_no_earlier_survey(
    province, client, open_it
):
    chosen, earlier = province.commune("A"), province.commune("C")
    province.survey(
        earlier, State.DRAFT, opens_at=calendar.opening(WINDOW[0]), closes_at=calendar.closing(WINDOW[1])
    )
    number = open_it(chosen, earlier, rulebook=("ntm-2026-2030", 1))
    [shipped] = [book for book in packaged() if book.key == "ntm-2026-2030"]
    with db.transaction() as current:
        kept = rulebooks.keep(current, shipped, now=NOW)
        row = current.get_one(FrameworkVersion, (kept.key, kept.version))
        current.add(
            FrameworkVersion(
                key=row.key, version=2, document={**row.document, "version": 2}, recorded_at=NOW, recorded_by="operator"
            )
        )  # fmt: skip
        drafted = current.scalars(select(Survey.id).where(Survey.unit_id == chosen.id)).one()
        drafting.discard_draft(current, drafted, actor="operator", now=NOW)
    province.survey(
        chosen, State.DRAFT, opens_at=calendar.opening(WINDOW[0]), closes_at=calendar.closing(WINDOW[1])
    )
    province.sign_in()
    page = client.get(f"/can-bo/tinh/ke-hoach/{number}").text
    again, other = surveys(province)[chosen.id], surveys(province)[earlier.id]

    assert opening.book_of(province.session, again) == ("ntm-2026-2030", 2)
    assert opening.book_of(province.session, other) is None
    assert "Trừ các nơi đã có đợt lấy ý kiến từ trước: Xã C." in page


def test_days_outside_the_period_of_the_campaigns_rule_book_stand_in_the_way_of_publishing(province, open_it):
    open_it(commune := province.commune("A"), rulebook=("ntm-2026-2030", 1))
    draft = surveys(province)[commune.id]
    before = readiness.obstacles(province.session, draft.id, NOW)

    draft.closes_at = datetime(2031, 6, 1, tzinfo=UTC)
    after = readiness.obstacles(province.session, draft.id, NOW)

    assert len(set(after) - set(before)) == 1
