"""Staff of two bodies: roles on a subtree of units, sign-in, second factor, invitations, and the list of today."""

from flask import Flask

from survey_app import audit, db, jobs, menu
from survey_app.accounts import (
    commands,
    denials,
    factor_views,
    handover_views,
    kept_views,
    log_words,
    people,
    queries,
    reminders,
    session_views,
    signin,
    telephone_views,
    telephones,
    todo,
)
from survey_app.accounts.lists import views as list_views
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry, Place


def init_app(app: Flask) -> None:
    """Sign-in, the pages and commands of accounts, the list of today, and forgetting sessions that are over."""
    audit.register(app, log_words.WORDS)
    signin.init_app(app)
    denials.init_app(app)
    kept_views.init_app(app)
    # One blueprint; each module of pages adds its own to it.
    modules = (people, list_views, handover_views, factor_views, session_views, telephone_views)
    for pages in {module.bp for module in modules}:
        app.register_blueprint(pages)
    app.cli.add_command(commands.accounts)
    menu.register(
        app,
        MenuEntry("accounts.home", lazy_gettext("Today"), 100),
        MenuEntry("accounts.people", lazy_gettext("Accounts"), 800),
        MenuEntry("accounts.list_sessions", lazy_gettext("Where I am signed in"), 200, Place.ACCOUNT),
        MenuEntry("accounts.factor", lazy_gettext("Second factor: a code from my phone"), 300, Place.ACCOUNT),
        MenuEntry("accounts.own_telephone", lazy_gettext("My telephone number"), 350, Place.ACCOUNT),
        MenuEntry("accounts.password", lazy_gettext("My password"), 400, Place.ACCOUNT),
    )
    jobs.register(app, "accounts.sessions", commands.forget_sessions)
    jobs.register(app, "accounts.kept_forms", kept_views.forget)
    app.jinja_env.filters["telephone"] = telephones.grouped
    app.jinja_env.filters["actor_name"] = lambda actor: queries.name_of(db.session(), actor)
    for provider in (
        kept_views.todos,
        reminders.lost_factors,
        reminders.missing_bodies,
        reminders.reminders,
        reminders.taken_over,
        reminders.village_lists,
    ):
        todo.register(app, provider)
