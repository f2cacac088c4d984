"""Open-ended answers on pages: read after sealing, released or withheld by the Front, taken out where they must be.

Which answer a text is in, and of which village, is on none of these pages. Reading is noted, like exact figures.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db, paging
from survey_app.accounts.freshness import fresh
from survey_app.fieldwork.models import TAKING_ANSWERS
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_survey
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.privacy import redaction, text_wording, texts
from survey_app.privacy.text_forms import RedactionForm
from survey_app.privacy.texts import TextQuestion
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import audiences

bp = Blueprint("texts", __name__, template_folder="templates")

READERS = access.READ_TEXTS
#: This many texts are on one page, so that it stays quick to read and to send on a phone.
_PAGE = 50
_DECISION, _SEEN, _TAG, _SEEN_TAG = "decision-", "seen-", "tag-", "seentag-"
_LONGEST_TAG = 40


@bp.get("/can-bo/dot/<survey_id>/y-kien")
@access.roles(*READERS)
def index(survey_id: str) -> ResponseReturnValue:
    """The questions in words, and how much there is to read."""
    survey = own_survey(survey_id)
    return render_template(
        "privacy/texts.html",
        survey=survey,
        questions=texts.disclosed(db.session(), survey, _audience()),
        removed_on=texts.removed_on(db.session(), survey),
        reads_all=_audience() is Audience.EXACT,
    )


@bp.get("/can-bo/dot/<survey_id>/y-kien/<key>")
@access.roles(*READERS)
def page(survey_id: str, key: str) -> ResponseReturnValue:
    """The texts of one question, always in the same shuffled order."""
    return _page(own_survey(survey_id), key, StaffForm(formdata=None))


@bp.post("/can-bo/dot/<survey_id>/y-kien/<key>")
@access.roles(*access.MODERATE_TEXTS)
@fresh
def moderate(survey_id: str, key: str) -> ResponseReturnValue:
    """Keep what was decided on the texts of one page; what the person did not touch stays as it is by now."""
    survey, form = own_survey(survey_id), StaffForm()
    if not form.validate_on_submit():
        return _page(survey, key, form), HTTPStatus.UNPROCESSABLE_ENTITY
    handles = [name.removeprefix(_SEEN) for name in request.form if name.startswith(_SEEN)]
    decisions = {
        handle: request.form.get(_DECISION + handle, "")
        for handle in handles
        if request.form.get(_DECISION + handle, "") != request.form[_SEEN + handle]
    }
    seen = {handle: request.form[_SEEN + handle] for handle in decisions}
    seen_tags = {handle: request.form.get(_SEEN_TAG + handle, "") for handle in handles}
    typed_tags = {handle: _typed_tag(handle) for handle in handles if _TAG + handle in request.form}
    tags = {handle: tag for handle, tag in typed_tags.items() if tag != seen_tags[handle]}
    if any(len(tag) > _LONGEST_TAG for tag in tags.values()):
        refusal = _("A tag has at most %(most)s letters.", most=_LONGEST_TAG)
        page = _page(survey, key, form, typed=decisions, tags=tags, refusal=refusal)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            decided = texts.moderate(
                current,
                survey,
                key,
                decisions,
                seen=seen,
                tags=tags,
                seen_tags=seen_tags,
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except texts.DecidedMeanwhile as meanwhile:
        return _page(
            survey, key, form, typed=decisions, tags=tags, refusal=meanwhile.message
        ), meanwhile.status
    flash(ngettext("%(num)d decision recorded.", "%(num)d decisions recorded.", decided), "success")
    back = url_for("texts.page", survey_id=survey.id, key=key, page=request.args.get("page"))
    return redirect(back, HTTPStatus.SEE_OTHER)


@bp.route("/can-bo/dot/<survey_id>/y-kien/<key>/<text>/xoa", methods=["GET", "POST"])
@access.roles(*access.MODERATE_TEXTS)
@fresh
def redact(survey_id: str, key: str, text: str) -> ResponseReturnValue:
    """Ask once more, then take one text out of its answer for good."""
    survey, form, person = own_survey(survey_id), RedactionForm(), access.identity()
    submission, shown = texts.text_of(db.session(), survey, key, text)
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render_template("privacy/redact.html", survey=survey, key=key, shown=shown, form=form), status
    with db.transaction() as current:
        redaction.redact(
            current, survey.id, submission, key, form.reason.data, actor=person.actor, now=datetime.now(UTC)
        )
    flash(_("The text is taken out. Backups made before today still hold it."), "success")
    return redirect(url_for("texts.page", survey_id=survey.id, key=key), HTTPStatus.SEE_OTHER)


def _typed_tag(handle: str) -> str:
    """In one line and without a colon, which in the report ends a tag."""
    return " ".join((clean(request.form[_TAG + handle]) or "").replace(":", " ").split())


def _audience() -> Audience:
    return audiences.audience_of(access.identity())


def _page(
    survey: SurveyView,
    key: str,
    form: StaffForm,
    typed: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    refusal: str = "",
) -> str:
    person, audience = access.identity(), _audience()
    asked = _of_key(texts.disclosed(db.session(), survey, audience), key)
    shown = paging.page(asked.shown.texts, request.args.get("page"), _PAGE)
    if audience is Audience.EXACT:
        with db.transaction() as current:
            subject = f"survey:{survey.id}"
            audit.record(
                current,
                person.actor,
                "results.texts",
                subject,
                at=datetime.now(UTC),
                question=key,
                page=shown.number,
            )
    return render_template(
        "privacy/question_texts.html",
        survey=survey,
        asked=asked,
        shown=shown,
        first=(shown.number - 1) * _PAGE + 1,
        removed_on=texts.removed_on(db.session(), survey),
        reads_all=audience is Audience.EXACT,
        may_moderate=person.role in access.MODERATE_TEXTS,
        runs=survey.state in TAKING_ANSWERS,
        decisions=text_wording.decisions(),
        form=form,
        typed=typed or {},
        tags=tags or {},
        used=sorted({one.tag for one in asked.shown.texts if one.tag}),
        refusal=refusal,
    )


def _of_key(questions: tuple[TextQuestion, ...], key: str) -> TextQuestion:
    for asked in questions:
        if asked.question.key == key:
            return asked
    raise texts.NoSuchQuestion
