"""A preview as the command prints it: the JSON that other programs rely on, or lines for people."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from survey_app.i18n import gettext as _
from survey_app.office_files import RowProblem
from survey_app.units.lists.preview import PreviewRow
from survey_app.units.lists.several import WholeList
from survey_app.units.queries import EARLIEST


def as_json(shown: WholeList) -> dict[str, Any]:
    """`rows`, `left_out` and `problems` stay as they are; more keys may come."""
    return {
        "rows": [_row(row) for row in shown.rows],
        "left_out": [{"sheet": one.sheet, "row": one.row, "why": one.why} for one in shown.reading.left_out],
        "problems": problems(shown.problems),
        "notes": list(shown.reading.notes),
        "asked_once": list(shown.asked_once),
        "questions": [
            {
                "sheet": question.sheet,
                "row": question.row,
                "key": question.key,
                "text": question.text,
                "choices": [choice.label for choice in question.choices],
                "answers": [choice.value for choice in question.choices],
            }
            for question in shown.questions
        ],
        "missing": [
            {"unit": village.unit.code, "village": village.unit.full_name, "households": village.households}
            for _commune, part in shown.communes
            for village in part.missing
        ],
        "total": {
            "read": sum(part.read_households for _commune, part in shown.communes),
            "in_file": shown.reading.total,
        },
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


def as_lines(printed: Mapping[str, Any]) -> str:
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
        for row in printed["rows"]
    ]
    left = [
        _("%(sheet)s, row %(row)s is left out: %(why)s", sheet=one["sheet"], row=one["row"], why=one["why"])
        for one in printed["left_out"]
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
        for one in printed["problems"]
    ]
    asked = [
        _("%(key)s: %(text)s Answers: %(choices)s.", key=one["key"], text=one["text"], choices=_choices(one))
        for one in printed.get("questions", ())
    ]
    lacking = [
        _("%(key)s: the file does not say it; it is asked once for all rows.", key=key)
        for key in printed.get("asked_once", ())
    ]
    return "\n".join([*rows, *left, *wrong, *lacking, *asked])


def open_lines(shown: WholeList) -> list[str]:
    """What is in the way of saving a list, a line each: problems, what the file lacks, what is to be decided."""
    printed = as_json(shown)
    return as_lines({**printed, "rows": (), "left_out": ()}).splitlines()


def _choices(question: Mapping[str, Any]) -> str:
    pairs = zip(question["answers"], question["choices"], strict=True)
    return "; ".join(f"{value} ({label})" for value, label in pairs)


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
