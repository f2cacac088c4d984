"""Counting answers again, written from the rules and not from the application's code.

A slip is valid when at least one scored item has a readable answer. Items and the closing item are counted over
valid slips, a blank or unreadable answer as blank. Other closed questions are counted over all slips.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]

#: Quartiles of fewer numbers are not told to anybody.
_FEWEST_NUMBERS = 20

_FACES = ["1", "2", "3", "4", "5"]


def recount(form: Json, slips: Iterable[Json]) -> dict[str, Any]:
    """The tally of these answers to the questions of the form, in the shape of a set's `tallies`."""
    questions = form["questions"]
    scored = [q for q in questions if q["kind"] == "satisfaction" and not q["closing"]]
    closing = next((q for q in questions if q["closing"]), None)
    everything = list(slips)
    valid = [slip for slip in everything if any(_side(q, slip) for q in scored)]
    return {
        "valid": len(valid),
        "invalid": len(everything) - len(valid),
        "dissatisfied_slips": _with_side("dissatisfied", scored, valid),
        "satisfied_slips": _with_side("satisfied", scored, valid),
        "items": [_item(q, valid) for q in scored],
        "closing": None if closing is None else _item(closing, valid),
        "options": {q["key"]: _options(q, everything) for q in questions if _choices(q)},
    }


def numbers(form: Json, slips: Iterable[Json]) -> dict[str, dict[str, Any]]:
    """Median and quartiles of every question that enough answered with a number, over all slips.

    The number in that place of the ordered list, or the middle of the two numbers between which the place falls.
    """
    everything, found = list(slips), dict[str, dict[str, Any]]()
    for question in form["questions"]:
        if question["kind"] != "number":
            continue
        given = [slip.get(question["key"]) for slip in everything]
        ordered = sorted(Fraction(value) for value in given if value is not None)
        if len(ordered) >= _FEWEST_NUMBERS:
            lower, median, upper = (_quantile(ordered, quarters) for quarters in (1, 2, 3))
            quartiles = {"answers": len(ordered), "lower": lower, "median": median, "upper": upper}
            found[question["key"]] = quartiles
    return found


def add(one: Any, other: Any, where: str = "") -> Any:
    """Two tallies of the same questions added, number by number. Raises ValueError when they are not alike."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {key: add(one[key], other[key], f"{where}.{key}") for key in one}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [add(a, b, where) for a, b in zip(one, other, strict=True)]
    if type(one) is int and type(other) is int:
        return one + other
    if one == other and (one is None or where.endswith(".key")):
        return one
    raise ValueError(f"these cannot be added: {where}")


def _quantile(ordered: list[Fraction], quarters: int) -> str:
    whole, rest = divmod(len(ordered) * quarters, 4)
    found = ordered[whole] if rest else (ordered[whole - 1] + ordered[whole]) / 2
    # At most fifteen decimals, and one more for the middle of two numbers.
    scaled = abs(found) * 10**16
    digits = f"{int(scaled):017}"
    text = f"{digits[:-16]}.{digits[-16:]}".rstrip("0").rstrip(".")
    return f"-{text}" if found < 0 else text


def _side(question: Json, slip: Json) -> str | None:
    given = slip.get(question["key"])
    return next((option["counts"] for option in question["options"] if option["code"] == given), None)


def _with_side(side: str, scored: list[Json], valid: list[Json]) -> int:
    return len([slip for slip in valid if side in [_side(q, slip) for q in scored]])


def _item(question: Json, valid: list[Json]) -> dict[str, Any]:
    sides = [_side(question, slip) for slip in valid]
    return {
        "key": question["key"],
        "satisfied": sides.count("satisfied"),
        "dissatisfied": sides.count("dissatisfied"),
        "blank": sides.count(None),
    }


def _choices(question: Json) -> list[str]:
    """Codes of a closed question that is not two-way; empty for every other kind."""
    if question["kind"] == "five_faces":
        return _FACES
    if question["kind"] in {"single_choice", "multiple_choice"}:
        return [option["code"] for option in question["options"]]
    return []


def _options(question: Json, slips: list[Json]) -> dict[str, int]:
    given = [slip.get(question["key"]) for slip in slips]
    chosen = [code for answer in given for code in (answer if isinstance(answer, list) else [answer])]
    return {code: chosen.count(code) for code in _choices(question)}
