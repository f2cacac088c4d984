"""Verdicts by exact integers, their rule and source with them, and none where something is unknown."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from survey_app.criteria.findings import (
    Consulted,
    Declared,
    Grounds,
    Missed,
    Rule,
    Verdict,
    awaiting_signatures,
    find,
)
from survey_app.criteria.frameworks import (
    BookTarget,
    Comparison,
    Framework,
    PhoneSlips,
    Requirement,
    RequirementKind,
    Source,
    TargetKind,
    Threshold,
)
from survey_app.criteria.targets import reach_of_units
from survey_app.scoring.rates import Rate
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.tallies import ItemTally, Tally

SOURCE = Source("01/QĐ-MẪU", date(2026, 1, 1), "Điều 1")
PERIOD = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}


def make_requirement(kind, basis_points=None, comparison=">=", days=None):
    given = basis_points is not None or days is not None
    threshold = Threshold(basis_points, Comparison(comparison), SOURCE, days) if given else None
    return Requirement(kind, "8.4", RequirementKind(kind), {"vi": kind}, "", threshold)


def make_framework(*requirements):
    return Framework("mau", 1, {"vi": "Mẫu"}, **PERIOD, demo=True, requirements=requirements, targets=())


def make_card(satisfied=90, dissatisfied=10, *, households=100, invalid=0, second_item=None):
    valid = satisfied + dissatisfied
    items = (ItemTally("roads", satisfied, dissatisfied, 0),)
    if second_item is not None:
        items += (ItemTally("power", second_item, valid - second_item, 0),)
    closing = ItemTally("overall", satisfied, dissatisfied, 0)
    tally = Tally(valid, invalid, dissatisfied, satisfied, items, closing, {})
    return Scorecard("xa", households, tally, {})


def verdict(requirement, evidence, *others):
    return find(make_framework(requirement, *others), evidence)[0].verdict


def consulted(*held, **others):
    """Surveys by (number, valid slips by phone, signed), newest first."""
    return Grounds(consulted=tuple(Consulted(*one) for one in held), **others)


EVENTS = {
    "signed, one valid slip by phone": (consulted(("2", 1, True)), "met", "consulted_by_phone"),
    "signed, no valid slip by phone": (consulted(("2", 0, True)), "not_met", "too_few_slips_by_phone"),
    "sealed": (consulted(("2", 50, False)), "insufficient_evidence", "awaits_signatures"),
    "sealed, paper only": (consulted(("2", 0, False)), "insufficient_evidence", "awaits_signatures"),
    "an earlier one by phone": (consulted(("2", 0, True), ("1", 9, True)), "met", "consulted_earlier"),
    "an earlier one that is signed": (consulted(("2", 9, False), ("1", 9, True)), "met", "consulted_earlier"),
    "an earlier one not signed": (
        consulted(("2", 0, True), ("1", 9, False)),
        "not_met",
        "too_few_slips_by_phone",
    ),
    "more answered than asked": (
        consulted(("2", 9, True, True), scorecard=make_card(90, 10, households=99)),
        "insufficient_evidence",
        "answered_exceeds_frame",
    ),
    "an earlier decision": (
        consulted(("2", 9, False), earlier_decision="12/QĐ-UBND"),
        "met",
        "earlier_decision",
    ),
    "nothing": (Grounds(), "not_met", "no_sealed_decision_survey"),
}


@pytest.mark.parametrize(("evidence", "expected", "code"), EVENTS.values(), ids=EVENTS.keys())
def test_the_consultation_is_met_by_an_event_and_by_no_rate(evidence, expected, code):
    finding = find(make_framework(make_requirement("consultation_event")), evidence)[0]

    assert (finding.verdict, finding.rule.code) == (expected, code)
    assert finding.awaits == (("signatures",) if code == "awaits_signatures" else ())


@pytest.mark.parametrize(("slips", "expected"), [(29, "not_met"), (30, "met")])
def test_the_rule_book_names_how_many_valid_slips_by_phone_the_event_needs(slips, expected):
    event = replace(make_requirement("consultation_event"), phone_slips=PhoneSlips(30, SOURCE))

    assert verdict(event, consulted(("2", slips, True))) == expected


def test_an_event_without_a_quotations_source_names_that_of_its_number():
    event = replace(make_requirement("consultation_event"), phone_slips=PhoneSlips(1, SOURCE))

    assert find(make_framework(event), Grounds())[0].source == SOURCE


def test_an_event_met_by_an_earlier_survey_names_it_and_the_one_that_speaks():
    requirement = make_requirement("consultation_event")

    finding = find(make_framework(requirement), consulted(("7", 0, True), ("5", 12, True)))[0]

    assert finding.rule.params == {"survey": "5", "phone_slips": 12, "least": 1, "newest": "7"}


@pytest.mark.parametrize(
    "kind", ["coverage", "pooled_rate", "each_item_rate", "closing_rate", "posting_days"]
)
@pytest.mark.parametrize(
    "evidence",
    [Grounds(), consulted(("2", 9, True), scorecard=make_card(), posted_days=10)],
    ids=["none", "all"],
)
def test_without_a_threshold_nothing_is_decided(kind, evidence):
    assert verdict(make_requirement(kind), evidence) is Verdict.NOT_CONFIGURED


@pytest.mark.parametrize(
    ("basis_points", "comparison", "expected"),
    [(9000, ">=", "met"), (9000, ">", "not_met"), (9001, ">=", "not_met"), (8999, ">", "met")],
)
@pytest.mark.parametrize("kind", ["coverage", "pooled_rate", "each_item_rate", "closing_rate"])
def test_thresholds_compare_exact_integers(kind, basis_points, comparison, expected):
    card = make_card(81, 9, households=100)

    assert verdict(make_requirement(kind, basis_points, comparison), Grounds(scorecard=card)) == expected


def test_89_96_per_cent_fails_90_and_the_rule_names_its_figures_and_source():
    requirement = make_requirement("pooled_rate", 9000)

    finding = find(make_framework(requirement), Grounds(scorecard=make_card(8996, 1004, households=10_000)))[
        0
    ]

    assert finding.verdict is Verdict.NOT_MET
    assert finding.rule == Rule(
        "rate_compared", {"basis_points": 9000, "comparison": ">=", "n": 8996, "of": 10000}
    )
    assert finding.source == SOURCE


@pytest.mark.parametrize("kind", ["pooled_rate", "each_item_rate", "closing_rate"])
@pytest.mark.parametrize("satisfied", [69, 0], ids=["all satisfied", "none satisfied"])
def test_below_the_floor_of_coverage_no_rate_proves_anything(kind, satisfied):
    card = make_card(satisfied, 69 - satisfied, households=100)
    floor = make_requirement("coverage", 7000)

    assert verdict(make_requirement(kind, 9000), Grounds(scorecard=card), floor) == "insufficient_evidence"
    assert verdict(floor, Grounds(scorecard=card)) == "not_met"


def test_a_floor_that_is_not_configured_holds_nothing_back():
    card = make_card(10, 0, households=100)

    assert (
        verdict(make_requirement("pooled_rate", 9000), Grounds(scorecard=card), make_requirement("coverage"))
        == "met"
    )


def test_each_item_has_to_reach_the_threshold_and_the_rule_names_those_that_do_not():
    evidence = Grounds(
        scorecard=make_card(90, 10, second_item=79),
        item_texts={"roads": {"vi": "Đường sá"}, "power": {"vi": "Điện"}},
    )

    finding = find(make_framework(make_requirement("each_item_rate", 8000)), evidence)[0]

    assert finding.verdict is Verdict.NOT_MET
    assert finding.rule.missed == (Missed(2, "power", {"vi": "Điện"}, Rate(79, 100)),)


@pytest.mark.parametrize(
    "kind", ["coverage", "pooled_rate", "each_item_rate", "closing_rate", "posting_days"]
)
@pytest.mark.parametrize(
    "card",
    [None, make_card(0, 0, households=0), make_card(90, 10, households=99)],
    ids=["no result", "nobody answered, no frame", "more answered than the frame holds"],
)
def test_missing_or_impossible_evidence_is_insufficient_rather_than_failed(kind, card):
    requirement = make_requirement(
        kind, None if kind == "posting_days" else 9000, days=10 if kind == "posting_days" else None
    )

    assert verdict(requirement, Grounds(scorecard=card)) is Verdict.INSUFFICIENT_EVIDENCE


@pytest.mark.parametrize(
    ("comparison", "days", "expected"), [(">=", 10, "met"), (">=", 9, "not_met"), (">", 10, "not_met")]
)
def test_posting_is_counted_in_days(comparison, days, expected):
    assert (
        verdict(make_requirement("posting_days", None, comparison, 10), Grounds(posted_days=days)) == expected
    )


def make_target(basis_points=5000, comparison=">="):
    return BookTarget(
        "communes",
        {"vi": "Xã"},
        TargetKind.COMMUNES_MEETING_INDICATOR,
        basis_points,
        Comparison(comparison),
        SOURCE,
        ("xa",),
    )


def test_a_target_counts_units_of_its_kind_only():
    current = reach_of_units(make_target(), [("xa", True), ("xa", False), ("phuong", True)])

    assert (current.met, current.total, current.rate) == (1, 2, Rate(1, 2))
    assert make_target().goal == Fraction(1, 2)
    assert not current.missing
    assert current.is_reached


def test_a_goal_of_more_than_half_is_not_reached_by_half():
    units = [("xa", True), ("xa", False)]

    assert not reach_of_units(make_target(comparison=">"), units).is_reached


def test_a_unit_that_cannot_be_told_is_missing_and_counts_as_not_met():
    current = reach_of_units(make_target(), [("xa", None), ("xa", True)])

    assert (current.met, current.total, current.missing) == (1, 2, 1)


@pytest.mark.parametrize("basis_points", [0, 5000])
def test_no_unit_in_scope_has_no_rate_and_reaches_nothing(basis_points):
    nothing = reach_of_units(make_target(basis_points), [("phuong", True)])

    assert (nothing.met, nothing.total, nothing.rate, nothing.is_reached) == (0, 0, None, False)


@pytest.mark.parametrize("comparison", Comparison)
@pytest.mark.parametrize("basis_points", [0, 1, 3333, 4000, 5000, 9999, 10_000])
def test_the_units_still_needed_are_the_fewest_that_reach_the_goal(comparison, basis_points):
    """Tried one by one; only more than all of them can never be reached."""
    target = make_target(basis_points, comparison)

    def reached(met, total):
        return comparison.reached_by(Rate(met, total), basis_points) if met <= total else True

    for total in range(1, 12):
        for met in range(total + 1):
            enough = [more for more in range(total + 2) if reached(met + more, total)]

            found = reach_of_units(target, [("xa", number < met) for number in range(total)])
            assert (found.needed, found.is_reached) == (enough[0], enough[0] == 0)


@pytest.mark.parametrize(
    ("comparison", "holding"), [(">=", [False, True, True]), (">", [False, False, True])]
)
def test_days_of_posting_are_held_against_what_is_asked_at_below_and_above(comparison, holding):
    asked = make_requirement("posting_days", days=3, comparison=comparison)

    for posted, is_met in zip((2, 3, 4), holding, strict=True):
        [finding] = find(make_framework(asked), Grounds(posted_days=posted))
        assert (finding.verdict, finding.rule) == (
            Verdict.MET if is_met else Verdict.NOT_MET,
            Rule("posting_compared", {"days": 3, "comparison": comparison, "posted_days": posted}),
        )


@pytest.mark.parametrize("basis_points", [0, 8999, 9000, 9001])
def test_a_rate_is_held_against_what_is_asked_and_names_both(basis_points):
    asked = make_requirement("pooled_rate", basis_points)

    [finding] = find(make_framework(asked), Grounds(scorecard=make_card()))

    assert finding.verdict == (Verdict.MET if basis_points <= 9000 else Verdict.NOT_MET)
    assert finding.rule == Rule(
        "rate_compared", {"basis_points": basis_points, "comparison": ">=", "n": 90, "of": 100}
    )


def test_what_each_kind_of_requirement_is_about():
    about = {
        kind.value: (kind.measure and kind.measure.value, kind.tells_satisfaction, kind.measures_result)
        for kind in RequirementKind
    }

    assert about == {
        "consultation_event": (None, False, False),
        "coverage": ("basis_points", False, True),
        "pooled_rate": ("basis_points", True, True),
        "each_item_rate": ("basis_points", True, True),
        "closing_rate": ("basis_points", True, True),
        "posting_days": ("days", False, False),
        "back_check": (None, False, False),
        "declared": (None, False, False),
    }


@pytest.mark.parametrize(
    ("asked", "evidence", "awaits"),
    [
        (make_requirement("pooled_rate", 9000), Grounds(scorecard=make_card()), True),
        (make_requirement("pooled_rate", 9001), Grounds(scorecard=make_card()), True),
        (make_requirement("coverage", 9000), Grounds(scorecard=make_card()), True),
        (make_requirement("pooled_rate"), Grounds(scorecard=make_card()), False),
        (make_requirement("pooled_rate", 9000), Grounds(), False),
        (make_requirement("posting_days", days=3), Grounds(posted_days=3), False),
    ],
    ids=["met", "not met", "coverage", "not configured", "no result", "posting"],
)
def test_only_a_verdict_on_figures_that_nobody_signed_awaits_signatures(asked, evidence, awaits):
    [finding] = find(make_framework(asked), evidence)

    held = awaiting_signatures(finding)

    assert held == (
        replace(finding, verdict=Verdict.INSUFFICIENT_EVIDENCE, awaits=("signatures",)) if awaits else finding
    )


@pytest.mark.parametrize("card", [None, make_card(households=90)], ids=["without figures", "with figures"])
@pytest.mark.parametrize("exceeds_frame", [True, False])
def test_an_event_beyond_the_frame_says_so_where_the_figures_are_known(exceeds_frame, card):
    newest = Consulted("2", 0, True, exceeds_frame)

    [finding] = find(
        make_framework(make_requirement("consultation_event")), Grounds(scorecard=card, consulted=(newest,))
    )

    expected = "answered_exceeds_frame" if exceeds_frame and card else "too_few_slips_by_phone"
    assert finding.rule.code == expected


@pytest.mark.parametrize(
    ("kind", "given", "missing"),
    [
        ("posting_days", {"basis_points": 9000}, "needs days"),
        ("pooled_rate", {"days": 3}, "needs basis points"),
    ],
)
def test_a_threshold_in_the_wrong_measure_is_a_mistake_of_the_program(kind, given, missing):
    with pytest.raises(ValueError, match=missing):
        find(make_framework(make_requirement(kind, **given)), Grounds(scorecard=make_card(), posted_days=3))


def test_a_back_check_that_the_book_asks_for_is_awaited_until_a_reply_is_on_record():
    asked = replace(make_requirement("back_check"), source=SOURCE)
    sealed = consulted(("2", 9, True), scorecard=make_card())

    awaited = find(make_framework(asked), sealed)[0]
    done = find(make_framework(asked), replace(sealed, is_back_checked=True))[0]

    assert (awaited.verdict, awaited.awaits) == (Verdict.INSUFFICIENT_EVIDENCE, ("back_check",))
    assert (done.verdict, done.awaits, done.source) == (Verdict.MET, (), SOURCE)


@pytest.mark.parametrize("answered", [69, 70, 100])
def test_coverage_of_a_running_survey_is_compared_and_never_concluded(answered):
    event, coverage, pooled = (
        make_requirement("consultation_event"),
        make_requirement("coverage", 7000),
        make_requirement("pooled_rate", 8000),
    )

    found = find(make_framework(event, coverage, pooled), Grounds(so_far=Rate(answered, 100)))

    assert {one.verdict for one in found} == {Verdict.INSUFFICIENT_EVIDENCE}
    assert (found[0].awaits, found[1].awaits) == (("seal",), ("seal",))
    assert found[1].rule.params["n"] == answered


@pytest.mark.parametrize(
    ("declared", "verdict_of_it", "awaits"),
    [
        (None, "insufficient_evidence", ()),
        (Declared.WAITING, "insufficient_evidence", ("acceptance",)),
        (Declared.SENT_BACK, "insufficient_evidence", ()),
        (Declared.ACCEPTED, "met", ()),
    ],
)
def test_what_a_commune_declares_is_met_once_the_province_accepts_it(declared, verdict_of_it, awaits):
    found = find(make_framework(make_requirement("declared")), Grounds(declared=declared))[0]

    assert (found.verdict, found.awaits) == (verdict_of_it, awaits)


def test_a_back_check_without_a_result_has_nothing_to_compare_and_waits_for_nobody():
    asked = replace(make_requirement("back_check"), source=SOURCE)

    (finding,) = find(make_framework(asked), Grounds())

    assert (finding.verdict, finding.rule, finding.awaits, finding.source) == (
        Verdict.INSUFFICIENT_EVIDENCE, Rule("no_result"), (), SOURCE,
    )  # fmt: skip
