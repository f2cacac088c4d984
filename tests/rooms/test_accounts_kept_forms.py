"""Nobody's typing is lost: forms that met an ended session, another account or an error are put back for who typed."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from survey_app import access, audit, db, forms
from survey_app.access import Role
from survey_app.accounts import operations
from survey_app.accounts.filling import fill
from survey_app.accounts.models import KeptForm, StaffSession
from survey_app.errors import DomainError
from survey_app.jobs import run_due
from survey_app.units import queries as units
from tests.pages import Page

PASSWORD = "bến nước đầu làng"


@pytest.fixture
def people(make_commune):
    """Two officers of one commune."""
    commune = make_commune(Phung=20)
    with db.transaction() as current:
        for name in ("Bà Một", "Ông Hai"):
            made = operations.create_account(
                current, email=name.split()[1], name=name, role=Role.COMMUNE, unit_id=commune.unit.id,
                actor=audit.OPERATOR, now=datetime.now(UTC),
            )  # fmt: skip
            operations.set_password(current, made.user_id, PASSWORD)
    return commune


@pytest.fixture
def page(people):
    return f"/can-bo/don-vi/{people.unit.code}/thon/{people.villages['Phung'].code}"


def form_of(reply, field):
    [found] = [form for form in Page(reply.text).forms if field in dict(form.fields)]
    return found


def sign_in(client, who, address="/dang-nhap"):
    form = form_of(client.get(address), "email")
    return client.post("/dang-nhap", data=form.data(email=who, password=PASSWORD))


def sign_outs(reply):
    return [form for form in Page(reply.text).forms if form.action == "/dang-xuat"]


def sign_out_of(client, target=""):
    return sign_outs(client.get("/can-bo"))[0].data(next=target)


@access.roles(Role.COMMUNE)
def conflicting(**_where):
    raise DomainError("Đã có người khác làm việc này.")


@access.roles(Role.COMMUNE)
def busy(**_where):
    raise OperationalError("", {}, Exception())


def end_sessions():
    with db.transaction() as current:
        current.query(StaffSession).delete()


def households(commune):
    db.session().rollback()
    return units.villages(db.session(), commune.unit.id, units.civil(datetime.now(UTC)))[0].households


def test_a_form_sent_after_the_session_ended_is_back_on_its_page_after_signing_in(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31", source="Đếm lại “từng nhà” <3")
    end_sessions()

    refused = client.post(page, data=typed)
    told = client.get(refused.location)
    entered = sign_in(client, "Một", refused.location)
    back = client.get(entered.location)

    assert "một ngày" in told.text
    assert entered.location.startswith(page)
    again = form_of(back, "households")
    assert again.data()["households"] == ["31"]
    assert again.data()["source"] == ["Đếm lại “từng nhà” <3"]
    assert households(people) == 20
    assert client.post(page, data=again.data()).status_code == 302
    assert households(people) == 31
    assert db.session().scalars(select(KeptForm.mark)).all() == []


def test_a_form_of_another_account_is_saved_under_neither_name_and_waits_for_its_own(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31")
    client.post("/dang-xuat", data=sign_out_of(client))
    sign_in(client, "Hai")

    refused = client.post(page, data=typed)

    assert refused.status_code == 409
    assert "Bà Một" in refused.text
    assert households(people) == 20
    [back] = [value for form in sign_outs(refused) for name, value in form.fields if name == "next"]
    assert form_of(client.get(back), "households").data()["households"] == ["20"]
    left = client.post("/dang-xuat", data=sign_out_of(client, back))
    entered = sign_in(client, "Một", left.location)
    assert form_of(client.get(entered.location), "households").data()["households"] == ["31"]


def test_a_form_of_an_earlier_session_of_the_same_account_is_shown_again(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31")
    client.post("/dang-xuat", data=sign_out_of(client))
    sign_in(client, "Một")

    refused = client.post(page, data=typed)

    assert refused.status_code == 303
    assert form_of(client.get(refused.location), "households").data()["households"] == ["31"]
    assert households(people) == 20


def test_only_the_browser_that_typed_can_read_what_is_kept(app, client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(source="Sổ hộ của trưởng thôn")
    end_sessions()
    refused = client.post(page, data=typed)

    elsewhere = app.test_client()
    entered = sign_in(elsewhere, "Một", refused.location)
    told = elsewhere.get(entered.location)

    assert "Sổ hộ của trưởng thôn" not in told.text
    assert form_of(told, "households").data()["households"] == ["20"]
    assert "Sổ hộ".encode() not in db.session().scalars(select(KeptForm.content)).one()


def test_passwords_are_not_kept(client, people):
    sign_in(client, "Một")
    typed = form_of(client.get("/can-bo/mat-khau"), "current").data(
        current=PASSWORD, password="một mật khẩu mới", again="một mật khẩu mới"
    )
    end_sessions()

    client.post("/can-bo/mat-khau", data=typed)

    assert db.session().scalars(select(KeptForm.mark)).all() == []
    assert {"password", "current", "again"} <= forms.SECRETS


def test_a_file_must_be_chosen_again_and_that_is_said(client, people, page):
    sign_in(client, "Một")
    listed = page.rpartition("/thon/")[0]
    typed = Page(client.get(listed).text).form(action=f"{listed}/tep").data()
    end_sessions()

    refused = client.post(f"{listed}/tep", data=typed | {"file": (io.BytesIO(b"x"), "so-ho.csv")})
    entered = sign_in(client, "Một", refused.location)

    assert "so-ho.csv" in client.get(entered.location).text


def test_an_error_keeps_what_was_typed(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31", kind="khong-co")
    client.application.view_functions["units.change_village"], kept = (
        conflicting,
        client.application.view_functions["units.change_village"],
    )
    try:
        refused = client.post(page, data=typed)
    finally:
        client.application.view_functions["units.change_village"] = kept

    [back] = [link["href"] for link in Page(refused.text).all("a") if forms.KEPT in link["href"]]
    assert refused.status_code == 409
    assert form_of(client.get(back), "households").data()["households"] == ["31"]


def test_while_the_database_is_away_the_error_page_itself_holds_what_was_typed(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31")
    whole = client.application.view_functions["units.change_village"]
    client.application.view_functions["units.change_village"] = busy
    try:
        refused = client.post(page, data=typed)
    finally:
        client.application.view_functions["units.change_village"] = whole

    again = form_of(refused, "households")
    assert refused.status_code == 503
    assert client.post(page, data=again.data()).status_code == 302
    assert households(people) == 31


def test_words_beside_a_file_that_is_too_large_are_kept(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31")

    file = FileStorage(io.BytesIO(b"x" * 3_000_000), "to.csv")
    boundary, body = encode_multipart(MultiDict({**typed, "file": [file]}))
    refused = client.post(page, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    [back] = [link["href"] for link in Page(refused.text).all("a") if forms.KEPT in link["href"]]
    assert refused.status_code == 413
    assert "to.csv" in refused.text
    assert form_of(client.get(back), "households").data()["households"] == ["31"]


def test_what_is_kept_stands_on_the_list_of_today_and_goes_after_a_day(client, people, page):
    sign_in(client, "Một")
    typed = form_of(client.get(page), "households").data(households="31")
    end_sessions()
    client.post(page, data=typed)
    sign_in(client, "Một")

    listed = [
        link["href"] for link in Page(client.get("/can-bo").text).all("a") if forms.KEPT in link["href"]
    ]
    run_due(datetime.now(UTC) + timedelta(days=1))

    assert len(listed) == 1
    assert db.session().scalars(select(KeptForm.mark)).all() == []


def test_words_without_a_field_are_shown_to_be_copied():
    html = '<main><form method="post" action="/a"><input name="one" value="x"></form></main>'

    filled = fill(html, page="/a", action="/a", fields=[("one", "1"), ("gone", "Lời dài")], carried="")

    assert filled.left_over == ("Lời dài",)
    assert 'value="1"' in filled.html


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (
            '<input type="checkbox" name="a" value="1" checked>',
            [],
            '<input type="checkbox" name="a" value="1">',
        ),
        (
            '<input type="radio" name="a" value="2">',
            [("a", "2")],
            '<input type="radio" name="a" value="2" checked>',
        ),
        (
            '<select name="a"><option value="1" selected>x</option><option value="2">y</option></select>',
            [("a", "2")],
            '<select name="a"><option value="1">x</option><option value="2" selected>y</option></select>',
        ),
        (
            '<textarea name="a">cũ &amp; cũ</textarea>',
            [("a", "mới & <b>")],
            '<textarea name="a">\nmới &amp; &lt;b&gt;</textarea>',
        ),
        ('<input type="file" name="a">', [("a", "x")], '<input type="file" name="a">'),
        ('<input type="password" name="a">', [("a", "x")], '<input type="password" name="a">'),
        (
            '<input name="a" value="1"><input name="a" value="2">',
            [("a", "3"), ("a", "4")],
            '<input name="a" value="3"><input name="a" value="4">',
        ),
    ],
    ids=["unticked", "ticked", "chosen", "words", "file", "password", "several"],
)
def test_every_kind_of_field_takes_back_what_was_typed(field, typed, expected):
    html = f'<main><form method="post" action="/a">{field}</form></main>'

    assert expected in fill(html, page="/a", action="/a", fields=typed, carried="").html


def test_a_page_leaves_the_filler_as_it_came_where_no_form_is_kept(client, people, page):
    sign_in(client, "Một")
    html = client.get(page).text

    filled = fill(html, page=page, action="/nowhere", fields=(), carried="")

    assert filled.with_notice("") == html
