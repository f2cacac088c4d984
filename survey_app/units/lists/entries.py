"""What was read of a file of villages, row by row. Values alone."""

from dataclasses import dataclass
from typing import TypeAlias

from survey_app.list_pages import ListReading


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
    old_unit: str
    #: What was done to the row's values, in sentences.
    notes: tuple[str, ...]
    #: The code of the commune that the row names, in a list of several; "" in a commune's own.
    commune: str
    #: Whether it looks like a sum of other rows: by its number, or because it is called like the commune.
    may_be_sum: bool = False


VillageReading: TypeAlias = ListReading[ListEntry]
