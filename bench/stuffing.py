"""How often the flags find invented answers, and how often they point at honest communes. `python -m bench.stuffing`.

The figures say what the flags do if people are as `stuffed_communes` assumes. Seeds are fixed: every run prints the
same. The limits were set on communes of seed 84; those judged here are others.

November 2026, of 200 communes each: 0.5 % of honest ones flagged (goal: at most 5 %), 100 % of those stuffed by a
program at 10 % (at least 95 %), 88.0 % of those stuffed with care at 5 % (at least 70 %; it is the paper list that
finds them: with forged ticks 17 of 27, without a list 6 of 20), 98.5 % of those with copied slips at 10 %, 84.5 % by
F5. All honest meetings are announced here: were one in twenty not, F3 would name 8 % of honest communes, one in a
hundred 1.5 %. F6 and F9 alone would name nearly all honest communes, so they speak beside another sign only, and F6
is silent where half of the villages have one network, as they have here. F10 names 0 % of honest communes and 14 % of
those stuffed with care: honest helpers send at most a fifth of a commune's answers here, assumed and not measured.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bench.stuffed_communes import (
    LISTS,
    Commune,
    Stuffer,
    careful_stuffing,
    commune,
    copied_stuffing,
    scripted_stuffing,
)
from bench.tables import show
from survey_app.scoring import back_check, flags
from survey_app.scoring.flags import Limits
from survey_app.scoring.paradata import total

COMMUNES = 200
SEED = 85
_GOALS = ("at most 5 %", "at least 95 %", "at least 70 %", "none set")


def run() -> None:
    """Print detection and false alarms, by flag and by kind of list, and the back-check sample."""
    limits = Limits()
    groups = _among_like(
        {
            "honest": _group("honest", None),
            "scripted, 10 %": _group("script", scripted_stuffing),
            "careful, 5 %": _group("careful", careful_stuffing),
            "copied, 10 %": _group("copied", copied_stuffing),
        },
        limits,
    )
    honest, scripted = groups["honest"], groups["scripted, 10 %"]
    show(
        f"Communes with a flag, of {COMMUNES}",
        ("Communes", "flagged", "goal", *_keys()),
        [_row(name, group, goal, limits) for (name, group), goal in zip(groups.items(), _GOALS, strict=True)],
    )
    show(
        "Stuffed communes found, by what became of the receipt lists",
        ("Communes", *LISTS),
        [(name, *_by_list(group, limits)) for name, group in groups.items() if group is not honest],
    )
    show(
        "What other rules or habits would do",
        ("Rule", "communes flagged"),
        [
            (
                "F6, one network above 30 % of a village, if it spoke alone: honest",
                _share(honest, _one_network),
            ),
            ("F9, the same text three times, if it spoke alone: honest", _share(honest, _same_text)),
            ("F6 beside another sign, if no network were usual: honest", _share(honest, _unusual_network)),
            (
                "F6 beside another sign, if no network were usual: scripted",
                _share(scripted, _unusual_network),
            ),
            ("F1 without forgotten ticks: honest", _share(honest, _exact_list)),
            ("F3, when no meeting was announced: honest", _share(honest, lambda one: _unannounced(one, 1))),
            (
                "F3, when one meeting in twenty was not: honest",
                _share(honest, lambda one: _unannounced(one, 20)),
            ),
            ("F3, when one in a hundred was not: honest", _share(honest, lambda one: _unannounced(one, 100))),
            ("F4 at 20 % of the whole commune: scripted", _share(scripted, _fast_by_start_value)),
        ],
    )
    show(
        "Back-check of 30, a tenth of the answers false", ("Sample", "computed", "simulated"), _back_checks()
    )


def _group(name: str, stuff: Stuffer | None) -> list[Commune]:
    """Communes of one kind of people."""
    return [commune(random.Random(f"{name} {SEED} {n}"), n, stuff) for n in range(COMMUNES)]


def _among_like(groups: Mapping[str, list[Commune]], limits: Limits) -> dict[str, list[Commune]]:
    """The same communes in a province of honest ones, whose largest networks say what is usual."""
    villages = [village for one in groups["honest"] for village in one.consultation.villages]
    usual = flags.usual_network((village.network for village in villages if village.network), limits)
    return {
        name: [replace(one, consultation=replace(one.consultation, usual_network=usual)) for one in group]
        for name, group in groups.items()
    }


def _keys() -> tuple[str, ...]:
    return ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10")


def _row(name: str, group: Sequence[Commune], goal: str, limits: Limits) -> tuple[str, ...]:
    found = [{flag.key for flag in flags.flags(one.consultation, limits)} for one in group]
    return (
        name,
        f"{sum(map(bool, found)) / len(group):.1%}",
        goal,
        *(f"{sum(key in keys for keys in found) / len(group):.1%}" for key in _keys()),
    )


def _by_list(group: Sequence[Commune], limits: Limits) -> tuple[str, ...]:
    found: dict[str, list[bool]] = defaultdict(list)
    for one in group:
        found[one.list_kind].append(bool(flags.flags(one.consultation, limits)))
    return tuple(f"{sum(found[kind])} of {len(found[kind])}" for kind in LISTS)


def _share(group: Sequence[Commune], holds: Callable[[Commune], bool]) -> str:
    return f"{sum(map(holds, group)) / len(group):.1%}"


def _one_network(one: Commune) -> bool:
    return any(flags.one_network(village, 0, Limits()) for village in one.consultation.villages)


def _unusual_network(one: Commune) -> bool:
    """Whether F6 is named where one network is nowhere the usual thing."""
    alone = replace(one.consultation, usual_network=0)
    return any(flag.key == "F6" for flag in flags.flags(alone, Limits()))


def _same_text(one: Commune) -> bool:
    return flags.same_text(one.consultation, Limits()) is not None


def _exact_list(one: Commune) -> bool:
    villages = one.consultation.villages
    return any(flags.more_than_listed(village, Limits(forgotten_ticks=0)) for village in villages)


def _unannounced(one: Commune, in_: int) -> bool:
    """Whether a village has a burst when one meeting of this many was held without a word."""
    rng = random.Random(f"unannounced {one.consultation.unit}")
    return any(
        flags.burst(replace(village, meetings=() if rng.randrange(in_) == 0 else village.meetings), Limits())
        for village in one.consultation.villages
    )


def _fast_by_start_value(one: Commune) -> bool:
    return flags.fast(total(one.consultation), 2000, Limits()) is not None


def _back_checks() -> list[tuple[str, str, str]]:
    """2,000 households, 1,600 counted, 160 of them false; 4,000 samples each way."""
    rng = random.Random(f"back-check {SEED}")
    counted, false, households, repeats = 1600, 160, 2000, 4000
    listed = [place < false for place in range(counted)]
    hits = sum(_sample_finds(rng, listed) for _ in range(repeats)) / repeats
    answered = [place < counted - false for place in range(households)]
    # 19 "yes" or fewer of 30 are rarer than 5 % when 80 % answered; 20 are not.
    noticed = sum(sum(rng.sample(answered, back_check.USUAL_SAMPLE)) <= 19 for _ in range(repeats)) / repeats
    with_list = back_check.chance_to_find(counted, false, back_check.USUAL_SAMPLE)
    without = back_check.chance_without_list(households, counted, false)
    return [
        ("among ticked rows", f"{with_list:.1%}", f"{hits:.1%}"),
        ("among all households, no list", f"{without:.1%}", f"{noticed:.1%}"),
    ]


def _sample_finds(rng: random.Random, listed: Sequence[bool]) -> bool:
    """Whether the drawn rows of one list, under a digest of its own, hold a false one."""
    rows = back_check.draw(rng.randbytes(32).hex(), {"village": len(listed)})
    return any(listed[row.place - 1] for row in rows)


if __name__ == "__main__":
    run()
