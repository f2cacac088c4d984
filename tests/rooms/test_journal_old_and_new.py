"""The audit log holds the old and the new value of whatever papers print, and its page shows them."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.authoring import editing
from survey_app.authoring import operations as authoring
from survey_app.authoring import queries as instruments
from survey_app.fieldwork import drafting, operations
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.results import postings
from survey_app.rulebooks import operations as rulebooks
from survey_app.units import operations as units_operations
from survey_app.units import queries as units
from survey_app.units.lines import HouseholdLine

NOW = datetime.now(UTC)
TODAY = units.civil(NOW)


def noted(act):
    """The fields of the newest act of this name, each with its old and new value."""
    db.session().rollback()
    found = db.session().scalars(
        select(AuditEvent).where(AuditEvent.act == act).order_by(AuditEvent.id.desc())
    )
    return found.first().details["changes"]


def plan_of(survey):
    return drafting.SurveyDraft(
        **{one.name: getattr(survey, one.name) for one in fields(drafting.SurveyDraft)}
    )


@pytest.mark.parametrize("field", [one.name for one in fields(drafting.SurveyDraft) if one.name != "unit_id"])
def test_each_field_of_a_draft_is_kept_as_it_was_and_as_it_is(make_commune, make_survey, field):
    draft = make_survey(make_commune(), State.DRAFT)
    other = {
        "instrument_id": instruments.latest_frozen(db.session(), "xa-ntm-2026").id, "purpose": Purpose.FEEDBACK,
        "rehearsal": True, "plan_number": "99/KH-MTTQ", "plan_date": date(2026, 7, 7), "aim": "Để hỏi lại.",
        "contact": "Ông An, 0269 111 111", "opens_at": NOW + timedelta(hours=30), "closes_at": NOW + timedelta(days=20),
        "goal_percent": 70, "keyed_twice": True, "place": "Trạm y tế xã", "level": "xa-nang-cao",
    }  # fmt: skip

    with db.transaction() as current:
        before = plan_of(current.get_one(Survey, draft.id))
        changed = replace(before, **{field: other[field]})
        drafting.change_draft(current, draft.id, changed, actor="user:1", now=NOW)

    kept = {name: value for name, value in noted("fieldwork.change").items() if name == field}
    plain = [getattr(before, field), other[field]]
    assert kept == {field: [value.isoformat() if hasattr(value, "isoformat") else value for value in plain]}


def test_the_villages_of_a_draft_and_a_corrected_frame_are_kept_with_both_numbers(make_commune, make_survey):
    commune = make_commune(Phung=20, Bang=12)
    phung, bang = commune.villages["Phung"].id, commune.villages["Bang"].id
    draft, survey = make_survey(commune, State.DRAFT), make_survey(commune)

    with db.transaction() as current:
        asked = [drafting.Asked(phung, 26, "Đếm lại", TODAY)]
        drafting.set_frame(current, draft.id, asked, actor="user:1", now=NOW)
        operations.correct_frame(current, survey.id, bang, 15, reason="Ba hộ mới", actor="user:1", now=NOW)

    frame = noted("fieldwork.change_frame")
    assert frame[f"unit:{phung}/households"] == [20, 26]
    assert frame[f"unit:{bang}/households"] == [12, None]
    assert noted("fieldwork.correct_frame") == {"households": [12, 15]}


def test_a_list_of_households_keeps_what_each_village_had(make_commune):
    commune = make_commune(Phung=20)
    line = HouseholdLine(commune.unit, "Phung", "lang", 23, "Báo cáo mới", date(2026, 2, 1))

    with db.transaction() as current:
        units_operations.record_households(current, [line], actor="user:1", now=NOW)

    found = noted("units.record_households")
    assert found[f"unit:{commune.villages['Phung'].id}/households"] == [20, 23]
    assert found[f"unit:{commune.villages['Phung'].id}/source"] == ["Báo cáo của xã", "Báo cáo mới"]


def test_a_corrected_posting_keeps_the_place_and_days_it_replaces(make_commune, make_survey):
    survey = make_survey(make_commune(), State.SEALED)
    first = postings.Noted(survey.unit.id, "Nhà văn hóa", TODAY, None)

    with db.transaction() as current:
        number = postings.record(current, survey.id, first, actor="user:1", now=NOW)
        better = replace(first, place="Trụ sở xã", posted_until=TODAY)
        postings.correct(current, survey.id, number, better, reason="Nhầm chỗ", actor="user:1", now=NOW)

    assert noted("reporting.posting") == {
        "place": ["Nhà văn hóa", "Trụ sở xã"],
        "posted_until": [None, TODAY.isoformat()],
    }


def test_the_wording_of_a_form_is_kept_as_it_was_and_as_it_is(make_commune):
    commune = make_commune()
    with db.transaction() as current:
        draft = authoring.start_from_template(
            current, instruments.latest_frozen(current, "xa-ntm"), commune.unit, actor="user:1", now=NOW
        )
        authoring_row = editing.row(current, draft)
        title = authoring_row.document["title"]
        values = {
            **editing.drafts.settings(authoring_row.document),
            "title": {**title, "vi": "Phiếu hỏi của xã"},
        }
        editing.save_settings(
            current, draft, values, revision=authoring_row.revision, seen="", actor="user:1", now=NOW
        )

    assert noted("authoring.edit")["title/vi"] == [title["vi"], "Phiếu hỏi của xã"]


def test_services_and_earlier_decisions_keep_both_values(make_commune):
    unit = make_commune().unit
    with db.transaction() as current:
        for number in ("1/QĐ", "2/QĐ"):
            rulebooks.record_recognition(
                current,
                unit.id,
                "8.4",
                decision_number=number,
                decided_on=date(2026, 1, 5),
                actor="user:1",
                now=NOW,
            )
        for note in ("trang a", "trang b"):
            rulebooks.tick_services(current, unit.id, 2026, {"health": note}, actor="user:1", now=NOW)

    assert noted("rulebooks.recognise") == {"decision_number": ["1/QĐ", "2/QĐ"]}
    assert noted("rulebooks.services") == {"health": ["trang a", "trang b"]}


def test_the_page_of_the_log_shows_both_values_in_words(make_commune, make_survey, sign_in):
    commune = make_commune()
    draft = make_survey(commune, State.DRAFT)
    with db.transaction() as current:
        changed = replace(plan_of(current.get_one(Survey, draft.id)), contact="Ông An, 0269 111 111")
        drafting.change_draft(current, draft.id, changed, actor="operator", now=NOW)

    page = sign_in(Role.AUDITOR, commune.province).get("/can-bo/nhat-ky?viec=fieldwork.change").text

    assert "<del>Bà Hoa, 0269 000 000</del> → <ins>Ông An, 0269 111 111</ins>" in page
    assert "người liên hệ" in page
