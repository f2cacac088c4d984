"""What a person must decide before a list is saved; nothing is chosen beforehand.

A row that may be a sum, the same village under two names, a day with two meanings, a number older than the one held or
ten times off, villages that the file does not name any more. Knows no page: a question has a name for its field, a
sentence and its answers.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from survey_app.i18n import gettext as _
from survey_app.revisions import Saved
from survey_app.units import kinds, queries
from survey_app.units.lines import HouseholdLine
from survey_app.units.lists.entries import ListEntry
from survey_app.units.queries import Village

#: Answers that are no code of a village and no number.
NEW, FILE, KEEP, DROP, TEN, ENDED = "new", "file", "keep", "drop", "ten", "ended"


#: What a person answered, by name of field; several values for the villages that have ended.
Answers = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    value: str
    label: str
    #: Who saved the number that it leaves, and when.
    saved: Saved | None = None


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What a person must decide: `key` is the name of its field, `answer` what was chosen, "" while nothing is."""

    key: str
    text: str
    choices: tuple[Choice, ...]
    answer: str
    #: Sheet and row, or "" and 0 for what is asked of the file as a whole.
    sheet: str = ""
    row: int = 0

    @property
    def is_open(self) -> bool:
        return not self.has(self.answer)

    def has(self, answer: str) -> bool:
        """Whether it may be answered so."""
        return answer in {choice.value for choice in self.choices}


@dataclass(slots=True)
class Draft:
    """A row while its questions are put."""

    entry: ListEntry
    questions: list[ListQuestion] = field(default_factory=list)
    before: Village | None = None
    line: HouseholdLine | None = None
    why: list[str] = field(default_factory=list)
    is_dropped: bool = False
    #: Whether a person said that it adds up others, or nobody has said yet that it does not.
    is_sum: bool = False

    def ask(self, name: str, text: str, choices: Iterable[Choice], answers: Mapping[str, str]) -> str:
        """The answer to a question of this row, "" while it is open."""
        key = f"{name}-{hashlib.sha256(self.entry.sheet.encode()).hexdigest()[:6]}-{self.entry.row}"
        asked = ListQuestion(
            key, text, tuple(choices), answers.get(key, ""), self.entry.sheet, self.entry.row
        )
        self.questions.append(asked)
        return "" if asked.is_open else asked.answer


def ask_days(drafts: Sequence[Draft], said: Mapping[str, str]) -> tuple[ListQuestion, ...]:
    """One question for each pair of days that cells may mean."""
    pairs: dict[tuple[str, ...], list[Draft]] = {}
    for draft in drafts:
        if len(draft.entry.days) > 1:
            pairs.setdefault(tuple(sorted(draft.entry.days)), []).append(draft)
    asked = []
    for pair, those in pairs.items():
        rows = ", ".join(str(draft.entry.row) for draft in those)
        choices = tuple(Choice(day, f"{date.fromisoformat(day):%d/%m/%Y}") for day in pair)
        key = f"day-{pair[0]}"
        asked.append(
            ListQuestion(
                key,
                _("Rows %(rows)s: which day is meant?", rows=rows),
                choices,
                said.get(key, ""),
                those[0].entry.sheet,
                those[0].entry.row,
            )
        )
    return tuple(asked)


def ask_sum(draft: Draft, said: Mapping[str, str]) -> None:
    """Ask whether a row is a village or adds up others."""
    answer = draft.ask(
        "sum",
        _(
            "“%(name)s”, %(count)s households: is it a row of sums or a village?",
            name=draft.entry.written,
            count=draft.entry.households,
        ),
        (Choice(DROP, _("A row of sums: leave it out")), Choice(NEW, _("A village"))),
        said,
    )
    draft.is_sum = answer != NEW
    draft.is_dropped = answer == DROP


def ask_who(draft: Draft, others: Mapping[str, Sequence[Village]], said: Mapping[str, str]) -> set[int]:
    """Ask whether a village that is not in the list is one of `others`, by `kinds.without_kinds`; the ids it may be."""
    assert draft.line is not None
    alike = others.get(kinds.without_kinds(draft.entry.written), ())
    if not alike:
        return set()
    named = kinds.full_name(draft.line.kind, draft.line.village) if draft.line.kind else draft.entry.written
    answer = draft.ask(
        "who",
        _(
            "“%(name)s”, %(count)s households: is it a village that is in the list?",
            name=named,
            count=draft.entry.households,
        ),
        (
            *(
                Choice(
                    village.unit.code,
                    _(
                        "It is %(name)s, now %(count)s households",
                        name=village.unit.full_name,
                        count="–" if village.households is None else village.households,
                    ),
                )
                for village in alike
            ),
            Choice(NEW, _("It is another village: add it")),
        ),
        said,
    )
    for village in alike:
        if village.unit.code == answer:
            draft.before = village
            draft.line = replace(
                draft.line, village=village.unit.name, kind=village.unit.kind, old_unit=village.unit.old_unit
            )
    return set() if answer else {village.unit.id for village in alike}


def ask_twins(drafts: Sequence[Draft], said: Mapping[str, str]) -> None:
    """Ask of rows that are called nearly alike whether they are one village."""
    seen: dict[tuple[str, str], Draft] = {}
    for draft in (one for one in drafts if not one.is_sum):
        name = kinds.without_kinds(draft.entry.written)
        # Thôn 3 is not tổ dân phố 3, but thôn 03 may be thôn 3.
        first = seen.setdefault((name, draft.entry.kind if name.isdecimal() else ""), draft)
        if first is draft or draft.line is None or first.line is None or draft.before:
            continue
        if draft.entry.old_unit != first.entry.old_unit:
            continue
        answer = draft.ask(
            "twin",
            _(
                "“%(name)s” and “%(other)s” in row %(row)s: are they two villages?",
                name=draft.entry.written,
                other=first.entry.written,
                row=first.entry.row,
            ),
            (Choice(NEW, _("Yes, two villages")), Choice(DROP, _("No, leave this row out"))),
            said,
        )
        draft.is_dropped = answer == DROP


def ask_count(draft: Draft, history: Sequence[queries.ReportedHouseholds], said: Mapping[str, str]) -> None:
    """Ask about a number that the list has a newer one of, and about one that is ten times off."""
    assert draft.line is not None
    assert draft.before is not None
    line, held = draft.line, draft.before
    if held.households is None or held.as_of is None or _says(line, held.households, held.source, held.as_of):
        return
    why = []
    if line.as_of != queries.EARLIEST and line.as_of < held.as_of:
        why.append(_("the list has a later one, of %(day)s", day=f"{held.as_of:%d/%m/%Y}"))
    elif any(_says(line, count.households, count.source, count.as_of) for count in history[1:]):
        why.append(_("it was in the list before and was replaced"))
    ten = _ten_times(line.households, held.households)
    if ten:
        why.append(_("one of them may be ten times off"))
    if not why:
        return
    choices = [Choice(FILE, _("%(count)s, as the file says", count=line.households))]
    if ten:
        choices.append(Choice(TEN, _("%(count)s: the file is mistaken", count=ten)))
    choices.append(
        Choice(
            KEEP,
            _(
                "leave the list as it is: %(count)s households (%(source)s, as of %(day)s)",
                count=held.households,
                source=held.source,
                day=f"{held.as_of:%d/%m/%Y}",
            ),
            Saved(history[0].recorded_by, history[0].recorded_at) if history else None,
        )
    )
    answer = draft.ask(
        "count",
        _(
            "%(name)s: the file says %(count)s households, the list %(held)s – %(why)s.",
            name=held.unit.full_name,
            count=line.households,
            held=held.households,
            why="; ".join(why),
        ),
        choices,
        said,
    )
    if answer == TEN:
        draft.line = replace(line, households=ten)
    draft.is_dropped = answer == KEEP


def _says(line: HouseholdLine, households: int, source: str, as_of: date) -> bool:
    return (line.households, line.source, line.as_of) == (households, source, as_of)


def _ten_times(count: int, held: int) -> int:
    """The number that was meant where one is some ten times the other, or 0."""
    if count >= 8 * held:
        return count // 10
    return count * 10 if held >= 8 * count else 0


def ask_missing(said: Mapping[str, str]) -> ListQuestion:
    """What became of villages that the register has and the file does not."""
    return ListQuestion(
        "missing",
        _("Villages of the list that are not in the file: are they still there?"),
        (
            Choice(KEEP, _("Yes, keep them all")),
            Choice(ENDED, _("No: those marked below were merged or dissolved")),
        ),
        said.get("missing", ""),
    )
