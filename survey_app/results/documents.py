"""The document a seal signs: what was asked, of whom, what the commune answered, and what binds the rest.

It holds no count of a village: those are bound by a hash under a salt, because the answers of a few hundred
households could otherwise be guessed. The commune's own counts are signed part by part under salts too, so that
everybody can be shown the signed statement with just the parts that may be told.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from survey_app.fieldwork.queries import FrameLine, SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.results import counting, queries
from survey_app.results.counting import Count
from survey_app.scoring import quartiles, scorecards, tallies

#: Parts of the statement that are signed under a salt of their own. `OPTIONS` is followed by a question's key.
COUNTS, SLIPS, CHANNELS, OPTIONS = "tally.counts", "tally.slips", "channels", "tally.options."
NUMBERS = "numbers"


def build(
    survey: SurveyView,
    instrument_digest: str | None,
    frame: Iterable[FrameLine],
    count: Count,
    annulled: Sequence[AnnulmentView],
    *,
    salt: str,
    sealed_at: datetime,
) -> dict[str, Any]:
    """The seal document; plain JSON of texts and integers, the same whenever the same answers are counted.

    Only a survey with a village that was asked again has the part on annulled answers, and only one that asks for
    numbers has the part on them.
    """
    lines = sorted(frame, key=lambda line: line.unit.code) if survey.purpose.asks_households else []
    commune = scorecards.roll_up(survey.unit.code, queries.village_cards(survey, lines, count.tallies))
    set_aside = {"annulled": _annulled(count, annulled)} if annulled else {}
    numbers = {NUMBERS: quartiles.dump(count.numbers)} if quartiles.asked(survey.instrument) else {}
    return {
        "survey": survey.id,
        "unit": survey.unit.code,
        "purpose": survey.purpose.value,
        "rehearsal": survey.rehearsal,
        "sealed_at": sealed_at.astimezone(UTC).isoformat(),
        "instrument": {
            "key": survey.instrument.key,
            "version": survey.instrument.version,
            "digest": instrument_digest,
        },
        "frame": [_frame_line(line) for line in lines],
        "households": commune.households,
        "tally": tallies.dump(commune.tally),
        "channels": dict(sorted(commune.channels.items())),
        "tallies": _hash_tallies(salt, counting.unit_codes(survey, lines), count),
        "leaves": hash_leaves(count.leaves),
        **set_aside,
        **numbers,
    }


def hash_leaves(leaves: Sequence[str]) -> str:
    """SHA-256 over the canonical JSON of the sorted list of leaves."""
    return _sha256(sorted(leaves))


def statement(document: Mapping[str, Any], salt: str, opened: Collection[str] = ()) -> dict[str, Any]:
    """What is signed: the document with its counts as salted hashes; parts named in `opened` show salt and value.

    Whoever holds an opened part makes its hash again, so the digest is the same whatever is opened. A part's
    salt follows from the seal's and tells nothing of the others.
    """

    def part(name: str, value: Any) -> dict[str, Any]:
        own_salt = hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()
        shown = {"salt": own_salt, "value": value}
        return shown if name in opened else {"sha256": _sha256(shown)}

    tally = document["tally"]
    counts = {key: tally[key] for key in ("valid", "invalid", "items", "closing")}
    slips = {key: tally[key] for key in ("dissatisfied_slips", "satisfied_slips")}
    options = {key: part(OPTIONS + key, found) for key, found in tally["options"].items()}
    signed_tally = {"counts": part(COUNTS, counts), "slips": part(SLIPS, slips), "options": options}
    numbers = {NUMBERS: part(NUMBERS, document[NUMBERS])} if NUMBERS in document else {}
    return {**document, "tally": signed_tally, "channels": part(CHANNELS, document["channels"]), **numbers}


def options(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of the unscored closed questions that the document counts."""
    return tuple(document["tally"]["options"])


def digest(document: Mapping[str, Any], salt: str) -> str:
    """SHA-256 of the closed statement in the canonical JSON of RFC 8785, in hexadecimal."""
    return _sha256(statement(document, salt))


def sign(key: Ed25519PrivateKey, sealed_digest: str) -> str:
    """The signature over the bytes of the digest, in hexadecimal."""
    return key.sign(bytes.fromhex(sealed_digest)).hex()


def is_signed(key: Ed25519PublicKey, sealed_digest: str, signature: str) -> bool:
    """Whether `signature` is the server's over this digest."""
    try:
        key.verify(bytes.fromhex(signature), bytes.fromhex(sealed_digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def first_difference(one: object, other: object, where: str = "") -> str | None:
    """The first place, like `tally.items.3.satisfied`, where two documents differ; None if they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [(key, one.get(key, ...), other.get(key, ...)) for key in sorted(one.keys() | other.keys())]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(str(place), one[place], other[place]) for place in range(len(one))]
    else:
        return None if type(one) is type(other) and one == other else where or "."
    found = (first_difference(a, b, f"{where}.{key}" if where else key) for key, a, b in pairs)
    return next((place for place in found if place), None)


def _hash_tallies(salt: str, unit_codes: Mapping[int, str], count: Count) -> str:
    """SHA-256 over the canonical JSON of the salt and all tallies, by unit code and channel."""
    rows = [
        {"unit": unit_codes[unit_id], "channel": channel, "tally": tallies.dump(tally)}
        for (unit_id, channel), tally in count.tallies.items()
    ]
    return _sha256({"salt": salt, "tallies": sorted(rows, key=lambda row: (row["unit"], row["channel"]))})


def _annulled(count: Count, annulled: Iterable[AnnulmentView]) -> dict[str, Any]:
    """What was set aside: the list of its leaves, and for each village how many answers, when and why."""
    return {
        "leaves": hash_leaves(count.annulled_leaves),
        "villages": [
            {
                "unit": found.unit.code,
                "round": found.round,
                "answers": found.answers,
                "reason": found.reason,
                "annulled_at": found.annulled_at.astimezone(UTC).isoformat(),
            }
            for found in sorted(annulled, key=lambda one: (one.unit.code, one.round))
        ],
    }


def _frame_line(line: FrameLine) -> dict[str, Any]:
    return {
        "unit": line.unit.code,
        "households": line.households,
        "source": line.source,
        "as_of": line.as_of.isoformat(),
        "corrections": [
            {
                "before": correction.households_before,
                "households": correction.households,
                "reason": correction.reason,
                "at": correction.corrected_at.isoformat(),
            }
            for correction in line.corrections
        ],
    }


def _sha256(value: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
