"""The list of forms, one form with its check and preview, and what is done to a form as a whole."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.accounts.freshness import fresh
from survey_app.authoring import (
    check,
    confirmation,
    drafts,
    editing,
    operations,
    queries,
    question_form,
    refusals,
    withdrawing,
    wording,
)
from survey_app.authoring.forms import ConfirmForm, TakeBackForm, new_form, settings_values
from survey_app.authoring.queries import EDITORS, READERS, InstrumentView
from survey_app.errors import DomainError
from survey_app.forms import carried_number
from survey_app.i18n import gettext as _
from survey_app.questions.problems import MOST_ITEMS
from survey_app.units import queries as units

bp = Blueprint("authoring", __name__, url_prefix="/can-bo/mau-phieu", template_folder="templates")

#: Where the page after a save finds which part was saved, so that the browser may drop its own copy of it.
SAVED_PART = "authoring_saved"
#: Name of the part that is a whole new form.
NEW_PART = "moi"


@bp.app_context_processor
def _names() -> dict[str, object]:
    return {
        "kind_row": drafts.kind_row,
        "language_name": wording.language_name,
        "level_name": wording.level_name,
    }


def refused(error: DomainError) -> ResponseReturnValue:
    """The refusal with the way back to the form it was about."""
    instrument_id = (request.view_args or {}).get("instrument_id")
    page = render_template("authoring/refused.html", message=error.message, instrument_id=instrument_id)
    return page, error.status


for _refusal in refusals.ABOUT_A_FORM:
    bp.register_error_handler(_refusal, refused)


@bp.get("")
@access.roles(*READERS)
def index() -> ResponseReturnValue:
    """Library, drafts and frozen versions."""
    listed = queries.listing(db.session(), access.identity())
    return render_template(
        "authoring/index.html",
        library=[line for line in listed if line.unit_name is None],
        drafts=[line for line in listed if line.unit_name is not None and not line.frozen],
        frozen=[line for line in listed if line.unit_name is not None and line.frozen],
        may_start=access.identity().role in EDITORS,
    )


@bp.post("/tu-mau/<int:instrument_id>")
@access.roles(*EDITORS)
def copy(instrument_id: int) -> ResponseReturnValue:
    """A draft of one's own from a frozen form."""
    person = access.identity()
    with db.transaction() as current:
        template = queries.scoped_instrument(current, instrument_id, person)
        unit = units.unit(current, person.unit_id)
        made = operations.start_from_template(
            current, template, unit, actor=person.actor, now=datetime.now(UTC)
        )
    flash(_("This is your own draft. Nothing in it is used until you freeze it."), "success")
    return redirect(url_for("authoring.show", instrument_id=made))


@bp.route("/moi", methods=["GET", "POST"])
@access.roles(*EDITORS)
def start() -> ResponseReturnValue:
    """A draft from nothing."""
    person = access.identity()
    form = new_form()(data={"languages": ["vi"]})
    if not form.validate_on_submit():
        return render_template(
            "authoring/start.html", form=form, part=f"0/{NEW_PART}"
        ), 422 if form.errors else 200
    values = settings_values(form)
    with db.transaction() as current:
        made = operations.start_empty(
            current,
            units.unit(current, person.unit_id),
            values=values,
            actor=person.actor,
            now=datetime.now(UTC),
        )
    remember_saved(0, NEW_PART)
    return redirect(url_for("authoring.show", instrument_id=made))


@bp.get("/<int:instrument_id>")
@access.roles(*READERS)
def show(instrument_id: int) -> ResponseReturnValue:
    """One form: its questions in order, its check, and what may be done with it."""
    return _page(
        queries.scoped_instrument(db.session(), instrument_id, access.identity()), ConfirmForm(), 200
    )


@bp.get("/<int:instrument_id>/xem-thu")
@access.roles(*READERS)
def preview(instrument_id: int) -> ResponseReturnValue:
    """The form as a villager's phone shows it; questions with problems are left out and named."""
    view = queries.scoped_instrument(db.session(), instrument_id, access.identity())
    instrument, left_out = (view.instrument, ()) if view.instrument else drafts.showable(view.document)
    return render_template(
        "authoring/preview.html",
        view=view,
        instrument=instrument,
        problems=[
            found for found in check.problems(view.document, view.problems) if found.key in (None, *left_out)
        ],
    )


@bp.post("/<int:instrument_id>/chot")
@access.roles(*EDITORS)
def freeze(instrument_id: int) -> ResponseReturnValue:
    """Make the draft a version that never changes."""
    view = own(instrument_id)
    with db.transaction() as current:
        operations.freeze(
            current,
            view.id,
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    flash(_("The version is frozen. It can now be used for surveys."), "success")
    return redirect(url_for("authoring.show", instrument_id=view.id))


@bp.post("/<int:instrument_id>/phien-ban-moi")
@access.roles(*EDITORS)
def new_version(instrument_id: int) -> ResponseReturnValue:
    """A draft of the next version."""
    view = own(instrument_id)
    person = access.identity()
    with db.transaction() as current:
        made = operations.start_version(current, view, actor=person.actor, now=datetime.now(UTC))
    flash(_("This is a draft of the next version. The frozen version stays as it is."), "success")
    return redirect(url_for("authoring.show", instrument_id=made))


@bp.post("/<int:instrument_id>/mo-khoa")
@access.roles(*EDITORS)
def unlock(instrument_id: int) -> ResponseReturnValue:
    """Leave the template that the Front confirmed."""
    view = own(instrument_id)
    with db.transaction() as current:
        editing.unlock(
            current,
            view.id,
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    flash(
        _("The scored questions are unlocked. Once changed, this form serves feedback surveys only."),
        "success",
    )
    return redirect(url_for("authoring.show", instrument_id=view.id))


@bp.post("/<int:instrument_id>/xac-nhan")
@access.roles(*access.CONFIRM_FORMS)
@fresh
def confirm(instrument_id: int) -> ResponseReturnValue:
    """The Front confirms the wording of a frozen version, by number and date of its document."""
    view = own(instrument_id)
    form = ConfirmForm()
    if not form.validate():
        return _page(view, form, 422)
    try:
        with db.transaction() as current:
            operations.confirm(
                current,
                view.id,
                number=form.number.data or "",
                on=form.on.data,
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except refusals.BadConfirmation as error:
        form.on.errors = [error.message]
        return _page(view, form, 422)
    flash(_("The confirmation is on record. Decision surveys may now use this wording."), "success")
    return redirect(url_for("authoring.show", instrument_id=view.id))


@bp.route("/<int:instrument_id>/rut-xac-nhan", methods=["GET", "POST"])
@access.roles(*access.CONFIRM_FORMS)
@fresh
def unconfirm(instrument_id: int) -> ResponseReturnValue:
    """Ask why, then take the Front's confirmation back, while no survey was published with the wording."""
    view, form = own(instrument_id), TakeBackForm()
    if view.confirmed_number is None:
        raise refusals.NotConfirmed
    if not form.validate_on_submit():
        return render_template("authoring/unconfirm.html", view=view, form=form), 422 if form.errors else 200
    with db.transaction() as current:
        withdrawing.unconfirm(
            current, view.id, form.reason.data or "", actor=access.identity().actor, now=datetime.now(UTC)
        )
    flash(_("The confirmation is taken back. Decision surveys can no longer use it."), "success")
    return redirect(url_for("authoring.show", instrument_id=view.id))


@bp.route("/<int:instrument_id>/bo", methods=["GET", "POST"])
@access.roles(*EDITORS)
def discard(instrument_id: int) -> ResponseReturnValue:
    """Ask once more, then throw a draft away."""
    view = own(instrument_id)
    if view.frozen:
        raise refusals.Frozen
    if request.method == "GET":
        return render_template("authoring/discard.html", view=view)
    with db.transaction() as current:
        withdrawing.discard(
            current,
            view.id,
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    flash(_("The draft was thrown away."), "success")
    return redirect(url_for("authoring.index"))


def own(instrument_id: int) -> InstrumentView:
    """The form, if this person may change it. Raises InstrumentNotFound, NotYourInstrument."""
    person = access.identity()
    view = queries.scoped_instrument(db.session(), instrument_id, person)
    if not view.may_edit(person):
        raise refusals.NotYourInstrument
    return view


def _page(view: InstrumentView, confirm_form: ConfirmForm, status: int) -> ResponseReturnValue:
    person = access.identity()
    page = render_template(
        "authoring/instrument.html",
        view=view,
        numbers=drafts.numbers(view.document),
        may_edit=view.may_edit(person),
        may_start=person.role in EDITORS,
        may_confirm=person.role in access.CONFIRM_FORMS
        and view.may_edit(person)
        and not view.confirmed_number,
        may_take_back=person.role in access.CONFIRM_FORMS
        and view.may_edit(person)
        and view.confirmed_number is not None,
        confirmed=view.frozen and confirmation.is_confirmed(db.session(), view.id),
        problems=check.problems(view.document, view.problems),
        warnings=check.warnings(view.document),
        is_locked=drafts.is_locked,
        answers_of=drafts.answers_of,
        answer_name=question_form.answer_name,
        most_questions=MOST_ITEMS,
        kinds=question_form.kind_choices(locked=view.locked),
        confirm_form=confirm_form,
        focus=(request.args.get("cau", ""), request.args.get("nut", "")),
        saved_part=session.pop(SAVED_PART, ""),
        user_id=person.user_id,
    )
    return page, status


def remember_saved(instrument_id: int, part: str) -> None:
    """Let the next page tell the browser that this part is safe."""
    session[SAVED_PART] = f"{instrument_id}/{part}"
