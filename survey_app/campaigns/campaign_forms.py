"""Forms with which the province opens a campaign and changes its days."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from survey_app.authoring import levels
from survey_app.authoring.wording import level_name
from survey_app.campaigns.deadlines import Deadlines, DueStep
from survey_app.criteria.frameworks import NEVER_MEETING_INDICATOR, Framework
from survey_app.fieldwork.forms import aim_in_words, date_of_plan, goal, last_day, whom_to_call
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.revisions import RevisedForm
from survey_app.rulebooks.pins import NamedBook
from survey_app.rulebooks.wording import book_text
from survey_app.units.queries import UnitView

_DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
#: A commune that aims at what was chosen for all; one that is left out.
AS_ALL = "all"
LEFT_OUT = ""


def _day(label: Any) -> DateField:
    return DateField(label, format=_DATE_FORMATS, validators=[InputRequired()])


class _Days:
    """The last day for each step."""

    day_households = _day(lazy_gettext("Villages and households entered"))
    day_approved = _day(lazy_gettext("Draft completed and approved by both bodies"))
    day_printed = _day(lazy_gettext("Slips printed"))
    day_sealed = _day(lazy_gettext("Paper keyed, counted and sealed"))
    day_signed = _day(lazy_gettext("Signed by both bodies"))
    day_posted = _day(lazy_gettext("Result posted in the villages"))

    def deadlines(self) -> Deadlines:
        """The days typed; call after validation."""
        return {step: getattr(self, f"day_{step.value}").data for step in DueStep}

    def check_order(self) -> bool:
        """Each step after the one before it; what is wrong is said at the field."""
        typed = [(getattr(self, f"day_{step.value}"), step) for step in DueStep]
        problems = [
            later
            for (earlier, _before), (later, _step) in zip(typed, typed[1:], strict=False)
            if earlier.data and later.data and later.data < earlier.data
        ]
        for field in problems:
            field.errors = [*field.errors, _("This day lies before that of the step before it.")]
        return not problems


class DaysForm(_Days, RevisedForm):
    """Other last days for the steps of a campaign."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field, then the order of the steps."""
        return super().validate(extra_validators) and self.check_order()


class CampaignForm(_Days, StaffForm):
    """What people decide when they open a campaign; `for_communes` adds a choice for each commune."""

    title = StringField(
        lazy_gettext("Name of the campaign"), filters=[clean], validators=[DataRequired(), Length(max=120)]
    )
    level = RadioField(lazy_gettext("What the communes aim at; the form follows from it"))
    plan_number = StringField(
        lazy_gettext("Number of the Front's plan"),
        filters=[clean],
        validators=[DataRequired(), Length(max=60)],
    )
    plan_date = date_of_plan()
    rulebook = SelectField(lazy_gettext("Rule book of its surveys"), default="")
    goal_percent = goal()
    aim = aim_in_words()
    contact = whom_to_call()
    opens_on = _day(lazy_gettext("First day"))
    closes_on = last_day()
    rehearsal_opens_on = DateField(
        lazy_gettext("Rehearsal before it: first day (may stay empty)"),
        format=_DATE_FORMATS,
        validators=[Optional()],
    )
    rehearsal_closes_on = DateField(
        lazy_gettext("Rehearsal: last day"), format=_DATE_FORMATS, validators=[Optional()]
    )

    #: The rule books to choose from, as the field names them.
    books: Mapping[str, Framework] = {}

    def offer(self, books: Iterable[Framework]) -> None:
        """Let people choose among these rule books, or leave it to the year."""
        self.books = {f"{book.key}:{book.version}": book for book in books}
        self.rulebook.choices = [
            SelectChoice("", _("the one of the year")),
            *(SelectChoice(word, book_text(_named(book))) for word, book in self.books.items()),
        ]

    def validate_rulebook(self, field: Any) -> None:
        """One whose period holds the year in which the phones close."""
        book, last = self.books.get(field.data or ""), self.closes_on.data
        if book and last and not book.holds(last.year):
            raise ValidationError(_("The period of this rule book does not hold %(year)s.", year=last.year))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field, the rehearsal, the order of the steps, and at least one commune."""
        is_right = super().validate(extra_validators)
        is_right = self.check_order() and is_right
        wrong = self._wrong_with_rehearsal()
        if wrong:
            self.rehearsal_closes_on.errors = [*self.rehearsal_closes_on.errors, wrong]
            is_right = False
        if is_right and not self.aims():
            self.level.errors = [*self.level.errors, _("Choose at least one commune below.")]
            is_right = False
        return is_right

    def _wrong_with_rehearsal(self) -> str:
        """Both days or none, in order, and before the real thing; "" where nothing is wrong."""
        first, last, opens = self.rehearsal_opens_on.data, self.rehearsal_closes_on.data, self.opens_on.data
        if bool(first) != bool(last):
            return _("A rehearsal has a first and a last day; leave both empty for none.")
        if first and last < first:
            return _("The last day lies before the first day.")
        if last and opens and last >= opens:
            return _("The rehearsal ends before the phones open.")
        return ""

    def book(self) -> tuple[str, int] | None:
        """Key and version of the rule book; None for that of the year. Of a form that is right."""
        found = self.books.get(self.rulebook.data or "")
        return (found.key, found.version) if found else None

    def rehearsal(self) -> tuple[date, date] | None:
        """First and last day of the rehearsal; None for none."""
        first, last = self.rehearsal_opens_on.data, self.rehearsal_closes_on.data
        return (first, last) if first and last else None

    def aims(self) -> Mapping[int, str]:
        """By commune id, the level that it aims at; a commune that is left out is absent. Of a form that is right."""
        chosen = {
            int(name.removeprefix("aim_")): field.data
            for name, field in self._fields.items()
            if name.startswith("aim_")
        }
        aimed = {unit_id: self.level.data if said == AS_ALL else said for unit_id, said in chosen.items()}
        return {unit_id: key for unit_id, key in aimed.items() if key}


def for_communes(
    communes: Iterable[UnitView], names: Mapping[str, str], by_rule: Iterable[str], **values: Any
) -> CampaignForm:
    """The form with a choice for each commune. `names` of levels by key; kinds `by_rule` are in unless left out."""
    chosen = set(by_rule)
    for_all = [key for key in names if not _is_for_outsiders(key)]
    fields = {
        f"aim_{commune.id}": SelectField(
            commune.full_name,
            choices=_choices(commune, names),
            default=AS_ALL if commune.kind in chosen - NEVER_MEETING_INDICATOR else LEFT_OUT,
        )
        for commune in communes
    }
    form = type("CampaignFormOfCommunes", (CampaignForm,), fields)(**values)
    form.level.choices = [SelectChoice(key, names[key]) for key in for_all]
    return form


def _choices(commune: UnitView, names: Collection[str]) -> list[SelectChoice]:
    """What this commune may aim at; what is chosen for all is never for a ward."""
    own = [key for key in names if _is_for(key, commune.kind)]
    return [
        *([] if commune.kind in NEVER_MEETING_INDICATOR else [SelectChoice(AS_ALL, _("as chosen above"))]),
        *(SelectChoice(key, level_name(key)) for key in own),
        SelectChoice(LEFT_OUT, _("not in this campaign")),
    ]


def _is_for(key: str, kind: str) -> bool:
    found = levels.level(key)
    return kind not in NEVER_MEETING_INDICATOR if found is None else kind in found.kinds


def _is_for_outsiders(key: str) -> bool:
    found = levels.level(key)
    return found is not None and NEVER_MEETING_INDICATOR.issuperset(found.kinds)


def _named(book: Framework) -> NamedBook:
    return NamedBook(book.title, book.version, is_chosen=True)
