"""A disclosed result as table files.

Reads `DisclosedResult` and the findings block of the same reader, so a file never tells more than the page.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from survey_app.approvals import passed_over
from survey_app.approvals.parties import stood_in
from survey_app.fieldwork import rounds
from survey_app.fieldwork.models import State
from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.results import retiming, wording
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.findings_block import FindingsBlock
from survey_app.rulebooks.conditions import ConditionLine
from survey_app.scoring import rates
from survey_app.scoring.disclosure import Audience, DisclosedVillage
from survey_app.scoring.rates import Rate
from survey_app.templating import day as printed_day
from survey_app.templating import decimal_cell, percent_cell
from survey_app.templating import wording as in_language

Row = Sequence[Cell]


def sheets(result: DisclosedResult, found: FindingsBlock | None = None) -> dict[str, Iterable[Row]]:
    """Sheet name → rows, the first being the heading."""
    return {
        _("Result"): _summary(result),
        _("Conditions"): conditions(found.lines if found else ()),
        _("Items"): _items(result),
        _("Other questions"): _others(result),
        _("Villages"): _villages(result),
        _("Household corrections"): _corrections(result),
    }


def _summary(result: DisclosedResult) -> list[Row]:
    commune, phone_paper = result.commune, result.doors
    hidden = commune.hidden_because is not None
    return [
        (_("Figure"), _("Count"), _("Of"), _("Rate")),
        (_("Survey"), result.survey.id, None, None),
        (_("Unit"), result.survey.unit.full_name, None, None),
        (_("Remarks"), "; ".join(footnotes(result)), None, None),
        _rate_row(_("Households that answered"), commune.coverage, commune.answered),
        (_("Valid slips"), commune.valid, None, None),
        (_("Invalid slips"), commune.invalid, None, None),
        _rate_row(_("Satisfaction, all items together"), commune.pooled),
        _rate_row(_("Closing item"), commune.closing),
        _rate_row(_("Lowest it can be for all households"), commune.range.low if commune.range else None),
        _rate_row(_("Highest it can be for all households"), commune.range.high if commune.range else None),
        (_("Answers by phone"), None if hidden else phone_paper[0], None, None),
        (_("Answers on paper"), None if hidden else phone_paper[1], None, None),
        (_("Digest"), result.digest, None, None),
    ]


def conditions(lines: Iterable[ConditionLine]) -> list[Row]:
    """The findings block as rows."""
    return [
        (
            *(_("Condition"), _("Result"), _("Numerator"), _("Denominator"), _("Needed"), _("Verdict")),
            *(_("What would change it"), _("Rule"), _("Source")),
        ),
        *(
            (
                *(one.title, one.result, one.rate.n if one.rate else None, one.rate.of if one.rate else None),
                *(one.needed, one.verdict, one.change, one.rule, one.source),
            )
            for one in lines
        ),
    ]


def footnotes(result: DisclosedResult) -> tuple[str, ...]:
    """What every page and file of this result must say beside its figures."""
    survey, commune, hidden = result.survey, result.commune, result.commune.hidden_because
    notes = (
        (survey.rehearsal, _("REHEARSAL: these figures count for nothing.")),
        (not survey.purpose.is_scored, _("Feedback, not used for scoring.")),
        (
            survey.is_outside_programme,
            _(
                "A ward is outside the programme: the form is a sample for it, and this result meets no indicator."
            ),
        ),
        (
            not survey.confirmed and not survey.is_outside_programme,
            _("The form has not been confirmed by the Fatherland Front."),
        ),
        (bool(survey.stand_ins) and not result.passed_over, stood_in(survey.stand_ins)),
        (
            survey.purpose.is_scored and survey.state is State.SEALED and not survey.rehearsal,
            _("Both bodies have not signed yet: until they have, this result counts nowhere."),
        ),
        (
            result.spoken_by is not None,
            _(
                "Survey %(number)s of the same year is newer and speaks for the commune: what is concluded for the "
                "year rests on that one.",
                number=result.spoken_by,
            ),
        ),
        (
            survey.annulled_reason is not None,
            _("The survey was cancelled: %(reason)s", reason=survey.annulled_reason),
        ),
        (not result.signs_names, _unsigned_names()),
        (hidden is not None, wording.withheld(hidden) if hidden else ""),
        (
            commune.households > 0 and commune.answered > commune.households,
            _("More households answered than the list holds: the list of households must be checked."),
        ),
    )
    asked_again = (rounds.sentence(annulment) for annulment in result.annulments)
    without = (passed_over.sentence(found) for found in result.passed_over)
    retimed = (retiming.sentence(change) for change in result.retimed)
    told_before = (_few_came_after(result.counted_on),) if result.keeps_figure and result.counted_on else ()
    return (
        *(text for applies, text in notes if applies),
        *without,
        *retimed,
        *wording.ended(result),
        *told_before,
        *asked_again,
    )


def _unsigned_names() -> str:
    """What must be said of a result that was sealed by an earlier release."""
    return _(
        "Names of units, contact, rule book and the table of villages are not part of what was signed: the survey was "
        "sealed before these were. They are shown as they were written down when the system was upgraded."
    )


def _few_came_after(day: date) -> str:
    return _(
        "These are the figures of %(day)s. Fewer than ten answers came after that day: they are sealed with the others "
        "but not shown, because the difference would tell what they said.",
        day=printed_day(day),
    )


def _items(result: DisclosedResult) -> list[Row]:
    lines: list[Row] = [
        (
            *(_("Item"), _("Satisfied"), _("Dissatisfied"), _("Dissatisfied, per cent"), _("Left blank")),
            *(_("Valid slips"), _("Rate")),
        )
    ]
    for line in (*result.item_lines, *([result.closing_line] if result.closing_line else ())):
        item = line.tally
        lines.append(
            (
                in_language(line.text),
                item.satisfied,
                item.dissatisfied,
                percent_cell(line.dissatisfied),
                item.blank,
                result.commune.valid,
                percent_cell(line.rate),
            )
        )
    return lines


def _others(result: DisclosedResult) -> list[Row]:
    """Choices, numbers and words: one row for each answer that was counted, or for why there is none."""
    lines: list[Row] = [(_("Question"), _("Answer"), _("Number"))]
    for line in result.other_lines:
        question = in_language(line.question.text)
        answers = wording.answers(line)
        lines += [(question, label, decimal_cell(value)) for label, value in answers]
        if not answers:
            lines.append((question, wording.no_answers(line), None))
    return lines


def _villages(result: DisclosedResult) -> list[Row]:
    exact = result.audience is Audience.EXACT
    heading = (_("Village"), _("Households"), _("Answered"), _("Coverage"), _("Satisfaction"))
    more = (
        (
            *(_("Valid slips"), _("Invalid slips"), _("Satisfied answers"), _("Dissatisfied answers")),
            _("Dissatisfied answers, per cent"),
        )
        if exact
        else ()
    )
    return [(*heading, *more), *(_village(result, village) for village in result.commune.villages)]


def _village(result: DisclosedResult, village: DisclosedVillage) -> Row:
    row = (
        result.names[village.unit],
        village.households,
        village.answered,
        percent_cell(village.coverage),
        wording.village(village),
    )
    if village.exact is None:
        return row
    tally = village.exact.tally
    dissatisfied = rates.rate(tally.dissatisfied, tally.valid * len(tally.items))
    return (
        *row,
        *(tally.valid, tally.invalid, tally.satisfied, tally.dissatisfied),
        percent_cell(dissatisfied),
    )


def _corrections(result: DisclosedResult) -> list[Row]:
    return [
        (_("Village"), _("Before"), _("After"), _("Reason")),
        *(
            (line.unit.full_name, correction.households_before, correction.households, correction.reason)
            for line in result.corrected
            for correction in line.corrections
        ),
    ]


def _rate_row(name: str, rate: Rate | None, count: int | None = None) -> Row:
    if rate is None:
        return (name, count, None, None)
    return (name, rate.n, rate.of, percent_cell(rate))
