"""What saving a list would do to the register, before anything is saved: with all that a person must decide.

Writes nothing. Nothing is chosen beforehand: whatever has two readings is a question, and a row with an open question
is not recorded. The command and the page show the same preview.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from survey_app import names
from survey_app.i18n import gettext as _
from survey_app.list_pages import digest
from survey_app.office_files import RowProblem, Wrong, open_office_file
from survey_app.units import kinds, queries
from survey_app.units.finding import owner_among_others
from survey_app.units.lines import (
    HouseholdLine,
    matching,
    parse_last_day,
    parse_source,
    village_identity,
)
from survey_app.units.lists import days, questions
from survey_app.units.lists.entries import ListEntry, VillageReading
from survey_app.units.lists.headings import column_title
from survey_app.units.lists.questions import ENDED, KEEP, Answers, Draft, ListQuestion
from survey_app.units.lists.reading import read
from survey_app.units.queries import UnitView, Village


class RowStatus(StrEnum):
    """What saving would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    #: A person must decide first.
    ASKS = "asks"
    #: A person said to leave it out.
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A value that the file does not say, asked once for all rows without it: the rows, and what was typed."""

    key: str
    rows: int
    typed: str
    problem: str

    @property
    def is_open(self) -> bool:
        return not self.typed or bool(self.problem)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file with the village it means, as the register has it now."""

    entry: ListEntry
    status: RowStatus
    before: Village | None
    line: HouseholdLine | None
    #: Why it asks, what changes, or what was done to its values.
    why: tuple[str, ...]
    #: Its status once what the file lacks is known; it still asks while a question of its own is open.
    would: RowStatus
    #: What changes, old → new.
    changes: tuple[str, ...]
    #: Whether it is a sum, or may be one as long as nobody has said that it is a village.
    is_sum: bool = False

    @property
    def name(self) -> str:
        """The village with its kind, as it would be listed."""
        if self.line is None or not self.line.kind:
            return self.entry.written
        return kinds.full_name(self.line.kind, self.line.village, self.line.old_unit)

    @property
    def has_day(self) -> bool:
        """Whether the day is known, from the file or from an answer."""
        return self.line is not None and self.line.as_of != queries.EARLIEST


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole of it; it can be saved while `is_ready`."""

    reading: VillageReading
    rows: tuple[PreviewRow, ...]
    lacking: tuple[Lacking, ...]
    questions: tuple[ListQuestion, ...]
    missing: tuple[Village, ...]
    #: Codes of missing villages that a person says have ended, and the last day.
    ended: tuple[str, ...]
    ended_on: str
    #: What is wrong with that, or "".
    ended_problem: str
    #: The last day, once everything about it is right.
    last_day: date | None
    problems: tuple[RowProblem, ...]
    #: A digest of everything that is held of these villages, to tell whether it changed after it was shown.
    held: str

    @property
    def is_ready(self) -> bool:
        waits = any(question.is_open for question in self.questions) or any(
            one.is_open for one in self.lacking
        )
        return bool(self.rows) and not self.problems and not waits and not self.ended_problem

    @property
    def read_households(self) -> int:
        """What the file's own sum is compared with: its numbers as they are."""
        return sum(row.entry.households for row in self.rows if not row.is_sum)

    @property
    def own_sum(self) -> int | None:
        """The file's own sum, by its reading or as a person named it; None where it has none."""
        sums = [row.entry.households for row in self.rows if row.is_sum and row.status is RowStatus.DROPPED]
        return max(sums) if self.reading.total is None and sums else self.reading.total

    def of(self, would: str) -> tuple[PreviewRow, ...]:
        return tuple(row for row in self.rows if row.would == would)


def of_file(
    session: Session,
    content: bytes,
    filename: str,
    commune: UnitView,
    on: date,
    answers: Answers | None = None,
) -> Preview:
    """What saving a file as an office sent it would do. Raises BadFile for what cannot be opened as a list."""
    file = open_office_file(content, filename)
    return preview(
        session, read(file, owner_among_others(session, commune, on), on), commune, answers or {}, on
    )


def preview(
    session: Session,
    reading: VillageReading,
    commune: UnitView,
    answers: Answers,
    on: date,
) -> Preview:
    """What saving `reading` for a commune would do after these answers, by name of field."""
    said = {key: value for key, value in answers.items() if isinstance(value, str)}
    held = queries.villages(session, commune.id, on)
    reading = replace(reading, entries=tuple(_with_known_kind(entry, held) for entry in reading.entries))
    history = queries.counts_of(session, [village.unit.id for village in held])
    drafts = [Draft(entry) for entry in reading.entries]
    known = {village_identity(one.unit.kind, one.unit.name) for one in held}
    for draft in drafts:
        if draft.entry.may_be_sum and village_identity(draft.entry.kind, draft.entry.village) not in known:
            questions.ask_sum(draft, said)
    lacking = _lacking([draft.entry for draft in drafts if not draft.is_sum], said, on)
    day_questions = questions.ask_days(drafts, said)
    problems = [*reading.problems, *_match(drafts, commune, held, lacking, said)]
    maybe = _ask_of_others(drafts, held, said)
    questions.ask_twins(drafts, said)
    for draft in drafts:
        if draft.line and draft.before and not draft.is_dropped:
            questions.ask_count(draft, history.get(draft.before.unit.id, ()), said)
    problems += _met_twice(drafts)
    meant = {draft.before.unit.id for draft in drafts if draft.before} | maybe
    missing = tuple(village for village in held if village.unit.id not in meant) if drafts else ()
    asked = [question for draft in drafts for question in draft.questions]
    if missing:
        asked.append(questions.ask_missing(said))
    ended, ended_on = tuple(answers.get("ended", ())), said.get("ended_on", "").strip()
    last_day, ended_problem = _last_day(said.get("missing", ""), ended, ended_on, missing, on)
    open_days = {question.key for question in day_questions if question.is_open}
    return Preview(
        reading=reading,
        rows=tuple(_row(draft, lacking, open_days) for draft in drafts),
        lacking=lacking,
        questions=(*day_questions, *asked),
        missing=missing,
        ended=ended,
        ended_on=ended_on,
        ended_problem=ended_problem,
        last_day=last_day,
        problems=tuple(problems),
        held=_digest(held),
    )


def _match(
    drafts: Iterable[Draft],
    commune: UnitView,
    held: Sequence[Village],
    lacking: Iterable[Lacking],
    said: Mapping[str, str],
) -> Iterator[RowProblem]:
    """Give each row its line and the village that it means for certain; what is wrong with the others."""
    by_key = {one.key: one for one in lacking}
    for draft in drafts:
        try:
            draft.line = _line(draft.entry, commune, by_key, said)
            draft.before = matching(draft.line, held)
        except Wrong as wrong:
            entry, column = draft.entry, column_title("old_unit")
            yield RowProblem(entry.sheet, entry.row, column, wrong.found, wrong.expected)


def _ask_of_others(drafts: Sequence[Draft], held: Iterable[Village], said: Mapping[str, str]) -> set[int]:
    """Ask of each row without a village which of the villages nobody means it may be; the ids of all these."""
    exact = {draft.before.unit.id for draft in drafts if draft.before}
    others: defaultdict[str, list[Village]] = defaultdict(list)
    for village in held:
        if village.unit.id not in exact:
            others[kinds.without_kinds(village.unit.name)].append(village)
    maybe: set[int] = set()
    for draft in drafts:
        if draft.line and not draft.before and not draft.is_sum:
            maybe |= questions.ask_who(draft, others, said)
    return maybe


def _with_known_kind(entry: ListEntry, held: Iterable[Village]) -> ListEntry:
    """A village without its kind has that of the one village of the list that is called so."""
    if entry.kind:
        return entry
    same = [one for one in held if names.identity(one.unit.name) == names.identity(entry.village)]
    return replace(entry, kind=same[0].unit.kind) if len(same) == 1 else entry


def _last_day(
    answer: str, ended: Sequence[str], typed: str, missing: Sequence[Village], on: date
) -> tuple[date | None, str]:
    """The last day of villages that have ended, and what is wrong with what was said of them."""
    marked = [village for village in missing if village.unit.code in ended]
    if answer == KEEP and marked:
        return None, _("You keep all villages and marked some as ended: take the marks away, or choose “No”.")
    if answer != ENDED:
        return None, ""
    if not marked:
        return None, _("Mark the villages that were merged or dissolved.")
    try:
        return max(parse_last_day(typed, village.unit.valid_from, on) for village in marked), ""
    except Wrong as wrong:
        return None, wrong.sentence


def _lacking(entries: Collection[ListEntry], said: Mapping[str, str], on: date) -> tuple[Lacking, ...]:
    found = {
        "kind": sum(not entry.kind for entry in entries),
        "source": sum(not entry.source for entry in entries),
        "as_of": sum(not entry.days for entry in entries),
    }
    return tuple(
        Lacking(key, number, said.get(key, "").strip(), _problem_of(key, said.get(key, "").strip(), on))
        for key, number in found.items()
        if number
    )


def _problem_of(key: str, typed: str, on: date) -> str:
    """What is wrong with a typed value, or ""."""
    if not typed:
        return ""
    try:
        if key == "kind" and typed not in {kind.key for kind in kinds.village_kinds()}:
            return str(_("This is not a kind of village."))
        if key == "source":
            parse_source(typed)
        if key == "as_of":
            days.meanings(typed, on)
    except Wrong as wrong:
        return wrong.sentence
    return ""


def _line(
    entry: ListEntry, commune: UnitView, lacking: Mapping[str, Lacking], said: Mapping[str, str]
) -> HouseholdLine:
    """The line to record; what is still open holds a place that is never written."""

    def typed(key: str) -> str:
        return "" if key not in lacking or lacking[key].is_open else lacking[key].typed

    kind = entry.kind or typed("kind")
    if len(entry.days) > 1:
        chosen = said.get(f"day-{min(entry.days)}", "")
        day = date.fromisoformat(chosen if chosen in entry.days else entry.days[0])
    elif entry.days:
        day = date.fromisoformat(entry.days[0])
    else:
        day = days.meanings(typed("as_of"), date.max)[0] if typed("as_of") else queries.EARLIEST
    return HouseholdLine(
        commune=commune,
        village=kinds.bare_name(kinds.all_kinds()[kind], entry.village) if kind else entry.village,
        kind=kind,
        households=entry.households,
        source=entry.source or names.tidy(typed("source")),
        as_of=day,
        old_unit=entry.old_unit,
    )


def _met_twice(drafts: Iterable[Draft]) -> Iterable[RowProblem]:
    """Two rows that mean one village of the list, after what a person answered."""
    seen: dict[object, Draft] = {}
    for draft in drafts:
        if draft.line is None or draft.is_dropped or draft.before is None:
            continue
        first = seen.setdefault(draft.before.unit.id, draft)
        if first is not draft and village_identity(first.entry.kind, first.entry.village) != village_identity(
            draft.entry.kind, draft.entry.village
        ):
            yield RowProblem(
                draft.entry.sheet,
                draft.entry.row,
                column_title("village"),
                _(
                    "%(name)s is meant by row %(row)s already.",
                    name=draft.before.unit.full_name,
                    row=first.entry.row,
                ),
                _("each village once"),
            )


def _row(draft: Draft, lacking: Iterable[Lacking], open_days: set[str]) -> PreviewRow:
    entry = draft.entry
    lacks = {"kind": not entry.kind, "source": not entry.source, "as_of": not entry.days}
    untold = {one.key for one in lacking if one.is_open and lacks[one.key]}
    why = [_("not in the file: %(column)s", column=column_title(key)) for key in lacks if key in untold]
    own = [question.text for question in draft.questions if question.is_open]
    if len(entry.days) > 1 and f"day-{min(entry.days)}" in open_days:
        both = ", ".join(f"{date.fromisoformat(day):%d/%m/%Y}" for day in entry.days)
        own.append(_("the day has two meanings: %(days)s", days=both))
    changes = _changes(draft.line, draft.before, untold) if draft.line and draft.before else []
    if draft.is_dropped:
        would = RowStatus.DROPPED
    elif own or draft.line is None:
        would = RowStatus.ASKS
    elif draft.before is None:
        would = RowStatus.NEW
    else:
        would = RowStatus.CHANGED if changes else RowStatus.SAME
    asks = (why or own or draft.line is None) and not draft.is_dropped
    return PreviewRow(
        entry=entry,
        status=RowStatus.ASKS if asks else would,
        before=draft.before,
        line=draft.line,
        why=(*why, *own, *(() if asks else changes), *entry.notes),
        would=would,
        changes=tuple(changes),
        is_sum=draft.is_sum,
    )


def _changes(line: HouseholdLine, before: Village, untold: Collection[str]) -> list[str]:
    """What a line changes of its village, old → new, but for what the file does not say yet."""
    kind, old_unit = line.kind or before.unit.kind, line.old_unit or before.unit.old_unit
    pairs = (
        ("kind", before.unit.full_name, kinds.full_name(kind, line.village, old_unit)),
        ("households", "–" if before.households is None else str(before.households), str(line.households)),
        ("source", before.source, line.source),
        ("as_of", f"{before.as_of:%d/%m/%Y}" if before.as_of else "–", f"{line.as_of:%d/%m/%Y}"),
    )
    return [f"{old or '–'} → {new}" for key, old, new in pairs if old != new and key not in untold]


def _digest(held: Iterable[Village]) -> str:
    values = [(one.unit.id, one.unit.full_name, one.households, one.source, str(one.as_of)) for one in held]
    return digest(values)
