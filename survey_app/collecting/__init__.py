"""Answers in every mode (own phone, helped, on paper) and their receipts: one operation, several doors."""

from flask import Flask

from survey_app import access, audit, jobs, menu
from survey_app.access import Identity
from survey_app.accounts import todo
from survey_app.collecting import (
    blank,
    guessing,
    log_words,
    page_script,
    paper_views,
    replies,
    review,
    scan_views,
    schedule,
    second_keying_views,
    shells,
    slip_check,
    spoilt_slips,
    views,
    weeks,
    wording,
)
from survey_app.fieldwork import links, survey_page
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import TAKING_ANSWERS
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry


def _has_no_survey_page(person: Identity) -> bool:
    """Others find the keying of a survey on its page."""
    return not access.may_open(person.role, "fieldwork.index")


def init_app(app: Flask) -> None:
    """Register the respondents' pages, the keying of paper slips and the minute job."""
    audit.register(app, log_words.WORDS)
    blank.init_app(app)
    replies.init_app(app)
    review.init_app(app)
    wording.init_app(app)
    page_script.init_app(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(shells.bp)
    app.register_blueprint(paper_views.bp)
    app.register_blueprint(scan_views.bp)
    app.register_blueprint(second_keying_views.bp)
    app.register_blueprint(slip_check.bp)
    app.register_blueprint(spoilt_slips.bp)
    menu.register(
        app, MenuEntry("paper.choose", lazy_gettext("Key in paper slips"), 200, only=_has_no_survey_page)
    )
    links.register(
        app,
        Link("paper.key_slip", lazy_gettext("Key in paper slips"), TAKING_ANSWERS, leads=True),
        Link("scans.page", lazy_gettext("Scan paper slips"), TAKING_ANSWERS),
        Link("second_keying.page", lazy_gettext("Key drawn slips again"), TAKING_ANSWERS),
    )
    survey_page.register(app, paper_views.sentences)
    survey_page.register(app, second_keying_views.sentences)
    survey_page.register_part(app, weeks.part)
    todo.register(app, second_keying_views.todos)
    todo.register(app, scan_views.todos)
    todo.register(app, guessing.todos)
    jobs.register(app, "collecting.held", schedule.store_held)
    jobs.register(app, "collecting.held_again", schedule.compare_held_again)
    jobs.register(app, "collecting.scanned", schedule.forget_scanned)
    jobs.register(app, "collecting.networks", schedule.forget_networks)
