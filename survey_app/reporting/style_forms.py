"""The form on which a province's Front says how its papers look and end."""

from typing import Any

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from survey_app.fieldwork.notice_counts import NoticeDocument
from survey_app.forms import clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.reporting.house_style import HouseStyle
from survey_app.revisions import RevisedForm


def _holds(mark: str) -> Any:
    """Refuse a text without the place where the name goes."""

    def check(_form: Any, field: Any) -> None:
        if mark not in (field.data or ""):
            raise ValidationError(_("Keep %(mark)s: there the name or the kind of paper goes.", mark=mark))

    return check


class CountsForm(RevisedForm):
    """The document by which notices of villages give counts: all of it, or nothing for bands."""

    number = StringField(_l("Number of the document"), filters=[clean], validators=[Length(max=100)])
    dated = DateField(_l("Date of the document"), format=["%Y-%m-%d", "%d/%m/%Y"], validators=[Optional()])
    body = StringField(_l("Issuing body"), filters=[clean], validators=[Length(max=200)])

    def validate_body(self, _field: Any) -> None:
        """Beside the last field, so that it is said once."""
        named = [bool(self.number.data), self.dated.data is not None, bool(self.body.data)]
        if any(named) and not all(named):
            raise ValidationError(_("Give number, date and body of the document, or leave all three empty."))

    def document(self) -> NoticeDocument | None:
        """What was typed; call after validation."""
        if not self.number.data:
            return None
        return NoticeDocument(self.number.data, self.dated.data, self.body.data)


class StyleForm(RevisedForm):
    """Every text of the house style, filled with what holds now."""

    committee = StringField(
        _l("Committee at the head of papers"),
        filters=[clean],
        validators=[DataRequired(), Length(max=200), _holds("{unit}")],
    )
    standing = StringField(
        _l("Body below it, which signs"), filters=[clean], validators=[DataRequired(), Length(max=100)]
    )
    village_body = StringField(
        _l("Body of a village"),
        filters=[clean],
        validators=[DataRequired(), Length(max=200), _holds("{village}")],
    )
    number_pattern = StringField(
        _l("Number of a paper"),
        filters=[clean],
        validators=[DataRequired(), Length(max=60), _holds("{kind}")],
    )
    layout_source = StringField(
        _l("Document that says how papers are laid out; empty while none is known"),
        filters=[clean],
        validators=[Length(max=300)],
    )
    minutes_closing = TextAreaField(
        _l("Closing sentence of minutes"), filters=[clean], validators=[Length(max=1000)]
    )
    notice_closing = TextAreaField(
        _l("Closing sentence of notices"), filters=[clean], validators=[Length(max=1000)]
    )
    report_closing = TextAreaField(
        _l("Closing sentence of reports"), filters=[clean], validators=[Length(max=1000)]
    )
    receivers = TextAreaField(
        _l("Receivers of reports, one a line"), filters=[clean], validators=[Length(max=1000)]
    )

    def style(self) -> HouseStyle:
        """What was typed; call after validation."""
        typed: dict[str, Any] = {
            name: value or "" for name, value in self.data.items() if name in HouseStyle.__slots__
        }
        return HouseStyle(**typed)
