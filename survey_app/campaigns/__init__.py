"""The province's year: how far every commune is, who is late and why, what is to be compared, the targets."""

from flask import Flask

from survey_app import audit, menu
from survey_app.access import Identity
from survey_app.accounts import todo
from survey_app.campaigns import (
    appraisal_points,
    appraisal_views,
    campaign_views,
    log_words,
    opening,
    outside_views,
    target_views,
    wording,
)
from survey_app.campaigns.todos import (
    first_steps,
    held_outside,
    late_communes,
    not_called_back,
    services_to_declare,
    to_appraise,
)
from survey_app.campaigns.views import bp
from survey_app.fieldwork import links, rulebook
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import State
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry


def _is_provincial(person: Identity) -> bool:
    return person.is_provincial


def init_app(app: Flask) -> None:
    """Pages, the lines of the to-do list, and wording for the templates."""
    audit.register(app, log_words.WORDS)
    rulebook.supply(app, opening.book_of)
    app.register_blueprint(bp)
    app.register_blueprint(campaign_views.bp)
    app.register_blueprint(target_views.bp)
    app.register_blueprint(appraisal_views.bp)
    app.register_blueprint(outside_views.bp)
    links.register(
        app, Link("appraisals.page", lazy_gettext("Appraisal by the Front of the province"), (State.SIGNED,))
    )
    menu.register(app, MenuEntry("campaigns.this_year", lazy_gettext("Province"), 600, only=_is_provincial))
    menu.register(
        app,
        MenuEntry(
            "campaign_targets.this_year", lazy_gettext("Targets of the plan"), 650, only=_is_provincial
        ),
    )
    todo.register(app, first_steps)
    todo.register(app, late_communes)
    todo.register(app, not_called_back)
    todo.register(app, to_appraise)
    todo.register(app, services_to_declare)
    todo.register(app, held_outside)
    app.jinja_env.filters.update(
        unit_state_name=wording.unit_state_name,
        wait_text=wording.wait_text,
        row_verdict=wording.row_verdict,
        beside_text=wording.beside_text,
        reason_name=wording.reason_name,
        milestone_name=wording.milestone_name,
        total_text=wording.total_text,
        unit_note=wording.unit_note,
        appraisal_name=wording.appraisal_name,
        appraisal_point=appraisal_points.text,
        done_text=wording.done_text,
        changes_text=wording.changes_text,
        recount_text=wording.recount_text,
        denominator_text=wording.denominator_text,
        unit_kind_name=wording.unit_kind_name,
    )
