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
    shown = {"phone": 0, "paper": 0}
    for channel, answers in channels.items():
        if channel not in _DOORS:
            raise Differs(f"seal.statement.channels.{channel}")
        shown[_DOORS[channel]] += answers
    return shown


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


def same_villages(shown: list[Json], frame: list[Json], answered: int, where: str = "disclosed") -> None:
    households = {village["unit"]: village["households"] for village in shown}
    same(households, {line["unit"]: line["households"] for line in frame}, f"{where}.villages")
    for place, village in enumerate(shown):
        coverage = rate(village["answered"], village["households"])
        same(village["coverage"], coverage, f"{where}.villages.{place}.coverage")
    if shown:
        same(sum(village["answered"] for village in shown), answered, f"{where}.villages")


def same_totals(shown: Json, counts: Json, answered: int, where: str = "disclosed") -> None:
    for key, name in (
        ("valid", "valid"),
        ("invalid", "invalid"),
        ("items", "items"),
        ("closing_item", "closing"),
    ):
        same(shown[key], counts[name], f"{where}.{key}")
    same(counts["valid"] + counts["invalid"], answered, "seal.statement.tally.counts")
    closing = counts["closing"]
    for item in [*counts["items"], *([closing] if closing else [])]:
        if item["satisfied"] + item["dissatisfied"] + item["blank"] != counts["valid"]:
            raise Differs(f"seal.statement.tally.counts {item['key']}")
    satisfied = sum(item["satisfied"] for item in counts["items"])
    dissatisfied = sum(item["dissatisfied"] for item in counts["items"])
    same(shown["pooled"], rate(satisfied, counts["valid"] * len(counts["items"])), f"{where}.pooled")
    same(
        shown["closing"], rate(closing["satisfied"], counts["valid"]) if closing else None, f"{where}.closing"
    )
    all_of_them = shown["households"] * len(counts["items"])
    honest = {"low": rate(satisfied, all_of_them), "high": rate(all_of_them - dissatisfied, all_of_them)}
    possible = all_of_them > 0 and answered <= shown["households"]
    same(shown["range"], honest if possible else None, f"{where}.range")


def true_of_village(shown: Json, tally: Json | None, place: str) -> None:
    """Whether what everybody is told of a village is true of its counts."""
    valid, invalid = (tally["valid"], tally["invalid"]) if tally else (0, 0)
    same(shown["answered"], valid + invalid, f"{place}.answered")
    band = shown["band"]
    if band is None:
        return
    if tally is None:
        raise Differs(f"{place}.band")
    rate = 100 * sum(item["satisfied"] for item in tally["items"])
    of = valid * len(tally["items"])
    if not band["low"] * of <= rate <= band["high"] * of:
        raise Differs(f"{place}.band")
