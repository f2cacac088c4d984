"""Surveys in the field: frames, codes, meetings, progress, phones open and close."""

from flask import Flask

from survey_app import audit, jobs, menu
from survey_app.accounts import handover, todo
from survey_app.approvals import registry
from survey_app.authoring import uses
from survey_app.fieldwork import (
    absence_views,
    clock_views,
    commands,
    contact,
    frames,
    handing,
    links,
    log_words,
    meeting_views,
    queries,
    quick_views,
    rounds,
    schedule,
    survey_page,
    today,
    two_body,
    wording,
)
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import TAKING_ANSWERS
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.journal import queries as journal
from survey_app.menu import MenuEntry, Step
from survey_app.units.lists import saving


def init_app(app: Flask) -> None:
    """Register the survey pages, the commands, the minute job and what waits for people."""
    audit.register(app, log_words.WORDS)
    app.jinja_env.filters.update(
        dialled=contact.dialled,
        annulment=rounds.sentence,
        answered=wording.answered,
        days_left=wording.days_left,
        goal=wording.goal,
        doors=wording.doors,
        purpose_in_words=wording.purpose_name,
        survey_state_name=wording.survey_state_name,
    )
    app.register_blueprint(quick_views.bp)
    app.register_blueprint(meeting_views.bp)
    app.register_blueprint(absence_views.bp)
    app.register_blueprint(clock_views.bp)
    app.cli.add_command(commands.group)
    uses.supply(app, queries.use_of_instrument)
    jobs.register(app, "fieldwork", schedule.open_and_close)
    away = Link("absences.page", lazy_gettext("Households that are away"), TAKING_ANSWERS)
    links.register(app, away)
    menu.register(app, MenuEntry("fieldwork.index", lazy_gettext("Surveys"), 300))
    menu.register_step(
        app,
        Step("survey_id", "fieldwork.page", lambda number: _("Survey %(number)s", number=number)),
    )
    todo.register(app, clock_views.todos)
    handover.register(app, handing.open_work)
    todo.register(app, today.todos)
    survey_page.register(app, clock_views.sentences)
    saving.supply_use(app, frames.uses_numbers)
    journal.register(app, "survey", queries.subjects_under)
    registry.register(app, *two_body.TABLE)
