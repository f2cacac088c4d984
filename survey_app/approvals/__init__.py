"""What two bodies agree on: requests and decisions, deputies, and decisions signed by hand on paper."""

from flask import Flask

from survey_app import audit, jobs, menu
from survey_app.accounts import handover, todo
from survey_app.approvals import (
    deputy_views,
    handing,
    log_words,
    paper_signatures,
    paper_views,
    parties,
    passed_over,
    registry,
    reminders,
)
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry, Place


def init_app(app: Flask) -> None:
    """The pages of deputies and of signed papers, papers that lapse, who signed in words, and what waits today."""
    audit.register(app, log_words.WORDS)
    # One blueprint; each module of pages adds its own to it.
    for pages in {module.bp for module in (deputy_views, paper_views)}:
        app.register_blueprint(pages)
    menu.register(
        app,
        MenuEntry("approvals.deputies_page", lazy_gettext("Signing in somebody's place"), 100, Place.ACCOUNT),
    )
    jobs.register(app, "accounts.papers", paper_signatures.lapse_due)
    app.jinja_env.filters.update(
        signed_as=parties.signed_as,
        stood_in=parties.stood_in,
        stands_in_note=parties.stands_in_note,
        asked_act=registry.act_name,
        decision_page=registry.decision_page,
        passed_over=passed_over.sentence_of,
    )
    app.jinja_env.globals["paper_signatures"] = lambda: app.extensions["settings"].paper_signatures
    todo.register(app, reminders.todos)
    handover.register(app, handing.open_work, handing.take_over)
