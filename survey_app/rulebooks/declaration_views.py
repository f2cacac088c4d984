"""Pages of the declared half of 8.4: a commune declares with evidence, the province accepts or sends back."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from survey_app import access, attachments, db, forms, revisions
from survey_app.accounts.freshness import fresh
from survey_app.errors import DomainError
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.revisions import RevisedForm, SavedMeanwhile
from survey_app.rulebooks import declarations
from survey_app.rulebooks.declarations import DeclarationView
from survey_app.rulebooks.scope import require_known_year
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_commune, own_province

bp = Blueprint("declarations", __name__, template_folder="templates")

_FIELDS_BYTES = 64 * 1024


class DeclarationForm(RevisedForm):
    """What is in use, and where that can be looked up."""

    what = TextAreaField(
        lazy_gettext("What the commune uses: document system, one-stop software, pages, groups, signatures"),
        filters=[clean],
        validators=[InputRequired(), Length(max=2000)],
    )
    evidence = StringField(
        lazy_gettext("Evidence: an address, or number and date of a document"),
        filters=[clean],
        validators=[Length(max=500)],
    )
    file = FileField(lazy_gettext("Or a file, up to 5 MB (PDF, PNG or JPEG)"))

    #: No row keeps what was chosen, and a page cannot fill it in.
    APART = frozenset({"file"})


class DeclarationDecisionForm(StaffForm):
    """What the province says to one declaration."""

    seen = HiddenField()
    reason = StringField(
        lazy_gettext("What has to be changed, where it is sent back"),
        filters=[clean],
        validators=[Length(max=500)],
    )


@bp.route("/can-bo/ung-dung-cntt/<code>/<int:year>", methods=["GET", "POST"])
@forms.takes_upload(attachments.MAX_BYTES + _FIELDS_BYTES)
@access.roles(*access.DECLARE_IT)
def declare(code: str, year: int) -> ResponseReturnValue:
    """What the own commune declares for the year."""
    require_known_year(year)
    commune, current = own_commune(code), db.session()
    form = DeclarationForm() if request.method == "POST" else _stored(current, commune, year)
    if not form.is_submitted():
        return _page(commune, year, form)
    if not form.validate_on_submit():
        return _page(commune, year, form), HTTPStatus.UNPROCESSABLE_ENTITY
    actor, now = access.identity().actor, datetime.now(UTC)
    content = form.file.data.read(attachments.MAX_BYTES + 1) if form.file.data else b""
    try:
        with db.transaction() as writing:
            registering.hold(writing, [commune.id])
            last = revisions.last_saved(writing, [f"unit:{commune.id}"], [declarations.DECLARED])
            revisions.refuse_unseen(form, _stored(writing, commune, year), last)
            declarations.declare(
                writing,
                commune.id,
                year,
                what=form.what.data,
                evidence=form.evidence.data or "",
                digest=attachments.keep(writing, content, actor=actor, now=now) if content else None,
                actor=actor,
                now=now,
            )
    except SavedMeanwhile as meanwhile:
        return _page(commune, year, form, meanwhile), meanwhile.status
    except (attachments.NoAttachment, declarations.DeclaredWithoutEvidence) as refusal:
        flash(refusal.message, "error")
        return _page(commune, year, form), refusal.status
    flash(_("Declared. The province accepts it or sends it back."), "success")
    return redirect(url_for("declarations.declare", code=code, year=year), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/ung-dung-cntt/<code>/<int:year>/tep")
@access.roles(*access.READ_FIGURES)
def evidence_file(code: str, year: int) -> ResponseReturnValue:
    """The file that a commune gave with its declaration."""
    require_known_year(year)
    commune = own_commune(code)
    declared = _declared(db.session(), commune, year)
    found = attachments.fetch(db.session(), declared.digest if declared else None)
    return attachments.download(found, f"minh-chung-cntt-{commune.code}-{year}")


@bp.get("/can-bo/ung-dung-cntt/<int:year>")
@access.roles(*access.ACCEPT_IT)
def listed(year: int) -> ResponseReturnValue:
    """What every commune declared for the year."""
    return _list(year)


@bp.post("/can-bo/ung-dung-cntt/<code>/<int:year>/quyet-dinh")
@access.roles(*access.ACCEPT_IT)
@fresh
def decide(code: str, year: int) -> ResponseReturnValue:
    """Accept one declaration, or send it back with a reason."""
    require_known_year(year)
    commune, form = own_commune(code), DeclarationDecisionForm()
    if not form.validate_on_submit():
        return _list(year, commune, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            declarations.decide(
                current,
                commune.id,
                year,
                is_accepted=request.form.get("decision") == "accepted",
                reason=form.reason.data or "",
                seen=form.seen.data or "",
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _list(year, commune, form), refusal.status
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("declarations.listed", year=year), HTTPStatus.SEE_OTHER)


def _declared(session: Session, commune: UnitView, year: int) -> DeclarationView | None:
    return declarations.of_year(session, commune.path, year).get(commune.id)


def _stored(session: Session, commune: UnitView, year: int) -> DeclarationForm:
    found = _declared(session, commune, year)
    held = {"what": found.what, "evidence": found.evidence} if found else {}
    return DeclarationForm(formdata=None, data=held)


def _page(
    commune: UnitView, year: int, form: DeclarationForm, meanwhile: SavedMeanwhile | None = None
) -> str:
    return render_template(
        "rulebooks/declare.html",
        commune=commune,
        year=year,
        form=form,
        declared=_declared(db.session(), commune, year),
        meanwhile=meanwhile,
    )


def _list(year: int, refused: UnitView | None = None, typed: DeclarationDecisionForm | None = None) -> str:
    require_known_year(year)
    current = db.session()
    province = own_province()
    found = declarations.of_year(current, province.path, year)
    made = {
        unit_id: DeclarationDecisionForm(formdata=None, seen=declarations.mark(one))
        for unit_id, one in found.items()
    }
    if refused and typed and refused.id in made:
        made[refused.id].reason.data = typed.reason.data
    day = units.today()
    return render_template(
        "rulebooks/declarations.html",
        year=year,
        communes=units.communes(current, province.path, day),
        declared=found,
        forms=made,
    )
