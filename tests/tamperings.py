"""Twelve ways to tamper with the files of a sealed survey, for the command and for the page alike.

Each starts from the genuine auditor set in `tests/sets` and says which check must fail, and where. Those sets
were sealed by the application once and stay as they are: a set handed out must be readable for good.
"""

import copy
import hashlib
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SETS = Path(__file__).parent / "sets"
KNOWN_KEY = (SETS / "key.txt").read_text(encoding="ascii").strip()

Set = dict[str, Any]
#: The set as tampered with, the check that must fail, and the place it must name.
Tampered = tuple[Set, str, str]


def genuine(name: str = "auditor") -> Set:
    return json.loads((SETS / f"{name}.json").read_text(encoding="utf-8"))


def _row_changed(found: Set) -> Tampered:
    row = next(row for row in found["answers"] if row["answers"]["roads"] == "dissatisfied")
    row["answers"]["roads"] = "satisfied"
    return found, "answers", _place(found, row)


def _row_removed(found: Set) -> Tampered:
    row = found["answers"].pop(5)
    return found, "answers", f"leaves {row['leaf']}"


def _row_added(found: Set) -> Tampered:
    row = copy.deepcopy(found["answers"][0]) | {"id": str(uuid.UUID(int=2**127, version=4))}
    content = {
        "survey": found["survey"],
        "version": row["version"],
        "unit": row["unit"],
        "channel": row["channel"],
        "submission_id": row["id"],
        "answers": {key: value for key, value in row["answers"].items() if not isinstance(value, dict)},
    }
    row["leaf"] = hashlib.sha256(b"\0" + rfc8785.dumps(content)).hexdigest()
    found["answers"].append(row)
    return found, "answers", _place(found, row)


def _row_moved(found: Set) -> Tampered:
    row, other = found["answers"][3], next(line["unit"] for line in found["seal"]["statement"]["frame"])
    row["unit"] = (
        next(r["unit"] for r in found["answers"] if r["unit"] != row["unit"])
        if row["unit"] == other
        else other
    )
    return found, "answers", _place(found, row)


def _tally_changed(found: Set) -> Tampered:
    group = found["tallies"][0]
    group["tally"]["items"][1]["satisfied"] += 1
    return found, "recount", f"tallies {group['unit']} {group['channel']}.items.1.satisfied"


def _sealed_count_changed(found: Set) -> Tampered:
    found["seal"]["statement"]["tally"]["counts"]["value"]["items"][0]["satisfied"] += 1
    return found, "totals", "seal.statement.tally.items.0.satisfied"


def _digest_changed(found: Set) -> Tampered:
    found["seal"]["digest"] = found["seal"]["digest"][:-1] + (
        "0" if found["seal"]["digest"][-1] != "0" else "1"
    )
    return found, "digest", "seal.digest"


def _signature_changed(found: Set) -> Tampered:
    first = "0" if found["seal"]["signature"][0] != "0" else "1"
    found["seal"]["signature"] = first + found["seal"]["signature"][1:]
    return found, "signature", "seal.signature"


def _key_replaced(found: Set) -> Tampered:
    """All of it agrees with itself: only the key known from elsewhere, or the paper, gives it away."""
    forger = Ed25519PrivateKey.generate()
    found["seal"]["public_key"] = forger.public_key().public_bytes_raw().hex()
    found["seal"]["signature"] = forger.sign(bytes.fromhex(found["seal"]["digest"])).hex()
    return found, "key", "seal.public_key"


def _list_reordered(found: Set) -> Tampered:
    leaves = found["leaves"]
    leaves[0], leaves[1] = leaves[1], leaves[0]
    return found, "order", "leaves.1"


def _leaf_removed(found: Set) -> Tampered:
    gone = found["leaves"].pop(7)
    row = min((row for row in found["answers"] if row["leaf"] == gone), key=found["answers"].index)
    return found, "answers", _place(found, row)


def _rolled_back(found: Set) -> Tampered:
    """An older seal, genuine in itself: only the set kept from before, or the paper, gives it away."""
    older, newer = genuine("earlier"), found
    place = f"seal.statement.sealed_at {older['sealed_at']} < {newer['sealed_at']}"
    return older, "previous", place


TAMPERINGS: dict[str, Callable[[Set], Tampered]] = {
    "row changed": _row_changed,
    "row removed": _row_removed,
    "row added": _row_added,
    "row moved to another village": _row_moved,
    "count changed in a tally": _tally_changed,
    "count changed in the signed statement": _sealed_count_changed,
    "digest changed": _digest_changed,
    "signature changed": _signature_changed,
    "key replaced and signed again": _key_replaced,
    "list of leaves reordered": _list_reordered,
    "leaf removed from the list": _leaf_removed,
    "rolled back to an older seal": _rolled_back,
}


def _annulled_leaf_counted(found: Set) -> Tampered:
    """An answer that was set aside is smuggled back among those that count, with its leaf."""
    row = found["annulled_answers"].pop(2)
    found["annulled_leaves"].remove(row["leaf"])
    found["answers"].append(row)
    found["leaves"] = sorted([*found["leaves"], row["leaf"]])
    return found, "list", "leaves"


def _leaf_in_both_lists(found: Set) -> Tampered:
    leaf = found["annulled_leaves"][0]
    found["leaves"] = sorted([*found["leaves"], leaf])
    return found, "order", f"annulled_leaves {leaf}"


def _annulled_answer_removed(found: Set) -> Tampered:
    row = found["annulled_answers"].pop(1)
    return found, "answers", f"annulled_leaves {row['leaf']}"


def _annulled_list_left_out(found: Set) -> Tampered:
    del found["annulled_leaves"]
    return found, "list", "annulled_leaves"


def _other_reason(found: Set) -> Tampered:
    found["seal"]["statement"]["annulled"]["villages"][0]["reason"] = "Thôn xin làm lại"
    return found, "acts", "audit.0.reason"


#: The same for the set of a survey in which one village was asked again.
TAMPERINGS_ASKED_AGAIN: dict[str, Callable[[Set], Tampered]] = {
    "annulled answer moved into the counted list": _annulled_leaf_counted,
    "leaf in both lists": _leaf_in_both_lists,
    "annulled answer removed": _annulled_answer_removed,
    "list of annulled leaves left out": _annulled_list_left_out,
    "other reason of the annulment": _other_reason,
}


def _act_edited(found: Set) -> Tampered:
    found["audit"][1]["actor"] = "user:7"
    return found, "chain", "audit.1"


def _act_edited_and_digested_again(found: Set) -> Tampered:
    """The act agrees with itself: the one that follows on it gives it away."""
    found["audit"][1]["details"]["state"] = "counting"
    _digest_again(found["audit"][1])
    return found, "chain", "audit.2"


def _act_between_acts_of_others_digested_again(found: Set) -> Tampered:
    """No act of this survey follows on it at once: only a set kept from before gives it away."""
    found["audit"][2]["details"]["slips"] = 19
    _digest_again(found["audit"][2])
    return found, "previous", f"audit {found['audit'][2]['id']}"


def _act_taken_out(found: Set) -> Tampered:
    gone = found["audit"].pop(1)
    return found, "previous", f"audit {gone['id']}"


def _acts_exchanged(found: Set) -> Tampered:
    found["audit"][2], found["audit"][3] = found["audit"][3], found["audit"][2]
    return found, "chain", "audit.3"


def _digest_missing(found: Set) -> Tampered:
    del found["audit"][0]["digest"]
    return found, "chain", "?"


#: The same for a set of the second format, whose acts carry numbers and digests.
TAMPERINGS_ACTS: dict[str, Callable[[Set], Tampered]] = {
    "act edited": _act_edited,
    "act edited and digested again": _act_edited_and_digested_again,
    "act between acts of others digested again": _act_between_acts_of_others_digested_again,
    "act taken out": _act_taken_out,
    "acts exchanged": _acts_exchanged,
    "digest of an act missing": _digest_missing,
}


def _village(found: Set) -> tuple[int, Set]:
    return next(
        (place, village) for place, village in enumerate(found["disclosed"]["villages"]) if village["band"]
    )


def _coverage_edited(found: Set) -> Tampered:
    """Three numbers of two villages that agree with each other, so that every sum and rate still fits."""
    one, other = found["disclosed"]["villages"][:2]
    for village, more in ((one, 1), (other, -1)):
        village["answered"] += more
        village["coverage"]["n"] += more
    places = [f"disclosed.villages.{n}.{key}" for n in (0, 1) for key in ("answered", "coverage.n")]
    return found, "published", "; ".join(places)


def _band_edited(found: Set) -> Tampered:
    place, village = _village(found)
    village["band"]["low"] += 3
    return found, "published", f"disclosed.villages.{place}.band.low"


def _band_taken_out(found: Set) -> Tampered:
    place, village = _village(found)
    village.update(band=None, hidden_because="complement")
    return found, "published", f"disclosed.villages.{place}.band; disclosed.villages.{place}.hidden_because"


def _doors_edited(found: Set) -> Tampered:
    doors = found["disclosed"]["doors"]
    doors["phone"], doors["paper"] = doors["phone"] - 5, doors["paper"] + 5
    return found, "published", "disclosed.doors.paper; disclosed.doors.phone"


def _names_exchanged(found: Set) -> Tampered:
    names = found["names"]
    one, other = sorted(names)[:2]
    names[one], names[other] = names[other], names[one]
    return found, "names", f"names.{one}; names.{other}"


def _commune_renamed(found: Set) -> Tampered:
    found["unit"]["name"] = "Xã Khác"
    return found, "names", "unit.name"


def _other_threshold(found: Set) -> Tampered:
    found["rulebook"]["document"]["requirements"][0]["quote"] = "Không cần lấy ý kiến"
    return found, "rulebook", "rulebook.document"


#: The same for what a public set of the third format publishes: figures of villages, doors, names, the rule book.
TAMPERINGS_PUBLISHED: dict[str, Callable[[Set], Tampered]] = {
    "answers and coverage moved between villages": _coverage_edited,
    "band edited": _band_edited,
    "band taken out": _band_taken_out,
    "phone and paper edited": _doors_edited,
    "names of two villages exchanged": _names_exchanged,
    "commune renamed": _commune_renamed,
    "rule book edited": _other_threshold,
}


def edit_every_figure(value: Any, place: str) -> list[str]:
    """Change every number in it; where they are."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    edited = []
    for key, held in pairs:
        if isinstance(held, dict | list):
            edited += edit_every_figure(held, f"{place}.{key}")
        elif type(held) is int:
            value[key] = held + 1
            edited.append(f"{place}.{key}")
    return edited


def _digest_again(act: Set) -> None:
    content = {key: value for key, value in act.items() if key != "digest"}
    act["digest"] = hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _place(found: Set, row: Set) -> str:
    return f"answers.{found['answers'].index(row)} {row['id']}"
