"""What each reader of a result is told: officers, the Front, everybody; on the page and in the files."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.fieldwork.models import Channel, FrameCorrection, Purpose, State, Survey
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.sealing import schedule
from tests.pages import numbers
from tests.pictures import charts, tables

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
HAPPY = {"roads": SATISFIED, "water": SATISFIED, "overall": SATISFIED}
UNHAPPY = {"roads": DISSATISFIED, "water": DISSATISFIED, "overall": DISSATISFIED}
PAGE = "/can-bo/dot/0001/ket-qua"
EXACT = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.AUDITOR)
CODED = (Role.COMMUNE, Role.VIEWER)


@pytest.fixture
def commune(linh_cang):
    """Linh Cang beside a large village with many dissatisfied households and a village of eight; sealed."""
    linh_cang.make("0002", households={"Linh Cang": 76, "Lớn": 300, "Nhỏ": 9})
    linh_cang.answer("0002", "Linh Cang", HAPPY, times=71)
    linh_cang.answer("0002", "Linh Cang", UNHAPPY)
    linh_cang.answer("0002", "Lớn", HAPPY, times=200)
    linh_cang.answer("0002", "Lớn", UNHAPPY, times=50)
    linh_cang.answer("0002", "Nhỏ", HAPPY, times=8, channel=Channel.PAPER_ENTRY)
    linh_cang.seal("0001")
    linh_cang.seal("0002")
    return linh_cang


def text_of(reply) -> str:
    """The reply as text; of a workbook, every cell."""
    if reply.mimetype.startswith("application/vnd"):
        book = openpyxl.load_workbook(io.BytesIO(reply.data))
        return "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    return reply.text.replace("\u00a0", " ")


def looks() -> list[AuditEvent]:
    """What was noted of looking at exact figures, read afresh."""
    db.session().rollback()
    return (
        db.session()
        .scalars(select(AuditEvent).where(AuditEvent.act == "results.exact").order_by(AuditEvent.id))
        .all()
    )


def village_row(page: str, name: str) -> str:
    """The table row of one village in the source of a page."""
    start = page.index(f'<th scope="row">Thôn {name}</th>')
    return page[start : page.index("</tr>", start)]


@pytest.mark.parametrize("role", [*EXACT, *CODED])
def test_nobody_sees_answers_while_a_decision_survey_is_open(app, client, surveys, role):
    surveys.make(households={"Một": 100}, state=State.OPEN)
    surveys.answer("0001", "Một", HAPPY, times=83)
    surveys.sign_in(app, role)

    for address in (PAGE, f"{PAGE}.csv", f"{PAGE}.xlsx"):
        reply = client.get(address)
        assert reply.status_code == 403
        assert "83" not in numbers(reply.text)


def test_the_published_figures_of_linh_cang_print_to_the_digit(app, client, linh_cang):
    linh_cang.seal()
    linh_cang.sign_in(app, Role.COMMUNE)

    page = text_of(client.get(PAGE))
    assert "98,61 %" in page
    assert "94,74 %" in page


@pytest.mark.parametrize(
    ("households", "happy", "unhappy", "printed"),
    [
        pytest.param(200, 168, 2, ("85,00 %", "98,82 %"), id="trung-yen-2020"),
        pytest.param(2701, 2655, 0, ("98,30 %",), id="tam-anh-nam-2024"),
        pytest.param(3122, 3122, 0, ("100,00 %",), id="dien-son-2023"),
    ],
)
def test_published_figures_print_to_the_digit(app, client, surveys, households, happy, unhappy, printed):
    surveys.make(households={"Một": households})
    surveys.answer("0001", "Một", HAPPY, times=happy)
    surveys.answer("0001", "Một", UNHAPPY, times=unhappy)
    surveys.seal()

    page = text_of(client.get("/ket-qua/0001"))
    assert all(figure in page for figure in printed)


def test_beside_every_count_of_dissatisfied_stands_its_per_cent(app, client, linh_cang):
    linh_cang.seal()
    linh_cang.sign_in(app, Role.PROVINCE, linh_cang.province)

    table = client.get(f"{PAGE}.csv?lang=en").data.decode("utf-8-sig")
    items = next(line for line in csv.reader(io.StringIO(table)) if line[:1] == ["Đường sá"])
    village = next(line for line in csv.reader(io.StringIO(table)) if line[:1] == ["Thôn Linh Cang"])

    for page in (client.get(PAGE), client.get("/ket-qua/0001")):
        assert "1 (1,39 %)" in text_of(page)
    assert items[1:5] == ["71", "1", "1.39\u00a0%", "0"]
    assert village[-2:] == ["2", "1.39\u00a0%"]


@pytest.mark.parametrize("role", CODED)
def test_a_village_of_71_in_72_reads_at_least_86_per_cent_for_the_commune(app, client, commune, role):
    commune.sign_in(app, role)

    row = village_row(text_of(client.get("/can-bo/dot/0002/ket-qua")), "Linh Cang")
    assert "≥ 86 %" in row
    assert "94,74 %" in row
    assert "98,61" not in row


def test_a_village_of_eight_answers_has_no_rate_on_any_coded_page(app, client, commune):
    commune.sign_in(app, Role.COMMUNE)

    for address in ("/can-bo/dot/0002/ket-qua", "/ket-qua/0002"):
        row = village_row(text_of(client.get(address)), "Nhỏ")
        assert "88,89 %" in row
        assert "100" not in row
        assert "≥" not in row


def test_the_commune_finds_no_exact_village_figure_in_page_or_file(app, client, commune):
    commune.sign_in(app, Role.COMMUNE)

    for ending in ("", ".csv", ".xlsx"):
        told = text_of(client.get(f"/can-bo/dot/0002/ket-qua{ending}"))
        assert "Linh Cang" in told
        assert numbers(told) & {"98,61", "98.61", "71/72", "80,00", "200", "144", "71"} == set()


@pytest.mark.parametrize("role", EXACT)
def test_exact_village_figures_go_to_front_province_and_auditor_and_are_logged(app, client, commune, role):
    commune.sign_in(app, role, commune.province)

    for ending in ("", ".csv", ".xlsx"):
        assert "98,61" in text_of(client.get(f"/can-bo/dot/0002/ket-qua{ending}"))
    noted = [(event.actor, event.subject, event.details["form"]) for event in looks()]
    assert noted == [("user:1", "survey:0002", form) for form in ("page", "csv", "xlsx")]


@pytest.mark.parametrize("role", [Role.CLERK, Role.DIGITAL_TEAM])
def test_clerks_and_helpers_may_not_open_results(app, client, commune, role):
    commune.sign_in(app, role)

    assert client.get(PAGE).status_code == 403


def test_another_commune_finds_no_such_result(app, client, commune):
    commune.sign_in(app, Role.COMMUNE, commune.other_commune())

    for ending in ("", ".csv", ".xlsx"):
        assert client.get(PAGE + ending).status_code == 404


def test_the_public_page_shows_the_commune_and_bands_and_never_an_exact_village(client, commune):
    page = text_of(client.get("/ket-qua/0002"))

    assert "84,55 %" in page
    assert "≥ 86 %" in village_row(page, "Linh Cang")
    assert "98,61" not in page


def test_the_public_page_prints_the_digest_that_the_paper_prints(client, linh_cang):
    digest = linh_cang.seal()

    assert f"<code>{digest[:20]}</code>" in client.get("/ket-qua/0001").text


def test_the_public_page_takes_a_lower_case_number(client, surveys):
    surveys.make("0A7", households={"Một": 30}, state=State.OPEN)

    assert client.get("/ket-qua/0a7").status_code == 200


def test_before_sealing_the_public_page_says_who_asks_and_until_when_but_no_figure(client, surveys):
    surveys.make(households={"Một": 100}, state=State.OPEN)
    surveys.answer("0001", "Một", HAPPY, times=83)

    reply = client.get("/ket-qua/0001")
    assert reply.status_code == 200
    assert "Xã Mẫu" in reply.text
    assert "31/05/2026" in reply.text
    assert "83" not in numbers(reply.text)


@pytest.mark.parametrize("below", ["", "/so-lieu.csv", "/so-lieu.json", "/du-lieu.json", "/phan-anh"])
def test_a_draft_and_a_survey_that_never_was_look_the_same_to_everybody(client, surveys, below):
    surveys.make("000A", households={"Một": 10}, state=State.DRAFT)
    surveys.session.commit()

    draft, never = (client.get(f"/ket-qua/{number}{below}?lang=en") for number in ("000a", "000b"))

    assert draft.status_code == never.status_code == 404
    assert draft.text.replace("000a", "") == never.text.replace("000b", "")


def test_a_draft_has_no_public_page(client, surveys):
    surveys.make(households={"Một": 100}, state=State.DRAFT)

    assert client.get("/ket-qua/0001").status_code == 404
    assert client.get("/ket-qua/999").status_code == 404


def test_an_annulled_survey_says_so_and_shows_nothing(client, linh_cang):
    linh_cang.seal()
    survey = db.session().get(Survey, "0001")
    survey.state, survey.annulled_reason = State.ANNULLED, "Phát nhầm phiếu"
    db.session().commit()

    page = client.get("/ket-qua/0001").text
    assert "Phát nhầm phiếu" in page
    assert "98,61" not in page


def test_fewer_than_twenty_valid_slips_make_no_public_table(client, surveys):
    surveys.make(households={"Một": 30})
    surveys.answer("0001", "Một", HAPPY, times=19)
    surveys.seal()

    page = text_of(client.get("/ket-qua/0001"))
    assert "63,33 %" in page
    assert "Đường sá" not in page


def test_more_answers_than_households_are_shown_as_an_error_and_never_clipped(app, client, surveys):
    surveys.make(households={"Một": 30})
    surveys.answer("0001", "Một", HAPPY, times=33)
    surveys.seal()
    surveys.sign_in(app, Role.COMMUNE)

    page = text_of(client.get(PAGE))
    assert "110,00 %" in page
    assert 'class="field-error"' in page


def test_feedback_figures_carry_their_mark_and_no_coverage(client, surveys):
    surveys.make(purpose=Purpose.FEEDBACK, state=State.OPEN)
    surveys.answer("0001", None, HAPPY, times=25)
    assert "100,00" not in client.get("/ket-qua/0001").text
    schedule.refresh_feedback(NOW)

    page = text_of(client.get("/ket-qua/0001"))
    assert "100,00 %" in page
    assert 'class="notice notice-warning"' in page


def test_a_corrected_frame_shows_the_old_number_the_new_one_and_why(app, client, linh_cang):
    db.session().add(
        FrameCorrection(
            survey_id="0001",
            id=1,
            unit_id=linh_cang.village("Linh Cang").id,
            households_before=80,
            households=76,
            reason="Bốn hộ đã chuyển đi",
            corrected_at=NOW - timedelta(days=3),
            corrected_by="operator",
        )
    )
    db.session().commit()
    linh_cang.seal()

    page = client.get("/ket-qua/0001").text
    assert "80 → 76" in page
    assert "Bốn hộ đã chuyển đi" in page


def test_the_command_closes_an_open_survey_and_says_what_is_missing(app, surveys):
    surveys.make(households={"Một": 40}, state=State.OPEN)
    surveys.answer("0001", "Một", HAPPY, times=30)

    done = app.test_cli_runner().invoke(args=["results", "close", "--survey", "0001", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output)["unkeyed"]["households"] == 10


def test_the_command_prints_the_exact_scorecard_and_is_audited(app, linh_cang):
    digest = linh_cang.seal()

    printed = app.test_cli_runner().invoke(args=["results", "scorecard", "--survey", "0001", "--json"])
    card = json.loads(printed.output)
    assert card["coverage"] == {"n": 72, "of": 76}
    assert card["pooled"] == {"n": 142, "of": 144}
    assert card["range"] == {"low": {"n": 142, "of": 152}, "high": {"n": 150, "of": 152}}
    assert card["items"][0] == {"key": "roads", "satisfied": 71, "dissatisfied": 1, "blank": 0}
    assert card["channels"] == {"paper_entry": 11, "self_online": 61}
    assert card["villages"][0]["closing"] == {"n": 71, "of": 72}
    assert card["digest"] == digest
    (looked,) = looks()
    assert looked.actor == "operator"


def test_the_command_verifies_a_seal(app, linh_cang):
    linh_cang.seal()

    found = app.test_cli_runner().invoke(args=["results", "verify", "--survey", "0001", "--json"])
    assert (found.exit_code, json.loads(found.output)) == (
        0,
        {"survey": "0001", "equal": True, "first_difference": None, "raw_answers_removed_on": None},
    )


def test_the_command_gives_the_figures_of_the_day_of_a_running_feedback_survey(app, surveys):
    surveys.make(purpose=Purpose.FEEDBACK, state=State.OPEN)
    surveys.answer("0001", None, HAPPY, times=12)
    schedule.refresh_feedback(NOW)

    printed = app.test_cli_runner().invoke(args=["results", "scorecard", "--survey", "0001", "--json"])
    card = json.loads(printed.output)
    assert (card["valid"], card["coverage"], card["digest"], card["counted_on"]) == (
        12,
        None,
        None,
        "2026-06-01",
    )


@pytest.mark.parametrize("verb", ["scorecard", "verify"])
def test_commands_refuse_a_survey_that_is_not_sealed(app, surveys, verb):
    surveys.make(households={"Một": 40}, state=State.OPEN)

    refused = app.test_cli_runner().invoke(args=["results", verb, "--survey", "0001", "--json"])
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr


def test_the_weakest_item_is_drawn_first_with_the_figures_of_the_table(app, client, surveys):
    surveys.make(households={"Một": 100})
    surveys.answer("0001", "Một", HAPPY, times=30)
    surveys.answer("0001", "Một", HAPPY | {"water": DISSATISFIED}, times=20)
    surveys.seal()
    surveys.sign_in(app, Role.COMMUNE)

    for page in (client.get("/ket-qua/0001").text, client.get(PAGE).text):
        [words] = charts(page)
        assert words[1::2] == ["60,00 %", "100,00 %"]
        assert words[0] == "Nước sạch"
        assert all(figure in tables(page) for figure in words)
