"""Verdicts: each requirement of a rule book held against what is known of one unit, by exact integers.

A verdict names its rule and its source. Knows no database and no wording: `Rule` is for the rooms to put in
words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never

from survey_app.criteria.frameworks import Framework, Requirement, RequirementKind, Source, Threshold
from survey_app.questions.instrument import Text
from survey_app.scoring.rates import Rate
from survey_app.scoring.scorecards import Scorecard

_TellsSatisfaction: TypeAlias = Literal[
    RequirementKind.POOLED_RATE, RequirementKind.EACH_ITEM_RATE, RequirementKind.CLOSING_RATE
]


class Verdict(StrEnum):
    """The four things that can be said of a requirement."""

    MET = "met"
    NOT_MET = "not_met"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    NOT_CONFIGURED = "not_configured"


#: What a verdict can wait for.
SIGNATURES = "signatures"
SEAL = "seal"
BACK_CHECK = "back_check"
ACCEPTANCE = "acceptance"
#: How the event of a book is read that was recorded before books could name the number of valid slips by phone.
SLIPS_UNNAMED = 1


@dataclass(frozen=True, slots=True)
class Consulted:
    """A sealed decision survey of the unit in the period, as far as the event is concerned."""

    survey: str
    #: Valid slips by phone.
    phone_slips: int
    is_signed: bool
    #: More households answered than the frame holds.
    exceeds_frame: bool = False


class Declared(StrEnum):
    """How far a commune's declaration is."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is on record for one unit in the period of the rule book."""

    #: Newest first: the first one speaks for the unit, the others can only have been the event.
    consulted: tuple[Consulted, ...] = ()
    #: Of the survey that speaks.
    scorecard: Scorecard | None = None
    #: Wordings of its items by key.
    item_texts: Mapping[str, Text] = field(default_factory=dict)
    #: Days the result has been posted; None where nothing was recorded.
    posted_days: int | None = None
    #: Whether replies of a back-check are on record.
    is_back_checked: bool = False
    #: What the commune declared for the year; None while it declared nothing.
    declared: Declared | None = None
    #: Households that answered a survey which is not sealed yet, of those asked; only without a scorecard.
    so_far: Rate | None = None
    #: An earlier decision that recognises the requirement as met, by number and date.
    earlier_decision: str | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """An item whose rate does not reach what is required of each, by its place in the form from 1."""

    place: int
    key: str
    text: Text
    rate: Rate


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a verdict is what it is: a code and the figures that belong in its sentence."""

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement with its verdict; `source` is the threshold's, or else the quotation's."""

    requirement: Requirement
    verdict: Verdict
    rule: Rule
    source: Source | None
    #: What has to happen before a verdict can be given; only with insufficient evidence.
    awaits: tuple[str, ...] = ()


def find(framework: Framework, grounds: Grounds) -> tuple[Finding, ...]:
    """The findings on every requirement, in the order of the rule book.

    Rates below a configured floor of coverage prove nothing, whichever way they point: insufficient evidence.
    """
    below_floor = _is_below_floor(framework, grounds)
    return tuple(_find_one(requirement, grounds, below_floor) for requirement in framework.requirements)


def awaiting_signatures(finding: Finding) -> Finding:
    """What can be said of it while nobody has signed the result: the figures it compares, and no verdict on them."""
    decided = finding.verdict in {Verdict.MET, Verdict.NOT_MET}
    if not decided or not finding.requirement.kind.measures_result:
        return finding
    return replace(finding, verdict=Verdict.INSUFFICIENT_EVIDENCE, awaits=(SIGNATURES,))


def _is_below_floor(framework: Framework, grounds: Grounds) -> bool:
    """Whether a configured condition on coverage is anything but met."""
    return any(
        _find_coverage(requirement.threshold, grounds)[0] is not Verdict.MET
        for requirement in framework.requirements
        if requirement.kind is RequirementKind.COVERAGE and requirement.threshold is not None
    )


def _find_one(requirement: Requirement, grounds: Grounds, below_floor: bool) -> Finding:
    threshold = requirement.threshold
    if requirement.kind is RequirementKind.CONSULTATION_EVENT:
        return _find_event(requirement, grounds)
    if requirement.kind is RequirementKind.BACK_CHECK:
        return _find_back_check(requirement, grounds)
    if requirement.kind is RequirementKind.DECLARED:
        return _find_declared(requirement, grounds)
    if threshold is None:
        rule = Rule("threshold_not_configured", _measured(requirement.kind, grounds))
        return Finding(requirement, Verdict.NOT_CONFIGURED, rule, requirement.source)
    verdict, rule = _find_measured(requirement, threshold, grounds, below_floor)
    awaits = (SEAL,) if rule.code == "coverage_so_far" else ()
    return Finding(requirement, verdict, rule, threshold.source, awaits)


def _measured(kind: RequirementKind, grounds: Grounds) -> dict[str, int | str]:
    """The figure that nothing is asked of, for it may be shown beside; empty where there is none."""
    card, rate = grounds.scorecard, None
    match kind:
        case RequirementKind.COVERAGE:
            rate = card.coverage if card else grounds.so_far
        case RequirementKind.POOLED_RATE:
            rate = card.pooled if card else None
        case RequirementKind.CLOSING_RATE:
            rate = card.closing if card else None
        case RequirementKind.EACH_ITEM_RATE | RequirementKind.POSTING_DAYS:
            rate = None
        case RequirementKind.CONSULTATION_EVENT | RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
            rate = None
        case _:
            assert_never(kind)
    return {"n": rate.n, "of": rate.of} if rate else {}


def _find_measured(
    requirement: Requirement, threshold: Threshold, grounds: Grounds, below_floor: bool
) -> tuple[Verdict, Rule]:
    match requirement.kind:
        case RequirementKind.CONSULTATION_EVENT | RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
            raise ValueError("an event, a back-check and a declaration have no threshold to be held against")
        case RequirementKind.POSTING_DAYS:
            return _find_posting(threshold, grounds)
        case RequirementKind.COVERAGE:
            return _find_coverage(threshold, grounds)
        case (
            RequirementKind.POOLED_RATE
            | RequirementKind.EACH_ITEM_RATE
            | RequirementKind.CLOSING_RATE as kind
        ):
            return _find_satisfaction(kind, threshold, grounds, below_floor)
        case _ as unknown:
            assert_never(unknown)


def _find_satisfaction(
    kind: _TellsSatisfaction, threshold: Threshold, grounds: Grounds, below_floor: bool
) -> tuple[Verdict, Rule]:
    card = grounds.scorecard
    if card is None and grounds.so_far:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result")
    if below_floor:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("coverage_below_floor", _measured(kind, grounds))
    if card is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result")
    if card.exceeds_frame:
        return Verdict.INSUFFICIENT_EVIDENCE, _exceeds_frame(card)
    match kind:
        case RequirementKind.POOLED_RATE:
            return _compare(threshold, card.pooled)
        case RequirementKind.EACH_ITEM_RATE:
            return _find_items(threshold, card, grounds.item_texts)
        case RequirementKind.CLOSING_RATE:
            return _compare(threshold, card.closing)
        case _ as unknown:
            assert_never(unknown)


def _find_event(requirement: Requirement, grounds: Grounds) -> Finding:
    """The consultation half: an event, which an earlier survey of the period may have been; then it is named."""
    least = requirement.phone_slips.least if requirement.phone_slips else SLIPS_UNNAMED
    verdict, rule = _held(grounds, least)
    awaits = {"awaits_signatures": (SIGNATURES,), "survey_not_sealed": (SEAL,)}.get(rule.code, ())
    source = requirement.source or (requirement.phone_slips.source if requirement.phone_slips else None)
    return Finding(requirement, verdict, rule, source, awaits)


def _find_back_check(requirement: Requirement, grounds: Grounds) -> Finding:
    """Whether the back-check that the book asks for is on record; what it found is beside, and decides nothing."""
    source = requirement.source
    if grounds.is_back_checked:
        return Finding(requirement, Verdict.MET, Rule("back_checked"), source)
    if grounds.scorecard is None:
        return Finding(requirement, Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result"), source)
    awaited = Rule("back_check_awaited")
    return Finding(requirement, Verdict.INSUFFICIENT_EVIDENCE, awaited, source, (BACK_CHECK,))


def _find_declared(requirement: Requirement, grounds: Grounds) -> Finding:
    """What a commune says of itself proves nothing before the province has accepted it."""
    source = requirement.source
    awaits: tuple[str, ...] = ()
    match grounds.declared:
        case Declared.ACCEPTED:
            return Finding(requirement, Verdict.MET, Rule("declaration_accepted"), source)
        case Declared.WAITING:
            rule, awaits = Rule("declaration_waiting"), (ACCEPTANCE,)
        case Declared.SENT_BACK:
            rule, awaits = Rule("declaration_sent_back"), ()
        case None:
            rule, awaits = Rule("not_declared"), ()
        case _ as unknown:
            assert_never(unknown)
    return Finding(requirement, Verdict.INSUFFICIENT_EVIDENCE, rule, source, awaits)


def _held(grounds: Grounds, least: int) -> tuple[Verdict, Rule]:
    if grounds.earlier_decision:
        return Verdict.MET, Rule("earlier_decision", {"decision": grounds.earlier_decision})
    if not grounds.consulted and grounds.so_far:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("survey_not_sealed")
    if not grounds.consulted:
        return Verdict.NOT_MET, Rule("no_sealed_decision_survey")
    newest, *others = grounds.consulted
    params = _event_params(newest, least)
    if _is_event(newest, least):
        return Verdict.MET, Rule("consulted_by_phone", params)
    earlier = next((one for one in others if _is_event(one, least)), None)
    if earlier:
        named = {**_event_params(earlier, least), "newest": newest.survey}
        return Verdict.MET, Rule("consulted_earlier", named)
    if not newest.is_signed:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("awaits_signatures", params)
    if newest.exceeds_frame and grounds.scorecard:
        return Verdict.INSUFFICIENT_EVIDENCE, _exceeds_frame(grounds.scorecard)
    return Verdict.NOT_MET, Rule("too_few_slips_by_phone", params)


def _is_event(one: Consulted, least: int) -> bool:
    return one.is_signed and not one.exceeds_frame and one.phone_slips >= least


def _event_params(one: Consulted, least: int) -> dict[str, int | str]:
    return {"survey": one.survey, "phone_slips": one.phone_slips, "least": least}


def _find_coverage(threshold: Threshold, grounds: Grounds) -> tuple[Verdict, Rule]:
    card = grounds.scorecard
    if card is None and grounds.so_far:
        params = {**_threshold_params(threshold), "n": grounds.so_far.n, "of": grounds.so_far.of}
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("coverage_so_far", params)
    if card is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result")
    if card.coverage is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_frame")
    if card.exceeds_frame:
        return Verdict.INSUFFICIENT_EVIDENCE, _exceeds_frame(card)
    return _compare(threshold, card.coverage)


def _find_items(threshold: Threshold, card: Scorecard, texts: Mapping[str, Text]) -> tuple[Verdict, Rule]:
    rated = [
        (place, key, rate) for place, (key, rate) in enumerate(card.items.items(), 1) if rate is not None
    ]
    if not rated:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_valid_slip")
    missed = tuple(
        Missed(place, key, texts.get(key) or {"vi": key}, rate)
        for place, key, rate in rated
        if not _reaches(threshold, rate)
    )
    params = {**_threshold_params(threshold), "items": len(rated)}
    return _verdict(not missed), Rule("each_item_compared", params, missed)


def _find_posting(threshold: Threshold, grounds: Grounds) -> tuple[Verdict, Rule]:
    if threshold.days is None:
        raise ValueError("a threshold of posting needs days")
    if grounds.scorecard is None and grounds.so_far:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result")
    if grounds.posted_days is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("posting_not_recorded")
    params: dict[str, int | str] = {
        "days": threshold.days,
        "comparison": threshold.comparison,
        "posted_days": grounds.posted_days,
    }
    is_met = threshold.comparison.holds(grounds.posted_days, threshold.days)
    return _verdict(is_met), Rule("posting_compared", params)


def _compare(threshold: Threshold, rate: Rate | None) -> tuple[Verdict, Rule]:
    if rate is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_rate")
    params = {**_threshold_params(threshold), "n": rate.n, "of": rate.of}
    return _verdict(_reaches(threshold, rate)), Rule("rate_compared", params)


def _reaches(threshold: Threshold, rate: Rate) -> bool:
    if threshold.basis_points is None:
        raise ValueError("a threshold of a rate needs basis points")
    return threshold.comparison.reached_by(rate, threshold.basis_points)


def _threshold_params(threshold: Threshold) -> dict[str, int | str]:
    return {"basis_points": threshold.basis_points or 0, "comparison": threshold.comparison}


def _exceeds_frame(card: Scorecard) -> Rule:
    params = {"answered": card.tally.answered, "households": card.households}
    return Rule("answered_exceeds_frame", params)


def _verdict(is_met: bool) -> Verdict:
    return Verdict.MET if is_met else Verdict.NOT_MET
