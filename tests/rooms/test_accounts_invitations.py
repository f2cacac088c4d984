"""Invitations: the letter, its link, and the password that is set with it, once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.accounts import operations, queries
from survey_app.accounts.models import Invitation, User
from survey_app.accounts.refusals import InvitationOver
from tests.rooms.test_accounts_people import (
    NOW,
    PASSWORD,
    Place,
    accept,
    add_unit,
    invite_by_form,
    link_in,
    post,
    signed_in,
)


@pytest.fixture
def place(app: Flask) -> Place:
    with db.transaction() as current:
        province = add_unit(current, None, "52", "province", "tinh", "Gia Lai")
        bien_ho = add_unit(current, province, "23560", "commune", "xa", "Biển Hồ")
        ia_ly = add_unit(current, province, "23722", "commune", "xa", "Ia Ly")
        elsewhere = add_unit(current, None, "66", "province", "tinh", "Đắk Lắk")
        made = [province, bien_ho, ia_ly, elsewhere]
        return Place(*(unit.id for unit in made), paths={unit.id: unit.path for unit in made})


def test_from_the_letter_to_the_first_page_and_the_link_works_once(app: Flask, place: Place) -> None:
    manager = signed_in(app, Role.FRONT_COMMUNE, place.bien_ho)
    guest = app.test_client()

    letter = invite_by_form(manager, "BienHo.MTTQ2", Role.FRONT_COMMUNE, place.bien_ho)
    page = guest.get(link_in(letter))
    reply = accept(guest, link_in(letter))

    assert letter.status_code == 200
    assert "data:image/svg+xml" in letter.text
    assert "bienho.mttq2" in page.text
    assert "Xã Biển Hồ" in page.text
    assert "Người front_commune" in page.text
    assert reply.location == "/can-bo"
    assert guest.get("/can-bo").status_code == 200
    assert app.test_client().get(link_in(letter)).status_code == 410


def test_the_database_does_not_hold_the_token_of_an_invitation(place: Place) -> None:
    with db.transaction() as current:
        made = operations.create_account(
            current,
            email="nhaplieu",
            name="Siu Blơng",
            role=Role.CLERK,
            unit_id=place.bien_ho,
            actor="operator",
            now=NOW,
        )

    stored = db.session().scalars(select(Invitation.token_digest)).all()
    assert len(made.token) == 43
    assert made.token not in stored
    assert made.expires_at == NOW + timedelta(days=14)


def test_an_unknown_link_is_not_found_and_says_what_to_do(app: Flask) -> None:
    reply = app.test_client().get("/moi/" + "x" * 43)

    assert reply.status_code == 404


def test_a_link_ends_after_fourteen_days(place: Place) -> None:
    with db.transaction() as current:
        made = operations.create_account(
            current,
            email="nhaplieu",
            name="Siu Blơng",
            role=Role.CLERK,
            unit_id=place.bien_ho,
            actor="operator",
            now=NOW,
        )

    last = queries.invitation(db.session(), made.token, made.expires_at - timedelta(seconds=1))
    assert last.email == "nhaplieu"
    assert last.invited_by is None
    with pytest.raises(InvitationOver):
        queries.invitation(db.session(), made.token, made.expires_at)


def test_a_new_letter_ends_the_older_one_and_keeps_the_password_until_it_is_used(
    app: Flask, place: Place
) -> None:
    manager = signed_in(app, Role.COMMUNE, place.bien_ho)
    first = link_in(invite_by_form(manager, "nhaplieu", Role.CLERK, place.bien_ho))
    accept(app.test_client(), first)
    user_id = db.session().scalars(select(User.id).where(User.email == "nhaplieu")).one()
    address = f"/can-bo/tai-khoan/{user_id}/thu"

    second = link_in(post(manager, address, "/can-bo/tai-khoan"))
    third = link_in(post(manager, address, "/can-bo/tai-khoan"))

    clerk = app.test_client()
    signing_in = post(clerk, "/dang-nhap", "/dang-nhap", email="nhaplieu", password=PASSWORD)
    assert signing_in.status_code == 302
    assert app.test_client().get(second).status_code == 404
    assert accept(app.test_client(), third, "nhà rông làng Phung").status_code == 302
    assert clerk.get("/can-bo").location == "/dang-nhap?next=/can-bo"


def test_two_who_open_the_same_link_do_not_both_set_a_password(place: Place) -> None:
    with db.transaction() as current:
        made = operations.create_account(
            current,
            email="nhaplieu",
            name="Siu Blơng",
            role=Role.CLERK,
            unit_id=place.bien_ho,
            actor="operator",
            now=NOW,
        )
    with db.transaction() as current:
        operations.accept_invitation(current, made.token, "first", now=NOW)

    with pytest.raises(InvitationOver), db.transaction() as current:
        operations.accept_invitation(current, made.token, "second", now=NOW)

    assert db.session().get_one(User, made.user_id).password_hash == "first"


def test_passwords_that_differ_or_are_weak_leave_the_link_usable(app: Flask, place: Place) -> None:
    link = link_in(
        invite_by_form(signed_in(app, Role.COMMUNE, place.bien_ho), "nhaplieu", Role.CLERK, place.bien_ho)
    )
    guest = app.test_client()

    assert accept(guest, link, PASSWORD, "khác hẳn mật khẩu kia").status_code == 422
    assert accept(guest, link, "ngắn quá").status_code == 422
    assert accept(guest, link).status_code == 302
