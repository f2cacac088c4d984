"""One village as somebody typed it, in a form or a file: what each value must be, and which village it means.

Knows neither files nor forms. A `Wrong` says what is wrong and what is expected, in the reader's language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from survey_app import letters, names
from survey_app.i18n import gettext as _
from survey_app.office_files import Wrong, shortened
from survey_app.questions import numbers
from survey_app.units import kinds, queries
from survey_app.units.queries import UnitView, Village

#: No village has more; a larger number is a slip of the keyboard.
MAX_HOUSEHOLDS = 100_000
MAX_NAME = 120
MAX_SOURCE = 200


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """One village with its households, ready to be recorded. `village` comes without its kind."""

    commune: UnitView
    village: str
    kind: str
    households: int
    source: str
    as_of: date
    old_unit: str = ""


def village_identity(kind: str, name: str) -> tuple[str, str]:
    """What is equal for one village of a commune, former unit apart.

    A numbered village is known by kind and number (thôn 3 is not tổ dân phố 3), any other by its name
    alone, so that a corrected kind does not make a second village.
    """
    return (names.identity(name), kind if name[:1].isdecimal() else "")


def matching(line: HouseholdLine, existing: Iterable[Village]) -> Village | None:
    """The village of the line's commune that the line means, or None when it is new.

    A line without a former unit means the one village of its name. Raises Wrong when several have the name.
    """
    wanted = village_identity(line.kind, line.village)
    same = [
        village for village in existing if village_identity(village.unit.kind, village.unit.name) == wanted
    ]
    former = names.identity(line.old_unit)
    exact = [village for village in same if names.identity(village.unit.old_unit) == former]
    if exact or line.old_unit or not same:
        return exact[0] if exact else None
    if len(same) == 1:
        return same[0]
    raise Wrong(
        _(
            "The commune has %(number)s villages called %(name)s.",
            number=len(same),
            name=same[0].unit.full_name,
        ),
        _(
            "the former commune as well, one of: %(names)s",
            names=", ".join(village.unit.old_unit for village in same),
        ),
    )


def parse_name(value: str) -> str:
    """A village's or former unit's name. Raises Wrong."""
    name = names.tidy(value)
    if not name:
        raise Wrong(_("This is empty."), _("a name"))
    if not name[0].isalnum():
        raise Wrong(
            _("“%(value)s” does not begin like a name.", value=shortened(name)),
            _("a name beginning with a letter or digit"),
        )
    _refuse_foreign(name)
    if "?" in name:
        raise Wrong(
            _("“%(value)s” has lost letters: “?” is in their place.", value=shortened(name)),
            _("the name typed again, or the file saved as .xlsx or as “CSV UTF-8”"),
        )
    if len(name) > MAX_NAME:
        raise Wrong(
            _("“%(value)s” is too long.", value=shortened(name)),
            _("a name of at most %(length)s letters", length=MAX_NAME),
        )
    return name


def parse_households(value: str | int | float) -> int:
    """A number of households above 0; "1.234" is one thousand two hundred and thirty-four. Raises Wrong."""
    typed = str(value).strip()
    households = _whole(value)
    if households is None or households < 1:
        raise Wrong(
            _("“%(value)s” is not a number of households.", value=shortened(typed)),
            _("a whole number above 0, like 76"),
        )
    if households > MAX_HOUSEHOLDS:
        raise Wrong(
            _("“%(value)s” is too large for one village.", value=shortened(typed)),
            _("at most %(number)s households", number=MAX_HOUSEHOLDS),
        )
    return households


def parse_day(value: str | date, today: date) -> date:
    """A day that is not in the future, as YYYY-MM-DD or DD/MM/YYYY. Raises Wrong."""
    found = value if isinstance(value, date) else _typed_day(value.strip())
    if found is None or found < queries.EARLIEST:
        raise Wrong(
            _("“%(value)s” is not a date.", value=shortened(str(value))),
            _("a date like 31/12/2025 or 2025-12-31"),
        )
    if found > today:
        raise Wrong(
            _("%(day)s is in the future.", day=f"{found:%d/%m/%Y}"),
            _("a day up to today, %(day)s", day=f"{today:%d/%m/%Y}"),
        )
    return found


def parse_last_day(value: str, first_day: date, today: date) -> date:
    """A day up to today on which something that began on `first_day` was there. Raises Wrong."""
    found = parse_day(value, today)
    if found < first_day:
        raise Wrong(
            _("%(day)s is before this village began.", day=f"{found:%d/%m/%Y}"),
            _("a day from %(day)s on", day=f"{first_day:%d/%m/%Y}"),
        )
    return found


def parse_kind(value: str) -> kinds.UnitKind:
    """A kind of village, with or without accents. Raises Wrong."""
    kind = kinds.village_kind(value)
    if kind is None:
        words = ", ".join(kind.word.lower() for kind in kinds.village_kinds())
        raise Wrong(
            _("“%(value)s” is not a kind of village.", value=shortened(value)),
            _(
                "one of: %(words)s; who runs the server adds a kind that is missing, in the setting village_kinds",
                words=words,
            ),
        )
    return kind


def parse_source(value: str) -> str:
    """Where a number of households comes from. Raises Wrong."""
    source = names.tidy(value)
    if not source:
        raise Wrong(_("This is empty."), _("where the number comes from, like a report of the commune"))
    _refuse_foreign(source)
    if len(source) > MAX_SOURCE:
        raise Wrong(
            _("“%(value)s” is too long.", value=shortened(source)),
            _("at most %(length)s letters", length=MAX_SOURCE),
        )
    return source


def _refuse_foreign(text: str) -> None:
    """Raise Wrong for letters that no Vietnamese, Jrai or Bahnar text has, naming an old encoding."""
    strange = letters.foreign(text)
    if not strange:
        return
    meant = letters.repaired(text)
    if meant:
        raise Wrong(
            _("“%(value)s” is written in %(encoding)s.", value=shortened(text), encoding=meant.encoding),
            _("Unicode letters: “%(meant)s”", meant=shortened(meant.text)),
        )
    raise Wrong(
        _(
            "“%(value)s” has signs that are not letters here: %(signs)s.",
            value=shortened(text),
            signs=shortened(strange),
        ),
        _("letters of Vietnamese, Jrai and Bahnar, in Unicode"),
    )


def _whole(value: str | int | float) -> int | None:
    """A cell of a workbook that holds a number, or what somebody typed, as a whole number; None where it is none."""
    if not isinstance(value, str):
        return int(value) if float(value).is_integer() else None
    try:
        return numbers.whole(value)
    except numbers.TooLong:
        return MAX_HOUSEHOLDS + 1
    except numbers.NotANumber:
        return None


def _typed_day(text: str) -> date | None:
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", (1, 2, 3)),
        (r"(\d{1,2})/(\d{1,2})/(\d{4})", (3, 2, 1)),
    ):
        match = re.fullmatch(pattern, text, re.ASCII)
        if match:
            try:
                return date(*(int(match[place]) for place in order))
            except ValueError:
                return None
    return None
