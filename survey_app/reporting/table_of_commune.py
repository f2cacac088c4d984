"""The commune's table with exact counts: villages, items, and the conditions of the rule book."""

from datetime import datetime

from survey_app.i18n import gettext as _
from survey_app.reporting import exact_parts, figures, layout
from survey_app.reporting.blocks import (
    Listing,
    Paper,
    Paragraph,
    PartTitle,
    Table,
    Tone,
)
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Column, Exact
from survey_app.results import wording
from survey_app.templating import in_groups, number

#: Share of the width in per cent that the figures of one item take; what ten of them leave holds a village's long name.
_OF_AN_ITEM = 8


def paper(found: Exact, now: datetime, signer: Signer) -> Paper:
    """The commune's table: villages, items, and the conditions of the rule book."""
    digest = in_groups(found.result.printed_digest or "")
    lines = found.result.item_lines
    topics = wording.topics(found.survey.instrument)
    legend = Listing(tuple(topics[line.tally.key] for line in lines), is_numbered=True)
    last = found.result.closing_line
    closing = (
        (
            Paragraph(
                exact_parts.closing_text(last),
                Tone.NOTE,
            ),
        )
        if last
        else ()
    )
    return Paper(
        head=layout.head(found.style, found.survey.unit, "BTH", now),
        title=_("Table of the commune"),
        about=exact_parts.about(found),
        layout=found.style.layout,
        blocks=(
            *exact_parts.before_the_figures(found, now),
            figures.about(found.result, found.book),
            PartTitle(_("1. Households and satisfaction")),
            _households_table(found),
            *figures.corrections(found.result),
            PartTitle(_("2. Item by item: households satisfied, of all valid slips")),
            *(_items_table(found, block) for block in found.blocks),
            figures.how_items_read(found.survey.instrument),
            legend,
            *closing,
            *exact_parts.conditions(found, _("3. Conditions of the rule book")),
        ),
        closing=(Paragraph(_("Digest of the sealed result, first 20 letters:") + f" {digest}"),),
        signatures=exact_parts.rooms_to_sign(found, signer, layout.committee(1)),
        receivers=(),
        foot=layout.foot(found.survey, digest),
        is_trial=found.survey.rehearsal,
        is_wide=True,
    )


def _households_table(found: Exact) -> Table:
    head = (
        *(_("Village"), _("Households"), _("Answered"), _("Coverage"), _("Phone"), _("Paper")),
        *(_("Valid"), _("Invalid"), _("Satisfied answers"), _("Possible answers"), _("Satisfaction rate")),
    )
    rows = tuple(
        (
            *(name, number(line.card.households), number(line.card.tally.answered)),
            *(figures.per_cent(line.card.coverage), number(line.phone), number(line.paper)),
            *(number(line.card.tally.valid), number(line.card.tally.invalid)),
            "–" if line.card.pooled is None else number(line.card.pooled.n),
            "–" if line.card.pooled is None else number(line.card.pooled.of),
            figures.per_cent(line.card.pooled),
        )
        for name, line in exact_parts.named(found)
    )
    return Table(head, rows, has_total=True, is_dense=True, widths=(18, 8, 8, 8, 8, 8, 8, 8, 9, 9, 8))


def _items_table(found: Exact, columns: tuple[Column, ...]) -> Table:
    head = tuple(_("Closing item") if column.place is None else str(column.place) for column in columns)
    rows = tuple(
        (
            name,
            *(
                "–" if rate is None else f"{figures.pair(rate)}\n{figures.per_cent(rate)}"
                for rate in (line.item(column.key) for column in columns)
            ),
        )
        for name, line in exact_parts.named(found)
    )
    of_items = (_OF_AN_ITEM,) * len(head)
    widths = (100 - sum(of_items), *of_items)
    return Table((_("Village"), *head), rows, has_total=True, is_dense=True, widths=widths)
