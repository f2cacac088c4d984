"""Every check of a set of files, one function each, in the order in which they are told.

A check returns nothing when all agrees, raises `Differs` with the place of the first difference, or `NotPossible`
with the reason why this set does not allow it. Knows nothing of the application, of files or of languages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import canonical
import chain
import counting
import ed25519
import receipts
import tables
from differences import Differs, NotPossible, all_same, same

Json = dict[str, Any]
#: Letters of a public key by which the server's page of keys tells it from the others.
KEY_ID_LETTERS = 16


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
    def annulled_leaves(self) -> list[str]:
        """Leaves of answers that were set aside with their village; a set from before this was possible has none."""
        listed: list[str] = self.found.get("annulled_leaves", [])
        return listed

    @property
    def annulled_villages(self) -> list[Json]:
        """What the signed statement says of villages that were asked again: how many answers, when and why."""
        said: list[Json] = self.statement.get("annulled", {"villages": []})["villages"]
        return said

    @property
    def annulled_answers(self) -> list[Json]:
        """The raw answers that were set aside. Raises NotPossible like `answers`."""
        self._need_raw_answers()
        rows: list[Json] = self.found.get("annulled_answers", [])
        return rows

    @property
    def answers(self) -> list[Json]:
        """The raw answers of an auditor set. Raises NotPossible where there are none."""
        self._need_raw_answers()
        rows: list[Json] = self.found["answers"]
        return rows

    def need_form(self, reason: str) -> None:
        """Raises NotPossible with that reason where the survey was sealed before seals held names and tables."""
        if "form" not in self.statement:
            raise NotPossible(reason)

    def need_auditor_set(self) -> None:
        """Raises NotPossible for a public set."""
        if self.found["kind"] != "auditor":
            raise NotPossible("public_set")

    def _need_raw_answers(self) -> None:
        self.need_auditor_set()
        if self.found["raw_answers_removed_on"] is not None:
            raise NotPossible("raw_removed", self.found["raw_answers_removed_on"])


@dataclass(frozen=True)
class Outcome:
    """What one check found: "ok", "fail" with `where` being the place, or "not_possible" with `where` the reason."""

    check: str
    status: str
    where: str = ""
    detail: str = ""


def run(case: Case) -> Iterator[Outcome]:
    """The outcome of every check. What agrees with a statement that was not signed is not called right."""
    outcomes = {name: _outcome(name, check, case) for name, check in _CHECKS.items()}
    signed = all(outcomes[name].status == "ok" for name in ("digest", "signature"))
    for name, outcome in outcomes.items():
        if outcome.status == "ok" and name in _REST_ON_STATEMENT and not signed:
            yield Outcome(name, "not_possible", "not_signed")
        else:
            yield outcome


def _outcome(name: str, check: Callable[[Case], None], case: Case) -> Outcome:
    try:
        check(case)
    except Differs as difference:
        return Outcome(name, "fail", difference.place)
    except NotPossible as reason:
        return Outcome(name, "not_possible", reason.reason, reason.detail)
    except (LookupError, TypeError, ValueError, AttributeError):
        return Outcome(name, "fail", "?")
    return Outcome(name, "ok", detail=_remark(name, case))


def _remark(name: str, case: Case) -> str:
    """What belongs beside an "ok": how many texts were taken out, or that a receipt is of an answer set aside."""
    if name == "receipt":
        wanted = receipts.leaf_range(case.found["survey"], case.receipt)
        return "annulled" if wanted and _holds(case.annulled_leaves, wanted) else ""
    if name == "signature":
        key: str = case.found["seal"]["public_key"]
        return key[:KEY_ID_LETTERS]
    if name != "answers":
        return ""
    taken_out = sum(map(receipts.redacted, [*case.answers, *case.annulled_answers]))
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


def _names(case: Case) -> None:
    case.need_form("old_names")
    said, signed = case.found, case.statement
    all_same(
        (
            (said["unit"]["name"], signed["printed"]["printed"], "unit.name"),
            (said["names"], {line["unit"]: line["printed"] for line in signed["frame"]}, "names"),
        )
    )


def _rulebook(case: Case) -> None:
    case.need_form("old_rulebook")
    said, signed = case.found["rulebook"], case.statement["rulebook"]
    if signed is None and said is None:
        raise NotPossible("no_rulebook")
    book = said["document"]
    all_same(
        (
            (book["key"], signed["key"], "rulebook.document.key"),
            (book["version"], signed["version"], "rulebook.document.version"),
            (said["chosen"], signed["chosen"], "rulebook.chosen"),
            (canonical.sha256(book), signed["digest"], "rulebook.document"),
        )
    )


def _order(case: Case) -> None:
    for name, leaves in (("leaves", case.found["leaves"]), ("annulled_leaves", case.annulled_leaves)):
        for place in range(1, len(leaves)):
            if not leaves[place - 1] < leaves[place]:
                raise Differs(f"{name}.{place}")
    twice = sorted(set(case.found["leaves"]) & set(case.annulled_leaves))
    if twice:
        raise Differs(f"annulled_leaves {twice[0]}")


def _list(case: Case) -> None:
    if canonical.sha256(case.found["leaves"]) != case.statement["leaves"]:
        raise Differs("leaves")
    set_aside = case.statement.get("annulled")
    if set_aside is None:
        same(case.annulled_leaves, [], "annulled_leaves")
        return
    if canonical.sha256(case.annulled_leaves) != set_aside["leaves"]:
        raise Differs("annulled_leaves")
    same(
        sum(village["answers"] for village in set_aside["villages"]),
        len(case.annulled_leaves),
        "annulled_leaves",
    )


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
    rounds = {line["unit"]: 0 for line in lines}
    for place, village in enumerate(case.annulled_villages):
        if rounds.get(village["unit"], -1) + 1 != village["round"]:
            raise Differs(f"seal.statement.annulled.villages.{place}")
        rounds[village["unit"]] += 1


def _tables(case: Case) -> None:
    shown, signed = case.found["disclosed"], case.statement
    answered = len(case.found["leaves"])
    same(shown["answered"], answered, "disclosed.answered")
    same(shown["households"], signed["households"], "disclosed.households")
    same(shown["coverage"], tables.rate(answered, shown["households"]), "disclosed.coverage")
    tables.same_villages(shown["villages"], signed["frame"], answered)
    if shown["hidden_because"] is not None:
        raise NotPossible("too_few")
    tables.same_totals(shown, signed["tally"]["counts"]["value"], answered)
    for key, counts in shown["options"].items():
        same(counts, signed["tally"]["options"][key]["value"], f"disclosed.options.{key}")
    if "numbers" in signed:
        same(shown["numbers"], signed["numbers"]["value"], "disclosed.numbers")
    same(sum(shown["doors"].values()), answered, "disclosed.doors")


def _published(case: Case) -> None:
    case.need_form("old_tables")
    signed, pairs = case.statement, []
    pairs.append((case.found["disclosed"], signed["tables"]["public"]["value"], "disclosed"))
    if case.found["kind"] == "auditor":
        pairs.append((case.found["codes"], signed["codes"]["value"], "codes"))
    all_same(pairs)


def _answers(case: Case) -> None:
    rows, set_aside = case.answers, case.annulled_answers
    _fit(case, "answers", rows, case.found["leaves"])
    _fit(case, "annulled_answers", set_aside, case.annulled_leaves)
    if len({row["id"] for row in [*rows, *set_aside]}) != len(rows) + len(set_aside):
        raise Differs("answers")
    for name, held, leaves in (
        ("leaves", rows, case.found["leaves"]),
        ("annulled_leaves", set_aside, case.annulled_leaves),
    ):
        unanswered = sorted(set(leaves) - {row["leaf"] for row in held})
        if unanswered:
            raise Differs(f"{name} {unanswered[0]}")
        same(sorted(row["leaf"] for row in held), leaves, name)
    counted: dict[str, int] = {}
    for row in set_aside:
        counted[row["unit"]] = counted.get(row["unit"], 0) + 1
    same({unit: n for unit, n in _annulled_by_village(case).items() if n}, counted, "seal.statement.annulled")


def _fit(case: Case, name: str, rows: list[Json], listed: list[str]) -> None:
    """Whether every row is of this survey, and its leaf is its own and is in the list."""
    villages, leaves = {line["unit"] for line in case.statement["frame"]}, set(listed)
    for place, row in enumerate(rows):
        where = f"{name}.{place} {row['id']}"
        if row["version"] != case.statement["instrument"]["version"]:
            raise Differs(where)
        if case.found["purpose"] == "decision" and row["unit"] not in villages:
            raise Differs(where)
        if receipts.leaf(case.found["survey"], row) != row["leaf"] or row["leaf"] not in leaves:
            raise Differs(where)


def _recount(case: Case) -> None:
    groups: dict[tuple[str, str], list[Json]] = {}
    for row in case.answers:
        groups.setdefault((row["unit"], row["channel"]), []).append(row["answers"])
    tallies = {(row["unit"], row["channel"]): row["tally"] for row in case.found["tallies"]}
    if len(tallies) != len(case.found["tallies"]):
        raise Differs("tallies")
    for unit, channel in sorted(groups.keys() | tallies.keys()):
        found = counting.recount(case.found["instrument"], groups.get((unit, channel), []))
        same(tallies.get((unit, channel)), found, f"tallies {unit} {channel}")
    if "numbers" in case.statement:
        found = counting.numbers(case.found["instrument"], [row["answers"] for row in case.answers])
        same(case.statement["numbers"]["value"], found, "seal.statement.numbers")


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
    shown = case.found["disclosed"]
    if shown["doors"] is not None:
        same(shown["doors"], tables.doors(channels), "disclosed.doors")
    for place, village in enumerate(shown["villages"]):
        tables.true_of_village(village, by_village.get(village["unit"]), f"disclosed.villages.{place}")
    if "form" in case.statement:
        _tables_of_officers(case, channels)


def _tables_of_officers(case: Case, channels: dict[str, int]) -> None:
    """Whether the tables that officers and signers see follow from the tallies as well."""
    signed = case.statement["tables"]
    for audience in ("staff", "exact"):
        table, where = signed[audience]["value"], f"seal.statement.tables.{audience}"
        tables.same_villages(table["villages"], case.statement["frame"], len(case.found["leaves"]), where)
        if table["hidden_because"] is None:
            counts = case.statement["tally"]["counts"]["value"]
            tables.same_totals(table, counts, len(case.found["leaves"]), where)
            same(table["doors"], tables.doors(channels), f"{where}.doors")
        by_village = tables.by_village(case.found["tallies"])
        for place, village in enumerate(table["villages"]):
            tally, by_channel = by_village.get(village["unit"], (None, {}))
            tables.true_of_village(village, tally, f"{where}.villages.{place}")
            if "exact" in village:
                empty = counting.recount(case.found["instrument"], [])
                exact = {"tally": tally or empty, "channels": by_channel}
                same(village["exact"], exact, f"{where}.villages.{place}.exact")


def _codes(case: Case) -> None:
    case.need_auditor_set()
    if case.found["purpose"] != "decision":
        raise NotPossible("no_codes")
    codes = case.found["codes"]
    same(codes["spent"], len(case.found["leaves"]) + len(case.annulled_leaves), "codes.spent")
    answered = _annulled_by_village(case)
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
    listed = ("village", "round", "answers", "reason")
    noted = [
        {key: act["details"][key] for key in listed}
        for act in case.found["audit"]
        if act["act"] == "results.annul_village"
    ]
    signed = [{"village": village["unit"], **village} for village in case.annulled_villages]
    by_round = sorted(noted, key=lambda act: (act["village"], act["round"]))
    same(by_round, [{key: village[key] for key in listed} for village in signed], "audit")


def _chain(case: Case) -> None:
    case.need_auditor_set()
    chain.check(case.found)


def _receipt(case: Case) -> None:
    if not case.receipt:
        raise NotPossible("no_receipt")
    wanted = receipts.leaf_range(case.found["survey"], case.receipt)
    if wanted is None:
        raise NotPossible("bad_receipt")
    if not _holds([*case.found["leaves"], *case.annulled_leaves], wanted):
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
    shown, shown_before = _by_unit(now["disclosed"]), _by_unit(earlier["disclosed"])
    # A later release may tell more of the same seal, and no less.
    all_same((shown.get(key, ...), before, f"disclosed.{key}") for key, before in shown_before.items())
    if earlier["kind"] == now["kind"] == "auditor":
        chain.check_kept(earlier, now)


_CHECKS: Mapping[str, Callable[[Case], None]] = {
    "content": _content,
    "instrument": _instrument,
    "names": _names,
    "rulebook": _rulebook,
    "order": _order,
    "list": _list,
    "digest": _digest,
    "signature": _signature,
    "key": _key,
    "paper": _paper,
    "frame": _frame,
    "tables": _tables,
    "published": _published,
    "answers": _answers,
    "recount": _recount,
    "tallies": _tallies,
    "totals": _totals,
    "codes": _codes,
    "acts": _acts,
    "chain": _chain,
    "receipt": _receipt,
    "previous": _previous,
}


#: Checks that compare with the statement in the file, and say something only if that is the one that was signed.
_REST_ON_STATEMENT = frozenset(
    ("content", "instrument", "names", "rulebook", "list", "frame", "tables", "published")
    + ("answers", "tallies", "totals", "codes", "acts")
)


def _annulled_by_village(case: Case) -> dict[str, int]:
    """How many answers of each village were set aside, as signed."""
    counted: dict[str, int] = {}
    for village in case.annulled_villages:
        counted[village["unit"]] = counted.get(village["unit"], 0) + village["answers"]
    return counted


def _by_unit(table: Json) -> Json:
    """A table whose villages can be compared with one that lists them in another order."""
    return {**table, "villages": {village["unit"]: village for village in table["villages"]}}


def _holds(leaves: list[str], wanted: tuple[str, str]) -> bool:
    first, last = wanted
    return any(first <= leaf <= last for leaf in leaves)


def _is_sound(found: Json) -> bool:
    """Whether a set is what was signed with the key that is in it."""
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
    signed_tally = {"counts": _close(tally["counts"]), "slips": _close(tally["slips"]), "options": options}
    closed = {**statement, "tally": signed_tally, "channels": _close(statement["channels"])}
    # A survey that asks for no number has no such part, nor one that was sealed before numbers were counted.
    if "numbers" in statement:
        closed["numbers"] = _close(statement["numbers"])
    if "form" in statement:
        closed["tables"] = {audience: _close(part) for audience, part in statement["tables"].items()}
        closed["codes"] = _close(statement["codes"])
    return closed


def _close(part: Json) -> Json:
    return {"sha256": canonical.sha256(part)} if "value" in part else part


def _opened_tally(statement: Json) -> Json:
    tally = statement["tally"]
    options = {key: part["value"] for key, part in tally["options"].items()}
    return {**tally["counts"]["value"], **tally["slips"]["value"], "options": options}
