"""The command that checks sets, as somebody runs it who has nothing but Python and a file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey_app.collecting import leaves
from tests import verifying
from tests.tamperings import (
    KNOWN_KEY,
    SETS,
    TAMPERINGS,
    TAMPERINGS_ACTS,
    TAMPERINGS_ASKED_AGAIN,
    TAMPERINGS_PUBLISHED,
    edit_every_figure,
    genuine,
)

VERIFIER = Path(__file__).parents[2] / "verifier"


#: What a set of a seal without names, rule book and tables does not allow, and why.
OLD = {"names": "old_names", "rulebook": "old_rulebook", "published": "old_tables"}


@pytest.fixture
def verify(tmp_path: Path):
    """Run the command on a set; its exit status and the outcomes by check.

    In the process of the tests but where `plain` says whether it has any package: then as somebody runs it.
    """

    def run(
        found: dict[str, Any], *more: str, plain: bool | None = None
    ) -> tuple[int, dict[str, tuple[str, str]]]:
        if plain is None:
            here = verifying.verify(found, tmp_path, *more)
            return here.status, here.outcomes
        file = tmp_path / "set.json"
        file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        done = command(str(file), *more, "--json", plain=plain)
        told = json.loads(done.stdout)["checks"]
        return done.returncode, {line["check"]: (line["status"], line["where"]) for line in told}

    return run


def command(*arguments: str, plain: bool = False) -> subprocess.CompletedProcess[str]:
    without_packages = ["-S"] if plain else []
    return subprocess.run(
        [sys.executable, *without_packages, str(VERIFIER / "verify.py"), *arguments],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip


def statuses(outcomes: dict[str, tuple[str, str]], status: str) -> set[str]:
    return {check for check, (found, _where) in outcomes.items() if found == status}


def without_old(outcomes: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """The outcomes but for those that no set of an older seal allows, which must say so."""
    told = {check: outcomes.pop(check) for check in OLD}
    assert told == {check: ("not_possible", reason) for check, reason in OLD.items()}
    return outcomes


@pytest.mark.parametrize("plain", [False, True], ids=["with-packages", "python-alone"])
def test_a_genuine_auditor_set_passes_every_check(verify, plain):
    found = genuine("signed")

    status, outcomes = verify(
        found, "--key", found["seal"]["public_key"], "--paper-digest", found["seal"]["digest"][:20],
        "--previous", str(SETS / "signed.json"), "--receipt", found["leaves"][0], plain=plain,
    )  # fmt: skip

    assert status == 0
    assert statuses(outcomes, "ok") == outcomes.keys()
    assert set(found["checks"]) == outcomes.keys()


def test_an_auditor_set_of_the_second_format_says_that_names_and_tables_were_not_signed(verify):
    found = genuine("acts")

    status, outcomes = verify(
        found, "--key", found["seal"]["public_key"], "--paper-digest", found["seal"]["digest"][:20],
        "--previous", str(SETS / "acts.json"), "--receipt", found["leaves"][0],
    )  # fmt: skip

    assert status == 0
    assert statuses(without_old(outcomes), "ok") == outcomes.keys() == set(found["checks"])
    assert "tên xã, tên thôn không nằm trong bản đã ký" in _told(found, lang="vi").stdout


@pytest.mark.parametrize("plain", [False, True], ids=["with-packages", "python-alone"])
def test_an_auditor_set_of_the_first_format_passes_every_check_but_that_of_digests_it_has_not(verify, plain):
    found = genuine()

    status, outcomes = verify(
        found, "--key", KNOWN_KEY, "--paper-digest", found["seal"]["digest"][:20],
        "--previous", str(SETS / "auditor.json"), "--receipt", found["leaves"][0], plain=plain,
    )  # fmt: skip

    assert status == 0
    assert outcomes.pop("chain") == ("not_possible", "no_chain")
    assert statuses(without_old(outcomes), "ok") == outcomes.keys()
    assert set(found["checks"]) == outcomes.keys()


def test_a_genuine_public_set_passes_every_check_it_says_it_allows(verify):
    found = genuine("signed_public")

    status, outcomes = verify(
        found, "--key", found["seal"]["public_key"], "--paper-digest", found["seal"]["digest"][:20],
        "--previous", str(SETS / "signed.json"), "--receipt", found["leaves"][0],
    )  # fmt: skip

    assert status == 0
    assert statuses(outcomes, "ok") == set(found["checks"])
    assert {outcomes[check] for check in outcomes.keys() - set(found["checks"])} == {
        ("not_possible", "public_set")
    }


def test_a_public_set_of_the_first_format_stays_verifiable(verify):
    found = genuine("public")

    status, outcomes = verify(
        found, "--key", KNOWN_KEY, "--paper-digest", found["seal"]["digest"][:20],
        "--previous", str(SETS / "auditor.json"), "--receipt", found["leaves"][0],
    )  # fmt: skip

    assert status == 0
    assert statuses(outcomes, "ok") == set(found["checks"])
    assert outcomes["answers"] == ("not_possible", "public_set")


@pytest.mark.parametrize("name", TAMPERINGS_PUBLISHED)
def test_every_edited_figure_and_name_of_what_is_published_is_named(verify, name):
    tampered, check, place = TAMPERINGS_PUBLISHED[name](genuine("signed_public"))

    status, outcomes = verify(tampered)

    assert status == 1
    assert outcomes[check] == ("fail", place)


def test_all_edited_figures_are_named_and_not_the_first_alone(verify):
    found = genuine("signed_public")
    edited = edit_every_figure(found["disclosed"], "disclosed")

    _status, outcomes = verify(found)

    assert len(edited) > 40
    assert outcomes["published"][0] == "fail"
    assert sorted(outcomes["published"][1].split("; ")) == sorted(edited)


def test_nothing_that_agrees_with_a_statement_nobody_signed_is_called_right(verify):
    """Who edits a figure in both places makes a file that agrees with itself, under a digest that does not."""
    found = genuine("signed_public")
    for table in (found["disclosed"], found["seal"]["statement"]["tables"]["public"]["value"]):
        table["villages"][0]["band"]["low"] += 1

    status, outcomes = verify(found)

    assert status == 1
    assert outcomes["digest"] == ("fail", "seal.digest")
    assert outcomes["published"] == outcomes["names"] == ("not_possible", "not_signed")
    assert statuses(outcomes, "ok") == {"order", "signature"}


def test_a_table_edited_since_an_earlier_download_is_found_and_another_order_of_villages_is_not(verify):
    """Of an older seal this is the only way: its tables were not signed."""
    found = genuine("public")
    found["disclosed"]["villages"].reverse()
    listed_otherwise = verify(found, "--previous", str(SETS / "public.json"))[1]["previous"]
    found["disclosed"]["villages"][0]["band"] = {"kind": "at_least", "low": 99, "high": 100}
    village = found["disclosed"]["villages"][0]["unit"]

    edited = verify(found, "--previous", str(SETS / "public.json"))[1]["previous"]

    assert listed_otherwise == ("ok", "")
    assert edited == ("fail", f"disclosed.villages.{village}.band")


@pytest.mark.parametrize("audience", ["staff", "exact"])
def test_the_tables_of_officers_and_signers_follow_from_the_tallies(verify, audience):
    found = genuine("signed")
    table = found["seal"]["statement"]["tables"][audience]["value"]
    table["doors"]["phone"] += 1
    table["doors"]["paper"] -= 1

    _status, outcomes = verify(found)

    assert outcomes["totals"] == ("fail", f"seal.statement.tables.{audience}.doors.paper")


def test_a_channel_that_the_verifier_does_not_know_is_no_phone(verify):
    found = genuine("signed")
    for row in found["tallies"]:
        row["channel"] = row["channel"].replace("paper_entry", "letter")
    channels = found["seal"]["statement"]["channels"]["value"]
    channels["letter"] = channels.pop("paper_entry")

    _status, outcomes = verify(found)

    assert outcomes["totals"] == ("fail", "seal.statement.channels.letter")


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_of_the_twelve_tamperings_is_found_and_its_place_named(verify, name):
    tampered, check, place = TAMPERINGS[name](genuine())

    status, outcomes = verify(tampered, "--key", KNOWN_KEY, "--previous", str(SETS / "auditor.json"))

    assert status == 1
    assert outcomes[check] == ("fail", place)


def test_a_set_with_a_village_that_was_asked_again_passes_every_check(verify):
    for name in ("asked_again", "asked_again_public"):
        found = genuine(name)

        status, outcomes = verify(
            found, "--key", found["seal"]["public_key"], "--paper-digest", found["seal"]["digest"][:20],
            "--previous", str(SETS / "asked_again.json"), "--receipt", found["annulled_leaves"][0],
        )  # fmt: skip

        assert status == 0
        assert statuses(outcomes, "ok") == set(found["checks"])


def test_the_receipt_of_an_annulled_answer_is_found_and_said_not_to_count():
    found = genuine("asked_again_public")

    done = _told(found, "--receipt", found["annulled_leaves"][0])

    assert done.returncode == 0
    assert "the answers of its village were annulled: it is not counted" in done.stdout


@pytest.mark.parametrize("name", TAMPERINGS_ASKED_AGAIN)
def test_tampering_with_annulled_answers_is_found_and_its_place_named(verify, name):
    tampered, check, place = TAMPERINGS_ASKED_AGAIN[name](genuine("asked_again"))

    status, outcomes = verify(tampered)

    assert status == 1
    assert outcomes[check] == ("fail", place)


@pytest.mark.parametrize("name", TAMPERINGS_ACTS)
def test_tampering_with_acts_of_the_audit_log_is_found_and_its_place_named(verify, name):
    tampered, check, place = TAMPERINGS_ACTS[name](genuine("acts"))

    status, outcomes = verify(tampered, "--previous", str(SETS / "acts.json"))

    assert status == 1
    assert outcomes[check] == ("fail", place)


@pytest.mark.parametrize("name", ["key replaced and signed again", "rolled back to an older seal"])
def test_a_forgery_that_agrees_with_itself_is_found_only_beside_something_known(verify, name):
    tampered, _check, _place = TAMPERINGS[name](genuine())

    status, outcomes = verify(tampered)

    assert status == 0
    assert outcomes["key"] == ("not_possible", "no_key")
    assert outcomes["paper"] == ("not_possible", "no_paper")
    assert outcomes["previous"] == ("not_possible", "no_previous")


def test_the_digest_on_paper_gives_away_an_older_seal(verify):
    status, outcomes = verify(genuine("earlier"), "--paper-digest", genuine()["seal"]["digest"][:20])

    assert status == 1
    assert outcomes["paper"] == ("fail", "seal.digest")


def test_a_few_letters_of_the_digest_are_not_enough(verify):
    found = genuine()

    status, _outcomes = verify(found, "--paper-digest", found["seal"]["digest"][:6])

    assert status == 1


@pytest.mark.parametrize(
    ("change", "check", "place"),
    [
        pytest.param(lambda s: s["leaves"].pop(), "list", "leaves", id="leaf"),
        pytest.param(lambda s: s["disclosed"]["items"][0].update(satisfied=40), "tables", "disclosed.items.0.satisfied", id="item"),
        pytest.param(lambda s: s["disclosed"]["pooled"].update(n=70), "tables", "disclosed.pooled.n", id="rate"),
        pytest.param(lambda s: s["disclosed"]["villages"][0].update(answered=29), "tables", "disclosed.villages.0.coverage.n", id="village"),
        pytest.param(lambda s: s["instrument"]["questions"][0]["text"].update(vi="Đường"), "instrument", "instrument", id="form"),
        pytest.param(lambda s: s.update(sealed_at="2026-01-01"), "content", "sealed_at", id="moment"),
        pytest.param(lambda s: s["seal"]["statement"]["frame"][0].update(households=31), "frame", "seal.statement.households", id="frame"),
        pytest.param(lambda s: s["seal"].update(signature="zz"), "signature", "?", id="unreadable"),
        pytest.param(lambda s: s.pop("leaves"), "list", "?", id="missing"),
    ],
)  # fmt: skip
def test_tampering_with_a_public_set_is_found(verify, change, check, place):
    found = genuine("public")
    change(found)

    status, outcomes = verify(found)

    assert status == 1
    assert outcomes[check] == ("fail", place)


@pytest.mark.parametrize(
    ("change", "check", "place"),
    [
        pytest.param(lambda s: s["codes"].update(spent=43), "codes", "codes.spent", id="spent"),
        pytest.param(lambda s: s["codes"]["batches"].clear(), "codes", None, id="issued"),
        pytest.param(lambda s: s["audit"].clear(), "acts", "audit", id="audit"),
        pytest.param(lambda s: s.update(salt="00" * 32), "tallies", "tallies", id="salt"),
        pytest.param(lambda s: s["tallies"].append(s["tallies"][0]), "recount", "tallies", id="tally-twice"),
        pytest.param(lambda s: s["answers"].append(s["answers"][0]), "answers", "answers", id="answer-twice"),
        pytest.param(lambda s: s["answers"][0].update(version=True), "answers", None, id="true-is-not-one"),
    ],
)  # fmt: skip
def test_other_tampering_with_an_auditor_set_is_found(verify, change, check, place):
    found = genuine()
    change(found)

    status, outcomes = verify(found)

    assert status == 1
    assert outcomes[check][0] == "fail"
    assert place is None or outcomes[check][1] == place


def test_a_band_that_is_not_true_of_the_village_is_found(verify):
    found = genuine()
    place = next(n for n, village in enumerate(found["disclosed"]["villages"]) if village["band"])
    found["disclosed"]["villages"][place]["band"] = {"kind": "at_least", "low": 99, "high": 100}

    _status, outcomes = verify(found)

    assert outcomes["totals"] == ("fail", f"disclosed.villages.{place}.band")


def test_a_text_taken_out_leaves_its_hash_and_everything_agrees():
    found = genuine()
    row = next(row for row in found["answers"] if row["answers"]["remarks"])
    row["answers"]["remarks"] = {"sha256": _hash(row["answers"]["remarks"])}

    done = _told(found)

    assert done.returncode == 0
    assert "1 texts were taken out; their hashes fit" in done.stdout


def test_a_text_taken_out_with_a_wrong_hash_is_found(verify):
    found = genuine()
    row = next(row for row in found["answers"] if row["answers"]["remarks"])
    row["answers"]["remarks"] = {"sha256": "00" * 32}

    assert verify(found)[1]["answers"][0] == "fail"


def test_after_retention_the_raw_answers_are_missed_by_no_check():
    found = genuine()
    found["raw_answers_removed_on"] = "2027-06-01"
    for row in found["answers"]:
        row["answers"] = None

    done = _told(found)

    assert done.returncode == 0
    assert (
        done.stdout.count("this file says: raw answers removed on 2027-06-01; the digests alone are checked")
        == 2
    )


def test_a_receipt_that_is_not_in_the_list_fails(verify):
    status, outcomes = verify(genuine(), "--receipt", "00" * 32)

    assert status == 1
    assert outcomes["receipt"] == ("fail", "leaves")


def test_a_receipt_of_digits_is_found_by_its_own_survey_alone(verify):
    found = genuine() | {"survey": "0014"}
    printed = leaves.receipt("0014", found["leaves"][3])
    wrong = printed[:-1] + ("0" if printed[-1] != "0" else "1")

    outcomes = [
        verify(found, "--receipt", typed)[1]["receipt"][0]
        for typed in (
            printed,
            printed.removeprefix("BN ").replace(" ", ""),
            wrong,
            leaves.receipt("0015", "00" * 32),
        )
    ]

    assert outcomes == ["ok", "ok", "not_possible", "not_possible"]


def test_a_mistyped_receipt_accuses_nobody(verify):
    status, outcomes = verify(genuine(), "--receipt", "001-0000-0000-0000-0000-X")

    assert status == 0
    assert outcomes["receipt"] == ("not_possible", "bad_receipt")


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"format": "other"}', '{"format": "survey-set/1"}', "[" * 100_000]
)
def test_a_file_that_is_no_set_is_refused_in_one_line(tmp_path, content):
    file = tmp_path / "x.json"
    file.write_text(content)

    done = command(str(file))

    assert done.returncode == 1
    assert done.stderr.startswith("Không đọc được tệp này")
    assert "Traceback" not in done.stderr


def test_vietnamese_is_spoken_unless_english_is_asked_for():
    vietnamese, english = (command(str(SETS / "public.json"), "--lang", tag).stdout for tag in ("vi", "en"))

    assert "KẾT LUẬN: không thấy sai lệch" in vietnamese
    assert "RESULT: no difference found" in english


def test_the_verifier_imports_nothing_but_the_standard_library_and_cryptography():
    own = {file.stem for file in VERIFIER.glob("*.py")}
    lines = [line.split() for file in VERIFIER.glob("*.py") for line in file.read_text().splitlines()]
    imported = {
        words[1].split(".")[0] for words in lines if words[:1] in (["import"], ["from"]) and len(words) > 1
    }

    assert imported - own - sys.stdlib_module_names == {"cryptography"}


# RFC 8032, section 7.1, tests 1 to 3.
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_plain_arithmetic_agrees_with_the_vectors_of_rfc_8032(plainly, key, message, signature):
    changed = bytearray.fromhex(signature)
    changed[40] ^= 1

    assert plainly(key, message, signature)
    assert not plainly(key, message, changed.hex())
    assert not plainly(key, message + "00", signature)


def test_the_plain_arithmetic_refuses_a_signature_made_longer_by_the_order(plainly):
    key, message, signature = VECTORS[0]
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(bytes.fromhex(signature)[32:], "little") + order

    assert not plainly(key, message, signature[:64] + s.to_bytes(32, "little").hex())


def test_the_plain_arithmetic_accepts_what_the_library_signs(plainly):
    for number in range(8):
        key = Ed25519PrivateKey.generate()
        message = bytes([number]) * 32

        assert plainly(key.public_key().public_bytes_raw().hex(), message.hex(), key.sign(message).hex())


@pytest.fixture
def plainly(monkeypatch):
    """The verification without packages, by hexadecimal texts."""
    monkeypatch.syspath_prepend(VERIFIER)
    import ed25519

    return lambda *texts: ed25519.is_signed_plainly(*map(bytes.fromhex, texts))


def test_canonical_json_is_that_of_rfc_8785(monkeypatch):
    monkeypatch.syspath_prepend(VERIFIER)
    import canonical

    value = {
        "\U0001f600": 1,
        "\ufb33": 2,
        "é": [True, None, -5],
        "a": {'\u20ac\r\n\x0f"\\/': "ờ\x7f\u2028"},
        "": "😀",
    }

    assert canonical.dumps(value) == rfc8785.dumps(value)
    with pytest.raises(ValueError, match="float"):
        canonical.dumps([1.5])


def _told(found: dict[str, Any], *options: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(VERIFIER / "verify.py"), "/dev/stdin", "--lang", lang, *options],
        input=json.dumps(found), capture_output=True, text=True, check=False,
    )  # fmt: skip


def _hash(value: dict[str, str]) -> str:
    import hashlib

    return hashlib.sha256((value["salt"] + value["text"]).encode()).hexdigest()
