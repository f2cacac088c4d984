"""What was read of a file: the villages row by row, what was left out and why, and every problem. Values alone."""

from dataclasses import asdict, dataclass
from typing import Any

from survey_app.office_files import RowProblem
from survey_app.office_tables import LeftOut


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One village of a file. "" where the file does not say it; `days` are two where its day has two meanings."""

    sheet: str
    row: int
    #: As it is in the file, letters repaired, and without the word of its kind.
    written: str
    village: str
    kind: str
    households: int
    source: str
    #: As YYYY-MM-DD.
    days: tuple[str, ...]
    old_unit: str = ""
    #: What was done to the row's values, in sentences.
    notes: tuple[str, ...] = ()
    #: The code of the commune that the row names, in a list of several; "" in a commune's own.
    commune: str = ""
    #: Whether it looks like a sum of other rows: by its number, or because it is called like the commune.
    may_be_sum: bool = False


@dataclass(frozen=True, slots=True)
class ListReading:
    """A file as it was understood. Nothing of it is saved yet."""

    filename: str
    entries: tuple[ListEntry, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[RowProblem, ...]
    #: Where the heading was found and what was made of the file as a whole, in sentences.
    notes: tuple[str, ...]
    #: The number of the file's own row of sums; None where it has none.
    total: int | None

    def packed(self) -> dict[str, Any]:
        """As plain values, to travel with the page that shows it."""
        return asdict(self)


def unpacked(values: dict[str, Any]) -> ListReading:
    """A reading again from what `packed` gave."""
    return ListReading(
        filename=values["filename"],
        entries=tuple(
            ListEntry(**one | {"days": tuple(one["days"]), "notes": tuple(one["notes"])})
            for one in values["entries"]
        ),
        left_out=tuple(LeftOut(**one) for one in values["left_out"]),
        problems=tuple(RowProblem(**one) for one in values["problems"]),
        notes=tuple(values["notes"]),
        total=values["total"],
    )
