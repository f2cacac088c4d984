"""Where a unit reports its figures of the plan's targets, and where the province decides on them and asks for more."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, attachments, db, forms, paging, revisions
from survey_app.accounts.freshness import fresh
from survey_app.criteria.targets import PlanTarget
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.revisions import SavedMeanwhile
from survey_app.rulebooks.scope import require_known_year
from survey_app.rulebooks.targets import figures, plans
from survey_app.rulebooks.targets.asked import asked, is_asked
from survey_app.rulebooks.targets.figures import FigureDecided, FigureView, UnitFigures
from survey_app.rulebooks.targets.forms import FigureDecisionForm, FigureForm, PlanDocumentForm, TermsForm
from survey_app.rulebooks.targets.plans import UnderThePlan
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_commune_or_province, own_province

bp = Blueprint("plan_targets", __name__, template_folder="../templates")

_ROOT = "/can-bo/chi-tieu"
_FIELDS_BYTES = 64 * 1024
_UNITS_ON_A_PAGE = 15


@bp.get(f"{_ROOT}/don-vi")
@access.roles(*access.REPORT_FIGURES)
def start() -> ResponseReturnValue:
    """What the own unit is asked for this year."""
    unit = units.unit(db.session(), access.identity().unit_id)
    return redirect(url_for("plan_targets.unit", year=units.today().year, code=unit.code))


@bp.get(f"{_ROOT}/<int:year>/don-vi/<code>")
@access.roles(*access.REPORT_FIGURES)
def unit(year: int, code: str) -> ResponseReturnValue:
    """Every target that the unit is asked for, and what became of its figures."""
    require_known_year(year)
    current, own = db.session(), own_commune_or_province(code)
    given = figures.of_years(current, [own.id], [year])
    return render_template(
        "rulebooks/unit_targets.html",
        year=year,
        unit=own,
        targets=[
            (target, given.get((target.key, year), {}).get(own.id))
            for target in plans.of_year(current, own_province(), year)
            if target.kind.is_reported and not target.is_closed(year) and is_asked(target, own)
        ],
    )


@bp.route(f"{_ROOT}/<int:year>/don-vi/<code>/<key>", methods=["GET", "POST"])
@forms.takes_upload(attachments.MAX_BYTES + _FIELDS_BYTES)
@access.roles(*access.REPORT_FIGURES)
def report(year: int, code: str, key: str) -> ResponseReturnValue:
    """Report the figure of one target; what the province reports itself is accepted with it."""
    target, own = _target_of_unit(year, code, key)
    person, before = access.identity(), figures.of_unit(db.session(), key, own.id, year)
    form = FigureForm.of(target)
    if not form.is_submitted():
        return _report_page(year, own, target, _filled(target, before), before)
    if not form.validate_on_submit():
        return _report_page(year, own, target, form, before), HTTPStatus.UNPROCESSABLE_ENTITY
    content = form.file.data.read(attachments.MAX_BYTES + 1) if form.file.data else b""
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            digest = attachments.keep(current, content, actor=person.actor, now=now) if content else None
            figures.report(
                current,
                target,
                own.id,
                year,
                form.figure(),
                evidence=form.evidence.data or "",
                digest=digest,
                is_accepted=person.role in access.KEEP_TARGETS,
                seen=forms.carried_number(form.seen.data),
                actor=person.actor,
                now=now,
            )
    except FigureDecided as meanwhile:
        flash(meanwhile.message, "error")
        reported = figures.of_unit(db.session(), key, own.id, year)
        form.seen.data = str(reported.newest.number if reported else 0)
        return _report_page(year, own, target, form, reported), meanwhile.status
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _report_page(year, own, target, form, before), refusal.status
    flash(_("The figure is on record."), "success")
    return redirect(url_for("plan_targets.unit", year=year, code=own.code), HTTPStatus.SEE_OTHER)


@bp.get(f"{_ROOT}/<int:year>/don-vi/<code>/<key>/<int:number>/tep")
@access.roles(*access.READ_FIGURES)
def evidence_file(year: int, code: str, key: str, number: int) -> ResponseReturnValue:
    """The file that a unit gave with one of its figures."""
    target, own = _target_of_unit(year, code, key)
    digest = figures.file_of(db.session(), target.key, own.id, year, number)
    found = attachments.fetch(db.session(), digest)
    return attachments.download(found, f"minh-chung-{key}-{own.code}-{year}-{number}")


@bp.get(f"{_ROOT}/<int:year>/<key>/so-lieu")
@access.roles(*access.KEEP_TARGETS)
def reported(year: int, key: str) -> ResponseReturnValue:
    """What every unit reported of one target, waiting ones first."""
    return _figures_page(year, target_of_year(year, key))


@bp.post(f"{_ROOT}/<int:year>/<key>/so-lieu/<code>")
@access.roles(*access.KEEP_TARGETS)
@fresh
def decide(year: int, key: str, code: str) -> ResponseReturnValue:
    """Accept the figure of one unit, or send it back with a reason."""
    target, own = _target_of_unit(year, code, key)
    form = FigureDecisionForm()
    if not form.validate_on_submit():
        return _figures_page(year, target, own, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            figures.decide(
                current,
                key,
                own.id,
                year,
                number=forms.carried_number(form.number.data),
                is_accepted=request.form.get("decision") == "accepted",
                reason=form.reason.data or "",
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _figures_page(year, target, own, form), refusal.status
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("plan_targets.reported", year=year, key=key), HTTPStatus.SEE_OTHER)


@bp.route(f"{_ROOT}/<int:year>/<key>/sua", methods=["GET", "POST"])
@access.roles(*access.KEEP_TARGETS)
@fresh
def terms(year: int, key: str) -> ResponseReturnValue:
    """Ask for something else from a year on, by a document."""
    require_known_year(year)
    province = own_province()
    target = plans.one(db.session(), province, key, year)
    if not target.kind.is_reported:
        raise plans.NoSuchTarget
    if request.method == "GET":
        return _terms_page(year, target, TermsForm.of(target, stored=True))
    form = TermsForm.of(target)
    if not form.validate_on_submit():
        return _terms_page(year, target, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            registering.hold(current, [province.id])
            before = plans.one(current, province, key, year)
            last = revisions.last_saved(current, [f"unit:{province.id}"], [plans.ENTERED])
            revisions.refuse_unseen(form, TermsForm.of(before, stored=True), last)
            plans.enter(
                current,
                province.id,
                before,
                form.terms(),
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except SavedMeanwhile as meanwhile:
        return _terms_page(year, target, form, meanwhile), meanwhile.status
    except plans.GoalOfAllOrNobody as refusal:
        form.goal.errors = [refusal.message]
        return _terms_page(year, target, form), refusal.status
    flash(_("What the plan asks is on record. Earlier years keep what they had."), "success")
    return redirect(url_for("campaign_targets.page", year=year), HTTPStatus.SEE_OTHER)


@bp.route(f"{_ROOT}/<int:year>/ke-hoach", methods=["GET", "POST"])
@access.roles(*access.KEEP_TARGETS)
@fresh
def plan_document(year: int) -> ResponseReturnValue:
    """Enter the plan's document once for all its targets, whose goals stay."""
    require_known_year(year)
    province = own_province()
    found = plans.under_the_plan(db.session(), province, year)
    if request.method == "GET":
        return _document_page(year, found, PlanDocumentForm.of(found, year))
    form = PlanDocumentForm.sent(year)
    if not form.validate_on_submit():
        return _document_page(year, found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            registering.hold(current, [province.id])
            found = plans.under_the_plan(current, province, year)
            last = revisions.last_saved(current, [f"unit:{province.id}"], [plans.ENTERED])
            revisions.refuse_unseen(form, PlanDocumentForm.of(found, year), last)
            for target in found.taken:
                new, actor = form.under(target.terms), access.identity().actor
                plans.enter(current, province.id, target, new, actor=actor, now=datetime.now(UTC))
    except SavedMeanwhile as meanwhile:
        return _document_page(year, found, form, meanwhile), meanwhile.status
    flash(_("What the plan asks is on record. Earlier years keep what they had."), "success")
    return redirect(url_for("campaign_targets.page", year=year), HTTPStatus.SEE_OTHER)


def target_of_year(year: int, key: str) -> PlanTarget:
    """A target of the own province's plan for that year. Raises NoSuchTarget."""
    require_known_year(year)
    return plans.open_target(db.session(), own_province(), key, year)


def _target_of_unit(year: int, code: str, key: str) -> tuple[PlanTarget, UnitView]:
    """A target that the unit is asked for; both of the person's own. Raises NoSuchTarget and UnitNotFound."""
    target = target_of_year(year, key)
    own = own_commune_or_province(code)
    if not is_asked(target, own):
        raise plans.NoSuchTarget
    return target, own


def _filled(target: PlanTarget, before: UnitFigures | None) -> FigureForm:
    """The form with the newest figure, to be reported again; the number of that one travels with it."""
    if before is None:
        return FigureForm.of(target, formdata=None, seen="0")
    newest = before.newest
    return FigureForm.of(
        target,
        formdata=None,
        seen=str(newest.number),
        n=newest.figure.n,
        whole=newest.figure.of,
        answer=str(newest.figure.n),
        evidence=newest.evidence,
    )


def _report_page(
    year: int, own: UnitView, target: PlanTarget, form: FigureForm, before: UnitFigures | None
) -> str:
    return render_template(
        "rulebooks/report_figure.html",
        year=year,
        unit=own,
        target=target,
        form=form,
        before=before,
        is_accepted=access.identity().role in access.KEEP_TARGETS,
    )


def _figures_page(
    year: int, target: PlanTarget, refused: UnitView | None = None, typed: FigureDecisionForm | None = None
) -> str:
    current, province = db.session(), own_province()
    communes = units.communes(current, province.path, units.day_of_year(year, units.today()))
    of_target = asked(target, province, communes)
    said = figures.of_years(current, [one.id for one in of_target], [year]).get((target.key, year), {})
    waiting = {one.id: said[one.id].waits for one in of_target if one.id in said}
    # What waits for a decision first, then who has reported nothing, then the others.
    in_turn = sorted(of_target, key=lambda one: (not waiting.get(one.id), one.id in said))
    made = _decision_forms(waiting)
    kept = typed.reason.data if refused and typed else ""
    if refused and refused.id in made:
        made[refused.id].reason.data, kept = kept, ""
    places = [place for place, one in enumerate(in_turn) if refused and one.id == refused.id]
    asked_for = str(places[0] // _UNITS_ON_A_PAGE + 1) if places else request.args.get("page")
    return render_template(
        "rulebooks/reported_figures.html",
        year=year,
        target=target,
        shown=paging.page(in_turn, asked_for, _UNITS_ON_A_PAGE),
        given=said,
        forms=made,
        kept=kept,
    )


def _decision_forms(waiting: Mapping[int, FigureView | None]) -> Mapping[int, FigureDecisionForm]:
    return {
        unit_id: FigureDecisionForm(formdata=None, number=str(one.number))
        for unit_id, one in waiting.items()
        if one is not None
    }


def _document_page(
    year: int, found: UnderThePlan, form: PlanDocumentForm, meanwhile: SavedMeanwhile | None = None
) -> str:
    return render_template(
        "rulebooks/plan_document.html", year=year, found=found, form=form, meanwhile=meanwhile
    )


def _terms_page(
    year: int, target: PlanTarget, form: TermsForm, meanwhile: SavedMeanwhile | None = None
) -> str:
    return render_template(
        "rulebooks/target_terms.html", year=year, target=target, form=form, meanwhile=meanwhile
    )
