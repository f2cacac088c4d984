"""Where a signed paper comes back, and where the report's own sentences are written."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, attachments, audit, db, files, forms, revisions
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.reporting import report_notes, signed_papers
from survey_app.reporting.result_forms import ReportNotesForm, SignedPaperForm
from survey_app.reporting.scope import own_sealed_survey
from survey_app.revisions import SavedMeanwhile

bp = Blueprint("signed_papers", __name__, template_folder="templates")

#: Those who hang and sign papers bring them back; the province, which appraises, only reads.
WRITERS = access.RECORD_POSTINGS
_FIELDS_BYTES = 64 * 1024


@bp.get("/can-bo/dot/<survey_id>/giay-to/da-ky")
@access.roles(*access.READ_PAPERS)
def page(survey_id: str) -> ResponseReturnValue:
    """Every signed paper on record, newest first, and the form for a further one."""
    return _page(own_sealed_survey(survey_id), SignedPaperForm(formdata=None).offer())


@bp.post("/can-bo/dot/<survey_id>/giay-to/da-ky")
@forms.takes_upload(attachments.MAX_BYTES + _FIELDS_BYTES)
@access.roles(*WRITERS)
def keep(survey_id: str) -> ResponseReturnValue:
    """Keep a signed paper."""
    survey, form = own_sealed_survey(survey_id), SignedPaperForm().offer()
    if not form.validate_on_submit():
        return _page(survey, form), 422
    content = form.scan.data.read(attachments.MAX_BYTES + 1)
    actor, now = access.identity().actor, datetime.now(UTC)
    try:
        with db.transaction() as current:
            signed_papers.keep(current, survey.id, form.kind.data, content, actor=actor, now=now)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, form), refusal.status
    flash(_("The signed paper is on record with its digest."), "success")
    return redirect(url_for("signed_papers.page", survey_id=survey.id), 303)


@bp.get("/can-bo/dot/<survey_id>/giay-to/da-ky/<int:number>")
@access.roles(*access.READ_PAPERS)
def fetch(survey_id: str, number: int) -> ResponseReturnValue:
    """The file as it came; one with exact counts for those alone who may release or appraise them, and noted."""
    survey, person = own_sealed_survey(survey_id), access.identity()
    kind, media_type, content = signed_papers.content(db.session(), survey.id, number)
    if kind.holds_exact_counts:
        if person.role not in access.TAKE_EVIDENCE_PACK:
            abort(403)
        with db.transaction() as current:
            now, subject = datetime.now(UTC), f"survey:{survey.id}"
            audit.record(
                current, person.actor, "reporting.release", subject, at=now, form=kind, number=number
            )
    return files.download(content, f"{kind}-{survey.id}-{number}", attachments.FORMATS[media_type])


@bp.route("/can-bo/dot/<survey_id>/giay-to/loi-bao-cao", methods=["GET", "POST"])
@access.roles(*WRITERS)
def notes(survey_id: str) -> ResponseReturnValue:
    """The sentences of the report that no figure says."""
    survey = own_sealed_survey(survey_id)
    form = ReportNotesForm() if request.method == "POST" else _stored(db.session(), survey)
    if not form.is_submitted():
        return _notes_page(survey, form)
    if not form.validate_on_submit():
        return _notes_page(survey, form), 422
    actor, now = access.identity().actor, datetime.now(UTC)
    try:
        with db.transaction() as current:
            fieldwork.hold(current, survey.id)
            last = revisions.last_saved(current, [f"survey:{survey.id}"], [report_notes.SAVED])
            revisions.refuse_unseen(form, _stored(current, survey), last)
            report_notes.save(current, survey.id, form.notes(), actor=actor, now=now)
    except SavedMeanwhile as meanwhile:
        return _notes_page(survey, form, meanwhile), meanwhile.status
    flash(_("The report now says so."), "success")
    return redirect(url_for("papers.page", survey_id=survey.id), 303)


def _stored(session: Session, survey: SurveyView) -> ReportNotesForm:
    return ReportNotesForm(formdata=None, data=asdict(report_notes.notes_of(session, survey.id)))


def _page(survey: SurveyView, form: SignedPaperForm) -> str:
    role = access.identity().role
    return render_template(
        "reporting/signed.html",
        survey=survey,
        record=signed_papers.on_record(db.session(), survey.id),
        form=form,
        may_write=role in WRITERS,
        sees_exactly=role in access.TAKE_EVIDENCE_PACK,
    )


def _notes_page(survey: SurveyView, form: ReportNotesForm, meanwhile: SavedMeanwhile | None = None) -> str:
    return render_template("reporting/notes.html", survey=survey, form=form, meanwhile=meanwhile)
