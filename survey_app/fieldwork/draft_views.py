"""Drafting a survey: the form, what would be in the way of it, and throwing the draft away."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from survey_app import access, db, revisions
from survey_app.access import Identity
from survey_app.authoring import confirmation, levels
from survey_app.authoring import queries as instruments
from survey_app.authoring.confirmation import ScoredWording
from survey_app.authoring.levels import AimedLevel
from survey_app.authoring.queries import InstrumentView
from survey_app.authoring.wording import QUICK, level_name
from survey_app.fieldwork import acts, calendar, drafting, frames, operations, queries, views
from survey_app.fieldwork.forms import BY_LEVEL, SurveyForm, suggested_dates
from survey_app.fieldwork.models import Purpose
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_survey
from survey_app.i18n import gettext as _
from survey_app.revisions import SavedMeanwhile
from survey_app.templating import wording
from survey_app.units import queries as units
from survey_app.units.queries import UnitView, Village

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp


@bp.route("/moi", methods=["GET", "POST"])
@access.roles(*views.DRAFTERS)
def new() -> ResponseReturnValue:
    """Draft a survey of the own commune, from nothing or as an earlier one was (`theo`)."""
    now, person, current = datetime.now(UTC), access.identity(), db.session()
    commune = units.unit(current, person.unit_id)
    villages = _counted_villages(current, commune, now)
    first, last = suggested_dates(units.civil(now))
    values: dict[str, object] = {"opens_on": first, "closes_on": last}
    earlier = own_survey(request.args["theo"]) if "theo" in request.args else None
    if earlier is not None:
        values |= _as_before(current, person, earlier, first)
    form = _survey_form(current, person, commune, villages, values)
    if request.method == "GET":
        form.villages.data = [village.unit.id for village in villages]
    if form.validate_on_submit():
        plan, asked = _plan(form, commune), _asked(form, villages)
        conflicts = _unread_conflicts(current, plan, asked, now)
        if conflicts:
            return _edit_page(form, villages, conflicts=conflicts, earlier=earlier), HTTPStatus.CONFLICT
        with db.transaction() as writing:
            number = drafting.draft_survey(writing, plan, asked, actor=person.actor, now=now)
        flash(_("Draft saved. Look it over, then ask for approval."), "success")
        return redirect(url_for("fieldwork.page", survey_id=number))
    return _edit_page(form, villages, earlier=earlier), views.status(form)


@bp.route("/<survey_id>/sua", methods=["GET", "POST"])
@access.roles(*views.DRAFTERS)
def edit(survey_id: str) -> ResponseReturnValue:
    """Change a draft; the second of two people who save is told, and keeps what was typed."""
    now, person, current = datetime.now(UTC), access.identity(), db.session()
    survey = own_survey(survey_id)
    villages = _counted_villages(current, survey.unit, now)
    form = _survey_form(current, person, survey.unit, villages, _values(current, survey))
    if request.method == "GET" and not form.villages.data:
        # Drafted before the commune had entered any village: all of them are meant.
        form.villages.data = [village.unit.id for village in villages]
    if form.validate_on_submit():
        plan, asked = _plan(form, survey.unit, survey.place), _asked(form, villages)
        conflicts = _unread_conflicts(current, plan, asked, now, survey_id)
        if conflicts:
            return _edit_page(form, villages, survey, conflicts), HTTPStatus.CONFLICT
        try:
            with db.transaction() as writing:
                operations.hold(writing, survey_id)
                stored = _values(writing, queries.survey(writing, survey_id))
                revisions.refuse_unseen(
                    form,
                    _survey_form(writing, person, survey.unit, villages, stored, formdata=None),
                    revisions.last_saved(writing, [acts.subject(survey_id)], ["fieldwork.change"]),
                )
                acts.change_draft(writing, survey_id, plan, asked, by=person, now=now)
        except SavedMeanwhile as meanwhile:
            return _edit_page(form, villages, survey, meanwhile=meanwhile), meanwhile.status
        flash(_("Draft saved. Look it over, then ask for approval."), "success")
        return redirect(url_for("fieldwork.page", survey_id=survey_id))
    return _edit_page(form, villages, survey), views.status(form)


@bp.post("/<survey_id>/bo")
@access.roles(*views.DRAFTERS)
def discard(survey_id: str) -> ResponseReturnValue:
    """Throw a draft away."""
    person = access.identity()
    survey = own_survey(survey_id)
    with db.transaction() as writing:
        drafting.discard_draft(writing, survey.id, actor=person.actor, now=datetime.now(UTC))
    flash(_("The draft was thrown away."), "success")
    return redirect(url_for("fieldwork.index"))


def _survey_form(
    current: Session,
    person: Identity,
    commune: UnitView,
    villages: Sequence[Village],
    values: Mapping[str, object],
    **formdata: None,
) -> SurveyForm:
    form = SurveyForm(data=values, **formdata)
    frozen = instruments.frozen_instruments(current, person)
    form.level.choices = [
        SelectChoice("", _("Not said, or feedback")),
        *(SelectChoice(one.key, level_name(one.key)) for one in levels.levels_for(commune.kind)),
    ]
    form.instrument.choices = [
        SelectChoice(BY_LEVEL, _("The form that serves what the commune aims at")),
        *(SelectChoice(view.id, _form_name(current, view, person)) for view in frozen),
    ]
    if form.is_submitted():
        _choose_by_level(form, frozen)
    form.villages.choices = [
        SelectChoice(village.unit.id, f"{village.unit.full_name}: {village.households}")
        for village in villages
    ]
    return form


def _choose_by_level(form: SurveyForm, frozen: Sequence[InstrumentView]) -> None:
    """The form by the level, where it is left to that, and the level that a chosen form serves alone."""
    aimed = levels.level(form.level.data or "")
    if aimed is not None and form.instrument.data == BY_LEVEL:
        found = levels.form_for(aimed, frozen)
        form.instrument.data = found.id if found else BY_LEVEL
    asked = next((view for view in frozen if view.id == form.instrument.data), None)
    form.wrong_with_level = _wrong_with_level(aimed, asked)


def _wrong_with_level(aimed: AimedLevel | None, asked: InstrumentView | None) -> str:
    if asked is None:
        return _("Choose what the commune aims at, or a form.")
    if aimed is not None and not aimed.is_served_by(str(asked.document["level"])):
        return _("This form is not for that: leave the form to what the commune aims at, or choose another.")
    return ""


def _form_name(current: Session, view: InstrumentView, person: Identity) -> str:
    """A form in the list of choices; whose words it has is said before it is chosen."""
    name = f"{wording(dict(view.title))} ({view.key}, {view.version})"
    whose = confirmation.scored_wording(current, view.id, person.unit_path)
    if whose is ScoredWording.CONFIRMED:
        return name
    remark = (
        _("a sample that the Front has not confirmed")
        if whose is ScoredWording.SAMPLE and view.document["level"] != QUICK
        else _("feedback only")
    )
    return f"{name} – {remark}"


def _unread_conflicts(
    current: Session,
    plan: drafting.SurveyDraft,
    asked: Sequence[drafting.Asked],
    now: datetime,
    survey_id: str | None = None,
) -> tuple[str, ...]:
    """What is in the way of the plan, unless the person has read it and saves all the same."""
    if request.form.get("anyway"):
        return ()
    return drafting.conflicts(current, plan, len(asked), now, survey_id=survey_id)


def _edit_page(
    form: SurveyForm,
    villages: Sequence[Village],
    survey: SurveyView | None = None,
    conflicts: tuple[str, ...] = (),
    meanwhile: SavedMeanwhile | None = None,
    earlier: SurveyView | None = None,
) -> str:
    return render_template(
        "fieldwork/edit.html",
        form=form,
        villages=villages,
        survey=survey,
        conflicts=conflicts,
        meanwhile=meanwhile,
        earlier=earlier,
    )


def _counted_villages(current: Session, commune: UnitView, now: datetime) -> tuple[Village, ...]:
    """Villages whose households are known; the others cannot be asked."""
    found = units.villages(current, commune.id, units.civil(now))
    return tuple(village for village in found if village.households is not None)


def _asked(form: SurveyForm, villages: Sequence[Village]) -> list[drafting.Asked]:
    if form.purpose.data != Purpose.DECISION:
        return []
    chosen = set(form.villages.data or ())
    return [
        drafting.Asked(village.unit.id, village.households, village.source, village.as_of)
        for village in villages
        if village.unit.id in chosen and village.households is not None and village.as_of is not None
    ]


def _plan(form: SurveyForm, commune: UnitView, place: str = "") -> drafting.SurveyDraft:
    return drafting.SurveyDraft(
        unit_id=commune.id,
        instrument_id=form.instrument.data,
        purpose=Purpose(form.purpose.data),
        rehearsal=form.rehearsal.data,
        plan_number=form.plan_number.data or "",
        plan_date=form.plan_date.data,
        keyed_twice=form.keyed_twice.data and form.purpose.data == Purpose.DECISION,
        goal_percent=form.goal_percent.data if form.purpose.data == Purpose.DECISION else None,
        aim=form.aim.data,
        contact=form.contact.data,
        place=place,
        level=form.level.data if form.purpose.data == Purpose.DECISION else "",
        opens_at=calendar.opening(form.opens_on.data),
        closes_at=calendar.closing(form.closes_on.data),
    )


def _as_before(current: Session, person: Identity, survey: SurveyView, first: date) -> dict[str, object]:
    """What a survey says again: newest version of its form, aim, contact, and its days a year on, or from `first` on.

    The plan of the Front and its number are new each time, and the villages are those of today.
    """
    used = instruments.instrument(current, survey.instrument_id)
    versions = [view for view in instruments.frozen_instruments(current, person) if view.key == used.key]
    opens_on = max(calendar.year_later(survey.first_day), first)
    return {
        "instrument": max(versions, key=lambda view: view.version).id if versions else None,
        "purpose": survey.purpose.value,
        "level": survey.level,
        "keyed_twice": survey.keyed_twice,
        "aim": survey.aim,
        "contact": survey.contact,
        "opens_on": opens_on,
        "closes_on": opens_on + (survey.last_day - survey.first_day),
    }


def _values(current: Session, survey: SurveyView) -> dict[str, object]:
    return {
        "instrument": survey.instrument_id,
        "purpose": survey.purpose.value,
        "level": survey.level,
        "rehearsal": survey.rehearsal,
        "plan_number": survey.plan_number,
        "plan_date": survey.plan_date,
        "goal_percent": survey.goal_percent,
        "keyed_twice": survey.keyed_twice,
        "aim": survey.aim,
        "contact": survey.contact,
        "opens_on": survey.first_day,
        "closes_on": survey.last_day,
        "villages": [line.unit.id for line in frames.frame(current, survey.id)],
    }
