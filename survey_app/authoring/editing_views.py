"""Pages that change a draft: one question, the settings, the order.

What a person typed comes back on every refusal.
"""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from survey_app import access, db, revisions
from survey_app.authoring import drafts, editing, question_form, refusals
from survey_app.authoring.drafts import Part
from survey_app.authoring.forms import (
    PartForm,
    settings_data,
    settings_form,
    settings_values,
)
from survey_app.authoring.queries import EDITORS, InstrumentView
from survey_app.authoring.views import own, refused, remember_saved
from survey_app.errors import DomainError
from survey_app.forms import carried_number
from survey_app.i18n import gettext as _
from survey_app.questions.kinds import Kind
from survey_app.questions.problems import Checker

bp = Blueprint("authoring_editing", __name__, url_prefix="/can-bo/mau-phieu")
for _refusal in refusals.ABOUT_A_FORM:
    bp.register_error_handler(_refusal, refused)

#: Name of the part that is no question: title, languages, level, source.
SETTINGS = "chung"

_STEPS = {"len": -1, "xuong": 1}
_REFUSALS = (refusals.EditedMeanwhile, refusals.Frozen, refusals.LockedWording)


@bp.post("/<int:instrument_id>/cau")
@access.roles(*EDITORS)
def add(instrument_id: int) -> ResponseReturnValue:
    """A new empty question; its page opens."""
    view = own(instrument_id)
    with db.transaction() as current:
        key = editing.add_question(
            current,
            view.id,
            _kind(request.form.get("kind", "")),
            after=request.form.get("after", ""),
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    return redirect(url_for("authoring_editing.question", instrument_id=view.id, key=key))


@bp.post("/<int:instrument_id>/cau/<key>/chep")
@access.roles(*EDITORS)
def copy(instrument_id: int, key: str) -> ResponseReturnValue:
    """The same question once more, behind the first; the page of the copy opens."""
    view = own(instrument_id)
    with db.transaction() as current:
        copied = editing.copy_question(
            current,
            view.id,
            key,
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    return redirect(url_for("authoring_editing.question", instrument_id=view.id, key=copied))


@bp.post("/<int:instrument_id>/cau/<key>/chuyen")
@access.roles(*EDITORS)
def move(instrument_id: int, key: str) -> ResponseReturnValue:
    """One place up or down; the same button has the focus afterwards, so that a key press can be repeated."""
    view = own(instrument_id)
    direction = request.form.get("nut", "")
    if direction not in _STEPS:
        raise BadRequest
    with db.transaction() as current:
        editing.move_question(
            current,
            view.id,
            key,
            _STEPS[direction],
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    return redirect(url_for("authoring.show", instrument_id=view.id, cau=key, nut=direction))


@bp.route("/<int:instrument_id>/cau/<key>/xoa", methods=["GET", "POST"])
@access.roles(*EDITORS)
def remove(instrument_id: int, key: str) -> ResponseReturnValue:
    """Asks once more, then takes the question out."""
    view = own(instrument_id)
    stored = drafts.question(view.document, key)
    if stored is None:
        raise NotFound
    if request.method == "GET":
        return render_template("authoring/remove.html", view=view, item=stored)
    with db.transaction() as current:
        editing.remove_question(
            current,
            view.id,
            key,
            revision=carried_number(request.form.get("revision")),
            actor=access.identity().actor,
            now=datetime.now(UTC),
        )
    flash(_("The question was removed."), "success")
    return redirect(url_for("authoring.show", instrument_id=view.id))


@bp.get("/<int:instrument_id>/cau/<key>")
@access.roles(*EDITORS)
def question(instrument_id: int, key: str) -> ResponseReturnValue:
    """One question to edit."""
    view = own(instrument_id)
    stored = drafts.question(view.document, key)
    if stored is None:
        raise NotFound
    if view.frozen:
        raise refusals.Frozen
    if view.locked and drafts.is_locked(stored):
        raise refusals.LockedWording
    form = _stored_question(view, stored, rows=question_form.rows_of(stored))
    return _question_page(view, stored, form, question_form.rows_of(stored), 200)


@bp.post("/<int:instrument_id>/cau/<key>")
@access.roles(*EDITORS)
def save_question(instrument_id: int, key: str) -> ResponseReturnValue:
    """Store what was typed, or show it again with what it lacks or what somebody else stored."""
    view = own(instrument_id)
    shown = _shown_question(view, key)
    act = request.form.get("act", "")
    rows = min(
        max(carried_number(request.form.get("rows")), question_form.FEWEST_ROWS), question_form.MOST_ROWS
    )
    form = question_form.question_form(
        view.document, shown, rows=rows, condition_on=request.form.get("condition_on", ""), locked=view.locked
    )()
    if act in {"add_row", "show_answers"}:
        return _with_another_field(view, shown, form, rows, act)
    if act == "paste":
        return _with_pasted(view, shown, form, rows)
    if not form.validate_on_submit():
        return _question_page(view, shown, form, rows, 422)
    changed = question_form.question_values(form, shown, view.document["languages"], rows)
    try:
        with db.transaction() as current:
            saved = editing.save_question(
                current,
                view.id,
                changed,
                revision=form.seen_revision(),
                seen=form.seen.data or "",
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except _REFUSALS as refusal:
        return _refused_question(own(instrument_id), changed, form, rows, refusal)
    _tell_saved(view.id, key, saved)
    if changed["kind"] != shown["kind"]:
        return redirect(url_for("authoring_editing.question", instrument_id=view.id, key=key))
    return redirect(url_for("authoring.show", instrument_id=view.id, cau=key, nut="sua"))


@bp.get("/<int:instrument_id>/chung")
@access.roles(*EDITORS)
def settings(instrument_id: int) -> ResponseReturnValue:
    """Title, languages, level and source to edit."""
    view = own(instrument_id)
    if view.frozen:
        raise refusals.Frozen
    return _settings_page(view, _stored_settings(view), 200)


@bp.post("/<int:instrument_id>/chung")
@access.roles(*EDITORS)
def save_settings(instrument_id: int) -> ResponseReturnValue:
    """Store title, languages, level and source."""
    view = own(instrument_id)
    form = settings_form(view.document, locked=view.locked)()
    if not form.validate_on_submit():
        return _settings_page(view, form, 422)
    try:
        with db.transaction() as current:
            saved = editing.save_settings(
                current,
                view.id,
                settings_values(form),
                revision=form.seen_revision(),
                seen=form.seen.data or "",
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except _REFUSALS as refusal:
        fresh = own(instrument_id)
        theirs = _stored_settings(fresh)
        _may_save_over(form, theirs)
        differences = revisions.differences(theirs, form)
        return _settings_page(fresh, form, 409, refused=refusal, differences=differences)
    _tell_saved(view.id, SETTINGS, saved)
    return redirect(url_for("authoring.show", instrument_id=view.id))


def _shown_question(view: InstrumentView, key: str) -> Part:
    """The question as the person's page showed it, of the kind it had then.

    It need not be there any more: somebody may have removed it meanwhile.
    """
    checker = Checker()
    kind = _kind(request.form.get("shown_kind", ""))
    stored = drafts.question(view.document, checker.key(key, "key"))
    if checker.problems:
        raise NotFound
    if stored is None:
        return {**drafts.blank_question(view.document, kind), "key": key}
    return drafts.of_kind(stored, kind, view.document["languages"])


def _stored_question(view: InstrumentView, stored: Part, *, rows: int) -> PartForm:
    condition = stored["condition"]
    made = question_form.question_form(
        view.document,
        stored,
        rows=rows,
        condition_on=condition["question"] if condition else "",
        locked=view.locked,
    )
    state = {"revision": view.revision, "seen": drafts.fingerprint(stored)}
    return made(formdata=None, data={**question_form.question_data(stored), **state})


def _with_another_field(
    view: InstrumentView, shown: Part, form: PartForm, rows: int, act: str
) -> ResponseReturnValue:
    """The same page with one more row of choices, or with the answers of the question that was chosen."""
    if act == "show_answers":
        return _question_page(view, shown, form, rows, 200, focus="condition_answers")
    more = min(rows + 1, question_form.MOST_ROWS)
    widened = question_form.question_form(
        view.document, shown, rows=more, condition_on=request.form.get("condition_on", ""), locked=view.locked
    )()
    return _question_page(view, shown, widened, more, 200, focus=f"option_{rows}_vi")


def _with_pasted(view: InstrumentView, shown: Part, form: PartForm, rows: int) -> ResponseReturnValue:
    """The same page with the pasted lines as choices, behind those that are there; nothing is saved yet."""
    language = view.document["languages"][0]
    choices = [form[f"option_{row}_{language}"].data or "" for row in range(rows)]
    filled = max((row + 1 for row, words in enumerate(choices) if words.strip()), default=0)
    pasted = question_form.pasted_choices(request.form.get("pasted", ""))
    if filled + len(pasted) > question_form.MOST_ROWS:
        flash(_("A question has at most %(most)s choices.", most=question_form.MOST_ROWS), "error")
        return _question_page(view, shown, form, rows, 422)
    more = max(rows, filled + len(pasted))
    widened = question_form.question_form(
        view.document, shown, rows=more, condition_on=request.form.get("condition_on", ""), locked=view.locked
    )()
    for row, words in enumerate(pasted, start=filled):
        widened[f"option_{row}_{language}"].data = words
    return _question_page(view, shown, widened, more, 200, focus=f"option_{filled}_{language}")


def _refused_question(
    view: InstrumentView, changed: Part, form: PartForm, rows: int, refusal: DomainError
) -> ResponseReturnValue:
    stored = drafts.question(view.document, changed["key"])
    differences: tuple[revisions.Difference, ...] = ()
    if stored is None:
        form.seen.data, form.revision.data = "", str(view.revision)
    else:
        theirs = _stored_question(view, stored, rows=question_form.rows_of(stored))
        _may_save_over(form, theirs)
        differences = revisions.differences(theirs, form)
    return _question_page(
        view, changed, form, rows, 409, refused=refusal, differences=differences, removed=stored is None
    )


def _may_save_over(form: PartForm, theirs: PartForm) -> None:
    """Let the next save of `form` replace what the person is now shown beside it."""
    form.revision.data, form.seen.data = theirs.revision.data, theirs.seen.data


def _question_page(
    view: InstrumentView, item: Part, form: PartForm, rows: int, status: int, **more: object
) -> ResponseReturnValue:
    page = render_template(
        "authoring/question.html",
        **{"refused": None, "differences": (), "removed": False, "focus": ""} | more,
        view=view,
        item=item,
        number=drafts.numbers(view.document).get(item["key"]),
        form=form,
        rows=rows,
        most_rows=question_form.MOST_ROWS,
        part=f"{view.id}/{item['key']}",
        typed=status != 200 or request.method == "POST",
    )
    return page, status


def _stored_settings(view: InstrumentView) -> PartForm:
    state = {"revision": view.revision, "seen": drafts.fingerprint(drafts.settings(view.document))}
    made = settings_form(view.document, locked=view.locked)
    return made(formdata=None, data={**settings_data(view.document), **state})


def _settings_page(view: InstrumentView, form: PartForm, status: int, **more: object) -> ResponseReturnValue:
    page = render_template(
        "authoring/settings.html",
        **{"refused": None, "differences": ()} | more,
        view=view,
        form=form,
        part=f"{view.id}/{SETTINGS}",
        typed=status != 200,
    )
    return page, status


def _tell_saved(instrument_id: int, part: str, saved: editing.SavedEdit) -> None:
    remember_saved(instrument_id, part)
    flash(_("Saved."), "success")
    if saved.meanwhile:
        flash(
            _(
                "%(name)s changed other parts of this form meanwhile. Both changes are kept.",
                name=saved.meanwhile,
            ),
            "success",
        )


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise BadRequest from None
