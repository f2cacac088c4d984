"""A rule book on a screen: figures come with their documents, all problems are told at once, and versions stay."""

import re
from datetime import UTC, date, datetime

import pytest

from survey_app.access import Role
from survey_app.criteria.frameworks import RequirementKind
from survey_app.rulebooks import queries
from tests.pages import Page

BOOK = "ntm-nang-cao-2021-2025"
PAGE = f"/can-bo/khung/2026/sua/{BOOK}"
NEW = "/can-bo/khung/2026/sua/ntm-2026-2030"
SOURCE = {"source_number": "12/HD-MTTQ", "source_date": "2026-01-05", "source_article": "Mục 3"}


def row(name, **values):
    return {f"{name}_{what}": value for what, value in values.items()}


@pytest.fixture
def save(place, client):
    """Send the form as it stands, with some fields changed."""

    def sent(address=PAGE, **fields):
        form = Page(client.get(address).text).form(action=address)
        return client.post(address, data=form.data(**fields))

    return sent


@pytest.fixture(autouse=True)
def province_signed_in(place, client):
    """An officer of the province who has just shown who they are."""
    place.sign_in()
    with client.session_transaction() as running:
        running["confirmed_at"] = datetime.now(UTC).timestamp()


def condition(place, kind, key=BOOK):
    book = queries.newest(place.read(), key)
    return next((one for one in book.requirements if one.kind == kind), None)


def problems(page):
    """The sentences of the summary, by the label of their field."""
    return [
        re.sub(r"<[^>]+>", "", found).replace("\u00a0", " ")
        for found in re.findall(r"<li><a href=.*?</a>", page)
    ]


def test_a_figure_with_its_document_becomes_the_next_version_and_the_old_one_stays(place, save):
    before = queries.newest(place.read(), BOOK)

    reply = save(**row("c1", figure="70,5", comparison=">", **SOURCE))

    book = queries.newest(place.read(), BOOK)
    threshold = condition(place, "coverage").threshold
    assert reply.status_code == 303
    assert (threshold.basis_points, threshold.comparison, threshold.source.article) == (7050, ">", "Mục 3")
    assert book.version == before.version + 1
    assert book.requirements[2:] == before.requirements[2:]
    assert book.targets == before.targets


def test_title_and_period_are_changed_on_the_page_and_nothing_else_with_them(place, save):
    before = queries.newest(place.read(), BOOK)

    reply = save(title_vi="Bộ tiêu chí tỉnh", title_en="", period_from="2025-07-01", period_to="31/12/2027")

    book = queries.newest(place.read(), BOOK)
    assert reply.status_code == 303
    assert (dict(book.title), book.version) == ({"vi": "Bộ tiêu chí tỉnh"}, before.version + 1)
    assert (book.period_from, book.period_to) == (date(2025, 7, 1), date(2027, 12, 31))
    assert (book.requirements, book.targets) == (before.requirements, before.targets)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title_vi": " "}, "Tên bộ tiêu chí"),
        ({"period_from": ""}, "Ngày đầu của giai đoạn"),
        ({"period_from": "2027-01-01", "period_to": "2026-12-31"}, "Ngày cuối của giai đoạn"),
        ({"period_to": "3026-12-31"}, "Ngày cuối của giai đoạn"),
    ],
    ids=["no-title", "no-day", "reversed", "no-year-of-ours"],
)
def test_a_book_without_title_or_with_an_impossible_period_is_refused(place, save, typed, said):
    before = queries.newest(place.read(), BOOK)

    reply = save(**typed)

    assert reply.status_code == 422
    assert sum(one.startswith(said) for one in problems(reply.text)) == 1
    assert queries.newest(place.read(), BOOK) == before


@pytest.mark.parametrize(
    ("figure", "comparison", "said"),
    [
        ("0", ">=", "0 % thì ai cũng đạt"),
        ("101", ">=", "Không thể quá 100 %"),
        ("100", ">", "Không ai có thể hơn 100 %"),
        ("chín mươi", ">=", "Ghi một số"),
        ("92,555", ">=", "Ghi một số"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_and_what_was_typed_stays(place, save, figure, comparison, said):
    reply = save(**row("c1", figure=figure, comparison=comparison, **SOURCE))

    assert reply.status_code == 422
    assert any(said in problem for problem in problems(reply.text))
    assert f'value="{figure}"' in reply.text
    assert condition(place, "coverage").threshold is None


def test_every_problem_of_every_row_is_told_at_once_in_the_words_of_the_page(place, save):
    reply = save(
        **row("c1", figure="70"),
        **row("c2", source_number="12/HD-MTTQ"),
        **row("c0", source_number=""),
        **row("t0", figure="", levels=[]),
    )

    told = problems(reply.text)
    assert reply.status_code == 422
    assert len([one for one in told if one.startswith("Tỷ lệ hộ tham gia lấy ý kiến – ")]) == 3
    assert len([one for one in told if one.startswith("Tỷ lệ hài lòng chung – ")]) == 3
    assert any("Tổ chức lấy ý kiến" in one and "số văn bản" in one for one in told)
    assert any("Đánh dấu ít nhất một loại đơn vị" in one for one in told)
    assert not any("basis_points" in one or "source_" in one for one in told)


def test_the_source_of_the_event_cannot_be_left_out(place, save):
    reply = save(**row("c0", source_number="", source_date="", source_article=""))

    assert reply.status_code == 422
    assert len([one for one in problems(reply.text) if "Tổ chức lấy ý kiến" in one]) == 3


def test_an_emptied_row_is_not_configured_again(place, save):
    save(**row("c1", figure="70", **SOURCE))

    reply = save(**row("c1", figure="", source_number="", source_date="", source_article=""))

    assert reply.status_code == 303
    assert condition(place, "coverage").threshold is None


def test_the_book_of_2026_has_nothing_but_what_is_known_and_takes_what_the_province_has(place, client, save):
    book = queries.newest(place.read(), "ntm-2026-2030")
    assert all(one.threshold is None and one.source is None for one in book.requirements)
    assert condition(place, "consultation_event", "ntm-2026-2030") is None
    assert queries.in_force(place.read(), place.province.id, 2026).framework.key == BOOK

    reply = save(
        NEW,
        **row("consultation_event", figure="1", **SOURCE),
        **row("back_check", **SOURCE),
        **row("communes_meeting_indicator", figure="50", levels=["xa"], accepts=["decision"], **SOURCE),
    )

    changed = queries.newest(place.read(), "ntm-2026-2030")
    assert reply.status_code == 303
    assert {RequirementKind.CONSULTATION_EVENT, RequirementKind.BACK_CHECK} <= {
        one.kind for one in changed.requirements
    }
    assert [(one.basis_points, one.in_scope_kinds) for one in changed.targets] == [(5000, ("xa",))]


def test_wards_are_not_offered_where_the_indicator_is_counted(client):
    page = client.get(PAGE).text

    assert 'name="t0_levels" type="checkbox" value="phuong"' not in page
    assert 'name="t1_levels" type="checkbox" value="phuong"' in page


def test_the_second_of_two_who_edit_one_book_sees_what_the_first_saved(place, client, save):
    opened = Page(client.get(PAGE).text).form(action=PAGE)
    save(**row("c1", figure="70", **SOURCE))

    reply = client.post(PAGE, data=opened.data(**row("c1", figure="60", **SOURCE)))

    assert reply.status_code == 409
    assert condition(place, "coverage").threshold.basis_points == 7000


@pytest.mark.parametrize("role", [Role.FRONT_PROVINCE, Role.COMMUNE, Role.AUDITOR])
def test_only_the_province_edits_a_rule_book(place, client, role):
    place.sign_in(role)

    assert client.get(PAGE).status_code == 403


def test_a_book_that_nobody_knows_is_not_found(client):
    assert client.get("/can-bo/khung/2026/sua/khong-co").status_code == 404
