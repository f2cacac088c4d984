"""The Monday page: how far each commune is, with day and person; what changed; who is reminded; one sheet."""

from datetime import UTC, date, datetime, timedelta

import pypdf
import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.accounts import operations as accounts
from survey_app.approvals.models import Approval
from survey_app.campaigns import changes
from survey_app.campaigns.deadlines import DueStep
from survey_app.campaigns.milestones import Done, Milestone
from survey_app.campaigns.models import Campaign, CampaignCommune, CampaignDeadline
from survey_app.campaigns.waits import Reason
from survey_app.fieldwork import acts
from survey_app.fieldwork.models import Channel, PrintBatch, State, Survey
from survey_app.results.models import Posting
from survey_app.sealing import signatures
from survey_app.units.models import Unit
from tests.readers import words

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PAGE = "/can-bo/tinh/2026"
DAY = timedelta(days=1)


@pytest.fixture
def person(province):
    """Somebody of a commune who came by an invitation; the number of the account."""

    def made(commune, name="Siu H'Lan", has_come=True):
        with db.transaction() as current:
            invited = accounts.create_account(
                current, email=f"{commune.code}@thu", name=name, role=Role.COMMUNE, unit_id=commune.id,
                actor="operator", now=NOW,
            )  # fmt: skip
            if has_come:
                accounts.set_password(current, invited.user_id, "mot-cau-rat-dai-cho-chac")
        return invited.user_id

    return made


@pytest.fixture
def days(province):
    """A campaign whose days are these, for the communes."""

    def made(steps, *communes):
        campaign = Campaign(
            province_id=province.unit.id, year=2026, title="Đợt 1", plan_number="1", opens_at=NOW, closes_at=NOW + DAY,
            opened_at=NOW, opened_by="operator",
        )  # fmt: skip
        province.session.add(campaign)
        province.session.flush()
        for step, day in steps.items():
            province.session.add(CampaignDeadline(campaign_id=campaign.id, step=step, day=day))
        for commune in communes:
            province.session.add(
                CampaignCommune(
                    campaign_id=campaign.id, unit_id=commune.id, level="xa", survey_id="", had_one=True, rehearsal_id=""
                )
            )  # fmt: skip
        province.session.commit()

    return made


def village_of(province, commune):
    return province.session.query(Unit).filter_by(parent_id=commune.id).one()


def print_slips(province, number, commune, by="operator"):
    province.session.add(
        PrintBatch(
            survey_id=number, id=1, unit_id=village_of(province, commune).id, slips=105, made_by=by, made_at=NOW - 8 * DAY
        )
    )  # fmt: skip
    province.session.commit()


def post(province, number, commune, by="operator"):
    on = (NOW - DAY).date()
    province.session.add(
        Posting(
            survey_id=number, number=1, unit_id=village_of(province, commune).id, place="Nhà văn hóa", posted_from=on,
            posted_until=None, replaces=None, reason="", is_withdrawn=False, recorded_by=by, recorded_at=NOW,
        )
    )  # fmt: skip
    province.session.commit()


def agree(province, number, commune, user, act, at):
    province.session.add(
        Approval(
            act=act, subject=acts.subject(number), unit_id=commune.id, payload={}, reason="", requested_by=user,
            requested_body="government", requested_as=Role.COMMUNE, requested_at=at - DAY, decision="approved",
            decided_by=user, decided_as=Role.FRONT_COMMUNE, decided_at=at, decision_reason="",
        )
    )  # fmt: skip
    province.session.commit()


@pytest.mark.both_engines
def test_each_step_stands_with_its_day_and_the_person(province, person):
    commune = province.commune("A")
    user = person(commune)
    number = province.signed(commune, sealed_at=NOW - 2 * DAY)
    survey = province.session.get_one(Survey, number)
    survey.published_at, survey.phones_closed_at = NOW - 12 * DAY, NOW - 3 * DAY
    print_slips(province, number, commune, by=f"user:{user}")
    post(province, number, commune, by=f"user:{user}")
    agree(province, number, commune, user, signatures.ACT, NOW - DAY)
    province.use()

    found = province.row(commune).milestones

    assert set(found) == set(Milestone) - {Milestone.ACCEPTED}
    assert found[Milestone.PRINTED] == Done(date(2026, 5, 24), "Siu H'Lan")
    assert found[Milestone.SIGNED] == Done(date(2026, 5, 31), "Siu H'Lan")
    assert found[Milestone.POSTED] == Done(date(2026, 6, 1), "Siu H'Lan")
    assert (found[Milestone.SEALED].on, found[Milestone.SEALED].by) == (date(2026, 5, 30), "")
    assert found[Milestone.HOUSEHOLDS].on == date(2026, 6, 1)
    assert province.row(commune).newest_milestone[0] is Milestone.POSTED


def test_a_commune_that_was_invited_and_never_came_has_not_signed_in(province, person):
    came, invited = province.commune("A"), province.commune("B")
    person(came)
    person(invited, has_come=False)

    assert Milestone.SIGNED_IN in province.row(came).milestones
    assert Milestone.SIGNED_IN not in province.row(invited).milestones


def test_half_the_villages_make_no_step(province):
    commune = province.commune("A")
    province._unit(f"{commune.code}002", "village", "thon", "Hai", commune)
    province.session.commit()

    assert Milestone.HOUSEHOLDS not in province.row(commune).milestones


def test_coverage_is_reached_by_exact_counts_while_a_survey_runs(province):
    enough, short = province.commune("A"), province.commune("B")
    province.survey(enough, State.OPEN, answered={Channel.SELF_ONLINE: 80})
    province.survey(short, State.OPEN, answered={Channel.SELF_ONLINE: 10})
    province.use()

    assert Milestone.COVERAGE in province.row(enough).milestones
    assert Milestone.COVERAGE not in province.row(short).milestones


def test_slips_and_notices_are_waited_for_where_a_campaign_names_their_day(province, days):
    unprinted, printed, unposted = (province.commune(name) for name in ("A", "B", "C"))
    soon = {"opens_at": NOW + DAY, "closes_at": NOW + 9 * DAY}
    province.survey(unprinted, State.PUBLISHED, **soon)
    print_slips(province, province.survey(printed, State.PUBLISHED, **soon), printed)
    province.signed(unposted)
    days(
        {DueStep.PRINTED: date(2026, 5, 30), DueStep.POSTED: date(2026, 5, 31)}, unprinted, printed, unposted
    )

    rows = {row.unit.name: row for row in province.board().rows}

    assert [rows[name].wait.reason for name in "ABC"] == [
        Reason.NOT_PRINTED,
        Reason.NOT_OPEN,
        Reason.NOT_POSTED,
    ]
    assert [rows[name].is_late for name in "ABC"] == [True, False, True]


@pytest.mark.parametrize(("today", "since"), [(7, 1), (8, 1), (14, 8), (15, 8)])
def test_what_changed_is_counted_from_the_monday_before_today(today, since):
    assert changes.last_monday(date(2026, 6, today)) == date(2026, 6, since)


def test_the_changes_count_communes_that_took_a_step_or_became_late(province, days):
    new, old, late = (province.commune(name) for name in ("A", "B", "C"))
    province.sealed(new, sealed_at=NOW - 2 * DAY)
    province.sealed(old, sealed_at=NOW - 30 * DAY)
    days({DueStep.APPROVED: date(2026, 5, 28)}, late)

    found = changes.since_monday(province.board().rows, date(2026, 6, 1))

    assert (found.since, found.sealed, found.signed, found.late) == (date(2026, 5, 25), 1, 0, 1)


def test_the_list_is_paged_and_filtered_by_what_a_commune_has_not_done(province, client, person):
    communes = [province.commune(f"Số {number:02}") for number in range(1, 15)]
    person(communes[0])
    province.sign_in()

    first, second, lacking, beyond = (
        client.get(PAGE + query).text
        for query in ("", "?page=2", "?lacks=signed_in", "?lacks=signed_in&page=99")
    )

    assert "Xã Số 01" in first
    assert "Xã Số 09" not in first.split('id="units"')[1].split("<tbody>")[1]
    assert "Xã Số 09" in second.split("<tbody>")[-1]
    assert "Xã Số 01" not in lacking.split("<tbody>")[-1]
    assert "Xã Số 02" in lacking.split("<tbody>")[-1]
    assert "Xã Số 14" in beyond.split("<tbody>")[-1]
    assert "13" in lacking


@pytest.mark.usefixtures("undrawn")
def test_the_whole_group_is_reminded_by_one_text_and_one_letter_of_the_units_chosen(province, client):
    province.survey(province.commune("Nháp"), State.DRAFT, opens_at=NOW + DAY)
    province.commune("Trống")
    province.signed(province.commune("Ký"))
    province.sign_in(Role.FRONT_PROVINCE)

    page = client.get(PAGE + "?state=none").text
    letter = words(client.get(PAGE + "/don-doc.pdf?state=none").data)

    assert "Còn chờ: Xã Trống." in page
    assert "don-doc.docx?state=none" in page
    assert "Xã Trống" in letter
    assert "Xã Nháp" not in letter
    assert "có 1 (một) xã còn việc chưa xong" in letter
    assert "đã quá hạn" not in letter


def test_who_only_looks_on_reminds_nobody(province, client):
    province.commune("Trống")
    province.sign_in(Role.AUDITOR)

    assert "Còn chờ:" not in client.get(PAGE).text


def test_the_board_of_110_communes_is_one_sheet(province, client, tmp_path):
    for number in range(110):
        province._unit(f"97{number:03}", "commune", "xa", f"Ia Tên Dài Số {number}", province.unit)
    province.session.commit()
    province.sign_in()

    sent = client.get(PAGE + "/mot-trang.pdf")
    file = tmp_path / "mot-trang.pdf"
    file.write_bytes(sent.data)

    assert len(pypdf.PdfReader(file).pages) == 1
    assert "98 đơn vị khác" in words(sent.data)


def test_its_sheet_is_for_readers_of_the_board_alone(province, client):
    province.sign_in(Role.COMMUNE, province.commune("A"))

    assert client.get(PAGE + "/mot-trang.pdf").status_code == 403
