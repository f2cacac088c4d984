"""What making accounts from a list would do, before any is made: with all that a person must decide.

Writes nothing. Roles stay with the body that owns them: people of another body's roles are named with the one who makes
their accounts, and the same file serves there. Nothing is chosen beforehand.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from survey_app import names
from survey_app.access import Identity, Role
from survey_app.accounts import management, queries
from survey_app.accounts.lists.columns import column_title, role_named, unit_alone
from survey_app.accounts.lists.reading import PeopleReading, PersonEntry, read
from survey_app.accounts.queries import AccountState, AccountView
from survey_app.i18n import gettext as _
from survey_app.list_pages import digest
from survey_app.office_files import RowProblem, Wrong, open_office_file, shortened
from survey_app.templating import role_name
from survey_app.units import queries as units
from survey_app.units.finding import CommuneFinder
from survey_app.units.lists.questions import Choice, ListQuestion
from survey_app.units.models import Level
from survey_app.units.queries import UnitView

_DROP, _SAME, _OTHER = "drop", "same", "other"


class PersonStatus(StrEnum):
    """What saving would do with a person of the list."""

    NEW = "new"
    #: Has such an account already.
    HAS = "has"
    #: Of a role whose accounts others make.
    THEIRS = "theirs"
    #: Somebody must decide first.
    ASKS = "asks"
    #: Somebody said to leave the person out.
    DROPPED = "dropped"
    #: Is among the problems.
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the file, with the account that would be made."""

    entry: PersonEntry
    status: PersonStatus
    role: Role | None
    unit: UnitView | None
    why: str

    @property
    def sign_in(self) -> str:
        """What the person signs in with."""
        return self.entry.email or self.entry.telephone


@dataclass(frozen=True, slots=True)
class PeoplePreview:
    """The whole of it; accounts can be made while `is_ready`."""

    reading: PeopleReading
    rows: tuple[PersonRow, ...]
    #: People without a unit in the file, who get the one chosen; and what was chosen.
    without_unit: int
    chosen_unit: str
    questions: tuple[ListQuestion, ...]
    problems: tuple[RowProblem, ...]
    #: A digest of the accounts that it was compared with.
    held: str

    @property
    def is_ready(self) -> bool:
        waits = any(question.is_open for question in self.questions) or bool(self.of(PersonStatus.ASKS))
        return not self.problems and not waits and bool(self.of(PersonStatus.NEW))

    def of(self, status: PersonStatus | str) -> tuple[PersonRow, ...]:
        return tuple(row for row in self.rows if row.status == status)


def of_file(
    session: Session, content: bytes, filename: str, person: Identity, now: datetime
) -> PeoplePreview:
    """What the list of an office would do. Raises BadFile for what cannot be opened as a list."""
    return preview(session, read(open_office_file(content, filename)), person, {}, now)


def preview(
    session: Session, reading: PeopleReading, person: Identity, said: Mapping[str, str], now: datetime
) -> PeoplePreview:
    """What making accounts of `reading` would do after these answers, by name of field."""
    return _Comparison(session, reading, person, said, now).preview()


@dataclass(slots=True)
class _Draft:
    entry: PersonEntry
    role: Role | None = None
    unit: UnitView | None = None
    status: PersonStatus = PersonStatus.NEW
    why: str = ""
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.status is PersonStatus.NEW and not self.problems

    def wrong(self, key: str, wrong: Wrong) -> None:
        entry = self.entry
        self.problems.append(
            RowProblem(entry.sheet, entry.row, column_title(key), wrong.found, wrong.expected)
        )

    def close(self, status: PersonStatus, why: str = "") -> None:
        self.status, self.why = status, why


class _Comparison:
    """Compares a list with the accounts and units of who brings it in."""

    def __init__(
        self,
        session: Session,
        reading: PeopleReading,
        person: Identity,
        said: Mapping[str, str],
        now: datetime,
    ) -> None:
        self._session, self._reading, self._person, self._said = session, reading, person, said
        self._own = units.unit(session, person.unit_id)
        on = units.civil(now)
        self._communes = {one.code: one for one in units.communes(session, person.unit_path, on)}
        known = units.communes(session, person.province_path, on)
        self._finder = CommuneFinder(session, known, on)
        self._accounts = queries.accounts(session, person, now)
        self._drafts = [_Draft(entry) for entry in reading.entries]
        self._questions: list[ListQuestion] = []

    def preview(self) -> PeoplePreview:
        taken = queries.emails_taken(self._session, {self._sign_in(draft) for draft in self._drafts})
        for draft in self._drafts:
            self._find_unit(draft)
        self._find_roles()
        lacking = [draft for draft in self._drafts if draft.is_open and draft.unit is None]
        asked = [draft for draft in lacking if self._place(draft)]
        for draft in self._drafts:
            if draft.is_open and draft.unit is not None and draft.role is not None:
                self._check_place(draft, draft.role, draft.unit)
                if self._sign_in(draft) in taken:
                    self._compare_sign_in(draft, draft.role, draft.unit)
        self._compare_within()
        for draft in self._drafts:
            if draft.is_open:
                self._ask_same_person(draft)
        return PeoplePreview(
            reading=self._reading,
            rows=tuple(
                PersonRow(
                    draft.entry,
                    PersonStatus.WRONG if draft.problems else draft.status,
                    draft.role,
                    draft.unit,
                    draft.why,
                )
                for draft in self._drafts
            ),
            without_unit=len(asked),
            chosen_unit=self._said.get("unit", ""),
            questions=tuple(self._questions),
            problems=(
                *self._reading.problems,
                *(problem for draft in self._drafts for problem in draft.problems),
            ),
            held=_digest(self._accounts, taken),
        )

    def _find_unit(self, draft: _Draft) -> None:
        text = unit_alone(draft.entry.unit)
        if not text:
            return
        if names.identity(text) in {names.identity(self._own.full_name), names.identity(self._own.name)}:
            draft.unit = self._own
            return
        try:
            found = self._finder.find(text)
        except Wrong as wrong:
            draft.wrong("unit", wrong)
            return
        if not self._person.covers(found.path):
            draft.wrong(
                "unit",
                Wrong(
                    _("%(unit)s is not in your area.", unit=found.full_name),
                    _("units of %(unit)s", unit=self._own.full_name),
                ),
            )
            return
        draft.unit = found

    def _find_roles(self) -> None:
        """By what the file says; a text with no one meaning is asked once for all who have it."""
        unknown: dict[str, list[_Draft]] = defaultdict(list)
        for draft in self._drafts:
            level = draft.unit.level if draft.unit else self._own.level
            draft.role = role_named(draft.entry.role, level) if draft.entry.role else None
            if draft.role is None and not draft.problems:
                unknown[names.identity(draft.entry.role)].append(draft)
        mine = management.managed_roles(self._person.role)
        for said, drafts in unknown.items():
            answer = self._ask_role(said, drafts, mine)
            for draft in drafts:
                if answer == _DROP:
                    draft.close(PersonStatus.DROPPED)
                elif answer:
                    draft.role = Role(answer)
                else:
                    draft.close(PersonStatus.ASKS, _("the role is asked above"))
        for draft in self._drafts:
            if draft.role is not None and draft.role not in mine:
                makers = [role_name(role) for role in Role if draft.role in management.managed_roles(role)]
                draft.close(PersonStatus.THEIRS, _("made by: %(roles)s", roles=", ".join(makers)))
                draft.problems.clear()

    def _ask_role(self, said: str, drafts: Sequence[_Draft], mine: Iterable[Role]) -> str:
        people = ", ".join(draft.entry.name for draft in drafts[:3]) + (" …" if len(drafts) > 3 else "")
        count = len(drafts)
        text = (
            _("“%(role)s” (%(count)s: %(people)s): which role?",
              role=shortened(drafts[0].entry.role), count=count, people=people)
            if said
            else _("The file says no role for %(count)s: %(people)s. Which one?", count=count, people=people)
        )  # fmt: skip
        choices = [Choice(role.value, role_name(role)) for role in mine]
        return self._ask("role", said, text, (*choices, Choice(_DROP, _("make no account"))))

    def _place(self, draft: _Draft) -> bool:
        """Where somebody belongs whose unit the file does not say; whether it has to be asked."""
        if draft.role is None:
            return False
        if (
            management.fits(draft.role, self._own.level)
            and not management.fits(draft.role, Level.COMMUNE)
            or len(self._communes) <= 1
        ):
            draft.unit = self._own
            return False
        if self._said.get("unit") in self._communes:
            draft.unit = self._communes[self._said["unit"]]
        else:
            draft.close(PersonStatus.ASKS, _("the unit is asked above"))
        return True

    def _check_place(self, draft: _Draft, role: Role, unit: UnitView) -> None:
        if not management.fits(role, unit.level):
            fitting = _("a commune or ward") if management.fits(role, Level.COMMUNE) else _("the province")
            draft.wrong(
                "unit",
                Wrong(
                    _("%(role)s does not belong to %(unit)s.", role=role_name(role), unit=unit.full_name),
                    fitting,
                ),
            )

    def _compare_sign_in(self, draft: _Draft, role: Role, unit: UnitView) -> None:
        """Whether somebody signs in by this name already: the same person in the same place, or a mistake."""
        sign_in = self._sign_in(draft)
        held = next((one for one in self._accounts if one.email == sign_in), None)
        if held is None:
            found = _("%(name)s has an account in another unit.", name=sign_in)
        elif names.identity(held.name) == names.identity(draft.entry.name) and (held.role, held.unit_id) == (
            role,
            unit.id,
        ):
            is_closed = held.state is AccountState.CLOSED
            draft.close(
                PersonStatus.HAS,
                _("has this account; it is closed") if is_closed else _("has this account already"),
            )
            return
        else:
            found = _(
                "%(sign_in)s is the account of %(name)s: %(role)s, %(unit)s.",
                sign_in=sign_in,
                name=held.name,
                role=role_name(held.role),
                unit=held.unit_name,
            )
        key = "email" if draft.entry.email else "telephone"
        draft.wrong(key, Wrong(found, _("another number or sign-in name for this person")))

    def _compare_within(self) -> None:
        """Two rows that would sign in by one name."""
        seen: dict[str, _Draft] = {}
        for draft in self._drafts:
            if draft.status in {PersonStatus.THEIRS, PersonStatus.DROPPED}:
                continue
            first = seen.setdefault(self._sign_in(draft), draft)
            if first is not draft:
                key = "email" if draft.entry.email else "telephone"
                found = _(
                    "%(sign_in)s is in row %(row)s already.",
                    sign_in=self._sign_in(draft),
                    row=first.entry.row,
                )
                draft.wrong(
                    key, Wrong(found, _("each person's own number, or a column “Tên đăng nhập” beside it"))
                )

    def _ask_same_person(self, draft: _Draft) -> None:
        """Somebody of that name has such an account there under another sign-in name, or is in the list twice."""
        who = self._who(draft)
        held = next(
            (
                one.email
                for one in self._accounts
                if (names.identity(one.name), one.role, one.unit_id) == who
                and one.state is not AccountState.CLOSED
            ),
            "",
        ) or next(
            (
                self._sign_in(other)
                for other in self._drafts[: self._drafts.index(draft)]
                if self._who(other) == who and other.status is PersonStatus.NEW
            ),
            "",
        )
        if not held or draft.role is None or draft.unit is None:
            return
        text = _(
            "%(name)s, %(role)s, %(unit)s: somebody of that name signs in as %(held)s. Here it says %(here)s.",
            name=draft.entry.name,
            role=role_name(draft.role),
            unit=draft.unit.full_name,
            held=held,
            here=self._sign_in(draft),
        )
        choices = (
            Choice(_SAME, _("the same person: no second account")),
            Choice(_OTHER, _("another person of that name")),
        )
        answer = self._ask("who", f"{draft.entry.sheet}\n{draft.entry.row}", text, choices, draft.entry)
        if answer == _SAME:
            draft.close(PersonStatus.DROPPED)
        elif not answer:
            draft.close(PersonStatus.ASKS, _("asked above"))

    def _ask(
        self, kind: str, about: str, text: str, choices: Sequence[Choice], entry: PersonEntry | None = None
    ) -> str:
        """The answer to a question, "" while it is open."""
        key = f"{kind}-{hashlib.sha256(about.encode()).hexdigest()[:8]}"
        place = (entry.sheet, entry.row) if entry else ("", 0)
        asked = ListQuestion(key, text, tuple(choices), self._said.get(key, ""), *place)
        self._questions.append(asked)
        return "" if asked.is_open else asked.answer

    def _sign_in(self, draft: _Draft) -> str:
        return draft.entry.email or draft.entry.telephone

    def _who(self, draft: _Draft) -> tuple[str, Role | None, int | None]:
        return names.identity(draft.entry.name), draft.role, draft.unit.id if draft.unit else None


def _digest(accounts: Iterable[AccountView], taken: Iterable[str]) -> str:
    values = [(one.id, one.email, one.name, one.role, one.unit_id, one.state) for one in accounts]
    return digest([values, sorted(taken)])
