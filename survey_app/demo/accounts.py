"""Accounts of the sample province. Their passwords are random, kept in a file of the instance and printed at start."""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from survey_app.access import Identity, Role
from survey_app.accounts import operations, passwords
from survey_app.audit import OPERATOR
from survey_app.units.queries import UnitView

#: The Front of the sample province.
FRONT = "mttq-tinh@mau.vn"
#: Of nobody: the number that sample papers print.
_TELEPHONE = "0269000000"


def create(session: Session, province: UnitView, commune: UnitView, now: datetime) -> dict[str, str]:
    """One account of each kind; sign-in name → password."""
    made = {}
    for email, name, role, unit in _people(province, commune):
        invited = operations.create_account(
            session, email=email, name=name, role=role, unit_id=unit.id, actor=OPERATOR, now=now
        )
        made[email] = secrets.token_urlsafe(9)
        operations.set_password(session, invited.user_id, made[email], demo=True)
    return made


def signers(
    session: Session, commune: UnitView, now: datetime, *, has_come: datetime | None
) -> tuple[Identity, Identity]:
    """An officer and a Front officer of a sample commune; nobody can sign in as them.

    `has_come` is when they chose passwords, which nobody knows; None for people who were invited and never came.
    """
    people = (
        ("xa", f"Cán bộ {commune.full_name} (mẫu)", Role.COMMUNE),
        ("mttq", f"Mặt trận {commune.full_name} (mẫu)", Role.FRONT_COMMUNE),
    )
    made = []
    for place, name, role in people:
        invited = operations.create_account(
            session, email=f"{place}-{commune.code}@mau.vn", name=name, role=role, unit_id=commune.id,
            actor=OPERATOR, now=now, telephone=_TELEPHONE,
        )  # fmt: skip
        if has_come is not None:
            operations.accept_invitation(session, invited.token, _unknown_password(), now=has_come)
        made.append(Identity(invited.user_id, name, role, commune.id, commune.path))
    return made[0], made[1]


@cache
def _unknown_password() -> str:
    """A hash that fits no password anybody knows; one for all, because making one is slow on purpose."""
    return passwords.hashed(secrets.token_urlsafe(32))


def keep(file: Path, passwords: dict[str, str]) -> None:
    """Write the passwords where `make run` finds them again; readable by the owner only."""
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords, indent=1), encoding="utf-8")


def kept(file: Path) -> dict[str, str]:
    """The passwords written before; none when there is no sample province."""
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def _people(province: UnitView, commune: UnitView) -> Iterator[tuple[str, str, Role, UnitView]]:
    yield "tinh@mau.vn", "Cán bộ tỉnh (mẫu)", Role.PROVINCE, province
    yield FRONT, "Mặt trận tỉnh (mẫu)", Role.FRONT_PROVINCE, province
    yield "kiem-tra@mau.vn", "Kiểm tra viên (mẫu)", Role.AUDITOR, province
    yield "xa@mau.vn", "Cán bộ xã (mẫu)", Role.COMMUNE, commune
    yield "mttq-xa@mau.vn", "Mặt trận xã (mẫu)", Role.FRONT_COMMUNE, commune
    yield "mttq-xa-2@mau.vn", "Phó Chủ tịch Mặt trận xã (mẫu)", Role.FRONT_COMMUNE, commune
    yield "nhap-phieu@mau.vn", "Người nhập phiếu (mẫu)", Role.CLERK, commune
