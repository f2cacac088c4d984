"""Closing the count: tabulating once, moving answers in random order, the signed statement, its verification; and
setting aside, in annulled villages and cancelled surveys, what must not count."""

from flask import Flask

from survey_app import audit, jobs
from survey_app.accounts import todo
from survey_app.approvals import registry
from survey_app.fieldwork import following, survey_page
from survey_app.sealing import annulling_views, commands, log_words, queries, reminders, schedule


def init_app(app: Flask) -> None:
    """Pages, commands, reminders and the jobs of this room."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(annulling_views.bp)
    app.cli.add_command(commands.group)
    jobs.register(app, "results.seal", schedule.seal_due)
    jobs.register(app, "results.set_aside", schedule.set_aside_cancelled)
    jobs.register(app, "results.feedback", schedule.refresh_feedback)
    jobs.register(app, "results.recount", schedule.recount)
    registry.register(app, annulling_views.ANNUL_VILLAGE)
    todo.register(app, reminders.todos)
    todo.register(app, reminders.differing)
    survey_page.register(app, reminders.sentences)
    following.supply_collected(app, queries.collected_slips)
