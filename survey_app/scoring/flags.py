"""Flags: answers of a commune that should be compared with its papers ("cần đối chiếu"), from its paradata.

Knows counts of villages and of ten-minute slots, never an answer, a household or an address. A flag is a reason to
look, never a verdict: it deletes nothing and changes no score, and honest communes raise some too. Every rule is
one function; its limits are in `Limits`, calibrated by `python -m bench.stuffing`.

F6 (network) and F9 (text) only speak beside another flag. Where a provider puts a whole village behind one address,
one network is the usual thing, and "Không có ý kiến gì thêm" is written in many houses: alone, both would point at
honest people in nearly every commune. F10 (helpers) speaks alone of a whole commune; of a village it speaks only beside
another flag, because old people who ask for help live together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

from survey_app.scoring.paradata import ChannelCounts, Mode, Network, SurveyParadata, VillageParadata, total

Key = Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10"]

#: The hours of the night, 00:00 to 05:00, civil time.
_MORNING = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Where each flag begins; shares in basis points, a flag needs more than its limit unless a name says least.

    Start values were taken from practice in election forensics and survey research; those that the simulation
    moved say so. They are not rules of law, and no finding depends on them.
    """

    #: F1: counted beyond the ticks of a list. Moved from 0: where all answer, one forgotten tick is an excess.
    forgotten_ticks: int = 2
    #: F1: slips that are neither ticked nor returned, of the slips issued: some are lost on the way everywhere.
    missing_of_village: int = 1000
    missing_of_commune: int = 300
    #: F1: so few missing slips say nothing, whatever their share.
    missing_slips: int = 5
    #: F2: the corner of the plot of coverage and satisfaction: at least these two.
    corner_coverage: int = 9500
    corner_satisfaction: int = 9800
    #: F2: and above the middle of the other villages by more than these, which must be at least this many.
    unlike_coverage: int = 1500
    unlike_satisfaction: int = 400
    fewest_neighbours: int = 4
    #: F3: answers in ten minutes, and this many times the median of the slots in which anybody answered.
    burst_answers: int = 10
    burst_times: int = 6
    #: F4: answers below two seconds an item. For a whole commune 20 % would hide a tenth of invented answers.
    fast_of_village: int = 2000
    fast_of_commune: int = 1000
    #: F5: the chance of this many equal answers lies below ten to the power of minus this; and this many at least.
    same_rarity: int = 4
    fewest_same: int = 5
    #: F6: answers of a village from one network, outside announced meetings, with at least this many answers.
    one_network: int = 3000
    fewest_network_answers: int = 30
    #: F9: households that wrote the same text, at least.
    same_text: int = 3
    #: F7: answers from 00:00 to 05:00. For a whole commune moved from 10 %.
    night_of_village: int = 1000
    night_of_commune: int = 500
    #: F4, F7: fewer answers by phone have no share worth naming.
    fewest_phone_answers: int = 50
    #: F8: points between the satisfaction of two doors, with at least this many answers through each.
    channel_points: int = 1500
    fewest_channel_answers: int = 30
    #: F10: answers through a helper's phone, of all, where they are as many as the line above says.
    assisted: int = 2000


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to compare with the papers. `strength` is what was measured over its limit, so above 1, for ranking.

    `figures` are the counts and basis points the rule used, by name.
    """

    key: Key
    unit: str
    strength: Fraction
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A commune among those of its kind: the first has most to compare. Communes without a flag are not ranked."""

    place: int
    kind: str
    unit: str
    survey: str
    flags: tuple[Flag, ...]


def flags(consultation: SurveyParadata, limits: Limits) -> tuple[Flag, ...]:
    """Every flag of the commune and of its villages, strongest first; those that only speak beside others last."""
    whole = total(consultation)
    found = [
        *_of_commune(whole, limits),
        *(
            flag
            for village in consultation.villages
            for flag in _of_village(village, consultation.villages, limits)
        ),
    ]
    beside = _beside(consultation, {flag.unit for flag in found}, limits)
    return (*sorted(found, key=_strongest_first), *sorted(beside, key=_strongest_first))


def usual_network(networks: Iterable[Network], limits: Limits) -> int:
    """The middle of the largest networks of these villages, in basis points; 0 when there are too few to say."""
    shares = [
        _share(network.n, network.of) for network in networks if network.of >= limits.fewest_network_answers
    ]
    return int(median(shares)) if len(shares) >= limits.fewest_neighbours else 0


def ranked(consultations: Iterable[SurveyParadata], limits: Limits) -> tuple[Ranked, ...]:
    """Communes with flags, within each kind by the number of different flags, then by the strongest."""
    by_kind: dict[str, list[tuple[SurveyParadata, tuple[Flag, ...]]]] = defaultdict(list)
    for consultation in consultations:
        if found := flags(consultation, limits):
            by_kind[consultation.kind].append((consultation, found))
    return tuple(
        Ranked(place, kind, consultation.unit, consultation.survey, found)
        for kind, communes in sorted(by_kind.items())
        for place, (consultation, found) in enumerate(sorted(communes, key=_most_first), start=1)
    )


def more_than_listed(unit: VillageParadata, limits: Limits) -> Flag | None:
    """F1: more households counted than the frame holds, or than the receipt list has ticks and one or two forgotten.

    The reconciliation beside it shows every difference, also the smallest.
    """
    figures = {"answered": unit.answered, "households": unit.households}
    if unit.receipts is not None:
        figures["ticked"] = unit.receipts.ticked
        if unit.answered - unit.receipts.ticked > limits.forgotten_ticks:
            return Flag("F1", unit.unit, Fraction(unit.answered, max(1, unit.receipts.ticked)), figures)
    if unit.answered > unit.households:
        return Flag("F1", unit.unit, Fraction(unit.answered, max(1, unit.households)), figures)
    return None


def slips_missing(unit: VillageParadata, limit: int, limits: Limits) -> Flag | None:
    """F1: slips issued that are neither ticked nor returned, above `limit` and more than a handful."""
    if unit.receipts is None or unit.receipts.missing <= limits.missing_slips:
        return None
    receipts = unit.receipts
    figures = {"issued": receipts.issued, "ticked": receipts.ticked, "returned": receipts.returned}
    return _above("F1", unit.unit, receipts.missing, receipts.issued, limit, figures)


def corner(unit: VillageParadata, neighbours: Iterable[VillageParadata], limits: Limits) -> Flag | None:
    """F2: coverage of at least 95 % and satisfaction of at least 98 %, unlike the other villages of the commune.

    A commune where all are nearly unanimous raises nothing: that is the usual result. Strength is the coverage
    over that of the middle neighbour.
    """
    others = [
        other for other in neighbours if other.answered >= limits.fewest_channel_answers and other.of > 0
    ]
    if (
        unit.of == 0
        or unit.answered < limits.fewest_channel_answers
        or len(others) < limits.fewest_neighbours
    ):
        return None
    coverage, satisfaction = _share(unit.answered, unit.households), _share(unit.satisfied, unit.of)
    usual_coverage = median(_share(other.answered, other.households) for other in others)
    usual_satisfaction = median(_share(other.satisfied, other.of) for other in others)
    in_corner = coverage >= limits.corner_coverage and satisfaction >= limits.corner_satisfaction
    unlike = (
        coverage - usual_coverage > limits.unlike_coverage
        and satisfaction - usual_satisfaction > limits.unlike_satisfaction
    )
    if not in_corner or not unlike:
        return None
    figures = {
        "coverage": int(coverage),
        "usual_coverage": int(usual_coverage),
        "satisfaction": int(satisfaction),
        "usual_satisfaction": int(usual_satisfaction),
    }
    return Flag("F2", unit.unit, coverage / usual_coverage, figures)


def burst(unit: VillageParadata, limits: Limits) -> Flag | None:
    """F3: in ten minutes more than ten answers and six times the usual, with no meeting announced.

    The usual is the median of the slots in which anybody answered outside meetings. For villages: in a whole
    commune the first evening does the same. Not asked where meetings are not recorded: it would flag most of them.
    """
    slots = [slot.answers for slot in unit.outside_meetings if slot.answers]
    if not slots or unit.meetings is None:
        return None
    usual = median(slots)
    limit = max(Fraction(limits.burst_answers), limits.burst_times * Fraction(usual))
    if max(slots) <= limit:
        return None
    return Flag("F3", unit.unit, max(slots) / limit, {"most": max(slots), "usual": int(usual)})


def fast(unit: VillageParadata, limit: int, limits: Limits) -> Flag | None:
    """F4: the share of answers by phone below two seconds an item.

    The two seconds are those of careless response: doi 10.1177/10944281211056520.
    """
    answers, quick = sum(slot.answers for slot in unit.slots), sum(slot.fast for slot in unit.slots)
    if answers < limits.fewest_phone_answers:
        return None
    return _above("F4", unit.unit, quick, answers, limit, {"fast": quick, "answers": answers})


def same_answers(unit: VillageParadata, limits: Limits) -> Flag | None:
    """F5: dissatisfied answers that are equal beyond what chance explains; never about satisfied ones."""
    found = unit.sameness
    if found is None or found.same < limits.fewest_same or found.rarity < limits.same_rarity:
        return None
    strength = Fraction(found.rarity + 1, limits.same_rarity)
    return Flag("F5", unit.unit, strength, {"same": found.same, "compared": found.compared})


def one_network(unit: VillageParadata, usual: int, limits: Limits) -> Flag | None:
    """F6: the share of one network above the limit, and above what is usual in villages of like communes."""
    if unit.network is None or unit.network.of < limits.fewest_network_answers:
        return None
    figures = {"network": unit.network.n, "answers": unit.network.of}
    return _above("F6", unit.unit, unit.network.n, unit.network.of, max(limits.one_network, usual), figures)


def same_text(consultation: SurveyParadata, limits: Limits) -> Flag | None:
    """F9: the same free text from three households or more of the survey."""
    texts = consultation.texts
    if texts is None or texts.times < limits.same_text:
        return None
    strength = Fraction(texts.times, limits.same_text - 1)
    return Flag("F9", consultation.unit, strength, {"times": texts.times, "texts": texts.texts})


def night(unit: VillageParadata, limit: int, limits: Limits) -> Flag | None:
    """F7: the share of answers by phone from 00:00 to 05:00."""
    answers = sum(slot.answers for slot in unit.slots)
    late = sum(slot.answers for slot in unit.slots if slot.start.hour < _MORNING)
    if answers < limits.fewest_phone_answers:
        return None
    return _above("F7", unit.unit, late, answers, limit, {"night": late, "answers": answers})


def channels_apart(unit: VillageParadata, limits: Limits) -> Flag | None:
    """F8: satisfaction said to a helper or on paper above that of households' own phones by more than 15 points.

    Needs 30 answers through each door. Where own phones already say 85 % or more it cannot speak.
    """
    own = unit.channels.get(Mode.SELF)
    if own is None or not _is_enough(own, limits):
        return None
    helped = [(name, unit.channels[name]) for name in (Mode.HELPED, Mode.KEYED) if name in unit.channels]
    rates = [(_share(door.satisfied, door.of), name) for name, door in helped if _is_enough(door, limits)]
    if not rates:
        return None
    highest, name = max(rates)
    apart = highest - _share(own.satisfied, own.of)
    if apart <= limits.channel_points:
        return None
    figures = {"own_phone": int(_share(own.satisfied, own.of)), name: int(highest), "points": int(apart)}
    return Flag("F8", unit.unit, apart / limits.channel_points, figures)


def much_assisted(unit: VillageParadata, limits: Limits) -> Flag | None:
    """F10: the share of answers that came through a helper's phone, of all answers."""
    helped = unit.channels.get(Mode.HELPED)
    if helped is None or not _is_enough(helped, limits):
        return None
    answers = sum(door.answers for door in unit.channels.values())
    figures = {"assisted": helped.answers, "answers": answers}
    return _above("F10", unit.unit, helped.answers, answers, limits.assisted, figures)


def _of_village(
    village: VillageParadata, villages: Iterable[VillageParadata], limits: Limits
) -> tuple[Flag, ...]:
    others = (other for other in villages if other is not village)
    found = (
        more_than_listed(village, limits),
        slips_missing(village, limits.missing_of_village, limits),
        corner(village, others, limits),
        burst(village, limits),
        fast(village, limits.fast_of_village, limits),
        same_answers(village, limits),
        night(village, limits.night_of_village, limits),
        channels_apart(village, limits),
    )
    return tuple(flag for flag in found if flag is not None)


def _of_commune(commune: VillageParadata, limits: Limits) -> tuple[Flag, ...]:
    found = (
        more_than_listed(commune, limits),
        slips_missing(commune, limits.missing_of_commune, limits),
        fast(commune, limits.fast_of_commune, limits),
        night(commune, limits.night_of_commune, limits),
        channels_apart(commune, limits),
        much_assisted(commune, limits),
    )
    return tuple(flag for flag in found if flag is not None)


def _beside(consultation: SurveyParadata, marked: Collection[str], limits: Limits) -> list[Flag]:
    """Flags of villages that have another one, or whose commune has, and of a commune in which anything has."""
    found = [
        flag
        for village in consultation.villages
        if village.unit in marked or consultation.unit in marked
        for flag in (one_network(village, consultation.usual_network, limits), much_assisted(village, limits))
    ]
    if marked:
        found.append(same_text(consultation, limits))
    return [flag for flag in found if flag is not None]


def _above(key: Key, unit: str, n: int, of: int, limit: int, figures: Mapping[str, int]) -> Flag | None:
    if of <= 0 or n * 10_000 <= limit * of:
        return None
    return Flag(key, unit, Fraction(n * 10_000, limit * of), figures)


def _share(n: int, of: int) -> Fraction:
    """`n` of `of` in basis points, exactly."""
    return Fraction(n * 10_000, of)


def _is_enough(door: ChannelCounts, limits: Limits) -> bool:
    return door.answers >= limits.fewest_channel_answers and door.of > 0


def _strongest_first(flag: Flag) -> tuple[Fraction, str, str]:
    return -flag.strength, flag.key, flag.unit


def _most_first(commune: tuple[SurveyParadata, tuple[Flag, ...]]) -> tuple[int, Fraction, str, str]:
    consultation, found = commune
    return -len({flag.key for flag in found}), -found[0].strength, consultation.unit, consultation.survey
