"""Forms of the room, but for that of a question, and the fields and checks they share.

Forms check what cannot be stored (length, control characters, numbers); what a usable questionnaire needs
beyond that is the check's task, so that half-finished work can always be saved.
"""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import (
    DateField,
    Field,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.authoring import wording
from survey_app.authoring.drafts import Document, Part
from survey_app.config import LANGUAGES
from survey_app.forms import StaffForm, carried_number
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.questions.problems import LONGEST_TEXT, Checker

LONGEST_TITLE = 200
LONGEST_NUMBER = 60
LONGEST_REASON = 500

Check = Callable[[StaffForm, Field], None]


def typed(name: str, limit: int) -> Check:
    """Bring a typed text to the form it is stored in, and refuse what cannot be stored.

    The typing stays in the field.
    """

    def check(_form: StaffForm, field: Field) -> None:
        checker = Checker()
        read = checker.string(field.data, name, limit=limit)
        if checker.problems:
            raise StopValidation(wording.sentence(checker.problems[0]))
        field.data = read

    return check


class Checkboxes(SelectMultipleField):
    """Several choices as check boxes: they work on a phone and by keyboard.

    A choice not offered counts as not ticked.
    """

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
    data: list[str] | None

    def pre_validate(self, form: StaffForm) -> None:
        offered = {choice.value for choice in self.choices}
        self.data = [value for value in self.data or () if value in offered]


class DayField(DateField):
    """A date whose refusal is in the reader's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter the date as day, month and year.")) from None


class ConfirmForm(StaffForm):
    """The Front's confirmation of a frozen version."""

    number = StringField(
        lazy_gettext("Number of the Front's document"),
        validators=[
            InputRequired(lazy_gettext("Please enter the number of the document.")),
            typed("number", LONGEST_NUMBER),
        ],
    )
    on = DayField(
        lazy_gettext("Date of the document"),
        validators=[InputRequired(lazy_gettext("Please enter the date of the document."))],
    )


class TakeBackForm(StaffForm):
    """Why the Front takes a confirmation back."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        validators=[typed("reason", LONGEST_REASON), DataRequired(lazy_gettext("Please say why."))],
        render_kw={"rows": 2},
    )


class PartForm(StaffForm):
    """What every form that edits a part carries: the state of the draft that the person was looking at."""

    revision = HiddenField()
    seen = HiddenField()

    def seen_revision(self) -> int:
        """The revision the form was made from."""
        return carried_number(self.revision.data)


def settings_form(draft: Document, *, locked: bool) -> type[PartForm]:
    """The form of title, languages, level and source of this draft.

    A locked draft cannot get a further language: its scored questions have no words in it.
    """
    return _settings_form(draft["languages"], draft["level"], locked=locked)


def new_form() -> type[PartForm]:
    """The same form for a questionnaire that does not exist yet."""
    return _settings_form((), wording.form_levels()[0], locked=False)


def _settings_form(present: Sequence[str], level: str, *, locked: bool) -> type[PartForm]:
    offered = tuple(present) if locked else tuple(dict.fromkeys((*LANGUAGES, *present)))
    fields: dict[str, Field] = {
        f"title_{tag}": StringField(
            _("Title (%(language)s)", language=wording.language_name(tag)),
            validators=[typed("title", LONGEST_TITLE), _needed_if_chosen(tag)],
        )
        for tag in offered
    }
    fields["languages"] = Checkboxes(
        _("Languages"),
        choices=[SelectChoice(tag, wording.language_name(tag)) for tag in offered],
        validators=[_with_vietnamese],
    )
    levels = tuple(dict.fromkeys((*wording.form_levels(), level)))
    fields["level"] = SelectField(
        _("What the form is for"), choices=[SelectChoice(name, wording.level_name(name)) for name in levels]
    )
    fields["source"] = TextAreaField(
        _("Where the wording comes from"), validators=[typed("source", LONGEST_TEXT)], render_kw={"rows": 3}
    )
    return type("SettingsForm", (PartForm,), fields)


def settings_values(form: PartForm) -> Part:
    """What was typed, as `drafts.with_settings` takes it."""
    offered = [choice.value for choice in form["languages"].choices]
    languages = [tag for tag in offered if tag in form["languages"].data]
    titles = {tag: form[f"title_{tag}"].data for tag in offered}
    return {
        "title": {tag: title for tag, title in titles.items() if title and tag in languages},
        "languages": languages,
        "level": form["level"].data,
        "source": form["source"].data or "",
    }


def settings_data(draft: Document) -> dict[str, Any]:
    """The settings as the form's fields hold them."""
    titles = {f"title_{tag}": text for tag, text in draft["title"].items()}
    return {**titles, "languages": draft["languages"], "level": draft["level"], "source": draft["source"]}


def _needed_if_chosen(tag: str) -> Check:
    def check(form: StaffForm, field: Field) -> None:
        if tag in (form["languages"].data or ()) and not field.data:
            raise ValidationError(_("Please write the title in this language, or untick the language."))

    return check


def _with_vietnamese(_form: StaffForm, field: Field) -> None:
    if "vi" not in (field.data or ()):
        raise ValidationError(_("Vietnamese is always among the languages."))
