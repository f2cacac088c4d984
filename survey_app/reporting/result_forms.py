"""Forms of the page of papers: a signed paper that comes back, and what people write in the report."""

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from survey_app.forms import StaffForm, clean
from survey_app.i18n import lazy_gettext as _l
from survey_app.reporting.report_notes import Notes
from survey_app.reporting.signed_papers import PaperKind, paper_kind_name
from survey_app.revisions import RevisedForm


class SignedPaperForm(StaffForm):
    """A file and what it is of."""

    kind = SelectField(_l("Which paper"), coerce=PaperKind)
    scan = FileField(
        _l("Scan or signed PDF, up to 5 MB (PDF, PNG or JPEG)"),
        validators=[FileRequired(_l("Choose the file."))],
    )

    def offer(self) -> "SignedPaperForm":
        """With the kinds of papers in the reader's language."""
        self.kind.choices = [(kind, paper_kind_name(kind)) for kind in PaperKind]
        return self


class ReportNotesForm(RevisedForm):
    """The three texts of the report."""

    preparation = TextAreaField(
        _l("How it was prepared: who was told, trained and sent out"),
        filters=[clean],
        validators=[Length(max=4000)],
    )
    reasons = TextAreaField(
        _l("Reasons and proposals of households, one a line, each with your tag before it: “Environment: …”"),
        filters=[clean],
        validators=[Length(max=8000)],
    )
    assessment = TextAreaField(
        _l("Assessment, and what the commune will do"), filters=[clean], validators=[Length(max=4000)]
    )

    def notes(self) -> Notes:
        """What was typed; call after validation."""
        return Notes(self.preparation.data or "", self.reasons.data or "", self.assessment.data or "")
