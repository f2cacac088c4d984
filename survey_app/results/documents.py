"""The document a seal signs: what was asked, of whom, what the commune answered, and what binds the rest.

It may be published with the commune's result, so it holds no count of a village: those are bound by a hash
under a salt, because the answers of a few hundred households could otherwise be guessed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from survey_app.fieldwork.models import Purpose
from survey_app.fieldwork.queries import FrameLine, SurveyView
from survey_app.results import counting, queries
from survey_app.results.counting import Count
from survey_app.scoring import scorecards, tallies


def build(
    survey: SurveyView, instrument_digest: str | None, frame: Iterable[FrameLine], count: Count, salt: str
) -> dict[str, Any]:
    """The seal document; plain JSON of texts and integers, the same whenever the same answers are counted."""
    lines = sorted(frame, key=lambda line: line.unit.code) if survey.purpose is Purpose.DECISION else []
    commune = scorecards.roll_up(survey.unit.code, queries.village_cards(survey, lines, count.tallies))
    return {
        "survey": survey.id,
        "unit": survey.unit.code,
        "purpose": survey.purpose.value,
        "rehearsal": survey.rehearsal,
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
    }


def hash_leaves(leaves: Sequence[str]) -> str:
    """SHA-256 over the canonical JSON of the sorted list of leaves."""
    return _sha256(sorted(leaves))


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document in the canonical JSON of RFC 8785, in hexadecimal."""
    return _sha256(dict(document))


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
