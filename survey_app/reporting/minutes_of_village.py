"""The minutes of one village with exact counts: who counted, before whom, what became of the slips."""

from datetime import datetime

from survey_app.i18n import gettext as _
from survey_app.reporting import exact_parts, figures, layout
from survey_app.reporting.blocks import (
    ByHand,
    Facts,
    Paper,
    Paragraph,
    PartTitle,
    SignatureRoom,
    Table,
)
from survey_app.reporting.papers import Exact, VillageLine
from survey_app.results import wording
from survey_app.scoring import rates
from survey_app.templating import in_groups, number


def paper(found: Exact, line: VillageLine, now: datetime) -> Paper:
    """The minutes of one village: who counted, before whom, what became of the slips and what they said.

    Its parts are those of the forms of Decree 59/2023/NĐ-CP for minutes of counting that could be read (form 02; the
    text of form 04, on slips handed out to households, could not be found). It has neither number nor stamp.
    """
    digest = in_groups(found.result.printed_digest or "")
    return Paper(
        head=layout.village_head(found.style, found.survey.unit, line.name, now),
        title=_("Minutes of counting slips"),
        about=(
            _("On what households say of the results of new rural development"),
            f"{line.name}, {found.survey.unit.full_name}",
        ),
        layout=_village_layout(found),
        blocks=(
            *exact_parts.before_the_figures(found, now),
            ByHand(_("Today, at (hour, day):")),
            ByHand(_("At:")),
            PartTitle(_("I. Who was present")),
            ByHand(_("Counting team, leader:")),
            ByHand(_("Members:")),
            ByHand(_("Representatives of households as witnesses:")),
            PartTitle(_("II. Slips")),
            _slips(line),
            PartTitle(_("III. Result of each item")),
            figures.how_items_read(found.survey.instrument),
            _items(found, line),
        ),
        closing=(
            Facts(
                (
                    (_("Satisfied answers of all possible"), figures.rate(line.card.pooled)),
                    (_("Digest, first 20 letters"), digest),
                )
            ),
            Paragraph(found.style.minutes_closing),
        ),
        signatures=(
            SignatureRoom((_("Representatives of households"),), layout.asked(), 2),
            SignatureRoom((_("Members of the team"),), layout.asked(), 3),
            SignatureRoom((_("Leader of the counting team"),), layout.asked()),
        ),
        receivers=(),
        foot=layout.foot(found.survey, digest),
        is_trial=found.survey.rehearsal,
    )


def _slips(line: VillageLine) -> Facts:
    """What became of the village's slips, in figures and words."""
    card, tally = line.card, line.card.tally
    return Facts(
        (
            (_("Households of the village"), figures.in_words(card.households)),
            (_("Slips brought to the village"), figures.known_in_words(line.issued)),
            (_("Handed out (signed)"), figures.known_in_words(line.handed_out)),
            (_("Returned or spoilt"), figures.known_in_words(line.returned)),
            (_("Households that answered"), figures.in_words(tally.answered)),
            (_("Coverage"), figures.per_cent(card.coverage)),
            (_("By phone"), figures.in_words(line.phone)),
            (_("On paper"), figures.in_words(line.paper)),
            (_("Valid slips"), figures.in_words(tally.valid)),
            (_("Invalid slips"), figures.in_words(tally.invalid)),
        )
    )


def _items(found: Exact, line: VillageLine) -> Table:
    """What the village's slips say of each item, the closing one last."""
    tally, topics = line.card.tally, wording.topics(found.survey.instrument)
    asked = [(f"{place}. {topics[one.key]}", one) for place, one in enumerate(tally.items, 1)]
    if tally.closing:
        asked += [(exact_parts.closing_text(last), tally.closing) for last in exact_parts.closing(found)]
    rows = tuple(
        (
            name,
            number(item.satisfied),
            figures.dissatisfied(item.dissatisfied, rates.rate(item.dissatisfied, tally.valid)),
            number(item.blank),
            number(tally.valid),
            figures.per_cent(rates.item_rate(item, tally.valid)),
        )
        for name, item in asked
    )
    return Table(exact_parts.item_heads(), rows, name="items", widths=exact_parts.ITEM_WIDTHS)


def _village_layout(found: Exact) -> str:
    model = _(
        "Parts after the forms of minutes of counting in Decree 59/2023/NĐ-CP; layout made by this product, not "
        "confirmed by the Fatherland Front"
    )
    return found.style.layout if found.style.layout_source else model
