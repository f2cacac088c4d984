"""The figures in an evidence pack as rows: conditions, coverage, balance of slips and tallies, exact as the minutes."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.quality import reconciliation
from survey_app.reporting.papers import Exact
from survey_app.results import exports
from survey_app.rulebooks import conditions as wording
from survey_app.scoring import rates
from survey_app.templating import percent_cell
from survey_app.templating import wording as in_language

Row = Sequence[Cell]


def conditions(exact: Exact) -> Sequence[Row]:
    """The findings block: every condition with its figures, verdict, rule and source; the heading alone without one."""
    judged = exact.judged
    return exports.conditions(wording.lines(judged.verdicts.findings) if judged else ())


def coverage(exact: Exact) -> Iterator[Row]:
    """Households that answered, and by which door, village by village; the commune last."""
    yield (_("Village"), _("Households"), _("Answered"), _("Coverage"), _("Phone"), _("Paper"))
    for line in exact.lines:
        card = line.card
        yield (
            *(line.name, card.households, card.tally.answered, percent_cell(card.coverage)),
            *(line.phone, line.paper),
        )


def balance(session: Session, exact: Exact) -> Iterator[Row]:
    """Where the slips of every village are; empty cells: nobody entered the receipt list."""
    yield (
        _("Village"),
        _("Printed"),
        _("Used"),
        _("Void"),
        _("Returned"),
        _("Spoilt"),
        _("Still out"),
        _("In words"),
    )
    for row in reconciliation.of_survey(session, exact.survey.id).villages:
        one = row.balance
        yield (
            *(one.village.full_name, one.printed, one.used, one.voided, one.returned, one.spoilt, one.out),
            one.sentence,
        )


def tallies(exact: Exact) -> Iterator[Row]:
    """Every count by village and item, the commune last; the closing item apart from the scored ones."""
    yield (
        *(_("Village"), _("Valid slips"), _("Invalid slips"), _("Item"), _("Scored"), _("Satisfied")),
        *(_("Dissatisfied"), _("Left blank"), _("Rate")),
    )
    words = {question.key: in_language(question.text) for question in exact.survey.instrument.questions}
    for line in exact.lines:
        tally = line.card.tally
        asked = [(item, _("yes")) for item in tally.items]
        if tally.closing:
            asked.append((tally.closing, _("no")))
        for item, scored in asked:
            yield (
                *(
                    line.name,
                    tally.valid,
                    tally.invalid,
                    words.get(item.key, item.key),
                    scored,
                    item.satisfied,
                ),
                *(item.dissatisfied, item.blank, percent_cell(rates.item_rate(item, tally.valid))),
            )
