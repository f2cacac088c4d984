"""Where a commune enters a consultation that it held on paper outside, with the scan of its minutes."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from survey_app import access, attachments, db, files, forms
from survey_app.campaigns import outside
from survey_app.campaigns.outside import OutsideCounts
from survey_app.errors import DomainError
from survey_app.forms import StaffForm, WholeNumberField, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.rulebooks.scope import require_known_year
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_commune

bp = Blueprint("outside", __name__, template_folder="templates")

_DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
_FIELDS_BYTES = 64 * 1024
_MOST = 1_000_000


def _count(label: Any) -> WholeNumberField:
    return WholeNumberField(label, validators=[InputRequired(), NumberRange(min=0, max=_MOST)])


class OutsideForm(StaffForm):
    """What the minutes say."""

    held_from = DateField(lazy_gettext("First day"), format=_DATE_FORMATS, validators=[InputRequired()])
    held_until = DateField(lazy_gettext("Last day"), format=_DATE_FORMATS, validators=[InputRequired()])
    document = StringField(
        lazy_gettext("Number and date of the minutes"),
        filters=[clean],
        validators=[DataRequired(), Length(max=200)],
    )
    households = _count(lazy_gettext("Households on the list"))
    answered = _count(lazy_gettext("Households that answered"))
    valid = _count(lazy_gettext("Valid slips"))
    satisfied = WholeNumberField(
        lazy_gettext("Satisfied answers to all items (may stay empty)"),
        validators=[Optional(), NumberRange(min=0, max=_MOST * 100)],
    )
    possible = WholeNumberField(
        lazy_gettext("Possible answers: valid slips times items (may stay empty)"),
        validators=[Optional(), NumberRange(min=1, max=_MOST * 100)],
    )
    scan = FileField(
        lazy_gettext("Scan of the minutes (PDF, PNG or JPEG)"),
        validators=[FileRequired(lazy_gettext("Choose the scan."))],
    )

    def validate_held_until(self, field: Any) -> None:
        """Days in order."""
        if self.held_from.data and field.data and field.data < self.held_from.data:
            raise ValidationError(_("The last day lies before the first day."))

    def validate_answered(self, field: Any) -> None:
        """Not more than were asked."""
        if self.households.data is not None and field.data is not None and field.data > self.households.data:
            raise ValidationError(_("More households answered than are on the list."))

    def validate_valid(self, field: Any) -> None:
        """Not more than answered."""
        if self.answered.data is not None and field.data is not None and field.data > self.answered.data:
            raise ValidationError(_("More slips are valid than households answered."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field, and both counts of answers or none."""
        is_right = super().validate(extra_validators)
        n, of = self.satisfied.data, self.possible.data
        if (n is None) != (of is None) or (n is not None and of is not None and n > of):
            self.possible.errors = [
                *self.possible.errors,
                _("Enter both counts of answers or none, the satisfied ones not above the possible ones."),
            ]
            return False
        return is_right

    def counts(self) -> OutsideCounts:
        """What was typed; call after validation."""
        return OutsideCounts(
            self.held_from.data, self.held_until.data, self.document.data or "", self.households.data or 0,
            self.answered.data or 0, self.valid.data or 0, self.satisfied.data, self.possible.data,
        )  # fmt: skip


@bp.get("/can-bo/ngoai-he-thong/<code>/<int:year>")
@access.roles(*access.READ_OUTSIDE)
def page(code: str, year: int) -> ResponseReturnValue:
    """What is on record for the commune and year, and the form for a further entry."""
    require_known_year(year)
    return _page(own_commune(code), year, OutsideForm(formdata=None))


@bp.post("/can-bo/ngoai-he-thong/<code>/<int:year>")
@forms.takes_upload(attachments.MAX_BYTES + _FIELDS_BYTES)
@access.roles(*access.ENTER_OUTSIDE)
def enter(code: str, year: int) -> ResponseReturnValue:
    """Keep what the minutes say."""
    require_known_year(year)
    commune, form = own_commune(code), OutsideForm()
    if not form.validate_on_submit():
        return _page(commune, year, form), 422
    content = form.scan.data.read(attachments.MAX_BYTES + 1)
    try:
        with db.transaction() as current:
            outside.enter(
                current,
                commune,
                year,
                form.counts(),
                content,
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(commune, year, form), refusal.status
    flash(_("On record, apart from what was asked here."), "success")
    return redirect(url_for("outside.page", code=code, year=year), 303)


@bp.get("/can-bo/ngoai-he-thong/<code>/<int:year>/<int:number>")
@access.roles(*access.READ_OUTSIDE)
def scan(code: str, year: int, number: int) -> ResponseReturnValue:
    """The scan as it came."""
    commune = own_commune(code)
    media_type, content = outside.scan_of(db.session(), commune.id, year, number)
    return files.download(content, f"bien-ban-giay-{code}-{year}-{number}", attachments.FORMATS[media_type])


def _page(commune: UnitView, year: int, form: OutsideForm) -> str:
    return render_template(
        "campaigns/outside.html",
        commune=commune,
        year=year,
        form=form,
        record=outside.history(db.session(), commune.id, year),
    )
