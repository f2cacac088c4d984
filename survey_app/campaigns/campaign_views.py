"""Pages of the province's campaigns: open one for many communes in one step, see it, change its days."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, revisions
from survey_app.access import Identity
from survey_app.accounts import queries as accounts
from survey_app.accounts.freshness import fresh
from survey_app.authoring.wording import level_name
from survey_app.campaigns import campaigns, deadlines, opening, requested
from survey_app.campaigns.campaign_forms import CampaignForm, DaysForm, for_communes
from survey_app.campaigns.campaigns import CampaignView
from survey_app.campaigns.opening import Aim, CampaignOpening
from survey_app.campaigns.queries import kinds_in_scope
from survey_app.campaigns.wording import step_name
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.revisions import SavedMeanwhile
from survey_app.rulebooks import pins
from survey_app.rulebooks import queries as rulebooks
from survey_app.rulebooks.scope import require_known_year
from survey_app.templating import wording
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

bp = Blueprint("opened_campaigns", __name__, template_folder="templates")

#: Days from today to the first day of the phones, and from there to the last; only suggested.
_BEGINS_IN, _TAKES = timedelta(days=21), timedelta(days=13)


@bp.get("/can-bo/tinh/<int:year>/ke-hoach")
@access.roles(*access.READ_BOARD)
def listed(year: int) -> ResponseReturnValue:
    """The campaigns of a year."""
    require_known_year(year)
    found = campaigns.of_year(db.session(), requested.province().id, year)
    return render_template("campaigns/campaigns.html", year=year, campaigns=found)


@bp.route("/can-bo/tinh/ke-hoach/moi", methods=["GET", "POST"])
@access.roles(*access.OPEN_CAMPAIGNS)
@fresh
def new() -> ResponseReturnValue:
    """Open a campaign: a draft for each commune that is chosen, in one step."""
    current, person, now = db.session(), access.identity(), datetime.now(UTC)
    province = requested.province()
    form = _form(current, person, province, now)
    if not form.is_submitted():
        return _page(form, province)
    if not form.validate_on_submit():
        return _page(form, province), HTTPStatus.UNPROCESSABLE_ENTITY
    plan, aims = _plan(form), _aims(current, person, form)
    try:
        with db.transaction() as writing:
            number = opening.open_campaign(writing, province, plan, aims, by=person, now=now)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(form, province), refusal.status
    flash(
        ngettext("Opened for %(num)s commune.", "Opened for %(num)s communes.", len(aims)),
        "success",
    )
    return redirect(url_for("opened_campaigns.campaign", campaign_id=number), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/tinh/ke-hoach/<int:campaign_id>")
@access.roles(*access.READ_BOARD)
def campaign(campaign_id: int) -> ResponseReturnValue:
    """One campaign: its days, its communes, and what became of each draft."""
    found = campaigns.campaign(db.session(), requested.province().id, campaign_id)
    return _campaign_page(found, _stored(db.session(), campaign_id))


@bp.post("/can-bo/tinh/ke-hoach/<int:campaign_id>/han")
@access.roles(*access.OPEN_CAMPAIGNS)
@fresh
def change_days(campaign_id: int) -> ResponseReturnValue:
    """Other last days for the steps; the second of two people who change them is told."""
    province, person = requested.province(), access.identity()
    found = campaigns.campaign(db.session(), province.id, campaign_id)
    form = DaysForm()
    if not form.validate_on_submit():
        return _campaign_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as writing:
            stored = _stored(writing, campaign_id)
            last = revisions.last_saved(writing, [opening.subject(campaign_id)], [opening.CHANGED])
            revisions.refuse_unseen(form, stored, last)
            opening.change_days(
                writing, province, campaign_id, form.deadlines(), by=person, now=datetime.now(UTC)
            )
    except SavedMeanwhile as meanwhile:
        return _campaign_page(found, form, meanwhile), meanwhile.status
    flash(_("The days are changed."), "success")
    return redirect(url_for("opened_campaigns.campaign", campaign_id=campaign_id), HTTPStatus.SEE_OTHER)


def _form(current: Session, person: Identity, province: UnitView, now: datetime) -> CampaignForm:
    today = units.civil(now)
    opens = today + _BEGINS_IN
    closes = opens + _TAKES
    suggested = deadlines.by_name(deadlines.suggested(opens, closes))
    form = for_communes(
        units.communes(current, province.path, today),
        {
            key: f"{level_name(key)}: {wording(dict(view.title))} ({view.key}, {view.version})"
            for key, view in campaigns.forms_for_aims(current, person).items()
        },
        kinds_in_scope(current, province.id, closes.year),
        data={"opens_on": opens, "closes_on": closes, **suggested},
    )
    form.offer(view.framework for view in rulebooks.newest_versions(current))
    return form


def _aims(current: Session, person: Identity, form: CampaignForm) -> Mapping[int, Aim]:
    served = campaigns.forms_for_aims(current, person)
    return {unit_id: Aim(key, served[key].id) for unit_id, key in form.aims().items()}


def _page(form: CampaignForm, province: UnitView) -> str:
    year = form.closes_on.data.year if form.closes_on.data else units.today().year
    return render_template(
        "campaigns/open.html",
        form=form,
        province=province,
        year=year,
    )


def _plan(form: CampaignForm) -> CampaignOpening:
    return CampaignOpening(
        title=form.title.data,
        plan_number=form.plan_number.data,
        plan_date=form.plan_date.data,
        goal_percent=form.goal_percent.data,
        aim=form.aim.data,
        contact=form.contact.data,
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        rehearsal=form.rehearsal(),
        deadlines=form.deadlines(),
        rulebook=form.book(),
    )


def _stored(current: Session, campaign_id: int) -> DaysForm:
    return DaysForm(formdata=None, data=deadlines.by_name(opening.days_of(current, campaign_id)))


def _campaign_page(found: CampaignView, form: DaysForm, meanwhile: SavedMeanwhile | None = None) -> str:
    current = db.session()
    members = campaigns.members(current, found.id)
    wanted = opening.newest_book(current, found.rulebook, found.year) if found.rulebook else None
    return render_template(
        "campaigns/campaign.html",
        campaign=found,
        form=form,
        meanwhile=meanwhile,
        days=[(step_name(step), day) for step, day in opening.days_of(current, found.id).items()],
        members=[(one, level_name(one.level)) for one in members],
        not_under_book=[one.unit.full_name for one in members if one.had_one],
        opened_by=accounts.name_of(current, found.opened_by),
        book=pins.coming(current, requested.province().id, found.year, wanted=wanted) if wanted else None,
    )
