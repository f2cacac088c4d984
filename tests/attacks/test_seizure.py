"""What a seizure surrenders: one test for each line of the table in the threat model.

One line is not applicable: "interviewer's phone, number of sealed envelopes". This release keeps no answers on an
assisting phone: there is no offline queue, an assisted answer is sent like any other, so there is nothing to seize.
"""

import hmac
import json
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from survey_app import db, keys
from survey_app.collecting import networks
from survey_app.collecting.models import NetworkCounter, Response, SealedResponse, SpentCode
from survey_app.fieldwork import codes
from survey_app.jobs import run_due
from survey_app.keys import KeyStore
from survey_app.quality.models import SealedParadataRow
from survey_app.sealing import documents, verification
from survey_app.sealing.models import Seal
from tests.attacks import linkage
from tests.attacks.conftest import NETWORKS, Fielded
from tests.attacks.test_linkage import Machine, linked

pytestmark = pytest.mark.both_engines


@pytest.fixture
def fielded(field) -> Fielded:
    """A few households of a village answered."""
    return field(pairs=40)


def everything_stored() -> str:
    """All rows of all tables, bytes in hexadecimal."""
    db.session().rollback()
    with db.database.engine.connect() as connection:
        rows = [
            row
            for table in sorted(linkage.tables(connection))
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    return "\n".join(
        " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in row) for row in rows
    )


def test_a_villagers_phone_after_sending_holds_a_receipt_and_the_way_to_the_result_but_no_answer(
    client, make_commune, make_survey, hand_out
):
    commune = make_commune()
    (code,) = hand_out(make_survey(commune), commune.villages["Phung"])
    form = client.get(f"/k/{code}")
    sent = client.post(
        f"/k/{code}", data={"_id": str(uuid.uuid4()), "planning": "dissatisfied", "transport": "satisfied"}
    )

    assert sent.status_code == 201
    for reply in (form, sent):
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in reply.headers
    for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."):
        assert word not in form.text + sent.text
    assert "dissatisfied" not in sent.text
    assert "satisfied" not in sent.text
    again = client.get(f"/k/{code}")
    assert again.status_code == 409
    assert "satisfied" not in again.text


def test_a_dump_after_sealing_holds_answers_by_village_and_spent_digests_but_no_code_and_no_household(
    fielded,
):
    fielded.seal()

    stored = everything_stored()

    assert all(pair.id in stored and pair.mac.hex() in stored for pair in fielded.pairs)
    written = {
        form for code in fielded.printed for form in (code, codes.normalise(code), code.replace("-", ""))
    }
    assert [code for code in written if code in stored] == []
    with db.database.engine.connect() as connection:
        columns = set(connection.execute(text("SELECT * FROM sealed_responses")).keys())
        assert columns == {"survey_id", "id", "unit_id", "channel", "version", "answers", "leaf"}
        assert set(connection.execute(text("SELECT * FROM spent_codes")).keys()) == {"survey_id", "code_mac"}
        assert set(connection.execute(text("SELECT * FROM slips")).keys()) == {
            "survey_id", "code_mac", "unit_id", "print_batch",
        }  # fmt: skip


def test_a_dump_before_sealing_links_digests_and_answers_but_holds_no_code(fielded):
    """The line that stays true until sealing: a transaction writes both, and says so in PostgreSQL's hidden columns."""
    stored = everything_stored()

    written = {form for code in fielded.printed for form in (code, codes.normalise(code))}
    assert [code for code in written if code in stored] == []
    strangers_pepper = bytes(32)
    guessed = {
        codes.mac(strangers_pepper, fielded.survey.id, codes.normalise(code)).hex()
        for code in fielded.printed
    }
    assert [mac for mac in guessed if mac in stored] == []


def test_a_dump_before_sealing_holds_groups_of_networks_and_no_network(fielded):
    stored = everything_stored()

    assert [network for network in NETWORKS if network in stored or network.partition("/")[0] in stored] == []
    pepper, key = (
        keys.store().pepper(fielded.survey.id),
        keys.store().network_key(fielded.survey.id),
    )
    assert key.hex() not in stored
    assert key != pepper


def test_without_the_key_the_group_of_a_network_is_guessed_and_with_it_it_stands_for_very_many(fielded):
    survey, village = fielded.survey.id, fielded.commune.villages["Phung"].id
    true_key = keys.store().network_key(survey)
    group = group_of(true_key, village, NETWORKS[0])

    strangers = [group_of(number.to_bytes(32), village, NETWORKS[0]) == group for number in range(640)]
    others = [
        group_of(true_key, village, f"{a}.{b}.7.0/24") == group for a in range(1, 200) for b in range(0, 250)
    ]

    assert sum(strangers) < 40, "one in 64 is luck"
    assert sum(others) > 500, "the same of all networks of IPv4 would be a quarter of a million"


def group_of(key: bytes, village: int, network: str) -> int:
    """The group as the product makes it, under any key."""
    return hmac.digest(key, f"{village}\0{network}".encode(), "sha256")[0] % networks.GROUPS


def test_the_attacker_makes_groups_as_the_product_does(fielded):
    survey, village = fielded.survey.id, fielded.commune.villages["Phung"].id
    row = db.session().get_one(NetworkCounter, (survey, village))
    key = keys.store().network_key(survey)

    used = {group_of(key, village, network) for network in NETWORKS}

    assert {place for place, answers in enumerate(row.answers) if answers} == used


def test_before_sealing_the_groups_of_a_village_are_one_row_that_names_no_answer(fielded):
    """On PostgreSQL the row carries the number of the last answer's transaction: it must not say which group that was."""
    with db.database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT * FROM network_counters WHERE survey_id = :number"), {"number": fielded.survey.id}
        )
        assert set(rows.keys()) == {"survey_id", "unit_id", "answers"}
        assert len(rows.all()) == 1


def test_after_sealing_no_group_and_no_key_of_a_network_is_left_but_the_size_of_the_largest(fielded):
    fielded.seal()
    run_due(datetime.now(UTC))

    assert db.session().query(NetworkCounter).filter_by(survey_id=fielded.survey.id).count() == 0
    assert fielded.survey.id not in keys.store().surveys_with_network_key()
    kept = db.session().query(SealedParadataRow).filter_by(survey_id=fielded.survey.id, sign="F6").all()
    assert [(row.unit_id, row.of) for row in kept] == [
        (fielded.commune.villages["Phung"].id, len(fielded.pairs))
    ]


def test_a_dump_with_the_peppers_after_sealing_says_of_a_photographed_slip_only_that_it_was_used(
    field, request
):
    fielded = field(pairs=200)
    photographed = fielded.pairs[0]
    fielded.seal()

    is_spent = db.session().get(SpentCode, (fielded.survey.id, fielded.mac(photographed.code)))

    assert is_spent is not None
    postgresql = db.database.engine.dialect.name == "postgresql"
    machine = Machine(request.getfixturevalue("cluster").folder if postgresql else None)
    channels = linked(machine, fielded)
    assert {name: right for name, right in channels.items() if right > 15} == {}


def test_logs_hold_no_address_agent_code_receipt_or_body(app, client, caplog, capfd, fielded):
    """The web server writes no access log at all; what the application logs is read here."""
    caplog.set_level("DEBUG")
    pair = fielded.pairs[0]
    sender = {"User-Agent": "Zalo-cua-ong-Nam", "X-Forwarded-For": "203.0.113.77"}

    client.get(f"/k/{pair.code}", headers=sender)
    client.get("/k/001-00000-00000-0", headers=sender)
    client.post("/kiem-tra", data={"receipt": pair.receipt}, headers=sender)
    client.post(
        "/api/v1/submissions", json={"code": pair.code, "answers": {"planning": "satisfied"}}, headers=sender
    )

    captured = capfd.readouterr()
    logged = caplog.text + captured.out + captured.err
    for secret in (
        pair.code,
        codes.normalise(pair.code),
        pair.receipt,
        pair.leaf,
        "Zalo-cua-ong-Nam",
        "203.0.113.77",
    ):
        assert secret not in logged


def test_who_has_the_signing_key_can_sign_again_but_not_match_the_digest_on_the_printed_minutes(
    fielded, tmp_path
):
    fielded.seal()
    seal = db.session().get_one(Seal, fielded.survey.id)
    on_paper, document, salt = seal.digest, seal.document, seal.salt
    stolen = KeyStore(keys.store().folder).signing_key()

    forged = json.loads(json.dumps(document))
    forged["tally"]["items"][0]["satisfied"] += 1
    other_digest = documents.digest(forged, salt)

    assert documents.is_signed(stolen.public_key(), other_digest, documents.sign(stolen, other_digest))
    assert other_digest[:20] != on_paper[:20]
    assert verification.verify(db.session(), fielded.survey.id, keys.store()).equal


def test_the_signing_key_opens_no_code_and_links_no_answer(app, fielded):
    """The keys are apart: the signature is over number and leaf, and the pepper does not follow from the key."""
    folder = keys.store().folder
    pepper = keys.store().pepper(fielded.survey.id)

    assert (folder / "signing").read_bytes() != pepper
    assert pepper.hex() not in everything_stored()
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert {oct(file.stat().st_mode & 0o777) for file in folder.rglob("*") if file.is_file()} == {"0o600"}
    assert db.session().query(SealedResponse).count() == 0
    assert db.session().query(Response).filter_by(survey_id=fielded.survey.id).count() == len(fielded.pairs)
