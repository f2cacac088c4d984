"""Staff of two bodies: roles on a subtree of units, sign-in, invitations, and what both must agree on."""

from flask import Flask

from survey_app import db, jobs
from survey_app.accounts import (
    commands,
    denials,
    deputy_views,
    factor_views,
    journal,
    journal_commands,
    journal_views,
    kept_views,
    paper_signatures,
    paper_views,
    parties,
    people,
    queries,
    reminders,
    session_views,
    signin,
    todo,
)


def init_app(app: Flask) -> None:
    """Sign-in, the pages and commands of accounts, the list of today, and forgetting sessions that are over."""
    signin.init_app(app)
    denials.init_app(app)
    kept_views.init_app(app)
    # One blueprint; each module of pages adds its own to it.
    modules = (people, factor_views, session_views, journal_views, deputy_views, paper_views)
    for pages in {module.bp for module in modules}:
        app.register_blueprint(pages)
    app.cli.add_command(commands.accounts)
    app.cli.add_command(journal_commands.group)
    journal.register(app, "user", journal.accounts_under)
    journal.register(app, "unit", journal.units_under)
    jobs.register(app, "accounts.sessions", commands.forget_sessions)
    jobs.register(app, "accounts.kept_forms", kept_views.forget)
    jobs.register(app, "accounts.papers", paper_signatures.lapse_due)
    app.jinja_env.filters.update(
        signed_as=parties.signed_as,
        stood_in=parties.stood_in,
        actor_name=lambda actor: queries.name_of(db.session(), actor),
        stands_in_note=parties.stands_in_note,
    )
    app.jinja_env.globals["paper_signatures"] = lambda: app.extensions["settings"].paper_signatures
    for provider in (
        kept_views.todos,
        reminders.lost_factors,
        reminders.papers,
        reminders.missing_bodies,
        reminders.reminders,
        reminders.village_lists,
    ):
        todo.register(app, provider)
