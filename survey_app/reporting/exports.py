"""The board as files: the rows as they are shown, with counts beside every per cent, and the targets.

Takes rows whose figures are already disclosed; hides and adds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence

from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.reporting.queries import Board, Row
from survey_app.reporting.wording import denominator_text, kind_name, state_name, wait_text
from survey_app.results.signals_wording import contradicted
from survey_app.rulebooks.wording import (
    book_text,
    goal_text,
    rule_text,
    service_name,
    source_text,
    verdict_name,
)
from survey_app.scoring.rates import Rate
from survey_app.templating import moment, percent_cell, wording


def unit_lines(board: Board, rows: Sequence[Row]) -> Iterator[tuple[Cell, ...]]:
    """Heading, one line a unit, and a last line with the number of lines and the moment they are of."""
    conditions = [one for one in board.in_force.framework.requirements if one.kind != "consultation_event"]
    yield (*_heading(), *(wording(dict(one.title)) for one in conditions))
    for row in rows:
        found = {one.requirement.key: verdict_name(one.verdict) for one in row.conditions}
        yield (*_line(board, row), *(found.get(one.key, "") for one in conditions))
    yield (_("Number of lines"), len(rows), _("As of"), moment(board.made_at))


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
    )
    for one in board.targets:
        yield (
            wording(dict(one.target.title)),
            one.progress.met,
            one.progress.total,
            percent_cell(one.progress.rate),
            goal_text(one.target),
            one.needed,
            source_text(one.target.source),
        )
    yield (_("Rule book"), book_text(board.book))
    yield (_("Units counted"), denominator_text(board.denominator))


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
        _("To be compared with the papers"),
        _("Late"),
        _("Waits for"),
        _("Essential services online"),
        _("Answers by phone in the year"),
    )


def _line(board: Board, row: Row) -> Iterable[Cell]:
    return (
        row.unit.code,
        row.unit.full_name,
        kind_name(row.unit.kind),
        _("yes") if row.in_scope else _("not applicable"),
        row.survey_id,
        state_name(row.state),
        *_counts(row.coverage),
        *_counts(row.pooled),
        verdict_name(row.finding) if row.finding else _("not applicable"),
        rule_text(row.event) if row.event else "",
        source_text(row.event.source) if row.event else "",
        book_text(board.book),
        book_text(row.pinned) if row.pinned else "",
        contradicted(row.contradiction) if row.contradiction else "",
        _("yes") if row.is_late else _("no"),
        wait_text(row.wait) if row.wait else "",
        "; ".join(f"{service_name(one.service)}: {one.note}" for one in row.services),
        _("yes") if row.is_answered_online else _("no"),
    )


def _counts(rate: Rate | None) -> tuple[Cell, Cell, Cell]:
    return (rate.n, rate.of, percent_cell(rate)) if rate else (None, None, None)
