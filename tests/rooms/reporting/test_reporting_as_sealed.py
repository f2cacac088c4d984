"""A sealed result stays as it was sealed, whatever the register and the province say afterwards."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from survey_app import db, keys
from survey_app.access import Role
from survey_app.authoring import triggers as frozen
from survey_app.authoring.models import InstrumentRecord
from survey_app.campaigns import queries
from survey_app.fieldwork import frames
from survey_app.fieldwork.models import SealedUnit, Survey
from survey_app.i18n import force_locale
from survey_app.reporting import minutes_of_commune, notice_papers, papers, printing, table_of_commune
from survey_app.reporting.layout import Signer
from survey_app.results import machine, postings, sets
from survey_app.results.postings import Noted
from survey_app.rulebooks import operations as rulebooks
from survey_app.rulebooks.models import FrameworkVersion
from survey_app.sealing import documents, triggers, verification
from survey_app.sealing import queries as results
from survey_app.units import queries as units
from survey_app.units.models import Unit
from tests import verifying
from tests.readers import words
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY, Surveys

RESULT = "/can-bo/dot/0001"
#: Later than everything that is compared, and the same for both times.
PRINTED_AT = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)
PAGES = (
    "/ket-qua/0001",
    "/ket-qua/0001/so-lieu.csv",
    "/ket-qua/0001/so-lieu.json",
    "/ket-qua/nam/2026",
    "/ket-qua/nam/2026.csv",
    RESULT,
    f"{RESULT}/ket-qua",
    f"{RESULT}/ket-qua.csv",
    f"{RESULT}/doi-chieu",
    f"{RESULT}/giay-to",
    f"{RESULT}/niem-yet",
    f"{RESULT}/ky",
    "/can-bo/tinh/2026",
    "/can-bo/tinh/2026/doi-chieu",
    "/can-bo/tinh/2026.csv",
    "/can-bo/luu-giu",
)


@pytest.fixture
def counted(app):
    """A survey whose phones closed, in two villages, one of which has a former commune."""
    made = Surveys(db.session())
    made.make(households={"Một": 90, "Hai": 60})
    made.village("Một").old_unit = "Ia Cũ"
    made.answer("0001", "Một", HAPPY, times=60)
    made.answer("0001", "Hai", HAPPY, times=20)
    made.answer("0001", "Hai", UNHAPPY, times=15)
    made.other_commune()
    return made


@pytest.fixture
def sealed(counted):
    """The same, sealed and posted."""
    counted.seal()
    for line in frames.frame(db.session(), "0001"):
        with db.transaction() as current:
            noted = Noted(line.unit.id, "Nhà văn hóa", NOW.date(), None)
            postings.record(current, "0001", noted, actor="user:1", now=NOW)
    return counted


def exchange_names(surveys):
    """What an office may do in the register on any day: names, kinds and former communes of villages and communes."""
    one, other = surveys.village("Một"), surveys.village("Hai")
    neighbour = db.session().query(Unit).filter_by(name="Khác").one()
    with db.transaction() as current:
        for unit, name, kind, former in (
            (one.id, "Hai", "lang", ""),
            (other.id, "Một", "buon", "Ia Khác"),
            (surveys.commune.id, "Khác", "phuong", ""),
            (neighbour.id, "Mẫu", "xa", ""),
        ):
            current.execute(update(Unit).where(Unit.id == unit).values(name=name, kind=kind, old_unit=former))


def choose_another_book(surveys):
    with db.transaction() as current:
        rulebooks.use_framework(
            current, surveys.province.id, NOW.year, "mau-trinh-dien", actor="user:1", now=NOW
        )


def everything(public_url="https://khaosat.example.vn"):
    """Every record of the result, and every paper before it is laid out on sheets, as the evidence pack holds them."""
    session, key = db.session(), keys.store().public_keys()
    exact = papers.exact(session, "0001")
    with force_locale("vi"):
        minutes = minutes_of_commune.paper(exact, PRINTED_AT, Signer.CHAIR)
        table = table_of_commune.paper(exact, PRINTED_AT, Signer.CHAIR)
    notices = [papers.notice(session, "0001", unit.code) for unit in papers.villages(session, "0001")]
    return {
        "minutes": printing.html([minutes]),
        "table": printing.html([table]),
        "findings": exact.judged.verdicts.findings,
        "notices": printing.html([notice_papers.notice(one, public_url, PRINTED_AT) for one in notices]),
        "public": sets.public_set(session, "0001", key),
        "auditor": sets.auditor_set(session, "0001", key),
        "machine": machine.scorecard(results.scorecard(session, "0001")),
        "postings": [one.unit.full_name for one in postings.postings(session, "0001")],
    }


@pytest.mark.both_engines
def test_neither_names_nor_verdicts_change_under_the_digest(sealed):
    before = everything()

    exchange_names(sealed)
    choose_another_book(sealed)

    after = everything()
    assert after == before
    assert "Thôn Một (xã cũ Ia Cũ)" in after["table"]
    assert verification.verify(db.session(), "0001", keys.store()).equal


@pytest.mark.usefixtures("undrawn")
def test_what_the_pack_holds_does_not_change_either(app, client, sealed):
    sealed.sign_in(app, Role.FRONT_PROVINCE, sealed.province)

    def pack():
        archive = zipfile.ZipFile(io.BytesIO(client.get(f"{RESULT}/ho-so.zip").data))
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith(("05", "06", "07", "08", "10"))
        }

    before = pack()
    exchange_names(sealed)
    choose_another_book(sealed)

    assert len(before) == 5
    assert pack() == before


@pytest.mark.parametrize("role", [Role.FRONT_PROVINCE, Role.PROVINCE, Role.FRONT_COMMUNE, Role.COMMUNE])
def test_no_page_or_file_shows_a_sealed_result_under_another_name(app, client, sealed, role):
    exchange_names(sealed)
    place = sealed.province if role in {Role.FRONT_PROVINCE, Role.PROVINCE} else sealed.commune
    sealed.sign_in(app, role, place)

    shown = {page: client.get(page) for page in PAGES}

    for page, reply in shown.items():
        for name in ("Làng Hai", "Buôn Một", "Ia Khác"):
            assert name not in reply.text, page
    assert "Xã Mẫu" in shown["/ket-qua/0001"].text
    assert "Thôn Hai" in shown[f"{RESULT}/ket-qua"].text


def test_the_row_of_the_province_names_the_commune_as_it_was_sealed_and_as_it_is_called_now(
    app, client, sealed
):
    exchange_names(sealed)
    sealed.sign_in(app, Role.PROVINCE, sealed.province)

    page = " ".join(client.get("/can-bo/tinh/2026").text.split())
    board = queries.board(db.session(), units.unit(db.session(), sealed.province.id), 2026, NOW)
    (row,) = (row for row in board.rows if row.survey_id == "0001")

    assert (row.unit.kind, row.in_scope, board.in_scope) == ("xa", True, 2)
    assert 'Xã Mẫu <small class="muted">(nay: Phường Khác)</small>' in page


@pytest.mark.both_engines
def test_a_name_changed_beside_the_seal_is_refused_and_found(sealed):
    village, change = sealed.village("Một").id, update(SealedUnit).values(printed="Thôn Khác")
    with pytest.raises(DBAPIError, match="never change"), db.transaction() as current:
        current.execute(change)
    db.session().close()
    with db.database.engine.begin() as above:
        for statement in triggers.drop(above.dialect.name):
            above.exec_driver_sql(statement)
        above.execute(change.where(SealedUnit.unit_id == village))

    found = verification.verify(db.session(), "0001", keys.store())

    assert not found.equal
    assert "printed" in found.first_difference


@pytest.mark.both_engines
def test_a_contact_or_a_rule_book_changed_under_the_digest_is_found(sealed):
    with db.transaction() as current:
        current.execute(update(Survey).values(contact="Ông Khác, 0269 999 999"))
    contact = verification.verify(db.session(), "0001", keys.store()).first_difference
    with db.transaction() as current:
        current.execute(update(Survey).values(contact="Bà Hoa, 0269 000 000", rulebook_chosen=True))
    book = verification.verify(db.session(), "0001", keys.store()).first_difference
    with db.transaction() as current:
        current.execute(update(Survey).values(rulebook_chosen=False))
        current.execute(update(FrameworkVersion).values(document={"key": "x"}))
    document = verification.verify(db.session(), "0001", keys.store()).first_difference

    assert ("printed.contact" in contact, "rulebook.chosen" in book) == (True, True)
    assert "Bộ tiêu chí" in document


@pytest.mark.both_engines
def test_a_wording_changed_under_its_digest_is_found(sealed):
    form = db.session().scalars(select(InstrumentRecord.document)).one()
    form = {**form, "title": {"vi": "Phiếu khác"}}
    db.session().close()
    with db.database.engine.begin() as above:
        for statement in frozen.drop(above.dialect.name):
            above.exec_driver_sql(statement)
        above.execute(update(InstrumentRecord).values(document=form))

    assert (
        verification.verify(db.session(), "0001", keys.store()).first_difference == "cách hỏi trên mẫu phiếu"
    )


@pytest.fixture
def sealed_before(counted, monkeypatch):
    """The same, as a release sealed it whose seals held neither names nor tables."""
    build = documents.build
    with monkeypatch.context() as earlier:
        earlier.setattr(
            documents, "build", lambda *of, **beside: documents.in_form_of({}, build(*of, **beside))
        )
        counted.seal()
    return counted


@pytest.mark.both_engines
@pytest.mark.usefixtures("undrawn")
def test_a_result_of_an_older_seal_stays_equal_and_every_page_and_paper_says_what_was_not_signed(
    app, client, sealed_before
):
    sealed_before.sign_in(app, Role.FRONT_COMMUNE)

    told = [
        client.get("/ket-qua/0001").text,
        client.get(f"{RESULT}/ket-qua").text,
        client.get(f"{RESULT}/ket-qua.csv").text,
        *(
            words(client.get(f"{RESULT}/{name}.pdf").data)
            for name in ("giay-to/bien-ban-kiem-phieu", "giay-to/bang-tong-hop", "ban-niem-yet")
        ),
    ]

    assert verification.verify(db.session(), "0001", keys.store()).equal
    assert [" ".join(text.split()).count("không nằm trong bản đã ký") for text in told] == [1] * len(told)


@pytest.mark.both_engines
def test_the_sets_of_an_older_seal_keep_their_format_and_the_verifier_says_what_was_not_signed(
    sealed_before, tmp_path
):
    key = keys.store().public_keys()
    for found, version in (
        (sets.public_set(db.session(), "0001", key), 1),
        (sets.auditor_set(db.session(), "0001", key), 2),
    ):
        (tmp_path / "set.json").write_text(json.dumps(found), encoding="utf-8")

        told = verifying.command(tmp_path / "set.json")

        assert (found["format"], told.status) == (f"survey-set/{version}", 0)
        assert told.stdout.count("không nằm trong bản đã ký") == 3
