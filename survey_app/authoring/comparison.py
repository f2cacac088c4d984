"""Two versions of one form side by side, for the second of two people who edited the same part."""

from dataclasses import dataclass

from wtforms import BooleanField, Field, HiddenField, SelectField

from survey_app.authoring.forms import Checkboxes, PartForm
from survey_app.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that reads differently."""

    label: str
    theirs: str
    mine: str


def differences(theirs: PartForm, mine: PartForm) -> tuple[Difference, ...]:
    """Every visible field in which the stored text and the typed one differ, in the order of the form."""
    fields = {
        field.name: field for form in (theirs, mine) for field in form if not isinstance(field, HiddenField)
    }
    compared = (
        Difference(str(field.label.text), _reading(theirs, name), _reading(mine, name))
        for name, field in fields.items()
    )
    return tuple(found for found in compared if found.theirs != found.mine)


def _reading(form: PartForm, name: str) -> str:
    return _read(form[name]) if name in form else ""


def _read(field: Field) -> str:
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, Checkboxes):
        return ", ".join(str(choice.label) for choice in field.choices if choice.value in (field.data or ()))
    if isinstance(field, SelectField):
        return next((str(choice.label) for choice in field.choices if choice.value == field.data), "")
    return str(field.data or "")
