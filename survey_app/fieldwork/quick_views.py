"""The page on which an officer makes a QR for quick feedback: one form, some places, one press."""

import uuid
from datetime import UTC, datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.authoring import operations as authoring
from survey_app.errors import DomainError
from survey_app.fieldwork import draft_views, queries, quick, views
from survey_app.fieldwork.forms import QuickForm
from survey_app.i18n import force_locale, ngettext
from survey_app.i18n import gettext as _
from survey_app.keys import store
from survey_app.templating import wording
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: One room, one blueprint; this module adds its page to it.
bp = draft_views.bp


@bp.route("/gop-y-nhanh", methods=["GET", "POST"])
@access.roles(*access.DRAFT_SURVEYS)
@fresh
def quick_feedback() -> ResponseReturnValue:
    """Choose form and places; the links are open at once, because nothing in them is scored."""
    now, person, current = datetime.now(UTC), access.identity(), db.session()
    commune = units.unit(current, person.unit_id)
    form = _form(current, person, commune, now)
    if not form.validate_on_submit():
        return render_template("fieldwork/quick.html", form=form), views.status(form)
    plan = quick.QuickOpening(
        commune, form.instrument.data, form.contact.data, form.aim.data, form.closes_on.data
    )
    places = quick.places_typed(form.places.data or (), form.others.data or "")
    try:
        with db.transaction() as writing:
            numbers = quick.open_links(
                writing,
                plan,
                places,
                asked_by=form.page.data,
                actor=person.actor,
                now=now,
                keys=store(),
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return render_template("fieldwork/quick.html", form=form), refusal.status
    flash(
        ngettext("%(num)d QR is ready and open.", "%(num)d QRs are ready and open.", len(numbers)),
        "success",
    )
    if len(numbers) == 1:
        return redirect(url_for("fieldwork.page", survey_id=numbers[0]))
    return redirect(url_for("places.index"))


def _form(current: Session, person: Identity, commune: UnitView, now: datetime) -> QuickForm:
    forms = quick.ready_forms(current, person)
    if not forms:
        with db.transaction() as writing:
            authoring.load_library(writing, now)  # the installation may be older than the shipped forms
        forms = quick.ready_forms(current, person)
    today = units.civil(now)
    last = next(iter(queries.surveys_under(current, commune.path)), None)
    with force_locale("vi"):  # what villagers read
        aim = _("Your views help us serve you better.")
        usual = [
            _("One-stop desk of %(unit)s", unit=commune.running_name),
            _("Clinic of %(unit)s", unit=commune.running_name),
        ]
    form = QuickForm(
        today,
        data={
            "page": str(uuid.uuid4()),
            "contact": last.contact if last else "",
            "aim": aim,
            "closes_on": today + timedelta(days=quick.USUAL_DAYS),
            "places": [""],
        },
    )
    form.instrument.choices = [SelectChoice(view.id, wording(dict(view.title))) for view in forms]
    villages = [village.unit.full_name for village in units.villages(current, commune.id, today)]
    form.places.choices = [
        SelectChoice("", _("The whole commune, one QR")),
        *(SelectChoice(name, name) for name in (*usual, *villages)),
    ]
    return form
