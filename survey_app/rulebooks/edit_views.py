"""The page on which the province edits a rule book; what it saves becomes the next version, and the old one stays."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db, revisions
from survey_app.accounts.freshness import fresh
from survey_app.criteria import frameworks
from survey_app.criteria.frameworks import Framework
from survey_app.questions.problems import Problem
from survey_app.revisions import SavedMeanwhile
from survey_app.rulebooks import editing, operations, queries
from survey_app.rulebooks.editing import RuleBookForm
from survey_app.rulebooks.scope import require_known_year
from survey_app.rulebooks.views import recorded_text
from survey_app.units import operations as registering

bp = Blueprint("rulebook_editing", __name__, template_folder="templates")


@bp.route("/can-bo/khung/<int:year>/sua/<key>", methods=["GET", "POST"])
@access.roles(*access.CHOOSE_RULE_BOOKS)
@fresh
def page(year: int, key: str) -> ResponseReturnValue:
    """The newest version of the book with a field for every figure and its document."""
    require_known_year(year)
    book = queries.newest(db.session(), key)
    form = editing.form_of(book)
    if not form.is_submitted():
        return _page(year, book, form)
    if not form.validate_on_submit():
        return _page(year, book, form), HTTPStatus.UNPROCESSABLE_ENTITY
    made = editing.edited(book, form)
    if problems := frameworks.unnamed(made):
        return _page(year, book, form, problems=problems), HTTPStatus.UNPROCESSABLE_ENTITY
    actor, now = access.identity().actor, datetime.now(UTC)
    try:
        with db.transaction() as current:
            registering.hold(current, [access.identity().unit_id])
            stored = queries.newest(current, key)
            last = revisions.last_saved(current, [f"framework:{key}"], ["rulebooks.record"])
            revisions.refuse_unseen(form, editing.form_of(stored, formdata=None), last)
            recorded = operations.record_framework(current, made, actor=actor, now=now)
    except SavedMeanwhile as meanwhile:
        return _page(year, book, form, meanwhile=meanwhile), meanwhile.status
    flash(recorded_text(recorded), "success")
    return redirect(url_for("rulebooks.framework", year=year), HTTPStatus.SEE_OTHER)


def _page(
    year: int,
    book: Framework,
    form: RuleBookForm,
    *,
    problems: tuple[Problem, ...] = (),
    meanwhile: SavedMeanwhile | None = None,
) -> str:
    return render_template(
        "rulebooks/edit.html", year=year, book=book, form=form, problems=problems, meanwhile=meanwhile
    )
