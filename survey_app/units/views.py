"""Pages about units: communes of a province, villages of a commune, files in and out, former units."""

from datetime import UTC, date, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, files, names, revisions
from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.list_pages import UploadForm
from survey_app.revisions import SavedMeanwhile
from survey_app.units import kinds, operations, queries
from survey_app.units.forms import EndForm, VillageForm
from survey_app.units.lists import headings, saving
from survey_app.units.models import Level
from survey_app.units.queries import UnitView, Village
from survey_app.units.scope import own_commune

bp = Blueprint("units", __name__, url_prefix="/can-bo/don-vi", template_folder="templates")

READERS = access.READ_UNITS


@bp.get("")
@access.roles(*READERS)
def communes() -> ResponseReturnValue:
    identity, today = access.identity(), queries.today()
    own = queries.unit(db.session(), identity.unit_id)
    if own.level == Level.COMMUNE:
        return redirect(url_for("units.villages", code=own.code))
    wanted = request.args.get("q", "")
    summaries = queries.commune_summaries(db.session(), identity.unit_path, today)
    found = [summary for summary in summaries if _answers_to(summary.unit, wanted)]
    return render_template(
        "units/communes.html", province=own, summaries=found, wanted=wanted, all=len(summaries)
    )


@bp.get("/<code>")
@access.roles(*READERS)
def villages(code: str) -> ResponseReturnValue:
    return villages_page(own_commune(code), UploadForm())


@bp.get(f"/<code>/mau.{files.TABLE_SUFFIX}")
@access.roles(*READERS)
def template_file(code: str, suffix: str) -> Response:
    """The list of the commune's villages as a file to fill in and bring back."""
    commune, form = own_commune(code), files.TABLES[suffix]
    body = form.write({commune.full_name[:31]: _template_rows(commune)})
    return files.download(body, f"{commune.code}-{commune.name}", form)


@bp.route("/<code>/thon", methods=["GET", "POST"])
@access.roles(*access.EDIT_UNITS)
def new_village(code: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    commune, form = own_commune(code), VillageForm(queries.civil(now))
    if not form.validate_on_submit():
        return _village_page(commune, None, form), _status()
    try:
        with db.transaction() as current:
            operations.add_village(current, form.line(commune), actor=access.identity().actor, now=now)
    except (operations.VillageExists, operations.CodesExhausted) as refusal:
        return _village_page(commune, None, form, refusal.message), refusal.status
    flash(_("The village was added to the list."), "success")
    return redirect(url_for("units.villages", code=code))


@bp.get("/<code>/thon/<village_code>")
@access.roles(*READERS)
def village(code: str, village_code: str) -> ResponseReturnValue:
    today = queries.today()
    commune = own_commune(code)
    shown = _village(commune, village_code, today)
    return _village_page(commune, shown, VillageForm(today, **_current_values(shown)))


@bp.post("/<code>/thon/<village_code>")
@access.roles(*access.EDIT_UNITS)
def change_village(code: str, village_code: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    commune = own_commune(code)
    shown, form = _village(commune, village_code, queries.civil(now)), VillageForm(queries.civil(now))
    if not form.validate():
        return _village_page(commune, shown, form), 422
    try:
        with db.transaction() as current:
            actor = access.identity().actor
            operations.hold(current, [commune.id])
            _refuse_unseen(current, commune, village_code, form, queries.civil(now))
            operations.change_village(current, shown.unit.id, form.line(commune), actor=actor, now=now)
    except SavedMeanwhile as meanwhile:
        fresh = _village(commune, village_code, queries.civil(now))
        return _village_page(commune, fresh, form, meanwhile=meanwhile), meanwhile.status
    except operations.VillageExists as refusal:
        return _village_page(commune, shown, form, refusal.message), refusal.status
    flash(_("The village was saved."), "success")
    return redirect(url_for("units.villages", code=code))


@bp.post("/<code>/thon/<village_code>/het-hieu-luc")
@access.roles(*access.EDIT_UNITS)
def end_village(code: str, village_code: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    commune = own_commune(code)
    shown = _village(commune, village_code, queries.civil(now))
    form = EndForm(shown.unit.valid_from, queries.civil(now))
    if not form.validate():
        edit = VillageForm(queries.civil(now), formdata=None, **_current_values(shown))
        return _village_page(commune, shown, edit, end=form), 422
    with db.transaction() as current:
        actor = access.identity().actor
        operations.hold(current, [commune.id])
        shown = _village(commune, village_code, queries.civil(now))
        edit = VillageForm(queries.civil(now), formdata=None, **_current_values(shown))
        if request.form.get("seen") != revisions.mark(edit):
            message = _(
                "Somebody changed this village after you opened the page. Look at it, then press again."
            )
            return _village_page(commune, shown, edit, message, end=form), 409
        operations.end_village(current, shown.unit, last_day=form.day(), actor=actor, now=now)
    flash(
        _("%(name)s is out of force after %(day)s.", name=shown.unit.full_name, day=f"{form.day():%d/%m/%Y}"),
        "success",
    )
    return redirect(url_for("units.villages", code=code))


@bp.get("/<code>/lich-su")
@access.roles(*READERS)
def history(code: str) -> ResponseReturnValue:
    commune = own_commune(code)
    return render_template(
        "units/history.html", commune=commune, passages=queries.predecessors(db.session(), commune.id)
    )


def villages_page(commune: UnitView, form: UploadForm) -> str:
    """The list of a commune with the ways to change it."""
    listed = queries.villages(db.session(), commune.id, queries.today())
    counted = [village.households for village in listed if village.households is not None]
    may_edit = _may_edit()
    return render_template(
        "units/villages.html",
        commune=commune,
        villages=listed,
        total=sum(counted),
        uncounted=len(listed) - len(counted),
        form=form,
        may_edit=may_edit,
        last_change=saving.last_change(db.session(), commune) if may_edit else None,
    )


def _village(commune: UnitView, code: str, on: date) -> Village:
    of_commune = queries.villages(db.session(), commune.id, on)
    found = next((village for village in of_commune if village.unit.code == code), None)
    if found is None:
        abort(404)
    return found


def _refuse_unseen(
    current: Session, commune: UnitView, village_code: str, form: VillageForm, today: date
) -> None:
    stored = _village(commune, village_code, today)
    last = queries.last_saved(current, stored.unit.id)
    revisions.refuse_unseen(form, VillageForm(today, formdata=None, **_current_values(stored)), last)


def _answers_to(commune: UnitView, wanted: str) -> bool:
    """Whether a commune is what somebody searches who types without accents and spaces, or its code."""
    typed = names.plain(wanted).replace(" ", "")
    return typed in names.plain(commune.full_name).replace(" ", "") or typed == commune.code


def _village_page(
    commune: UnitView,
    shown: Village | None,
    form: VillageForm,
    refusal: str = "",
    end: EndForm | None = None,
    meanwhile: SavedMeanwhile | None = None,
) -> str:
    return render_template(
        "units/village.html",
        commune=commune,
        village=shown,
        counts=queries.counts(db.session(), shown.unit.id) if shown else (),
        form=form,
        end=end or (EndForm(shown.unit.valid_from, queries.today(), formdata=None) if shown else None),
        may_edit=_may_edit(),
        refusal=refusal,
        meanwhile=meanwhile,
    )


def _current_values(village: Village) -> dict[str, str]:
    """What the form of a village starts with."""
    return {
        "kind": village.unit.kind,
        "name": village.unit.name,
        "old_unit": village.unit.old_unit,
        "households": "" if village.households is None else str(village.households),
        "source": village.source,
        "as_of": "" if village.as_of is None else f"{village.as_of:%d/%m/%Y}",
    }


def _template_rows(commune: UnitView) -> list[tuple[Cell, ...]]:
    """The heading and the villages of today: a file that could be sent back as it is."""
    rows: list[tuple[Cell, ...]] = [headings.row()]
    for village in queries.villages(db.session(), commune.id, queries.today()):
        values = _current_values(village)
        kind = kinds.known(village.unit.kind).word.lower()
        count = village.households
        rows.append(
            (
                commune.code,
                village.unit.name,
                kind,
                count,
                village.source,
                values["as_of"],
                values["old_unit"],
            )
        )
    return rows


def _may_edit() -> bool:
    return access.identity().role in access.EDIT_UNITS


def _status() -> int:
    return 422 if request.method == "POST" else 200
