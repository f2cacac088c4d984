"""The board on one sheet of A4, for a Monday meeting: what the page says, cut to what fits."""

from collections.abc import Sequence

from survey_app.campaigns import requested
from survey_app.campaigns.changes import Changes
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.wording import changes_text, milestone_name, total_text, wait_text
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.reporting import layout
from survey_app.reporting.blocks import Block, Facts, Paper, Paragraph, PartTitle, Table, Tone
from survey_app.reporting.conditions_part import demonstration
from survey_app.reporting.house_style import HouseStyle
from survey_app.rulebooks.wording import book_text, goal_text, target_name
from survey_app.templating import moment, number, percent

#: What fits on the sheet beside everything else, with names of the usual length on two lines.
_TARGETS, _UNITS = 4, 12


def one_page(board: Board, changes: Changes, style: HouseStyle) -> Paper:
    """Targets, what changed, how far the communes are, and those that are stuck, the late ones first."""
    stuck = [row for row in board.to_act if row.is_late] + [row for row in board.to_act if not row.is_late]
    return Paper(
        head=layout.head(style, board.province, "", board.made_at),
        title=_("%(province)s, %(year)s", province=board.province.full_name, year=board.year),
        about=(
            _("Consultation of households: how far the communes are"),
            _("Figures of %(moment)s", moment=moment(board.counted_at or board.made_at)),
        ),
        layout="",
        blocks=(
            *demonstration(board.in_force.framework),
            Facts(_targets(board)),
            Paragraph(total_text(board.total)),
            Paragraph(changes_text(changes)),
            _steps(board),
            *_stuck(stuck, len(board.late)),
        ),
        closing=(Paragraph(_("Rule book: %(book)s", book=book_text(board.book)), Tone.NOTE),),
        signatures=(),
        receivers=(),
        foot=_("Year %(year)s", year=board.year) + f" · {moment(board.made_at)}",
    )


def _targets(board: Board) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            target_name(one.target, board.in_force.framework),
            _(
                "%(met)s/%(total)s (%(share)s), goal %(goal)s, still needed: %(needed)s",
                met=number(one.reach.met),
                total=number(one.reach.total),
                share=percent(one.reach.rate) if one.reach.rate else "–",
                goal=goal_text(one.target),
                needed=number(one.reach.needed),
            ),
        )
        for one in board.targets[:_TARGETS]
    )


def _steps(board: Board) -> Table:
    lines = tuple(
        (milestone_name(step), number(reached), number(missing))
        for step, reached, missing in requested.by_milestone(board.rows)
    )
    return Table((_("Step"), _("Done"), _("Not yet")), lines, is_dense=True, widths=(60, 20, 20))


def _stuck(rows: Sequence[BoardRow], late: int) -> tuple[Block, ...]:
    title = PartTitle(
        _("Where it is stuck: %(act)s to act, %(late)s late", act=number(len(rows)), late=number(late))
    )
    if not rows:
        return (title, Paragraph(_("Nobody has to act now.")))
    lines = tuple((row.unit.full_name, wait_text(row.wait) if row.wait else "") for row in rows[:_UNITS])
    table = Table((_("Unit"), _("Waits for")), lines, is_dense=True, in_words=frozenset({1}), widths=(30, 70))
    left_out = len(rows) - len(lines)
    if not left_out:
        return (title, table)
    more = ngettext(
        "And %(num)s more unit, see the board.", "And %(num)s more units, see the board.", left_out
    )
    return (title, table, Paragraph(more, Tone.NOTE))
