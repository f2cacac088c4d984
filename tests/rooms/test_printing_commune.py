"""All slips of a commune in one download: made village by village, known by its name, voided as one where it broke off."""

import io
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.fieldwork import operations, print_sets, queries
from survey_app.fieldwork.models import PrintSet, Progress, State
from survey_app.keys import store
from tests.pages import Page
from tests.readers import words
from tests.rooms.test_printing_slips import decoded, rendered

BOTH = pytest.mark.both_engines
FIRST, SECOND = "1" * 32, "2" * 32


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=20, Bang=12, Kep=3)


@pytest.fixture
def front(commune, sign_in):
    return sign_in(Role.FRONT_COMMUNE, commune.unit)


def begin(survey, name=FIRST, instead_of=""):
    with db.transaction() as current:
        return print_sets.begin(
            current, survey.id, name, instead_of=instead_of, spare_percent=5, actor="operator", now=datetime.now(UTC)
        )  # fmt: skip


def make(survey, *villages, name=FIRST):
    for village in villages:
        with db.transaction() as current:
            print_sets.make_next(
                current, survey.id, name, village.id,
                spare_percent=5, actor="operator", now=datetime.now(UTC), keys=store(),
            )  # fmt: skip


def finish(survey, name=FIRST):
    with db.transaction() as current:
        print_sets.finish(current, survey.id, name, actor="operator", now=datetime.now(UTC))


def live_by_village(commune, survey):
    db.session().rollback()
    made = queries.batches(db.session(), survey.id)
    return {name: queries.live_slips(made, village.id) for name, village in commune.villages.items()}


@BOTH
def test_a_set_makes_what_every_village_lacks_and_no_more(commune, survey, hand_out):
    villages = commune.villages
    hand_out(survey, villages["Phung"], 21)
    hand_out(survey, villages["Kep"], 1)

    lacking = begin(survey)
    make(survey, villages["Bang"], villages["Kep"], villages["Phung"])
    finish(survey)

    assert sorted(lacking) == sorted(villages[name].id for name in ("Bang", "Kep"))
    assert live_by_village(commune, survey) == {"Bang": 13, "Kep": 4, "Phung": 21}
    (made,) = print_sets.sets(db.session(), survey.id)
    assert (made.villages, made.made, made.slips, made.is_unfinished) == (2, 2, 16, False)


@BOTH
def test_a_second_press_begins_no_second_set(commune, survey):
    begin(survey)

    for name in (FIRST, SECOND):
        with pytest.raises(print_sets.SetAlreadyBegun):
            begin(survey, name)
    make(survey, *commune.villages.values())
    finish(survey)
    with pytest.raises(print_sets.SetAlreadyBegun):
        begin(survey)
    with pytest.raises(print_sets.NothingToPrint):
        begin(survey, SECOND)


@BOTH
def test_a_set_that_broke_off_is_voided_as_one_by_the_set_in_its_place(commune, survey):
    begin(survey)
    make(survey, commune.villages["Bang"], commune.villages["Kep"])

    lacking = begin(survey, SECOND, instead_of=FIRST)

    assert len(lacking) == 3
    assert live_by_village(commune, survey) == {"Bang": 0, "Kep": 0, "Phung": 0}
    assert db.session().get_one(PrintSet, (survey.id, FIRST)).voided_at is not None


@BOTH
def test_a_set_that_broke_off_is_not_voided_by_one_person_once_a_household_answered(commune, survey):
    begin(survey)
    make(survey, commune.villages["Bang"])
    with db.transaction() as current:
        village = commune.villages["Bang"].id
        current.add(Progress(survey_id=survey.id, unit_id=village, channel="self_online", answered=1))

    with pytest.raises(print_sets.SetInUse):
        begin(survey, SECOND, instead_of=FIRST)

    assert live_by_village(commune, survey)["Bang"] == 13


@BOTH
def test_a_finished_set_is_voided_by_no_press(commune, survey):
    begin(survey)
    make(survey, *commune.villages.values())
    finish(survey)

    with pytest.raises(print_sets.NothingToPrint):
        begin(survey, SECOND, instead_of=FIRST)

    assert sum(live_by_village(commune, survey).values()) == 38


@BOTH
def test_a_set_that_is_voided_while_it_is_made_makes_no_more(commune, survey):
    begin(survey)
    make(survey, commune.villages["Bang"])
    with db.transaction() as current:
        print_sets.void(current, survey.id, FIRST, reason="x", actor="operator", now=datetime.now(UTC))

    with pytest.raises(print_sets.SetEnded):
        make(survey, commune.villages["Kep"])
    with pytest.raises(print_sets.SetEnded):
        finish(survey)
    assert sum(live_by_village(commune, survey).values()) == 0


def test_no_set_is_begun_once_the_phones_are_closed(survey, move_on):
    move_on(survey, State.COUNTING)

    with pytest.raises(operations.WrongState):
        begin(survey)


def asked_by(page):
    """The form that asks for all slips."""
    return next(form for form in Page(page).forms if "ca-xa" in form.action)


def papers(survey):
    return f"/can-bo/dot/{survey.id}/in"


@pytest.mark.usefixtures("undrawn")
def test_one_download_holds_a_folder_of_papers_for_each_village(commune, survey, front, hand_out):
    hand_out(survey, commune.villages["Phung"], 21)
    form = asked_by(front.get(papers(survey)).text)

    reply = front.post(form.action, data=form.data())

    with zipfile.ZipFile(io.BytesIO(reply.data)) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert reply.mimetype == "application/zip"
    assert reply.headers["Cache-Control"] == "no-store"
    kept = (
        "5-loi-phat-thanh",
        "6-huong-dan-truong-thon",
        "7-thong-bao-ma-QR-that",
        "8-phieu-hen",
        "9-nhan-thung-phieu",
    )
    assert list(found) == [
        *(f"00-ca-xa/loi-doc-{language}.pdf" for language in survey.instrument.languages),
        *(
            f"{number:02}-Lang-{village}/{paper}.pdf"
            for number, village in enumerate(("Bang", "Kep"), start=1)
            for paper in (
                f"1-phieu-lo-{number + 1}",
                "2-bia-tap-phieu",
                "3-danh-sach-nhan-phieu",
                "4-ap-phich-A4",
                *kept,
            )
        ),
    ]
    for name, body in found.items():
        # A poster hangs where several villages pass.
        of = "Mẫu" if "ap-phich" in name or "ca-xa" in name else name.partition("/")[0].rpartition("-")[2]
        assert of in words(body), name
    assert live_by_village(commune, survey) == {"Bang": 13, "Kep": 4, "Phung": 21}
    pages = rendered(found["02-Lang-Kep/1-phieu-lo-3.pdf"])
    assert sum(len(decoded(page)) for page in pages) == 4
    acts = select(AuditEvent.act).where(AuditEvent.act.like("fieldwork.%")).order_by(AuditEvent.id)
    assert list(db.session().scalars(acts))[-4:] == [
        "fieldwork.begin_set", "fieldwork.slips", "fieldwork.slips", "fieldwork.finish_set",
    ]  # fmt: skip
    again = front.post(form.action, data=form.data())
    assert (again.status_code, 'role="alert"' in again.text) == (409, True)
    assert "Thôn nào cũng đã đủ phiếu" in front.get(papers(survey)).text
    assert live_by_village(commune, survey) == {"Bang": 13, "Kep": 4, "Phung": 21}


@BOTH
def test_slips_are_committed_before_the_first_byte_of_their_folder_and_a_broken_download_is_told(
    commune, survey, front
):
    form = asked_by(front.get(papers(survey)).text)
    name = dict(form.fields)["set_id"]

    reply = front.post(form.action, data=form.data(), buffered=False)
    stream, received = reply.iter_encoded(), b""
    while b"01-Lang-Bang/1-phieu-lo-1.pdf" not in received:
        received += next(stream)
    at_the_first_folder = live_by_village(commune, survey)
    while b"02-Lang-Kep/1-phieu-lo-2.pdf" not in received:
        received += next(stream)
    reply.close()

    assert at_the_first_folder == {"Bang": 13, "Kep": 0, "Phung": 0}
    assert live_by_village(commune, survey) == {"Bang": 13, "Kep": 4, "Phung": 0}
    page = front.get(papers(survey)).text
    assert "chưa xong (2/3 thôn, 17 phiếu)" in page
    assert dict(asked_by(page).fields)["instead_of"] == name
    told = front.get(f"{form.action}/{name}.json")
    assert told.json == {"villages": 3, "made": 2, "slips": 17}


def test_a_finished_download_can_be_asked_to_be_voided_as_one(commune, survey, front):
    begin(survey)
    make(survey, *commune.villages.values())
    finish(survey)

    page = Page(front.get(papers(survey)).text)
    (link,) = [link["href"] for link in page.all("a") if "huy-bo-phieu" in link.get("href", "")]
    form = next(form for form in Page(front.get(link).text).forms if "reason" in dict(form.fields))
    reply = front.post(link, data=form.data(reason="Máy in hỏng"))

    assert reply.status_code == 302
    assert sum(live_by_village(commune, survey).values()) == 38


def test_who_may_not_print_makes_no_set_and_a_nameless_one_is_refused(app, commune, survey, sign_in):
    app.config["WTF_CSRF_ENABLED"] = False
    address = f"{papers(survey)}/ca-xa"

    statuses = [
        sign_in(role, commune.unit).post(address, data={"set_id": name}).status_code
        for role, name in (
            (Role.COMMUNE, uuid4().hex),
            (Role.CLERK, uuid4().hex),
            (Role.FRONT_COMMUNE, "x"),
        )
    ]

    assert statuses == [403, 403, 400]
    assert sign_in(Role.FRONT_COMMUNE, commune.unit).get(f"{address}/{uuid4().hex}.json").status_code == 404
    assert db.session().scalars(select(PrintSet)).all() == []
