"""Accounts from a list: what offices send is understood, looked at first, made once, and each body makes its own."""

import io
from datetime import UTC, datetime

import pypdfium2
import pytest
import xlsxwriter
import zxingcpp
from sqlalchemy import select

from survey_app import db, opening_lists
from survey_app.access import Role
from survey_app.accounts import operations, queries, telephones
from survey_app.accounts.lists.reading import read
from survey_app.accounts.models import User
from survey_app.audit import AuditEvent
from survey_app.office_files import understood
from tests.pages import Page, form_with
from tests.rooms.test_accounts_people import PASSWORD, post

PAGE = "/can-bo/tai-khoan/danh-sach"
HEADING = "Họ và tên;Đơn vị;Vai trò;Số điện thoại\n"


def book(*rows, change=lambda sheet: None):
    """A workbook as an office makes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Danh sách")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        change(sheet)
    return out.getvalue()


@pytest.fixture
def reading(app):
    """Read a file as `opened apart` finds it."""
    with app.test_request_context("/?lang=en"):
        yield lambda content: read(understood(opening_lists.read(content), "can-bo"))


class TestReading:
    def test_a_list_as_a_commune_makes_it(self, reading):
        found = reading(
            book(
                ("UBND XÃ IA GRAI",),
                ("DANH SÁCH CÁN BỘ THAM GIA",),
                (),
                ("STT", "Họ và tên", "Đơn vị công tác", "Vai trò", "SĐT (Zalo)", "Ghi chú"),
                (1, "Rơ Châm H'Phung", "UBND xã Ia Grai", "Cán bộ xã", 905123456, ""),
                (2, "Siu Blơng", '"', "Nhập phiếu", "0914.222.333", "mới"),
                ("", "Tổng cộng: 2 người"),
                ("", "", "", "CHỦ TỊCH"),
                ("", "", "", "Nguyễn Văn An"),
            )
        )

        assert found.problems == ()
        assert [(one.name, one.unit, one.role, one.telephone) for one in found.entries] == [
            ("Rơ Châm H'Phung", "UBND xã Ia Grai", "Cán bộ xã", "0905123456"),
            ("Siu Blơng", "UBND xã Ia Grai", "Nhập phiếu", "0914222333"),
        ]
        assert "A 0 was put before the telephone number." in found.entries[0].notes
        assert {one.row for one in found.left_out} == {1, 2, 7, 8, 9}

    def test_all_problems_of_all_rows_are_told_at_once_with_row_column_and_what_is_expected(self, reading):
        found = reading(
            book(
                ("Họ và tên", "Đơn vị", "Vai trò", "Số điện thoại", "Email"),
                ("Siu A", "Ia Grai", "Cán bộ xã", "09051", ""),
                ("", "Ia Grai", "Cán bộ xã", "0905123456", ""),
                ("Siu B", "Ia Grai", "Cán bộ xã", "", ""),
                ("Siu C", "Ia Grai", "Cán bộ xã", "", "siu c@xa"),
                ("Siu D", "Ia Grai", "Cán bộ xã", "0905 123 456, 0914 222 333", ""),
            )
        )

        assert [(one.row, one.column) for one in found.problems] == [
            (2, "Số điện thoại"), (3, "Họ và tên"), (4, "Số điện thoại"), (5, "Email"), (6, "Số điện thoại"),
        ]  # fmt: skip
        assert all(one.found and one.expected for one in found.problems)

    def test_a_name_in_two_columns_a_group_and_a_title_of_office_are_understood(self, reading):
        found = reading(
            book(
                ("TT", "Họ và tên", "", "Chức vụ", "Điện thoại"),
                ("I. Xã Ia Tô", "", "", "", ""),
                (1, "Rơ Châm", "Phung", "Phó Chủ tịch", "0905123456"),
                change=lambda sheet: sheet.merge_range("B1:C1", "Họ và tên"),
            )
        )

        assert found.problems == ()
        [one] = found.entries
        assert (one.name, one.unit, one.role) == ("Rơ Châm Phung", "Xã Ia Tô", "Phó Chủ tịch")

    def test_rows_pasted_without_a_heading_and_letters_of_an_old_encoding(self, reading):
        pasted = reading("1\tSiu Blơng\tIa Grai\tNhập phiếu\t0905 123 456".encode())
        old = reading("Hä vµ tªn;§¬n vÞ;Sè ®iÖn tho¹i\nNguyÔn V¨n ThËp;Lµng KÐp;0905123456\n".encode())

        assert [one.name for one in pasted.entries] == ["Siu Blơng"]
        assert [one.name for one in old.entries] == ["Nguyễn Văn Thập"]
        assert any("TCVN3" in note for note in old.entries[0].notes)

    def test_a_hidden_row_is_left_out_and_named(self, reading):
        found = reading(
            book(
                ("Họ và tên", "Số điện thoại"),
                ("Siu A", "0905123456"),
                ("Siu B", "0914222333"),
                change=lambda sheet: sheet.set_row(1, None, None, {"hidden": True}),
            )
        )

        assert [one.name for one in found.entries] == ["Siu B"]
        assert [(one.row, one.why) for one in found.left_out] == [(2, "The row is hidden.")]

    @pytest.mark.parametrize("text", ["0905", "090512345678", "0112345678", "không có"])
    def test_what_is_no_telephone_number_is_refused(self, text):
        assert telephones.normal(text) == ""


@pytest.fixture
def commune(make_commune):
    make_commune("98002", "Ia Tô")
    return make_commune("98001", "Ia Grai")


def look_at(client, *rows, heading=HEADING):
    form = form_with(client.get(PAGE).text, "pasted")
    return client.post(PAGE, data=form.data(pasted=heading + "".join(f"{row}\n" for row in rows)))


def agree(client, shown, **answers):
    return client.post(f"{PAGE}/luu", data=form_with(shown.text, "state").data(**answers))


def held():
    db.session().rollback()
    made = db.session().scalars(select(User).where(User.telephone != "").order_by(User.id))
    return [(user.name, user.role, user.email) for user in made]


def bare(text):
    return "".join(letter for letter in text if letter.isalnum() or letter == "_")


def asked(shown):
    """The questions by the name of their field, with the answers that may be given."""
    found = {}
    for tag in Page(shown.text).all("input"):
        if tag.get("type") == "radio":
            found.setdefault(tag["name"], []).append(tag["value"])
    return found


@pytest.mark.both_engines
class TestMaking:
    def test_nothing_is_made_before_somebody_agrees_and_then_everybody_gets_a_letter(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        rows = ("Siu Blơng;UBND xã Ia Grai;Cán bộ xã;0905 123 456", "Rơ H'Lan;98002;UBND;0914222333")

        shown = look_at(client, *rows)

        assert (shown.status_code, asked(shown), held()) == (200, {}, [])
        page = agree(client, shown)
        assert page.status_code == 200
        assert held() == [
            ("Siu Blơng", "commune", "0905123456"),
            ("Rơ H'Lan", "commune", "0914222333"),
        ]
        tokens = form_with(page.text, "token").data()["token"]
        offers = [queries.invitation(db.session(), token, datetime.now(UTC)) for token in tokens]
        assert [offer.name for offer in offers] == ["Siu Blơng", "Rơ H'Lan"]
        acts = db.session().scalars(select(AuditEvent.act).where(AuditEvent.act == "accounts.create")).all()
        assert len(acts) == 2

    def test_the_letters_are_one_pdf_with_a_page_for_each_and_its_link(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        rows = ("Siu Blơng;Ia Grai;Cán bộ xã;0905123456", "Rơ H'Lan;Ia Tô;Cán bộ xã;0914222333")
        page = agree(client, look_at(client, *rows))

        letters = client.post("/can-bo/tai-khoan/thu-moi.pdf", data=form_with(page.text, "token").data())

        pages = pypdfium2.PdfDocument(letters.data)
        texts = [one.get_textpage().get_text_bounded() for one in pages]
        tokens = form_with(page.text, "token").data()["token"]
        assert len(texts) == 2
        codes = [zxingcpp.read_barcodes(one.render(scale=2).to_pil())[0].text for one in pages]
        assert [code.rsplit("/", 1)[-1] for code in codes] == tokens
        for text, token, name in zip(texts, tokens, ("Siu Blơng", "Rơ H'Lan"), strict=True):
            assert name in text
            # A reader of text takes a hyphen at the end of a line for one of the layout.
            assert bare(token) in bare(text)
            assert "Việc làm đầu tiên" in text
            assert "Hỏi ai" in text

    def test_the_front_and_the_government_each_make_their_own_of_one_list(self, commune, sign_in):
        rows = ("Siu A;Ia Grai;Cán bộ xã;0905123456", "Siu B;Ia Grai;MTTQ;0914222333")

        client = sign_in(Role.PROVINCE, commune.province)
        agree(client, look_at(client, *rows))
        of_the_province = held()
        client = sign_in(Role.FRONT_PROVINCE, commune.province)
        agree(client, look_at(client, *rows))

        assert of_the_province == [("Siu A", "commune", "0905123456")]
        assert held() == [*of_the_province, ("Siu B", "front_commune", "0914222333")]

    def test_who_sends_the_same_list_again_makes_nothing_twice(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        first = look_at(client, "Siu A;Ia Grai;Cán bộ xã;0905123456")
        second = look_at(client, "Siu A;Ia Grai;Cán bộ xã;0905123456")

        agree(client, first)
        stale = agree(client, second)

        assert stale.status_code == 409
        assert held() == [("Siu A", "commune", "0905123456")]
        assert agree(client, stale).status_code == 422

    def test_a_word_that_is_no_role_is_asked_once_for_all_who_have_it(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        shown = look_at(
            client, "Siu A;Ia Grai;Chủ tịch;0905123456", "Siu B;Ia Tô;chủ tịch;0914222333", "Siu C;Ia Tô;;0914222444"
        )  # fmt: skip
        role, none = asked(shown)

        open_still = agree(client, shown, **{role: "commune"})
        assert (open_still.status_code, held()) == (422, [])
        agree(client, open_still, **{role: "commune", none: "drop"})

        assert [(name, made) for name, made, _email in held()] == [("Siu A", "commune"), ("Siu B", "commune")]

    def test_a_person_of_that_name_with_another_number_is_asked_about(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        agree(client, look_at(client, "Siu A;Ia Grai;Cán bộ xã;0905123456"))

        shown = look_at(client, "Siu A;Ia Grai;Cán bộ xã;0914222333")
        [who] = asked(shown)
        agree(client, shown, **{who: "other"})

        assert [email for _name, _role, email in held()] == ["0905123456", "0914222333"]

    @pytest.mark.parametrize(
        ("row", "found"),
        [
            ("Siu B;Ia Grai;Cán bộ xã;0905123456", "Siu A"),
            ("Siu B;Không Đâu;Cán bộ xã;0914222333", "Không Đâu"),
            ("Siu B;Thử;Cán bộ xã;0914222333", "Tỉnh Thử"),
        ],
        ids=["a number of somebody else", "no such unit", "a role of another level"],
    )
    def test_what_cannot_be_made_stops_the_list_and_says_why(self, commune, sign_in, row, found):
        client = sign_in(Role.PROVINCE, commune.province)
        agree(client, look_at(client, "Siu A;Ia Grai;Cán bộ xã;0905123456"))

        shown = look_at(client, row)

        assert shown.status_code == 422
        assert found in shown.text
        assert 'name="state"' not in shown.text

    def test_a_list_with_a_problem_shows_what_was_read_and_what_will_be_asked(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)

        shown = look_at(
            client,
            "Siu A;Ia Grai;Cán bộ xã;0905123456",
            "Siu B;Không Đâu;Cán bộ xã;0914222333",
            "Siu C;Ia Grai;Công chức;0914222444",
        )

        problems, below = shown.text.partition('<label for="pasted"')[0].split("Các dòng đọc được")
        assert "Không Đâu" in problems
        assert "“Công chức” (1 người: Siu C): là vai trò nào?" in problems
        assert "Siu A" in below
        assert "Siu B" not in below
        assert "Siu C" in below

    def test_a_commune_makes_people_of_its_own_unit_alone(self, commune, sign_in):
        client = sign_in(Role.COMMUNE, commune.unit)

        elsewhere = look_at(client, "Siu A;Ia Tô;Nhập phiếu;0905123456")
        agree(client, look_at(client, "Siu A;;Nhập phiếu;0905123456", "Siu B;;Cán bộ xã;0914222333"))

        assert elsewhere.status_code == 422
        assert held() == [("Siu A", "clerk", "0905123456")]

    def test_a_unit_that_the_file_does_not_say_is_asked_once(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        shown = look_at(client, "Siu A;Cán bộ xã;0905123456", heading="Họ tên;Vai trò;SĐT\n")

        undecided = agree(client, shown)
        agree(client, undecided, unit="98002")

        assert undecided.status_code == 422
        [user] = db.session().scalars(select(User).where(User.telephone != ""))
        assert user.unit_id != commune.unit.id

    def test_new_letters_for_everybody_who_has_not_come_end_the_older_ones(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        first = agree(client, look_at(client, "Siu A;Ia Grai;Cán bộ xã;0905123456"))
        sent = form_with(first.text, "token").data()

        again = client.post("/can-bo/tai-khoan/thu-lai", data=form_with_action(client, "thu-lai"))

        renewed = form_with(again.text, "token").data()["token"]
        assert len(renewed) == 1
        assert renewed != sent["token"]
        assert client.post("/can-bo/tai-khoan/thu-moi.pdf", data=sent).status_code == 303

    def test_nobody_prints_letters_of_links_that_others_made(self, commune, sign_in):
        client = sign_in(Role.PROVINCE, commune.province)
        page = agree(client, look_at(client, "Siu A;Ia Grai;Cán bộ xã;0905123456"))
        tokens = form_with(page.text, "token").data()["token"]

        sign_in(Role.FRONT_PROVINCE, commune.province)
        data = {
            "csrf_token": form_with(client.get(PAGE).text, "pasted").data()["csrf_token"],
            "token": tokens,
        }

        assert client.post("/can-bo/tai-khoan/thu-moi.pdf", data=data).status_code == 303


def form_with_action(client, ending):
    [form] = [
        form for form in Page(client.get("/can-bo/tai-khoan").text).forms if form.action.endswith(ending)
    ]
    return form.data()


def test_who_signs_in_by_telephone_types_it_in_any_groups(app, commune):
    with db.transaction() as current:
        made = operations.create_account(
            current, email="0905123456", name="Siu", telephone="0905123456", role=Role.CLERK,
            unit_id=commune.unit.id, actor="operator", now=datetime.now(UTC),
        )  # fmt: skip
        operations.set_password(current, made.user_id, PASSWORD)

    for typed in ("0905 123 456", "+84 905.123.456", "0905123456"):
        client = app.test_client()
        assert post(client, "/dang-nhap", "/dang-nhap", email=typed, password=PASSWORD).status_code == 302
