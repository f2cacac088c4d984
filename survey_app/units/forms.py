"""Forms of the villages' pages: one village, and its end. What a value must be is in `lines`."""

from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from survey_app.forms import StaffForm
from survey_app.i18n import lazy_gettext as _l
from survey_app.revisions import RevisedForm
from survey_app.units import kinds
from survey_app.units.lines import (
    HouseholdLine,
    Wrong,
    parse_day,
    parse_households,
    parse_last_day,
    parse_name,
    parse_source,
)
from survey_app.units.queries import UnitView


class EndForm(StaffForm):
    """The last day of a village that no longer exists."""

    last_day = StringField(_l("Last day"), [InputRequired()])

    def __init__(self, first_day: date, today: date, **values: Any) -> None:
        super().__init__(**values)
        self._first_day = first_day
        self._today = today

    def day(self) -> date:
        """What the form says; only after it was validated."""
        return parse_last_day(self.last_day.data, self._first_day, self._today)

    def validate_last_day(self, field: StringField) -> None:
        _parsed(self.day)


class VillageForm(RevisedForm):
    """One village with its number of households."""

    kind = SelectField(_l("Kind of village"), [InputRequired()])
    name = StringField(_l("Name of the village"), [InputRequired()])
    old_unit = StringField(_l("Former commune"), [Optional()])
    households = StringField(_l("Number of households"), [InputRequired()])
    source = StringField(_l("Source of the number"), [InputRequired()])
    as_of = StringField(_l("As of"), [InputRequired()])

    def __init__(self, today: date, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [(kind.key, kind.word) for kind in kinds.village_kinds()]
        self._today = today

    def line(self, commune: UnitView) -> HouseholdLine:
        """What the form says; only after it was validated."""
        return HouseholdLine(
            commune=commune,
            village=self._bare_name(),
            kind=self.kind.data,
            households=parse_households(self.households.data),
            source=parse_source(self.source.data),
            as_of=parse_day(self.as_of.data, self._today),
            old_unit=parse_name(self.old_unit.data) if self.old_unit.data else "",
        )

    def validate_name(self, field: StringField) -> None:
        if self.kind.data in kinds.all_kinds():
            _parsed(self._bare_name)

    def validate_old_unit(self, field: StringField) -> None:
        _parsed(lambda: parse_name(field.data))

    def validate_households(self, field: StringField) -> None:
        _parsed(lambda: parse_households(field.data))

    def validate_source(self, field: StringField) -> None:
        _parsed(lambda: parse_source(field.data))

    def validate_as_of(self, field: StringField) -> None:
        _parsed(lambda: parse_day(field.data, self._today))

    def _bare_name(self) -> str:
        return parse_name(kinds.bare_name(kinds.all_kinds()[self.kind.data], self.name.data))


def _parsed(parse: Callable[[], object]) -> None:
    """Run a parser and pass on what it finds wrong as the field's error."""
    try:
        parse()
    except Wrong as wrong:
        raise ValidationError(wrong.sentence) from wrong
