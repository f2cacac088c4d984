"""Which rows of the board are shown and in which order, as the address says.

An address is typed by anybody: a word that is not known falls back to the default, and none reaches a query.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from survey_app import names
from survey_app.campaigns.milestones import Milestone
from survey_app.campaigns.rows import BoardRow
from survey_app.criteria.findings import SIGNATURES, Verdict
from survey_app.fieldwork.models import State
from survey_app.scoring.rates import Rate

#: A state filter for units without a survey; "none" is no state of a survey.
NO_SURVEY = "none"
#: A finding filter for units the indicator does not apply to.
NOT_IN_SCOPE = "not_in_scope"

STATES = (NO_SURVEY, *(state.value for state in State if state is not State.ANNULLED))
FINDINGS = (*(verdict.value for verdict in Verdict), SIGNATURES, NOT_IN_SCOPE)
#: Which rows ask for something: somebody has to act, its day has passed, it waits for its Front.
NEEDS: Mapping[str, Callable[[BoardRow], bool]] = {
    "act": lambda row: row.needs_somebody,
    "late": lambda row: row.is_late,
    "front": lambda row: row.awaits_front,
}
#: So that a telephone shows the board on six screens.
ROWS_ON_A_PAGE = 6
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """A reader's choice; "" chooses everything."""

    search: str
    state: str
    finding: str
    kind: str
    #: A key of `NEEDS`.
    need: str
    #: A milestone that units in scope have not reached.
    lacks: str
    sort: str
    is_descending: bool

    def parameters(self, **changes: str) -> dict[str, str]:
        """The choice as query parameters, with some of them changed; empty ones are left out."""
        chosen = {
            "q": self.search,
            "state": self.state,
            "finding": self.finding,
            "kind": self.kind,
            "need": self.need,
            "lacks": self.lacks,
            "sort": "" if self.sort == "name" else self.sort,
            "dir": "desc" if self.is_descending else "",
        }
        return {name: value for name, value in (chosen | changes).items() if value}

    def sorted_by(self, column: str) -> dict[str, str]:
        """The parameters that sort by `column`, the other way round if it is sorted so already."""
        turned = column == self.sort and not self.is_descending
        return self.parameters(sort="" if column == "name" else column, dir="desc" if turned else "")


def from_address(arguments: Mapping[str, str], kinds: Iterable[str]) -> Selection:
    """The choice in the query string; `kinds` are the kinds of unit the board has."""
    return Selection(
        search=arguments.get("q", "").strip()[:_LONGEST_SEARCH],
        state=_known(arguments.get("state"), STATES),
        finding=_known(arguments.get("finding"), FINDINGS),
        kind=_known(arguments.get("kind"), kinds),
        need=_known(arguments.get("need"), NEEDS),
        lacks=_known(arguments.get("lacks"), Milestone),
        sort=_known(arguments.get("sort"), COLUMNS) or "name",
        is_descending=arguments.get("dir") == "desc",
    )


def select(rows: Iterable[BoardRow], chosen: Selection) -> tuple[BoardRow, ...]:
    """The rows chosen, in order. A row without the figure sorted by comes last, either way round."""
    wanted = names.plain(chosen.search)
    found = [row for row in rows if _is_chosen(row, chosen, wanted)]
    by_name = sorted(found, key=_by_name)
    if chosen.sort == "name":
        return tuple(reversed(by_name)) if chosen.is_descending else tuple(by_name)
    key = COLUMNS[chosen.sort]
    present = [row for row in by_name if key(row) is not None]
    absent = [row for row in by_name if key(row) is None]
    return (*sorted(present, key=key, reverse=chosen.is_descending), *absent)


def _is_chosen(row: BoardRow, chosen: Selection, wanted: str) -> bool:
    return (
        (
            not wanted
            or wanted in names.plain(f"{row.unit.full_name} {row.called_now or ''}")
            or wanted == row.unit.code
        )
        and (not chosen.state or chosen.state == (row.state.value if row.state else NO_SURVEY))
        and (not chosen.finding or chosen.finding in _findings(row))
        and (not chosen.kind or chosen.kind == row.unit.kind)
        and (not chosen.need or NEEDS[chosen.need](row))
        and (not chosen.lacks or (row.in_scope and Milestone(chosen.lacks) not in row.milestones))
    )


def _findings(row: BoardRow) -> tuple[str, ...]:
    """What the row says; no verdict before asking is over."""
    if row.finding is None:
        return (NOT_IN_SCOPE,)
    return row.awaits if row.is_not_asked or row.is_being_asked else (row.finding.value, *row.awaits)


def _known(word: str | None, known: Iterable[str]) -> str:
    return word if word is not None and word in set(known) else ""


def _by_name(row: BoardRow) -> tuple[object, ...]:
    return row.unit.in_order


def _share(rate: Rate | None) -> Fraction | None:
    return Fraction(rate.n, rate.of) if rate else None


_WORK_ORDER = {state: place for place, state in enumerate(State)}

#: What a column sorts by; None sorts last.
COLUMNS: Mapping[str, Callable[[BoardRow], Any]] = {
    "name": _by_name,
    "kind": lambda row: row.unit.kind,
    "state": lambda row: _WORK_ORDER[row.state] if row.state else -1,
    "coverage": lambda row: _share(row.coverage),
    "rate": lambda row: _share(row.pooled),
    "finding": lambda row: list(Verdict).index(row.finding) if row.finding else None,
    "online": lambda row: (bool(row.services), row.is_answered_online),
    "wait": lambda row: (
        (not row.wait.is_overdue, list(type(row.wait.reason)).index(row.wait.reason)) if row.wait else None
    ),
}
