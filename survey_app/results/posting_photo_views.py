"""Photos of one posting: seen by who reads the record, given by those who hang the notices."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired

from survey_app import access, attachments, db, forms
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.results import posting_photos, postings
from survey_app.results.posting_views import WRITERS, bp

_FIELDS_BYTES = 64 * 1024


class PostingPhotoForm(StaffForm):
    """One picture."""

    photo = FileField(
        lazy_gettext("Photo of the notice, up to 5 MB (PNG or JPEG)"),
        validators=[FileRequired(lazy_gettext("Choose the file."))],
    )


@bp.route("/can-bo/dot/<survey_id>/niem-yet/<int:number>/anh", methods=["GET", "POST"])
@forms.takes_upload(attachments.MAX_BYTES + _FIELDS_BYTES)
@access.roles(*WRITERS)
def photos(survey_id: str, number: int) -> ResponseReturnValue:
    """The photos of a posting in force, and the form for a further one."""
    survey, form = own_decision_survey(survey_id), PostingPhotoForm()
    if request.method == "GET":
        return _page(survey, number, PostingPhotoForm(formdata=None))
    if not form.validate_on_submit():
        return _page(survey, number, form), HTTPStatus.UNPROCESSABLE_ENTITY
    content = form.photo.data.read(attachments.MAX_BYTES + 1)
    try:
        with db.transaction() as current:
            posting_photos.add(
                current, survey.id, number, content, actor=access.identity().actor, now=datetime.now(UTC)
            )
    except posting_photos.NotAPhoto as refusal:
        flash(refusal.message, "error")
        return _page(survey, number, form), refusal.status
    flash(_("The photo is on record with its digest."), "success")
    return redirect(url_for("postings.photos", survey_id=survey.id, number=number), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/dot/<survey_id>/niem-yet/anh/<digest>")
@access.roles(*access.READ_POSTINGS)
def photo(survey_id: str, digest: str) -> ResponseReturnValue:
    """A photo as it came."""
    survey = own_decision_survey(survey_id)
    found = posting_photos.fetch(db.session(), survey.id, digest)
    return attachments.download(found, f"niem-yet-{survey.id}-{digest[:12]}")


def _page(survey: SurveyView, number: int, form: PostingPhotoForm) -> str:
    posting = postings.in_force(db.session(), survey.id, number)
    return render_template(
        "results/posting_photos.html",
        survey=survey,
        posting=posting,
        photos=posting_photos.of_survey(db.session(), survey.id)[number],
        form=form,
    )
