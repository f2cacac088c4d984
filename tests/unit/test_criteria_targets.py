"""Targets of a plan: what is shipped, how figures are added up, and which goal a year has."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from survey_app.criteria import targets
from survey_app.criteria.frameworks import Comparison, Source
from survey_app.criteria.targets import Figure, PlanKind, PlanTarget, Terms
from survey_app.rulebooks.packaged import plan_of

OLD = Terms("", 7000, Comparison.AT_LEAST, Source("1/KH", None, ""), 0, 2025)
NEW = Terms(
    "Theo kế hoạch mới", 9000, Comparison.AT_LEAST, Source("2/KH", date(2026, 3, 1), "Mục 2"), 2026, 2030
)


def target(kind=PlanKind.ATTESTED, goal=7000):
    terms = Terms("", goal, Comparison.AT_LEAST, OLD.source, 0, 2025)
    return PlanTarget("thu", {"vi": "Thử"}, kind, ("xa",), terms, {}, {}, None)


def test_the_thirteen_targets_of_the_plan_are_shipped_with_their_goals():
    shipped = {one.key: (one.kind.value, one.goal) for one in plan_of("52", 2026).targets}

    assert shipped == {
        "files_online_province": ("share", Fraction(9, 10)),
        "files_online_district": ("share", Fraction(8, 10)),
        "files_online_commune": ("share", Fraction(6, 10)),
        "communes_8_4_basic": ("attested", Fraction(97, 100)),
        "communes_8_4": ("computed", Fraction(1, 2)),
        "communes_15_2": ("attested", Fraction(1, 2)),
        "districts_9_5": ("share", Fraction(6, 10)),
        "managers_trained": ("share", Fraction(1)),
        "communes_with_cooperatives": ("attested", Fraction(7, 10)),
        "districts_with_linkage": ("share", Fraction(7, 10)),
        "linkage_with_raw_material_areas": ("share", Fraction(1, 2)),
        "online_feedback": ("computed", Fraction(4, 10)),
        "smart_commune_pilots": ("count", Fraction(1)),
    }
    assert all(one.terms.until == 2025 and one.terms.source.number for one in plan_of("52", 2026).targets)
    ended = {one.key for one in plan_of("52", 2026).targets if one.is_closed(2026)}
    assert ended == {"files_online_district", "districts_9_5", "districts_with_linkage"}


@pytest.mark.parametrize(
    ("kind", "goal", "told", "asked", "met", "total", "missing", "is_reached", "needed"),
    [
        (PlanKind.SHARE, 6000, [Figure(1, 2), Figure(5, 8)], 3, 6, 10, 1, False, 0),
        (PlanKind.SHARE, 6000, [Figure(1, 2), Figure(5, 8)], 2, 6, 10, 0, True, 0),
        (PlanKind.SHARE, 6000, [Figure(0, 0)], 1, 0, 0, 0, False, 0),
        (PlanKind.ATTESTED, 7000, [Figure(1), Figure(0), Figure(1)], 4, 2, 4, 1, False, 1),
        (PlanKind.ATTESTED, 10000, [Figure(1)], 1, 1, 1, 0, True, 0),
        (PlanKind.COUNT, 1, [], 3, 0, 3, 3, False, 1),
        (PlanKind.COUNT, 1, [Figure(2)], 3, 2, 3, 2, True, 0),
    ],
)
def test_figures_are_added_up_and_who_told_nothing_is_missing(
    kind, goal, told, asked, met, total, missing, is_reached, needed
):
    found = targets.reach(target(kind, goal), told, asked)

    assert found == targets.Reach(met, total, missing, is_reached, needed)


def test_a_plan_is_found_by_its_province_and_no_other_province_has_it():
    assert plan_of("52", 2015) == plan_of("52", 2040)
    assert plan_of("48", 2026) is None


def test_a_year_has_the_goal_of_its_plan_and_is_marked_after_its_end():
    under = {year: targets.in_year(target(), [NEW], year) for year in (2025, 2026, 2031)}

    assert [under[year].terms.goal for year in (2025, 2026, 2031)] == [7000, 9000, 9000]
    assert [under[year].is_beyond_plan(year) for year in (2025, 2026, 2031)] == [False, False, True]
    assert target().is_beyond_plan(2026)


def test_what_is_asked_from_a_year_on_holds_until_something_else_is_asked_whatever_was_entered_first():
    later = replace(NEW, goal=9500, since=NEW.since + 1)
    corrected = replace(NEW, goal=8000)

    found = [
        targets.in_year(target(), [later, NEW, corrected], year).terms.goal for year in (2026, 2027, 2030)
    ]

    assert found == [8000, 9500, 9500]


@pytest.mark.parametrize(
    ("kind", "figure", "wrong"),
    [
        (PlanKind.SHARE, Figure(3, 2), ("more_than_whole",)),
        (PlanKind.SHARE, Figure(3), ("no_whole",)),
        (PlanKind.SHARE, Figure(0, 0), ()),
        (PlanKind.ATTESTED, Figure(2), ("neither_yes_nor_no",)),
        (PlanKind.COUNT, Figure(-1), ("negative",)),
        (PlanKind.COUNT, Figure(7), ()),
        (PlanKind.COMPUTED, Figure(1), ("computed",)),
    ],
)
def test_a_figure_that_cannot_be_is_named(kind, figure, wrong):
    assert targets.problems(kind, figure) == wrong


def test_only_a_share_has_a_whole_and_only_a_count_is_no_share():
    assert {kind.value: (kind.is_share, kind.has_whole) for kind in PlanKind} == {
        "computed": (True, False),
        "share": (True, True),
        "count": (False, False),
        "attested": (True, False),
    }


def test_a_target_of_a_level_that_ended_takes_figures_of_its_last_year_and_of_none_after_it():
    of_districts = replace(target(), ended_on=date(2025, 6, 30))

    assert [of_districts.is_closed(year) for year in (2024, 2025, 2026)] == [False, False, True]
    assert not target().is_closed(2026)
