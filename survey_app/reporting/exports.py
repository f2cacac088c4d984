"""The board as files: the rows as they are shown, with counts beside every per cent, and the targets.

Takes rows whose figures are already disclosed; hides and adds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence

from survey_app.campaigns.milestones import Milestone
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import ProvinceCard
from survey_app.campaigns.targets import PlanProgress
from survey_app.campaigns.wording import (
    beside_text,
    denominator_text,
    milestone_name,
    row_verdict,
    total_text,
    unit_kind_name,
    unit_note,
    unit_state_name,
    wait_text,
)
from survey_app.criteria.findings import Finding
from survey_app.criteria.frameworks import Requirement, RequirementKind
from survey_app.fieldwork.models import WITH_SEAL
from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.quality.comparison_wording import contradicted
from survey_app.results.wording import above_frame_text
from survey_app.rulebooks import conditions
from survey_app.rulebooks.rule_texts import rule_text
from survey_app.rulebooks.targets import wording as target_wording
from survey_app.rulebooks.wording import (
    book_text,
    goal_text,
    plan_words,
    service_name,
    source_text,
    target_name,
)
from survey_app.scoring.rates import Rate
from survey_app.templating import day, moment, percent_cell, wording


def unit_lines(board: Board, rows: Sequence[BoardRow]) -> Iterator[tuple[Cell, ...]]:
    """Heading, one line a unit, and a last line with the number of lines and the moment they are of."""
    asked = board.in_force.framework.requirements
    conditions = [one for one in asked if one.kind is not RequirementKind.CONSULTATION_EVENT]
    yield (*_heading(), *(cell for one in conditions for cell in _headings(one)))
    for row in rows:
        found = {one.requirement.key: one for one in row.conditions}
        yield (
            *_line(board, row),
            *(cell for one in conditions for cell in _verdict(found.get(one.key))),
        )
    yield (_("Number of lines"), len(rows), _("As of"), moment(board.made_at))


def province_lines(sums: ProvinceCard) -> Iterator[tuple[Cell, ...]]:
    """The sums of each form, item by item, then the whole province."""
    yield (
        *(_("Form"), _("Surveys"), _("Households on the list"), _("Households that answered")),
        *(_("Valid"), _("Invalid"), _("Item"), _("Satisfied"), _("Dissatisfied"), _("Left blank"), _("Rate")),
    )
    for one in sums.forms:
        head: tuple[Cell, ...] = (
            f"{wording(dict(one.form.title))} ({one.form.key}, {one.form.version})",
            *(len(one.surveys), one.card.households, one.card.tally.answered),
            *(one.card.tally.valid, one.card.tally.invalid),
        )
        pooled = one.card.pooled
        yield (*head, _("All items"), pooled.n if pooled else None, None, None, percent_cell(pooled))
        for item in one.card.tally.items:
            text = wording(dict(one.texts[item.key]))
            counts = (item.satisfied, item.dissatisfied, item.blank)
            yield (*head, text, *counts, percent_cell(one.card.items[item.key]))
    total = sums.total
    yield (
        *(_("Whole province"), total.surveys, total.households, total.answered, total.valid, total.invalid),
        total_text(total),
    )


def province_unit_lines(sums: ProvinceCard) -> Iterator[tuple[Cell, ...]]:
    """The sums of each unit of today, of split units in lines of their own, and their total."""
    yield (
        *(_("Unit code"), _("Unit"), _("Households on the list"), _("Households that answered")),
        *(_("Valid"), _("Invalid"), _("Remark")),
    )
    for one in sums.units:
        tally = one.card.tally
        counts = (one.card.households, tally.answered, tally.valid, tally.invalid)
        yield (one.unit.code, one.unit.full_name, *counts, unit_note(one))
    total = sums.total
    yield ("", _("Total"), total.households, total.answered, total.valid, total.invalid, "")


def target_lines(board: Board) -> Iterator[tuple[Cell, ...]]:
    """Heading, one line a target, and the rule book and register they rest on."""
    yield (
        _("Target"),
        _("Units that meet it"),
        _("Units in scope"),
        _("Share"),
        _("Goal"),
        _("Units still needed"),
        _("Source"),
        _("Beside the share"),
        _("In the words of the plan"),
    )
    for one in board.targets:
        yield (
            target_name(one.target, board.in_force.framework),
            one.reach.met,
            one.reach.total,
            percent_cell(one.reach.rate),
            goal_text(one.target),
            one.reach.needed,
            source_text(one.target.source),
            beside_text(one),
            plan_words(one.target),
        )
    yield (_("Rule book"), book_text(board.book))
    yield (_("Units counted"), denominator_text(board.denominator))


def plan_lines(plan: Iterable[PlanProgress]) -> Iterator[tuple[Cell, ...]]:
    """Heading, and one line a target of the plan in its order: goal, how far it is, who is missing, whose words."""
    yield (
        *(_("Target"), _("Goal"), _("Met"), _("Total"), _("Share"), _("Missing to the goal")),
        *(
            _("Wait for the province"),
            _("Have entered nothing that counts"),
            _("Plan until the year"),
            _("Source"),
        ),
        *(_("Words of the plan"), _("Where the figure comes from"), _("So far")),
    )
    for one in plan:
        target, reach = one.target, one.reach
        has_whole = reach is not None and target.kind.is_share
        yield (
            *(target_wording.name(target), target_wording.goal(target)),
            *(reach.met if reach else None, reach.total if reach and has_whole else None),
            *(percent_cell(reach.rate) if reach and has_whole else None, _missing_to_goal(one)),
            *(len(one.waiting), len(one.silent), target.terms.until, source_text(target.terms.source)),
            *(target.terms.words, target_wording.plan_kind_name(target.kind)),
            target_wording.outcome(target, reach, one.asked) if reach else None,
        )


def _missing_to_goal(one: PlanProgress) -> int | None:
    """Nothing of a share that not every unit asked has reported: what those report moves the goal."""
    is_open = one.target.kind.has_whole and one.reach is not None and one.reach.missing > 0
    return one.reach.needed if one.reach and not is_open else None


def _headings(requirement: Requirement) -> tuple[str, str, str, str]:
    title = wording(dict(requirement.title))
    return (
        title,
        _("%(condition)s: what would change it", condition=title),
        _("%(condition)s: rule", condition=title),
        _("%(condition)s: source", condition=title),
    )


def _verdict(found: Finding | None) -> tuple[str, str, str, str]:
    """A verdict is never without the rule and the source it rests on, nor as settled on figures nobody signed."""
    if found is None:
        return "", "", "", ""
    line = conditions.line(found)
    return line.verdict, line.change, line.rule, line.source


def _heading() -> Iterable[str]:
    return (
        _("Unit code"),
        _("Unit"),
        _("Kind"),
        _("Indicator applies"),
        _("Survey"),
        _("State"),
        _("Households that answered"),
        _("Households on the list"),
        _("Coverage"),
        _("Satisfied answers"),
        _("Possible answers"),
        _("Satisfaction rate"),
        _("8.4, consultation half"),
        _("Rule"),
        _("Source"),
        _("Rule book"),
        _("Rule book of the survey, where it is another one"),
        _("Villages above their list"),
        _("Signed by both bodies"),
        _("Form confirmed by the Front"),
        _("To be compared with the papers"),
        _("Late"),
        _("Waits for"),
        _("Essential services online"),
        _("Valid answers by phone in the year"),
        *(milestone_name(one) for one in Milestone),
    )


def _line(board: Board, row: BoardRow) -> Iterable[Cell]:
    return (
        row.unit.code,
        row.unit.full_name,
        unit_kind_name(row.unit.kind),
        _("yes") if row.in_scope else _("not applicable"),
        row.survey_id,
        unit_state_name(row.state),
        *_counts(row.coverage),
        *_counts(row.pooled),
        row_verdict(row),
        rule_text(row.event) if row.event else "",
        source_text(row.event.source) if row.event else "",
        book_text(board.book),
        book_text(row.pinned) if row.pinned else "",
        " ".join(above_frame_text(village) for village in row.above_frame),
        *_signed(row),
        contradicted(row.contradiction) if row.contradiction else "",
        _yes(row.is_late),
        wait_text(row.wait) if row.wait else "",
        "; ".join(f"{service_name(one.service)}: {one.note}" for one in row.services),
        _yes(row.is_answered_online),
        *(_done(row, one) for one in Milestone),
    )


def _done(row: BoardRow, milestone: Milestone) -> str:
    """The day and the person of a step that was taken; "" of one that was not."""
    done = row.milestones.get(milestone)
    if done is None:
        return ""
    return ", ".join(filter(None, (day(done.on) if done.on else _("yes"), done.by)))


def _yes(claim: bool) -> str:
    return _("yes") if claim else _("no")


def _signed(row: BoardRow) -> tuple[Cell, Cell]:
    """Whether the sealed survey of the row is signed, and used a confirmed form; empty before the seal."""
    if row.state not in WITH_SEAL:
        return None, None
    return _yes(row.is_signed), _yes(row.used_confirmed_form)


def _counts(rate: Rate | None) -> tuple[Cell, Cell, Cell]:
    return (rate.n, rate.of, percent_cell(rate)) if rate else (None, None, None)
