"""A public result, and a province's year, as open data: one figure a row, and the dictionary of what the rows mean.

Names of columns and figures are words of this format and never translated, so that a program that reads one file reads
all of them; what they mean is said in the reader's language.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.results import exports
from survey_app.results import wording as results_wording
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.year_list import LOWEST, CommuneLine, YearList
from survey_app.scoring.rates import Rate
from survey_app.sealing import tables
from survey_app.templating import wording as in_language

FORMAT = "survey-open-data/1"
Row = Sequence[Cell]

_COLUMNS = (
    "survey",
    "purpose",
    "rehearsal",
    "spoken_by",
    "state",
    "unit",
    "unit_name",
    "level",
    "figure",
    "item",
    "item_text",
    "n",
    "of",
    "per_cent",
)
_YEAR_COLUMNS = (
    *("year", "unit", "unit_name", "kind", "survey", "state", "households", "answered", "coverage_per_cent"),
    "above_list",
    *("valid", "satisfied_answers", "possible_answers", "pooled_per_cent"),
    *("lowest_1", "lowest_1_per_cent", "lowest_2", "lowest_2_per_cent", "lowest_3", "lowest_3_per_cent"),
)


def dictionary() -> tuple[tuple[str, str], ...]:
    """Every column and figure of the files, and what it means."""
    return (
        ("survey", _("number of the survey, as printed on its slips")),
        (
            "purpose, rehearsal",
            _("decision or feedback, which is never scored; yes: a rehearsal, which counts for nothing"),
        ),
        (
            "spoken_by",
            _("number of the newer survey of the year that speaks for the unit; empty: this one does"),
        ),
        ("state", _("sealed: counted, not signed yet, so it counts nowhere; signed: signed by both bodies")),
        ("unit, unit_name", _("code and name of the commune or village")),
        (
            "level",
            _(
                "commune or village; of villages there are coverage and a band alone, for everybody's protection"
            ),
        ),
        ("figure", _("which figure the row holds: one of those below")),
        ("item, item_text", _("key and words of the question, in rows of one question")),
        ("n, of, per_cent", _("count, what it is a share of, and the share in per cent with two decimals")),
        ("remark", _("what has to be said beside every figure of this result, one sentence a row")),
        (
            "answer",
            _(
                "how many gave this answer to a question beside the items, or median and quartiles of its numbers; "
                "without a number: why there is none"
            ),
        ),
        ("coverage", _("households that answered, of the households on the list")),
        ("valid, invalid", _("slips with at least one readable scored answer; slips without")),
        ("phone, paper", _("slips answered by phone; on paper")),
        (
            "pooled",
            _("satisfied answers to all scored items, of valid slips times items; a blank is not satisfied"),
        ),
        (
            "closing",
            _("households satisfied by the closing item, of valid slips; no part of the pooled rate"),
        ),
        (
            "lowest_possible, highest_possible",
            _("the pooled rate if all that is missing were dissatisfied; satisfied"),
        ),
        (
            "item_satisfied, item_dissatisfied, item_blank",
            _("households that said so of one item, of valid slips"),
        ),
        (
            "band_at_least, band_at_most",
            _("bounds of a village's pooled rate in per cent; no row: too few answers"),
        ),
        ("band_below", _("the same where the bound itself does not belong to it")),
    )


def rows(result: DisclosedResult) -> Iterator[Row]:
    """Heading and one row a figure. `result` is the public one."""
    yield _COLUMNS
    survey, commune = result.survey, result.commune
    rehearsal = "yes" if survey.rehearsal else "no"
    about = (survey.id, survey.purpose.value, rehearsal, result.spoken_by or "", survey.state.value)
    head = (*about, survey.unit.code, survey.unit.full_name, "commune")
    for sentence in exports.footnotes(result):
        yield (*head, "remark", "", sentence, None, None, None)
    yield _of(head, "coverage", commune.coverage, commune.answered)
    if commune.hidden_because is None:
        phone, paper = tables.doors(commune.channels)
        for name, count in (
            ("valid", commune.valid),
            ("invalid", commune.invalid),
            ("phone", phone),
            ("paper", paper),
        ):
            yield (*head, name, "", "", count, None, None)
        yield _of(head, "pooled", commune.pooled)
        if commune.closing_item:
            yield _of(head, "closing", commune.closing)
        if commune.range:
            yield _of(head, "lowest_possible", commune.range.low)
            yield _of(head, "highest_possible", commune.range.high)
        for line in (*result.item_lines, *([result.closing_line] if result.closing_line else ())):
            item, text = line.tally, in_language(line.text)
            yield _of(head, "item_satisfied", line.rate, item=item.key, text=text)
            yield _of(head, "item_dissatisfied", line.dissatisfied, item=item.key, text=text)
            yield (*head, "item_blank", item.key, text, item.blank, commune.valid, None)
    for other in result.other_lines:
        answers = results_wording.answers(other)
        if not answers:
            why = f"{in_language(other.question.text)}: {results_wording.no_answers(other)}"
            yield (*head, "answer", other.question.key, why, None, None, None)
        for label, value in answers:
            text = f"{in_language(other.question.text)}: {label}"
            yield (
                *head,
                "answer",
                other.question.key,
                text,
                float(value) if "." in value else int(value),
                None,
                None,
            )
    for village in commune.villages:
        mine = (*about, village.unit, result.names[village.unit], "village")
        yield _of(mine, "coverage", village.coverage, village.answered)
        band = village.band
        if band and band.low_bound is not None:
            yield (*mine, "band_at_least", "", "", band.low_bound, 100, None)
        if band and band.high_bound is not None:
            name = "band_at_most" if band.is_closed else "band_below"
            yield (*mine, name, "", "", band.high_bound, 100, None)


def document(result: DisclosedResult) -> dict[str, Any]:
    """The same for programs, with its dictionary."""
    heading, *lines = rows(result)
    return {
        "format": FORMAT,
        "dictionary": dict(dictionary()),
        "rows": [dict(zip(map(str, heading), map(_plain, line), strict=True)) for line in lines],
    }


def year_rows(found: YearList) -> Iterator[Row]:
    """Heading and one row a commune of the year, those without a survey included."""
    yield _YEAR_COLUMNS
    for line in found.lines:
        yield _commune(found.year, line)


def _commune(year: int, line: CommuneLine) -> Row:
    head = (year, line.unit.code, line.unit.full_name, line.unit.kind, line.survey_id)
    state = line.state.value if line.state else "not_asked"
    if line.shown is None:
        return (*head, state, *(None,) * (len(_YEAR_COLUMNS) - len(head) - 1))
    shown = line.shown
    lowest = [cell for low in line.lowest for cell in (low.text, _per_cent(low.rate))]
    missing = 2 * (LOWEST - len(line.lowest))
    return (
        *(*head, state, shown.households, shown.answered, _per_cent(shown.coverage)),
        *("yes" if line.is_above_list else "no", shown.valid),
        *((shown.pooled.n, shown.pooled.of) if shown.pooled else (None, None)),
        *(_per_cent(shown.pooled), *lowest, *(None,) * missing),
    )


def _of(
    head: tuple[str, ...],
    name: str,
    rate: Rate | None,
    count: int | None = None,
    *,
    item: str = "",
    text: str = "",
) -> Row:
    n, of = (rate.n, rate.of) if rate else (count, None)
    return (*head, name, item, text, n, of, _per_cent(rate))


def _per_cent(rate: Rate | None) -> str | None:
    """With a decimal point and no sign, whatever the reader's language: for programs."""
    return "{}.{:02}".format(*divmod(rate.hundredths(), 100)) if rate else None


def _plain(cell: Cell) -> str | int | float | None:
    return cell if isinstance(cell, str | int | float) else None
