"""A preview as the command prints it: the JSON that other programs rely on, or lines for people."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from survey_app.i18n import gettext as _
from survey_app.office_files import RowProblem
from survey_app.units.lists.preview import Preview, PreviewRow
from survey_app.units.queries import EARLIEST


def as_json(shown: Preview) -> dict[str, Any]:
    """`rows`, `left_out` and `problems` stay as they are; more keys may come."""
    return {
        "rows": [_row(row) for row in shown.rows],
        "left_out": [{"sheet": one.sheet, "row": one.row, "why": one.why} for one in shown.reading.left_out],
        "problems": problems(shown.problems),
        "notes": list(shown.reading.notes),
        "asked_once": [one.key for one in shown.lacking if one.is_open],
        "questions": [
            {
                "sheet": question.sheet,
                "row": question.row,
                "text": question.text,
                "choices": [choice.label for choice in question.choices],
            }
            for question in shown.questions
            if question.is_open
        ],
        "missing": [
            {"unit": village.unit.code, "village": village.unit.full_name, "households": village.households}
            for village in shown.missing
        ],
        "total": {"read": shown.read_households, "in_file": shown.reading.total},
    }


def problems(found: Iterable[RowProblem]) -> list[dict[str, Any]]:
    """Every problem with its place."""
    return [
        {
            "sheet": one.sheet,
            "row": one.row,
            "column": one.column,
            "problem": one.found,
            "expected": one.expected,
        }
        for one in found
    ]


def as_lines(told: Mapping[str, Any]) -> str:
    """The same for a person at a terminal."""
    rows = [
        _(
            "%(sheet)s, row %(row)s: %(village)s, %(count)s households – %(status)s. %(why)s",
            sheet=row["sheet"],
            row=row["row"],
            village=row["village"],
            count=row["households"],
            status=row["status"],
            why=row["why"],
        )
        for row in told["rows"]
    ]
    left = [
        _("%(sheet)s, row %(row)s is left out: %(why)s", sheet=one["sheet"], row=one["row"], why=one["why"])
        for one in told["left_out"]
    ]
    wrong = [
        _(
            "%(sheet)s, row %(row)s, %(column)s: %(found)s Expected: %(expected)s.",
            sheet=one["sheet"],
            row=one["row"],
            column=one["column"] or "–",
            found=one["problem"],
            expected=one["expected"],
        )
        for one in told["problems"]
    ]
    return "\n".join([*rows, *left, *wrong])


def _row(row: PreviewRow) -> dict[str, Any]:
    entry, line = row.entry, row.line
    day: date | None = line.as_of if line and line.as_of != EARLIEST and len(entry.days) < 2 else None
    return {
        "sheet": entry.sheet,
        "row": entry.row,
        "village": entry.village,
        "kind": entry.kind or None,
        "households": entry.households,
        "source": entry.source or None,
        "as_of": day.isoformat() if day else None,
        "status": row.status.value,
        "why": " ".join(row.why),
    }
