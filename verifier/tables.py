"""Whether published tables follow from the counts, and are true of them."""

from typing import Any

import counting
from differences import Differs, same

Json = dict[str, Any]


def rate(n: int, of: int) -> Json | None:
    return {"n": n, "of": of} if of > 0 else None


#: The door of each channel; one that is not here is a difference, and never a phone.
_DOORS = {"self_online": "phone", "assisted": "phone", "paper_entry": "paper", "meeting": "paper"}


def doors(channels: dict[str, int]) -> Json:
    """Answers by phone and on paper."""
    told = {"phone": 0, "paper": 0}
    for channel, answers in channels.items():
        if channel not in _DOORS:
            raise Differs(f"seal.statement.channels.{channel}")
        told[_DOORS[channel]] += answers
    return told


def by_village(rows: list[Json]) -> dict[str, tuple[Json, dict[str, int]]]:
    """The tally of each village, and how many answers came to it by each channel."""
    found: dict[str, tuple[Json, dict[str, int]]] = {}
    for row in rows:
        tally, channels = found.get(row["unit"], (None, {}))
        answered = row["tally"]["valid"] + row["tally"]["invalid"]
        found[row["unit"]] = (
            counting.add(tally, row["tally"]) if tally else row["tally"],
            {**channels, row["channel"]: answered},
        )
    return found


def same_villages(told: list[Json], frame: list[Json], answered: int, where: str = "disclosed") -> None:
    households = {village["unit"]: village["households"] for village in told}
    same(households, {line["unit"]: line["households"] for line in frame}, f"{where}.villages")
    for place, village in enumerate(told):
        coverage = rate(village["answered"], village["households"])
        same(village["coverage"], coverage, f"{where}.villages.{place}.coverage")
    if told:
        same(sum(village["answered"] for village in told), answered, f"{where}.villages")


def same_totals(told: Json, counts: Json, answered: int, where: str = "disclosed") -> None:
    for key, name in (
        ("valid", "valid"),
        ("invalid", "invalid"),
        ("items", "items"),
        ("closing_item", "closing"),
    ):
        same(told[key], counts[name], f"{where}.{key}")
    same(counts["valid"] + counts["invalid"], answered, "seal.statement.tally.counts")
    closing = counts["closing"]
    for item in [*counts["items"], *([closing] if closing else [])]:
        if item["satisfied"] + item["dissatisfied"] + item["blank"] != counts["valid"]:
            raise Differs(f"seal.statement.tally.counts {item['key']}")
    satisfied = sum(item["satisfied"] for item in counts["items"])
    dissatisfied = sum(item["dissatisfied"] for item in counts["items"])
    same(told["pooled"], rate(satisfied, counts["valid"] * len(counts["items"])), f"{where}.pooled")
    same(
        told["closing"], rate(closing["satisfied"], counts["valid"]) if closing else None, f"{where}.closing"
    )
    all_of_them = told["households"] * len(counts["items"])
    honest = {"low": rate(satisfied, all_of_them), "high": rate(all_of_them - dissatisfied, all_of_them)}
    possible = all_of_them > 0 and answered <= told["households"]
    same(told["range"], honest if possible else None, f"{where}.range")


def true_of_village(told: Json, tally: Json | None, place: str) -> None:
    """Whether what everybody is told of a village is true of its counts."""
    valid, invalid = (tally["valid"], tally["invalid"]) if tally else (0, 0)
    same(told["answered"], valid + invalid, f"{place}.answered")
    band = told["band"]
    if band is None:
        return
    if tally is None:
        raise Differs(f"{place}.band")
    rate = 100 * sum(item["satisfied"] for item in tally["items"])
    of = valid * len(tally["items"])
    if not band["low"] * of <= rate <= band["high"] * of:
        raise Differs(f"{place}.band")
