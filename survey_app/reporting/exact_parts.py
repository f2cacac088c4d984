"""What the papers with exact counts share: the commune's minutes, its table, the minutes of a village.

For those who sign and file them. Every figure comes from `papers.Exact`, which is read from the seal.
"""

from datetime import datetime

from survey_app.i18n import gettext as _
from survey_app.reporting import conditions_part, figures, layout
from survey_app.reporting.blocks import (
    Block,
    Paragraph,
    PartTitle,
    SignatureRoom,
    Tone,
)
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Exact, VillageLine
from survey_app.results.disclosed import DisclosedItem
from survey_app.rulebooks.wording import book_text
from survey_app.templating import moment
from survey_app.templating import wording as in_language

ITEM_WIDTHS = (47, 9, 16, 8, 9, 11)


def about(found: Exact) -> tuple[str, ...]:
    """What the paper is on, and of which commune."""
    return (
        _("On what households say of the results of new rural development"),
        found.survey.unit.full_name,
    )


def before_the_figures(found: Exact, now: datetime) -> tuple[Block, ...]:
    """Warnings, and that the paper is not to be posted."""
    return (
        *figures.warnings(found.result, found.contradiction),
        Paragraph(
            _(
                "Exact counts of villages: for those who sign and file this paper. Do not post it, copy it further or "
                "photograph it: in a small village a single answer could be recognised. Printed %(when)s.",
                when=moment(now),
            ),
            Tone.NOTE,
        ),
    )


def item_heads() -> tuple[str, ...]:
    """The columns of a table of items."""
    return (
        *(_("Item"), _("Satisfied"), _("Dissatisfied")),
        *(_("Left blank"), _("Valid slips"), _("Rate")),
    )


def closing(found: Exact) -> tuple[DisclosedItem, ...]:
    """The closing item, where the form has one."""
    last = found.result.closing_line
    return (last,) if last else ()


def closing_text(line: DisclosedItem) -> str:
    """The closing item's words, and that it is reported apart."""
    return _("Closing item, reported apart") + f": {in_language(line.text)}"


def named(found: Exact) -> tuple[tuple[str, VillageLine], ...]:
    """The lines of all villages and of their total, each with its name."""
    return (*((line.name, line) for line in found.villages), (_("Total"), found.total))


def rooms_to_sign(found: Exact, signer: Signer, first: SignatureRoom) -> tuple[SignatureRoom, ...]:
    """Rooms for who counted, for the Front and for the second body."""
    second = layout.second_body(found.survey, without_commune=found.is_signed_without_commune)
    return (first, layout.for_the_front(found.style, signer), second)


def conditions(found: Exact, heading: str) -> tuple[Block, ...]:
    """The findings below a heading that names their rule book; nothing where nothing is judged."""
    if found.judged is None:
        return ()
    return (PartTitle(f"{heading}: {book_text(found.book)}"), *conditions_part.blocks(found.judged))
