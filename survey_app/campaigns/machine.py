"""The province's board for machines: JSON that stays, and plain lines for a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from survey_app.campaigns.book_targets import BookProgress
from survey_app.campaigns.outside import OutsideView
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import FormCard, ProvinceCard, Total, UnitCard
from survey_app.campaigns.targets import PlanProgress
from survey_app.campaigns.wording import beside_text, row_verdict, total_text, unit_state_name, wait_text
from survey_app.criteria.findings import Finding
from survey_app.criteria.targets import PlanKind
from survey_app.results.machine import card as scorecard_of
from survey_app.rulebooks import conditions
from survey_app.rulebooks.rule_texts import rule_text
from survey_app.rulebooks.targets import wording as target_wording
from survey_app.rulebooks.wording import book_text, source_text, target_name
from survey_app.scoring.rates import dump_rate
from survey_app.templating import percent


def as_document(made: Board, sums: ProvinceCard, plan: Sequence[PlanProgress]) -> dict[str, Any]:
    """The board, the province's scorecard and the targets of the plan as JSON, in the shape the outside relies on."""
    return {
        "unit": made.province.code,
        "year": made.year,
        "framework": {
            "key": made.in_force.framework.key,
            "version": made.in_force.framework.version,
            "chosen": made.in_force.is_chosen,
        },
        "recount": {
            "night": made.recount.night.isoformat() if made.recount.night else None,
            "sealed": made.recount.sealed,
            "agreeing": made.recount.agreeing,
            "differing": list(made.recount.differing),
        },
        "total": _total(sums.total),
        "forms": [_form(one) for one in sums.forms],
        "units": [_unit(one) for one in sums.units],
        "outside": [_outside(one) for one in sums.outside],
        "communes": [_commune(row) for row in made.rows],
        "targets": _targets(made, plan),
    }


def _total(found: Total) -> dict[str, Any]:
    return {
        "surveys": found.surveys,
        "unsigned": found.unsigned,
        "households": found.households,
        "answered": found.answered,
        "valid": found.valid,
        "invalid": found.invalid,
        "coverage": dump_rate(found.coverage),
        "channels": dict(found.channels),
    }


def _form(one: FormCard) -> dict[str, Any]:
    summed = {key: value for key, value in scorecard_of("", one.card).items() if key != "survey"}
    return {
        **summed,
        "key": one.form.key,
        "version": one.form.version,
        "digest": one.digest,
        "title": dict(one.form.title),
        "surveys": list(one.surveys),
        "unsigned": one.unsigned,
    }


def _unit(one: UnitCard) -> dict[str, Any]:
    """Counts of a unit of today, or of one that was split."""
    return {
        "unit": one.unit.code,
        "name": one.unit.full_name,
        "households": one.card.households,
        "answered": one.card.tally.answered,
        "valid": one.card.tally.valid,
        "came_from": [earlier.full_name for earlier in one.came_from],
        "split_into": [later.full_name for later in one.split_into],
    }


def _outside(one: OutsideView) -> dict[str, Any]:
    """A consultation held on paper outside, which is in no sum."""
    return {
        "unit": one.unit.code,
        "name": one.unit.full_name,
        "document": one.counts.document,
        "held_from": one.counts.held_from.isoformat(),
        "held_until": one.counts.held_until.isoformat(),
        "households": one.counts.households,
        "answered": one.counts.answered,
        "valid": one.counts.valid,
        "pooled": dump_rate(one.counts.pooled),
        "scan": one.digest,
    }


def _commune(row: BoardRow) -> dict[str, Any]:
    return {
        "unit": row.unit.code,
        "name": row.unit.full_name,
        "survey": row.survey_id,
        "state": row.state.value if row.state else None,
        "in_scope": row.in_scope,
        "coverage": dump_rate(row.coverage),
        "pooled": dump_rate(row.pooled),
        "finding": row.finding.value if row.finding else None,
        "awaits": list(row.awaits),
        "rule": rule_text(row.event) if row.event else None,
        "source": source_text(row.event.source) if row.event else None,
        "pinned_rulebook": book_text(row.pinned) if row.pinned else None,
        "conditions": [_condition(one) for one in row.conditions],
        "above_frame": [asdict(village) for village in row.above_frame],
        "contradicted": asdict(row.contradiction) if row.contradiction else None,
        "late": row.is_late,
        "milestones": {one: done.on.isoformat() if done.on else None for one, done in row.milestones.items()},
        "needs_somebody": row.needs_somebody,
        "due": row.wait.due.isoformat() if row.wait and row.wait.due else None,
    }


def _condition(found: Finding) -> dict[str, Any]:
    return {
        "key": found.requirement.key,
        "finding": found.verdict.value,
        "awaits": list(found.awaits),
        "rule": rule_text(found),
        "source": source_text(found.source),
        "change": conditions.line(found).change,
    }


def _targets(made: Board, plan: Sequence[PlanProgress]) -> list[dict[str, Any]]:
    """What the rule book of the year computes, then what units report of the other targets of the plan."""
    return [_target(made, one) for one in made.targets] + [
        _of_plan(one) for one in plan if one.on_board is None
    ]


def _of_plan(one: PlanProgress) -> dict[str, Any]:
    return {
        "key": one.target.key,
        "met": one.reach.met if one.reach else 0,
        "total": one.reach.total if one.reach else 0,
        "goal": float(one.target.goal),
        "computed": False,
        "name": target_wording.name(one.target),
        "beside": None,
        "kind": one.target.kind.value,
        "closed": one.is_closed,
        "missing": len(one.waiting) + len(one.silent),
        "until": one.target.terms.until,
        "beyond_plan": one.is_beyond_plan,
        "source": source_text(one.target.terms.source),
    }


def _target(made: Board, one: BookProgress) -> dict[str, Any]:
    until = made.in_force.framework.period_to.year
    return {
        "key": one.target.key,
        "met": one.reach.met,
        "total": one.reach.total,
        "goal": float(one.target.goal),
        "computed": one.is_computed,
        "name": target_name(one.target, made.in_force.framework),
        "beside": asdict(one.beside) if one.beside else None,
        "kind": PlanKind.COMPUTED.value,
        "closed": False,
        "missing": 0,
        "until": until,
        "beyond_plan": made.year > until,
        "source": source_text(one.target.source),
    }


def as_text(made: Board, sums: ProvinceCard, plan: Sequence[PlanProgress]) -> str:
    """The board as lines for a terminal."""
    lines = [f"{made.province.full_name} {made.year}: {book_text(made.book)}", total_text(sums.total)]
    for one in made.targets:
        name = target_name(one.target, made.in_force.framework)
        lines.append("  ".join(filter(None, (f"{one.reach.met}/{one.reach.total}", name, beside_text(one)))))
    lines += [
        f"{target_wording.now(one.target, one.reach)}  {target_wording.name(one.target)}: "
        f"{target_wording.outcome(one.target, one.reach, one.asked)}"
        for one in plan
        if one.reach and not one.on_board
    ]
    for row in made.rows:
        figures = ", ".join(percent(rate) for rate in (row.coverage, row.pooled) if rate)
        waits = wait_text(row.wait) if row.in_scope and row.wait else ""
        said = () if row.event else (row_verdict(row),)
        lines.append(
            "  ".join(filter(None, (row.unit.full_name, unit_state_name(row.state), figures, *said, waits)))
        )
        lines += [f"    {_verdict_text(one)}" for one in row.findings]
    return "\n".join(lines)


def _verdict_text(found: Finding) -> str:
    """One verdict with what would change it, the rule it follows from and where that is written."""
    line = conditions.line(found)
    sentence = f"{line.title}: {line.concluded}. {line.rule}"
    return f"{sentence} ({line.source})" if line.source else sentence
