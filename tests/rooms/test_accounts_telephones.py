"""A telephone number is changed by the person or by who manages the account; who signs in with it uses the new one."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.accounts import operations
from survey_app.accounts.models import User
from survey_app.audit import AuditEvent
from tests.pages import form_with

OLD, NEW, TAKEN = "0905123456", "0914222333", "0987654321"


@pytest.fixture
def account(commune):
    """An officer who signs in with the number, made and managed by the province's."""

    def make(email=OLD, telephone=OLD):
        with db.transaction() as current:
            return operations.create_account(
                current, email=email, name="Siu Blơng", telephone=telephone, role=Role.COMMUNE,
                unit_id=commune.unit.id, actor="operator", now=datetime.now(UTC),
            ).user_id  # fmt: skip

    return make


def stored(user_id):
    db.session().expire_all()
    user = db.session().get_one(User, user_id)
    return user.email, user.telephone


def change(client, page, number):
    """Open the page, type the number, save."""
    sent = form_with(client.get(page).text, "telephone").data() | {"telephone": number}
    return client.post(page, data=sent)


def acts():
    return db.session().scalars(select(AuditEvent).where(AuditEvent.act == "accounts.telephone")).all()


@pytest.mark.both_engines
def test_a_number_that_is_the_sign_in_name_becomes_the_new_one_and_the_log_says_who_changed_it(
    commune, sign_in, account
):
    user_id = account()
    client = sign_in(Role.PROVINCE, commune.province)
    page = f"/can-bo/tai-khoan/{user_id}/dien-thoai"
    assert f'href="{page}"' in client.get("/can-bo/tai-khoan").text
    assert "0905 123 456" in client.get(page).text

    reply = change(client, page, "+84 914.222.333")

    assert reply.status_code == 302
    assert stored(user_id) == (NEW, NEW)
    (act,) = acts()
    assert act.subject == f"user:{user_id}"
    assert NEW not in str(act.details)
    assert NEW in client.get("/can-bo/tai-khoan").text


def test_of_two_who_change_a_number_at_once_the_second_sees_the_first(commune, sign_in, account):
    user_id = account(email="blong.iagrai")
    client = sign_in(Role.PROVINCE, commune.province)
    address = f"/can-bo/tai-khoan/{user_id}/dien-thoai"
    opened = form_with(client.get(address).text, "telephone")
    client.post(address, data=opened.data(telephone="0905 777 888"))

    refused = client.post(address, data=opened.data(telephone="0905 111 222"))
    kept = form_with(client.get(address).text, "telephone").data()["telephone"]
    again = client.post(address, data=form_with(refused.text, "telephone").data())

    assert (refused.status_code, kept) == (409, ["0905 777 888"])
    assert "0905 777 888" in refused.text
    assert again.status_code == 302
    assert stored(user_id)[1] == "0905111222"


def test_another_sign_in_name_stays_and_the_number_may_be_taken_out(commune, sign_in, account):
    user_id = account(email="blong.iagrai")
    client = sign_in(Role.PROVINCE, commune.province)

    change(client, f"/can-bo/tai-khoan/{user_id}/dien-thoai", "")

    assert stored(user_id) == ("blong.iagrai", "")


@pytest.mark.both_engines
@pytest.mark.parametrize("typed", ["", "0905 12", TAKEN], ids=["none", "no number", "taken"])
def test_a_number_that_cannot_be_signed_in_with_is_refused_beside_its_field(commune, sign_in, account, typed):
    user_id = account()
    account(email=TAKEN, telephone=TAKEN)
    client = sign_in(Role.PROVINCE, commune.province)

    reply = change(client, f"/can-bo/tai-khoan/{user_id}/dien-thoai", typed)

    assert reply.status_code in {409, 422}
    assert 'aria-invalid="true"' in reply.text
    assert stored(user_id) == (OLD, OLD)
    assert acts() == []


@pytest.mark.parametrize("role", list(Role))
def test_everybody_changes_their_own(commune, sign_in, role):
    provincial = {Role.PROVINCE, Role.FRONT_PROVINCE}
    client = sign_in(role, commune.province if role in provincial else commune.unit)

    reply = change(client, "/can-bo/dien-thoai", "0914 222 333")

    assert reply.status_code == 302
    assert [user.telephone for user in db.session().scalars(select(User))] == [NEW]


def test_nobody_changes_the_number_of_an_account_that_others_manage(commune, sign_in, account):
    user_id = account()
    client = sign_in(Role.FRONT_PROVINCE, commune.province)

    assert client.get(f"/can-bo/tai-khoan/{user_id}/dien-thoai").status_code == 403
