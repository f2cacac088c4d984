"""Papers of a province's year: the summary that is reported, and the letter to communes that are behind.

Both say what the board shows to the reader; rows come with their disclosure decided. Counts are summed, per
cents never.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from survey_app.campaigns import appraisal_points
from survey_app.campaigns.appraisals import AppraisalView, Said
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import ProvinceCard
from survey_app.campaigns.wording import (
    beside_text,
    denominator_text,
    row_verdict,
    total_text,
    unit_note,
    unit_state_name,
    wait_text,
)
from survey_app.criteria.findings import Verdict
from survey_app.fieldwork.models import State
from survey_app.i18n import gettext as _
from survey_app.quality.comparison_wording import contradicted
from survey_app.reporting import figures, layout
from survey_app.reporting.blocks import Block, Facts, Listing, Paper, Paragraph, PartTitle, Table, Tone
from survey_app.reporting.conditions_part import demonstration
from survey_app.reporting.house_style import HouseStyle
from survey_app.reporting.layout import Signer
from survey_app.results.wording import above_frame_text
from survey_app.rulebooks.wording import book_text, goal_text, source_text, target_name
from survey_app.scoring.rates import Rate
from survey_app.scoring.rates import rate as rate_of
from survey_app.templating import day, moment, number
from survey_app.templating import wording as in_language


def summary(
    board: Board,
    sums: ProvinceCard,
    accepted: Mapping[str, AppraisalView],
    style: HouseStyle,
    signer: Signer,
) -> Paper:
    """Where the communes of a province stand in a year, and the targets; `accepted` by survey, as it was appraised."""
    rows = [row for row in board.rows if row.in_scope]
    met = sum(row.finding is Verdict.MET for row in rows)
    states = [(state, sum(row.state is state for row in rows)) for state in (None, *State)]
    facts = (
        (_("Communes the indicator applies to"), figures.in_words(board.in_scope)),
        (_("8.4, consultation half: met"), figures.in_words(met)),
        (_("Rule book"), book_text(board.book)),
        *_rule_of_the_half(rows),
        (_("Units counted"), denominator_text(board.denominator)),
        (_("Figures of"), moment(board.counted_at or board.made_at)),
    )
    by_state = tuple((unit_state_name(state), number(count)) for state, count in states if count)
    return Paper(
        head=layout.head(style, board.province, "BC", board.made_at),
        title=_("Report"),
        about=(
            _("Summary of the consultation of households, year %(year)s", year=board.year),
            board.province.full_name,
        ),
        layout=style.layout,
        blocks=(
            *demonstration(board.in_force.framework),
            PartTitle(_("I. How far the communes are")),
            Facts(facts),
            Table((_("State"), _("Communes")), by_state, widths=(70, 30)),
            PartTitle(_("II. Targets")),
            *_targets(board),
            PartTitle(_("III. Commune by commune")),
            _communes(rows),
            Paragraph(
                _(
                    "Figures of surveys that are not signed count nowhere yet: the total adds up the households of "
                    "signed results alone."
                ),
                Tone.NOTE,
            ),
            *_beside(rows),
            *_accepted_over(board, accepted),
            PartTitle(_("IV. The whole province")),
            *_whole_province(sums),
        ),
        closing=_closing(style),
        signatures=(layout.for_the_front(style, signer),),
        receivers=layout.receivers(_("File")),
        foot=_foot(board),
    )


def reminder(board: Board, behind: Sequence[BoardRow], style: HouseStyle, signer: Signer) -> Paper:
    """The letter to these communes, for which somebody has to act, with what each waits for."""
    late_first = sorted(behind, key=lambda row: not row.is_late)
    rows = tuple((row.unit.full_name, wait_text(row.wait) if row.wait else "") for row in late_first)
    asked: tuple[Block, ...] = (
        Paragraph(
            _("No commune is behind by the figures of this moment."),
        ),
    )
    if rows:
        asked = (
            Paragraph(f"{_left_to_do(board, behind)} {_what_is_asked()}"),
            Table(
                (_("Commune"), _("What is waited for")),
                rows,
                in_words=frozenset({1}),
                widths=(40, 60),
            ),
        )
    return Paper(
        head=replace(
            layout.head(style, board.province, "", board.made_at),
            subject=_("On speeding up the consultation of households, year %(year)s", year=board.year),
        ),
        title="",
        about=(),
        layout=style.layout,
        blocks=(
            Paragraph(
                _("To: the Standing Boards of the Fatherland Front Committees of the communes below"),
                Tone.ADDRESSEE,
            ),
            *asked,
        ),
        closing=_closing(style),
        signatures=(layout.for_the_front(style, signer),),
        receivers=layout.receivers(_("As above"), _("File")),
        foot=_foot(board),
    )


def _left_to_do(board: Board, behind: Sequence[BoardRow]) -> str:
    """How many communes, and of how many the last day has passed where there are any."""
    late = sum(row.is_late for row in behind)
    said = {
        "when": moment(board.made_at),
        "count": figures.in_words(len(behind)),
        "late": figures.in_words(late),
        "year": board.year,
    }
    if not late:
        return _(
            "By the figures of %(when)s, %(count)s communes have something left to do in asking households "
            "about the results of new rural development in %(year)s.",
            **said,
        )
    return _(
        "By the figures of %(when)s, %(count)s communes have something left to do in asking households "
        "about the results of new rural development in %(year)s; of %(late)s of them its last day has passed.",
        **said,
    )


def _what_is_asked() -> str:
    return _(
        "The Standing Board asks the Fronts of these communes to do with the commune what is written beside their "
        "names, and to tell the Front of the province what hinders them."
    )


def _closing(style: HouseStyle) -> tuple[Block, ...]:
    last = style.report_closing or _("This is what the Standing Board reports and asks.")
    return (Paragraph(last),)


def _foot(board: Board) -> str:
    return _("Year %(year)s", year=board.year) + f" · {moment(board.made_at)}"


def _rule_of_the_half(rows: Sequence[BoardRow]) -> tuple[tuple[str, str], ...]:
    """What the verdicts on the consultation half rest on; nothing where the rule book has no such condition."""
    found = next((row.event for row in rows if row.event), None)
    if found is None:
        return ()
    law = source_text(found.requirement.source)
    return ((_("Source of the consultation half"), law or _("not configured")),)


def _beside(rows: Sequence[BoardRow]) -> tuple[Block, ...]:
    """What has to be read beside the verdict of a commune, one line for each that has any."""
    lines = []
    for row in rows:
        said = [above_frame_text(village) for village in row.above_frame]
        if row.contradiction:
            said.append(contradicted(row.contradiction))
        if row.pinned:
            said.append(_("its survey was published under %(book)s.", book=book_text(row.pinned)))
        if row.called_now:
            said.append(_("(now: %(unit)s)", unit=row.called_now))
        if said:
            lines.append(f"{row.unit.full_name}: {' '.join(said)}")
    return (Paragraph(_("Beside the verdicts:")), Listing(tuple(lines))) if lines else ()


def _whole_province(sums: ProvinceCard) -> tuple[Block, ...]:
    """The sums of the sealed surveys: all together, form by form with its items, and what came from earlier units."""
    blocks: list[Block] = [Paragraph(total_text(sums.total))]
    for one in sums.forms:
        title = f"{in_language(dict(one.form.title))} ({one.form.key}, {one.form.version})"
        blocks.append(
            Paragraph(
                _(
                    "%(form)s: %(surveys)s surveys, households %(pair)s (%(coverage)s), satisfaction rate %(rate)s.",
                    form=title,
                    surveys=number(len(one.surveys)),
                    pair=figures.pair(one.card.coverage),
                    coverage=figures.per_cent(one.card.coverage),
                    rate=figures.per_cent(one.card.pooled),
                )
            )
        )
        rows = tuple(
            (in_language(dict(one.texts[key])), figures.pair(found), figures.per_cent(found))
            for key, found in one.lowest
        )
        blocks.append(Table((_("Item"), _("Satisfied"), _("Rate")), rows, is_dense=True, widths=(64, 22, 14)))
    notes = tuple(f"{one.unit.full_name}: {unit_note(one)}" for one in sums.units if unit_note(one))
    apart = tuple(
        _(
            "%(unit)s: %(pair)s households, %(valid)s valid slips (%(document)s)",
            unit=one.unit.full_name,
            pair=figures.pair(one.counts.coverage),
            valid=number(one.counts.valid),
            document=one.counts.document,
        )
        for one in sums.outside
    )
    return (
        *blocks,
        *((Listing(notes),) if notes else ()),
        *(
            (Paragraph(_("Asked on paper outside: apart, in no sum and never online")), Listing(apart))
            if apart
            else ()
        ),
    )


def _accepted_over(board: Board, accepted: Mapping[str, AppraisalView]) -> tuple[Block, ...]:
    """What was accepted although something was open, with the reason; nothing where nothing was."""
    lines = []
    for row in board.rows:
        said = accepted.get(row.survey_id or "")
        if said and said.step is Said.ACCEPTED and said.points:
            open_then = "; ".join(map(appraisal_points.text, said.points))
            lines.append(
                _(
                    "%(unit)s: %(points)s. Reason: %(reason)s (%(name)s, %(day)s)",
                    unit=row.unit.full_name,
                    points=open_then,
                    reason=said.reason,
                    name=said.by,
                    day=day(said.at),
                )
            )
    return (Paragraph(_("Accepted over open points:")), Listing(tuple(lines))) if lines else ()


def _targets(board: Board) -> tuple[Block, ...]:
    head = (_("Target"), _("Units that meet it"), _("Units in scope"), _("Share"), _("Goal"))
    rows = tuple(
        (
            target_name(one.target, board.in_force.framework),
            *(number(one.reach.met), number(one.reach.total)),
            figures.per_cent(one.reach.rate),
            goal_text(one.target),
        )
        for one in board.targets
    )
    grounds = tuple(
        " ".join(
            filter(
                None,
                (
                    f"{target_name(one.target, board.in_force.framework)}:",
                    beside_text(one),
                    _("Source: %(source)s.", source=source_text(one.target.source) or _("not configured")),
                ),
            )
        )
        for one in board.targets
    )
    return (
        Table(head, rows, in_words=frozenset({4}), widths=(40, 13, 13, 11, 22)),
        *((Listing(grounds),) if grounds else ()),
    )


def _communes(rows: list[BoardRow]) -> Table:
    head = (
        *(_("Commune"), _("State"), _("Households that answered"), _("Coverage")),
        *(_("Satisfaction rate"), _("8.4, consultation half")),
    )
    lines = [
        (
            *(row.unit.full_name, unit_state_name(row.state), figures.pair(row.coverage)),
            *(figures.per_cent(row.coverage), figures.per_cent(row.pooled), row_verdict(row)),
        )
        for row in rows
    ]
    whole = _covered(rows)
    lines.append((_("Total of signed results"), "", figures.pair(whole), figures.per_cent(whole), "", ""))
    return Table(
        head, tuple(lines), has_total=True, in_words=frozenset({1, 5}), widths=(25, 20, 15, 12, 12, 16)
    )


def _covered(rows: list[BoardRow]) -> Rate | None:
    """Households that answered of those asked, over everything signed."""
    known = [row.coverage for row in rows if row.is_signed and row.coverage is not None]
    return rate_of(sum(one.n for one in known), sum(one.of for one in known))
