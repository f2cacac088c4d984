"""Packs in the background: ordered in one press, never made twice, begun again after a restart, erased in time."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db, jobs
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.fieldwork.models import State, Survey
from survey_app.reporting import pack, spool
from survey_app.reporting.pack import Packed
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW, Surveys

PAGE = "/can-bo/ho-so"
TAKEN = "/can-bo/dot/0001/ho-so-da-lap.zip"


@pytest.fixture
def sealed(app):
    made = Surveys(db.session())
    for number, village in (("0001", "Linh Cang"), ("0002", "Hà Lam")):
        commune = (
            made.commune if number == "0001" else made._unit("98002", "commune", "xa", "Hai", made.province)
        )
        made.make(number, households={village: 30}, commune=commune)
        made.answer(number, village, HAPPY, times=25)
        made.seal(number)
    return made


@pytest.fixture
def drawn(monkeypatch):
    """The surveys whose packs were begun; a pack is some bytes here, for what is in one is not the subject."""
    begun = []

    def write(_session, survey_id, stream, **_how):
        begun.append(survey_id)
        stream.write(b"PK of " + survey_id.encode())
        return Packed(33, "f" * 64)

    monkeypatch.setattr(pack, "write", write)
    return begun


def test_one_press_has_all_packs_of_the_year_made_and_each_is_fetched_under_ones_name(
    app, client, sealed, drawn
):
    sealed.sign_in(app, Role.PROVINCE, sealed.province)

    form = Page(client.get(PAGE).text).form(method="post", action=PAGE)
    assert client.post(PAGE, data=form.data(year="2026")).status_code == 303
    assert client.get(TAKEN).status_code == 404
    waiting = client.get(f"{PAGE}?lang=en").text
    done = jobs.run_due(datetime.now(UTC))["reporting.packs"]

    assert "0 of 2 packs are made" in waiting
    assert done == 2
    assert drawn == ["0001", "0002"]
    assert "2 of 2 packs are made" in client.get(f"{PAGE}?lang=en").text
    assert client.get(TAKEN).data == b"PK of 0001"
    db.session().rollback()
    taken = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "reporting.pack")).one()
    assert taken.details == {"files": 33, "manifest": "f" * 64}


def test_a_pack_is_made_again_only_after_something_was_done_to_its_survey(app, client, sealed, drawn):
    sealed.sign_in(app, Role.PROVINCE, sealed.province)
    now = datetime.now(UTC)
    for _time in range(2):
        spool.order(db.session(), "0001", now)
        spool.work(now)
    client.get(TAKEN)
    spool.order(db.session(), "0001", now)
    assert (spool.work(now), drawn) == (0, ["0001"])

    with db.transaction() as current:
        current.add(
            AuditEvent(
                id=10**6,
                at=NOW,
                actor="operator",
                act="results.sign",
                subject="survey:0001",
                details={},
                previous="",
                digest="x",
            )
        )
    spool.order(db.session(), "0001", now)

    assert spool.work(now) == 1
    assert drawn == ["0001", "0001"]


def test_what_was_cut_off_is_begun_again_and_nobody_works_beside_another(app, sealed, drawn, monkeypatch):
    now, write = datetime.now(UTC), pack.write
    spool.order(db.session(), "0001", now)

    def killed(*_args, **_how):
        assert spool.is_at_work()
        assert spool.work(now) == 0
        raise KeyboardInterrupt

    monkeypatch.setattr(pack, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        spool.work(now)
    (begun,) = spool.orders(["0001"])
    monkeypatch.setattr(pack, "write", write)

    assert (begun.tries, begun.waits, spool.is_at_work()) == (1, True, False)
    assert spool.work(now) == 1
    assert list(app.extensions["settings"].instance.glob("packs/*.part")) == []


def test_a_pack_that_fails_three_times_or_of_an_annulled_result_stops_waiting(app, sealed, monkeypatch):
    now = datetime.now(UTC)
    spool.order(db.session(), "0001", now)
    spool.order(db.session(), "0002", now)
    sealed.session.get(Survey, "0002").state = State.ANNULLED
    sealed.session.commit()

    def broken(_session, survey_id, *_args, **_how):
        raise RuntimeError(survey_id)

    with monkeypatch.context() as patched:
        patched.setattr(pack, "write", broken)
        for _time in range(3):
            with pytest.raises(RuntimeError):
                spool.work(now)

    assert spool.work(now) == 0
    assert [one.has_failed for one in spool.orders(["0001", "0002"])] == [True, True]


def test_finished_packs_are_readable_by_the_server_alone_and_erased_after_a_week(app, sealed, drawn):
    now = datetime.now(UTC)
    spool.order(db.session(), "0001", now)
    spool.work(now)
    (made,) = spool.orders(["0001"])

    assert spool.content(made).stat().st_mode & 0o077 == 0
    spool.work(now + spool.KEPT + timedelta(hours=1))
    assert spool.orders(["0001"]) == ()
    assert spool.content(made) is None


@pytest.mark.usefixtures("undrawn")
def test_a_real_pack_comes_out_whole(app, sealed):
    now = datetime.now(UTC)
    spool.order(db.session(), "0001", now)
    assert spool.work(now) == 1

    (made,) = spool.orders(["0001"])
    archive = zipfile.ZipFile(io.BytesIO(spool.content(made).read_bytes()))
    assert archive.testzip() is None
    assert len(archive.namelist()) == made.files + 2


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.CLERK, Role.VIEWER])
def test_who_may_not_take_packs_neither_orders_nor_sees_them(app, client, sealed, role):
    sealed.sign_in(app, role)

    assert client.get(PAGE).status_code == client.post(PAGE, data={"year": "2026"}).status_code == 403
    assert client.get(TAKEN).status_code == 403
