"""The document a seal signs: what was asked, of whom, what the commune answered, and what binds the rest.

Names of units, plan, contact and rule book are in it as pages and papers print them. Its counts are signed part by
part under salts, the table of each audience among them, so that everybody can be shown the signed statement with just
the parts that may be said. It holds no exact count of a village: those are bound by hashes under a salt, because the
answers of a few hundred households could otherwise be guessed.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.authoring import queries as instruments
from survey_app.collecting.models import SpentCode
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import SlipRow
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.rulebooks.pins import Pin
from survey_app.scoring import quartiles, scorecards, tallies
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import counting, queries, tables
from survey_app.sealing.counting import Count
from survey_app.units.queries import UnitView

#: Parts of the statement that are signed under a salt of their own. `OPTIONS` is followed by a question's key.
#: `TABLES` by that of an audience.
COUNTS, SLIPS, CHANNELS, OPTIONS = "tally.counts", "tally.slips", "channels", "tally.options."
NUMBERS, TABLES, CODES = "numbers", "tables.", "codes"


#: Letters of a public key that tell it from the others of one server; `verifier/` has the same.
_KEY_ID_LETTERS = 16

#: A document of this form holds names as they are printed, the rule book, and the table of each audience. Documents
#: without a form were sealed before that, and stay as they are.
FORM = 2
#: What such a document has more than one without a form, beside the names in its frame.
_SINCE_FORM_2 = ("form", "printed", "rulebook", "tables", "codes")
_NAMES = ("kind", "name", "old_unit", "printed")


@dataclass(frozen=True, slots=True)
class Material:
    """What a seal document is made of."""

    survey: SurveyView
    instrument_digest: str | None
    frame: tuple[FrameLine, ...]
    count: Count
    annulled: Sequence[AnnulmentView]
    #: As `made_codes` counts them.
    codes: Mapping[str, Any]
    #: Whether an earlier figure is public and too few answers came after it.
    withheld: bool


def material(
    session: Session,
    survey: SurveyView,
    frame: Iterable[FrameLine],
    count: Count,
    annulled: Sequence[AnnulmentView],
) -> Material:
    """What is known of the survey now; `count` and `annulled` are of its answers."""
    lines = sorted(frame, key=lambda line: line.unit.code) if survey.purpose.asks_households else []
    return Material(
        survey=survey,
        instrument_digest=instruments.instrument(session, survey.instrument_id).digest,
        frame=tuple(lines),
        count=count,
        annulled=annulled,
        codes=made_codes(session, survey.id, counting.unit_codes(survey, lines)),
        withheld=queries.few_came_after(session, survey, len(count.leaves)),
    )


def build(of: Material, *, salt: str, sealed_at: datetime) -> dict[str, Any]:
    """The seal document; plain JSON of texts and integers, the same whenever the same answers are counted.

    Only a survey with a village that was asked again has the part on annulled answers, and only one that asks for
    numbers has the part on them.
    """
    survey, count = of.survey, of.count
    villages = queries.village_cards(survey, of.frame, count.tallies)
    commune = replace(scorecards.roll_up(survey.unit.code, villages), numbers=count.numbers)
    shown = villages if survey.purpose.asks_households else ()
    set_aside = {"annulled": _annulled(count, of.annulled)} if of.annulled else {}
    numbers = {NUMBERS: quartiles.dump(count.numbers)} if quartiles.asked(survey.instrument) else {}
    return {
        "form": FORM,
        "survey": survey.id,
        "unit": survey.unit.code,
        "printed": _printed(survey),
        "purpose": survey.purpose.value,
        "rehearsal": survey.rehearsal,
        "sealed_at": sealed_at.astimezone(UTC).isoformat(),
        "instrument": {
            "key": survey.instrument.key,
            "version": survey.instrument.version,
            "digest": of.instrument_digest,
        },
        "rulebook": _rulebook(survey.rulebook),
        "frame": [_frame_line(line) for line in of.frame],
        "households": commune.households,
        "tally": tallies.dump(commune.tally),
        "channels": dict(sorted(commune.channels.items())),
        "tallies": _hash_tallies(salt, counting.unit_codes(survey, of.frame), count),
        "leaves": hash_leaves(count.leaves),
        "tables": _tables(tables.of_everybody(commune, shown, withheld=of.withheld), salt),
        "codes": dict(of.codes),
        **set_aside,
        **numbers,
    }


def in_form_of(sealed: Mapping[str, Any], rebuilt: dict[str, Any]) -> dict[str, Any]:
    """A document built today in the form of one that was sealed, to be compared with it."""
    if "form" in sealed:
        return rebuilt
    first = {key: value for key, value in rebuilt.items() if key not in _SINCE_FORM_2}
    if NUMBERS not in sealed:
        # It was sealed before numbers were counted.
        first.pop(NUMBERS, None)
    first["frame"] = [
        {key: value for key, value in line.items() if key not in _NAMES} for line in first["frame"]
    ]
    return first


def tables_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tables that were signed, by audience, but for that with every count; none in a document without a form."""
    return {name: table for name, table in document.get("tables", {}).items() if name != Audience.EXACT}


def made_codes(session: Session, survey_id: str, unit_codes: Mapping[int, str]) -> dict[str, Any]:
    """How many codes were made for each village and how many were used in all. No code is here."""
    spent = select(func.count()).select_from(SpentCode).where(SpentCode.survey_id == survey_id)
    slips = (
        select(SlipRow.unit_id, func.count())
        .where(SlipRow.survey_id == survey_id)
        .group_by(SlipRow.unit_id)
        .order_by(SlipRow.unit_id)
    )
    made = {unit_codes.get(unit_id, ""): slips for unit_id, slips in session.execute(slips)}
    return {
        "spent": session.scalars(spent).one(),
        "slips": dict(sorted(made.items())),
        "batches": [
            {
                "unit": unit_codes.get(batch.unit_id, ""),
                "slips": batch.slips,
                "made_at": batch.made_at.isoformat(),
                "voided_at": batch.voided_at.isoformat() if batch.voided_at else None,
            }
            for batch in surveys.batches(session, survey_id)
        ],
    }


def hash_leaves(leaves: Sequence[str]) -> str:
    """SHA-256 over the canonical JSON of the sorted list of leaves."""
    return _sha256(sorted(leaves))


def statement(
    document: Mapping[str, Any],
    salt: str,
    opened: Collection[str] = (),
    exact: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What is signed: the document with its counts as salted hashes; parts named in `opened` show salt and value.

    Who holds an opened part makes its hash again, so the digest is the same whatever is opened. A part's
    salt follows from the seal's and tells nothing of the others. `exact` is the table with every count of the
    villages, which the document holds as a hash alone, for those who may have it.
    """

    def part(name: str, value: Any) -> dict[str, Any]:
        shown = _salted(salt, name, value)
        return shown if name in opened else {"sha256": _sha256(shown)}

    tally = document["tally"]
    counts = {key: tally[key] for key in ("valid", "invalid", "items", "closing")}
    slips = {key: tally[key] for key in ("dissatisfied_slips", "satisfied_slips")}
    options = {key: part(OPTIONS + key, found) for key, found in tally["options"].items()}
    signed_tally = {"counts": part(COUNTS, counts), "slips": part(SLIPS, slips), "options": options}
    closed = {"tally": signed_tally, "channels": part(CHANNELS, document["channels"])}
    if NUMBERS in document:
        closed[NUMBERS] = part(NUMBERS, document[NUMBERS])
    if "form" in document:
        parts = {name: part(TABLES + name, table) for name, table in tables_of(document).items()}
        hashed = document["tables"][Audience.EXACT]
        parts[Audience.EXACT] = hashed if exact is None else _salted(salt, TABLES + Audience.EXACT, exact)
        closed["tables"] = parts
        closed["codes"] = part(CODES, document["codes"])
    return {**document, **closed}


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


def signed_with(
    keys: Iterable[Ed25519PublicKey], sealed_digest: str, signature: str
) -> Ed25519PublicKey | None:
    """The one of the server's keys, in force or earlier, that signed this digest; None where none did."""
    return next((key for key in keys if is_signed(key, sealed_digest, signature)), None)


def key_id(key: Ed25519PublicKey) -> str:
    """What people tell a public key by: its first sixteen letters."""
    return key.public_bytes_raw().hex()[:_KEY_ID_LETTERS]


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


def _tables(shown: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """Tables as the document holds them: that with every count of the villages as a salted hash."""
    exact = _salted(salt, TABLES + Audience.EXACT, shown[Audience.EXACT])
    return {**shown, Audience.EXACT.value: {"sha256": _sha256(exact)}}


def _salted(salt: str, name: str, value: Any) -> dict[str, Any]:
    return {"salt": hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest(), "value": value}


def _printed(survey: SurveyView) -> dict[str, Any]:
    """What pages and papers say of the survey beside its figures."""
    return {
        **_names(survey.unit),
        "plan_number": survey.plan_number,
        "plan_date": survey.plan_date.isoformat() if survey.plan_date else None,
        "aim": survey.aim,
        "contact": survey.contact,
        "opens_at": _moment(survey.opens_at),
        "closes_at": _moment(survey.closes_at),
        "phones_closed_at": _moment(survey.phones_closed_at) if survey.phones_closed_at else None,
        "confirmed": survey.confirmed,
        "stand_ins": [role.value for role in survey.stand_ins],
        # Only where there is one, so that statements sealed before there was such a thing stay as they are.
        **({"level": survey.level} if survey.level else {}),
        **({"notices": survey.notices.text} if survey.notices else {}),
    }


def _names(unit: UnitView) -> dict[str, str]:
    return {"kind": unit.kind, "name": unit.name, "old_unit": unit.old_unit, "printed": unit.full_name}


def _rulebook(pin: Pin | None) -> dict[str, Any] | None:
    if pin is None:
        return None
    return {"key": pin.key, "version": pin.version, "digest": pin.digest, "chosen": pin.is_chosen}


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _frame_line(line: FrameLine) -> dict[str, Any]:
    return {
        "unit": line.unit.code,
        **_names(line.unit),
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
