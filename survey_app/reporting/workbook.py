"""The commune's table as a workbook that goes on counting: numbers as numbers, sums and rates as formulas, filters.

Sums are those of the rows that a filter leaves; each formula has its result beside it, for programs that do not count.
"""

import io
from collections.abc import Sequence
from typing import Any

from survey_app import heavy
from survey_app.files import Cell
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.reporting.papers import Exact, VillageLine
from survey_app.results import exports
from survey_app.rulebooks import conditions
from survey_app.scoring.rates import Rate
from survey_app.templating import wording as in_language

_PERCENT = r"0.00\ %"


def table(found: Exact) -> bytes:
    """Villages, items, and every village's satisfied households by item."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with force_locale("vi"), heavy.xlsxwriter().Workbook(stream, options) as book:
        written = _Written(book)
        written.sheet(
            _("Villages"),
            (
                *(
                    _("Village"),
                    _("Households"),
                    _("Answered"),
                    _("Coverage"),
                    _("Phone"),
                    _("Paper"),
                    _("Valid"),
                ),
                *(_("Invalid"), _("Satisfied answers"), _("Possible answers"), _("Satisfaction rate")),
            ),
            [_village(line) for line in found.villages],
            rates={3: (2, 1), 10: (8, 9)},
        )
        lines = (
            *found.result.item_lines,
            *((found.result.closing_line,) if found.result.closing_line else ()),
        )
        written.sheet(
            _("Items"),
            (
                *(_("Item"), _("Satisfied"), _("Dissatisfied"), _("Left blank"), _("Valid slips"), _("Rate")),
                _("Share dissatisfied"),
            ),
            [
                (
                    *(in_language(one.text), one.tally.satisfied, one.tally.dissatisfied, one.tally.blank),
                    found.total.card.tally.valid,
                    one.rate,
                    one.dissatisfied,
                )
                for one in lines
            ],
            rates={5: (1, 4), 6: (2, 4)},
            has_sums=False,
        )
        keys = [one.tally.key for one in lines]
        written.sheet(
            _("Items by village"),
            (_("Village"), _("Valid"), *(in_language(one.text) for one in lines)),
            [
                (line.name, line.card.tally.valid, *(_satisfied(line, key) for key in keys))
                for line in found.villages
            ],
            rates={},
        )
        if found.judged:
            head, *rows = exports.conditions(conditions.lines(found.judged.verdicts.findings))
            written.sheet(_("Conditions"), [str(one) for one in head], rows, rates={}, has_sums=False)
    return stream.getvalue()


def _village(line: VillageLine) -> tuple[str | int | Rate | None, ...]:
    card = line.card
    pooled = card.pooled
    return (
        *(line.name, card.households, card.tally.answered, card.coverage, line.phone, line.paper),
        *(card.tally.valid, card.tally.invalid),
        *(pooled.n if pooled else 0, pooled.of if pooled else 0, pooled),
    )


def _satisfied(line: VillageLine, key: str) -> int:
    found = line.item(key)
    return found.n if found else 0


class _Written:
    """A book that is being written."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        self.sums = book.add_format({"bold": True, "top": 2, "num_format": "#,##0"})
        self.sum_rate = book.add_format({"bold": True, "top": 2, "num_format": _PERCENT})
        self.number = book.add_format({"num_format": "#,##0"})
        self.percent = book.add_format({"num_format": _PERCENT})

    def sheet(
        self,
        name: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Cell | Rate]],
        *,
        rates: dict[int, tuple[int, int]],
        has_sums: bool = True,
    ) -> None:
        """One table: `rates` says of a column which two others it divides."""
        sheet = self.book.add_worksheet(name)
        sheet.write_row(0, 0, head, self.bold)
        for place, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if column in rates:
                    self._rate(sheet, place, column, rates[column], cell, self.percent)
                elif isinstance(cell, int):
                    sheet.write_number(place, column, cell, self.number)
                else:
                    sheet.write_string(place, column, "" if cell is None else str(cell))
        if rows:
            sheet.autofilter(0, 0, len(rows), len(head) - 1)
        if has_sums and rows:
            self._sum(sheet, rows, len(head), rates)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, len(head) - 1, 13)

    def _sum(self, sheet: Any, rows: Sequence[Sequence[Any]], columns: int, rates: dict[int, Any]) -> None:
        below = len(rows) + 1
        sums = {
            column: sum(row[column] for row in rows) for column in range(1, columns) if column not in rates
        }
        sheet.write_string(below, 0, _("Total"), self.sums)
        for column, value in sums.items():
            first, last = _cell(1, column), _cell(len(rows), column)
            sheet.write_formula(below, column, f"=SUBTOTAL(9,{first}:{last})", self.sums, value)
        for column, (part, whole) in rates.items():
            share = sums[part] / sums[whole] if sums[whole] else ""
            sheet.write_formula(below, column, _division(below, part, whole), self.sum_rate, share)

    def _rate(self, sheet: Any, row: int, column: int, parts: tuple[int, int], cell: Any, style: Any) -> None:
        share = cell.n / cell.of if isinstance(cell, Rate) else ""
        sheet.write_formula(row, column, _division(row, *parts), style, share)


def _division(row: int, part: int, whole: int) -> str:
    """0 of 0 is no rate and stays empty."""
    above, below = _cell(row, part), _cell(row, whole)
    return f'=IF({below}=0,"",{above}/{below})'


def _cell(row: int, column: int) -> str:
    name: str = heavy.xlsxwriter().utility.xl_rowcol_to_cell(row, column)
    return name
