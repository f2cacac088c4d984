"""Verdicts: each requirement of a rule book held against the evidence of one unit, by exact integers.

A verdict names its rule and its source. Knows no database and no wording: `Rule` is for the rooms to put in
words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from survey_app.criteria.frameworks import Framework, Requirement, Source, Threshold
from survey_app.scoring.rates import Rate
from survey_app.scoring.scorecards import Scorecard


class Verdict(StrEnum):
    """The four things that can be said of a requirement."""

    MET = "met"
    NOT_MET = "not_met"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is on record for one unit in the period of the rule book."""

    has_sealed_decision_survey: bool = False
    #: Answers given by phone in that survey.
    phone_answers: int = 0
    scorecard: Scorecard | None = None
    #: Days the result has been posted; None where nothing was recorded.
    posted_days: int | None = None
    #: An earlier decision that recognises the requirement as met, by number and date.
    earlier_decision: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a verdict is what it is: a code and the figures that belong in its sentence."""

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement with its verdict; `source` is the threshold's, or else the quotation's."""

    requirement: Requirement
    verdict: Verdict
    rule: Rule
    source: Source | None


def find(framework: Framework, evidence: Evidence) -> tuple[Finding, ...]:
    """The findings on every requirement, in the order of the rule book.

    Rates below a configured floor of coverage prove nothing, whichever way they point: insufficient evidence.
    """
    below_floor = _is_below_floor(framework, evidence)
    return tuple(_find_one(requirement, evidence, below_floor) for requirement in framework.requirements)


def _is_below_floor(framework: Framework, evidence: Evidence) -> bool:
    """Whether a configured condition on coverage is anything but met."""
    return any(
        _find_coverage(requirement.threshold, evidence)[0] is not Verdict.MET
        for requirement in framework.requirements
        if requirement.kind == "coverage" and requirement.threshold is not None
    )


def _find_one(requirement: Requirement, evidence: Evidence, below_floor: bool) -> Finding:
    threshold = requirement.threshold
    if requirement.kind == "consultation_event":
        return Finding(requirement, *_find_event(evidence), requirement.source)
    if threshold is None:
        rule = Rule("threshold_not_configured")
        return Finding(requirement, Verdict.NOT_CONFIGURED, rule, requirement.source)
    return Finding(
        requirement, *_find_measured(requirement, threshold, evidence, below_floor), threshold.source
    )


def _find_measured(
    requirement: Requirement, threshold: Threshold, evidence: Evidence, below_floor: bool
) -> tuple[Verdict, Rule]:
    if requirement.kind == "posting_days":
        return _find_posting(threshold, evidence)
    if requirement.kind == "coverage":
        return _find_coverage(threshold, evidence)
    if below_floor:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("coverage_below_floor")
    card = evidence.scorecard
    if card is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result")
    if card.exceeds_frame:
        return Verdict.INSUFFICIENT_EVIDENCE, _exceeds_frame(card)
    if requirement.kind == "each_item_rate":
        return _find_items(threshold, card)
    return _compare(threshold, card.pooled if requirement.kind == "pooled_rate" else card.closing)


def _find_event(evidence: Evidence) -> tuple[Verdict, Rule]:
    if evidence.earlier_decision:
        return Verdict.MET, Rule("earlier_decision", {"decision": evidence.earlier_decision})
    if not evidence.has_sealed_decision_survey:
        return Verdict.NOT_MET, Rule("no_sealed_decision_survey")
    if evidence.phone_answers < 1:
        return Verdict.NOT_MET, Rule("no_answer_by_phone")
    return Verdict.MET, Rule("consulted_by_phone", {"phone_answers": evidence.phone_answers})


def _find_coverage(threshold: Threshold, evidence: Evidence) -> tuple[Verdict, Rule]:
    card = evidence.scorecard
    if card is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result")
    if card.coverage is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_frame")
    if card.exceeds_frame:
        return Verdict.INSUFFICIENT_EVIDENCE, _exceeds_frame(card)
    return _compare(threshold, card.coverage)


def _find_items(threshold: Threshold, card: Scorecard) -> tuple[Verdict, Rule]:
    reached = {key: _reaches(threshold, rate) for key, rate in card.items.items() if rate is not None}
    if not reached:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_valid_slip")
    missed = [key for key, is_reached in reached.items() if not is_reached]
    params = {**_threshold_params(threshold), "items": len(reached), "missed": ", ".join(missed)}
    return _verdict(not missed), Rule("each_item_compared", params)


def _find_posting(threshold: Threshold, evidence: Evidence) -> tuple[Verdict, Rule]:
    if threshold.days is None:
        raise ValueError("a threshold of posting needs days")
    if evidence.posted_days is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("posting_not_recorded")
    needed = threshold.days + (threshold.comparison == ">")
    params = {"days": threshold.days, "comparison": threshold.comparison, "posted_days": evidence.posted_days}
    return _verdict(evidence.posted_days >= needed), Rule("posting_compared", params)


def _compare(threshold: Threshold, rate: Rate | None) -> tuple[Verdict, Rule]:
    if rate is None:
        return Verdict.INSUFFICIENT_EVIDENCE, Rule("no_rate")
    params = {**_threshold_params(threshold), "n": rate.n, "of": rate.of}
    return _verdict(_reaches(threshold, rate)), Rule("rate_compared", params)


def _reaches(threshold: Threshold, rate: Rate) -> bool:
    if threshold.basis_points is None:
        raise ValueError("a threshold of a rate needs basis points")
    if threshold.comparison == ">":
        return rate.above(threshold.basis_points)
    return rate.at_least(threshold.basis_points)


def _threshold_params(threshold: Threshold) -> dict[str, int | str]:
    return {"basis_points": threshold.basis_points or 0, "comparison": threshold.comparison}


def _exceeds_frame(card: Scorecard) -> Rule:
    params = {"answered": card.tally.answered, "households": card.households}
    return Rule("answered_exceeds_frame", params)


def _verdict(is_met: bool) -> Verdict:
    return Verdict.MET if is_met else Verdict.NOT_MET
