"""Acts that two bodies must agree on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import operations
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.refusals import (
    ApprovalDecided,
    ApprovalNotFound,
    ApprovalOpen,
    ApprovalRefused,
    ReasonMissing,
)
from survey_app.units.models import Unit

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)

#: Ids of the units that `places` made, by name.
Places = dict[str, tuple[int, str]]


@pytest.fixture
def places(app: Flask) -> Places:
    made: Places = {}
    with db.transaction() as current:
        for name, parent, level in [
            ("Gia Lai", None, "province"),
            ("Biển Hồ", "Gia Lai", "commune"),
            ("Ia Ly", "Gia Lai", "commune"),
            ("Đắk Lắk", None, "province"),
        ]:
            above = made[parent] if parent else (None, "/")
            kind = "tinh" if level == "province" else "xa"
            unit = Unit(
                code=f"{len(made)}", level=level, kind=kind, name=name, valid_from=date(2025, 7, 1), path=""
            )
            unit.parent_id = above[0]
            current.add(unit)
            current.flush()
            unit.path = f"{above[1]}{unit.id}/"
            made[name] = (unit.id, unit.path)
    return made


def person(places: Places, role: Role, unit: str, name: str = "") -> Identity:
    unit_id, path = places[unit]
    with db.transaction() as current:
        made = operations.create_account(
            current,
            email=f"{role}.{unit_id}.{len(name)}",
            name=name or f"{role} {unit}",
            role=role,
            unit_id=unit_id,
            actor=audit.OPERATOR,
            now=NOW,
        )
    return Identity(made.user_id, name or f"{role} {unit}", role, unit_id, path)


def ask(by: Identity, places: Places, *, act: str = "fieldwork.publish", unit: str = "Biển Hồ") -> int:
    with db.transaction() as current:
        return approvals.request_approval(
            current,
            act=act,
            subject="survey:0A7",
            unit_id=places[unit][0],
            payload={"closes_on": "2026-06-30"},
            reason="Đã gửi thông báo số 12",
            by=by,
            now=NOW,
        )


def decide(approval_id: int, by: Identity, *, approved: bool = True, reason: str = "") -> ApprovalView:
    with db.transaction() as current:
        return approvals.decide(current, approval_id, by=by, approved=approved, reason=reason, now=LATER)


def test_the_front_agrees_to_what_the_commune_asks(places: Places) -> None:
    officer = person(places, Role.COMMUNE, "Biển Hồ")
    front = person(places, Role.FRONT_COMMUNE, "Biển Hồ", "Rơ Châm H'Phung")

    decided = decide(ask(officer, places), front)

    assert (decided.decision, decided.decided_by_name, decided.decided_at) == (
        "approved",
        "Rơ Châm H'Phung",
        LATER,
    )
    assert (decided.requested_by_name, decided.requested_as) == ("commune Biển Hồ", Role.COMMUNE)
    assert decided.payload == {"closes_on": "2026-06-30"}


@pytest.mark.parametrize(
    ("asker", "decider", "unit"),
    [
        (Role.COMMUNE, Role.FRONT_PROVINCE, "Gia Lai"),
        (Role.FRONT_COMMUNE, Role.COMMUNE, "Biển Hồ"),
        (Role.FRONT_COMMUNE, Role.PROVINCE, "Gia Lai"),
    ],
)
def test_either_body_may_ask_and_the_other_decides(
    places: Places, asker: Role, decider: Role, unit: str
) -> None:
    asked = ask(person(places, asker, "Biển Hồ"), places, act="fieldwork.extend")

    assert decide(asked, person(places, decider, unit)).decision == "approved"


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.COMMUNE, "Biển Hồ"), (Role.PROVINCE, "Gia Lai"), (Role.CLERK, "Biển Hồ"), (Role.VIEWER, "Gia Lai"),
     (Role.AUDITOR, "Gia Lai"), (Role.DIGITAL_TEAM, "Biển Hồ")],
)  # fmt: skip
def test_the_same_body_or_no_body_does_not_decide(places: Places, role: Role, unit: str) -> None:
    asked = ask(person(places, Role.COMMUNE, "Biển Hồ"), places)

    with pytest.raises(ApprovalRefused):
        decide(asked, person(places, role, unit, "người khác"))


@pytest.mark.parametrize(("role", "unit"), [(Role.FRONT_COMMUNE, "Ia Ly"), (Role.FRONT_PROVINCE, "Đắk Lắk")])
def test_a_front_body_elsewhere_finds_no_such_request(places: Places, role: Role, unit: str) -> None:
    asked = ask(person(places, Role.COMMUNE, "Biển Hồ"), places)
    stranger = person(places, role, unit)

    with pytest.raises(ApprovalNotFound):
        decide(asked, stranger)
    with pytest.raises(ApprovalNotFound):
        approvals.approval(db.session(), asked, stranger)


def test_one_person_does_not_agree_to_the_own_request_after_changing_bodies(places: Places) -> None:
    officer = person(places, Role.COMMUNE, "Biển Hồ")
    asked = ask(officer, places)
    changed = Identity(officer.user_id, officer.name, Role.FRONT_COMMUNE, officer.unit_id, officer.unit_path)

    with pytest.raises(ApprovalRefused):
        decide(asked, changed)


def test_a_decision_stands(places: Places) -> None:
    asked = ask(person(places, Role.COMMUNE, "Biển Hồ"), places)
    front = person(places, Role.FRONT_COMMUNE, "Biển Hồ")
    decide(asked, front)

    with pytest.raises(ApprovalDecided):
        decide(asked, front, approved=False, reason="đổi ý")

    assert approvals.approval(db.session(), asked, front).decision == "approved"


@pytest.mark.parametrize("reason", ["", "   ", "a" * 501, "a\0b"])
def test_refusing_needs_a_reason_that_can_be_kept(places: Places, reason: str) -> None:
    asked = ask(person(places, Role.COMMUNE, "Biển Hồ"), places)
    front = person(places, Role.FRONT_COMMUNE, "Biển Hồ")

    with pytest.raises(ReasonMissing):
        decide(asked, front, approved=False, reason=reason)

    assert approvals.approval(db.session(), asked, front).decision is None


def test_the_same_act_on_the_same_subject_waits_once(places: Places) -> None:
    officer = person(places, Role.COMMUNE, "Biển Hồ")
    asked = ask(officer, places)

    with pytest.raises(ApprovalOpen):
        ask(officer, places)
    ask(officer, places, act="fieldwork.extend")
    decide(asked, person(places, Role.FRONT_COMMUNE, "Biển Hồ"), approved=False, reason="Sai ngày đóng")
    again = ask(officer, places)

    decisions = [view.decision for view in approvals.approvals_of(db.session(), "survey:0A7")]
    assert again != asked
    assert decisions == ["refused", None, None]


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.COMMUNE, "Ia Ly"), (Role.PROVINCE, "Đắk Lắk"), (Role.CLERK, "Biển Hồ"), (Role.AUDITOR, "Gia Lai")],
)
def test_only_a_body_of_the_unit_may_ask(places: Places, role: Role, unit: str) -> None:
    with pytest.raises(ApprovalRefused):
        ask(person(places, role, unit), places)


def test_what_waits_is_shown_to_both_bodies_and_marked_for_the_one_to_decide(places: Places) -> None:
    officer = person(places, Role.COMMUNE, "Biển Hồ")
    asked = ask(officer, places)

    def waiting(reader: Identity) -> list[tuple[int, bool]]:
        return [
            (view.id, view.may_decide(reader, NOW)) for view in approvals.open_approvals(db.session(), reader)
        ]

    assert waiting(officer) == [(asked, False)]
    assert waiting(person(places, Role.FRONT_COMMUNE, "Biển Hồ")) == [(asked, True)]
    assert waiting(person(places, Role.FRONT_PROVINCE, "Gia Lai")) == [(asked, True)]
    assert waiting(person(places, Role.FRONT_COMMUNE, "Ia Ly")) == []
    assert waiting(person(places, Role.AUDITOR, "Gia Lai")) == []


def test_asking_and_deciding_are_on_record(places: Places) -> None:
    officer, front = person(places, Role.COMMUNE, "Biển Hồ"), person(places, Role.FRONT_COMMUNE, "Biển Hồ")
    asked = ask(officer, places)
    decide(asked, front)

    events = db.session().scalars(
        select(audit.AuditEvent).where(audit.AuditEvent.subject == "survey:0A7").order_by(audit.AuditEvent.id)
    )
    assert [(event.act, event.actor, event.details) for event in events] == [
        ("accounts.request_approval", officer.actor, {"approval": asked, "asked": "fieldwork.publish"}),
        ("accounts.decide", front.actor, {"approval": asked, "decision": "approved"}),
    ]
