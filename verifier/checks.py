"""Every check of a set of files, one function each, in the order in which they are told.

A check returns nothing when all agrees, raises `Differs` with the place of the first difference, or `NotPossible`
with the reason why this set does not allow it. Knows nothing of the application, of files or of languages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import canonical
import counting
import ed25519
import receipts
import tables
from differences import Differs, NotPossible, same

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A set, and what the person holds beside it; empty where there is none."""

    found: Json
    known_key: str = ""
    paper_digest: str = ""
    receipt: str = ""
    previous: Json = field(default_factory=dict)

    @property
    def statement(self) -> Json:
        """What was signed, with the parts that this set opens."""
        signed: Json = self.found["seal"]["statement"]
        return signed

    @property
    def answers(self) -> list[Json]:
        """The raw answers of an auditor set. Raises NotPossible where there are none."""
        self.need_auditor_set()
        if self.found["raw_answers_removed_on"] is not None:
            raise NotPossible("raw_removed", self.found["raw_answers_removed_on"])
        rows: list[Json] = self.found["answers"]
        return rows

    def need_auditor_set(self) -> None:
        """Raises NotPossible for a public set."""
        if self.found["kind"] != "auditor":
            raise NotPossible("public_set")


@dataclass(frozen=True)
class Outcome:
    """What one check found: "ok", "fail" with `where` being the place, or "not_possible" with `where` the reason."""

    check: str
    status: str
    where: str = ""
    detail: str = ""


def run(case: Case) -> Iterator[Outcome]:
    """The outcome of every check."""
    for name, check in _CHECKS.items():
        try:
            check(case)
        except Differs as difference:
            yield Outcome(name, "fail", difference.place)
        except NotPossible as reason:
            yield Outcome(name, "not_possible", reason.reason, reason.detail)
        except (LookupError, TypeError, ValueError, AttributeError):
            yield Outcome(name, "fail", "?")
        else:
            yield Outcome(name, "ok", detail=_remark(name, case))


def _remark(name: str, case: Case) -> str:
    """What belongs beside an "ok": how many texts were taken out, where any were."""
    taken_out = sum(map(receipts.redacted, case.answers)) if name == "answers" else 0
    return str(taken_out) if taken_out else ""


def _content(case: Case) -> None:
    said, signed = case.found, case.statement
    for key in ("survey", "purpose", "rehearsal", "sealed_at"):
        same(said[key], signed[key], key)
    same(said["unit"]["code"], signed["unit"], "unit.code")


def _instrument(case: Case) -> None:
    form, signed = case.found["instrument"], case.statement["instrument"]
    for key in ("key", "version"):
        same(form[key], signed[key], f"instrument.{key}")
    if canonical.sha256(form) != signed["digest"]:
        raise Differs("instrument")


def _order(case: Case) -> None:
    leaves = case.found["leaves"]
    for place in range(1, len(leaves)):
        if not leaves[place - 1] < leaves[place]:
            raise Differs(f"leaves.{place}")


def _list(case: Case) -> None:
    if canonical.sha256(case.found["leaves"]) != case.statement["leaves"]:
        raise Differs("leaves")


def _digest(case: Case) -> None:
    if canonical.sha256(_closed(case.statement)) != case.found["seal"]["digest"]:
        raise Differs("seal.digest")


def _signature(case: Case) -> None:
    if not _is_signed(case.found["seal"]):
        raise Differs("seal.signature")


def _key(case: Case) -> None:
    if not case.known_key:
        raise NotPossible("no_key")
    same(case.known_key.strip().lower(), case.found["seal"]["public_key"], "seal.public_key")


def _paper(case: Case) -> None:
    printed = case.paper_digest.replace(" ", "").lower()
    if not printed:
        raise NotPossible("no_paper")
    # A few letters could be met by trying; the papers print twenty.
    if len(printed) < 20 or not case.found["seal"]["digest"].startswith(printed):
        raise Differs("seal.digest")


def _frame(case: Case) -> None:
    lines = case.statement["frame"]
    for line in lines:
        after = [(c["before"], c["households"]) for c in line["corrections"]] + [(line["households"], 0)]
        for place in range(1, len(after)):
            if after[place - 1][1] != after[place][0]:
                raise Differs(f"seal.statement.frame {line['unit']}")
    if sum(line["households"] for line in lines) != case.statement["households"]:
        raise Differs("seal.statement.households")


def _tables(case: Case) -> None:
    told, signed = case.found["disclosed"], case.statement
    answered = len(case.found["leaves"])
    same(told["answered"], answered, "disclosed.answered")
    same(told["households"], signed["households"], "disclosed.households")
    same(told["coverage"], tables.rate(answered, told["households"]), "disclosed.coverage")
    tables.same_villages(told["villages"], signed["frame"], answered)
    if told["hidden_because"] is not None:
        raise NotPossible("too_few")
    tables.same_totals(told, signed["tally"]["counts"]["value"], answered)
    for key, counts in told["options"].items():
        same(counts, signed["tally"]["options"][key]["value"], f"disclosed.options.{key}")
    same(sum(told["doors"].values()), answered, "disclosed.doors")


def _answers(case: Case) -> None:
    rows, villages = case.answers, {line["unit"] for line in case.statement["frame"]}
    leaves = set(case.found["leaves"])
    for place, row in enumerate(rows):
        where = f"answers.{place} {row['id']}"
        if row["version"] != case.statement["instrument"]["version"]:
            raise Differs(where)
        if case.found["purpose"] == "decision" and row["unit"] not in villages:
            raise Differs(where)
        if receipts.leaf(case.found["survey"], row) != row["leaf"] or row["leaf"] not in leaves:
            raise Differs(where)
    if len({row["id"] for row in rows}) != len(rows):
        raise Differs("answers")
    unanswered = sorted(leaves - {row["leaf"] for row in rows})
    if unanswered:
        raise Differs(f"leaves {unanswered[0]}")
    same(sorted(row["leaf"] for row in rows), case.found["leaves"], "leaves")


def _recount(case: Case) -> None:
    groups: dict[tuple[str, str], list[Json]] = {}
    for row in case.answers:
        groups.setdefault((row["unit"], row["channel"]), []).append(row["answers"])
    told = {(row["unit"], row["channel"]): row["tally"] for row in case.found["tallies"]}
    if len(told) != len(case.found["tallies"]):
        raise Differs("tallies")
    for unit, channel in sorted(groups.keys() | told.keys()):
        found = counting.recount(case.found["instrument"], groups.get((unit, channel), []))
        same(told.get((unit, channel)), found, f"tallies {unit} {channel}")


def _tallies(case: Case) -> None:
    case.need_auditor_set()
    rows = sorted(case.found["tallies"], key=lambda row: (row["unit"], row["channel"]))
    if canonical.sha256({"salt": case.found["salt"], "tallies": rows}) != case.statement["tallies"]:
        raise Differs("tallies")


def _totals(case: Case) -> None:
    case.need_auditor_set()
    total, channels = counting.recount(case.found["instrument"], []), dict[str, int]()
    by_village: dict[str, Json] = {}
    for row in case.found["tallies"]:
        tally, channel = row["tally"], row["channel"]
        total = counting.add(total, tally)
        before = by_village.get(row["unit"])
        by_village[row["unit"]] = counting.add(before, tally) if before else tally
        channels[channel] = channels.get(channel, 0) + tally["valid"] + tally["invalid"]
    same(_opened_tally(case.statement), total, "seal.statement.tally")
    same(case.statement["channels"]["value"], channels, "seal.statement.channels")
    for place, village in enumerate(case.found["disclosed"]["villages"]):
        tables.true_of_village(village, by_village.get(village["unit"]), f"disclosed.villages.{place}")


def _codes(case: Case) -> None:
    case.need_auditor_set()
    if case.found["purpose"] != "decision":
        raise NotPossible("no_codes")
    codes = case.found["codes"]
    same(codes["spent"], len(case.found["leaves"]), "codes.spent")
    answered: dict[str, int] = {}
    for row in case.found["tallies"]:
        answered[row["unit"]] = answered.get(row["unit"], 0) + row["tally"]["valid"] + row["tally"]["invalid"]
    for unit, count in sorted(answered.items()):
        issued = sum(batch["slips"] for batch in codes["batches"] if batch["unit"] == unit)
        if not count <= codes["slips"].get(unit, 0) <= issued:
            raise Differs(f"codes.slips.{unit}")


def _acts(case: Case) -> None:
    case.need_auditor_set()
    sealed = [act["details"] for act in case.found["audit"] if act["act"] == "results.seal"]
    expected = {"digest": case.found["seal"]["digest"], "answers": len(case.found["leaves"])}
    if sealed != [expected]:
        raise Differs("audit")


def _receipt(case: Case) -> None:
    if not case.receipt:
        raise NotPossible("no_receipt")
    start = receipts.leaf_start(case.found["survey"], case.receipt)
    if start is None:
        raise NotPossible("bad_receipt")
    if not any(leaf.startswith(start) for leaf in case.found["leaves"]):
        raise Differs("leaves")


def _previous(case: Case) -> None:
    earlier, now = case.previous, case.found
    if not earlier:
        raise NotPossible("no_previous")
    if earlier["survey"] != now["survey"]:
        raise NotPossible("other_survey")
    if not _is_sound(earlier):
        raise NotPossible("previous_damaged")
    was, is_now = earlier["seal"]["statement"]["sealed_at"], case.statement["sealed_at"]
    if is_now < was:
        raise Differs(f"seal.statement.sealed_at {is_now} < {was}")
    missing = sorted(set(earlier["leaves"]) - set(now["leaves"]))
    if missing:
        raise Differs(f"leaves {missing[0]}")
    same(now["seal"]["digest"], earlier["seal"]["digest"], "seal.digest")


_CHECKS: Mapping[str, Callable[[Case], None]] = {
    "content": _content,
    "instrument": _instrument,
    "order": _order,
    "list": _list,
    "digest": _digest,
    "signature": _signature,
    "key": _key,
    "paper": _paper,
    "frame": _frame,
    "tables": _tables,
    "answers": _answers,
    "recount": _recount,
    "tallies": _tallies,
    "totals": _totals,
    "codes": _codes,
    "acts": _acts,
    "receipt": _receipt,
    "previous": _previous,
}


def _is_sound(found: Json) -> bool:
    """Whether a set is what was signed with the key that stands in it."""
    seal = found["seal"]
    listed = canonical.sha256(found["leaves"]) == seal["statement"]["leaves"]
    return listed and canonical.sha256(_closed(seal["statement"])) == seal["digest"] and _is_signed(seal)


def _is_signed(seal: Json) -> bool:
    key, digest, signature = (bytes.fromhex(seal[name]) for name in ("public_key", "digest", "signature"))
    return ed25519.is_signed(key, digest, signature)


def _closed(statement: Json) -> Json:
    """The statement as it was signed: every opened part as its hash again."""
    tally = statement["tally"]
    options = {key: _close(part) for key, part in tally["options"].items()}
    closed = {"counts": _close(tally["counts"]), "slips": _close(tally["slips"]), "options": options}
    return {**statement, "tally": closed, "channels": _close(statement["channels"])}


def _close(part: Json) -> Json:
    return {"sha256": canonical.sha256(part)} if "value" in part else part


def _opened_tally(statement: Json) -> Json:
    tally = statement["tally"]
    options = {key: part["value"] for key, part in tally["options"].items()}
    return {**tally["counts"]["value"], **tally["slips"]["value"], "options": options}
